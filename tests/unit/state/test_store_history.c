/* The store over its history: its trie after every commit, going back and forth between blocks, and what it says of rows
 * that were damaged.
 *
 * Every random test compares with a memory state, and with full computation by weft_store_check().
 * Knobs: WEFT_SEED, WEFT_SEEDS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "state/trie.h"
#include "tests/support/random.h"
#include "tests/unit/state/stores.h"

#include <weft/memory_state.h>
#include <signal.h>
#include <sys/wait.h>

static void assert_sound(weft_store *store) {
    if (weft_store_check(store, &last_error) != WEFT_OK) {
        fail_msg("%s", last_error.message);
    }
}

static weft_store_head head_of(weft_store *store) {
    weft_store_head head;
    assert_int_equal(weft_store_get_head(store, &head), WEFT_OK);
    return head;
}

/* --- Random histories --- */

enum { BLOCKS_MAX = 40, ACCOUNTS = 24, SLOTS = 40 };

/* A chain of random blocks: what a block does follows from its seed alone. */
typedef struct history {
    weft_store *store;
    test_random random;
    uint64_t seeds[BLOCKS_MAX];     /* of the blocks up to the head */
    uint64_t commit_of[BLOCKS_MAX]; /* the first block of the commit that a block was in */
    weft_bytes32 roots[BLOCKS_MAX]; /* after the blocks; only those at the end of a commit */
    uint64_t head;                  /* blocks are numbered from 0 */
} history;

static void block_change(weft_memory_state *state, uint64_t seed) {
    test_random random = {seed};
    unsigned steps = 1 + (unsigned)random_below(&random, 60);
    bool only_removes = random_below(&random, 4) == 0;
    for (unsigned step = 0; step < steps; step++) {
        weft_address address = address_of((uint8_t)random_below(&random, ACCOUNTS));
        weft_bytes32 slot = slot_of((uint8_t)random_below(&random, SLOTS));
        weft_u256 value = u256_from_u64(only_removes ? 0 : random_below(&random, 3) * random_u64(&random));
        uint64_t nonce = random_u64(&random);
        uint8_t code[3] = {0x5f, (uint8_t)nonce, (uint8_t)seed};
        weft_account_change change = {.address = address, .account = account_with(nonce), .storage_cleared = true};
        weft_slot_change only = {slot, value};
        weft_status status;
        switch (random_below(&random, 12)) {
        case 0: /* the account is gone */
            change.account = (weft_account){.exists = false};
            status = weft_memory_state_apply(state, &(weft_state_delta){&change, 1});
            break;
        case 1: /* it is gone and comes back, with a slot or none */
            change.slots = &only;
            change.slot_count = u256_is_zero(&value) ? 0 : 1;
            status = weft_memory_state_apply(state, &(weft_state_delta){&change, 1});
            break;
        case 2:
        case 3:
            status = weft_memory_state_set_account(state, &address, &value, nonce, bytes_of(code, nonce % 4));
            break;
        default: status = weft_memory_state_set_storage(state, &address, &slot, &value);
        }
        assert_int_equal(status, WEFT_OK);
    }
}

/* The root after blocks [0, count), as a memory state has it. */
static weft_bytes32 model_root(const history *h, uint64_t count) {
    weft_memory_state *model;
    weft_bytes32 root;
    assert_int_equal(weft_memory_state_create(&model, NULL), WEFT_OK);
    for (uint64_t i = 0; i < count; i++) {
        block_change(model, h->seeds[i]);
    }
    assert_int_equal(weft_memory_state_root(model, &root), WEFT_OK);
    weft_memory_state_destroy(model);
    return root;
}

static weft_store_block history_block(const history *h, uint64_t number) {
    weft_store_block block = block_of(number);
    block.hash = hash_of(h->seeds[number]);
    block.parent_hash = number > 0 ? hash_of(h->seeds[number - 1]) : block.parent_hash;
    return block;
}

/* Commit the blocks [first, first + count) as one. */
static void history_commit(history *h, uint64_t first, size_t count) {
    weft_memory_state *above;
    weft_state_view view;
    weft_state_delta delta;
    weft_store_block blocks[4];
    weft_bytes receipt = bytes_of("receipt", 7);
    assert_int_equal(weft_store_view_begin(h->store, &view, NULL), WEFT_OK);
    assert_int_equal(weft_memory_state_create(&above, &view), WEFT_OK);
    for (size_t i = 0; i < count; i++) {
        h->seeds[first + i] = random_u64(&h->random);
        h->commit_of[first + i] = first;
        blocks[i] = history_block(h, first + i);
        blocks[i].encoded_receipts = &receipt;
        blocks[i].receipt_count = 1;
        block_change(above, h->seeds[first + i]);
    }
    h->head = first + count - 1;
    h->roots[h->head] = model_root(h, h->head + 1);
    blocks[count - 1].state_root = random_below(&h->random, 2) == 0 ? h->roots[h->head] : (weft_bytes32){{0}};
    assert_int_equal(weft_memory_state_delta(above, &delta), WEFT_OK);
    if (weft_store_commit(h->store, CHAIN_ID, blocks, count, &delta, &last_error) != WEFT_OK) {
        fail_msg("%s", last_error.message);
    }
    weft_memory_state_destroy(above);
    weft_store_view_end(h->store, &view);
}

static void assert_history(const history *h) {
    weft_store_head head = head_of(h->store);
    weft_store_block block;
    uint8_t receipt[8];
    size_t size;
    weft_bytes32 hash = hash_of(h->seeds[h->head]);
    assert_int_equal(head.number, h->head);
    assert_true(bytes32_equal(&head.hash, &hash) && bytes32_equal(&head.state_root, &h->roots[h->head]));
    assert_int_equal(weft_store_get_block(h->store, &block, h->head), WEFT_OK);
    assert_true(bytes32_equal(&block.state_root, &h->roots[h->head]));
    assert_int_equal(weft_store_get_receipt(h->store, receipt, sizeof receipt, &size, h->head, 0), WEFT_OK);
    assert_int_equal(weft_store_get_block(h->store, &block, h->head + 1), WEFT_NOT_FOUND);
    assert_int_equal(weft_store_get_receipt(h->store, receipt, sizeof receipt, &size, h->head + 1, 0), WEFT_NOT_FOUND);
    assert_sound(h->store);
}

/* To a block at the end of a commit, or into one, which is refused. */
static void history_rewind(history *h, uint64_t number) {
    bool is_end = number == h->head || h->commit_of[number + 1] == number + 1;
    weft_status status = weft_store_rewind(h->store, number, &last_error);
    if (is_end) {
        h->head = number;
    } else {
        assert_non_null(strstr(last_error.message, "go back together"));
    }
    assert_int_equal(status, is_end ? WEFT_OK : WEFT_NOT_FOUND);
}

/* A commit may leave the file shorter than the pages that LMDB counts: that is no damage, for readers neither. */
static weft_store *reopen(weft_store *store, const test_directory *directory) {
    weft_store_close(store);
    weft_store_close(open_with(directory, (weft_store_config){.read_only = true}, WEFT_OK));
    return open_store(directory);
}

/* Forward and back at random, on ever new branches, and back to the first block in the end. */
static void random_history_goes_back_and_forth(void **state) {
    static history h;
    seed_range seeds = seed_range_read(6);
    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++) {
        print_message("seed %llu\n", (unsigned long long)seed);
        test_directory directory;
        assert_true(test_directory_make(&directory));
        h = (history){.store = open_store(&directory), .random = {seed}};
        history_commit(&h, 0, 1);
        for (unsigned step = 0; step < 60; step++) {
            size_t count = 1 + random_below(&h.random, 3);
            if (h.head + count < BLOCKS_MAX && random_below(&h.random, 4) != 0) {
                history_commit(&h, h.head + 1, count);
            } else {
                history_rewind(&h, h.head - random_below(&h.random, h.head + 1 < 9 ? h.head + 1 : 9));
            }
            if (random_below(&h.random, 10) == 0) {
                h.store = reopen(h.store, &directory);
            }
            assert_history(&h);
        }
        assert_int_equal(head_of(h.store).rewind_limit, 0);
        history_rewind(&h, 0);
        assert_history(&h);
        weft_store_close(h.store);
        test_directory_remove(&directory);
    }
    (void)state;
}

/* --- Limits --- */

static weft_status commit_balance(weft_store *store, uint64_t number) {
    weft_account_change change = {.address = address_of(1), .account = account_with(number)};
    return commit_one(store, number, &change, 1);
}

static void way_back_is_as_long_as_configured(void **state) {
    weft_store *store = open_with(*state, (weft_store_config){.undo_block_count = 5}, WEFT_OK);
    for (uint64_t number = 0; number <= 20; number++) {
        assert_int_equal(commit_balance(store, number), WEFT_OK);
        assert_int_equal(head_of(store).rewind_limit, number < 5 ? 0 : number - 5);
    }
    assert_int_equal(weft_store_rewind(store, 21, &last_error), WEFT_NOT_FOUND);
    assert_int_equal(weft_store_rewind(store, 14, &last_error), WEFT_NOT_FOUND);
    assert_non_null(strstr(last_error.message, "ends at block 15"));
    assert_int_equal(head_number(store), 20);
    assert_int_equal(weft_store_rewind(store, 20, &last_error), WEFT_OK);
    assert_int_equal(weft_store_rewind(store, 15, &last_error), WEFT_OK);
    assert_int_equal(head_number(store), 15);
    assert_int_equal(head_of(store).rewind_limit, 15);
    assert_sound(store);
    for (uint64_t number = 16; number <= 30; number++) {
        assert_int_equal(commit_balance(store, number), WEFT_OK);
    }
    assert_int_equal(head_of(store).rewind_limit, 25);
    weft_store_close(store);
    store = open_with(*state, (weft_store_config){.read_only = true}, WEFT_OK);
    assert_int_equal(weft_store_rewind(store, 29, &last_error), WEFT_INVALID_ARGUMENT);
    weft_store_close(store);
}

static void empty_store_goes_nowhere(void **state) {
    weft_store *store = open_store(*state);
    assert_sound(store);
    assert_int_equal(weft_store_rewind(store, 0, &last_error), WEFT_NOT_FOUND);
    assert_int_equal(commit_one(store, 7, NULL, 0), WEFT_OK);
    assert_sound(store);
    weft_store_head head = head_of(store);
    assert_true(bytes32_equal(&head.state_root, &trie_empty_root));
    assert_int_equal(commit_one(store, 8, NULL, 0), WEFT_OK);
    assert_int_equal(weft_store_rewind(store, 6, &last_error), WEFT_NOT_FOUND);
    assert_int_equal(weft_store_rewind(store, 7, &last_error), WEFT_OK);
    weft_store_close(store);
}

/* A view that was begun before the store went back still shows the block it was begun at. */
static void view_outlives_a_rewind(void **state) {
    weft_store *store = open_store(*state);
    weft_state_view view;
    weft_account account;
    weft_address address = address_of(1);
    for (uint64_t number = 0; number < 5; number++) {
        assert_int_equal(commit_balance(store, number), WEFT_OK);
    }
    assert_int_equal(weft_store_view_begin(store, &view, NULL), WEFT_OK);
    assert_int_equal(weft_store_rewind(store, 2, NULL), WEFT_OK);
    assert_int_equal(view.account(view.context, &account, &address), WEFT_OK);
    assert_int_equal(account.nonce, 4);
    weft_store_view_end(store, &view);
    weft_store_close(store);
}

/* --- Refusing --- */

static void wrong_state_root_is_refused(void **state) {
    weft_store *store = open_store(*state);
    weft_account_change change = {.address = address_of(1), .account = account_with(3)};
    assert_int_equal(commit_balance(store, 1), WEFT_OK);
    weft_store_head before = head_of(store);
    weft_store_block block = block_of(2);
    block.state_root = before.state_root;
    assert_int_equal(weft_store_commit(store, CHAIN_ID, &block, 1, &(weft_state_delta){&change, 1}, &last_error),
                     WEFT_STORE_STATE_ROOT);
    assert_non_null(strstr(last_error.message, "block 2: the state root is"));
    weft_account_change twice[] = {change, change};
    assert_int_equal(commit_one(store, 2, twice, 2), WEFT_INVALID_ARGUMENT);
    weft_store_head after = head_of(store);
    assert_memory_equal(&before, &after, sizeof before);
    assert_sound(store);
    weft_store_close(store);
}

/* Rows of the state trie and of one storage, one of them by another node, one row too many. */
static void damaged_nodes_are_found_and_never_used(void **state) {
    weft_slot_change slots[20];
    for (uint8_t i = 0; i < 20; i++) {
        slots[i] = (weft_slot_change){slot_of(i), u256_from_u64(i + 1000u)};
    }
    weft_account_change change = {
        .address = address_of(1), .account = account_with(1), .slots = slots, .slot_count = 20};
    weft_store *store = open_store(*state);
    assert_int_equal(commit_one(store, 1, &change, 1), WEFT_OK);
    assert_sound(store);
    weft_store_close(store);
    weft_bytes32 owner = keccak256(change.address.bytes, sizeof change.address.bytes);
    uint8_t top[33], strange[35] = {0};
    memcpy(top, owner.bytes, 32);
    memcpy(strange, owner.bytes, 32);
    top[32] = 0;
    strange[33] = 0x10, strange[34] = 3;
    put_raw(*state, "storage_trie", bytes_of(strange, 35), bytes_of("beside the trie", 15));
    store = open_store(*state);
    assert_int_equal(weft_store_check(store, &last_error), WEFT_STORE_CORRUPT);
    assert_non_null(strstr(last_error.message, "storage_trie: "));
    weft_store_close(store);
    put_raw(*state, "storage_trie", bytes_of(top, 33), bytes_of("\xc1\x80", 2));
    store = open_store(*state);
    assert_int_equal(weft_store_check(store, &last_error), WEFT_STORE_CORRUPT);
    assert_non_null(strstr(last_error.message, "storage trie of 0x"));
    slots[3].value = u256_from_u64(4);
    assert_int_equal(commit_one(store, 2, &change, 1), WEFT_STORE_CORRUPT);
    assert_non_null(strstr(last_error.message, "missing"));
    assert_int_equal(head_number(store), 1);
    weft_store_close(store);
    put_raw(*state, "account_trie", bytes_of("\0", 1), bytes_of("\xc1\x80", 2));
    store = open_store(*state);
    assert_int_equal(weft_store_check(store, &last_error), WEFT_STORE_CORRUPT);
    assert_non_null(strstr(last_error.message, "state trie: node at \"\""));
    assert_int_equal(commit_balance(store, 2), WEFT_STORE_CORRUPT);
    weft_store_close(store);
}

static void plain_state_that_differs_from_the_trie_is_found(void **state) {
    weft_store *store = open_store(*state);
    assert_int_equal(commit_balance(store, 1), WEFT_OK);
    weft_store_close(store);
    uint8_t row[72] = {0};
    memcpy(row + 40, keccak256_empty.bytes, 32);
    put_raw(*state, "account", bytes_of(address_of(1).bytes, 20), bytes_of(row, 72));
    store = open_store(*state);
    assert_int_equal(weft_store_check(store, &last_error), WEFT_STORE_CORRUPT);
    assert_non_null(strstr(last_error.message, "the accounts have the state root"));
    weft_store_close(store);
}

static void code_that_is_missing_or_another_is_found(void **state) {
    static const uint8_t code[] = {0x60, 0x01}, other[] = {0x60, 0x02};
    weft_account_change change = {.address = address_of(1), .account = account_with(1)};
    change.account.code_hash = keccak256(code, sizeof code);
    weft_store *store = open_store(*state);
    assert_int_equal(commit_one(store, 1, &change, 1), WEFT_OK); /* does not bring the code along */
    assert_int_equal(weft_store_check(store, &last_error), WEFT_STORE_CORRUPT);
    assert_non_null(strstr(last_error.message, "the account's code is missing"));
    change.code_changed = true;
    change.code = bytes_of(code, sizeof code);
    assert_int_equal(commit_one(store, 2, &change, 1), WEFT_OK);
    assert_sound(store);
    weft_store_close(store);
    put_raw(*state, "code", bytes_of(change.account.code_hash.bytes, 32), bytes_of(other, sizeof other));
    store = open_store(*state);
    assert_int_equal(weft_store_check(store, &last_error), WEFT_STORE_CORRUPT);
    assert_non_null(strstr(last_error.message, "a code does not have the hash"));
    weft_store_close(store);
}

/* Of block 2: its own record, an account, a slot; one key after the other no longer what the store wrote. */
static void damaged_undo_data_are_refused(void **state) {
    static const struct {
        size_t key_size, row_size;
        const char *words;
    } damages[] = {
        {8, 7, "cannot be read"},  {28, 71, "cannot be read"}, {60, 33, "cannot be read"},
        {27, 1, "cannot be read"}, {28, 72, "do not lead to"},
    };
    uint8_t key[60] = {0, 0, 0, 0, 0, 0, 0, 2}, row[72] = {0};
    weft_slot_change slot = {slot_of(1), u256_from_u64(9)};
    weft_account_change change = {
        .address = address_of(1), .account = account_with(2), .slots = &slot, .slot_count = 1};
    memcpy(key + 8, change.address.bytes, 20);
    memcpy(key + 28, slot.slot.bytes, 32);
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        test_directory directory;
        assert_true(test_directory_make(&directory));
        weft_store *store = open_store(&directory);
        assert_int_equal(commit_balance(store, 1), WEFT_OK);
        assert_int_equal(commit_one(store, 2, &change, 1), WEFT_OK);
        weft_store_close(store);
        put_raw(&directory, "undo", bytes_of(key, damages[i].key_size), bytes_of(row, damages[i].row_size));
        store = open_store(&directory);
        assert_int_equal(weft_store_rewind(store, 1, &last_error), WEFT_STORE_CORRUPT);
        assert_non_null(strstr(last_error.message, damages[i].words));
        assert_sound(store);
        if (damages[i].key_size > 8) { /* otherwise it cannot be told how far the way back goes */
            assert_int_equal(head_number(store), 2);
        }
        weft_store_close(store);
        test_directory_remove(&directory);
    }
    (void)state;
}

/* --- Dying --- */

/* A process that goes forward and back all the time is killed: the store is at one of the blocks, whole. */
static void killed_between_forward_and_back(void **state) {
    static history h;
    test_random random = {seed_range_read(1).first};
    print_message("seed %llu\n", (unsigned long long)random.state);
    h = (history){.store = open_store(*state), .random = random};
    history_commit(&h, 0, 1);
    weft_store_close(h.store);
    for (unsigned round = 0; round < 15; round++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            h.store = open_store(*state);
            h.head = head_number(h.store);
            for (;;) {
                uint64_t start = h.head;
                for (uint64_t number = start + 1; number < BLOCKS_MAX && number < start + 5; number++) {
                    history_commit(&h, number, 1);
                }
                history_rewind(&h, h.head < 7 ? 0 : h.head - 3);
                if (h.head > 30) {
                    history_rewind(&h, 0);
                }
            }
        }
        usleep((useconds_t)(3000 + random_below(&random, 60000)));
        int how;
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFSIGNALED(how));
        weft_store *store = open_store(*state);
        weft_store_block block;
        assert_sound(store);
        weft_store_head head = head_of(store);
        assert_int_equal(weft_store_get_block(store, &block, head.number), WEFT_OK);
        assert_true(bytes32_equal(&head.hash, &block.hash) && bytes32_equal(&head.state_root, &block.state_root));
        assert_int_equal(weft_store_get_block(store, &block, head.number + 1), WEFT_NOT_FOUND);
        assert_int_equal(weft_store_rewind(store, 0, NULL), WEFT_OK);
        assert_sound(store);
        weft_store_close(store);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_history_goes_back_and_forth),
        STORE_TEST(way_back_is_as_long_as_configured),
        STORE_TEST(empty_store_goes_nowhere),
        STORE_TEST(view_outlives_a_rewind),
        STORE_TEST(wrong_state_root_is_refused),
        STORE_TEST(damaged_nodes_are_found_and_never_used),
        STORE_TEST(plain_state_that_differs_from_the_trie_is_found),
        STORE_TEST(code_that_is_missing_or_another_is_found),
        cmocka_unit_test(damaged_undo_data_are_refused),
        STORE_TEST(killed_between_forward_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
