/** Inputs that the precompiles find well-formed, which chance hardly comes upon: points on the curves, a proof of nothing,
 *  numbers as long as they say.
 */
#ifndef TESTS_FUZZ_PRECOMPILE_INPUT_H
#define TESTS_FUZZ_PRECOMPILE_INPUT_H

#include "tests/fuzz/fuzz.h"
#include "tests/support/random.h"

enum {
    PRECOMPILE_COUNT = 18,
    PRECOMPILE_INPUT_SIZE_MAX = 768 /* two pairs of points of BLS12-381 */
};

/** Input for the precompile of this number: 1 to 0x11, as their addresses are, then P256VERIFY. Now and then a byte is wrong.
 *  Returns: its size, in whole words if it has more than 224 bytes. */
size_t precompile_input(test_random *random, uint8_t data[PRECOMPILE_INPUT_SIZE_MAX], unsigned number);

#endif
