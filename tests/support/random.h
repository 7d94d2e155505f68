/** Seeded random numbers for tests (splitmix64): the same seed gives the same test on every machine. */
#ifndef TESTS_SUPPORT_RANDOM_H
#define TESTS_SUPPORT_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/** The state is the seed: print it at the start of a round, and the round can be repeated. */
typedef struct test_random {
    uint64_t state;
} test_random;

static inline uint64_t random_u64(test_random *random) {
    random->state += 0x9e3779b97f4a7c15u;
    uint64_t z = random->state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/** Uniform enough below `bound`, which is above 0. */
static inline size_t random_below(test_random *random, size_t bound) {
    return (size_t)(random_u64(random) % bound);
}

static inline void random_fill(test_random *random, uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)random_u64(random);
    }
}

/** The seeds of a test that runs one round per seed: WEFT_SEED=n is that one alone, WEFT_SEEDS=n that many from 1. */
typedef struct seed_range {
    uint64_t first, last;
    bool is_one; /* a failure is being repeated: nothing can be said of the rounds as a whole */
} seed_range;

static inline seed_range seed_range_read(uint64_t count_default) {
    const char *one = getenv("WEFT_SEED"), *many = getenv("WEFT_SEEDS");
    if (one != NULL) {
        uint64_t seed = strtoull(one, NULL, 0);
        return (seed_range){seed, seed, true};
    }
    return (seed_range){1, many != NULL ? strtoull(many, NULL, 0) : count_default, false};
}

#endif
