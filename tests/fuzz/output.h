/** Writing inputs and pieces of code: bytes, one after the other, while there is room. */
#ifndef TESTS_FUZZ_OUTPUT_H
#define TESTS_FUZZ_OUTPUT_H

#include "tests/support/random.h"

typedef struct output {
    uint8_t *data;
    size_t size, capacity;
    test_random *random;
    unsigned precompile; /* that there is data for: a number of precompile_input() */
} output;

static inline void put(output *o, unsigned byte) {
    if (o->size < o->capacity) {
        o->data[o->size++] = (uint8_t)byte;
    }
}

static inline unsigned pick(output *o, unsigned bound) {
    return (unsigned)random_below(o->random, bound);
}

static inline unsigned pick_of(output *o, const uint8_t *choices, size_t count) {
    return choices[random_below(o->random, count)];
}

#define PICK(o, ...) pick_of(o, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

#endif
