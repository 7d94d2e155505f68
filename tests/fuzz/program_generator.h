/** Programs for two interpreters to disagree about: what a decoder fuses, folds, counts and links, and the ways in which
 *  that can go wrong. */
#ifndef TESTS_FUZZ_PROGRAM_GENERATOR_H
#define TESTS_FUZZ_PROGRAM_GENERATOR_H

#include "tests/support/random.h"

enum { PROGRAM_HEADER_SIZE = 8 };

/** Make an input of fuzz_interpreter.c: PROGRAM_HEADER_SIZE bytes that say how the message is sent, its data, the second
 *  contract's code, the first one's. Returns: its size, at most `size_max`. */
size_t program_generate(test_random *random, uint8_t *data, size_t size_max);

/** Put a few instructions in the place of some bytes. Returns: `size`. */
size_t program_overwrite(test_random *random, uint8_t *code, size_t size);

#endif
