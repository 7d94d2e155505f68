/** What the interpreter and its driver share: a frame is one call being executed, a machine is what all frames of a
 *  transaction have in common.
 *
 *  Memory: operand stacks and byte memories of nested frames lie end to end in two regions that belong to the machine;
 *  a child begins where its parent ends for as long as the parent waits. The byte region may move when it grows, so
 *  everything in it is named by offset. Call data is always in the region: in the caller's memory, or, for the top
 *  frame, at offset 0.
 */
#ifndef ENGINE_FRAME_H
#define ENGINE_FRAME_H

#include "base/u256_modulus.h"
#include "engine/buffer.h"
#include "engine/evm.h"
#include "engine/gas.h"
#include "engine/state_gas.h"

enum {
    STACK_WORDS_MAX = 1024,
    CALL_DEPTH_MAX = 1024, /* the top frame has depth 0 */
    FRAME_COUNT_MAX = CALL_DEPTH_MAX + 1
};

struct keccak_memo;
struct precompile;
struct trace;

/** A message call or creation that a frame, or the top-level message, asks for. */
typedef struct call_request {
    evm_kind kind;
    bool is_static;
    int64_t gas;           /* for the callee, stipend included; the caller has paid it */
    tx_account *payer;     /* whose balance the value comes from; creations: the creator */
    weft_address sender;   /* what CALLER says in the callee */
    weft_u256 value;       /* what CALLVALUE says in the callee */
    weft_u256 salt;        /* EVM_CREATE2 */
    tx_account *recipient; /* the account the callee runs in; creations: filled when the address is known */
    tx_account *callee;    /* calls: the account that was named */
    uint64_t account_gas;  /* state gas that the caller has paid for a new account: given back if the message fails */

    /* Calls: what to run, a precompile or the code of an account; neither is the same as empty code. */
    const struct precompile *precompile;
    tx_account *code_account;

    size_t input_offset; /* in the machine's memory region: call data or init code */
    size_t input_size;
    size_t output_offset; /* in the same region: where the caller wants the output */
    size_t output_size;
} call_request;

typedef enum frame_state {
    FRAME_RUNS,
    FRAME_WAITS,    /* for frame->request; its result goes on top of the stack */
    FRAME_STOPPED,  /* success */
    FRAME_REVERTED, /* REVERT */
    FRAME_HALTED,   /* exceptional halt */
    FRAME_FAILED    /* host failure, told to the tx_state */
} frame_state;

typedef struct frame {
    /* The message; constant. */
    const code *code;
    tx_account *account;         /* whose storage and balance are "own", … */
    const weft_address *address; /* … and which ADDRESS tells */
    weft_address sender;
    weft_u256 value;
    bool is_static;
    bool is_creation;
    size_t input_offset; /* in the machine's memory region */
    size_t input_size;
    weft_u256 *stack;     /* the first of this frame's words */
    size_t memory_offset; /* of this frame's memory in the region */

    /* Where execution stands; valid when the interpreter is not in it. */
    const uint32_t *decoded; /* the next block's head in decoded_code; NULL: the code is not decoded, and … */
    const decoded_code *decoded_code;
    const uint8_t *pc;  /* … this is the next opcode */
    uint32_t patience;  /* bytes of code to execute until decoding is worth it; UINT32_MAX: it is not */
    weft_u256 *sp;      /* past the top of the stack */
    size_t memory_size; /* a multiple of 32 */
    int64_t gas;
    int64_t spilled; /* state gas that was paid from `gas` (state_gas.h) */

    size_t output_offset; /* FRAME_STOPPED, FRAME_REVERTED: in this frame's memory */
    size_t output_size;
    call_request request; /* FRAME_WAITS */

    /* The driver's. */
    tx_mark mark;         /* state to return to when the frame fails */
    state_gas_mark grown; /* where its growth of the state begins: after the value was moved */
    arena_mark code_mark; /* creations: where the memory of the init code began */
} frame;

typedef struct machine {
    const evm_block *block;
    const evm_transaction *tx;
    const fork_rules *rules; /* of the block */
    tx_state *ts;
    weft_u256 *stack;           /* words of all frames */
    buffer memory;              /* the memory region; `size` is not used, frames know theirs */
    buffer return_data;         /* RETURNDATA of the frame that runs; output of the call that ended last */
    u256_modulus modulus;       /* MULMOD's last */
    struct keccak_memo *hashes; /* of KECCAK256 */
    struct trace *trace;        /* who is told of messages and instructions; NULL = nobody */
} machine;

/** Take `gas` from the frame. Returns: false when there is not enough, which halts. */
static inline bool frame_charge(frame *f, uint64_t gas) {
    if (gas > (uint64_t)f->gas) {
        return false;
    }
    f->gas -= (int64_t)gas;
    return true;
}

/** Take state gas (EIP-8037). Returns: as frame_charge(). */
static inline bool frame_charge_state(machine *m, frame *f, uint64_t gas) {
    return state_gas_charge(m->ts, gas, &f->gas, &f->spilled);
}

/** The byte at `offset` of the frame's memory. Lifetime: until memory grows. */
static inline uint8_t *frame_memory(const machine *m, const frame *f, size_t offset) {
    return m->memory.bytes + f->memory_offset + offset;
}

/** Record the lack of memory with the tx_state. Returns: FRAME_FAILED. */
static inline frame_state machine_out_of_memory(machine *m) {
    tx_state_fail(m->ts, WEFT_NO_MEMORY);
    return FRAME_FAILED;
}

#endif
