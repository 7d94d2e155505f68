/** What a bench found, as it is told: a table or JSON, block by block, gains and losses alike, and sums at the end. */
#ifndef BENCH_BENCH_REPORT_H
#define BENCH_BENCH_REPORT_H

#include "bench/bench_sums.h"

typedef struct bench_report {
    bool json;
    bench_result *results; /* all so far */
    size_t count, capacity;
} bench_report;

/** Print a block's row and keep its result. Returns: false when out of memory. */
bool bench_report_block(bench_report *report, const bench_result *result);

/** Print the sums. */
void bench_report_finish(const bench_report *report, const bench_plan *plan);

void bench_report_free(bench_report *report);

#endif
