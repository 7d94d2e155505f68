/** Inputs of evm_case.h that do something: pieces of code in which a few contracts call, create, pay, destroy and count each
 *  other, and whole cases made of them. Blind mutation seldom gets the arguments of a CALL right. */
#ifndef TESTS_FUZZ_EVM_GENERATOR_H
#define TESTS_FUZZ_EVM_GENERATOR_H

#include "tests/support/random.h"

/** Make a whole case of at most `size_max` bytes. Returns: its size. */
size_t evm_generate(test_random *random, uint8_t *data, size_t size_max);

/** Put a piece of code in the place of some bytes. Returns: `size`. */
size_t evm_overwrite(test_random *random, uint8_t *data, size_t size);

#endif
