/* Every allocation of the box fails once: the call says so, what it worked on is as it was, the same call then
 * succeeds, and in the end every block of memory is given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/failing_malloc.h"

#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/keccak.h"
#include "state/mpt.h"
#include "state/trie.h"
#include "tests/support/directory.h"

#include <weft/memory_state.h>
#include <weft/store.h>
#include <weft/witness.h>
#include <weft/witness_builder.h>

#define ACCOUNT_COUNT 12
#define SLOT_COUNT 40
#define ATTEMPTS_MAX 2000

static weft_account_change changes[ACCOUNT_COUNT];
static weft_slot_change slots[ACCOUNT_COUNT][SLOT_COUNT];
static const weft_state_delta delta = {changes, ACCOUNT_COUNT};

static int make_delta(void **state) {
    (void)state;
    static uint8_t codes[ACCOUNT_COUNT][3];
    for (unsigned i = 0; i < ACCOUNT_COUNT; i++) {
        memset(codes[i], (int)i, 3);
        for (unsigned j = 0; j < SLOT_COUNT; j++) {
            slots[i][j].slot.bytes[31] = (uint8_t)j;
            slots[i][j].value = u256_from_u64(i * 100 + j + 1);
        }
        changes[i] = (weft_account_change){.account = {u256_from_u64(i), i, keccak256(codes[i], 3), true},
                                           .code_changed = true,
                                           .code = bytes_of(codes[i], 3),
                                           .slots = slots[i],
                                           .slot_count = SLOT_COUNT};
        changes[i].address.bytes[0] = (uint8_t)i;
    }
    return 0;
}

static bool view_is_empty(const weft_state_view *view) {
    weft_account account;
    weft_u256 value;
    bool empty = true;
    for (unsigned i = 0; i < ACCOUNT_COUNT; i++) {
        assert_int_equal(view->account(view->context, &account, &changes[i].address), WEFT_OK);
        assert_int_equal(view->storage(view->context, &value, &changes[i].address, &slots[i][1].slot), WEFT_OK);
        empty = empty && !account.exists && u256_is_zero(&value);
    }
    return empty;
}

static void memory_state_stays_whole(void **state) {
    (void)state;
    size_t live = malloc_live, failures = 0;
    weft_memory_state *s;
    weft_status status;
    do {
        malloc_left = failures++;
        status = weft_memory_state_create(&s, NULL);
        malloc_left = SIZE_MAX;
    } while (status == WEFT_NO_MEMORY && failures < ATTEMPTS_MAX);
    assert_int_equal(status, WEFT_OK);

    weft_state_view view = weft_memory_state_view(s);
    for (failures = 0; failures < ATTEMPTS_MAX; failures++) {
        malloc_left = failures;
        status = weft_memory_state_apply(s, &delta);
        malloc_left = SIZE_MAX;
        if (status == WEFT_OK) {
            break;
        }
        assert_int_equal(status, WEFT_NO_MEMORY);
        assert_true(view_is_empty(&view));
    }
    assert_in_range(failures, ACCOUNT_COUNT, ATTEMPTS_MAX - 1);
    assert_false(view_is_empty(&view));

    weft_bytes32 root, expected;
    weft_memory_state *other;
    assert_int_equal(weft_memory_state_create(&other, NULL), WEFT_OK);
    assert_int_equal(weft_memory_state_apply(other, &delta), WEFT_OK);
    assert_int_equal(weft_memory_state_root(other, &expected), WEFT_OK);
    weft_memory_state_destroy(other);
    for (failures = 0; failures < ATTEMPTS_MAX; failures++) {
        malloc_left = failures % 7;
        status = weft_memory_state_root(s, &root);
        malloc_left = SIZE_MAX;
        if (status == WEFT_OK) {
            break;
        }
        assert_int_equal(status, WEFT_NO_MEMORY);
    }
    assert_in_range(failures, 10, ATTEMPTS_MAX - 1);
    assert_true(bytes32_equal(&root, &expected));

    weft_state_delta again;
    for (failures = 0; failures < ATTEMPTS_MAX; failures++) {
        malloc_left = failures;
        status = weft_memory_state_delta(s, &again);
        malloc_left = SIZE_MAX;
        if (status == WEFT_OK) {
            break;
        }
        assert_int_equal(status, WEFT_NO_MEMORY);
    }
    assert_in_range(failures, 1, ATTEMPTS_MAX - 1);
    weft_bytes32 before, after;
    assert_int_equal(weft_state_delta_digest(&before, &delta), WEFT_OK);
    assert_int_equal(weft_state_delta_digest(&after, &again), WEFT_OK);
    assert_true(bytes32_equal(&before, &after));
    malloc_left = 0;
    assert_int_equal(weft_state_delta_digest(&after, &again), WEFT_NO_MEMORY);
    malloc_left = SIZE_MAX;
    weft_memory_state_destroy(s);
    assert_int_equal(malloc_live, live);
}

static void single_changes_are_made_or_refused(void **state) {
    (void)state;
    size_t live = malloc_live;
    weft_memory_state *s;
    weft_address address = {{9}};
    weft_bytes32 slot = {{7}};
    weft_u256 value = u256_from_u64(5);
    assert_int_equal(weft_memory_state_create(&s, NULL), WEFT_OK);
    weft_state_view view = weft_memory_state_view(s);
    weft_account account;
    for (unsigned step = 0; step < 3; step++) {
        weft_status status = WEFT_NO_MEMORY;
        for (size_t left = 0; status == WEFT_NO_MEMORY && left < ATTEMPTS_MAX; left++) {
            malloc_left = left;
            status = step == 0   ? weft_memory_state_set_account(s, &address, &value, 1, bytes_of("code", 4))
                     : step == 1 ? weft_memory_state_set_storage(s, &address, &slot, &value)
                                 : weft_memory_state_set_block_hash(s, 1, &slot);
            malloc_left = SIZE_MAX;
            assert_int_equal(view.account(view.context, &account, &address), WEFT_OK);
            assert_int_equal(account.exists, step > 0 || status == WEFT_OK);
        }
        assert_int_equal(status, WEFT_OK);
    }
    weft_memory_state_destroy(s);
    assert_int_equal(malloc_live, live);
}

static void roots_and_witnesses_give_everything_back(void **state) {
    (void)state;
    size_t live = malloc_live;
    weft_bytes values[300];
    weft_bytes32 root;
    weft_witness *witness;
    for (unsigned i = 0; i < 300; i++) {
        values[i] = bytes_of("some value that is long enough to be hashed", 43);
    }
    size_t failures = 0;
    weft_status status = WEFT_NO_MEMORY;
    for (; status == WEFT_NO_MEMORY && failures < ATTEMPTS_MAX; failures++) {
        malloc_left = failures;
        status = ordered_trie_root(&root, values, 300);
        malloc_left = SIZE_MAX;
    }
    assert_int_equal(status, WEFT_OK);
    status = WEFT_NO_MEMORY;
    for (size_t left = 0; status == WEFT_NO_MEMORY && left < ATTEMPTS_MAX; left++) {
        malloc_left = left;
        status = weft_witness_create(&witness, &root, values, 300, values, 300);
        malloc_left = SIZE_MAX;
    }
    assert_int_equal(status, WEFT_OK);
    weft_witness_destroy(witness);
    assert_int_equal(malloc_live, live);
}

/* Keys of few nibbles, so that nodes of all kinds come and go. */
static weft_bytes32 trie_key(unsigned index) {
    weft_bytes32 key = {{0}};
    key.bytes[index % 3] = (uint8_t)(index * 7);
    key.bytes[31] = (uint8_t)(index % 5);
    return key;
}

static void trie_keeps_its_entries(void **state) {
    (void)state;
    size_t live = malloc_live, failures = 0;
    arena scratch;
    arena_init(&scratch, 0);
    mpt trie;
    mpt_init(&trie);
    weft_bytes32 before, after;
    assert_int_equal(mpt_root(&trie, &before, 1, &scratch), WEFT_OK);
    for (unsigned step = 0; step < 600; step++) {
        weft_bytes32 key = trie_key(step * 31 % 97);
        weft_status status = WEFT_NO_MEMORY;
        for (size_t left = 0; status == WEFT_NO_MEMORY; left++) {
            malloc_left = left;
            status = step / 97 % 2 == 0 ? mpt_put(&trie, &key, bytes_of("some value that is long enough to hash", 38))
                                        : mpt_remove(&trie, &key);
            malloc_left = SIZE_MAX;
            assert_int_equal(mpt_root(&trie, &after, 1, &scratch), WEFT_OK);
            assert_true(status == WEFT_OK || bytes32_equal(&before, &after));
            failures += status != WEFT_OK;
        }
        assert_int_equal(status, WEFT_OK);
        before = after;
    }
    assert_true(failures > 400);
    mpt_free(&trie);
    arena_free(&scratch);
    assert_int_equal(malloc_live, live);
}

static void witness_applies_or_forgets(void **state) {
    (void)state;
    size_t live = malloc_live, failures = 0;
    weft_bytes32 root, expected;
    weft_memory_state *s;
    weft_witness *witness;
    weft_error error;
    assert_int_equal(weft_memory_state_create(&s, NULL), WEFT_OK);
    assert_int_equal(weft_memory_state_apply(s, &delta), WEFT_OK);
    assert_int_equal(weft_memory_state_root(s, &expected), WEFT_OK);
    weft_memory_state_destroy(s);
    assert_int_equal(weft_witness_create(&witness, &trie_empty_root, NULL, 0, NULL, 0), WEFT_OK);
    weft_status status = WEFT_NO_MEMORY;
    for (; status == WEFT_NO_MEMORY && failures < ATTEMPTS_MAX; failures++) {
        malloc_left = failures;
        status = weft_witness_apply(witness, &root, &delta, 1, &error);
        malloc_left = SIZE_MAX;
    }
    assert_int_equal(status, WEFT_OK);
    assert_true(failures > ACCOUNT_COUNT * SLOT_COUNT && bytes32_equal(&root, &expected));
    weft_witness_destroy(witness);
    assert_int_equal(malloc_live, live);
}

/* Whatever step has no memory, all of it is given back and the same builder's successor succeeds. */
static void witness_is_made_or_given_back(void **state) {
    (void)state;
    size_t live = malloc_live, failures = 0;
    weft_memory_state *empty;
    weft_witness *nothing;
    weft_witness_builder *builder;
    weft_witness_parts parts;
    weft_account account;
    weft_bytes32 slot = {{1}};
    weft_u256 value;
    assert_int_equal(weft_memory_state_create(&empty, NULL), WEFT_OK);
    assert_int_equal(weft_witness_create(&nothing, &trie_empty_root, NULL, 0, NULL, 0), WEFT_OK);
    weft_state_view view = weft_memory_state_view(empty);
    weft_node_source nodes = weft_witness_nodes(nothing);
    weft_status status = WEFT_NO_MEMORY;
    for (; status == WEFT_NO_MEMORY && failures < ATTEMPTS_MAX; failures++) {
        malloc_left = failures;
        status = weft_witness_builder_create(&builder, &view, &nodes, &trie_empty_root);
        if (status == WEFT_OK) {
            weft_state_view watched = weft_witness_builder_view(builder);
            status = watched.account(watched.context, &account, &delta.accounts[0].address);
            status = status == WEFT_OK ? watched.storage(watched.context, &value, &delta.accounts[1].address, &slot)
                                       : status;
            status = status == WEFT_OK ? weft_witness_builder_finish(builder, &parts, &delta, NULL) : status;
        }
        malloc_left = SIZE_MAX;
        weft_witness_builder_destroy(builder);
    }
    assert_int_equal(status, WEFT_OK);
    assert_true(failures > ACCOUNT_COUNT * SLOT_COUNT);
    weft_witness_destroy(nothing);
    weft_memory_state_destroy(empty);
    assert_int_equal(malloc_live, live);
}

static void store_stays_at_its_block(void **state) {
    test_directory directory;
    (void)state;
    assert_true(test_directory_make(&directory));
    size_t live = malloc_live, failures = 0;
    weft_store *store = NULL;
    weft_store_config config = {.size = sizeof config, .durability = WEFT_DURABLE_LATER};
    weft_error error;
    weft_status status = WEFT_NO_MEMORY;
    for (; status == WEFT_NO_MEMORY && failures < ATTEMPTS_MAX; failures++) {
        malloc_left = failures;
        status = weft_store_open(&store, directory.path, &config, &error);
        malloc_left = SIZE_MAX;
    }
    assert_int_equal(status, WEFT_OK);
    assert_true(failures > 2);

    weft_store_block block = {.number = 1, .hash = {{1}}};
    weft_store_head head;
    status = WEFT_NO_MEMORY;
    for (failures = 0; status == WEFT_NO_MEMORY && failures < ATTEMPTS_MAX; failures++) {
        malloc_left = failures;
        status = weft_store_commit(store, 1, &block, 1, &delta, &error);
        malloc_left = SIZE_MAX;
        assert_int_equal(weft_store_get_head(store, &head), WEFT_OK);
        assert_int_equal(head.empty, status != WEFT_OK);
    }
    assert_int_equal(status, WEFT_OK);

    weft_account_change change = {.address = delta.accounts[0].address, .account = {.exists = false}};
    weft_store_block next = {.number = 2, .hash = {{2}}, .parent_hash = {{1}}};
    assert_int_equal(weft_store_commit(store, 1, &next, 1, &(weft_state_delta){&change, 1}, &error), WEFT_OK);
    status = WEFT_NO_MEMORY;
    for (failures = 0; status == WEFT_NO_MEMORY && failures < ATTEMPTS_MAX; failures++) {
        malloc_left = failures;
        status = weft_store_rewind(store, 1, &error);
        malloc_left = SIZE_MAX;
        assert_int_equal(weft_store_get_head(store, &head), WEFT_OK);
        assert_int_equal(head.number, status == WEFT_OK ? 1 : 2);
    }
    assert_int_equal(status, WEFT_OK);
    assert_true(failures > SLOT_COUNT);

    weft_state_view view;
    weft_bytes32 root;
    for (size_t left = 0; left < 30; left++) {
        malloc_left = left;
        if (weft_store_view_begin(store, &view, &error) == WEFT_OK) {
            malloc_left = SIZE_MAX;
            assert_false(view_is_empty(&view));
            weft_store_view_end(store, &view);
        }
        malloc_left = left;
        status = weft_store_state_root(store, &root);
        malloc_left = SIZE_MAX;
        assert_true(status == WEFT_OK || status == WEFT_NO_MEMORY);
    }
    weft_store_close(store);
    assert_int_equal(malloc_live, live);
    test_directory_remove(&directory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_state_stays_whole),
        cmocka_unit_test(single_changes_are_made_or_refused),
        cmocka_unit_test(roots_and_witnesses_give_everything_back),
        cmocka_unit_test(trie_keeps_its_entries),
        cmocka_unit_test(witness_applies_or_forgets),
        cmocka_unit_test(witness_is_made_or_given_back),
        cmocka_unit_test(store_stays_at_its_block),
    };
    if (!FAILING_MALLOC) {
        print_message("the sanitizer keeps malloc for itself: nothing is tested here\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, make_delta, NULL);
}
