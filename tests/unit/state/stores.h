/** Stores in a directory of their own, and what they are filled with. A test program includes this once, after cmocka. */
#ifndef TESTS_UNIT_STATE_STORES_H
#define TESTS_UNIT_STATE_STORES_H

#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/keccak.h"
#include "tests/support/directory.h"

#include <weft/store.h>
#include <lmdb.h>

#define CHAIN_ID 1

static weft_error last_error;

static inline weft_store *open_with(const test_directory *directory, weft_store_config config, weft_status expected) {
    weft_store *store;
    config.size = sizeof config;
    last_error.message[0] = '\0';
    weft_status status = weft_store_open(&store, directory->path, &config, &last_error);
    if (status != expected) {
        fail_msg("open: %s instead of %s (%s)", weft_status_message(status), weft_status_message(expected),
                 last_error.message);
    }
    assert_int_equal(store != NULL, expected == WEFT_OK);
    return store;
}

static inline weft_store *open_store(const test_directory *directory) {
    return open_with(directory, (weft_store_config){.durability = WEFT_DURABLE_LATER}, WEFT_OK);
}

static inline weft_bytes32 hash_of(uint64_t number) {
    return keccak256(&number, sizeof number);
}

static inline weft_address address_of(uint8_t index) {
    weft_address address = {{0xaa, index}};
    return address;
}

static inline weft_bytes32 slot_of(uint8_t index) {
    weft_bytes32 slot = {{0}};
    slot.bytes[31] = index;
    return slot;
}

static inline weft_store_block block_of(uint64_t number) {
    return (weft_store_block){.number = number,
                              .hash = hash_of(number),
                              .parent_hash = hash_of(number - 1),
                              .timestamp = 10 * number,
                              .gas_used = 7 * number};
}

static inline weft_account account_with(uint64_t balance) {
    return (weft_account){
        .balance = u256_from_u64(balance), .nonce = balance, .code_hash = keccak256_empty, .exists = true};
}

static inline weft_status commit_one(weft_store *store, uint64_t number, const weft_account_change *changes,
                                     size_t count) {
    weft_store_block block = block_of(number);
    return weft_store_commit(store, CHAIN_ID, &block, 1, &(weft_state_delta){changes, count}, &last_error);
}

static inline uint64_t head_number(weft_store *store) {
    weft_store_head head;
    assert_int_equal(weft_store_get_head(store, &head), WEFT_OK);
    assert_false(head.empty);
    return head.number;
}

static inline int make_directory(void **state) {
    static test_directory directory;
    *state = &directory;
    return test_directory_make(&directory) ? 0 : -1;
}

static inline int remove_directory(void **state) {
    test_directory_remove(*state);
    return 0;
}

/* Change one record behind the store's back. */
static inline void put_raw(const test_directory *directory, const char *table, weft_bytes key, weft_bytes value) {
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi handle;
    MDB_val k = {key.size, (void *)(uintptr_t)key.data}, v = {value.size, (void *)(uintptr_t)value.data};
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 16), 0);
    assert_int_equal(mdb_env_set_mapsize(env, (size_t)64 << 20), 0);
    assert_int_equal(mdb_env_open(env, directory->path, 0, 0666), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, table, MDB_CREATE, &handle), 0);
    assert_int_equal(mdb_put(txn, handle, &k, &v, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)

#endif
