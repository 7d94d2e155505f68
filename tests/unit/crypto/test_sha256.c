/* SHA-256: known digests, by the machine's instructions and by the portable code. */
#include "tests/vectors/sha256_vectors.h"

#include "crypto/sha256.h"

enum { DIGEST_SIZE = 32, KNOWN_COUNT = sizeof sha256_vectors / sizeof sha256_vectors[0] };

static void digests_are_the_known_ones(void **state) {
    (void)state;
    check_known_digests(sha256, DIGEST_SIZE, sha256_vectors, KNOWN_COUNT);
    check_known_digests(sha256_portable, DIGEST_SIZE, sha256_vectors, KNOWN_COUNT);
}

static void every_size_up_to_several_blocks_is_right(void **state) {
    (void)state;
    check_every_size(sha256, DIGEST_SIZE, sha256_of_all_digests);
    check_every_size(sha256_portable, DIGEST_SIZE, sha256_of_all_digests);
}

static void empty_message_needs_no_pointer(void **state) {
    (void)state;
    uint8_t digest[DIGEST_SIZE];
    sha256(digest, NULL, 0);
    assert_digest(digest, DIGEST_SIZE, sha256_vectors[0].digest);
    sha256_portable(digest, NULL, 0);
    assert_digest(digest, DIGEST_SIZE, sha256_vectors[0].digest);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_the_known_ones),
        cmocka_unit_test(every_size_up_to_several_blocks_is_right),
        cmocka_unit_test(empty_message_needs_no_pointer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
