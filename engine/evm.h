/** The Ethereum Virtual Machine: message calls and contract creations over a transaction's state (Yellow Paper
 *  sections 7 to 9).
 *
 *  An `evm` is one worker's machine: operand stacks, memories and frames live in it and are reused from call to call,
 *  so that in the long run a message allocates nothing. Calls nest to depth 1024 without recursion on the C stack: the
 *  interpreter runs one frame until it ends or wants a call, the driver in evm.c pushes and pops frames.
 *
 *  The boundary to the interpreter proper (interpreter.h) is: analysed code, a frame, the transaction's state.
 */
#ifndef ENGINE_EVM_H
#define ENGINE_EVM_H

#include "engine/fork_rules.h"
#include "engine/tx_state.h"
#include <weft/tracer.h>

/** What opcodes read of the block. Constant during a block; shared by all workers. */
typedef struct evm_block {
    const fork_rules *rules;
    weft_fork fork;
    uint64_t chain_id;
    weft_address coinbase;
    uint64_t number;
    uint64_t timestamp;
    uint64_t gas_limit;
    uint64_t slot_number;           /* EIP-7843 */
    weft_u256 difficulty_or_randao; /* 0x44: DIFFICULTY, from Paris PREVRANDAO (EIP-4399) */
    weft_u256 base_fee;
    weft_u256 blob_base_fee;
    const weft_state_view *view; /* for BLOCKHASH and code bytes */
    code_cache *codes;
} evm_block;

/** What opcodes read of the transaction. */
typedef struct evm_transaction {
    weft_address origin;
    weft_u256 gas_price;
    const weft_bytes32 *blob_hashes;
    size_t blob_count;
} evm_transaction;

typedef enum evm_kind { EVM_CALL, EVM_CALLCODE, EVM_DELEGATECALL, EVM_STATICCALL, EVM_CREATE, EVM_CREATE2 } evm_kind;

/** The top-level message of a transaction or system call: EVM_CALL or EVM_CREATE. */
typedef struct evm_message {
    evm_kind kind;
    int64_t gas;
    tx_account *sender;
    tx_account *recipient; /* EVM_CALL: the callee; EVM_CREATE: the account to create (the caller found its address) */
    weft_u256 value;       /* moved from sender to recipient inside the top frame; the caller checked the funds */
    weft_bytes input;      /* call data, or init code */
} evm_message;

typedef enum evm_status {
    EVM_SUCCESS,
    EVM_REVERT,      /* REVERT: gas left is kept */
    EVM_HALT,        /* exceptional halt: all gas is gone */
    EVM_HOST_FAILURE /* no verdict; tx_state_status() says why */
} evm_status;

typedef struct evm_result {
    evm_status status;
    weft_fault fault; /* for tracers: what ended the message, unless an instruction did */
    int64_t gas_left;
    int64_t spilled;   /* EVM_SUCCESS: state gas paid from the message's gas (state_gas.h) */
    weft_bytes output; /* borrowed until the next evm_run on this machine */
} evm_result;

typedef struct evm evm;
struct trace;

/** Returns: NULL when out of memory. */
evm *evm_create(void);
void evm_destroy(evm *vm);
/** Before each block: let the system have memories larger than `size_kept` bytes that a deep or wide call left, and
 *  forget which digests were computed, so that what a block takes does not depend on the blocks before, nor on having
 *  been measured. */
void evm_begin_block(evm *vm, size_t size_kept);

/** From now on tell `t` of every message; NULL = nobody. */
void evm_set_trace(evm *vm, struct trace *t);

/** Run one top-level message to its end.
 *
 *  On EVM_REVERT and EVM_HALT every change since the call is undone in `ts` (the sender's nonce and the fee, changed
 *  before, stay). For EVM_CREATE the sender's nonce was already raised by the caller; collision, code deposit and the
 *  limits on code are handled here. A callee that is a delegation designator (EIP-7702) runs its delegate's code.
 */
evm_result evm_run(evm *vm, const evm_block *block, const evm_transaction *tx, tx_state *ts,
                   const evm_message *message);

/** The address a creation gives: keccak(rlp[sender, nonce])[12:]. */
weft_address evm_create_address(const weft_address *sender, uint64_t nonce);

#endif
