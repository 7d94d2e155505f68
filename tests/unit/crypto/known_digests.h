/** The check that every hash function has to pass: known digests of messages around its block size, and of every size
 *  over several blocks. Byte i of a message is (7 i + 3) mod 256. */
#ifndef TESTS_UNIT_CRYPTO_KNOWN_DIGESTS_H
#define TESTS_UNIT_CRYPTO_KNOWN_DIGESTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"

enum { DIGEST_SIZE_MAX = 32, MESSAGE_SIZE_MAX = 1000, EVERY_SIZE_MAX = 600 };

typedef void hash_function(uint8_t *digest, const void *message, size_t size);

typedef struct known_digest {
    size_t message_size;
    const char *digest;
} known_digest;

static inline void message_fill(uint8_t *message, size_t size) {
    for (size_t i = 0; i < size; i++) {
        message[i] = (uint8_t)(7 * i + 3);
    }
}

static inline void assert_digest(const uint8_t *got, size_t digest_size, const char *expected_hex) {
    uint8_t expected[DIGEST_SIZE_MAX];
    assert_true(hex_decode(expected, digest_size, expected_hex, strlen(expected_hex)));
    assert_memory_equal(got, expected, digest_size);
}

static inline void check_known_digests(hash_function *hash, size_t digest_size, const known_digest *known,
                                       size_t known_count) {
    uint8_t message[MESSAGE_SIZE_MAX], digest[DIGEST_SIZE_MAX];
    message_fill(message, sizeof message);
    for (size_t i = 0; i < known_count; i++) {
        hash(digest, message, known[i].message_size);
        assert_digest(digest, digest_size, known[i].digest);
    }
}

/** The digests of the messages of 0, 1, ... EVERY_SIZE_MAX bytes, one after the other, have the digest `expected_hex`. */
static inline void check_every_size(hash_function *hash, size_t digest_size, const char *expected_hex) {
    uint8_t message[EVERY_SIZE_MAX], digests[(EVERY_SIZE_MAX + 1) * DIGEST_SIZE_MAX], digest[DIGEST_SIZE_MAX];
    message_fill(message, sizeof message);
    for (size_t size = 0; size <= EVERY_SIZE_MAX; size++) {
        hash(digests + size * digest_size, message, size);
    }
    hash(digest, digests, (EVERY_SIZE_MAX + 1) * digest_size);
    assert_digest(digest, digest_size, expected_hex);
}

#endif
