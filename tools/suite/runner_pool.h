/** Engines for fixtures, whose chains change from test to test: one runner per chain, made when first asked for. */
#ifndef TOOLS_SUITE_RUNNER_POOL_H
#define TOOLS_SUITE_RUNNER_POOL_H

#include "tools/runner.h"

typedef struct runner_pool {
    runner_config config;
    struct pooled_runner *runners; /* NULL until the first is asked for */
    size_t count;
    size_t oldest; /* the one to give up next when there are too many */
} runner_pool;

/** A pool that makes its runners by `config`. Nothing is allocated. */
runner_pool runner_pool_of(const runner_config *config);
void runner_pool_free(runner_pool *pool);

/** The runner of `chain`. Returns: NULL with the failure set when it cannot be made.
 *  Lifetime: until the next call. Threads: exclusive on `pool`. */
runner *runner_pool_get(runner_pool *pool, const weft_chain *chain, failure *f);

#endif
