/* The digest of a delta: its bytes as docs/store-format.md describes them, and that every difference shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/keccak.h"

#include <weft/delta.h>

static weft_bytes32 digest_of(const weft_account_change *changes, size_t count) {
    weft_bytes32 digest;
    assert_int_equal(weft_state_delta_digest(&digest, &(weft_state_delta){changes, count}), WEFT_OK);
    return digest;
}

static void digest_is_over_the_documented_bytes(void **state) {
    (void)state;
    weft_slot_change slot = {{{0x11}}, {{0x22, 0, 0, 0}}};
    weft_account_change changes[] = {
        {.address = {{0xaa}}, .account = {.exists = false}, .storage_cleared = true},
        {.address = {{0xbb}},
         .account = {{{7, 0, 0, 0}}, 3, {{0xcc}}, true},
         .code_changed = true,
         .code = bytes_of("code", 4),
         .slots = &slot,
         .slot_count = 1},
    };
    uint8_t bytes[8 + 29 + 21 + 8 + 32 + 32 + 12 + 8 + 64] = {0}, *next = bytes;
    next[7] = 2;
    next += 8;
    next[0] = 0xaa;
    next[20] = 2;
    next += 29;
    next[0] = 0xbb;
    next[20] = 1 | 4;
    next += 21;
    next[7] = 3;
    next += 8;
    next[31] = 7;
    next += 32;
    next[0] = 0xcc;
    next += 32;
    next[7] = 4;
    memcpy(next + 8, "code", 4);
    next += 12;
    next[7] = 1;
    next += 8;
    next[0] = 0x11;
    next[63] = 0x22;
    weft_bytes32 expected = keccak256(bytes, sizeof bytes), digest = digest_of(changes, 2);
    assert_true(bytes32_equal(&digest, &expected));
}

static void every_difference_shows(void **state) {
    (void)state;
    weft_slot_change slots[2] = {{{{1}}, {{1, 0, 0, 0}}}, {{{2}}, {{2, 0, 0, 0}}}}, other = {{{1}}, {{9, 0, 0, 0}}};
    weft_account_change base = {
        .address = {{1}}, .account = {{{7, 0, 0, 0}}, 3, {{4}}, true}, .slots = slots, .slot_count = 2};
    weft_account_change changed[9];
    for (int i = 0; i < 9; i++) {
        changed[i] = base;
    }
    changed[1].address.bytes[19] = 1;
    changed[2].account.balance.limb[3] = 1;
    changed[3].account.nonce = 4;
    changed[4].account.code_hash.bytes[31] = 1;
    changed[5].storage_cleared = true;
    changed[6].slot_count = 1;
    changed[7].slots = &other;
    changed[7].slot_count = 1;
    changed[8].code_changed = true;
    weft_bytes32 digests[10];
    for (int i = 0; i < 9; i++) {
        digests[i] = digest_of(&changed[i], 1);
    }
    digests[9] = digest_of(NULL, 0);
    for (int i = 0; i < 10; i++) {
        for (int j = 0; j < i; j++) {
            assert_false(bytes32_equal(&digests[i], &digests[j]));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digest_is_over_the_documented_bytes),
        cmocka_unit_test(every_difference_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
