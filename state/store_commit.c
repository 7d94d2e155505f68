#include "state/store_handle.h"

#include "base/bytes.h"
#include "base/u256.h"
#include "state/store_rows.h"

/* The write transaction of one commit. */
typedef struct commit {
    weft_store *store;
    MDB_txn *txn;
    MDB_cursor *accounts, *slots;
} commit;

static MDB_val val_of(const void *bytes, size_t size) {
    return (MDB_val){size, (void *)(uintptr_t)bytes};
}

static weft_status sequence_check(const weft_store_head *head, uint64_t chain_id, const weft_store_block *blocks,
                                  size_t block_count, weft_error *error) {
    if (!head->empty && head->chain_id != chain_id) {
        return store_report(error, WEFT_STORE_SEQUENCE, "the store is of chain %llu, the block of chain %llu",
                            (unsigned long long)head->chain_id, (unsigned long long)chain_id);
    }
    bool has_parent = !head->empty;
    uint64_t number = head->number;
    weft_bytes32 hash = head->hash;
    for (size_t i = 0; i < block_count; i++) {
        if (has_parent && (blocks[i].number != number + 1 || !bytes32_equal(&blocks[i].parent_hash, &hash))) {
            return store_report(error, WEFT_STORE_SEQUENCE, "block %llu does not follow block %llu by number and hash",
                                (unsigned long long)blocks[i].number, (unsigned long long)number);
        }
        has_parent = true;
        number = blocks[i].number;
        hash = blocks[i].hash;
    }
    return WEFT_OK;
}

/* Remove every slot of an account: one run of keys that begin with its address. */
static int storage_clear(commit *c, const weft_address *address) {
    MDB_val key = val_of(address->bytes, sizeof address->bytes), value;
    int result = mdb_cursor_get(c->slots, &key, &value, MDB_SET_RANGE);
    while (result == 0 && storage_key_is_of(bytes_of(key.mv_data, key.mv_size), address)) {
        result = mdb_cursor_del(c->slots, 0);
        if (result == 0) {
            result = mdb_cursor_get(c->slots, &key, &value, MDB_NEXT);
        }
    }
    return result == MDB_NOTFOUND ? 0 : result;
}

static int slot_put(commit *c, const weft_address *address, const weft_slot_change *change) {
    uint8_t key_bytes[STORAGE_KEY_SIZE], row[32];
    storage_key_write(key_bytes, address, &change->slot);
    MDB_val key = val_of(key_bytes, sizeof key_bytes), value;
    if (!u256_is_zero(&change->value)) {
        value = val_of(row, storage_row_write(row, &change->value));
        return mdb_cursor_put(c->slots, &key, &value, 0);
    }
    int result = mdb_cursor_get(c->slots, &key, &value, MDB_SET);
    if (result == 0) {
        result = mdb_cursor_del(c->slots, 0);
    }
    return result == MDB_NOTFOUND ? 0 : result;
}

static int account_put(commit *c, const weft_account_change *change) {
    MDB_val key = val_of(change->address.bytes, sizeof change->address.bytes), value;
    int result = 0;
    if (change->storage_cleared || !change->account.exists) {
        result = storage_clear(c, &change->address);
    }
    if (result == 0 && change->account.exists) {
        uint8_t row[ACCOUNT_ROW_SIZE];
        account_row_write(row, &change->account);
        value = val_of(row, sizeof row);
        result = mdb_cursor_put(c->accounts, &key, &value, 0);
        for (size_t i = 0; i < change->slot_count && result == 0; i++) {
            result = slot_put(c, &change->address, &change->slots[i]);
        }
    } else if (result == 0) {
        result = mdb_cursor_get(c->accounts, &key, &value, MDB_SET);
        result = result == 0 ? mdb_cursor_del(c->accounts, 0) : result;
        result = result == MDB_NOTFOUND ? 0 : result;
    }
    if (result == 0 && change->code_changed && change->code.size != 0) {
        key = val_of(change->account.code_hash.bytes, sizeof change->account.code_hash.bytes);
        value = val_of(change->code.data, change->code.size);
        result = mdb_put(c->txn, c->store->tables[TABLE_CODE], &key, &value, 0);
    }
    return result;
}

static int block_put(commit *c, const weft_store_block *block) {
    uint8_t key_bytes[BLOCK_KEY_SIZE], row[BLOCK_ROW_SIZE], receipt_key[RECEIPT_KEY_SIZE];
    store_be64(key_bytes, block->number);
    block_row_write(row, block);
    MDB_val key = val_of(key_bytes, sizeof key_bytes), value = val_of(row, sizeof row);
    int result = mdb_put(c->txn, c->store->tables[TABLE_BLOCK], &key, &value, 0);
    for (size_t i = 0; i < block->receipt_count && result == 0; i++) {
        receipt_key_write(receipt_key, block->number, (uint32_t)i);
        key = val_of(receipt_key, sizeof receipt_key);
        value = val_of(block->encoded_receipts[i].data, block->encoded_receipts[i].size);
        result = mdb_put(c->txn, c->store->tables[TABLE_RECEIPT], &key, &value, 0);
    }
    return result;
}

static int head_put(commit *c, uint64_t chain_id, const weft_store_block *last) {
    uint8_t row[HEAD_ROW_SIZE];
    weft_store_head head = {
        .number = last->number, .hash = last->hash, .state_root = last->state_root, .chain_id = chain_id};
    head_row_write(row, &head);
    MDB_val key = val_of("head", 4), value = val_of(row, sizeof row);
    return mdb_put(c->txn, c->store->tables[TABLE_META], &key, &value, 0);
}

static int commit_write(commit *c, uint64_t chain_id, const weft_store_block *blocks, size_t block_count,
                        const weft_state_delta *delta) {
    int result = mdb_cursor_open(c->txn, c->store->tables[TABLE_ACCOUNT], &c->accounts);
    result = result == 0 ? mdb_cursor_open(c->txn, c->store->tables[TABLE_STORAGE], &c->slots) : result;
    for (size_t i = 0; i < delta->account_count && result == 0; i++) {
        result = account_put(c, &delta->accounts[i]);
    }
    for (size_t i = 0; i < block_count && result == 0; i++) {
        result = block_put(c, &blocks[i]);
    }
    return result == 0 ? head_put(c, chain_id, &blocks[block_count - 1]) : result;
}

weft_status weft_store_commit(weft_store *store, uint64_t chain_id, const weft_store_block *blocks, size_t block_count,
                              const weft_state_delta *delta, weft_error *error) {
    if (store->read_only || block_count == 0) {
        return store_report(error, WEFT_INVALID_ARGUMENT,
                            store->read_only ? "the store is open for reading only" : "there is no block to commit");
    }
    commit c = {.store = store};
    int result = mdb_txn_begin(store->env, NULL, 0, &c.txn);
    if (result != 0) {
        return store_report_lmdb(error, result, "beginning to write");
    }
    weft_store_head head;
    weft_status status = store_head_read(store, c.txn, &head);
    if (status != WEFT_OK) {
        (void)store_report(error, status, "the head record cannot be read");
    } else {
        status = sequence_check(&head, chain_id, blocks, block_count, error);
    }
    if (status != WEFT_OK) {
        mdb_txn_abort(c.txn);
        return status;
    }
    result = commit_write(&c, chain_id, blocks, block_count, delta);
    if (c.slots != NULL) {
        mdb_cursor_close(c.slots);
    }
    if (c.accounts != NULL) {
        mdb_cursor_close(c.accounts);
    }
    if (result != 0) {
        mdb_txn_abort(c.txn);
    } else {
        result = mdb_txn_commit(c.txn);
    }
    return result == 0 ? WEFT_OK : store_report_write(store, error, result, "writing the batch");
}
