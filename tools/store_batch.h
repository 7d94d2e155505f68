/** Blocks that were executed and wait for their common commit, with copies of their receipts. */
#ifndef TOOLS_STORE_BATCH_H
#define TOOLS_STORE_BATCH_H

#include <weft/store.h>

#include "tools/failure.h"

typedef struct store_batch {
    const char *name; /* of the store, for messages; borrowed */
    weft_store_block *blocks;
    size_t block_count, capacity;
} store_batch;

/** Append a block. Returns: WEFT_OK, WEFT_NO_MEMORY. In: result   NULL for a block without transactions (genesis). */
weft_status store_batch_add(store_batch *batch, const weft_block *block, const weft_block_result *result);

/** Commit all blocks of the batch, with the changes of all of them together, and empty it.
 *  Returns: what weft_store_commit() does. */
weft_status store_batch_commit(store_batch *batch, weft_store *store, uint64_t chain_id, const weft_state_delta *delta,
                               failure *f);

void store_batch_free(store_batch *batch);

#endif
