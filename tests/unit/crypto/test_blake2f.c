/* BLAKE2b's F: the vectors of EIP-152, and whole BLAKE2b-512 digests built on it against OpenSSL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "crypto/blake2f.h"
#include "tests/support/random.h"
#include "tests/vectors/blake2f_vectors.h"

#include <openssl/evp.h>

#define BLOCK_SIZE 128
#define MESSAGE_SIZE_MAX 700
#define ROUNDS 200
#define SEED 0x626c616b65u

typedef struct f_input {
    uint32_t rounds;
    uint64_t h[8], m[16], t[2];
    bool final;
} f_input;

/* EIP-152: rounds are big-endian, all words little-endian. */
static f_input f_input_from_hex(const char *hex) {
    uint8_t bytes[213];
    f_input input;
    assert_true(hex_decode(bytes, sizeof bytes, hex, strlen(hex)));
    memcpy(&input.rounds, bytes, 4);
    input.rounds = __builtin_bswap32(input.rounds);
    memcpy(input.h, bytes + 4, 64);
    memcpy(input.m, bytes + 68, 128);
    memcpy(input.t, bytes + 196, 16);
    input.final = bytes[212] != 0;
    return input;
}

static void vectors_of_the_eip_hold(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof blake2f_vectors / sizeof blake2f_vectors[0]; i++) {
        uint8_t expected[64];
        assert_true(hex_decode(expected, sizeof expected, blake2f_vectors[i].h, 128));
        f_input input = f_input_from_hex(blake2f_vectors[i].input);
        blake2f(input.h, input.m, input.t, input.final, input.rounds);
        assert_memory_equal(input.h, expected, sizeof expected);
    }
}

/* RFC 7693 section 3.3 without a key. */
static void blake2b_512(uint8_t digest[64], const uint8_t *message, size_t size) {
    uint64_t h[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                     0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
    uint64_t m[16], t[2] = {0, 0};
    h[0] ^= 0x01010040; /* one node of a sequential tree, no key, 64 bytes of digest */
    for (; size > BLOCK_SIZE; message += BLOCK_SIZE, size -= BLOCK_SIZE) {
        t[0] += BLOCK_SIZE;
        memcpy(m, message, BLOCK_SIZE);
        blake2f(h, m, t, false, 12);
    }
    t[0] += size;
    memset(m, 0, sizeof m);
    memcpy(m, message, size);
    blake2f(h, m, t, true, 12);
    memcpy(digest, h, sizeof h);
}

static void blake2b_built_on_it_agrees_with_openssl(void **state) {
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        test_random random = {SEED + round};
        uint8_t message[MESSAGE_SIZE_MAX], digest[64], expected[64];
        const size_t size = random_below(&random, MESSAGE_SIZE_MAX + 1);
        random_fill(&random, message, size);
        blake2b_512(digest, message, size);
        assert_true(EVP_Digest(message, size, expected, NULL, EVP_blake2b512(), NULL));
        if (memcmp(digest, expected, sizeof digest) != 0) {
            fail_msg("digests differ, seed 0x%llx", (unsigned long long)(SEED + round));
        }
    }
}

static void both_words_of_the_counter_count(void **state) {
    (void)state;
    f_input low = f_input_from_hex(blake2f_vectors[1].input), high = low;
    const f_input before = low;
    low.t[0] ^= 1;
    high.t[1] ^= 1;
    blake2f(low.h, low.m, low.t, low.final, low.rounds);
    blake2f(high.h, high.m, high.t, high.final, high.rounds);
    assert_memory_not_equal(low.h, high.h, sizeof low.h);
    assert_memory_not_equal(low.h, before.h, sizeof low.h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_the_eip_hold),
        cmocka_unit_test(blake2b_built_on_it_agrees_with_openssl),
        cmocka_unit_test(both_words_of_the_counter_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
