/* The witness: with all nodes it answers like the state they come from; with some, it answers right or not at all; and
 * no node, however made, can mislead it beyond that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/keccak.h"
#include "state/account_codec.h"
#include "state/mpt.h"
#include "tests/support/random.h"

#include <weft/witness.h>
#include <stdlib.h>

#define ACCOUNT_COUNT 300
#define STORAGE_ACCOUNTS 5
#define SLOT_COUNT 60
#define NODE_COUNT_MAX 4000
#define MUTATIONS 20000

/* All nodes of a few tries that stand under their own hash. */
typedef struct node_set {
    arena memory;
    weft_bytes nodes[NODE_COUNT_MAX];
    size_t count;
} node_set;

static node_set all;
static weft_bytes32 state_root;

static weft_status node_keep(void *context, const weft_bytes32 *owner, trie_path path, weft_bytes encoding) {
    (void)context;
    (void)owner;
    (void)path;
    assert_true(all.count < NODE_COUNT_MAX);
    const uint8_t *bytes = arena_copy(&all.memory, encoding.data, encoding.size);
    assert_non_null(bytes);
    all.nodes[all.count++] = bytes_of(bytes, encoding.size);
    return WEFT_OK;
}

static weft_bytes32 finish_trie(mpt *trie) {
    weft_bytes32 root;
    arena scratch;
    const mpt_sink sink = {.put = node_keep};
    arena_init(&scratch, 0);
    assert_int_equal(mpt_root(trie, &root, 1, &scratch), WEFT_OK);
    assert_int_equal(mpt_save(trie, &sink, &scratch), WEFT_OK);
    mpt_free(trie);
    arena_free(&scratch);
    return root;
}

static weft_address address_of(unsigned index) {
    weft_address address = {{0}};
    address.bytes[3] = (uint8_t)(index >> 8);
    address.bytes[9] = (uint8_t)index;
    return address;
}

static weft_bytes32 slot_of(unsigned index) {
    weft_bytes32 slot = {{0}};
    slot.bytes[31] = (uint8_t)index;
    return slot;
}

/* Accounts with an odd index exist; slots with an even index are set. Small values make nodes that stand in their
 * parents. */
static weft_bytes32 storage_of(unsigned account) {
    mpt trie;
    mpt_init(&trie);
    for (unsigned i = 0; account < STORAGE_ACCOUNTS && i < SLOT_COUNT; i += 2) {
        uint8_t body[STORAGE_BODY_SIZE_MAX];
        weft_bytes32 slot = slot_of(i), key = keccak256(slot.bytes, 32);
        weft_u256 value = u256_from_u64(account * 1000 + i + 1);
        assert_int_equal(mpt_put(&trie, &key, bytes_of(body, storage_body_write(body, &value))), WEFT_OK);
    }
    return finish_trie(&trie);
}

static int make_nodes(void **state) {
    (void)state;
    arena_init(&all.memory, 0);
    mpt trie;
    mpt_init(&trie);
    for (unsigned i = 1; i < ACCOUNT_COUNT; i += 2) {
        uint8_t body[ACCOUNT_BODY_SIZE_MAX];
        weft_bytes32 storage_root = storage_of(i);
        weft_address address = address_of(i);
        weft_bytes32 key = keccak256(address.bytes, 20);
        weft_account account = {u256_from_u64(i), i, keccak256("code", 4), true};
        size_t size = account_body_write(body, &account, &storage_root);
        assert_int_equal(mpt_put(&trie, &key, bytes_of(body, size)), WEFT_OK);
    }
    state_root = finish_trie(&trie);
    return 0;
}

static int free_nodes(void **state) {
    (void)state;
    arena_free(&all.memory);
    return 0;
}

/* Returns: whether the view could answer; fails the test when the answer is wrong. */
static bool check_account(const weft_state_view *view, unsigned index) {
    weft_address address = address_of(index);
    weft_account account;
    weft_status status = view->account(view->context, &account, &address);
    if (status == WEFT_OK) {
        assert_int_equal(account.exists, index % 2 == 1);
        assert_int_equal(account.balance.limb[0], index % 2 == 1 ? index : 0);
    } else {
        assert_int_equal(status, WEFT_STATE_UNAVAILABLE);
    }
    return status == WEFT_OK;
}

static bool check_slot(const weft_state_view *view, unsigned account, unsigned index) {
    weft_address address = address_of(account);
    weft_bytes32 slot = slot_of(index);
    weft_u256 value;
    weft_status status = view->storage(view->context, &value, &address, &slot);
    bool is_set = account % 2 == 1 && account < STORAGE_ACCOUNTS && index % 2 == 0 && index < SLOT_COUNT;
    if (status == WEFT_OK) {
        assert_int_equal(value.limb[0], is_set ? account * 1000 + index + 1 : 0);
    } else {
        assert_int_equal(status, WEFT_STATE_UNAVAILABLE);
    }
    return status == WEFT_OK;
}

static void complete_witness_answers_everything(void **state) {
    (void)state;
    weft_bytes code = bytes_of("code", 4), got;
    weft_witness *witness;
    assert_int_equal(weft_witness_create(&witness, &state_root, all.nodes, all.count, &code, 1), WEFT_OK);
    weft_state_view view = weft_witness_view(witness);
    for (unsigned i = 0; i < ACCOUNT_COUNT + 20; i++) {
        if (i < ACCOUNT_COUNT || i % 2 == 0) {
            assert_true(check_account(&view, i));
        }
    }
    for (unsigned account = 0; account < 8; account++) {
        for (unsigned i = 0; i < SLOT_COUNT + 10; i++) {
            assert_true(check_slot(&view, account, i));
        }
        bool has_storage;
        weft_address address = address_of(account);
        assert_int_equal(view.has_storage(view.context, &has_storage, &address), WEFT_OK);
        assert_int_equal(has_storage, account % 2 == 1 && account < STORAGE_ACCOUNTS);
    }
    weft_address address = address_of(1);
    weft_bytes32 hash = keccak256("code", 4), other = keccak256("other", 5), block_hash;
    assert_int_equal(view.code(view.context, &got, &address, &hash), WEFT_OK);
    assert_true(bytes_equal(got, code));
    assert_int_equal(view.code(view.context, &got, &address, &keccak256_empty), WEFT_OK);
    assert_int_equal(got.size, 0);
    assert_int_equal(view.code(view.context, &got, &address, &other), WEFT_STATE_UNAVAILABLE);
    assert_int_equal(view.block_hash(view.context, &block_hash, 3), WEFT_STATE_UNAVAILABLE);
    assert_int_equal(weft_witness_set_block_hash(witness, 3, &other), WEFT_OK);
    assert_int_equal(view.block_hash(view.context, &block_hash, 3), WEFT_OK);
    assert_true(bytes32_equal(&block_hash, &other));
    weft_witness_destroy(witness);
    weft_witness_destroy(NULL);
}

static void missing_nodes_are_unavailable_and_never_read_as_absent(void **state) {
    (void)state;
    weft_bytes some[NODE_COUNT_MAX];
    size_t unavailable = 0, answered = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        test_random random = {seed};
        size_t count = 0;
        for (size_t i = 0; i < all.count; i++) {
            if (random_below(&random, 10) != 0) {
                some[count++] = all.nodes[i];
            }
        }
        weft_witness *witness;
        assert_int_equal(weft_witness_create(&witness, &state_root, some, count, NULL, 0), WEFT_OK);
        weft_state_view view = weft_witness_view(witness);
        for (unsigned i = 0; i < ACCOUNT_COUNT; i++) {
            bool answer = i % 2 == 0 ? check_account(&view, i) : check_slot(&view, i % 4, i % SLOT_COUNT);
            answered += answer;
            unavailable += !answer;
        }
        weft_witness_destroy(witness);
    }
    assert_true(answered > 1000 && unavailable > 1000);
}

static void empty_state_needs_no_nodes(void **state) {
    (void)state;
    weft_witness *witness;
    assert_int_equal(weft_witness_create(&witness, &trie_empty_root, NULL, 0, NULL, 0), WEFT_OK);
    weft_state_view view = weft_witness_view(witness);
    assert_true(check_account(&view, 0) && check_slot(&view, 0, 0));
    weft_witness_destroy(witness);
}

/* A trie of this one node: what does it say about account 1? */
static weft_status ask_single_node(weft_bytes node, bool *exists) {
    weft_bytes32 root = keccak256(node.data, node.size);
    weft_witness *witness;
    weft_account account;
    weft_address address = address_of(1);
    assert_int_equal(weft_witness_create(&witness, &root, &node, 1, NULL, 0), WEFT_OK);
    weft_state_view view = weft_witness_view(witness);
    weft_status status = view.account(view.context, &account, &address);
    *exists = status == WEFT_OK && account.exists;
    weft_witness_destroy(witness);
    return status;
}

static void malformed_nodes_are_unavailable(void **state) {
    (void)state;
    static const struct {
        const char *what, *hex;
    } cases[] = {
        {"empty", ""},
        {"a string", "83646f67"},
        {"empty list", "c0"},
        {"one item", "c120"},
        {"three items", "c3200101"},
        {"sixteen items", "d080808080808080808080808080808080"},
        {"trailing byte", "c2200100"},
        {"empty path", "c28001"},
        {"path that is a list", "c2c001"},
        {"flag 4", "c24001"},
        {"even path with a padding nibble", "c22101"},
        {"extension without path", "c200c0"},
        {"extension to nothing", "c21180"},
        {"extension to 31 bytes", "e1119f01010101010101010101010101010101010101010101010101010101010101"},
        {"leaf with a short path", "c23101"},
        {"branch with a value", "d1808080808080808080808080808080808001"},
        {"branch with a byte for a child", "d1010101010101010101010101010101010180"},
        {"branch without children", "d18080808080808080808080808080808080"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[64];
        bool exists;
        size_t size = strlen(cases[i].hex) / 2;
        assert_true(hex_decode(bytes, size, cases[i].hex, 2 * size));
        if (ask_single_node(bytes_of(bytes, size), &exists) != WEFT_STATE_UNAVAILABLE) {
            fail_msg("accepted: %s", cases[i].what);
        }
    }
}

/* Leaf of account 1 whose value is no account, and a path longer than any key. */
static void leaf_that_holds_no_account_is_unavailable(void **state) {
    (void)state;
    weft_address address = address_of(1);
    weft_bytes32 key = keccak256(address.bytes, 20);
    uint8_t node[256], long_key[TRIE_KEY_SIZE_MAX];
    bool exists;
    uint8_t *end = trie_leaf_write(node, (trie_path){key.bytes, 0, 64}, bytes_of("no account", 10));
    assert_int_equal(ask_single_node(bytes_of(node, (size_t)(end - node)), &exists), WEFT_STATE_UNAVAILABLE);
    memset(long_key, 0, sizeof long_key);
    memcpy(long_key, key.bytes, 32);
    end = trie_leaf_write(node, (trie_path){long_key, 0, 128}, bytes_of("value", 5));
    assert_int_equal(ask_single_node(bytes_of(node, (size_t)(end - node)), &exists), WEFT_STATE_UNAVAILABLE);
    weft_bytes32 self = {{0}};
    trie_ref child = {.size = 32};
    memcpy(child.bytes, self.bytes, 32);
    end = trie_extension_write(node, (trie_path){key.bytes, 0, 64}, &child);
    assert_int_equal(ask_single_node(bytes_of(node, (size_t)(end - node)), &exists), WEFT_STATE_UNAVAILABLE);
}

static void mutated_nodes_end_in_an_answer_or_unavailable(void **state) {
    (void)state;
    size_t unavailable = 0;
    for (uint64_t seed = 1; seed <= MUTATIONS; seed++) {
        test_random random = {seed};
        weft_bytes source = all.nodes[random_below(&random, all.count)];
        uint8_t *bytes = malloc(source.size);
        assert_non_null(bytes);
        memcpy(bytes, source.data, source.size);
        size_t size = source.size;
        for (size_t flips = 1 + random_below(&random, 3); flips > 0; flips--) {
            bytes[random_below(&random, random_below(&random, 2) == 0 && size > 4 ? 4 : size)] ^=
                (uint8_t)(1 << random_below(&random, 8));
        }
        if (random_below(&random, 4) == 0) {
            size = random_below(&random, size);
        }
        bool exists;
        weft_status status = ask_single_node(bytes_of(bytes, size), &exists);
        if (status != WEFT_OK && status != WEFT_STATE_UNAVAILABLE) {
            fail_msg("seed %llu", (unsigned long long)seed);
        }
        unavailable += status != WEFT_OK;
        free(bytes);
    }
    assert_in_range(unavailable, MUTATIONS / 4, MUTATIONS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complete_witness_answers_everything),
        cmocka_unit_test(missing_nodes_are_unavailable_and_never_read_as_absent),
        cmocka_unit_test(empty_state_needs_no_nodes),
        cmocka_unit_test(malformed_nodes_are_unavailable),
        cmocka_unit_test(leaf_that_holds_no_account_is_unavailable),
        cmocka_unit_test(mutated_nodes_end_in_an_answer_or_unavailable),
    };
    return cmocka_run_group_tests(tests, make_nodes, free_nodes);
}
