/* Entries of mappings found again by trying, and where the same entries of somebody else are. Oracle: Solidity's layout of
 * storage, written out here. Bug hunted: copies of transactions whose senders own nothing, and so do nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <weft/crypto.h>

#include "bench/owned_slots.h"

static const weft_address token = {{0x70}}, pool = {{0x90}}, alice = {{0xa1}}, bob = {{0xb0}}, carol = {{0xca}};

/* keccak256(key . base): the slot of mapping[key]. */
static weft_bytes32 entry(const weft_address *key, weft_bytes32 base) {
    uint8_t words[64] = {0};
    memcpy(words + 12, key->bytes, 20);
    memcpy(words + 32, base.bytes, 32);
    return weft_keccak256((weft_bytes){words, sizeof words});
}

static weft_u256 word_of(weft_bytes32 bytes) {
    weft_u256 word = {{0}};
    for (size_t i = 0; i < 32; i++) {
        word.limb[(31 - i) / 8] |= (uint64_t)bytes.bytes[i] << ((31 - i) % 8 * 8);
    }
    return word;
}

static weft_bytes32 number(uint8_t n) {
    return (weft_bytes32){{[31] = n}};
}

/* The only entry found when `slot` of the token is accessed by a block of Alice, Bob and the pool. */
static owned_slot find_one(weft_bytes32 slot) {
    const weft_u256 read = word_of(slot);
    const weft_account_access accounts[] = {
        {.address = token, .read_slots = &read, .read_slot_count = 1}, {.address = pool}, {.address = alice}};
    const weft_block_access_list accesses = {accounts, 3};
    const weft_address owners[] = {bob, alice};
    owned_slots slots;
    assert_int_equal(owned_slots_find(&slots, &accesses, owners, 2), WEFT_OK);
    assert_int_equal(slots.count, 1);
    owned_slot found = slots.list[0];
    owned_slots_free(&slots);
    assert_memory_equal(&found.contract, &token, sizeof token);
    assert_int_equal(found.owner, 1);
    return found;
}

static void expect_slot(const owned_slot *found, const weft_address *owner, const weft_address *other,
                        weft_bytes32 expected) {
    weft_bytes32 slot = owned_slot_of(found, owner, other);
    assert_memory_equal(&slot, &expected, sizeof slot);
}

static void a_balance_is_found_and_moved(void **state) {
    (void)state;
    owned_slot found = find_one(entry(&alice, number(9)));
    assert_int_equal(found.mapping, 9);
    assert_false(found.has_other);
    expect_slot(&found, &carol, &pool, entry(&carol, number(9)));
}

static void allowances_are_found_both_ways(void **state) {
    (void)state;
    owned_slot found = find_one(entry(&pool, entry(&alice, number(2)))); /* allowance[alice][pool] */
    assert_true(found.has_other && !found.is_other_first);
    expect_slot(&found, &carol, &pool, entry(&pool, entry(&carol, number(2))));
    found = find_one(entry(&alice, entry(&pool, number(2)))); /* deposits[pool][alice] */
    assert_true(found.has_other && found.is_other_first);
    expect_slot(&found, &carol, &pool, entry(&carol, entry(&pool, number(2))));
}

static void members_of_a_struct_are_found(void **state) {
    (void)state;
    weft_bytes32 slot = entry(&alice, number(5)), moved = entry(&carol, number(5));
    slot.bytes[31] = (uint8_t)(slot.bytes[31] + 2); /* no carry: the hash does not end in 254 or 255 */
    moved.bytes[31] = (uint8_t)(moved.bytes[31] + 2);
    owned_slot found = find_one(slot);
    assert_int_equal(found.member, 2);
    expect_slot(&found, &carol, &pool, moved);
}

static void what_belongs_to_nobody_is_not_found(void **state) {
    (void)state;
    const weft_u256 reads[] = {word_of(number(1)), word_of(entry(&carol, number(1)))};
    const weft_account_access accounts[] = {{.address = token, .read_slots = reads, .read_slot_count = 2}};
    const weft_block_access_list accesses = {accounts, 1};
    owned_slots slots;
    assert_int_equal(owned_slots_find(&slots, &accesses, &alice, 1), WEFT_OK);
    assert_int_equal(slots.count, 0);
    owned_slots_free(&slots);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_balance_is_found_and_moved),
        cmocka_unit_test(allowances_are_found_both_ways),
        cmocka_unit_test(members_of_a_struct_are_found),
        cmocka_unit_test(what_belongs_to_nobody_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
