#include "state/store_undo.h"

#include "base/bytes.h"
#include "base/u256.h"
#include "state/store_rows.h"

static const weft_bytes no_bytes = {NULL, 0};

/* --- Keeping --- */

static int undo_put(const store_undo *undo, weft_bytes key, weft_bytes row) {
    uint8_t key_bytes[UNDO_KEY_SIZE_MAX];
    MDB_val k = {undo_key_write(key_bytes, undo->number, key), key_bytes};
    MDB_val v = store_val(row.data, row.size);
    return mdb_put(undo->txn, undo->store->tables[TABLE_UNDO], &k, &v, MDB_NOOVERWRITE);
}

int store_undo_begin(const store_undo *undo, uint64_t previous) {
    uint8_t row[UNDO_ROW_SIZE];
    store_be64(row, previous);
    return undo_put(undo, no_bytes, bytes_of(row, sizeof row));
}

int store_undo_keep(const store_undo *undo, weft_bytes key, weft_bytes row) {
    int result = undo_put(undo, key, row);
    return result == MDB_KEYEXIST ? 0 : result;
}

int store_undo_keep_storage(const store_undo *undo, MDB_cursor *slots, const weft_address *address) {
    MDB_val key = store_val(address->bytes, sizeof address->bytes), value;
    int result = mdb_cursor_get(slots, &key, &value, MDB_SET_RANGE);
    while (result == 0 && storage_key_is_of(bytes_of(key.mv_data, key.mv_size), address)) {
        uint8_t key_copy[STORAGE_KEY_SIZE], row[32];
        if (value.mv_size > sizeof row) {
            return MDB_CORRUPTED;
        }
        memcpy(key_copy, key.mv_data, sizeof key_copy);
        memcpy(row, value.mv_data, value.mv_size);
        result = store_undo_keep(undo, bytes_of(key_copy, sizeof key_copy), bytes_of(row, value.mv_size));
        result = result == 0 ? mdb_cursor_get(slots, &key, &value, MDB_NEXT) : result;
    }
    return result == MDB_NOTFOUND ? 0 : result;
}

/* --- Reading back --- */

/* The rows of one commit, in the order of their keys: an account, then its slots. */
typedef struct undo_walk {
    const store_undo *undo;
    MDB_cursor *cursor;
    weft_bytes key, row; /* `key` as in the table that the row is of */
    int result;          /* 0: at a row; MDB_NOTFOUND: at the end */
} undo_walk;

static void walk_take(undo_walk *walk, MDB_cursor_op operation) {
    uint8_t first[UNDO_KEY_SIZE_MAX];
    size_t size = undo_key_write(first, walk->undo->number, no_bytes);
    MDB_val key = {size, first}, row;
    walk->result = mdb_cursor_get(walk->cursor, &key, &row, operation);
    if (walk->result == 0 && (key.mv_size < size || memcmp(key.mv_data, first, size) != 0)) {
        walk->result = MDB_NOTFOUND;
    }
    if (walk->result == 0) {
        walk->key = bytes_of((const uint8_t *)key.mv_data + size, key.mv_size - size);
        walk->row = bytes_of(row.mv_data, row.mv_size);
    }
}

/* The record of the commit itself. */
static weft_status walk_begin(undo_walk *walk, uint64_t *previous) {
    walk_take(walk, MDB_SET_RANGE);
    if (walk->result != 0) {
        return walk->result == MDB_NOTFOUND ? WEFT_NOT_FOUND : store_status(walk->result);
    }
    if (walk->key.size != 0 || walk->row.size != UNDO_ROW_SIZE) {
        return WEFT_STORE_CORRUPT;
    }
    *previous = load_be64(walk->row.data);
    return WEFT_OK;
}

static weft_status rows_count(undo_walk *walk, size_t *account_count, size_t *slot_count) {
    *account_count = 0;
    *slot_count = 0;
    for (walk_take(walk, MDB_NEXT); walk->result == 0; walk_take(walk, MDB_NEXT)) {
        if (walk->key.size == sizeof(weft_address)) {
            ++*account_count;
        } else if (walk->key.size == STORAGE_KEY_SIZE) {
            ++*slot_count;
        } else {
            return WEFT_STORE_CORRUPT;
        }
    }
    return walk->result == MDB_NOTFOUND ? WEFT_OK : store_status(walk->result);
}

static bool account_read(weft_account_change *change, const undo_walk *walk) {
    *change = (weft_account_change){.account = {.exists = false}};
    memcpy(change->address.bytes, walk->key.data, sizeof change->address.bytes);
    return walk->row.size == 0 || account_row_read(&change->account, walk->row);
}

static bool slot_read(weft_slot_change *slot, const weft_account_change *owner, const undo_walk *walk) {
    if (owner == NULL || !storage_key_is_of(walk->key, &owner->address)) {
        return false;
    }
    memcpy(slot->slot.bytes, walk->key.data + sizeof owner->address, sizeof slot->slot.bytes);
    slot->value = u256_zero();
    return walk->row.size == 0 || storage_row_read(&slot->value, walk->row);
}

/* The rows that rows_count() has counted. */
static bool rows_read(undo_walk *walk, weft_state_delta *delta, weft_account_change *changes, weft_slot_change *slots) {
    weft_account_change *change = NULL;
    *delta = (weft_state_delta){.accounts = changes};
    for (walk_take(walk, MDB_NEXT); walk->result == 0; walk_take(walk, MDB_NEXT)) {
        if (walk->key.size == sizeof(weft_address)) {
            change = &changes[delta->account_count++];
            if (!account_read(change, walk)) {
                return false;
            }
            change->slots = slots;
        } else if (slot_read(slots, change, walk)) {
            change->slot_count++;
            slots++;
        } else {
            return false;
        }
    }
    return walk->result == MDB_NOTFOUND;
}

static weft_status delta_read(undo_walk *walk, uint64_t *previous, weft_state_delta *delta, arena *memory) {
    size_t account_count, slot_count;
    weft_status status = walk_begin(walk, previous);
    status = status == WEFT_OK ? rows_count(walk, &account_count, &slot_count) : status;
    if (status != WEFT_OK) {
        return status;
    }
    weft_account_change *changes = arena_alloc_array(memory, account_count, sizeof *changes);
    weft_slot_change *slots = arena_alloc_array(memory, slot_count, sizeof *slots);
    if (changes == NULL || slots == NULL) {
        return WEFT_NO_MEMORY;
    }
    status = walk_begin(walk, previous);
    return status != WEFT_OK || rows_read(walk, delta, changes, slots) ? status : WEFT_STORE_CORRUPT;
}

weft_status store_undo_read(const store_undo *undo, uint64_t *previous, weft_state_delta *delta, arena *memory) {
    undo_walk walk = {.undo = undo};
    int result = mdb_cursor_open(undo->txn, undo->store->tables[TABLE_UNDO], &walk.cursor);
    if (result != 0) {
        return store_status(result);
    }
    weft_status status = delta_read(&walk, previous, delta, memory);
    mdb_cursor_close(walk.cursor);
    return status;
}

/* --- Removing --- */

int store_undo_remove(const store_undo *undo) {
    uint8_t first[UNDO_KEY_SIZE_MAX];
    size_t size = undo_key_write(first, undo->number, no_bytes);
    MDB_cursor *cursor;
    int result = mdb_cursor_open(undo->txn, undo->store->tables[TABLE_UNDO], &cursor);
    if (result == 0) {
        result = store_remove_run(cursor, bytes_of(first, size));
        mdb_cursor_close(cursor);
    }
    return result;
}

int store_undo_prune(weft_store *store, MDB_txn *txn, uint64_t number) {
    MDB_cursor *cursor;
    MDB_val key, row;
    int result = mdb_cursor_open(txn, store->tables[TABLE_UNDO], &cursor);
    if (result != 0) {
        return result;
    }
    result = mdb_cursor_get(cursor, &key, &row, MDB_FIRST);
    while (result == 0 && key.mv_size >= sizeof number && load_be64(key.mv_data) <= number) {
        result = mdb_cursor_del(cursor, 0);
        result = result == 0 ? mdb_cursor_get(cursor, &key, &row, MDB_FIRST) : result;
    }
    mdb_cursor_close(cursor);
    return result == MDB_NOTFOUND ? 0 : result;
}

weft_status store_undo_limit(weft_store *store, MDB_txn *txn, uint64_t *number, uint64_t head) {
    MDB_cursor *cursor;
    MDB_val key, row;
    *number = head;
    int result = mdb_cursor_open(txn, store->tables[TABLE_UNDO], &cursor);
    if (result != 0) {
        return store_status(result);
    }
    result = mdb_cursor_get(cursor, &key, &row, MDB_FIRST);
    bool is_sound = result != 0 || (key.mv_size == sizeof head && row.mv_size == UNDO_ROW_SIZE);
    if (result == 0 && is_sound) {
        *number = load_be64(row.mv_data);
    }
    mdb_cursor_close(cursor);
    return !is_sound ? WEFT_STORE_CORRUPT : result == MDB_NOTFOUND ? WEFT_OK : store_status(result);
}
