/** Watching transactions while they execute: what debuggers, differential fuzzers and `debug_trace*` are made of.
 *
 *  A tracer is a set of callbacks, given in weft_execute_options. Any of them may be NULL. A traced block is executed
 *  serially, so the callbacks come from one thread, in the order in which things happen:
 *
 *      transaction_begin
 *          enter                  a call, a creation or a SELFDESTRUCT; the transaction's own message first
 *              step, step_end     one instruction, before and after
 *              enter .. leave     what a CALL or CREATE leads to comes after its step_end
 *          leave
 *      transaction_end
 *
 *  Nothing a callback is given lives longer than the callback. Callbacks must not call the engine. A tracer that fails
 *  remembers that itself: the execution does not depend on it. System calls (EIP-4788, EIP-2935, EIP-7002, EIP-7251)
 *  and withdrawals belong to no transaction and are not traced.
 *
 *  Without a tracer nothing of this costs anything.
 */
#ifndef WEFT_TRACER_H
#define WEFT_TRACER_H

#include <weft/block.h>
#include <weft/state_view.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(enumerator, words): why an instruction or a message failed. The words are those of geth, which tools compare. */
#define WEFT_FAULT_MAP(X)                                            \
    X(NONE, "")                                                      \
    X(REVERTED, "execution reverted")                                \
    X(OUT_OF_GAS, "out of gas")                                      \
    X(INVALID_OPCODE, "invalid opcode")                              \
    X(STACK_UNDERFLOW, "stack underflow")                            \
    X(STACK_OVERFLOW, "stack limit reached")                         \
    X(INVALID_JUMP, "invalid jump destination")                      \
    X(WRITE_PROTECTION, "write protection")                          \
    X(RETURN_DATA_BOUNDS, "return data out of bounds")               \
    X(INITCODE_SIZE, "max initcode size exceeded")                   \
    /* of a message as a whole */                                    \
    X(DEPTH, "max call depth exceeded")                              \
    X(INSUFFICIENT_BALANCE, "insufficient balance for transfer")     \
    X(NONCE_OVERFLOW, "nonce uint64 overflow")                       \
    X(ADDRESS_COLLISION, "contract address collision")               \
    X(CODE_SIZE, "max code size exceeded")                           \
    X(CODE_PREFIX, "invalid code: must not begin with 0xef")         \
    X(CODE_DEPOSIT_GAS, "contract creation code storage out of gas") \
    X(PRECOMPILE, "invalid input")

typedef enum weft_fault {
#define WEFT_FAULT_ENUM(name, words) WEFT_FAULT_##name,
    WEFT_FAULT_MAP(WEFT_FAULT_ENUM)
#undef WEFT_FAULT_ENUM
} weft_fault;

/** The words for `fault`. Returns: a constant string, never NULL. Threads: any. */
WEFT_API const char *weft_fault_message(weft_fault fault);

/** What is fixed about an opcode. */
typedef struct weft_opcode {
    const char *name; /**< as the Yellow Paper and its EIPs write it */
    uint8_t pops;     /**< words that must be on the stack */
    uint8_t pushes;   /**< words that are there instead afterwards */
} weft_opcode;

/** The opcode, whatever fork it came with. Returns: a constant; NULL for a value that no fork defines. Threads: any. */
WEFT_API const weft_opcode *weft_opcode_of(uint8_t opcode);

typedef struct weft_trace_transaction {
    size_t index; /**< in the block */
    const weft_transaction *transaction;
    weft_address sender;
    weft_u256 gas_price; /**< wei, what the sender pays per gas */
    weft_fork fork;
    uint64_t block_number;
    weft_address coinbase;
    /** The state with all earlier transactions of the block: before this one, and in transaction_end after it. May be
     *  asked from transaction_begin until transaction_end returns. */
    const weft_state_view *state;
    /** transaction_end only, and NULL there when the transaction turned out invalid. Without its bloom, which the end of
     *  the block fills in. */
    const struct weft_receipt *receipt;
} weft_trace_transaction;

/** A message begins. */
typedef struct weft_trace_enter {
    uint8_t opcode; /**< that of the instruction: CALL (also for the transaction's message), CREATE, SELFDESTRUCT .. */
    unsigned depth; /**< 0 = the transaction's own message */
    weft_address from;
    weft_address to;           /**< whose code is called, before delegation (EIP-7702); what is created; who inherits */
    weft_address code_address; /**< whose code runs: `to`, or what it delegates to; zero for a precompile or none */
    bool is_precompile;
    uint64_t gas;
    weft_u256 value;  /**< wei; of a DELEGATECALL that of the caller, of a SELFDESTRUCT the balance */
    weft_bytes input; /**< call data, or init code */
} weft_trace_enter;

/** A message ends. */
typedef struct weft_trace_leave {
    unsigned depth;
    weft_bytes output; /**< return data, revert data, or the code of the new contract */
    uint64_t gas_used;
    weft_fault fault;
} weft_trace_leave;

/** An instruction is about to be executed. */
typedef struct weft_trace_step {
    size_t pc;
    uint8_t opcode;
    unsigned depth; /**< 0 = the transaction's own message */
    uint64_t gas;
    int64_t refund;         /**< the transaction's refund counter */
    weft_address address;   /**< whose storage is in use */
    const weft_u256 *stack; /**< bottom first */
    size_t stack_count;     /**< words */
    weft_bytes memory;
    weft_bytes return_data;
} weft_trace_step;

/** An instruction was executed, or failed. */
typedef struct weft_trace_step_end {
    /** With what a call hands on, without what a creation does (as geth counts). Of an instruction that failed: what was
     *  charged till then. */
    uint64_t gas_cost;
    int64_t refund; /**< the refund counter now */
    weft_fault fault;
} weft_trace_step_end;

/** Zero-initialise, set `size`, set what applies. */
typedef struct weft_tracer {
    size_t size;   /**< sizeof(weft_tracer) */
    void *context; /**< first argument of every callback */
    void (*transaction_begin)(void *context, const weft_trace_transaction *transaction);
    void (*transaction_end)(void *context, const weft_trace_transaction *transaction);
    void (*enter)(void *context, const weft_trace_enter *enter);
    void (*leave)(void *context, const weft_trace_leave *leave);
    void (*step)(void *context, const weft_trace_step *step);
    void (*step_end)(void *context, const weft_trace_step_end *end);
} weft_tracer;

#ifdef __cplusplus
}
#endif

#endif
