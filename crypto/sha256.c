#include "crypto/sha256.h"

#include "base/bytes.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>
#endif

enum { BLOCK_SIZE = 64, LENGTH_SIZE = 8, STATE_WORDS = 8, ROUNDS = 64 };

/* The fractional parts of the square roots of the first 8 primes and of the cube roots of the first 64. */
static const uint32_t sha256_initial[STATE_WORDS] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static const uint32_t sha256_constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotate_right(uint32_t word, int bits) {
    return word >> bits | word << (32 - bits);
}

static inline uint32_t load_be32(const uint8_t bytes[4]) {
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return __builtin_bswap32(word);
}

/* Feeds whole blocks to the compression function. */
typedef void sha256_blocks(uint32_t state[STATE_WORDS], const uint8_t *blocks, size_t count);

/* FIPS 180-4 section 6.2.2 */
static void sha256_block_portable(uint32_t state[STATE_WORDS], const uint8_t block[BLOCK_SIZE]) {
    uint32_t schedule[ROUNDS];
    for (int t = 0; t < 16; t++) {
        schedule[t] = load_be32(block + 4 * t);
    }
    for (int t = 16; t < ROUNDS; t++) {
        uint32_t w2 = schedule[t - 2], w15 = schedule[t - 15];
        uint32_t sigma0 = rotate_right(w15, 7) ^ rotate_right(w15, 18) ^ w15 >> 3;
        uint32_t sigma1 = rotate_right(w2, 17) ^ rotate_right(w2, 19) ^ w2 >> 10;
        schedule[t] = sigma1 + schedule[t - 7] + sigma0 + schedule[t - 16];
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int t = 0; t < ROUNDS; t++) {
        uint32_t sum1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
        uint32_t sum0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
        uint32_t t1 = h + sum1 + ((e & f) ^ (~e & g)) + sha256_constants[t] + schedule[t];
        uint32_t t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1;
        d = c, c = b, b = a, a = t1 + t2;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static void sha256_blocks_portable(uint32_t state[STATE_WORDS], const uint8_t *blocks, size_t count) {
    for (; count > 0; count--, blocks += BLOCK_SIZE) {
        sha256_block_portable(state, blocks);
    }
}

/* Section 5.1.1: a one bit, zeros, and the size in bits as the last eight bytes of the last block. */
static void sha256_with(sha256_blocks *feed, uint8_t digest[32], const uint8_t *message, size_t size) {
    uint32_t state[STATE_WORDS];
    memcpy(state, sha256_initial, sizeof state);
    size_t block_count = size / BLOCK_SIZE, tail_size = size % BLOCK_SIZE;
    feed(state, message, block_count);

    uint8_t padded[2 * BLOCK_SIZE] = {0};
    size_t padded_size = tail_size + 1 + LENGTH_SIZE <= BLOCK_SIZE ? BLOCK_SIZE : 2 * BLOCK_SIZE;
    if (tail_size != 0) {
        memcpy(padded, message + block_count * BLOCK_SIZE, tail_size);
    }
    padded[tail_size] = 0x80;
    store_be64(padded + padded_size - LENGTH_SIZE, (uint64_t)size * 8);
    feed(state, padded, padded_size / BLOCK_SIZE);

    for (int i = 0; i < STATE_WORDS; i++) {
        uint32_t word = __builtin_bswap32(state[i]);
        memcpy(digest + 4 * i, &word, sizeof word);
    }
}

void sha256_portable(uint8_t digest[32], const void *message, size_t size) {
    sha256_with(sha256_blocks_portable, digest, message, size);
}

#if defined(__x86_64__)

/* Four schedule words at a time: the next four follow from the last sixteen. */
__attribute__((target("sha,sse4.1"))) static inline __m128i sha256_schedule_next(__m128i w0, __m128i w1, __m128i w2,
                                                                                 __m128i w3) {
    __m128i partial = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
    return _mm_sha256msg2_epu32(partial, w3);
}

/* The instructions keep the state as two vectors, (a, b, e, f) and (c, d, g, h), most significant word first, and do
 * two rounds each; the vector that a step does not write is the other one, shifted by two rounds. */
__attribute__((target("sha,sse4.1"))) static void sha256_blocks_x86(uint32_t state[STATE_WORDS], const uint8_t *blocks,
                                                                    size_t count) {
    const __m128i byte_swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i abef = _mm_set_epi32((int)state[0], (int)state[1], (int)state[4], (int)state[5]);
    __m128i cdgh = _mm_set_epi32((int)state[2], (int)state[3], (int)state[6], (int)state[7]);
    for (; count > 0; count--, blocks += BLOCK_SIZE) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w[4];
        for (int i = 0; i < 4; i++) {
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(blocks + 16 * i)), byte_swap);
        }
        for (int t = 0; t < ROUNDS; t += 4) {
            const __m128i constants = _mm_loadu_si128((const __m128i *)(const void *)(sha256_constants + t));
            const __m128i sum = _mm_add_epi32(w[0], constants);
            const __m128i next = sha256_schedule_next(w[0], w[1], w[2], w[3]);
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
            w[0] = w[1], w[1] = w[2], w[2] = w[3], w[3] = next;
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    state[0] = (uint32_t)_mm_extract_epi32(abef, 3), state[1] = (uint32_t)_mm_extract_epi32(abef, 2);
    state[4] = (uint32_t)_mm_extract_epi32(abef, 1), state[5] = (uint32_t)_mm_extract_epi32(abef, 0);
    state[2] = (uint32_t)_mm_extract_epi32(cdgh, 3), state[3] = (uint32_t)_mm_extract_epi32(cdgh, 2);
    state[6] = (uint32_t)_mm_extract_epi32(cdgh, 1), state[7] = (uint32_t)_mm_extract_epi32(cdgh, 0);
}

/* Asking the processor traps on a virtual machine and costs more than a hash, and not every compiler's
 * __builtin_cpu_supports() knows this extension, so the answer is kept. It never changes: threads that race to ask
 * write the same value, so relaxed order is enough. */
static bool sha256_x86_present(void) {
    enum { UNKNOWN, ABSENT, PRESENT };
    static _Atomic int answer = UNKNOWN;
    int known = atomic_load_explicit(&answer, memory_order_relaxed);
    if (known == UNKNOWN) {
        unsigned eax, ebx = 0, ecx, edx;
        bool present =
            __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & bit_SHA) != 0 && __builtin_cpu_supports("sse4.1");
        known = present ? PRESENT : ABSENT;
        atomic_store_explicit(&answer, known, memory_order_relaxed);
    }
    return known == PRESENT;
}

void sha256(uint8_t digest[32], const void *message, size_t size) {
    sha256_with(sha256_x86_present() ? sha256_blocks_x86 : sha256_blocks_portable, digest, message, size);
}

#else

void sha256(uint8_t digest[32], const void *message, size_t size) {
    sha256_portable(digest, message, size);
}

#endif
