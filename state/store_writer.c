#include "state/store_writer.h"

#include "base/bytes.h"
#include "base/u256.h"
#include "state/store_rows.h"
#include "state/store_trie.h"

/* --- The transaction --- */

static void cursors_close(store_writer *writer) {
    if (writer->slots != NULL) {
        mdb_cursor_close(writer->slots);
    }
    if (writer->accounts != NULL) {
        mdb_cursor_close(writer->accounts);
    }
}

weft_status store_writer_begin(store_writer *writer, weft_store *store, weft_error *error) {
    *writer = (store_writer){.store = store};
    int result = mdb_txn_begin(store->env, NULL, 0, &writer->txn);
    if (result != 0) {
        return store_report_lmdb(error, result, "beginning to write");
    }
    weft_status status = store_head_read(store, writer->txn, &writer->head);
    if (status != WEFT_OK) {
        (void)store_report(error, status, "the head record cannot be read");
        return store_writer_end(writer, status, error);
    }
    result = mdb_cursor_open(writer->txn, store->tables[TABLE_ACCOUNT], &writer->accounts);
    result = result == 0 ? mdb_cursor_open(writer->txn, store->tables[TABLE_STORAGE], &writer->slots) : result;
    if (result != 0) {
        return store_writer_end(writer, store_report_lmdb(error, result, "opening the tables"), error);
    }
    return WEFT_OK;
}

weft_status store_writer_end(store_writer *writer, weft_status status, weft_error *error) {
    cursors_close(writer);
    if (status != WEFT_OK) {
        mdb_txn_abort(writer->txn);
        return status;
    }
    int result = mdb_txn_commit(writer->txn);
    return result == 0 ? WEFT_OK : store_report_write(writer->store, error, result, "ending the write");
}

int store_writer_put_head(store_writer *writer, const weft_store_head *head) {
    uint8_t row[HEAD_ROW_SIZE];
    head_row_write(row, head);
    MDB_val key = store_val("head", 4), value = store_val(row, sizeof row);
    return mdb_put(writer->txn, writer->store->tables[TABLE_META], &key, &value, 0);
}

/* --- Plain tables --- */

/* Put or, where it is empty, remove a row; what was there goes to `undo`. */
static int row_replace(MDB_cursor *cursor, weft_bytes key, weft_bytes row, const store_undo *undo) {
    MDB_val k = store_val(key.data, key.size), old;
    int result = mdb_cursor_get(cursor, &k, &old, MDB_SET);
    bool is_there = result == 0;
    if (!is_there && result != MDB_NOTFOUND) {
        return result;
    }
    result = 0;
    if (undo != NULL) {
        uint8_t copy[ACCOUNT_ROW_SIZE];
        size_t size = is_there ? old.mv_size : 0;
        if (size > sizeof copy) {
            return MDB_CORRUPTED;
        }
        if (size != 0) {
            memcpy(copy, old.mv_data, size); /* keeping it may move what it points to */
        }
        result = store_undo_keep(undo, key, bytes_of(copy, size));
    }
    if (result == 0 && row.size != 0) {
        MDB_val value = store_val(row.data, row.size);
        k = store_val(key.data, key.size);
        return mdb_cursor_put(cursor, &k, &value, 0);
    }
    return result == 0 && is_there ? mdb_cursor_del(cursor, 0) : result;
}

static int slot_replace(store_writer *writer, const weft_address *address, const weft_slot_change *change,
                        const store_undo *undo) {
    uint8_t key[STORAGE_KEY_SIZE], row[32];
    storage_key_write(key, address, &change->slot);
    return row_replace(writer->slots, bytes_of(key, sizeof key), bytes_of(row, storage_row_write(row, &change->value)),
                       undo);
}

static int storage_clear(store_writer *writer, const weft_address *address, const store_undo *undo) {
    int result = undo != NULL ? store_undo_keep_storage(undo, writer->slots, address) : 0;
    return result == 0 ? store_remove_run(writer->slots, bytes_of(address->bytes, sizeof address->bytes)) : result;
}

static int code_put(store_writer *writer, const weft_bytes32 *hash, weft_bytes code) {
    MDB_val key = store_val(hash->bytes, sizeof hash->bytes), value = store_val(code.data, code.size);
    return mdb_put(writer->txn, writer->store->tables[TABLE_CODE], &key, &value, 0);
}

static int account_replace(store_writer *writer, const weft_account_change *change, const store_undo *undo) {
    const weft_account *account = &change->account;
    uint8_t row[ACCOUNT_ROW_SIZE];
    if (account->exists) {
        account_row_write(row, account);
    }
    int result = row_replace(writer->accounts, bytes_of(change->address.bytes, sizeof change->address.bytes),
                             bytes_of(row, account->exists ? sizeof row : 0), undo);
    if (result == 0 && (change->storage_cleared || !account->exists)) {
        result = storage_clear(writer, &change->address, undo);
    }
    for (size_t i = 0; i < change->slot_count && account->exists && result == 0; i++) {
        result = slot_replace(writer, &change->address, &change->slots[i], undo);
    }
    if (result == 0 && change->code_changed && change->code.size != 0) {
        result = code_put(writer, &account->code_hash, change->code);
    }
    return result;
}

weft_status store_writer_apply(store_writer *writer, weft_bytes32 *root, const weft_state_delta *delta,
                               const store_undo *undo, weft_error *error) {
    int result = 0;
    for (size_t i = 0; i < delta->account_count && result == 0; i++) {
        result = account_replace(writer, &delta->accounts[i], undo);
    }
    if (result != 0) {
        return store_report_write(writer->store, error, result, "writing the state");
    }
    return store_tries_apply(writer->store, writer->txn, root, delta, error);
}
