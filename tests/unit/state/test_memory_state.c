/* The memory state against a small model, through long random histories: what its view answers, its root (by full
 * computation over the model), and its delta, alone and on top of a base. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/keccak.h"
#include "state/account_codec.h"
#include "state/trie.h"
#include "tests/support/random.h"

#include <weft/memory_state.h>
#include <stdlib.h>

#define ACCOUNT_COUNT 20
#define SLOT_COUNT 12
#define CODE_COUNT 4

typedef struct model_account {
    bool exists;
    uint64_t balance, nonce;
    unsigned code; /* index into codes; 0 is no code */
    uint64_t slots[SLOT_COUNT];
} model_account;

typedef struct model {
    model_account accounts[ACCOUNT_COUNT];
} model;

static const char *const codes[CODE_COUNT] = {"", "\x60\x00", "\x5f\x5f\xfd", "\xef\x01\x00"};

static weft_bytes code_bytes(unsigned code) {
    return bytes_of(codes[code], code == 0 ? 0 : code == 1 ? 2 : 3);
}

static weft_bytes32 code_hash(unsigned code) {
    return keccak256(codes[code], code_bytes(code).size);
}

static weft_address address_of(unsigned index) {
    weft_address address = {{0}};
    address.bytes[0] = (uint8_t)(index * 37);
    address.bytes[19] = (uint8_t)index;
    return address;
}

static weft_bytes32 slot_of(unsigned index) {
    weft_bytes32 slot = {{0}};
    slot.bytes[index % 2 == 0 ? 31 : 3] = (uint8_t)(index + 1);
    return slot;
}

static int pair_order(const void *a, const void *b) {
    return memcmp(((const trie_pair *)a)->key.data, ((const trie_pair *)b)->key.data, 32);
}

static weft_bytes32 storage_root_of(const model_account *account, arena *scratch) {
    trie_pair pairs[SLOT_COUNT];
    weft_bytes32 keys[SLOT_COUNT], root;
    uint8_t bodies[SLOT_COUNT][STORAGE_BODY_SIZE_MAX];
    size_t count = 0;
    for (unsigned i = 0; i < SLOT_COUNT; i++) {
        if (account->slots[i] != 0) {
            weft_bytes32 slot = slot_of(i);
            weft_u256 value = u256_from_u64(account->slots[i]);
            keys[count] = keccak256(slot.bytes, 32);
            size_t size = storage_body_write(bodies[count], &value);
            pairs[count] = (trie_pair){bytes_of(keys[count].bytes, 32), bytes_of(bodies[count], size)};
            count++;
        }
    }
    qsort(pairs, count, sizeof *pairs, pair_order);
    assert_int_equal(trie_root(&root, pairs, count, scratch), WEFT_OK);
    return root;
}

static weft_bytes32 model_root(const model *m) {
    arena scratch;
    arena_init(&scratch, 0);
    trie_pair pairs[ACCOUNT_COUNT];
    weft_bytes32 keys[ACCOUNT_COUNT], root;
    uint8_t bodies[ACCOUNT_COUNT][ACCOUNT_BODY_SIZE_MAX];
    size_t count = 0;
    for (unsigned i = 0; i < ACCOUNT_COUNT; i++) {
        const model_account *from = &m->accounts[i];
        if (from->exists) {
            weft_address address = address_of(i);
            weft_account account = {u256_from_u64(from->balance), from->nonce, code_hash(from->code), true};
            weft_bytes32 storage_root = storage_root_of(from, &scratch);
            keys[count] = keccak256(address.bytes, 20);
            size_t size = account_body_write(bodies[count], &account, &storage_root);
            pairs[count] = (trie_pair){bytes_of(keys[count].bytes, 32), bytes_of(bodies[count], size)};
            count++;
        }
    }
    qsort(pairs, count, sizeof *pairs, pair_order);
    assert_int_equal(trie_root(&root, pairs, count, &scratch), WEFT_OK);
    arena_free(&scratch);
    return root;
}

static void check_account(const weft_state_view *view, const model_account *expected, unsigned index, uint64_t seed) {
    weft_address address = address_of(index);
    weft_account account;
    assert_int_equal(view->account(view->context, &account, &address), WEFT_OK);
    weft_bytes32 hash = code_hash(expected->code), zero = {{0}};
    bool any_slot = false, has_storage, wrong = account.exists != expected->exists;
    wrong = wrong || !u256_fits_u64(&account.balance) || account.balance.limb[0] != expected->balance;
    wrong = wrong || account.nonce != expected->nonce;
    wrong = wrong || !bytes32_equal(&account.code_hash, expected->exists ? &hash : &zero);
    if (expected->exists) {
        weft_bytes code;
        assert_int_equal(view->code(view->context, &code, &address, &account.code_hash), WEFT_OK);
        wrong = wrong || !bytes_equal(code, code_bytes(expected->code));
    }
    for (unsigned i = 0; i < SLOT_COUNT; i++) {
        weft_bytes32 slot = slot_of(i);
        weft_u256 value;
        assert_int_equal(view->storage(view->context, &value, &address, &slot), WEFT_OK);
        wrong = wrong || !u256_fits_u64(&value) || value.limb[0] != expected->slots[i];
        any_slot = any_slot || expected->slots[i] != 0;
    }
    assert_int_equal(view->has_storage(view->context, &has_storage, &address), WEFT_OK);
    if (wrong || (any_slot && !has_storage)) {
        fail_msg("account %u differs from the model, seed %llu", index, (unsigned long long)seed);
    }
}

static void check_view(weft_memory_state *s, const model *m, uint64_t seed) {
    weft_state_view view = weft_memory_state_view(s);
    for (unsigned i = 0; i < ACCOUNT_COUNT; i++) {
        check_account(&view, &m->accounts[i], i, seed);
    }
}

static void check_root(weft_memory_state *s, const model *m, uint64_t seed) {
    weft_bytes32 expected = model_root(m), root;
    assert_int_equal(weft_memory_state_root(s, &root), WEFT_OK);
    if (!bytes32_equal(&root, &expected)) {
        fail_msg("wrong root, seed %llu", (unsigned long long)seed);
    }
}

/* A random block: some accounts change, some are deleted, some lose their storage and get new one. */
static void random_delta(weft_memory_state *s, model *m, test_random *random) {
    weft_account_change changes[ACCOUNT_COUNT];
    static weft_slot_change slots[ACCOUNT_COUNT][SLOT_COUNT];
    weft_state_delta delta = {changes, 0};
    for (unsigned i = 0; i < ACCOUNT_COUNT && random_below(random, 8) != 0; i++) {
        unsigned index = (unsigned)delta.account_count; /* addresses ascend with the index below 7 */
        model_account *account = &m->accounts[index];
        weft_account_change *change = &changes[delta.account_count++];
        size_t kind = random_below(random, 6);
        *change = (weft_account_change){.address = address_of(index), .slots = slots[index]};
        if (kind == 0) {
            *account = (model_account){.exists = false};
            change->storage_cleared = random_below(random, 2) == 0;
        } else {
            change->storage_cleared = kind == 1;
            if (kind == 1) {
                memset(account->slots, 0, sizeof account->slots);
            }
            unsigned code = (unsigned)random_below(random, CODE_COUNT);
            change->code_changed = code != account->code && code != 0;
            change->code = change->code_changed ? code_bytes(code) : (weft_bytes){NULL, 0};
            account->exists = true;
            account->balance = random_below(random, 3);
            account->nonce = random_below(random, 300);
            account->code = code;
            change->account = (weft_account){u256_from_u64(account->balance), account->nonce, code_hash(code), true};
            for (unsigned j = 0; j < SLOT_COUNT; j++) {
                if (random_below(random, 3) == 0) {
                    account->slots[j] = random_below(random, 2) * random_u64(random);
                    slots[index][change->slot_count++] =
                        (weft_slot_change){slot_of(j), u256_from_u64(account->slots[j])};
                }
            }
        }
        if (delta.account_count == 7) {
            break;
        }
    }
    assert_int_equal(weft_memory_state_apply(s, &delta), WEFT_OK);
}

static void random_step(weft_memory_state *s, model *m, test_random *random) {
    unsigned index = (unsigned)random_below(random, ACCOUNT_COUNT);
    model_account *account = &m->accounts[index];
    weft_address address = address_of(index);
    size_t kind = random_below(random, 10);
    if (kind == 0) {
        random_delta(s, m, random);
    } else if (kind < 4) {
        account->exists = true;
        account->balance = random_u64(random);
        account->nonce = random_below(random, 3);
        account->code = (unsigned)random_below(random, CODE_COUNT);
        weft_u256 balance = u256_from_u64(account->balance);
        assert_int_equal(
            weft_memory_state_set_account(s, &address, &balance, account->nonce, code_bytes(account->code)), WEFT_OK);
    } else {
        unsigned slot_index = (unsigned)random_below(random, SLOT_COUNT);
        weft_bytes32 slot = slot_of(slot_index);
        account->exists = true;
        account->slots[slot_index] = random_below(random, 3) * random_below(random, 1000);
        weft_u256 value = u256_from_u64(account->slots[slot_index]);
        assert_int_equal(weft_memory_state_set_storage(s, &address, &slot, &value), WEFT_OK);
    }
}

static void alone_it_follows_the_model(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        test_random random = {seed};
        model m = {0};
        weft_memory_state *s;
        assert_int_equal(weft_memory_state_create(&s, NULL), WEFT_OK);
        check_root(s, &m, seed);
        for (unsigned step = 1; step <= 300; step++) {
            random_step(s, &m, &random);
            if (random_below(&random, 4) == 0) {
                check_root(s, &m, seed);
            }
            if (step % 20 == 0) {
                check_view(s, &m, seed);
            }
        }
        weft_memory_state_destroy(s);
    }
}

static void its_delta_rebuilds_it(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        test_random random = {seed};
        model m = {0};
        weft_memory_state *s, *copy;
        assert_int_equal(weft_memory_state_create(&s, NULL), WEFT_OK);
        assert_int_equal(weft_memory_state_create(&copy, NULL), WEFT_OK);
        for (unsigned step = 0; step < 200; step++) {
            random_step(s, &m, &random);
        }
        weft_state_delta delta;
        assert_int_equal(weft_memory_state_delta(s, &delta), WEFT_OK);
        assert_int_equal(weft_memory_state_apply(copy, &delta), WEFT_OK);
        check_view(copy, &m, seed);
        check_root(copy, &m, seed);
        weft_memory_state_destroy(s);
        weft_memory_state_destroy(copy);
    }
}

static void above_a_base_it_follows_the_model_and_its_delta_commits(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        test_random random = {seed};
        model m = {0};
        weft_memory_state *base, *above;
        assert_int_equal(weft_memory_state_create(&base, NULL), WEFT_OK);
        weft_state_view base_view = weft_memory_state_view(base);
        assert_int_equal(weft_memory_state_create(&above, &base_view), WEFT_OK);
        weft_bytes32 root;
        assert_int_equal(weft_memory_state_root(above, &root), WEFT_INVALID_ARGUMENT);
        for (unsigned round = 0; round < 12; round++) {
            for (unsigned step = 0; step < 40; step++) {
                random_step(above, &m, &random);
            }
            check_view(above, &m, seed);
            weft_state_delta delta;
            assert_int_equal(weft_memory_state_delta(above, &delta), WEFT_OK);
            assert_int_equal(weft_memory_state_apply(base, &delta), WEFT_OK);
            assert_int_equal(weft_memory_state_delta(above, &delta), WEFT_OK);
            for (size_t i = 0; i < delta.account_count; i++) {
                assert_true(delta.accounts[i].storage_cleared); /* all else is no longer a difference */
            }
            weft_memory_state_clear(above);
            check_view(above, &m, seed);
            check_root(base, &m, seed);
        }
        weft_memory_state_destroy(above);
        weft_memory_state_destroy(base);
    }
}

static void deltas_are_sorted_and_hold_only_differences(void **state) {
    (void)state;
    weft_memory_state *base, *above;
    assert_int_equal(weft_memory_state_create(&base, NULL), WEFT_OK);
    weft_u256 one = u256_from_u64(1), two = u256_from_u64(2), zero = u256_zero();
    weft_address a = address_of(1), b = address_of(2), c = address_of(3);
    weft_bytes32 slot = slot_of(0), other = slot_of(1);
    assert_int_equal(weft_memory_state_set_account(base, &a, &one, 5, code_bytes(1)), WEFT_OK);
    assert_int_equal(weft_memory_state_set_storage(base, &a, &slot, &one), WEFT_OK);
    assert_int_equal(weft_memory_state_set_account(base, &b, &one, 0, code_bytes(0)), WEFT_OK);
    weft_state_view view = weft_memory_state_view(base);
    assert_int_equal(weft_memory_state_create(&above, &view), WEFT_OK);

    assert_int_equal(weft_memory_state_set_account(above, &c, &zero, 1, code_bytes(1)), WEFT_OK);
    assert_int_equal(weft_memory_state_set_account(above, &b, &one, 0, code_bytes(0)), WEFT_OK);
    assert_int_equal(weft_memory_state_set_storage(above, &a, &slot, &one), WEFT_OK);
    assert_int_equal(weft_memory_state_set_storage(above, &a, &other, &zero), WEFT_OK);
    weft_state_delta delta;
    assert_int_equal(weft_memory_state_delta(above, &delta), WEFT_OK);
    assert_int_equal(delta.account_count, 1);
    assert_true(address_equal(&delta.accounts[0].address, &c));
    assert_true(delta.accounts[0].code_changed && bytes_equal(delta.accounts[0].code, code_bytes(1)));

    assert_int_equal(weft_memory_state_set_storage(above, &a, &other, &two), WEFT_OK);
    assert_int_equal(weft_memory_state_set_storage(above, &a, &slot, &zero), WEFT_OK);
    assert_int_equal(weft_memory_state_delta(above, &delta), WEFT_OK);
    assert_int_equal(delta.account_count, 2);
    const weft_account_change *change = &delta.accounts[0];
    assert_true(address_equal(&change->address, &a) && !change->code_changed && !change->storage_cleared);
    assert_int_equal(change->account.nonce, 5);
    assert_int_equal(change->slot_count, 2);
    assert_true(bytes32_equal(&change->slots[0].slot, &slot) && u256_is_zero(&change->slots[0].value));
    assert_true(bytes32_equal(&change->slots[1].slot, &other) && u256_equal(&change->slots[1].value, &two));
    weft_memory_state_destroy(above);
    weft_memory_state_destroy(base);
}

static weft_status failing_account(void *context, weft_account *out, const weft_address *address) {
    (void)context, (void)out, (void)address;
    return WEFT_STATE_UNAVAILABLE;
}

static weft_status failing_code(void *context, weft_bytes *out, const weft_address *address, const weft_bytes32 *hash) {
    (void)context, (void)out, (void)address, (void)hash;
    return WEFT_STATE_UNAVAILABLE;
}

static weft_status failing_storage(void *context, weft_u256 *out, const weft_address *address,
                                   const weft_bytes32 *slot) {
    (void)context, (void)out, (void)address, (void)slot;
    return WEFT_STATE_UNAVAILABLE;
}

static weft_status failing_block_hash(void *context, weft_bytes32 *out, uint64_t number) {
    (void)context, (void)out, (void)number;
    return WEFT_STATE_UNAVAILABLE;
}

static void failures_of_the_base_are_passed_on(void **state) {
    (void)state;
    weft_state_view base = {NULL, failing_account, failing_code, failing_storage, NULL, failing_block_hash};
    weft_memory_state *s;
    assert_int_equal(weft_memory_state_create(&s, &base), WEFT_OK);
    weft_state_view view = weft_memory_state_view(s);
    weft_address address = address_of(1);
    weft_bytes32 slot = slot_of(1), hash = code_hash(1);
    weft_account account;
    weft_bytes code;
    weft_u256 value = u256_from_u64(1);
    bool has_storage;
    weft_state_delta delta;
    assert_int_equal(view.account(view.context, &account, &address), WEFT_STATE_UNAVAILABLE);
    assert_int_equal(view.code(view.context, &code, &address, &hash), WEFT_STATE_UNAVAILABLE);
    assert_int_equal(view.storage(view.context, &value, &address, &slot), WEFT_STATE_UNAVAILABLE);
    assert_int_equal(view.block_hash(view.context, &hash, 7), WEFT_STATE_UNAVAILABLE);
    assert_int_equal(view.has_storage(view.context, &has_storage, &address), WEFT_OK);
    assert_false(has_storage);
    assert_int_equal(weft_memory_state_set_storage(s, &address, &slot, &value), WEFT_STATE_UNAVAILABLE);
    assert_int_equal(weft_memory_state_set_account(s, &address, &value, 0, code_bytes(0)), WEFT_OK);
    assert_int_equal(weft_memory_state_set_storage(s, &address, &slot, &value), WEFT_OK);
    assert_int_equal(weft_memory_state_delta(s, &delta), WEFT_STATE_UNAVAILABLE);
    weft_memory_state_destroy(s);
}

static void block_hashes_are_remembered(void **state) {
    (void)state;
    weft_memory_state *base, *above;
    assert_int_equal(weft_memory_state_create(&base, NULL), WEFT_OK);
    weft_state_view view = weft_memory_state_view(base);
    assert_int_equal(weft_memory_state_create(&above, &view), WEFT_OK);
    weft_bytes32 seven = keccak256("7", 1), eight = keccak256("8", 1), got;
    assert_int_equal(weft_memory_state_set_block_hash(base, 7, &seven), WEFT_OK);
    assert_int_equal(weft_memory_state_set_block_hash(above, 8, &eight), WEFT_OK);
    view = weft_memory_state_view(above);
    assert_int_equal(view.block_hash(view.context, &got, 7), WEFT_OK);
    assert_true(bytes32_equal(&got, &seven));
    assert_int_equal(view.block_hash(view.context, &got, 8), WEFT_OK);
    assert_true(bytes32_equal(&got, &eight));
    assert_int_equal(view.block_hash(view.context, &got, 9), WEFT_STATE_UNAVAILABLE);
    weft_memory_state_destroy(above);
    weft_memory_state_destroy(base);
}

static void unsorted_delta_is_refused_and_changes_nothing(void **state) {
    (void)state;
    weft_memory_state *s;
    assert_int_equal(weft_memory_state_create(&s, NULL), WEFT_OK);
    model m = {0};
    weft_account account = {.code_hash = keccak256_empty, .exists = true};
    weft_account_change changes[2] = {{.address = address_of(2), .account = account},
                                      {.address = address_of(1), .account = account}};
    assert_int_equal(weft_memory_state_apply(s, &(weft_state_delta){changes, 2}), WEFT_INVALID_ARGUMENT);
    changes[1].address = changes[0].address;
    assert_int_equal(weft_memory_state_apply(s, &(weft_state_delta){changes, 2}), WEFT_INVALID_ARGUMENT);
    check_root(s, &m, 0);
    weft_memory_state_destroy(s);
    weft_memory_state_destroy(NULL);
}

static void account_bodies_are_the_published_ones(void **state) {
    (void)state;
    static const char body[] =
        "f848018405f446a7a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
        "a0c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
    uint8_t expected[74], written[ACCOUNT_BODY_SIZE_MAX];
    assert_true(hex_decode(expected, sizeof expected, body, sizeof body - 1));
    weft_account account;
    weft_bytes32 storage_root;
    assert_true(account_body_read(&account, &storage_root, bytes_of(expected, sizeof expected)));
    assert_true(account.nonce == 1 && account.balance.limb[0] == 0x05f446a7 && account.exists);
    assert_true(bytes32_equal(&storage_root, &trie_empty_root));
    assert_int_equal(account_body_write(written, &account, &storage_root), sizeof expected);
    assert_memory_equal(written, expected, sizeof expected);
    assert_false(account_body_read(&account, &storage_root, bytes_of(expected, sizeof expected - 1)));
    account.nonce = UINT64_MAX;
    memset(&account.balance, 0xff, sizeof account.balance);
    assert_int_equal(account_body_write(written, &account, &storage_root), ACCOUNT_BODY_SIZE_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alone_it_follows_the_model),
        cmocka_unit_test(its_delta_rebuilds_it),
        cmocka_unit_test(above_a_base_it_follows_the_model_and_its_delta_commits),
        cmocka_unit_test(deltas_are_sorted_and_hold_only_differences),
        cmocka_unit_test(failures_of_the_base_are_passed_on),
        cmocka_unit_test(block_hashes_are_remembered),
        cmocka_unit_test(unsorted_delta_is_refused_and_changes_nothing),
        cmocka_unit_test(account_bodies_are_the_published_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
