/* Witnesses made from a store, from memory, from another witness: they prove what was asked and what the delta
 * takes, and hold no node beside that.
 *
 * Bugs hunted: a node too few (the sibling that a removal needs), a node too many, a proof of the state after instead of
 * the one before.
 * Knobs: WEFT_SEED, WEFT_SEEDS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/random.h"
#include "tests/unit/state/stores.h"

#include <weft/chain.h>
#include <weft/memory_state.h>
#include <weft/witness.h>
#include <weft/witness_builder.h>

enum { ACCOUNTS = 60, SLOTS = 24, QUESTIONS = 12, NODES_MAX = 4096 };

/* --- Random states, questions and changes --- */

static weft_address random_address(test_random *random) {
    return address_of((uint8_t)random_below(random, ACCOUNTS));
}

static void random_changes(weft_memory_state *state, test_random *random, unsigned count, bool only_removes) {
    for (unsigned i = 0; i < count; i++) {
        weft_address address = random_address(random);
        weft_bytes32 slot = slot_of((uint8_t)random_below(random, SLOTS));
        weft_u256 value = u256_from_u64(only_removes ? 0 : random_u64(random));
        uint8_t code[2] = {0x5f, (uint8_t)random_below(random, 5)};
        weft_account_change gone = {.address = address, .account = {.exists = false}};
        weft_status status =
            random_below(random, 8) == 0 ? weft_memory_state_apply(state, &(weft_state_delta){&gone, 1})
            : random_below(random, 5) == 0
                ? weft_memory_state_set_account(state, &address, &value, i, bytes_of(code, code[1] % 3))
                : weft_memory_state_set_storage(state, &address, &slot, &value);
        assert_int_equal(status, WEFT_OK);
    }
}

/* Commit the delta of a state above the store's view. Returns: the root. */
static weft_bytes32 commit_state(weft_store *store, uint64_t number, weft_memory_state *state) {
    weft_state_delta delta;
    weft_store_head head;
    assert_int_equal(weft_memory_state_delta(state, &delta), WEFT_OK);
    assert_int_equal(commit_one(store, number, delta.accounts, delta.account_count), WEFT_OK);
    assert_int_equal(weft_store_get_head(store, &head), WEFT_OK);
    return head.state_root;
}

typedef struct answers {
    weft_account account;
    weft_u256 value;
    bool has_storage;
    size_t code_size;
} answers;

/* Ask one thing or the other about each of some accounts. Returns: the first failure. */
static weft_status ask(const weft_state_view *view, uint64_t seed, answers given[QUESTIONS]) {
    test_random random = {seed};
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < QUESTIONS && status == WEFT_OK; i++) {
        weft_address address = random_address(&random);
        weft_bytes32 slot = slot_of((uint8_t)random_below(&random, SLOTS + 4));
        weft_bytes code;
        given[i] = (answers){.code_size = 0};
        switch (random_below(&random, 4)) {
        case 0: status = view->account(view->context, &given[i].account, &address); break;
        case 1: status = view->storage(view->context, &given[i].value, &address, &slot); break;
        case 2: status = view->has_storage(view->context, &given[i].has_storage, &address); break;
        default:
            status = view->account(view->context, &given[i].account, &address);
            if (status == WEFT_OK && given[i].account.exists) {
                status = view->code(view->context, &code, &address, &given[i].account.code_hash);
                given[i].code_size = status == WEFT_OK ? code.size : 0;
            }
        }
    }
    return status;
}

/* --- One trial --- */

typedef struct trial {
    uint64_t seed;
    weft_bytes32 before, after;
    weft_state_delta delta;
    answers given[QUESTIONS];
} trial;

/* What a block does with these parts alone: its questions, then its root. Returns: the first failure. */
static weft_status run_stateless(const trial *t, const weft_bytes *nodes, size_t node_count,
                                 const weft_witness_parts *parts) {
    weft_witness *witness;
    weft_error error;
    weft_bytes32 root;
    answers given[QUESTIONS];
    assert_int_equal(weft_witness_create(&witness, &t->before, nodes, node_count, parts->codes, parts->code_count),
                     WEFT_OK);
    weft_state_view view = weft_witness_view(witness);
    weft_status status = ask(&view, t->seed, given);
    if (status == WEFT_OK) {
        for (size_t i = 0; i < QUESTIONS; i++) {
            assert_memory_equal(&given[i].account, &t->given[i].account, sizeof given[i].account);
            assert_true(u256_equal(&given[i].value, &t->given[i].value));
            assert_true(given[i].has_storage == t->given[i].has_storage && given[i].code_size == t->given[i].code_size);
        }
        status = weft_witness_apply(witness, &root, &t->delta, 1, &error);
        assert_true(status != WEFT_OK || bytes32_equal(&root, &t->after));
    }
    weft_witness_destroy(witness);
    return status;
}

static weft_witness_builder *build(const trial *t, const weft_state_view *view, const weft_node_source *nodes,
                                   weft_witness_parts *parts) {
    weft_witness_builder *builder;
    weft_error error = {.message = ""};
    answers given[QUESTIONS];
    assert_int_equal(weft_witness_builder_create(&builder, view, nodes, &t->before), WEFT_OK);
    weft_state_view watched = weft_witness_builder_view(builder);
    assert_int_equal(ask(&watched, t->seed, given), WEFT_OK);
    if (weft_witness_builder_finish(builder, parts, &t->delta, &error) != WEFT_OK) {
        fail_msg("seed %llu: %s", (unsigned long long)t->seed, error.message);
    }
    assert_true(bytes32_equal(&parts->state_root, &t->after));
    return builder;
}

/* What another source gives for the same state is the same. */
static void check_same(const trial *t, const weft_witness_parts *parts, const weft_state_view *view,
                       const weft_node_source *nodes) {
    weft_witness_parts again;
    weft_witness_builder *builder = build(t, view, nodes, &again);
    assert_int_equal(again.node_count, parts->node_count);
    assert_int_equal(again.code_count, parts->code_count);
    for (size_t i = 0; i < again.node_count; i++) {
        assert_true(bytes_equal(again.nodes[i], parts->nodes[i]));
    }
    weft_witness_builder_destroy(builder);
}

static void check_made_from_a_witness(const trial *t, const weft_witness_parts *parts) {
    weft_witness *witness;
    assert_int_equal(
        weft_witness_create(&witness, &t->before, parts->nodes, parts->node_count, parts->codes, parts->code_count),
        WEFT_OK);
    weft_state_view view = weft_witness_view(witness);
    weft_node_source nodes = weft_witness_nodes(witness);
    check_same(t, parts, &view, &nodes);
    weft_witness_destroy(witness);
}

static void check_made_from_memory(const trial *t, const weft_witness_parts *parts, weft_memory_state *state) {
    weft_state_view view = weft_memory_state_view(state);
    weft_node_source nodes;
    assert_int_equal(weft_memory_state_nodes(state, &nodes), WEFT_OK);
    check_same(t, parts, &view, &nodes);
}

static void check_no_node_is_idle(const trial *t, const weft_witness_parts *parts) {
    static weft_bytes rest[NODES_MAX];
    assert_true(parts->node_count <= NODES_MAX);
    for (size_t left_out = 0; left_out < parts->node_count; left_out++) {
        memcpy(rest, parts->nodes, left_out * sizeof *rest);
        memcpy(rest + left_out, parts->nodes + left_out + 1, (parts->node_count - left_out - 1) * sizeof *rest);
        if (run_stateless(t, rest, parts->node_count - 1, parts) != WEFT_STATE_UNAVAILABLE) {
            fail_msg("seed %llu: node %zu of %zu is not needed", (unsigned long long)t->seed, left_out,
                     parts->node_count);
        }
    }
}

static void witness_holds_what_is_needed_and_nothing_else(void **state) {
    seed_range seeds = seed_range_read(60);
    (void)state;
    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++) {
        test_random random = {seed};
        test_directory directory;
        weft_memory_state *above, *model;
        weft_state_view view;
        weft_state_delta start;
        weft_witness_parts parts;
        trial t = {.seed = seed};
        assert_true(test_directory_make(&directory));
        weft_store *store = open_store(&directory);
        assert_int_equal(weft_store_view_begin(store, &view, NULL), WEFT_OK);
        assert_int_equal(weft_memory_state_create(&above, &view), WEFT_OK);
        random_changes(above, &random, 1 + (unsigned)random_below(&random, 400), false);
        t.before = commit_state(store, 1, above);
        assert_int_equal(weft_memory_state_create(&model, NULL), WEFT_OK);
        assert_int_equal(weft_memory_state_delta(above, &start), WEFT_OK);
        assert_int_equal(weft_memory_state_apply(model, &start), WEFT_OK);
        weft_memory_state_destroy(above);
        weft_store_view_end(store, &view);

        assert_int_equal(weft_store_view_begin(store, &view, NULL), WEFT_OK);
        assert_int_equal(weft_memory_state_create(&above, &view), WEFT_OK);
        random_changes(above, &random, (unsigned)random_below(&random, 80), random_below(&random, 3) == 0);
        t.after = commit_state(store, 2, above);
        assert_int_equal(weft_memory_state_delta(above, &t.delta), WEFT_OK);
        assert_int_equal(ask(&view, seed, t.given), WEFT_OK);
        weft_node_source nodes = weft_store_view_nodes(&view);
        weft_witness_builder *builder = build(&t, &view, &nodes, &parts);
        assert_int_equal(run_stateless(&t, parts.nodes, parts.node_count, &parts), WEFT_OK);
        check_made_from_a_witness(&t, &parts);
        check_made_from_memory(&t, &parts, model);
        check_no_node_is_idle(&t, &parts);
        weft_witness_builder_destroy(builder);
        weft_memory_state_destroy(above);
        weft_memory_state_destroy(model);
        weft_store_view_end(store, &view);
        weft_store_close(store);
        test_directory_remove(&directory);
    }
}

/* --- What else it says --- */

static weft_status any_block_hash(void *context, weft_bytes32 *out, uint64_t number) {
    (void)context;
    *out = hash_of(number);
    return WEFT_OK;
}

static weft_status no_node(void *context, weft_bytes *encoding, const weft_bytes32 *owner, const weft_bytes32 *path,
                           size_t nibble_count, const weft_bytes32 *hash) {
    (void)context, (void)encoding, (void)owner, (void)path, (void)nibble_count, (void)hash;
    return WEFT_STATE_UNAVAILABLE;
}

static weft_status no_account(void *context, weft_account *out, const weft_address *address) {
    (void)context;
    (void)address;
    *out = (weft_account){.exists = false};
    return WEFT_OK;
}

static void lowest_block_hash_is_told(void **state) {
    (void)state;
    const weft_state_view view = {.block_hash = any_block_hash};
    const weft_node_source nodes = {.node = no_node};
    weft_bytes32 root = {{0}}, hash;
    for (unsigned asked = 0; asked < 2; asked++) {
        weft_witness_builder *builder;
        weft_witness_parts parts;
        assert_int_equal(weft_witness_builder_create(&builder, &view, &nodes, &root), WEFT_OK);
        weft_state_view watched = weft_witness_builder_view(builder);
        assert_null(watched.has_storage);
        for (uint64_t number = 90; asked != 0 && number < 100; number++) {
            assert_int_equal(watched.block_hash(watched.context, &hash, number ^ 1), WEFT_OK);
        }
        assert_int_equal(weft_witness_builder_finish(builder, &parts, &(weft_state_delta){NULL, 0}, NULL), WEFT_OK);
        assert_true(parts.first_block_hash == (asked != 0 ? 90 : WEFT_NEVER));
        assert_int_equal(parts.node_count, 0);
        weft_witness_builder_destroy(builder);
    }
    weft_witness_builder_destroy(NULL);
}

static void source_without_the_node_is_named(void **state) {
    (void)state;
    const weft_state_view view = {.account = no_account};
    const weft_node_source nodes = {.node = no_node};
    weft_witness_builder *builder;
    weft_witness_parts parts;
    weft_error error = {.message = ""};
    weft_bytes32 root = {{7}};
    weft_account account;
    weft_address address = address_of(3);
    assert_int_equal(weft_witness_builder_create(&builder, &view, &nodes, &root), WEFT_OK);
    weft_state_view watched = weft_witness_builder_view(builder);
    assert_int_equal(watched.account(watched.context, &account, &address), WEFT_OK);
    assert_int_equal(weft_witness_builder_finish(builder, &parts, &(weft_state_delta){NULL, 0}, &error),
                     WEFT_STATE_UNAVAILABLE);
    assert_non_null(strstr(error.message, "account 0xaa03"));
    assert_non_null(strstr(error.message, "is missing, hash 0x07"));
    weft_witness_builder_destroy(builder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(witness_holds_what_is_needed_and_nothing_else),
        cmocka_unit_test(lowest_block_hash_is_told),
        cmocka_unit_test(source_without_the_node_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
