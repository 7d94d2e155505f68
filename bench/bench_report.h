/** The table or JSON of a bench: every block at every thread count, gains and losses alike, and sums per count. */
#ifndef BENCH_BENCH_REPORT_H
#define BENCH_BENCH_REPORT_H

#include "bench/measure.h"

/** The losses among the speed-ups of one kind. */
typedef struct bench_losses {
    double ratio_min;
    char block[96]; /* that has it */
    size_t slower;  /* blocks below 0.9 of the serial speed */
} bench_losses;

/** Over all blocks at one thread count. */
typedef struct bench_sum {
    unsigned threads;
    size_t blocks;
    uint64_t txs, gas, reexecutions, listed_reexecutions;
    double serial_execute, parallel_execute, listed_execute; /* sums of medians, seconds */
    double serial_total, parallel_total;
    double serial_cpu, parallel_cpu;
    double log_ratio;     /* sum of logarithms of the speed-ups */
    double bound_execute; /* what the parallel sum would be if every block reached its bound, seconds */
    bench_losses execute_losses, total_losses;
} bench_sum;

typedef struct bench_report {
    bool json;
    bool titles_printed;
} bench_report;

/** Print a block's row and add it to its sum. */
void bench_report_block(bench_report *report, bench_sum *sum, const bench_result *result);

/** Print the sums. */
void bench_report_finish(const bench_report *report, const bench_sum *sums, size_t sum_count, const bench_plan *plan);

#endif
