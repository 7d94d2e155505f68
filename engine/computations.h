/** What opcodes compute: one expression for each, from which both interpreters (plain_run.c, decoded_run.c) and the
 *  folding of constants (decoded_code.c) are made.
 *
 *  Expressions are written in these names, which whoever expands a list has in scope: a, b, c point to the operands, a
 *  is the top of the stack; m is the machine, f the frame, block the evm_block. A routine is an expression of what the
 *  frame has come to; it works on the stack in memory at sp (instructions.h).
 */
#ifndef ENGINE_COMPUTATIONS_H
#define ENGINE_COMPUTATIONS_H

#include "base/bytes.h"
#include "engine/instructions.h"

// clang-format off
#define COMPUTATIONS_OF_NONE(X)                                                                                        \
    X(ADDRESS, u256_from_address(f->address))                                                                          \
    X(ORIGIN, u256_from_address(&m->tx->origin))                                                                       \
    X(CALLER, u256_from_address(&f->sender))                                                                           \
    X(CALLVALUE, word_of(&f->value))                                                                                   \
    X(CALLDATASIZE, u256_from_u64(f->input_size))                                                                      \
    X(CODESIZE, u256_from_u64(f->code->size))                                                                          \
    X(GASPRICE, word_of(&m->tx->gas_price))                                                                            \
    X(RETURNDATASIZE, u256_from_u64(m->return_data.size))                                                              \
    X(SELFBALANCE, tx_account_balance(m->ts, f->account))                                                              \
    X(COINBASE, u256_from_address(&block->coinbase))                                                                   \
    X(TIMESTAMP, u256_from_u64(block->timestamp))                                                                      \
    X(NUMBER, u256_from_u64(block->number))                                                                            \
    X(PREVRANDAO, word_of(&block->difficulty_or_randao))                                                               \
    X(GASLIMIT, u256_from_u64(block->gas_limit))                                                                       \
    X(CHAINID, u256_from_u64(block->chain_id))                                                                         \
    X(BASEFEE, word_of(&block->base_fee))                                                                              \
    X(BLOBBASEFEE, word_of(&block->blob_base_fee))                                                                     \
    X(SLOTNUM, u256_from_u64(block->slot_number))                                                                      \
    X(MSIZE, u256_from_u64(f->memory_size))                                                                            \
    X(PUSH0, u256_zero())

#define COMPUTATIONS_OF_ONE(X)                                                                                         \
    X(ISZERO, u256_from_bool(u256_is_zero(a)))                                                                         \
    X(NOT, u256_not(a))                                                                                                \
    X(CLZ, u256_from_u64(256 - u256_bit_length(a)))                                                                    \
    X(CALLDATALOAD, call_data_load(m, f, a))                                                                           \
    X(BLOBHASH, blob_hash(m->tx, a))

/* These depend on their operands alone. */
#define COMPUTATIONS_OF_TWO(X)                                                                                         \
    X(ADD, u256_add(a, b))                                                                                             \
    X(MUL, u256_mul(a, b))                                                                                             \
    X(SUB, u256_sub(a, b))                                                                                             \
    X(DIV, u256_div(a, b))                                                                                             \
    X(SDIV, u256_signed_div(a, b))                                                                                     \
    X(MOD, u256_mod(a, b))                                                                                             \
    X(SMOD, u256_signed_mod(a, b))                                                                                     \
    X(SIGNEXTEND, u256_sign_extend(b, u256_saturate(a, 31)))                                                           \
    X(LT, u256_from_bool(u256_less(a, b)))                                                                             \
    X(GT, u256_from_bool(u256_less(b, a)))                                                                             \
    X(SLT, u256_from_bool(u256_signed_less(a, b)))                                                                     \
    X(SGT, u256_from_bool(u256_signed_less(b, a)))                                                                     \
    X(EQ, u256_from_bool(u256_equal(a, b)))                                                                            \
    X(AND, u256_and(a, b))                                                                                             \
    X(OR, u256_or(a, b))                                                                                               \
    X(XOR, u256_xor(a, b))                                                                                             \
    X(BYTE, u256_byte(b, a))                                                                                           \
    X(SHL, u256_shift_left(b, u256_saturate(a, 256)))                                                                  \
    X(SHR, u256_shift_right(b, u256_saturate(a, 256)))                                                                 \
    X(SAR, u256_shift_right_arithmetic(b, u256_saturate(a, 256)))

#define COMPUTATIONS_OF_THREE(X)                                                                                       \
    X(ADDMOD, u256_addmod(a, b, c))                                                                                    \
    X(MULMOD, u256_modulus_multiply(&m->modulus, a, b, c))

/* Routines that leave the frame's surroundings alone until it ends well. */
#define ROUTINES(X)                                                                                                    \
    X(EXP, instruction_exp(m, f, sp))                                                                                  \
    X(KECCAK256, instruction_keccak256(m, f, sp))                                                                      \
    X(CALLDATACOPY, instruction_calldatacopy(m, f, sp))                                                                \
    X(CODECOPY, instruction_codecopy(m, f, sp))                                                                        \
    X(RETURNDATACOPY, instruction_returndatacopy(m, f, sp))                                                            \
    X(MSTORE8, instruction_mstore8(m, f, sp))                                                                          \
    X(MCOPY, instruction_mcopy(m, f, sp))                                                                              \
    X(TLOAD, instruction_tload(m, f, sp))                                                                              \
    X(TSTORE, instruction_tstore(m, f, sp))                                                                            \
    X(LOG0, instruction_log(m, f, sp, 0))                                                                              \
    X(LOG1, instruction_log(m, f, sp, 1))                                                                              \
    X(LOG2, instruction_log(m, f, sp, 2))                                                                              \
    X(LOG3, instruction_log(m, f, sp, 3))                                                                              \
    X(LOG4, instruction_log(m, f, sp, 4))

/* Routines by which a frame reaches accounts, slots and block hashes, hands on its gas, or ends: a failed transaction
 * shows that they were executed (EIP-2929 costs, EIP-7928 access lists), so the gas must be exact when they begin. */
#define OUTWARD_ROUTINES(X)                                                                                            \
    X(BALANCE, instruction_balance(m, f, sp))                                                                          \
    X(EXTCODESIZE, instruction_extcodesize(m, f, sp))                                                                  \
    X(EXTCODECOPY, instruction_extcodecopy(m, f, sp))                                                                  \
    X(EXTCODEHASH, instruction_extcodehash(m, f, sp))                                                                  \
    X(BLOCKHASH, instruction_blockhash(m, f, sp))                                                                      \
    X(SLOAD, instruction_sload(m, f, sp))                                                                              \
    X(SSTORE, instruction_sstore(m, f, sp))                                                                            \
    X(CREATE, instruction_create(m, f, sp, EVM_CREATE))                                                                \
    X(CREATE2, instruction_create(m, f, sp, EVM_CREATE2))                                                              \
    X(CALL, instruction_call(m, f, sp, EVM_CALL))                                                                      \
    X(CALLCODE, instruction_call(m, f, sp, EVM_CALLCODE))                                                              \
    X(DELEGATECALL, instruction_call(m, f, sp, EVM_DELEGATECALL))                                                      \
    X(STATICCALL, instruction_call(m, f, sp, EVM_STATICCALL))                                                          \
    X(STOP, instruction_stop(f))                                                                                       \
    X(RETURN, instruction_return(m, f, sp, FRAME_STOPPED))                                                             \
    X(REVERT, instruction_return(m, f, sp, FRAME_REVERTED))                                                            \
    X(SELFDESTRUCT, instruction_selfdestruct(m, f, sp))

#define TIMES_16(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16)
#define TIMES_17_TO_32(X)                                                                                              \
    X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31) X(32)
// clang-format on

static inline frame_state instruction_stop(frame *f) {
    f->output_offset = f->output_size = 0;
    return FRAME_STOPPED;
}

static inline weft_u256 call_data_load(const machine *m, const frame *f, const weft_u256 *offset) {
    if (!u256_fits_u64(offset) || offset->limb[0] >= f->input_size) {
        return u256_zero();
    }
    const uint8_t *data = m->memory.bytes + f->input_offset + offset->limb[0];
    size_t available = f->input_size - offset->limb[0];
    if (available >= 32) {
        return u256_from_be32(data);
    }
    uint8_t word[32] = {0};
    memcpy(word, data, available);
    return u256_from_be32(word);
}

static inline weft_u256 blob_hash(const evm_transaction *tx, const weft_u256 *index) {
    bool exists = u256_fits_u64(index) && index->limb[0] < tx->blob_count;
    return exists ? u256_from_bytes32(&tx->blob_hashes[index->limb[0]]) : u256_zero();
}

/** Whether 32 bytes at `offset` are in the frame's memory already. */
static inline bool memory_holds_word(const frame *f, const weft_u256 *offset) {
    return u256_fits_u64(offset) && offset->limb[0] < f->memory_size && f->memory_size - offset->limb[0] >= 32;
}

/* --- What DUPN, SWAPN and EXCHANGE read from the byte behind them (EIP-8024). Some values would hide a JUMPDEST or a
 * PUSH from analysis, and halt. */

static inline bool deep_operand_is_valid(uint8_t byte) {
    return byte <= 90 || byte >= 128;
}

static inline unsigned deep_operand(uint8_t byte) {
    return (byte + 145u) % 256;
}

static inline bool exchange_operand_is_valid(uint8_t byte) {
    return byte <= 81 || byte >= 128;
}

/** The depths, below the top, of the two words that change places: *first < *second. */
static inline void exchange_operands(uint8_t byte, unsigned *first, unsigned *second) {
    unsigned q = (byte ^ 143u) / 16, r = (byte ^ 143u) % 16;
    *first = q < r ? q + 1 : r + 1;
    *second = q < r ? r + 1 : 29 - q;
}

/** A word of the stack, read limb by limb as it was written: a copy of the whole would be loaded as a vector, and wait
 *  until all of the limbs' stores have left for the cache. */
static inline weft_u256 word_of(const weft_u256 *word) {
    return (weft_u256){{word->limb[0], word->limb[1], word->limb[2], word->limb[3]}};
}

static inline void swap_words(weft_u256 *a, weft_u256 *b) {
    weft_u256 word = word_of(a);
    *a = word_of(b);
    *b = word;
}

/** Limb i of the big-endian number in `size` bytes; reads 8 bytes wherever it reads. */
static inline uint64_t push_limb(const uint8_t *bytes, unsigned size, unsigned i) {
    if (size <= 8 * i) {
        return 0;
    }
    unsigned left = size - 8 * i;
    return left >= 8 ? load_be64(bytes + left - 8) : load_be64(bytes) >> (64 - 8 * left);
}

/** What PUSH pushes: the `size` bytes behind it. */
static inline weft_u256 push_value(const uint8_t *bytes, unsigned size) {
    return (weft_u256){
        {push_limb(bytes, size, 0), push_limb(bytes, size, 1), push_limb(bytes, size, 2), push_limb(bytes, size, 3)}};
}

#endif
