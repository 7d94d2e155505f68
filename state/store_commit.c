#include "base/bytes.h"
#include "state/store_rows.h"
#include "state/store_writer.h"
#include "state/trie.h"

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

static int block_put(const store_writer *writer, const weft_store_block *block) {
    uint8_t key_bytes[RECEIPT_KEY_SIZE], row[BLOCK_ROW_SIZE];
    store_be64(key_bytes, block->number);
    block_row_write(row, block);
    MDB_val key = {BLOCK_KEY_SIZE, key_bytes}, value = {sizeof row, row};
    int result = mdb_put(writer->txn, writer->store->tables[TABLE_BLOCK], &key, &value, 0);
    for (size_t i = 0; i < block->receipt_count && result == 0; i++) {
        receipt_key_write(key_bytes, block->number, (uint32_t)i);
        key = (MDB_val){RECEIPT_KEY_SIZE, key_bytes};
        value = store_val(block->encoded_receipts[i].data, block->encoded_receipts[i].size);
        result = mdb_put(writer->txn, writer->store->tables[TABLE_RECEIPT], &key, &value, 0);
    }
    return result;
}

static int blocks_put(store_writer *writer, uint64_t chain_id, const weft_store_block *blocks, size_t block_count,
                      const weft_bytes32 *root) {
    weft_store_block last = blocks[block_count - 1];
    last.state_root = *root;
    int result = 0;
    for (size_t i = 0; i + 1 < block_count && result == 0; i++) {
        result = block_put(writer, &blocks[i]);
    }
    result = result == 0 ? block_put(writer, &last) : result;
    const weft_store_head head = {.number = last.number, .hash = last.hash, .state_root = *root, .chain_id = chain_id};
    return result == 0 ? store_writer_put_head(writer, &head) : result;
}

/* From the first commit no way leads back. Of the others it is kept for a number of blocks. */
static int undo_prepare(const store_writer *writer, const store_undo *undo) {
    uint64_t kept = writer->store->undo_block_count;
    int result = writer->head.empty ? 0 : store_undo_begin(undo, writer->head.number);
    return result == 0 && undo->number >= kept ? store_undo_prune(writer->store, writer->txn, undo->number - kept)
                                               : result;
}

static weft_status state_write(store_writer *writer, weft_bytes32 *root, const weft_store_block *last,
                               const weft_state_delta *delta, weft_error *error) {
    const store_undo undo = {writer->store, writer->txn, last->number};
    int result = undo_prepare(writer, &undo);
    if (result != 0) {
        return store_report_write(writer->store, error, result, "writing the undo data");
    }
    *root = writer->head.empty ? trie_empty_root : writer->head.state_root;
    weft_status status = store_writer_apply(writer, root, delta, writer->head.empty ? NULL : &undo, error);
    if (status == WEFT_OK && !bytes32_is_zero(&last->state_root) && !bytes32_equal(&last->state_root, root)) {
        char found[65], expected[65];
        hex_encode(found, root->bytes, sizeof root->bytes);
        hex_encode(expected, last->state_root.bytes, sizeof last->state_root.bytes);
        return store_report(error, WEFT_STORE_STATE_ROOT, "block %llu: the state root is 0x%s, not 0x%s",
                            (unsigned long long)last->number, found, expected);
    }
    return status;
}

static weft_status commit_write(store_writer *writer, uint64_t chain_id, const weft_store_block *blocks,
                                size_t block_count, const weft_state_delta *delta, weft_error *error) {
    weft_bytes32 root;
    weft_status status = sequence_check(&writer->head, chain_id, blocks, block_count, error);
    status = status == WEFT_OK ? state_write(writer, &root, &blocks[block_count - 1], delta, error) : status;
    if (status != WEFT_OK) {
        return status;
    }
    int result = blocks_put(writer, chain_id, blocks, block_count, &root);
    return result == 0 ? WEFT_OK : store_report_write(writer->store, error, result, "writing the blocks");
}

weft_status weft_store_commit(weft_store *store, uint64_t chain_id, const weft_store_block *blocks, size_t block_count,
                              const weft_state_delta *delta, weft_error *error) {
    if (store->read_only || block_count == 0) {
        return store_report(error, WEFT_INVALID_ARGUMENT,
                            store->read_only ? "the store is open for reading only" : "there is no block to commit");
    }
    store_writer writer;
    weft_status status = store_writer_begin(&writer, store, error);
    if (status == WEFT_OK) {
        status = commit_write(&writer, chain_id, blocks, block_count, delta, error);
        status = store_writer_end(&writer, status, error);
    }
    return status;
}
