/* Keccak-256: known digests, and every lane level of this machine against the scalar code. */
#include "tests/vectors/keccak_vectors.h"

#include "crypto/keccak.h"
#include "crypto/keccak_lanes.h"
#include "tests/support/random.h"

#define LONG_SIZE_MAX 4000
#define BATCH_MAX 40
#define ROUNDS 300
#define SEED 0x6b656363616bu

enum { DIGEST_SIZE = 32, KNOWN_COUNT = sizeof keccak_vectors / sizeof keccak_vectors[0] };

static void keccak256_into(uint8_t *digest, const void *message, size_t size) {
    const weft_bytes32 result = keccak256(message, size);
    memcpy(digest, result.bytes, sizeof result.bytes);
}

static void digests_are_the_known_ones(void **state) {
    (void)state;
    check_known_digests(keccak256_into, DIGEST_SIZE, keccak_vectors, KNOWN_COUNT);
}

static void every_size_up_to_several_blocks_is_right(void **state) {
    (void)state;
    check_every_size(keccak256_into, DIGEST_SIZE, keccak_of_all_digests);
}

static void empty_message_needs_no_pointer(void **state) {
    (void)state;
    weft_bytes32 digest = keccak256(NULL, 0);
    assert_true(bytes32_equal(&digest, &keccak256_empty));
    weft_bytes messages[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    weft_bytes32 digests[3];
    keccak256_batch(digests, messages, 3);
    for (int i = 0; i < 3; i++) {
        assert_true(bytes32_equal(&digests[i], &keccak256_empty));
    }
}

static void messages_may_start_at_any_address(void **state) {
    (void)state;
    uint8_t buffer[MESSAGE_SIZE_MAX + 8];
    for (size_t offset = 0; offset < 8; offset++) {
        message_fill(buffer + offset, MESSAGE_SIZE_MAX);
        for (size_t i = 0; i < KNOWN_COUNT; i++) {
            const weft_bytes32 digest = keccak256(buffer + offset, keccak_vectors[i].message_size);
            assert_digest(digest.bytes, DIGEST_SIZE, keccak_vectors[i].digest);
        }
    }
}

/* Mostly the sizes of Ethereum (addresses, slots, trie nodes), some around block boundaries, a few long. */
static size_t size_draw(test_random *random) {
    static const size_t common[] = {0, 20, 32, 64, 134, 135, 136, 137, 271, 272, 273, 532};
    switch (random_below(random, 4)) {
    case 0: return random_below(random, 300);
    case 1: return random_below(random, LONG_SIZE_MAX + 1);
    default: return common[random_below(random, sizeof common / sizeof common[0])];
    }
}

static void check_batch(keccak_level level, uint64_t seed) {
    static uint8_t data[BATCH_MAX][LONG_SIZE_MAX];
    weft_bytes messages[BATCH_MAX] = {{NULL, 0}};
    weft_bytes32 digests[BATCH_MAX + 1];
    test_random random = {seed};
    const size_t count = random_below(&random, BATCH_MAX + 1);
    memset(digests, 0x5a, sizeof digests);
    for (size_t i = 0; i < count; i++) {
        messages[i] = bytes_of(data[i], size_draw(&random));
        random_fill(&random, data[i], messages[i].size);
    }
    const weft_bytes32 untouched = digests[count];
    keccak256_batch_at(level, digests, messages, count);
    assert_true(bytes32_equal(&digests[count], &untouched));
    for (size_t i = 0; i < count; i++) {
        weft_bytes32 expected = keccak256(messages[i].data, messages[i].size);
        if (!bytes32_equal(&digests[i], &expected)) {
            fail_msg("level %d, message %zu of %zu, size %zu, seed 0x%llx", (int)level, i, count, messages[i].size,
                     (unsigned long long)seed);
        }
    }
}

static void every_lane_level_agrees_with_the_scalar_code(void **state) {
    (void)state;
    const int best = (int)keccak_level_best();
    for (int level = KECCAK_SCALAR; level <= best; level++) {
        for (uint64_t round = 0; round < ROUNDS; round++) {
            check_batch((keccak_level)level, SEED + round);
        }
    }
}

static void batch_takes_every_count(void **state) {
    (void)state;
    uint8_t message[32] = {1};
    weft_bytes messages[BATCH_MAX];
    weft_bytes32 digests[BATCH_MAX];
    const weft_bytes32 expected = keccak256(message, sizeof message);
    for (size_t i = 0; i < BATCH_MAX; i++) {
        messages[i] = bytes_of(message, sizeof message);
    }
    for (size_t count = 0; count <= BATCH_MAX; count++) {
        memset(digests, 0, sizeof digests);
        keccak256_batch(digests, messages, count);
        for (size_t i = 0; i < BATCH_MAX; i++) {
            assert_int_equal(bytes32_equal(&digests[i], &expected), i < count);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_the_known_ones),
        cmocka_unit_test(every_size_up_to_several_blocks_is_right),
        cmocka_unit_test(empty_message_needs_no_pointer),
        cmocka_unit_test(messages_may_start_at_any_address),
        cmocka_unit_test(every_lane_level_agrees_with_the_scalar_code),
        cmocka_unit_test(batch_takes_every_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
