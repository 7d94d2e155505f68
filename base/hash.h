/** A fast seeded 64-bit hash for tables in memory. Not cryptographic: tables seed it and compare full keys, so that a
 *  chosen-key attack finds nothing to aim at and a collision costs time only. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/** Any size, including 0; every bit of the result depends on every bit of seed and input. */
uint64_t hash_bytes(uint64_t seed, const void *bytes, size_t size);

/** A seed that nobody outside the process can guess, from the system's entropy. */
uint64_t hash_random_seed(void);

#endif
