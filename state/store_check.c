#include "state/account_codec.h"
#include "state/store_handle.h"
#include "state/store_rows.h"
#include "state/store_trie.h"
#include "state/trie.h"

#include "base/bytes.h"
#include "crypto/keccak.h"

/* A walk over all nodes of the tries, from the head's state root down. */
typedef struct node_walk {
    weft_store *store;
    MDB_txn *txn;
    weft_error *error;
    size_t counts[STORE_TABLE_COUNT]; /* rows come across, of the two tables of nodes */
} node_walk;

/* The trie that a walk is in, and the path to the node at hand. */
typedef struct trie_position {
    const weft_bytes32 *owner;
    weft_bytes32 key;
    size_t depth;
} trie_position;

static weft_status refuse(const node_walk *walk, const trie_position *at, const char *rule) {
    char owner[65] = "", path[65];
    if (at->owner != NULL) {
        hex_encode(owner, at->owner->bytes, sizeof at->owner->bytes);
    }
    hex_encode(path, at->key.bytes, sizeof at->key.bytes);
    path[at->depth] = '\0';
    return store_report(walk->error, WEFT_STORE_CORRUPT, "%s%s: node at \"%s\": %s",
                        at->owner != NULL ? "storage trie of 0x" : "state trie", owner, path, rule);
}

static void position_step(trie_position *at, unsigned nibble) {
    trie_nibble_set(at->key.bytes, at->depth++, nibble);
}

static weft_status node_check(node_walk *walk, const trie_position *at, weft_bytes child);

/* Whether the account's code is there; that codes have the hashes they are under is for codes_check(). */
static weft_status code_check(const node_walk *walk, const trie_position *at, const weft_bytes32 *hash) {
    weft_bytes code;
    if (bytes32_equal(hash, &keccak256_empty)) {
        return WEFT_OK;
    }
    int result = store_get(walk->store, walk->txn, TABLE_CODE, hash->bytes, sizeof hash->bytes, &code);
    return result == MDB_NOTFOUND ? refuse(walk, at, "the account's code is missing")
           : result != 0          ? store_report_lmdb(walk->error, result, "reading a code")
                                  : WEFT_OK;
}

/* The code and the storage trie of the account in a leaf. */
static weft_status leaf_check(node_walk *walk, const trie_position *at, weft_bytes value) {
    weft_account account;
    weft_bytes32 storage_root;
    weft_u256 slot;
    if (at->owner != NULL) {
        return storage_body_read(&slot, value) ? WEFT_OK : refuse(walk, at, "the value is no number");
    }
    if (!account_body_read(&account, &storage_root, value)) {
        return refuse(walk, at, "the value is no account");
    }
    weft_status status = code_check(walk, at, &account.code_hash);
    if (status != WEFT_OK || bytes32_equal(&storage_root, &trie_empty_root)) {
        return status;
    }
    const trie_position top = {.owner = &at->key};
    return node_check(walk, &top, bytes_of(storage_root.bytes, sizeof storage_root.bytes));
}

static weft_status children_check(node_walk *walk, const trie_position *at, const trie_node_view *node) {
    for (unsigned i = 0; i < 16; i++) {
        trie_position next = *at;
        position_step(&next, i);
        weft_status status = node->children[i].size != 0 ? node_check(walk, &next, node->children[i]) : WEFT_OK;
        if (status != WEFT_OK) {
            return status;
        }
    }
    return WEFT_OK;
}

/* The node that `child` stands for, and all below it. Recursion is bounded by the nibbles of two keys. */
static weft_status node_check(node_walk *walk, const trie_position *at, weft_bytes child) {
    trie_node_view node;
    if (child.size == sizeof(weft_bytes32)) {
        weft_bytes32 hash;
        memcpy(hash.bytes, child.data, sizeof hash.bytes);
        const trie_path path = {at->key.bytes, 0, at->depth};
        weft_status status = store_node_load(walk->store, walk->txn, &child, at->owner, path, &hash);
        if (status != WEFT_OK) {
            return status == WEFT_STATE_UNAVAILABLE ? refuse(walk, at, "missing, or not of this hash")
                                                    : store_report(walk->error, status, "a node cannot be read");
        }
        walk->counts[store_trie_table(at->owner)]++;
    }
    const char *rule = trie_node_read(&node, child, at->depth);
    if (rule != NULL) {
        return refuse(walk, at, rule);
    }
    if (node.kind == TRIE_BRANCH) {
        return children_check(walk, at, &node);
    }
    trie_position next = *at;
    for (size_t i = node.path.from; i < node.path.to; i++) {
        position_step(&next, trie_nibble(node.path.key, i));
    }
    return node.kind == TRIE_LEAF ? leaf_check(walk, &next, node.value) : node_check(walk, &next, node.children[0]);
}

static weft_status counts_check(const node_walk *walk, store_table table, const char *name) {
    MDB_stat rows;
    int result = mdb_stat(walk->txn, walk->store->tables[table], &rows);
    if (result != 0) {
        return store_report_lmdb(walk->error, result, name);
    }
    return rows.ms_entries == walk->counts[table]
               ? WEFT_OK
               : store_report(walk->error, WEFT_STORE_CORRUPT, "%s: %zu nodes, of which the state has %zu", name,
                              rows.ms_entries, walk->counts[table]);
}

static weft_status tries_check(weft_store *store, MDB_txn *txn, const weft_bytes32 *root, weft_error *error) {
    node_walk walk = {.store = store, .txn = txn, .error = error};
    const trie_position top = {.owner = NULL};
    weft_status status = WEFT_OK;
    if (!bytes32_equal(root, &trie_empty_root)) {
        status = node_check(&walk, &top, bytes_of(root->bytes, sizeof root->bytes));
    }
    status = status == WEFT_OK ? counts_check(&walk, TABLE_ACCOUNT_TRIE, "account_trie") : status;
    return status == WEFT_OK ? counts_check(&walk, TABLE_STORAGE_TRIE, "storage_trie") : status;
}

static weft_status plain_check(weft_store *store, MDB_txn *txn, const weft_bytes32 *root, weft_error *error) {
    weft_bytes32 computed;
    weft_status status = store_root_compute(store, txn, &computed);
    if (status != WEFT_OK) {
        return store_report(error, status, "accounts and storage cannot be read in full");
    }
    char found[65], expected[65];
    hex_encode(found, computed.bytes, sizeof computed.bytes);
    hex_encode(expected, root->bytes, sizeof root->bytes);
    return bytes32_equal(&computed, root)
               ? WEFT_OK
               : store_report(error, WEFT_STORE_CORRUPT, "the accounts have the state root 0x%s, the head says 0x%s",
                              found, expected);
}

/* The row's code must have the hash that is its key. */
static bool is_code_sound(MDB_val key, MDB_val code) {
    weft_bytes32 hash = keccak256(code.mv_data, code.mv_size);
    return key.mv_size == sizeof hash && memcmp(key.mv_data, hash.bytes, sizeof hash) == 0;
}

static weft_status codes_check(weft_store *store, MDB_txn *txn, weft_error *error) {
    MDB_cursor *cursor;
    MDB_val key, code;
    int result = mdb_cursor_open(txn, store->tables[TABLE_CODE], &cursor);
    if (result != 0) {
        return store_report_lmdb(error, result, "reading the codes");
    }
    bool is_sound = true;
    do {
        result = mdb_cursor_get(cursor, &key, &code, MDB_NEXT); /* the first one, at first */
        is_sound = result != 0 || is_code_sound(key, code);
    } while (result == 0 && is_sound);
    mdb_cursor_close(cursor);
    if (!is_sound) {
        return store_report(error, WEFT_STORE_CORRUPT, "a code does not have the hash that it is stored under");
    }
    return result == MDB_NOTFOUND ? WEFT_OK : store_report_lmdb(error, result, "reading the codes");
}

weft_status weft_store_check(weft_store *store, weft_error *error) {
    store_reader *reader;
    weft_store_head head;
    int result = store_reader_begin(store, &reader);
    if (result != 0) {
        return store_report_lmdb(error, result, "beginning to read");
    }
    weft_status status = store_head_read(store, reader->txn, &head);
    if (status != WEFT_OK) {
        (void)store_report(error, status, "the head record cannot be read");
    } else {
        const weft_bytes32 *root = head.empty ? &trie_empty_root : &head.state_root;
        status = plain_check(store, reader->txn, root, error);
        status = status == WEFT_OK ? tries_check(store, reader->txn, root, error) : status;
        status = status == WEFT_OK ? codes_check(store, reader->txn, error) : status;
    }
    store_reader_end(store, reader);
    return status;
}
