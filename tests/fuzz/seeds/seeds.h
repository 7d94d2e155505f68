/** Making the seed corpus: inputs of our own, from which the fuzzer starts. */
#ifndef TESTS_FUZZ_SEEDS_SEEDS_H
#define TESTS_FUZZ_SEEDS_SEEDS_H

#include "tests/fuzz/fuzz.h"

/** Ends the program with words about the place when `condition` is false. */
#define SEED_NEED(condition) FUZZ_CHECK(condition, "cannot make the seeds: " #condition)

/** Write corpus/TARGET/NAME. The folder is made. */
void seed_write(const char *corpus, const char *target, const char *name, weft_bytes bytes);

/** The seeds of the target fixture: a test of every kind, a genesis file. */
void fixture_seeds(const char *corpus);
/** The seeds of the target witness. */
void witness_seeds(const char *corpus);

#endif
