/** Timing one block, serially, in parallel, and in parallel from its access list, by the same binary on the same state.
 *
 *  A block is timed only after all gave the same result in full, and the verdict that is expected of it. Runs of the kinds
 *  alternate, and the kind that goes first alternates too, so that drifts of the machine meet all alike.
 *  Before every timed run there is a short pause: OpenMP's idle workers spin for a while before they sleep, and would
 *  otherwise disturb the serial run that follows a parallel one.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weft/engine.h>

#include "bench/peers.h"
#include "bench/series.h"
#include "tools/failure.h"

enum { BENCH_REPEAT_MAX = 1000 };

typedef struct bench_plan {
    size_t repeat;  /* timed runs of each kind per block, 1 to BENCH_REPEAT_MAX; ten times as many of short blocks */
    size_t warmup;  /* runs before those */
    bool cold_code; /* no execution knows anything of the codes that it meets */
    const peers *peers; /* who executes the same blocks, a run in each round; may be NULL */
} bench_plan;

/** The stages of one kind of run, in seconds. */
typedef struct bench_side {
    bench_series execute; /* transactions and the system calls before them */
    bench_series recover; /* senders */
    bench_series finish;  /* withdrawals, requests, receipts, roots, delta */
    bench_series total;
    bench_series cpu;      /* of all threads together */
    uint64_t reexecutions; /* of the last run */
    uint64_t gas;          /* used in the last run */
    bool fell_back;        /* in the last run */
} bench_side;

/** Which shares of a block's transactions are not slower than what `quantiles` below says. */
enum { BENCH_QUANTILES = 8 };
extern const double bench_quantile_shares[BENCH_QUANTILES];

/** How a block's transactions differ and depend on each other, by what each takes in serial execution. */
typedef struct bench_tx_summary {
    double seconds;               /* all of them */
    double critical_path_seconds; /* the heaviest chain of dependent ones */
    double quantiles[BENCH_QUANTILES];
} bench_tx_summary;

/** What a model says about so many workers. */
typedef struct simulated {
    unsigned workers;
    double execute; /* seconds: transactions and system calls */
    double total;   /* the whole block: senders, execution, finish */
    uint64_t reexecutions;
    bool fell_back;
} simulated;
enum { BENCH_SIMULATIONS = 12 };
extern const unsigned bench_simulated_workers[BENCH_SIMULATIONS];

/** What follows the execution. */
typedef struct bench_after {
    bool has_root, has_commit; /* it could be measured */
    unsigned threads;          /* of both */
    bench_series root;         /* state root, from the tries before the block and what it changed */
    bench_series commit;       /* to a store, durably; it computes its root, too */
} bench_after;

typedef struct bench_result {
    char workload[128]; /* the chain or the recorded block */
    char name[160];
    char label[128];             /* what the block is for; may be empty */
    const char *state;           /* what answers the engine's questions */
    size_t tx_count, call_count; /* the latter where the block is one call made many times; otherwise 0 */
    uint64_t gas, critical_path_gas;
    uint64_t instruction_count; /* that its transactions execute */
    unsigned threads;
    bench_side serial, parallel;
    bench_side listed; /* in parallel from the block's access list (EIP-7928) */
    bench_tx_summary transactions;
    bool has_model;
    simulated model[BENCH_SIMULATIONS]; /* for bench_simulated_workers */
    bench_after after;
    peer_result peers[PEERS_MAX];
    size_t peer_count; /* 0 if none was asked */
} bench_result;

/** Serial time over parallel time, of the execution alone. */
double bench_speed_up(const bench_result *result);
/** The same of the whole block: sender recovery, execution, receipts and roots. */
double bench_whole_speed_up(const bench_result *result);
/** Serial time over that of parallel execution from the block's access list, of the execution alone. */
double bench_listed_speed_up(const bench_result *result);
/** The most that `threads` workers could reach: gas over the heaviest chain of dependent transactions, or `threads`. */
double bench_gas_bound(const bench_result *result);
/** The same by time. */
double bench_time_bound(const bench_result *result);
/** What one instruction took of `execute`, weft's or a peer's: of a block that executes some. */
double bench_instruction_seconds(const bench_result *result, const bench_series *execute);

/** What the model says of so many workers; NULL if it was not asked for them. */
const simulated *bench_model_of(const bench_result *result, unsigned workers);

/** The pause before every timed run. */
void bench_pause(void);

/** One block and what it executes on. */
typedef struct bench_block {
    const weft_chain *chain;
    const weft_block *block;
    const weft_state_view *view;
    const weft_execute_options *options;
    bool any_verdict; /* nothing is known of the right result; both engines must still agree */
} bench_block;

/** The engines of a measurement: one of a single thread; the one that the model is of; the one that is compared. */
typedef struct bench_engines {
    weft_engine *serial, *modelled, *parallel;
} bench_engines;

typedef struct tx_costs tx_costs;

/** Check, warm up and time. Returns: WEFT_OK; WEFT_DECODE if a result is wrong or the engines differ, with words;
 *  what weft_engine_execute() returns.
 *  Out: result   all but name, state and threads. costs   of its transactions, measured in between (bench/tx_costs.h): to
 *       be freed, also after a failure; NULL: not wanted. */
weft_status bench_measure(bench_result *result, tx_costs *costs, const bench_plan *plan, const bench_engines *engines,
                          const bench_block *block, failure *f);

#endif
