/** Sums over blocks that were measured at one number of threads. */
#ifndef BENCH_BENCH_SUMS_H
#define BENCH_BENCH_SUMS_H

#include "bench/measure.h"

/** A block is a loss when it runs at less than this share of the serial speed. */
extern const double bench_slow_ratio;

/** The model is right about a block when its speed-up is off by no more than this share of the measured one. */
extern const double bench_model_tolerance;

/** The losses among the speed-ups of one kind. */
typedef struct bench_losses {
    double ratio_min;
    char block[96]; /* that has it */
    size_t slower;  /* blocks below bench_slow_ratio */
} bench_losses;

typedef struct bench_sum {
    unsigned threads;
    size_t blocks;
    uint64_t txs, gas, reexecutions, listed_reexecutions;
    double serial_execute, parallel_execute, listed_execute; /* sums of medians, seconds */
    double serial_total, parallel_total;
    double serial_cpu, parallel_cpu;
    double log_ratio;          /* sum of logarithms of the speed-ups */
    double gas_bound_execute;  /* what the parallel sum would be if every block reached its bound, seconds */
    double time_bound_execute; /* the same, the bound being by time */
    double recover, finish, root,
        commit;                         /* sums of medians, seconds: parallel; root and commit of those that have one */
    size_t root_count, commit_count;    /* blocks that have one */
    size_t model_count;                 /* blocks that the model has been asked about */
    size_t model_compared, model_close; /* those with a core for each thread; those it was right about */
    size_t model_serial_close;          /* those of which it knew the serial time as well */
    double model_execute[BENCH_SIMULATIONS]; /* sums over them, seconds, for bench_simulated_workers */
    double model_here;                       /* the same for `threads` */
    bench_losses execute_losses, total_losses;
} bench_sum;

/** How weft compares with a peer, over the blocks that both executed. */
typedef struct bench_peer_sum {
    size_t blocks, refused;
    double peer, serial, parallel; /* sums of medians, seconds: execution */
    double log_ratio;              /* sum of logarithms of the peer's time over weft's serial time */
    bench_losses losses;           /* of that ratio */
} bench_peer_sum;

/** Of the peer with that index. In: workload   NULL for all. */
bench_peer_sum bench_peer_sum_of(const bench_result *results, size_t count, size_t index, const char *workload);

/** Of those among `results` with so many threads and, unless it is NULL, of this workload. */
bench_sum bench_sum_of(const bench_result *results, size_t count, unsigned threads, const char *workload);

/** Whether the model is right about the blocks together. */
bool bench_model_is_close(const bench_sum *sum);

/** Iterate over the numbers of threads, in the order in which they came: start with *cursor = 0. Returns: false at the
 *  end. */
bool bench_next_threads(const bench_result *results, size_t count, size_t *cursor, unsigned *threads);
/** The same over the workloads at each number of threads. */
bool bench_next_workload(const bench_result *results, size_t count, size_t *cursor, const char **workload,
                         unsigned *threads);

#endif
