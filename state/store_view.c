#include "state/store_handle.h"

#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/keccak.h"
#include "state/store_rows.h"
#include "state/store_trie.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

/* A snapshot is what one transaction id stands for. Threads that read at once need a reader each; all readers of a view
 * have the same id, so a reader can join only while nothing newer was committed. After that the threads share those
 * that are there: slower, never wrong. */
typedef struct store_view {
    weft_store *store;
    size_t snapshot;       /* mdb_txn_id() of every reader */
    pthread_mutex_t mutex; /* held by the thread that adds a reader; guards reader_count_max */
    size_t reader_count_max;
    atomic_size_t reader_count;
    store_reader *readers[]; /* [0, reader_count): written before the count that covers them */
} store_view;

/* Add a reader of the same snapshot. Returns: the reader, busy, for the caller; NULL when the pool must do as it is. */
static store_reader *view_add_reader(store_view *view) {
    size_t count = atomic_load_explicit(&view->reader_count, memory_order_relaxed);
    store_reader *reader;
    if (count == view->reader_count_max) {
        return NULL;
    }
    if (store_reader_begin(view->store, &reader) != 0) {
        view->reader_count_max = count;
        return NULL;
    }
    if (mdb_txn_id(reader->txn) != view->snapshot) {
        store_reader_end(view->store, reader);
        view->reader_count_max = count;
        return NULL;
    }
    atomic_store_explicit(&reader->busy, true, memory_order_relaxed);
    view->readers[count] = reader;
    atomic_store_explicit(&view->reader_count, count + 1, memory_order_release); /* pairs with reader_acquire() */
    return reader;
}

/* A reader that no other thread uses. The exchange (acquire) pairs with the store (release) in reader_release(): what
 * one thread did to a transaction is visible to the next that gets it. */
static store_reader *reader_acquire(store_view *view) {
    /* Different stacks lie far apart: a thread tends to get the reader it had before. */
    size_t hint = (uintptr_t)&view >> 16;
    for (;;) {
        size_t count = atomic_load_explicit(&view->reader_count, memory_order_acquire);
        for (size_t i = 0; i < count; i++) {
            store_reader *reader = view->readers[(hint + i) % count];
            if (!atomic_load_explicit(&reader->busy, memory_order_relaxed) &&
                !atomic_exchange_explicit(&reader->busy, true, memory_order_acquire)) {
                return reader;
            }
        }
        if (pthread_mutex_trylock(&view->mutex) == 0) {
            store_reader *reader = view_add_reader(view);
            pthread_mutex_unlock(&view->mutex);
            if (reader != NULL) {
                return reader;
            }
        }
        sched_yield();
    }
}

static void reader_release(store_reader *reader) {
    atomic_store_explicit(&reader->busy, false, memory_order_release);
}

/* One lookup. Returns: WEFT_OK with *found; WEFT_STATE_UNAVAILABLE when LMDB failed. The bytes stay valid after the
 * reader is released: they lie in the map, and the snapshot is held until the view ends. */
static weft_status view_get(store_view *view, store_table table, const void *key, size_t key_size, weft_bytes *value,
                            bool *found) {
    store_reader *reader = reader_acquire(view);
    int result = store_get(view->store, reader->txn, table, key, key_size, value);
    reader_release(reader);
    *found = result == 0;
    return result == 0 || result == MDB_NOTFOUND ? WEFT_OK : WEFT_STATE_UNAVAILABLE;
}

static weft_status view_account(void *context, weft_account *out, const weft_address *address) {
    weft_bytes row;
    bool found;
    weft_status status = view_get(context, TABLE_ACCOUNT, address->bytes, sizeof address->bytes, &row, &found);
    *out = (weft_account){.exists = false};
    if (status == WEFT_OK && found && !account_row_read(out, row)) {
        return WEFT_STATE_UNAVAILABLE;
    }
    return status;
}

static weft_status view_code(void *context, weft_bytes *out, const weft_address *address,
                             const weft_bytes32 *code_hash) {
    (void)address;
    *out = (weft_bytes){NULL, 0};
    if (bytes32_equal(code_hash, &keccak256_empty)) {
        return WEFT_OK;
    }
    bool found;
    weft_status status = view_get(context, TABLE_CODE, code_hash->bytes, sizeof code_hash->bytes, out, &found);
    return status == WEFT_OK && !found ? WEFT_STATE_UNAVAILABLE : status;
}

static weft_status view_storage(void *context, weft_u256 *out, const weft_address *address, const weft_bytes32 *slot) {
    uint8_t key[STORAGE_KEY_SIZE];
    weft_bytes row;
    bool found;
    storage_key_write(key, address, slot);
    weft_status status = view_get(context, TABLE_STORAGE, key, sizeof key, &row, &found);
    *out = u256_zero();
    if (status == WEFT_OK && found && !storage_row_read(out, row)) {
        return WEFT_STATE_UNAVAILABLE;
    }
    return status;
}

static weft_status view_has_storage(void *context, bool *out, const weft_address *address) {
    store_view *view = context;
    store_reader *reader = reader_acquire(view);
    MDB_cursor *cursor;
    MDB_val key = store_val(address->bytes, sizeof address->bytes), value;
    int result = mdb_cursor_open(reader->txn, view->store->tables[TABLE_STORAGE], &cursor);
    if (result == 0) {
        result = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
        *out = result == 0 && storage_key_is_of(bytes_of(key.mv_data, key.mv_size), address);
        mdb_cursor_close(cursor);
    }
    reader_release(reader);
    return result == 0 || result == MDB_NOTFOUND ? WEFT_OK : WEFT_STATE_UNAVAILABLE;
}

static weft_status view_block_hash(void *context, weft_bytes32 *out, uint64_t number) {
    uint8_t key[BLOCK_KEY_SIZE];
    weft_bytes row;
    bool found;
    weft_store_block block;
    store_be64(key, number);
    weft_status status = view_get(context, TABLE_BLOCK, key, sizeof key, &row, &found);
    if (status != WEFT_OK || !found || !block_row_read(&block, row)) {
        return WEFT_STATE_UNAVAILABLE;
    }
    *out = block.hash;
    return WEFT_OK;
}

static weft_status source_node(void *context, weft_bytes *encoding, const weft_bytes32 *owner, const weft_bytes32 *path,
                               size_t nibble_count, const weft_bytes32 *hash) {
    store_view *view = context;
    store_reader *reader = reader_acquire(view);
    weft_status status =
        store_node_load(view->store, reader->txn, encoding, owner, (trie_path){path->bytes, 0, nibble_count}, hash);
    reader_release(reader);
    return status;
}

weft_node_source weft_store_view_nodes(const weft_state_view *view) {
    return (weft_node_source){.context = view->context, .node = source_node};
}

weft_status weft_store_view_begin(weft_store *store, weft_state_view *view, weft_error *error) {
    size_t size = sizeof(store_view) + store->readers_max * sizeof(store_reader *);
    store_view *snapshot = calloc(1, size);
    if (snapshot == NULL || pthread_mutex_init(&snapshot->mutex, NULL) != 0) {
        free(snapshot);
        return store_report(error, WEFT_NO_MEMORY, "out of memory");
    }
    snapshot->store = store;
    snapshot->reader_count_max = store->readers_max;
    int result = store_reader_begin(store, &snapshot->readers[0]);
    if (result != 0) {
        pthread_mutex_destroy(&snapshot->mutex);
        free(snapshot);
        return store_report_lmdb(error, result, "beginning to read");
    }
    snapshot->snapshot = mdb_txn_id(snapshot->readers[0]->txn);
    atomic_store(&snapshot->reader_count, 1);
    /* As many readers as earlier views came to need: later they might no longer get this snapshot. */
    pthread_mutex_lock(&store->mutex);
    size_t expected = store->view_reader_count;
    pthread_mutex_unlock(&store->mutex);
    store_reader *reader;
    while (snapshot->reader_count < expected && (reader = view_add_reader(snapshot)) != NULL) {
        reader_release(reader);
    }
    *view = (weft_state_view){
        .context = snapshot,
        .account = view_account,
        .code = view_code,
        .storage = view_storage,
        .has_storage = view_has_storage,
        .block_hash = view_block_hash,
    };
    return WEFT_OK;
}

void weft_store_view_end(weft_store *store, weft_state_view *view) {
    store_view *snapshot = view->context;
    size_t count = snapshot->reader_count;
    for (size_t i = 0; i < count; i++) {
        store_reader_end(store, snapshot->readers[i]);
    }
    pthread_mutex_lock(&store->mutex);
    if (count > store->view_reader_count) {
        store->view_reader_count = count;
    }
    pthread_mutex_unlock(&store->mutex);
    pthread_mutex_destroy(&snapshot->mutex);
    free(snapshot);
    *view = (weft_state_view){.context = NULL};
}
