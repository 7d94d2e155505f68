/** One call of `weft bench`: what was asked for, the engines of the chain at hand, and what has been found. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "bench/bench_report.h"
#include "bench/measure.h"
#include "bench/simulation.h"

enum { BENCH_COUNTS_MAX = 16 };

typedef struct bench {
    bench_plan plan;
    peers peers; /* who executes the same blocks, at the first number of threads */
    bench_report report;
    unsigned counts[BENCH_COUNTS_MAX]; /* of threads */
    size_t count_count;
    bool force_parallel;
    uint64_t grow_gas;        /* what each block of a chain is grown to; 0: it is timed as it is */
    const char *page;         /* file for the report; NULL: none */
    const char *store_folder; /* where commits are measured; NULL: they are not */
    int exit_status;
    /* Of the chain at hand. */
    weft_engine *serial, *parallel[BENCH_COUNTS_MAX];
} bench;

/** Say what failed, and let the exit status show it. */
void bench_fail(bench *b, const failure *f);

bool bench_create_engines(bench *b, const weft_chain *chain);
void bench_destroy_engines(bench *b);

/** What one block is called, and what was measured of it already. */
typedef struct bench_title {
    const char *workload, *name, *label, *state;
    size_t call_count; /* where the block is one call made many times; otherwise 0 */
    bench_after after;
} bench_title;

/** Time a block, if it has transactions, at every number of threads. Returns: false if it cannot be; that has been said. */
bool bench_time_block(bench *b, const bench_title *title, const bench_block *block);

/** Time what is at `path`: recorded blocks, and chains, from their genesis on. */
void bench_path(bench *b, const char *path);
void bench_chain(bench *b, const char *genesis_path, const char *chain_path);

/** How many threads compute roots. */
unsigned bench_root_threads(const bench *b);

#endif
