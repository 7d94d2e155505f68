/** A block of many times the gas, made from a recorded one: copies of its transactions, each copy sent by people of its own.
 *
 *  In each copy every sender is somebody new, with a key of their own, and has what the sender has: ether, nonce, and the
 *  entries of contracts' mappings (bench/owned_slots.h), so tokens and allowances. Where a call's arguments or recipient
 *  name a sender, the copy names the new one. Everything else is shared by all copies: tokens, pools, payees who send
 *  nothing. So a hot pool gets hotter, pairs of payers and payees stay apart, and one payer becomes one per copy.
 *
 *  What was signed inside of call data is not signed again and will be refused; what a pool's price allows once it may not
 *  allow a hundred times. The share of transactions that succeed says how much of the block is what it was.
 *  Transactions with blobs or authorizations are left out, with all others of their senders.
 */
#ifndef BENCH_GROWN_BLOCK_H
#define BENCH_GROWN_BLOCK_H

#include <weft/engine.h>
#include <weft/memory_state.h>

#include "tools/failure.h"

typedef struct grown_block {
    weft_block block;
    weft_memory_state *state; /* on top of the recorded block's */
    weft_state_view view;     /* of that state */
    size_t copies;
    weft_transaction *transactions;
    uint8_t *data; /* of all calls */
} grown_block;

/** Returns: WEFT_OK; WEFT_NO_MEMORY; WEFT_UNSUPPORTED if nothing can be copied; what the view says.
 *  Out: to be freed with grown_block_free(), also after a failure. Must not move.
 *  In: block    and the view of the state before it are borrowed.
 *      result   of the block's execution, with its access list.
 *      gas      how much the copies together should use, at least. */
weft_status grown_block_make(grown_block *g, const weft_block *block, const weft_chain *chain,
                             const weft_state_view *view, const weft_block_result *result, uint64_t gas, failure *f);
void grown_block_free(grown_block *g);

#endif
