/** The permutation keccak-f[1600] (FIPS 202 section 3.3) and Keccak's padding, written once for any width.
 *
 *  The round is a macro over `lane`, the type of one of the 25 state words: uint64_t permutes one state, a vector of n
 *  uint64_t permutes n independent states. C's operators mean the same on both. It is a macro and not a function
 *  because the compiler splits vectors wider than the baseline into pieces unless the function itself is compiled for
 *  the wider machine, and a target attribute belongs to one function.
 */
#ifndef CRYPTO_KECCAK_F1600_H
#define CRYPTO_KECCAK_F1600_H

#include <stdint.h>
#include <string.h>

enum {
    KECCAK_STATE_WORDS = 25,
    KECCAK_ROUNDS = 24,
    KECCAK256_RATE_WORDS = 17,
    KECCAK256_RATE_SIZE = 8 * KECCAK256_RATE_WORDS, /* bytes absorbed by one permutation */
    KECCAK256_DIGEST_WORDS = 4
};

/* iota: FIPS 202 section 3.2.5, algorithm 6 for each round */
static const uint64_t keccak_round_constants[KECCAK_ROUNDS] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/* The mask keeps both shifts below 64 when bits is 0. */
#define KECCAK_ROTATE(word, bits) ((word) << (bits) | (word) >> ((64 - (bits)) & 63))

#define KECCAK_COLUMN_PARITY(a, x) (a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20])

/* Word i of `a` after theta (d corrects column i % 5) and rho. */
#define KECCAK_THETA_RHO(lane, a, i, bits) KECCAK_ROTATE((lane)(a[i] ^ d[i % 5]), bits)

/* One row of `b`: pi brings five words of `a` together, chi mixes them. */
#define KECCAK_ROW(lane, b, row, a, i0, r0, i1, r1, i2, r2, i3, r3, i4, r4)                        \
    do {                                                                                           \
        const lane t0 = KECCAK_THETA_RHO(lane, a, i0, r0), t1 = KECCAK_THETA_RHO(lane, a, i1, r1), \
                   t2 = KECCAK_THETA_RHO(lane, a, i2, r2), t3 = KECCAK_THETA_RHO(lane, a, i3, r3), \
                   t4 = KECCAK_THETA_RHO(lane, a, i4, r4);                                         \
        b[5 * row + 0] = t0 ^ (~t1 & t2);                                                          \
        b[5 * row + 1] = t1 ^ (~t2 & t3);                                                          \
        b[5 * row + 2] = t2 ^ (~t3 & t4);                                                          \
        b[5 * row + 3] = t3 ^ (~t4 & t0);                                                          \
        b[5 * row + 4] = t4 ^ (~t0 & t1);                                                          \
    } while (0)

/* One round from state a to state b. All indices are constants, so that both states live in registers. */
#define KECCAK_ROUND(lane, b, a, round_constant)                                                                      \
    do {                                                                                                              \
        const lane c0 = KECCAK_COLUMN_PARITY(a, 0), c1 = KECCAK_COLUMN_PARITY(a, 1), c2 = KECCAK_COLUMN_PARITY(a, 2), \
                   c3 = KECCAK_COLUMN_PARITY(a, 3), c4 = KECCAK_COLUMN_PARITY(a, 4);                                  \
        const lane d[5] = {c4 ^ KECCAK_ROTATE(c1, 1), c0 ^ KECCAK_ROTATE(c2, 1), c1 ^ KECCAK_ROTATE(c3, 1),           \
                           c2 ^ KECCAK_ROTATE(c4, 1), c3 ^ KECCAK_ROTATE(c0, 1)};                                     \
        KECCAK_ROW(lane, b, 0, a, 0, 0, 6, 44, 12, 43, 18, 21, 24, 14);                                               \
        KECCAK_ROW(lane, b, 1, a, 3, 28, 9, 20, 10, 3, 16, 45, 22, 61);                                               \
        KECCAK_ROW(lane, b, 2, a, 1, 1, 7, 6, 13, 25, 19, 8, 20, 18);                                                 \
        KECCAK_ROW(lane, b, 3, a, 4, 27, 5, 36, 11, 10, 17, 15, 23, 56);                                              \
        KECCAK_ROW(lane, b, 4, a, 2, 62, 8, 55, 14, 39, 15, 41, 21, 2);                                               \
        b[0] ^= (round_constant);                                                                                     \
    } while (0)

/* All rounds, in place. Two rounds to a turn let the state go from a to b and back without being copied. */
#define KECCAK_F1600(lane, a)                                            \
    do {                                                                 \
        lane b[KECCAK_STATE_WORDS];                                      \
        for (int round = 0; round < KECCAK_ROUNDS; round += 2) {         \
            KECCAK_ROUND(lane, b, a, keccak_round_constants[round]);     \
            KECCAK_ROUND(lane, a, b, keccak_round_constants[round + 1]); \
        }                                                                \
    } while (0)

/* The final block of a message: its last `size` < 136 bytes, then the padding of the original Keccak. */
static inline void keccak256_last_block(uint8_t block[KECCAK256_RATE_SIZE], const uint8_t *tail, size_t size) {
    memset(block, 0, KECCAK256_RATE_SIZE);
    if (size != 0) {
        memcpy(block, tail, size);
    }
    block[size] ^= 0x01;
    block[KECCAK256_RATE_SIZE - 1] ^= 0x80;
}

#endif
