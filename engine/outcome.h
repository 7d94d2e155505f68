/** What a run of a transaction came to, and the ordered phase's three questions to it: does it still hold, what does it
 *  change, what should later transactions see meanwhile.
 *
 *  An outcome is a function of what the transaction read. It may be accepted exactly when every recorded read equals what
 *  the accepted prefix says, compared by value: an earlier transaction that wrote the same value again disturbs nobody.
 *  Balances hold as "at least" where no more was asked, and are then moved by the difference the transaction made.
 *
 *  The fee of the coinbase is not among the outcome's changes: it is added by outcome_accept(), in order, so that paying
 *  the same account does not make all transactions conflict.
 */
#ifndef ENGINE_OUTCOME_H
#define ENGINE_OUTCOME_H

#include "engine/tx_state_internal.h"
#include <weft/engine.h>

typedef struct tx_outcome {
    weft_verdict verdict; /* WEFT_VALID, or why the transaction may not be in a block; nothing else is set then */
    bool success;
    bool coinbase_destroyed; /* the fee is lost with it */
    bool has_contract_address;
    weft_address contract_address;
    uint64_t gas_used;      /* after refunds and floor: what the sender pays */
    uint64_t execution_gas; /* what the block counts, in its two pools (EIP-7778, EIP-8037) */
    uint64_t state_gas;
    weft_u256 fee; /* to the coinbase, wei */
    tx_account *accounts;
    tx_slot *slots;
    const weft_log *logs;
    size_t log_count;
} tx_outcome;

/** Gather what `ts` holds after tx_state_finish(). Lives in the memory given to tx_state_begin(). */
void outcome_collect(tx_outcome *outcome, const tx_state *ts, const weft_address *coinbase);

/** Whether every read holds on the accepted prefix. Threads: the holder of the ordered phase. */
bool outcome_is_valid(const tx_outcome *outcome);

/** Make the outcome part of the accepted prefix. It must be valid. Threads: the holder of the ordered phase.
 *  In: coinbase   its cell; NULL for a system call, which pays no fee. */
void outcome_accept(const tx_outcome *outcome, mv_cell *coinbase, const fork_rules *rules, const code_cache *codes);

/** Show the changes to speculative readers as the version of `task`. Returns: false when out of memory. */
bool outcome_publish(const tx_outcome *outcome, mv_memory *cells, unsigned worker, uint32_t task);
/** Take back what outcome_publish() showed. */
void outcome_retract(const tx_outcome *outcome, uint32_t task);

/** The lanes (LANE_BIT_*) that the transaction changed; none of an account that was never loaded. */
unsigned outcome_account_changes(const tx_account *a);
/** Those among them that outcome_publish() shows. */
unsigned outcome_account_shows(const tx_account *a);
/** Whether the slot was changed, in a life of its account that goes on: what was stored in one that ended leaves no
 *  trace. */
bool outcome_slot_changed(const tx_slot *s);

/** The accounts and slots of an accepted outcome, and the coinbase's account, as a delta in `scratch`: for the
 *  intermediate state roots of receipts before Byzantium. Returns: WEFT_OK, WEFT_NO_MEMORY.
 *  Threads: the holder of the ordered phase. In: coinbase   the cell of the account at coinbase_address. */
weft_status outcome_delta(const tx_outcome *outcome, mv_cell *coinbase, const weft_address *coinbase_address,
                          arena *scratch, weft_state_delta *delta);

#endif
