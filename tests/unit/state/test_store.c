/* The store: what it keeps over reopening, what it refuses, and that a failed or killed commit leaves no trace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/keccak.h"
#include "state/trie.h"
#include "tests/support/random.h"
#include "tests/unit/state/stores.h"

#include <weft/memory_state.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static uint64_t stored_slot(weft_store *store, uint8_t account, uint8_t slot_index) {
    weft_state_view view;
    weft_u256 value;
    weft_address address = address_of(account);
    weft_bytes32 slot = slot_of(slot_index);
    assert_int_equal(weft_store_view_begin(store, &view, NULL), WEFT_OK);
    assert_int_equal(view.storage(view.context, &value, &address, &slot), WEFT_OK);
    weft_store_view_end(store, &view);
    return value.limb[0];
}

static uint64_t stored_balance(weft_store *store, uint8_t index, bool *exists) {
    weft_state_view view;
    weft_account account;
    weft_address address = address_of(index);
    assert_int_equal(weft_store_view_begin(store, &view, NULL), WEFT_OK);
    assert_int_equal(view.account(view.context, &account, &address), WEFT_OK);
    weft_store_view_end(store, &view);
    *exists = account.exists;
    return account.balance.limb[0];
}

/* --- Keeping --- */

static void new_store_is_empty(void **state) {
    weft_store *store = open_store(*state);
    weft_store_head head;
    weft_bytes32 root, hash;
    bool exists, has_storage;
    weft_store_block block;
    size_t size;
    weft_state_view view;
    weft_address address = address_of(1);
    assert_int_equal(weft_store_get_head(store, &head), WEFT_OK);
    assert_true(head.empty && head.number == 0 && bytes32_is_zero(&head.hash));
    assert_int_equal(weft_store_state_root(store, &root), WEFT_OK);
    assert_true(bytes32_equal(&root, &trie_empty_root));
    assert_int_equal(stored_balance(store, 1, &exists), 0);
    assert_false(exists);
    assert_int_equal(weft_store_get_block(store, &block, 0), WEFT_NOT_FOUND);
    assert_int_equal(weft_store_get_receipt(store, NULL, 0, &size, 0, 0), WEFT_NOT_FOUND);
    assert_int_equal(weft_store_view_begin(store, &view, NULL), WEFT_OK);
    assert_int_equal(view.has_storage(view.context, &has_storage, &address), WEFT_OK);
    assert_false(has_storage);
    assert_int_equal(view.block_hash(view.context, &hash, 0), WEFT_STATE_UNAVAILABLE);
    weft_store_view_end(store, &view);
    weft_store_close(store);
    weft_store_close(NULL);
}

static void commit_survives_reopening(void **state) {
    weft_store *store = open_with(*state, (weft_store_config){.durability = WEFT_DURABLE}, WEFT_OK);
    weft_bytes code = bytes_of("\x60\x01", 2), receipts[] = {bytes_of("first", 5), bytes_of("", 0), bytes_of("3", 1)};
    weft_slot_change slots[] = {{slot_of(1), {{0, 0, 0, 9}}}, {slot_of(2), {{5, 0, 0, 0}}}};
    weft_account_change change = {.address = address_of(1),
                                  .account = account_with(77),
                                  .code_changed = true,
                                  .code = code,
                                  .slots = slots,
                                  .slot_count = 2};
    change.account.code_hash = keccak256(code.data, code.size);
    weft_store_block block = block_of(5);
    block.encoded_receipts = receipts;
    block.receipt_count = 3;
    assert_int_equal(weft_store_commit(store, CHAIN_ID, &block, 1, &(weft_state_delta){&change, 1}, NULL), WEFT_OK);
    weft_store_close(store);

    store = open_with(*state, (weft_store_config){.read_only = true}, WEFT_OK);
    weft_store_head head;
    assert_int_equal(weft_store_get_head(store, &head), WEFT_OK);
    assert_true(!head.empty && head.number == 5 && head.chain_id == CHAIN_ID);
    weft_bytes32 root;
    assert_int_equal(weft_store_state_root(store, &root), WEFT_OK);
    assert_true(bytes32_equal(&head.hash, &block.hash) && bytes32_equal(&head.state_root, &root));

    weft_state_view view;
    assert_int_equal(weft_store_view_begin(store, &view, NULL), WEFT_OK);
    weft_account account;
    assert_int_equal(view.account(view.context, &account, &change.address), WEFT_OK);
    assert_memory_equal(&account.balance, &change.account.balance, sizeof account.balance);
    assert_true(account.exists && account.nonce == 77);
    weft_bytes stored_code;
    assert_int_equal(view.code(view.context, &stored_code, &change.address, &account.code_hash), WEFT_OK);
    assert_true(bytes_equal(stored_code, code));
    assert_int_equal(view.code(view.context, &stored_code, &change.address, &keccak256_empty), WEFT_OK);
    assert_int_equal(stored_code.size, 0);
    assert_int_equal(view.code(view.context, &stored_code, &change.address, &block.hash), WEFT_STATE_UNAVAILABLE);
    weft_u256 value;
    assert_int_equal(view.storage(view.context, &value, &change.address, &slots[0].slot), WEFT_OK);
    assert_true(u256_equal(&value, &slots[0].value));
    bool has_storage;
    assert_int_equal(view.has_storage(view.context, &has_storage, &change.address), WEFT_OK);
    assert_true(has_storage);
    weft_bytes32 hash;
    assert_int_equal(view.block_hash(view.context, &hash, 5), WEFT_OK);
    assert_true(bytes32_equal(&hash, &block.hash));
    weft_store_view_end(store, &view);

    weft_store_block meta;
    assert_int_equal(weft_store_get_block(store, &meta, 5), WEFT_OK);
    assert_true(meta.number == 5 && meta.timestamp == 50 && meta.gas_used == 35 && meta.receipt_count == 3);
    assert_true(meta.encoded_receipts == NULL && bytes32_equal(&meta.parent_hash, &block.parent_hash));
    uint8_t buffer[8];
    size_t size;
    assert_int_equal(weft_store_get_receipt(store, buffer, sizeof buffer, &size, 5, 0), WEFT_OK);
    assert_true(bytes_equal(bytes_of(buffer, size), receipts[0]));
    assert_int_equal(weft_store_get_receipt(store, buffer, 4, &size, 5, 0), WEFT_INVALID_ARGUMENT);
    assert_int_equal(size, 5);
    assert_int_equal(weft_store_get_receipt(store, NULL, 0, &size, 5, 1), WEFT_OK);
    assert_int_equal(size, 0);
    assert_int_equal(weft_store_get_receipt(store, buffer, sizeof buffer, &size, 5, 3), WEFT_NOT_FOUND);
    weft_store_close(store);
}

static void cleared_storage_takes_no_neighbour_along(void **state) {
    weft_store *store = open_store(*state);
    weft_slot_change slots[200];
    for (uint8_t i = 0; i < 200; i++) {
        slots[i] = (weft_slot_change){slot_of(i), u256_from_u64(i + 1u)};
    }
    weft_account_change changes[4];
    for (uint8_t i = 0; i < 4; i++) {
        changes[i] = (weft_account_change){
            .address = address_of(i), .account = account_with(1), .slots = slots, .slot_count = 200};
    }
    assert_int_equal(commit_one(store, 1, changes, 4), WEFT_OK);
    weft_slot_change fresh = {slot_of(150), u256_from_u64(99)}, gone = {slot_of(7), u256_zero()};
    weft_account_change next[] = {
        {.address = address_of(0), .account = account_with(2), .slots = &gone, .slot_count = 1},
        {.address = address_of(1),
         .account = account_with(2),
         .storage_cleared = true,
         .slots = &fresh,
         .slot_count = 1},
        {.address = address_of(2), .account = {.exists = false}},
    };
    assert_int_equal(commit_one(store, 2, next, 3), WEFT_OK);
    bool exists;
    assert_int_equal(stored_slot(store, 0, 7), 0);
    assert_int_equal(stored_slot(store, 0, 8), 9);
    assert_int_equal(stored_slot(store, 0, 199), 200);
    assert_int_equal(stored_slot(store, 1, 150), 99);
    for (uint8_t i = 0; i < 200; i++) {
        assert_int_equal(stored_slot(store, 1, i), i == 150 ? 99 : 0);
        assert_int_equal(stored_slot(store, 2, i), 0);
        assert_int_equal(stored_slot(store, 3, i), i + 1);
    }
    assert_int_equal(stored_balance(store, 2, &exists), 0);
    assert_false(exists);
    weft_store_close(store);
}

/* The same random blocks into a memory state and, as deltas of an overlay, into a store. */
static void random_history_has_the_roots_of_a_memory_state(void **state) {
    weft_memory_state *model, *above;
    assert_int_equal(weft_memory_state_create(&model, NULL), WEFT_OK);
    test_random random = {2026};
    weft_store *store = open_store(*state);
    for (uint64_t number = 1; number <= 60; number++) {
        weft_state_view view;
        assert_int_equal(weft_store_view_begin(store, &view, NULL), WEFT_OK);
        assert_int_equal(weft_memory_state_create(&above, &view), WEFT_OK);
        for (unsigned step = 0; step < 40; step++) {
            weft_address address = address_of((uint8_t)random_below(&random, 30));
            weft_bytes32 slot = slot_of((uint8_t)random_below(&random, 30));
            weft_u256 value = u256_from_u64(random_below(&random, 2) * random_u64(&random));
            weft_memory_state *both[] = {model, above};
            uint8_t code[3] = {0x5f, (uint8_t)random_below(&random, 256), (uint8_t)number};
            bool set_account = random_below(&random, 3) == 0;
            for (int i = 0; i < 2; i++) {
                weft_status status = set_account ? weft_memory_state_set_account(both[i], &address, &value, number,
                                                                                 bytes_of(code, code[1] % 4u))
                                                 : weft_memory_state_set_storage(both[i], &address, &slot, &value);
                assert_int_equal(status, WEFT_OK);
            }
        }
        weft_state_delta delta;
        weft_bytes32 expected, root;
        weft_store_block block = block_of(number);
        assert_int_equal(weft_memory_state_delta(above, &delta), WEFT_OK);
        assert_int_equal(weft_store_commit(store, CHAIN_ID, &block, 1, &delta, &last_error), WEFT_OK);
        weft_memory_state_destroy(above);
        weft_store_view_end(store, &view);
        if (number % 15 == 0) {
            weft_store_close(store);
            store = open_store(*state);
        }
        assert_int_equal(weft_memory_state_root(model, &expected), WEFT_OK);
        assert_int_equal(weft_store_state_root(store, &root), WEFT_OK);
        if (!bytes32_equal(&root, &expected)) {
            fail_msg("wrong root after block %llu, seed 2026", (unsigned long long)number);
        }
    }
    weft_store_close(store);
    weft_memory_state_destroy(model);
}

/* --- Refusing --- */

static void blocks_out_of_sequence_are_refused(void **state) {
    weft_store *store = open_store(*state);
    weft_account_change change = {.address = address_of(1), .account = account_with(1)};
    weft_state_delta delta = {&change, 1};
    assert_int_equal(commit_one(store, 10, &change, 1), WEFT_OK);
    change.account = account_with(2);
    assert_int_equal(commit_one(store, 10, &change, 1), WEFT_STORE_SEQUENCE);
    assert_int_equal(commit_one(store, 12, &change, 1), WEFT_STORE_SEQUENCE);
    weft_store_block blocks[] = {block_of(11), block_of(12), block_of(13)};
    assert_int_equal(weft_store_commit(store, 2, blocks, 1, &delta, &last_error), WEFT_STORE_SEQUENCE);
    blocks[0].parent_hash.bytes[5] ^= 1;
    assert_int_equal(weft_store_commit(store, CHAIN_ID, blocks, 3, &delta, &last_error), WEFT_STORE_SEQUENCE);
    blocks[0] = block_of(11);
    blocks[2].parent_hash.bytes[5] ^= 1;
    assert_int_equal(weft_store_commit(store, CHAIN_ID, blocks, 3, &delta, &last_error), WEFT_STORE_SEQUENCE);
    assert_non_null(strstr(last_error.message, "block 13"));
    assert_int_equal(weft_store_commit(store, CHAIN_ID, blocks, 0, &delta, NULL), WEFT_INVALID_ARGUMENT);
    bool exists;
    assert_int_equal(head_number(store), 10);
    assert_int_equal(stored_balance(store, 1, &exists), 1);
    assert_int_equal(weft_store_get_block(store, &blocks[0], 11), WEFT_NOT_FOUND);
    blocks[0] = block_of(11);
    blocks[2] = block_of(13);
    assert_int_equal(weft_store_commit(store, CHAIN_ID, blocks, 3, &delta, NULL), WEFT_OK);
    assert_int_equal(head_number(store), 13);
    weft_store_close(store);
}

static void second_writer_is_refused_and_reader_is_not(void **state) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) { /* holds the store until it is killed */
        weft_store *store = open_store(*state);
        weft_account_change change = {.address = address_of(1), .account = account_with(1)};
        _exit(commit_one(store, 1, &change, 1) == WEFT_OK ? pause() : 1);
    }
    weft_store *reader = NULL;
    weft_store_config config = {.size = sizeof config, .read_only = true};
    const test_directory *directory = *state;
    weft_store_head head = {.empty = true};
    for (unsigned wait = 0; wait < 10000 && head.empty; wait++) {
        usleep(1000);
        if (reader != NULL || weft_store_open(&reader, directory->path, &config, NULL) == WEFT_OK) {
            assert_int_equal(weft_store_get_head(reader, &head), WEFT_OK);
        }
    }
    assert_int_equal(head.number, 1);
    weft_account_change change = {.address = address_of(1), .account = account_with(2)};
    assert_int_equal(commit_one(reader, 2, &change, 1), WEFT_INVALID_ARGUMENT);
    weft_store_close(reader);
    (void)open_with(*state, (weft_store_config){0}, WEFT_IO);
    assert_non_null(strstr(last_error.message, "already open for writing"));
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    weft_store_close(open_with(*state, (weft_store_config){0}, WEFT_OK));
}

static void write_file(const test_directory *directory, const char *name, const void *bytes, size_t size) {
    char path[64];
    (void)snprintf(path, sizeof path, "%s/%s", directory->path, name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    assert_true(file >= 0 && write(file, bytes, size) == (ssize_t)size && close(file) == 0);
}

static void missing_store_is_not_found(void **state) {
    (void)open_with(*state, (weft_store_config){.read_only = true}, WEFT_NOT_FOUND);
    test_directory nowhere = {"no/such/directory"};
    (void)open_with(&nowhere, (weft_store_config){.read_only = true}, WEFT_NOT_FOUND);
    (void)open_with(&nowhere, (weft_store_config){0}, WEFT_IO);
    assert_non_null(strstr(last_error.message, "no/such/directory"));
}

static void foreign_files_are_refused(void **state) {
    uint8_t noise[20000];
    test_random random = {7};
    random_fill(&random, noise, sizeof noise);
    write_file(*state, "data.mdb", noise, sizeof noise);
    (void)open_with(*state, (weft_store_config){0}, WEFT_STORE_CORRUPT);
    assert_true(last_error.message[0] != '\0');
    write_file(*state, "data.mdb", "short", 5);
    (void)open_with(*state, (weft_store_config){0}, WEFT_STORE_CORRUPT);
}

static void foreign_database_is_refused(void **state) {
    put_raw(*state, "theirs", bytes_of("key", 3), bytes_of("value", 5));
    (void)open_with(*state, (weft_store_config){0}, WEFT_STORE_CORRUPT);
    assert_non_null(strstr(last_error.message, "not a weft store"));
}

static void other_format_version_is_refused(void **state) {
    weft_store_close(open_store(*state));
    put_raw(*state, "meta", bytes_of("format", 6), bytes_of("weft\0\0\0\3", 8));
    (void)open_with(*state, (weft_store_config){0}, WEFT_STORE_VERSION);
    (void)open_with(*state, (weft_store_config){.read_only = true}, WEFT_STORE_VERSION);
    assert_non_null(strstr(last_error.message, "version 3"));
    put_raw(*state, "meta", bytes_of("format", 6), bytes_of("best\0\0\0\1", 8));
    (void)open_with(*state, (weft_store_config){0}, WEFT_STORE_CORRUPT);
}

/* A store of version 1 has neither tries nor undo data. */
static void store_without_tries_is_refused_by_its_version(void **state) {
    put_raw(*state, "meta", bytes_of("format", 6), bytes_of("weft\0\0\0\1", 8));
    (void)open_with(*state, (weft_store_config){0}, WEFT_STORE_VERSION);
    assert_non_null(strstr(last_error.message, "version 1"));
}

static void malformed_records_are_reported(void **state) {
    weft_store *store = open_store(*state);
    weft_slot_change slot = {slot_of(1), u256_from_u64(1)};
    weft_account_change change = {
        .address = address_of(1), .account = account_with(1), .slots = &slot, .slot_count = 1};
    assert_int_equal(commit_one(store, 1, &change, 1), WEFT_OK);
    weft_store_close(store);
    uint8_t key[52], block_key[8] = {0, 0, 0, 0, 0, 0, 0, 1};
    memcpy(key, change.address.bytes, 20);
    memcpy(key + 20, slot.slot.bytes, 32);
    put_raw(*state, "storage", bytes_of(key, 52), bytes_of("\0\1", 2));
    store = open_store(*state);
    weft_state_view view;
    weft_u256 value;
    weft_account account;
    weft_bytes32 hash, root;
    weft_store_head head;
    weft_store_block block;
    assert_int_equal(weft_store_view_begin(store, &view, NULL), WEFT_OK);
    assert_int_equal(view.storage(view.context, &value, &change.address, &slot.slot), WEFT_STATE_UNAVAILABLE);
    weft_store_view_end(store, &view);
    assert_int_equal(weft_store_state_root(store, &root), WEFT_STORE_CORRUPT);
    weft_store_close(store);

    put_raw(*state, "account", bytes_of(change.address.bytes, 20), bytes_of("x", 1));
    put_raw(*state, "block", bytes_of(block_key, 8), bytes_of("x", 1));
    put_raw(*state, "meta", bytes_of("head", 4), bytes_of("x", 1));
    store = open_store(*state);
    assert_int_equal(weft_store_view_begin(store, &view, NULL), WEFT_OK);
    assert_int_equal(view.account(view.context, &account, &change.address), WEFT_STATE_UNAVAILABLE);
    assert_int_equal(view.block_hash(view.context, &hash, 1), WEFT_STATE_UNAVAILABLE);
    weft_store_view_end(store, &view);
    assert_int_equal(weft_store_get_head(store, &head), WEFT_STORE_CORRUPT);
    assert_int_equal(weft_store_get_block(store, &block, 1), WEFT_STORE_CORRUPT);
    assert_int_equal(commit_one(store, 2, &change, 1), WEFT_STORE_CORRUPT);
    weft_store_close(store);
}

static void slots_of_no_account_are_reported(void **state) {
    weft_store_close(open_store(*state));
    uint8_t key[52] = {1};
    put_raw(*state, "storage", bytes_of(key, 52), bytes_of("\1", 1));
    weft_store *store = open_store(*state);
    weft_bytes32 root;
    assert_int_equal(weft_store_state_root(store, &root), WEFT_STORE_CORRUPT);
    weft_store_close(store);
}

/* --- Failing without a trace --- */

/* The default range of 1 TiB is not to be had; a smaller one does as well. */
static void narrow_address_space_suffices(void **state) {
    struct rlimit old, small;
    unsigned long pages = 0;
    FILE *usage = fopen("/proc/self/statm", "r");
    if (usage == NULL || fscanf(usage, "%lu", &pages) != 1 || pages > (4ul << 30) / 4096) {
        print_message("a sanitizer has taken more addresses than the limit to be set\n");
        skip();
    }
    (void)fclose(usage);
    assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
    small = old;
    small.rlim_cur = (rlim_t)8 << 30;
    assert_int_equal(setrlimit(RLIMIT_AS, &small), 0);
    weft_store *store = open_store(*state);
    assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
    weft_account_change change = {.address = address_of(1), .account = account_with(1)};
    assert_int_equal(commit_one(store, 1, &change, 1), WEFT_OK);
    weft_store_close(store);
}

/* A block that writes `size` bytes of code and counts up a balance. */
static weft_status commit_large(weft_store *store, uint64_t number, size_t size) {
    uint8_t *code = calloc(size, 1);
    assert_non_null(code);
    store_be64(code, number);
    weft_account_change change = {
        .address = address_of(1), .account = account_with(number), .code_changed = true, .code = bytes_of(code, size)};
    change.account.code_hash = keccak256(code, size);
    weft_status status = commit_one(store, number, &change, 1);
    free(code);
    return status;
}

static void truncated_file_is_refused(void **state) {
    const test_directory *directory = *state;
    weft_store *store = open_store(directory);
    for (uint64_t number = 1; number <= 4; number++) {
        assert_int_equal(commit_large(store, number, 100000), WEFT_OK);
    }
    weft_store_close(store);
    char path[64];
    struct stat file;
    (void)snprintf(path, sizeof path, "%s/data.mdb", directory->path);
    assert_int_equal(stat(path, &file), 0);
    for (off_t size = file.st_size - 4096; size > 0; size -= 24 * 4096) {
        assert_int_equal(truncate(path, size), 0);
        (void)open_with(directory, (weft_store_config){0}, WEFT_STORE_CORRUPT);
        (void)open_with(directory, (weft_store_config){.read_only = true}, WEFT_STORE_CORRUPT);
    }
    assert_non_null(strstr(last_error.message, "truncated"));
}

static void unfinished_creation_begins_anew(void **state) {
    const test_directory *directory = *state;
    char path[64];
    (void)snprintf(path, sizeof path, "%s/weft.new", directory->path);
    FILE *remains = fopen(path, "w");
    assert_non_null(remains);
    assert_int_equal(fputs("half a page", remains) >= 0, true);
    assert_int_equal(fclose(remains), 0);
    (void)open_with(directory, (weft_store_config){.read_only = true}, WEFT_NOT_FOUND);
    weft_store *store = open_store(directory);
    assert_int_equal(commit_large(store, 1, 100), WEFT_OK);
    weft_store_close(store);
    assert_int_equal(access(path, F_OK), -1);
}

static void full_map_loses_no_block(void **state) {
    weft_store *store = open_with(*state, (weft_store_config){.map_size_max = 1 << 20}, WEFT_OK);
    uint64_t number = 1;
    weft_status status;
    while ((status = commit_large(store, number, 50000)) == WEFT_OK) {
        number++;
    }
    assert_int_equal(status, WEFT_STORE_FULL);
    assert_true(number > 5);
    bool exists;
    assert_int_equal(head_number(store), number - 1);
    assert_int_equal(stored_balance(store, 1, &exists), number - 1);
    weft_store_close(store);
    store = open_with(*state, (weft_store_config){.map_size_max = 8 << 20}, WEFT_OK);
    assert_int_equal(head_number(store), number - 1);
    assert_int_equal(commit_large(store, number, 50000), WEFT_OK);
    assert_int_equal(head_number(store), number);
    weft_store_close(store);
}

/* A caller compiled against an older header knows fewer fields, one against a newer header more. */
static void size_says_which_fields_the_caller_knows(void **state) {
    const test_directory *directory = *state;
    weft_store *store;
    weft_store_config config = {.durability = WEFT_DURABLE_LATER};
    assert_int_equal(weft_store_open(&store, directory->path, &config, NULL), WEFT_INVALID_ARGUMENT);
    assert_null(store);
    config.size = offsetof(weft_store_config, map_size_max);
    config.map_size_max = 1; /* not known, so not looked at: the store below would be full */
    assert_int_equal(weft_store_open(&store, directory->path, &config, NULL), WEFT_OK);
    assert_int_equal(commit_large(store, 0, 4 << 20), WEFT_OK);
    weft_store_close(store);
    struct {
        weft_store_config known;
        uint64_t unknown;
    } newer = {.known = {.read_only = true}, .unknown = 1};
    newer.known.size = sizeof newer;
    assert_int_equal(weft_store_open(&store, directory->path, &newer.known, NULL), WEFT_OK);
    assert_int_equal(weft_store_commit(store, CHAIN_ID, NULL, 0, NULL, NULL), WEFT_INVALID_ARGUMENT);
    weft_store_close(store);
}

static void full_disk_leaves_the_store_as_it_was(void **state) {
    weft_store *store = open_store(*state);
    assert_int_equal(commit_large(store, 1, 50000), WEFT_OK);
    struct rlimit old, small;
    void (*old_handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 1 << 20;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    weft_status status = commit_large(store, 2, 2000000);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    (void)signal(SIGXFSZ, old_handler);
    assert_int_equal(status, WEFT_STORE_FULL);
    bool exists;
    assert_int_equal(head_number(store), 1);
    assert_int_equal(stored_balance(store, 1, &exists), 1);
    assert_int_equal(commit_large(store, 2, 2000000), WEFT_OK);
    weft_store_close(store);
    store = open_store(*state);
    assert_int_equal(head_number(store), 2);
    assert_int_equal(stored_balance(store, 1, &exists), 2);
    weft_store_close(store);
}

/* Every block sets the balance of some accounts and some slots to its number. */
#define KILL_ACCOUNTS 40

static weft_status commit_numbered(weft_store *store, uint64_t number) {
    weft_slot_change slots[10];
    weft_account_change changes[KILL_ACCOUNTS];
    for (uint8_t i = 0; i < 10; i++) {
        slots[i] = (weft_slot_change){slot_of(i), u256_from_u64(number)};
    }
    for (uint8_t i = 0; i < KILL_ACCOUNTS; i++) {
        changes[i] = (weft_account_change){
            .address = address_of(i), .account = account_with(number), .slots = slots, .slot_count = 10};
    }
    weft_bytes receipt = bytes_of(&number, sizeof number);
    weft_store_block block = block_of(number);
    block.encoded_receipts = &receipt;
    block.receipt_count = 1;
    return weft_store_commit(store, CHAIN_ID, &block, 1, &(weft_state_delta){changes, KILL_ACCOUNTS}, NULL);
}

static void check_numbered(const weft_state_view *view, uint64_t number) {
    for (uint8_t i = 0; i < KILL_ACCOUNTS; i++) {
        weft_address address = address_of(i);
        weft_bytes32 slot = slot_of(i % 10);
        weft_account account;
        weft_u256 value;
        assert_int_equal(view->account(view->context, &account, &address), WEFT_OK);
        assert_int_equal(view->storage(view->context, &value, &address, &slot), WEFT_OK);
        assert_int_equal(account.balance.limb[0], number);
        assert_int_equal(value.limb[0], number);
    }
}

static void killed_writer_leaves_a_complete_block(void **state) {
    weft_store *store = open_store(*state);
    assert_int_equal(commit_numbered(store, 1), WEFT_OK);
    weft_store_close(store);
    test_random random = {11};
    uint64_t before = 1, killed_after = 0;
    for (unsigned round = 0; round < 20; round++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            store = open_store(*state);
            for (uint64_t number = head_number(store) + 1; commit_numbered(store, number) == WEFT_OK; number++) {
            }
            _exit(1);
        }
        usleep((useconds_t)(2000 + random_below(&random, 40000)));
        assert_int_equal(kill(child, SIGKILL), 0);
        int how;
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFSIGNALED(how));
        store = open_store(*state);
        uint64_t number = head_number(store);
        assert_true(number >= before);
        killed_after += number - before;
        before = number;
        weft_state_view view;
        uint64_t receipt;
        size_t size;
        assert_int_equal(weft_store_view_begin(store, &view, NULL), WEFT_OK);
        check_numbered(&view, number);
        weft_store_view_end(store, &view);
        assert_int_equal(weft_store_get_receipt(store, (uint8_t *)&receipt, 8, &size, number, 0), WEFT_OK);
        assert_int_equal(receipt, number);
        assert_int_equal(weft_store_get_receipt(store, (uint8_t *)&receipt, 8, &size, number + 1, 0), WEFT_NOT_FOUND);
        weft_store_close(store);
    }
    assert_true(killed_after > 0);
}

/* --- Readers beside a writer --- */

typedef struct shared_read {
    weft_state_view view;
    uint64_t number;
    atomic_bool *stop;
    atomic_uint *rounds;
} shared_read;

static void *read_until_stopped(void *argument) {
    shared_read *shared = argument;
    while (!atomic_load(shared->stop)) {
        check_numbered(&shared->view, shared->number);
        atomic_fetch_add(shared->rounds, 1);
    }
    return NULL;
}

static void threads_of_a_view_see_one_block_whatever_is_committed(void **state) {
    weft_store *store = open_store(*state);
    assert_int_equal(commit_numbered(store, 1), WEFT_OK);
    for (uint64_t number = 1; number < 40; number += 4) {
        atomic_bool stop = false;
        atomic_uint rounds = 0;
        shared_read shared = {.number = number, .stop = &stop, .rounds = &rounds};
        pthread_t threads[6];
        assert_int_equal(weft_store_view_begin(store, &shared.view, NULL), WEFT_OK);
        for (int i = 0; i < 6; i++) {
            assert_int_equal(pthread_create(&threads[i], NULL, read_until_stopped, &shared), 0);
        }
        for (uint64_t next = number + 1; next <= number + 4; next++) {
            assert_int_equal(commit_numbered(store, next), WEFT_OK);
        }
        while (atomic_load(&rounds) < 12) {
            usleep(100);
        }
        atomic_store(&stop, true);
        for (int i = 0; i < 6; i++) {
            assert_int_equal(pthread_join(threads[i], NULL), 0);
        }
        check_numbered(&shared.view, number);
        weft_store_view_end(store, &shared.view);
    }
    weft_store_close(store);
}

static void more_threads_than_readers_share(void **state) {
    weft_store *store = open_with(*state, (weft_store_config){.readers_max = 2}, WEFT_OK);
    assert_int_equal(commit_numbered(store, 1), WEFT_OK);
    atomic_bool stop = false;
    atomic_uint rounds = 0;
    shared_read shared = {.number = 1, .stop = &stop, .rounds = &rounds};
    pthread_t threads[8];
    assert_int_equal(weft_store_view_begin(store, &shared.view, NULL), WEFT_OK);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, read_until_stopped, &shared), 0);
    }
    while (atomic_load(&rounds) < 100) {
        usleep(100);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    weft_store_view_end(store, &shared.view);
    weft_store_close(store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORE_TEST(new_store_is_empty),
        STORE_TEST(commit_survives_reopening),
        STORE_TEST(cleared_storage_takes_no_neighbour_along),
        STORE_TEST(random_history_has_the_roots_of_a_memory_state),
        STORE_TEST(blocks_out_of_sequence_are_refused),
        STORE_TEST(second_writer_is_refused_and_reader_is_not),
        STORE_TEST(missing_store_is_not_found),
        STORE_TEST(size_says_which_fields_the_caller_knows),
        STORE_TEST(foreign_files_are_refused),
        STORE_TEST(foreign_database_is_refused),
        STORE_TEST(other_format_version_is_refused),
        STORE_TEST(store_without_tries_is_refused_by_its_version),
        STORE_TEST(malformed_records_are_reported),
        STORE_TEST(slots_of_no_account_are_reported),
        STORE_TEST(narrow_address_space_suffices),
        STORE_TEST(truncated_file_is_refused),
        STORE_TEST(unfinished_creation_begins_anew),
        STORE_TEST(full_map_loses_no_block),
        STORE_TEST(full_disk_leaves_the_store_as_it_was),
        STORE_TEST(killed_writer_leaves_a_complete_block),
        STORE_TEST(threads_of_a_view_see_one_block_whatever_is_committed),
        STORE_TEST(more_threads_than_readers_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
