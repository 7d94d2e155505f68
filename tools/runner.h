/** Executing one block as a command wants it: serially, in parallel, or both with the results compared in full. */
#ifndef TOOLS_RUNNER_H
#define TOOLS_RUNNER_H

#include <weft/engine.h>

#include "tools/failure.h"

/** The most workers an engine may have. */
enum { RUNNER_THREADS_MAX = 256 };

typedef enum runner_mode { RUN_PARALLEL, RUN_SERIAL, RUN_BOTH } runner_mode;

typedef struct runner_config {
    runner_mode mode;
    unsigned threads; /* of the parallel engine; 0 = as many as OpenMP would use */
    bool force_parallel;
    bool forgets_codes; /* no code of one block is known to the next */
} runner_config;

typedef struct runner {
    runner_config config;
    weft_engine *serial, *parallel; /* NULL if the mode does without */
} runner;

/** What happened to one block. */
typedef struct runner_outcome {
    /* Of the parallel engine, unless the mode is serial. Borrowed until the next block. */
    weft_block_result result;
    weft_bytes32 delta_digest;
    bool has_serial, has_parallel;
    double serial_seconds, parallel_seconds; /* of the whole execution, wall */
    char difference[128];                    /* in which part serial and parallel differ; empty if they agree */
} runner_outcome;

/** Returns: WEFT_OK, WEFT_NO_MEMORY. Out: to be freed with runner_free(), also after a failure. */
weft_status runner_create(runner *r, const weft_chain *chain, const runner_config *config, failure *f);
void runner_free(runner *r);

/** Workers of the engine that the mode is about. */
unsigned runner_threads(const runner_config *config);

/** Workers of an engine that was asked for 0. */
unsigned runner_threads_auto(void);

/** Called before each of the executions of one block. NULL = nothing to prepare. */
typedef void runner_prepare(void *context);

/** Execute one block. Returns: what weft_engine_execute() does; `outcome` is filled on WEFT_OK. */
weft_status runner_execute(runner *r, runner_outcome *outcome, const weft_block *block, const weft_state_view *view,
                           const weft_execute_options *options, runner_prepare *prepare, void *prepare_context);

/** The first part in which two results differ, NULL if they are equal in all: verdict, gas, receipts, their root and
 *  bloom, requests hash, block access list. The deltas are compared by digest, which the caller has. */
const char *runner_difference(const weft_block_result *a, const weft_block_result *b);

#endif
