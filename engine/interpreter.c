#include "engine/interpreter.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "engine/instructions.h"
#include "engine/opcodes.h"
#include "engine/trace.h"

/* Labels as values are GNU C, which both compilers we build with speak; -Wpedantic would name every use. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

// clang-format off

/* Distance of an opcode's code from that of an undefined one; 0, undefined, where the fork does not have it. */
#define JUMP_ENTRY(row_fork, opcode, name, since, gas, pops, pushes)                                                   \
    [opcode] = WEFT_##since <= (row_fork) ? (int32_t)((char *)&&on_##name - (char *)&&on_undefined) : 0,
#define JUMP_ROW(fork, text) [WEFT_##fork] = {OPCODES(JUMP_ENTRY, WEFT_##fork)},

/* Continue with the opcode at pc. Every instruction ends in its own indirect jump, so that each learns by itself what
 * usually follows it. */
#define DISPATCH() goto *((char *)&&on_undefined + jumps[*pc])
#define NEXT()                                                                                                         \
    do {                                                                                                               \
        pc++;                                                                                                          \
        DISPATCH();                                                                                                    \
    } while (0)

/* Begin an instruction: stack height and constant gas. All constants; checks that cannot fail vanish. */
#define ON(name)                                                                                                       \
    on_##name:                                                                                                         \
    if (OPCODE_POPS_##name != 0 && WEFT_UNLIKELY(sp < f->stack + OPCODE_POPS_##name)) {                                \
        goto halt;                                                                                                     \
    }                                                                                                                  \
    if (OPCODE_PUSHES_##name > OPCODE_POPS_##name && WEFT_UNLIKELY(sp == f->stack + STACK_WORDS_MAX)) {                \
        goto halt;                                                                                                     \
    }                                                                                                                  \
    gas -= OPCODE_GAS_##name;                                                                                          \
    if (OPCODE_GAS_##name != 0 && WEFT_UNLIKELY(gas < 0)) {                                                            \
        goto halt;                                                                                                     \
    }

/* A whole instruction that replaces its operands by one value. */
#define COMPUTE(name, value)                                                                                           \
    ON(name) {                                                                                                         \
        weft_u256 result = (value);                                                                                    \
        sp += OPCODE_PUSHES_##name - OPCODE_POPS_##name;                                                               \
        sp[-1] = word_of(&result);                                                                                             \
        NEXT();                                                                                                        \
    }

/* A whole instruction that is a function; gas is the frame's while it runs. */
#define EXECUTE(name, call)                                                                                            \
    ON(name) {                                                                                                         \
        f->gas = gas;                                                                                                  \
        end = (call);                                                                                                  \
        gas = f->gas;                                                                                                  \
        sp += OPCODE_PUSHES_##name - OPCODE_POPS_##name;                                                               \
        if (WEFT_UNLIKELY(end != FRAME_RUNS)) {                                                                        \
            goto leave;                                                                                                \
        }                                                                                                              \
        NEXT();                                                                                                        \
    }

#define PUSH(n)                                                                                                        \
    ON(PUSH##n) {                                                                                                      \
        *sp++ = push_value(pc + 1, n);                                                                                 \
        pc += n;                                                                                                       \
        NEXT();                                                                                                        \
    }

#define DUP(n)                                                                                                         \
    ON(DUP##n) {                                                                                                       \
        *sp = word_of(sp - (n));                                                                                       \
        sp++;                                                                                                          \
        NEXT();                                                                                                        \
    }

#define SWAP(n)                                                                                                        \
    ON(SWAP##n) {                                                                                                      \
        swap_words(sp - 1, sp - 1 - (n));                                                                              \
        NEXT();                                                                                                        \
    }

/* EIP-8024: an operand follows the opcode; some values would hide a JUMPDEST or a PUSH, and halt. */
#define IMMEDIATE(last)                                                                                                \
    unsigned immediate = pc[1];                                                                                        \
    if (WEFT_UNLIKELY(immediate > (last) && immediate < 128)) {                                                        \
        goto halt;                                                                                                     \
    }

#define TIMES_16(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16)
#define TIMES_17_TO_32(X)                                                                                              \
    X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31) X(32)
// clang-format on

/* Limb i of the big-endian number in `size` bytes; reads 8 bytes wherever it reads. */
static inline uint64_t push_limb(const uint8_t *bytes, unsigned size, unsigned i) {
    if (size <= 8 * i) {
        return 0;
    }
    unsigned left = size - 8 * i;
    return left >= 8 ? load_be64(bytes + left - 8) : load_be64(bytes) >> (64 - 8 * left);
}

static inline weft_u256 push_value(const uint8_t *bytes, unsigned size) {
    return (weft_u256){
        {push_limb(bytes, size, 0), push_limb(bytes, size, 1), push_limb(bytes, size, 2), push_limb(bytes, size, 3)}};
}

/* A word of the stack, read limb by limb as it was written: a copy of the whole would be loaded as a vector, and wait
 * until all of the limbs' stores have left for the cache. */
static inline weft_u256 word_of(const weft_u256 *word) {
    return (weft_u256){{word->limb[0], word->limb[1], word->limb[2], word->limb[3]}};
}

static inline void swap_words(weft_u256 *a, weft_u256 *b) {
    weft_u256 word = word_of(a);
    *a = word_of(b);
    *b = word;
}

static inline weft_u256 u256_from_bool(bool value) {
    return u256_from_u64(value ? 1 : 0);
}

static inline weft_u256 u256_and(const weft_u256 *a, const weft_u256 *b) {
    return (weft_u256){
        {a->limb[0] & b->limb[0], a->limb[1] & b->limb[1], a->limb[2] & b->limb[2], a->limb[3] & b->limb[3]}};
}

static inline weft_u256 u256_or(const weft_u256 *a, const weft_u256 *b) {
    return (weft_u256){
        {a->limb[0] | b->limb[0], a->limb[1] | b->limb[1], a->limb[2] | b->limb[2], a->limb[3] | b->limb[3]}};
}

static inline weft_u256 u256_xor(const weft_u256 *a, const weft_u256 *b) {
    return (weft_u256){
        {a->limb[0] ^ b->limb[0], a->limb[1] ^ b->limb[1], a->limb[2] ^ b->limb[2], a->limb[3] ^ b->limb[3]}};
}

static inline weft_u256 u256_not(const weft_u256 *a) {
    return (weft_u256){{~a->limb[0], ~a->limb[1], ~a->limb[2], ~a->limb[3]}};
}

/* BYTE: byte `index` of `a`, counted from the most significant one. */
static inline weft_u256 u256_byte(const weft_u256 *a, const weft_u256 *index) {
    if (!u256_fits_u64(index) || index->limb[0] > 31) {
        return u256_zero();
    }
    unsigned shift = 31 - (unsigned)index->limb[0];
    return u256_from_u64(a->limb[shift / 8] >> (shift % 8 * 8) & 0xff);
}

/* A word as a number at most `most`: for operands whose larger values all mean the same. */
static inline unsigned u256_saturate(const weft_u256 *a, unsigned most) {
    return u256_fits_u64(a) && a->limb[0] < most ? (unsigned)a->limb[0] : most;
}

/* Whether 32 bytes at `offset` are in the frame's memory already. */
static inline bool memory_holds_word(const frame *f, const weft_u256 *offset) {
    return u256_fits_u64(offset) && offset->limb[0] < f->memory_size && f->memory_size - offset->limb[0] >= 32;
}

/* memory_holds_word() by extending memory. `gas` is the frame's gas. */
static inline frame_state memory_need_word(machine *m, frame *f, const weft_u256 *offset, int64_t *gas) {
    if (WEFT_LIKELY(memory_holds_word(f, offset))) {
        return FRAME_RUNS;
    }
    weft_u256 size = u256_from_u64(32);
    f->gas = *gas;
    frame_state state = memory_extend(m, f, offset, &size);
    *gas = f->gas;
    return state;
}

static weft_u256 call_data_load(const machine *m, const frame *f, const weft_u256 *offset) {
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

static weft_u256 blob_hash(const evm_transaction *tx, const weft_u256 *index) {
    bool exists = u256_fits_u64(index) && index->limb[0] < tx->blob_count;
    return exists ? u256_from_bytes32(&tx->blob_hashes[index->limb[0]]) : u256_zero();
}

frame_state interpreter_run(machine *m, frame *f) {
    static const int32_t jump_table[WEFT_FORK_COUNT][256] = {WEFT_FORK_MAP(JUMP_ROW)};
    static const int32_t traced[256] = {[0 ... 255] = (int32_t)((char *)&&on_any - (char *)&&on_undefined)};
    const int32_t *const jumps = m->trace == NULL ? jump_table[m->block->fork] : traced;
    const evm_block *const block = m->block;
    const uint8_t *pc = f->pc;
    weft_u256 *sp = f->sp;
    int64_t gas = f->gas;
    frame_state end;

    DISPATCH();

    ON(STOP) {
        f->output_offset = f->output_size = 0;
        end = FRAME_STOPPED;
        goto leave;
    }

    COMPUTE(ADD, u256_add(&sp[-1], &sp[-2]))
    COMPUTE(MUL, u256_mul(&sp[-1], &sp[-2]))
    COMPUTE(SUB, u256_sub(&sp[-1], &sp[-2]))
    COMPUTE(DIV, u256_div(&sp[-1], &sp[-2]))
    COMPUTE(SDIV, u256_signed_div(&sp[-1], &sp[-2]))
    COMPUTE(MOD, u256_mod(&sp[-1], &sp[-2]))
    COMPUTE(SMOD, u256_signed_mod(&sp[-1], &sp[-2]))
    COMPUTE(ADDMOD, u256_addmod(&sp[-1], &sp[-2], &sp[-3]))
    COMPUTE(MULMOD, u256_modulus_multiply(&m->modulus, &sp[-1], &sp[-2], &sp[-3]))
    COMPUTE(SIGNEXTEND, u256_sign_extend(&sp[-2], u256_saturate(&sp[-1], 31)))
    EXECUTE(EXP, instruction_exp(m, f, sp))

    COMPUTE(LT, u256_from_bool(u256_less(&sp[-1], &sp[-2])))
    COMPUTE(GT, u256_from_bool(u256_less(&sp[-2], &sp[-1])))
    COMPUTE(SLT, u256_from_bool(u256_signed_less(&sp[-1], &sp[-2])))
    COMPUTE(SGT, u256_from_bool(u256_signed_less(&sp[-2], &sp[-1])))
    COMPUTE(EQ, u256_from_bool(u256_equal(&sp[-1], &sp[-2])))
    COMPUTE(ISZERO, u256_from_bool(u256_is_zero(&sp[-1])))
    COMPUTE(AND, u256_and(&sp[-1], &sp[-2]))
    COMPUTE(OR, u256_or(&sp[-1], &sp[-2]))
    COMPUTE(XOR, u256_xor(&sp[-1], &sp[-2]))
    COMPUTE(NOT, u256_not(&sp[-1]))
    COMPUTE(BYTE, u256_byte(&sp[-2], &sp[-1]))
    COMPUTE(SHL, u256_shift_left(&sp[-2], u256_saturate(&sp[-1], 256)))
    COMPUTE(SHR, u256_shift_right(&sp[-2], u256_saturate(&sp[-1], 256)))
    COMPUTE(SAR, u256_shift_right_arithmetic(&sp[-2], u256_saturate(&sp[-1], 256)))
    COMPUTE(CLZ, u256_from_u64(256 - u256_bit_length(&sp[-1])))
    EXECUTE(KECCAK256, instruction_keccak256(m, f, sp))

    COMPUTE(ADDRESS, u256_from_address(tx_account_address(f->account)))
    COMPUTE(ORIGIN, u256_from_address(&m->tx->origin))
    COMPUTE(CALLER, u256_from_address(&f->sender))
    COMPUTE(CALLVALUE, f->value)
    COMPUTE(CALLDATALOAD, call_data_load(m, f, &sp[-1]))
    COMPUTE(CALLDATASIZE, u256_from_u64(f->input_size))
    COMPUTE(CODESIZE, u256_from_u64(f->code->size))
    COMPUTE(GASPRICE, m->tx->gas_price)
    COMPUTE(RETURNDATASIZE, u256_from_u64(m->return_data.size))
    COMPUTE(SELFBALANCE, tx_account_balance(m->ts, f->account))
    EXECUTE(CALLDATACOPY, instruction_calldatacopy(m, f, sp))
    EXECUTE(CODECOPY, instruction_codecopy(m, f, sp))
    EXECUTE(RETURNDATACOPY, instruction_returndatacopy(m, f, sp))
    EXECUTE(BALANCE, instruction_balance(m, f, sp))
    EXECUTE(EXTCODESIZE, instruction_extcodesize(m, f, sp))
    EXECUTE(EXTCODECOPY, instruction_extcodecopy(m, f, sp))
    EXECUTE(EXTCODEHASH, instruction_extcodehash(m, f, sp))

    COMPUTE(COINBASE, u256_from_address(&block->coinbase))
    COMPUTE(TIMESTAMP, u256_from_u64(block->timestamp))
    COMPUTE(NUMBER, u256_from_u64(block->number))
    COMPUTE(PREVRANDAO, block->difficulty_or_randao)
    COMPUTE(GASLIMIT, u256_from_u64(block->gas_limit))
    COMPUTE(CHAINID, u256_from_u64(block->chain_id))
    COMPUTE(BASEFEE, block->base_fee)
    COMPUTE(BLOBHASH, blob_hash(m->tx, &sp[-1]))
    COMPUTE(BLOBBASEFEE, block->blob_base_fee)
    COMPUTE(SLOTNUM, u256_from_u64(block->slot_number))
    EXECUTE(BLOCKHASH, instruction_blockhash(m, f, sp))

    ON(POP) {
        sp--;
        NEXT();
    }
    ON(MLOAD) {
        end = memory_need_word(m, f, &sp[-1], &gas);
        if (WEFT_UNLIKELY(end != FRAME_RUNS)) {
            goto leave;
        }
        sp[-1] = u256_from_be32(frame_memory(m, f, sp[-1].limb[0]));
        NEXT();
    }
    ON(MSTORE) {
        end = memory_need_word(m, f, &sp[-1], &gas);
        if (WEFT_UNLIKELY(end != FRAME_RUNS)) {
            goto leave;
        }
        u256_to_be32(frame_memory(m, f, sp[-1].limb[0]), &sp[-2]);
        sp -= 2;
        NEXT();
    }
    EXECUTE(MSTORE8, instruction_mstore8(m, f, sp))
    EXECUTE(MCOPY, instruction_mcopy(m, f, sp))
    EXECUTE(SLOAD, instruction_sload(m, f, sp))
    EXECUTE(SSTORE, instruction_sstore(m, f, sp))
    EXECUTE(TLOAD, instruction_tload(m, f, sp))
    EXECUTE(TSTORE, instruction_tstore(m, f, sp))

    ON(JUMP) {
        sp--;
        goto jump;
    }
    ON(JUMPI) {
        sp -= 2;
        if (u256_is_zero(&sp[0])) {
            NEXT();
        }
        sp[0] = word_of(&sp[1]);
        goto jump;
    }
    ON(JUMPDEST) {
        NEXT();
    }
    COMPUTE(PC, u256_from_u64((uint64_t)(pc - f->code->bytes)))
    COMPUTE(MSIZE, u256_from_u64(f->memory_size))
    COMPUTE(GAS, u256_from_u64((uint64_t)gas))

    COMPUTE(PUSH0, u256_zero())
    TIMES_16(PUSH)
    TIMES_17_TO_32(PUSH)
    TIMES_16(DUP)
    TIMES_16(SWAP)
    ON(DUPN) {
        IMMEDIATE(90)
        unsigned n = (immediate + 145) % 256;
        if (sp - f->stack < (ptrdiff_t)n || sp == f->stack + STACK_WORDS_MAX) {
            goto halt;
        }
        *sp = word_of(sp - n);
        sp++;
        pc++;
        NEXT();
    }
    ON(SWAPN) {
        IMMEDIATE(90)
        unsigned n = (immediate + 145) % 256;
        if (sp - f->stack < (ptrdiff_t)n + 1) {
            goto halt;
        }
        swap_words(sp - 1, sp - 1 - n);
        pc++;
        NEXT();
    }
    ON(EXCHANGE) {
        IMMEDIATE(81)
        unsigned q = (immediate ^ 143) / 16, r = (immediate ^ 143) % 16;
        unsigned n = q < r ? q + 1 : r + 1, other = q < r ? r + 1 : 29 - q;
        if (sp - f->stack < (ptrdiff_t)other + 1) {
            goto halt;
        }
        swap_words(sp - 1 - n, sp - 1 - other);
        pc++;
        NEXT();
    }

    EXECUTE(LOG0, instruction_log(m, f, sp, 0))
    EXECUTE(LOG1, instruction_log(m, f, sp, 1))
    EXECUTE(LOG2, instruction_log(m, f, sp, 2))
    EXECUTE(LOG3, instruction_log(m, f, sp, 3))
    EXECUTE(LOG4, instruction_log(m, f, sp, 4))

    EXECUTE(CREATE, instruction_create(m, f, sp, EVM_CREATE))
    EXECUTE(CREATE2, instruction_create(m, f, sp, EVM_CREATE2))
    EXECUTE(CALL, instruction_call(m, f, sp, EVM_CALL))
    EXECUTE(CALLCODE, instruction_call(m, f, sp, EVM_CALLCODE))
    EXECUTE(DELEGATECALL, instruction_call(m, f, sp, EVM_DELEGATECALL))
    EXECUTE(STATICCALL, instruction_call(m, f, sp, EVM_STATICCALL))
    EXECUTE(RETURN, instruction_return(m, f, sp, FRAME_STOPPED))
    EXECUTE(REVERT, instruction_return(m, f, sp, FRAME_REVERTED))
    EXECUTE(SELFDESTRUCT, instruction_selfdestruct(m, f, sp))

jump:
    /* The destination is the word that was popped last. */
    if (!u256_fits_u64(sp) || !code_is_jump_destination(f->code, sp->limb[0])) {
        goto halt;
    }
    pc = f->code->bytes + sp->limb[0];
    DISPATCH();

on_any:
    f->pc = pc;
    f->sp = sp;
    f->gas = gas;
    trace_step(m, f);
    goto *((char *)&&on_undefined + jump_table[m->block->fork][*pc]);

on_undefined:
halt:
    end = FRAME_HALTED;
leave:
    f->pc = pc + 1;
    f->sp = sp;
    f->gas = gas;
    return end;
}

#pragma GCC diagnostic pop
