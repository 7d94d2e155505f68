/** A fast seeded 64-bit hash for tables in memory. Not cryptographic: tables seed it and compare full keys, so that a
 *  chosen-key attack finds nothing to aim at and a collision costs time only. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

/* Odd 64-bit constants without structure: the first digits of the fractional parts of sqrt(2), sqrt(3), sqrt(5). */
#define HASH_SECRET_A 0x6a09e667f3bcc909u
#define HASH_SECRET_B 0xbb67ae8584caa73bu
#define HASH_SECRET_C 0x3c6ef372fe94f82bu

/* Both halves of the product, folded: one multiplication mixes 128 bits into 64. A zero operand erases the other, so
 * every operand that holds input also holds bits that only the seed's owner knows. */
static inline uint64_t hash_fold(uint64_t a, uint64_t b) {
    uint128 product = (uint128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_load64(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static inline uint64_t hash_load32(const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

/** Any size, including 0; every bit of the result depends on every bit of seed and input. Inline, because most sizes are
 *  known where it is called, and little is left of it then. */
static inline uint64_t hash_bytes(uint64_t seed, const void *bytes, size_t size) {
    const uint8_t *next = bytes;
    size_t left = size;
    uint64_t secret = hash_fold(seed ^ HASH_SECRET_A, HASH_SECRET_B);
    uint64_t state = seed ^ secret ^ HASH_SECRET_C;
    for (; left > 16; left -= 16, next += 16) {
        state = hash_fold(hash_load64(next) ^ state, hash_load64(next + 8) ^ secret);
    }
    uint64_t low = 0, high = 0;
    if (left >= 8) {
        low = hash_load64(next);
        high = hash_load64(next + left - 8);
    } else if (left >= 4) {
        low = hash_load32(next);
        high = hash_load32(next + left - 4);
    } else if (left > 0) {
        low = (uint64_t)next[0] << 16 | (uint64_t)next[left / 2] << 8 | next[left - 1];
    }
    state = hash_fold(low ^ state, high ^ secret);
    return hash_fold(state ^ HASH_SECRET_A, secret ^ (uint64_t)size);
}

/** A seed that nobody outside the process can guess, from the system's entropy. */
uint64_t hash_random_seed(void);

#endif
