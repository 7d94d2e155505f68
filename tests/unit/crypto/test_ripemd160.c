/* RIPEMD-160: known digests. */
#include "tests/vectors/ripemd160_vectors.h"

#include "crypto/ripemd160.h"

enum { DIGEST_SIZE = 20, KNOWN_COUNT = sizeof ripemd160_vectors / sizeof ripemd160_vectors[0] };

static void digests_are_the_known_ones(void **state) {
    (void)state;
    check_known_digests(ripemd160, DIGEST_SIZE, ripemd160_vectors, KNOWN_COUNT);
}

static void every_size_up_to_several_blocks_is_right(void **state) {
    (void)state;
    check_every_size(ripemd160, DIGEST_SIZE, ripemd160_of_all_digests);
}

static void empty_message_needs_no_pointer(void **state) {
    (void)state;
    uint8_t digest[DIGEST_SIZE];
    ripemd160(digest, NULL, 0);
    assert_digest(digest, DIGEST_SIZE, ripemd160_vectors[0].digest);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_the_known_ones),
        cmocka_unit_test(every_size_up_to_several_blocks_is_right),
        cmocka_unit_test(empty_message_needs_no_pointer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
