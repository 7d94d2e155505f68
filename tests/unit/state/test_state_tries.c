/* The state after a block from a witness: random blocks against a state that is all in memory (whose roots
 * test_memory_state.c holds against full computation), with all nodes, with some of them, and with mutated ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/keccak.h"
#include "state/state_tries.h"
#include "tests/support/random.h"

#include <weft/memory_state.h>
#include <weft/witness.h>
#include <stdlib.h>

#define ACCOUNT_COUNT 60
#define SLOT_COUNT 700
#define NODE_COUNT_MAX 20000

/* --- Nodes, as a sink gets them --- */

typedef struct node_list {
    arena memory;
    weft_bytes nodes[NODE_COUNT_MAX];
    size_t count;
} node_list;

static node_list list;

static weft_status node_keep(void *context, const weft_bytes32 *owner, trie_path path, weft_bytes encoding) {
    (void)context;
    (void)owner;
    (void)path;
    const uint8_t *bytes = arena_copy(&list.memory, encoding.data, encoding.size);
    assert_true(bytes != NULL && list.count < NODE_COUNT_MAX);
    if (encoding.size != 0) {
        list.nodes[list.count++] = bytes_of(bytes, encoding.size);
    }
    return WEFT_OK;
}

static weft_status nothing_load(void *context, weft_bytes *encoding, const weft_bytes32 *owner, trie_path path,
                                const weft_bytes32 *hash) {
    (void)context;
    (void)encoding;
    (void)owner;
    (void)path;
    (void)hash;
    return WEFT_STATE_UNAVAILABLE;
}

/* The nodes of the state that the delta makes of nothing. */
static weft_bytes32 list_fill(const weft_state_delta *delta) {
    const mpt_source source = {.load = nothing_load};
    const mpt_sink sink = {.put = node_keep};
    state_tries tries;
    weft_bytes32 root;
    arena_init(&list.memory, 0);
    list.count = 0;
    state_tries_open(&tries, &trie_empty_root, &source, 1);
    assert_int_equal(state_tries_apply(&tries, delta), WEFT_OK);
    assert_int_equal(state_tries_root(&tries, &root), WEFT_OK);
    assert_int_equal(state_tries_save(&tries, &sink), WEFT_OK);
    state_tries_free(&tries);
    return root;
}

/* --- Random blocks --- */

typedef struct random_block {
    weft_account_change changes[ACCOUNT_COUNT];
    weft_slot_change slots[ACCOUNT_COUNT][SLOT_COUNT];
    weft_state_delta delta;
} random_block;

static random_block shared_block;

static weft_address address_of(size_t index) {
    weft_address address = {{(uint8_t)index}};
    return address;
}

static void random_slots(random_block *block, weft_account_change *change, test_random *random) {
    weft_slot_change *slots = block->slots[change - block->changes];
    size_t one_in = random_below(random, 8) == 0 ? 1 : 1 + random_below(random, 200);
    bool only_removes = random_below(random, 4) == 0;
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        if (random_below(random, one_in) == 0) {
            weft_slot_change *slot = &slots[change->slot_count++];
            *slot = (weft_slot_change){.value = {{0}}};
            slot->slot.bytes[30] = (uint8_t)(i >> 8);
            slot->slot.bytes[31] = (uint8_t)i;
            slot->value = u256_from_u64(only_removes ? 0 : random_below(random, 3) * random_u64(random));
        }
    }
    change->slots = slots;
}

static void random_block_make(random_block *block, test_random *random) {
    block->delta = (weft_state_delta){block->changes, 0};
    size_t one_in = 1 + random_below(random, 10);
    for (size_t i = 0; i < ACCOUNT_COUNT; i++) {
        if (random_below(random, one_in) != 0) {
            continue;
        }
        weft_account_change *change = &block->changes[block->delta.account_count++];
        *change = (weft_account_change){.address = address_of(i)};
        change->storage_cleared = random_below(random, 6) == 0;
        if (random_below(random, 4) != 0) {
            change->account =
                (weft_account){u256_from_u64(random_u64(random)), random_below(random, 9), keccak256_empty, true};
            random_slots(block, change, random);
        }
    }
}

static void memory_apply(weft_memory_state *state, const weft_state_delta *delta, weft_bytes32 *root) {
    assert_int_equal(weft_memory_state_apply(state, delta), WEFT_OK);
    assert_int_equal(weft_memory_state_root(state, root), WEFT_OK);
}

/* A random state of a few blocks, all its nodes in the list. */
static weft_bytes32 random_state(weft_memory_state **state, test_random *random) {
    weft_bytes32 root, again;
    weft_state_delta delta;
    assert_int_equal(weft_memory_state_create(state, NULL), WEFT_OK);
    for (unsigned i = 0; i < 3; i++) {
        random_block_make(&shared_block, random);
        memory_apply(*state, &shared_block.delta, &root);
    }
    assert_int_equal(weft_memory_state_delta(*state, &delta), WEFT_OK);
    again = list_fill(&delta);
    assert_true(bytes32_equal(&root, &again));
    return root;
}

static void complete_witness_gives_every_root(void **state) {
    (void)state;
    static const unsigned threads[] = {1, 2, 3, 8, 0};
    for (uint64_t seed = 1; seed <= 25; seed++) {
        test_random random = {seed};
        weft_memory_state *memory;
        weft_witness *witness;
        weft_error error;
        weft_bytes32 start = random_state(&memory, &random), expected, root, first;
        assert_int_equal(weft_witness_create(&witness, &start, list.nodes, list.count, NULL, 0), WEFT_OK);
        for (unsigned block = 0; block < 6; block++) {
            random_block_make(&shared_block, &random);
            memory_apply(memory, &shared_block.delta, &expected);
            if (block == 0) {
                assert_int_equal(weft_witness_apply(witness, &first, &shared_block.delta, 2, &error), WEFT_OK);
                weft_witness_rewind(witness);
            }
            assert_int_equal(weft_witness_apply(witness, &root, &shared_block.delta, threads[seed % 5], &error),
                             WEFT_OK);
            if (!bytes32_equal(&root, &expected) || (block == 0 && !bytes32_equal(&first, &expected))) {
                fail_msg("wrong root after block %u, seed %llu", block, (unsigned long long)seed);
            }
        }
        weft_witness_destroy(witness);
        weft_memory_state_destroy(memory);
        arena_free(&list.memory);
    }
}

/* Each node is dropped with a chance of one in `one_in`. */
static size_t some_nodes(weft_bytes *some, test_random *random, size_t one_in) {
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++) {
        if (random_below(random, one_in) != 0) {
            some[count++] = list.nodes[i];
        }
    }
    return count;
}

static void missing_nodes_give_the_right_root_or_none(void **state) {
    (void)state;
    static weft_bytes some[NODE_COUNT_MAX];
    size_t failures = 0, successes = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        test_random random = {seed};
        weft_memory_state *memory;
        weft_bytes32 start = random_state(&memory, &random), expected;
        random_block_make(&shared_block, &random);
        memory_apply(memory, &shared_block.delta, &expected);
        for (unsigned attempt = 0; attempt < 40; attempt++) {
            weft_witness *witness;
            weft_error error = {.message = ""};
            weft_bytes32 root;
            size_t count = some_nodes(some, &random, 4u << attempt % 12);
            assert_int_equal(weft_witness_create(&witness, &start, some, count, NULL, 0), WEFT_OK);
            weft_status status = weft_witness_apply(witness, &root, &shared_block.delta, 1 + attempt % 3, &error);
            if (status == WEFT_OK) {
                assert_true(bytes32_equal(&root, &expected));
                successes++;
            } else {
                assert_int_equal(status, WEFT_STATE_UNAVAILABLE);
                assert_non_null(strstr(error.message, " is missing, hash 0x"));
                failures++;
            }
            weft_witness_destroy(witness);
        }
        weft_memory_state_destroy(memory);
        arena_free(&list.memory);
    }
    assert_true(failures > 100 && successes > 100);
}

/* A witness of one node, whatever it is: an answer or a refusal, the same for the view and the state after. */
static void mutated_nodes_never_crash(void **state) {
    (void)state;
    test_random random = {7};
    weft_memory_state *memory;
    size_t refused = 0;
    (void)random_state(&memory, &random);
    weft_memory_state_destroy(memory);
    for (uint64_t seed = 1; seed <= 20000; seed++) {
        test_random flips = {seed};
        weft_bytes source = list.nodes[random_below(&flips, list.count)], nodes[1];
        uint8_t *bytes = malloc(source.size);
        assert_non_null(bytes);
        memcpy(bytes, source.data, source.size);
        for (size_t count = random_below(&flips, 4); count > 0; count--) {
            bytes[random_below(&flips, random_below(&flips, 2) == 0 ? 4 : source.size)] = (uint8_t)random_u64(&flips);
        }
        nodes[0] = bytes_of(bytes, random_below(&flips, 5) == 0 ? random_below(&flips, source.size) : source.size);
        weft_slot_change slot = {.value = u256_from_u64(random_below(&flips, 2))};
        weft_account_change change = {.address = address_of(random_below(&flips, ACCOUNT_COUNT)),
                                      .account = {.exists = random_below(&flips, 3) != 0, .nonce = 1},
                                      .slots = &slot,
                                      .slot_count = 1};
        const weft_state_delta delta = {&change, 1};
        weft_bytes32 root = keccak256(nodes[0].data, nodes[0].size);
        weft_witness *witness;
        weft_error error = {.message = ""};
        assert_int_equal(weft_witness_create(&witness, &root, nodes, 1, NULL, 0), WEFT_OK);
        weft_status status = weft_witness_apply(witness, &root, &delta, 1, &error);
        if (status != WEFT_OK) {
            assert_int_equal(status, WEFT_STATE_UNAVAILABLE);
            assert_true(error.message[0] != '\0');
            refused++;
        }
        weft_witness_destroy(witness);
        free(bytes);
    }
    assert_in_range(refused, 10000, 19999);
    arena_free(&list.memory);
}

static void failure_names_account_place_and_rule(void **state) {
    (void)state;
    weft_address address = address_of(3);
    weft_bytes32 key = keccak256(address.bytes, sizeof address.bytes);
    uint8_t node[200];
    uint8_t *end =
        trie_leaf_write(node, (trie_path){key.bytes, 0, TRIE_HASHED_KEY_NIBBLES}, bytes_of("no account at all", 17));
    weft_bytes nodes[] = {bytes_of(node, (size_t)(end - node))};
    weft_bytes32 root = keccak256(nodes[0].data, nodes[0].size), after;
    weft_account_change change = {.address = address, .account = {.exists = true, .nonce = 1}};
    const weft_state_delta delta = {&change, 1};
    weft_witness *witness;
    weft_error error = {.message = ""};
    assert_int_equal(weft_witness_create(&witness, &root, nodes, 1, NULL, 0), WEFT_OK);
    assert_int_equal(weft_witness_apply(witness, &after, &delta, 1, &error), WEFT_STATE_UNAVAILABLE);
    assert_non_null(strstr(error.message, "account 0x0300000000000000000000000000000000000000: "));
    assert_non_null(strstr(error.message, "a leaf's value is not an account"));
    assert_int_equal(weft_witness_apply(witness, &after, &delta, 1, NULL), WEFT_STATE_UNAVAILABLE);
    weft_account_change twice[] = {change, change};
    const weft_state_delta unsorted = {twice, 2};
    assert_int_equal(weft_witness_apply(witness, &after, &unsorted, 1, &error), WEFT_INVALID_ARGUMENT);
    weft_witness_destroy(witness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complete_witness_gives_every_root),
        cmocka_unit_test(missing_nodes_give_the_right_root_or_none),
        cmocka_unit_test(mutated_nodes_never_crash),
        cmocka_unit_test(failure_names_account_place_and_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
