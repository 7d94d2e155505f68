#include "base/bytes.h"
#include "state/store_rows.h"
#include "state/store_writer.h"

#include <inttypes.h>

/* Where a rewind stands: `head` is the block whose state the tables hold. */
typedef struct rewinding {
    store_writer *writer;
    weft_store_head head;
    arena memory;
} rewinding;

static weft_status block_read(const rewinding *r, weft_store_block *block, uint64_t number, weft_error *error) {
    uint8_t key[BLOCK_KEY_SIZE];
    weft_bytes row;
    store_be64(key, number);
    int result = store_get(r->writer->store, r->writer->txn, TABLE_BLOCK, key, sizeof key, &row);
    bool is_sound = result == 0 && block_row_read(block, row);
    block->number = number;
    return is_sound ? WEFT_OK
                    : store_report(error, result == 0 ? WEFT_STORE_CORRUPT : store_status(result),
                                   "the record of block %" PRIu64 " cannot be read", number);
}

/* Remove the records of the blocks after `number` up to the head. */
static int blocks_remove(const rewinding *r, uint64_t number) {
    const store_writer *writer = r->writer;
    MDB_cursor *receipts;
    int result = mdb_cursor_open(writer->txn, writer->store->tables[TABLE_RECEIPT], &receipts);
    if (result != 0) {
        return result;
    }
    for (uint64_t n = r->head.number; n > number && result == 0; n--) {
        uint8_t key_bytes[BLOCK_KEY_SIZE];
        store_be64(key_bytes, n);
        MDB_val key = {sizeof key_bytes, key_bytes};
        result = mdb_del(writer->txn, writer->store->tables[TABLE_BLOCK], &key, NULL);
        result = result == 0 ? store_remove_run(receipts, bytes_of(key_bytes, sizeof key_bytes)) : result;
    }
    mdb_cursor_close(receipts);
    return result;
}

/* The state before the commit whose last block is the head. */
static weft_status state_take_back(rewinding *r, const store_undo *undo, uint64_t target, uint64_t *previous,
                                   weft_error *error) {
    weft_state_delta delta;
    arena_reset(&r->memory);
    weft_status status = store_undo_read(undo, previous, &delta, &r->memory);
    if (status == WEFT_NOT_FOUND) {
        return store_report(error, status, "the way back ends at block %" PRIu64, r->head.number);
    }
    if (status != WEFT_OK) {
        return store_report(error, status, "the undo data of block %" PRIu64 " cannot be read", r->head.number);
    }
    if (*previous < target) {
        return store_report(error, WEFT_NOT_FOUND,
                            "blocks %" PRIu64 " to %" PRIu64 " were committed together and go back together",
                            *previous + 1, r->head.number);
    }
    return store_writer_apply(r->writer, &r->head.state_root, &delta, NULL, error);
}

static weft_status commit_take_back(rewinding *r, uint64_t target, weft_error *error) {
    const store_undo undo = {r->writer->store, r->writer->txn, r->head.number};
    uint64_t previous;
    weft_store_block block;
    weft_status status = state_take_back(r, &undo, target, &previous, error);
    status = status == WEFT_OK ? block_read(r, &block, previous, error) : status;
    if (status != WEFT_OK) {
        return status;
    }
    if (!bytes32_equal(&block.state_root, &r->head.state_root)) {
        return store_report(error, WEFT_STORE_CORRUPT,
                            "the undo data of block %" PRIu64 " do not lead to block %" PRIu64, r->head.number,
                            previous);
    }
    int result = blocks_remove(r, previous);
    result = result == 0 ? store_undo_remove(&undo) : result;
    if (result != 0) {
        return store_report_write(r->writer->store, error, result, "removing blocks");
    }
    r->head.number = previous;
    r->head.hash = block.hash;
    return WEFT_OK;
}

static weft_status rewind_write(store_writer *writer, uint64_t target, weft_error *error) {
    rewinding r = {.writer = writer, .head = writer->head};
    if (writer->head.empty || target > writer->head.number) {
        return store_report(error, WEFT_NOT_FOUND, "the store holds no block %" PRIu64, target);
    }
    arena_init(&r.memory, 0);
    weft_status status = WEFT_OK;
    while (r.head.number > target && status == WEFT_OK) {
        status = commit_take_back(&r, target, error);
    }
    arena_free(&r.memory);
    if (status != WEFT_OK) {
        return status;
    }
    int result = store_writer_put_head(writer, &r.head);
    return result == 0 ? WEFT_OK : store_report_write(writer->store, error, result, "writing the head");
}

weft_status weft_store_rewind(weft_store *store, uint64_t number, weft_error *error) {
    if (store->read_only) {
        return store_report(error, WEFT_INVALID_ARGUMENT, "the store is open for reading only");
    }
    store_writer writer;
    weft_status status = store_writer_begin(&writer, store, error);
    if (status == WEFT_OK) {
        status = rewind_write(&writer, number, error);
        status = store_writer_end(&writer, status, error);
    }
    return status;
}
