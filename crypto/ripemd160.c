#include "crypto/ripemd160.h"

#include <stdbool.h>
#include <string.h>

enum { BLOCK_SIZE = 64, BLOCK_WORDS = 16, LENGTH_SIZE = 8, STATE_WORDS = 5, ROUNDS = 5, STEPS = 16 };

/* Two lines of five rounds run side by side over the same block. For each line: which message word a step takes, how
 * far it rotates, and the constant of its round. */
typedef struct ripemd160_line {
    uint8_t word[ROUNDS][STEPS];
    uint8_t rotation[ROUNDS][STEPS];
    uint32_t constant[ROUNDS];
    bool reversed; /* takes the boolean functions in the opposite order */
} ripemd160_line;

static const ripemd160_line left_line = {
    .word =
        {
            {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
            {7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8},
            {3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12},
            {1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2},
            {4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13},
        },
    .rotation =
        {
            {11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8},
            {7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12},
            {11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5},
            {11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12},
            {9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6},
        },
    .constant = {0x00000000, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e},
    .reversed = false,
};

static const ripemd160_line right_line = {
    .word =
        {
            {5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12},
            {6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2},
            {15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13},
            {8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14},
            {12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11},
        },
    .rotation =
        {
            {8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6},
            {9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11},
            {9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5},
            {15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8},
            {8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11},
        },
    .constant = {0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0x00000000},
    .reversed = true,
};

static inline uint32_t rotate_left(uint32_t word, unsigned bits) {
    return word << bits | word >> (32 - bits);
}

static inline uint32_t ripemd160_function(int index, uint32_t x, uint32_t y, uint32_t z) {
    switch (index) {
    case 0: return x ^ y ^ z;
    case 1: return (x & y) | (~x & z);
    case 2: return (x | ~y) ^ z;
    case 3: return (x & z) | (y & ~z);
    default: return x ^ (y | ~z);
    }
}

/* One step of a line; its five words turn by one place. */
static inline void ripemd160_step(uint32_t v[STATE_WORDS], const ripemd160_line *line, int round, int step,
                                  const uint32_t words[BLOCK_WORDS]) {
    const int function = line->reversed ? ROUNDS - 1 - round : round;
    const uint32_t sum =
        v[0] + ripemd160_function(function, v[1], v[2], v[3]) + words[line->word[round][step]] + line->constant[round];
    const uint32_t t = rotate_left(sum, line->rotation[round][step]) + v[4];
    v[0] = v[4], v[4] = v[3], v[3] = rotate_left(v[2], 10), v[2] = v[1], v[1] = t;
}

/* `round` is a constant where this is called, so that the boolean functions are chosen at compile time. */
static inline __attribute__((always_inline)) void ripemd160_round(uint32_t left[STATE_WORDS],
                                                                  uint32_t right[STATE_WORDS], int round,
                                                                  const uint32_t words[BLOCK_WORDS]) {
    for (int step = 0; step < STEPS; step++) {
        ripemd160_step(left, &left_line, round, step, words);
        ripemd160_step(right, &right_line, round, step, words);
    }
}

static void ripemd160_block(uint32_t state[STATE_WORDS], const uint8_t block[BLOCK_SIZE]) {
    uint32_t words[BLOCK_WORDS], left[STATE_WORDS], right[STATE_WORDS];
    memcpy(words, block, BLOCK_SIZE);
    memcpy(left, state, sizeof left);
    memcpy(right, state, sizeof right);
    ripemd160_round(left, right, 0, words);
    ripemd160_round(left, right, 1, words);
    ripemd160_round(left, right, 2, words);
    ripemd160_round(left, right, 3, words);
    ripemd160_round(left, right, 4, words);
    const uint32_t first = state[1] + left[2] + right[3];
    state[1] = state[2] + left[3] + right[4];
    state[2] = state[3] + left[4] + right[0];
    state[3] = state[4] + left[0] + right[1];
    state[4] = state[0] + left[1] + right[2];
    state[0] = first;
}

void ripemd160(uint8_t digest[20], const void *message, size_t size) {
    uint32_t state[STATE_WORDS] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    const uint8_t *rest = message;
    const uint64_t bit_count = (uint64_t)size * 8;
    for (; size >= BLOCK_SIZE; rest += BLOCK_SIZE, size -= BLOCK_SIZE) {
        ripemd160_block(state, rest);
    }
    /* MD4's padding: a one bit, zeros, and the size in bits, little-endian, at the end of the last block. */
    uint8_t padded[2 * BLOCK_SIZE] = {0};
    const size_t padded_size = size + 1 + LENGTH_SIZE <= BLOCK_SIZE ? BLOCK_SIZE : 2 * BLOCK_SIZE;
    if (size != 0) {
        memcpy(padded, rest, size);
    }
    padded[size] = 0x80;
    memcpy(padded + padded_size - LENGTH_SIZE, &bit_count, LENGTH_SIZE);
    for (size_t offset = 0; offset < padded_size; offset += BLOCK_SIZE) {
        ripemd160_block(state, padded + offset);
    }
    memcpy(digest, state, sizeof state);
}
