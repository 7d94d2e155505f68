/** One transaction: from what the block says about it to what it does to the state (Yellow Paper section 6).
 *
 *  The work is split by what it needs. transition_plan() needs the transaction and the block's header only: sender,
 *  intrinsic gas, fees, every validity rule without state. Plans of a block are made in parallel, before anything runs.
 *  transition_run() needs state, and is the one function that serial and parallel execution share.
 */
#ifndef ENGINE_TRANSITION_H
#define ENGINE_TRANSITION_H

#include "engine/evm.h"
#include "engine/intrinsic_gas.h"
#include "engine/outcome.h"

/** An EIP-7702 tuple after signature recovery. */
typedef struct tx_authority {
    bool recovered; /* chain id, nonce and signature are right: the tuple has a signer */
    weft_address signer;
} tx_authority;

typedef struct tx_plan {
    const weft_transaction *tx;
    weft_address sender;
    /* The first rule without state that the transaction breaks. Rules are reported in the order of the specification,
     * where the block's room for gas comes between the two. */
    weft_verdict verdict_before_room;
    weft_verdict verdict_after_room;
    intrinsic_gas intrinsic;
    uint64_t execution_room;   /* gas that the block must have left for the transaction to begin */
    uint64_t state_room;       /* of the block's other pool (EIP-8037) */
    weft_u256 gas_price;       /* paid per gas, wei */
    weft_u256 coinbase_price;  /* the coinbase's part of it */
    bool is_payable;           /* max_cost fits 256 bits */
    weft_u256 max_cost;        /* what the sender must own */
    weft_u256 blob_fee;        /* burnt, wei */
    tx_authority *authorities; /* tx->authorization_count entries */
} tx_plan;

/** What a plan needs to know of the block beside evm_block. */
typedef struct plan_context {
    const weft_chain *chain;
    const evm_block *block;
    uint64_t blobs_per_block_max;
} plan_context;

/** Make the plan. In: authorities   memory for tx->authorization_count entries.
 *  Returns: WEFT_OK, WEFT_NO_MEMORY. Threads: any, one per plan. */
weft_status transition_plan(tx_plan *plan, const weft_transaction *tx, const plan_context *context,
                            tx_authority *authorities);

/** Run the transaction to its outcome on the state that `ts` was begun with.
 *
 *  Returns:  WEFT_OK, or the host's failure (no outcome).
 *  Threads:  one per machine.
 *  Out:      outcome   may say that the transaction is invalid: a fact only when its reads hold.
 */
weft_status transition_run(evm *vm, tx_state *ts, const evm_block *block, const tx_plan *plan, tx_outcome *outcome);

#endif
