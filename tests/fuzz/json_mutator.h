/** Changes to JSON that leave it JSON: of what stands in quotes, a digit, or all of it. */
#ifndef TESTS_FUZZ_JSON_MUTATOR_H
#define TESTS_FUZZ_JSON_MUTATOR_H

#include "tests/fuzz/fuzz.h"
#include "tests/support/random.h"

/** Change one of the strings, be it a key or a value. Returns: the new size. */
size_t json_mutate(test_random *random, uint8_t *data, size_t size, size_t size_max);

#endif
