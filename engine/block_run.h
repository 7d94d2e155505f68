/** One block in execution: what all its parts share, and the ordered phase, which turns outcomes into receipts.
 *
 *  weft_engine_execute() goes through a block in this order (protocol: Yellow Paper section 11, EIP-4788, 2935, 7685):
 *
 *      plans (parallel) ─► edges before ─► transactions (serial or parallel) ─► edges after ─► results ─► checks
 *
 *  A run ends early in one of two ways, never mixed: `status` says that the host failed and there is no verdict; `verdict`
 *  says that the block is invalid.
 */
#ifndef ENGINE_BLOCK_RUN_H
#define ENGINE_BLOCK_RUN_H

#include "engine/bal_builder.h"
#include "engine/requests.h"
#include "engine/trace.h"
#include "engine/transition.h"
#include "scheduler/policy.h"
#include "scheduler/scheduler.h"

/** What one worker owns: while workers run, nobody else touches it. */
typedef struct worker {
    evm *vm;
    tx_state state;
    arena memory; /* outcomes; lives until the next block, or as long as they are of use */
    arena logs;   /* of the receipts; lives until the next block */
    uint64_t executions;
} worker;

struct weft_engine {
    weft_chain chain;
    unsigned thread_count;
    bool force_parallel;
    bool keep_code_cache;
    uint64_t seed;
    code_cache *codes;
    block_state state;
    scheduler *scheduler;
    worker *workers; /* thread_count */
    arena memory;    /* plans, receipts, delta; lives until the next block */
};

typedef struct block_run {
    weft_engine *engine;
    const weft_block *block;
    weft_execute_options options;
    evm_block env;
    plan_context plan_context;

    tx_plan *plans; /* one per transaction, as are the next three */
    tx_outcome *outcomes;
    weft_receipt *receipts;
    bool *has_outcome; /* a speculative run came to an outcome that may be asked whether it holds */

    trace *trace; /* NULL: nobody is told */

    weft_transaction_profile *profiles; /* NULL: nothing is timed; one per transaction */
    double lap_start, share_seconds;    /* for them */
    size_t shared_from;

    bool records_accesses; /* into the next */
    bal_builder accesses;
    uint32_t edge_index; /* block access index of what happens outside transactions: before the first, after the last */
    bool has_access_list; /* of the block, in the next */
    weft_block_access_list access_list;

    mv_cell *coinbase;
    uint64_t gas_used;                           /* by the accepted transactions, as their senders pay it */
    uint64_t execution_gas_used, state_gas_used; /* as the block counts it */
    uint64_t blob_gas_used;
    weft_bytes requests[REQUEST_TYPE_COUNT]; /* those with data */
    size_t request_count;

    weft_status status;
    weft_verdict verdict;
    size_t verdict_index; /* transaction, or SIZE_MAX */
    char explanation[256];
    weft_execution_stats stats;
} block_run;

/** The version under which transaction `index` writes to the multi-version memory. Version 0 is what happens in the block
 *  before its first transaction. */
static inline uint32_t block_run_version(uint32_t index) {
    return index + 1;
}

/** End the run with a verdict about a transaction or (index SIZE_MAX) the block. Keeps an earlier one. */
void block_run_reject(block_run *run, weft_verdict verdict, size_t index, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/** Whether the run goes on. */
static inline bool block_run_is_alive(const block_run *run) {
    return run->status == WEFT_OK && run->verdict == WEFT_VALID;
}

/** Monotonic time, for measuring. Nothing but speed depends on it. */
double block_run_seconds(void);

/** Run transaction `index` on the accepted prefix and accept it. `run` is not alive afterwards if the host failed or the
 *  transaction is invalid. Threads: the holder of the ordered phase. */
void block_run_head(block_run *run, worker *w, uint32_t index);

/** Accept the speculative outcome of transaction `index` if it holds.
 *  Returns: false when it does not and the transaction must be run again at the head. Threads: as above. */
bool block_run_settle(block_run *run, worker *w, uint32_t index);

/** Run transaction `index` over the multi-version memory and publish its writes. Threads: any worker. */
void block_run_speculate(block_run *run, worker *w, uint32_t index);

/** Run all transactions, one after the other. */
void block_run_serial(block_run *run);

#endif
