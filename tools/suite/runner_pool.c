#include "tools/suite/runner_pool.h"

#include <stdlib.h>
#include <string.h>

enum { POOL_SIZE_MAX = 48 };

typedef struct pooled_runner {
    weft_chain chain;
    runner runner;
} pooled_runner;

runner_pool runner_pool_of(const runner_config *config) {
    return (runner_pool){.config = *config};
}

void runner_pool_free(runner_pool *pool) {
    for (size_t i = 0; i < pool->count; i++) {
        runner_free(&pool->runners[i].runner);
    }
    free(pool->runners);
    *pool = (runner_pool){0};
}

/* A place for one more, at the cost of the oldest if the pool is full. Returns: NULL when out of memory. */
static pooled_runner *make_room(runner_pool *pool) {
    if (pool->runners == NULL) {
        pool->runners = calloc(POOL_SIZE_MAX, sizeof *pool->runners);
    }
    if (pool->runners == NULL || pool->count < POOL_SIZE_MAX) {
        return pool->runners == NULL ? NULL : &pool->runners[pool->count];
    }
    pooled_runner *place = &pool->runners[pool->oldest];
    pool->oldest = (pool->oldest + 1) % POOL_SIZE_MAX;
    return place;
}

runner *runner_pool_get(runner_pool *pool, const weft_chain *chain, failure *f) {
    for (size_t i = 0; i < pool->count; i++) {
        if (memcmp(&pool->runners[i].chain, chain, sizeof *chain) == 0) {
            return &pool->runners[i].runner;
        }
    }
    runner made;
    pooled_runner *place = make_room(pool);
    if (place == NULL) {
        (void)failure_set(f, WEFT_NO_MEMORY, "engines: %s", weft_status_message(WEFT_NO_MEMORY));
        return NULL;
    }
    if (runner_create(&made, chain, &pool->config, f) != WEFT_OK) {
        runner_free(&made);
        return NULL;
    }
    if (place < pool->runners + pool->count) {
        runner_free(&place->runner);
    } else {
        pool->count++;
    }
    memcpy(&place->chain, chain, sizeof *chain); /* compared as bytes, padding too */
    place->runner = made;
    return &place->runner;
}
