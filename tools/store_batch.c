#include "tools/store_batch.h"

#include <stdlib.h>
#include <string.h>

#include "tools/list.h"

/* One allocation per block: the array of receipts, and their bytes behind it. */
static weft_bytes *copy_receipts(const weft_block_result *result) {
    size_t size = (result->receipt_count + 1) * sizeof(weft_bytes);
    for (size_t i = 0; i < result->receipt_count; i++) {
        size += result->encoded_receipts[i].size;
    }
    weft_bytes *receipts = malloc(size);
    if (receipts == NULL) {
        return NULL;
    }
    uint8_t *next = (uint8_t *)(receipts + result->receipt_count + 1);
    for (size_t i = 0; i < result->receipt_count; i++) {
        weft_bytes encoded = result->encoded_receipts[i];
        memcpy(next, encoded.data, encoded.size);
        receipts[i] = (weft_bytes){next, encoded.size};
        next += encoded.size;
    }
    return receipts;
}

weft_status store_batch_add(store_batch *batch, const weft_block *block, const weft_block_result *result) {
    weft_store_block *larger = list_reserve(batch->blocks, batch->block_count, &batch->capacity, sizeof *larger);
    if (larger == NULL) {
        return WEFT_NO_MEMORY;
    }
    batch->blocks = larger;
    const weft_header *header = &block->header;
    weft_store_block *entry = &batch->blocks[batch->block_count];
    *entry = (weft_store_block){.number = header->number,
                                .hash = block->hash,
                                .parent_hash = header->parent_hash,
                                .state_root = header->state_root,
                                .timestamp = header->timestamp,
                                .gas_used = header->gas_used};
    if (result != NULL) {
        entry->encoded_receipts = copy_receipts(result);
        entry->receipt_count = result->receipt_count;
        if (entry->encoded_receipts == NULL) {
            return WEFT_NO_MEMORY;
        }
    }
    batch->block_count++;
    return WEFT_OK;
}

static void forget_blocks(store_batch *batch) {
    for (size_t i = 0; i < batch->block_count; i++) {
        free((void *)(uintptr_t)batch->blocks[i].encoded_receipts);
    }
    batch->block_count = 0;
}

weft_status store_batch_commit(store_batch *batch, weft_store *store, uint64_t chain_id, const weft_state_delta *delta,
                               failure *f) {
    weft_error error = {.message = ""};
    weft_status status = weft_store_commit(store, chain_id, batch->blocks, batch->block_count, delta, &error);
    if (status != WEFT_OK) {
        failure_set(f, status, "%s: commit of block %llu: %s: %s", batch->name,
                    (unsigned long long)batch->blocks[0].number, weft_status_message(status), error.message);
    }
    forget_blocks(batch);
    return status;
}

void store_batch_free(store_batch *batch) {
    forget_blocks(batch);
    free(batch->blocks);
    *batch = (store_batch){0};
}
