/** What follows a block's execution: its state root, and its commit to a store. Each is measured several times from the
 *  same beginning, and its result must be the root that the header says.
 */
#ifndef BENCH_AFTER_BLOCK_H
#define BENCH_AFTER_BLOCK_H

#include <weft/memory_state.h>
#include <weft/store.h>
#include <weft/witness.h>

#include "bench/measure.h"

/** Time the root after a block of a chain. Returns: WEFT_OK; WEFT_DECODE if it is wrong; WEFT_NO_MEMORY.
 *  In: state   before the block. delta   of the block. */
weft_status after_chain_root(bench_after *after, weft_memory_state *state, const weft_block *block,
                             const weft_state_delta *delta, size_t repeat, failure *f);
/** The same from a witness. One that proves too little leaves after->has_root false. */
weft_status after_witness_root(bench_after *after, weft_witness *witness, const weft_block *block,
                               const weft_state_delta *delta, size_t repeat, failure *f);

/** A store of its own that follows a chain, in a folder that is made for it and removed with it. */
typedef struct after_store {
    char folder[4096];
    weft_store *store;
    uint64_t chain_id;
} after_store;

/** Make the store and commit where the chain begins. In: folder   in which to make one. threads   to compute roots with.
 *  Out: to be closed, also after a failure. */
weft_status after_store_open(after_store *s, const char *folder, uint64_t chain_id, const weft_block *start,
                             const weft_state_delta *state, unsigned threads, failure *f);
void after_store_close(after_store *s);
/** Commit the next block, for good. */
weft_status after_store_follow(after_store *s, const weft_block *block, const weft_block_result *result, failure *f);
/** Time that commit, and take it back each time. */
weft_status after_store_time(after_store *s, bench_after *after, const weft_block *block,
                             const weft_block_result *result, size_t repeat, failure *f);

#endif
