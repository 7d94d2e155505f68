/* A memo of digests, against hashing each time. Bug hunted: a digest of another message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "crypto/keccak.h"
#include "crypto/keccak_memo.h"
#include "tests/support/random.h"
#include <stdlib.h>
#include <string.h>

enum { SIZE_MAX_TRIED = KECCAK_MEMO_MESSAGE_MAX + 40, POOL = 3000, TRIES = 200000, SEED = 0x5eed };

static keccak_memo *memo;

static void expect_right(const void *message, size_t size) {
    const weft_bytes32 expected = keccak256(message, size), found = keccak_memo_hash(memo, message, size);
    assert_true(bytes32_equal(&found, &expected));
}

/* Every size, twice, at every alignment. */
static void every_size_is_right(void **state) {
    (void)state;
    uint8_t message[SIZE_MAX_TRIED + 8];
    for (size_t i = 0; i < sizeof message; i++) {
        message[i] = (uint8_t)(7 * i);
    }
    for (size_t size = 0; size <= SIZE_MAX_TRIED; size++) {
        for (size_t offset = 0; offset < 8; offset++) {
            expect_right(message + offset, size);
            expect_right(message + offset, size);
        }
    }
}

/* Messages that begin alike, and differ only in size or in one bit. */
static void neighbours_are_told_apart(void **state) {
    (void)state;
    uint8_t message[KECCAK_MEMO_MESSAGE_MAX] = {0};
    for (size_t size = 1; size <= sizeof message; size++) {
        expect_right(message, size);
        for (size_t bit = 0; bit < 8 * size; bit++) {
            message[bit / 8] ^= (uint8_t)(1 << bit % 8);
            expect_right(message, size);
            message[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        expect_right(message, size);
    }
}

/* More messages than there are entries, in random order, now and then forgotten. */
static void any_order_is_right(void **state) {
    (void)state;
    static struct {
        uint8_t bytes[SIZE_MAX_TRIED];
        size_t size;
    } pool[POOL];
    test_random random = {SEED};
    print_message("seed 0x%x\n", SEED);
    for (size_t i = 0; i < POOL; i++) {
        pool[i].size = random_below(&random, 4) == 0 ? random_below(&random, SIZE_MAX_TRIED + 1) : 64;
        random_fill(&random, pool[i].bytes, pool[i].size);
    }
    for (size_t i = 0; i < TRIES; i++) {
        size_t k = random_below(&random, i % 2 == 0 ? POOL : POOL / 30);
        expect_right(pool[k].bytes, pool[k].size);
        if (random_below(&random, 5000) == 0) {
            keccak_memo_forget(memo);
        }
    }
}

static int set_up(void **state) {
    (void)state;
    memo = aligned_alloc(_Alignof(keccak_memo), sizeof *memo);
    if (memo == NULL) {
        return -1;
    }
    memset(memo, 0xff, sizeof *memo);
    keccak_memo_init(memo);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    free(memo);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_is_right),
        cmocka_unit_test(neighbours_are_told_apart),
        cmocka_unit_test(any_order_is_right),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
