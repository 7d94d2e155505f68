/** What a bench found, for machines: one JSON object per line. Every figure that is told anywhere is in it. */
#ifndef BENCH_BENCH_JSON_H
#define BENCH_BENCH_JSON_H

#include <stdio.h>

#include "bench/bench_sums.h"

/** The line of a block at one number of threads. */
void bench_json_block(FILE *stream, const bench_result *result);
/** The last line: the sums per number of threads, over all and over each workload. */
void bench_json_summary(FILE *stream, const bench_result *results, size_t count, const bench_plan *plan);

#endif
