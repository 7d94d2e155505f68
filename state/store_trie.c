#include "state/store_trie.h"

#include "base/bytes.h"
#include "crypto/keccak.h"
#include "state/state_tries.h"
#include "state/store_rows.h"

weft_status store_node_load(weft_store *store, MDB_txn *txn, weft_bytes *encoding, const weft_bytes32 *owner,
                            trie_path path, const weft_bytes32 *hash) {
    uint8_t key[NODE_KEY_SIZE_MAX];
    size_t key_size = node_key_write(key, owner, path);
    int result = store_get(store, txn, store_trie_table(owner), key, key_size, encoding);
    if (result != 0) {
        return result == MDB_NOTFOUND ? WEFT_STATE_UNAVAILABLE : store_status(result);
    }
    weft_bytes32 found = keccak256(encoding->data, encoding->size);
    return bytes32_equal(&found, hash) ? WEFT_OK : WEFT_STATE_UNAVAILABLE;
}

/* The tables in a write transaction, as source and sink of nodes. */
typedef struct node_tables {
    weft_store *store;
    MDB_txn *txn;
    int result; /* of the last change */
} node_tables;

static weft_status node_load(void *context, weft_bytes *encoding, const weft_bytes32 *owner, trie_path path,
                             const weft_bytes32 *hash) {
    const node_tables *tables = context;
    return store_node_load(tables->store, tables->txn, encoding, owner, path, hash);
}

static weft_status node_put(void *context, const weft_bytes32 *owner, trie_path path, weft_bytes encoding) {
    node_tables *tables = context;
    uint8_t key_bytes[NODE_KEY_SIZE_MAX];
    MDB_val key = {node_key_write(key_bytes, owner, path), key_bytes};
    MDB_val value = store_val(encoding.data, encoding.size);
    MDB_dbi table = tables->store->tables[store_trie_table(owner)];
    tables->result =
        encoding.size != 0 ? mdb_put(tables->txn, table, &key, &value, 0) : mdb_del(tables->txn, table, &key, NULL);
    return store_status(tables->result);
}

/* Remove the nodes of storages that are gone as a whole: the tries hand over only what comes after. */
static int storages_clear(node_tables *tables, const weft_state_delta *delta) {
    MDB_cursor *nodes;
    int result = mdb_cursor_open(tables->txn, tables->store->tables[TABLE_STORAGE_TRIE], &nodes);
    if (result != 0) {
        return result;
    }
    for (size_t i = 0; i < delta->account_count && result == 0; i++) {
        const weft_account_change *change = &delta->accounts[i];
        if (change->storage_cleared || !change->account.exists) {
            weft_bytes32 owner = keccak256(change->address.bytes, sizeof change->address.bytes);
            result = store_remove_run(nodes, bytes_of(owner.bytes, sizeof owner.bytes));
        }
    }
    mdb_cursor_close(nodes);
    return result;
}

static weft_status nodes_save(node_tables *tables, state_tries *tries, const weft_state_delta *delta) {
    const mpt_sink sink = {.context = tables, .put = node_put};
    tables->result = storages_clear(tables, delta);
    return tables->result == 0 ? state_tries_save(tries, &sink) : store_status(tables->result);
}

static weft_status report(const node_tables *tables, const state_tries *tries, weft_status status, weft_error *error) {
    if (tables->result != 0) {
        return store_report_write(tables->store, error, tables->result, "writing the tries");
    }
    state_tries_explain(tries, status, error);
    return status == WEFT_STATE_UNAVAILABLE ? WEFT_STORE_CORRUPT : status;
}

weft_status store_tries_apply(weft_store *store, MDB_txn *txn, weft_bytes32 *root, const weft_state_delta *delta,
                              weft_error *error) {
    node_tables tables = {.store = store, .txn = txn};
    const mpt_source source = {.context = &tables, .load = node_load}; /* one transaction, one thread */
    state_tries tries;
    state_tries_open(&tries, root, &source, store->threads);
    weft_status status = state_tries_apply(&tries, delta);
    status = status == WEFT_OK ? state_tries_root(&tries, root) : status;
    status = status == WEFT_OK ? nodes_save(&tables, &tries, delta) : status;
    status = status == WEFT_OK ? status : report(&tables, &tries, status, error);
    state_tries_free(&tries);
    return status;
}
