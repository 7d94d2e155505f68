/** The state as one transaction sees it while it runs: a journal of changes over a source of values.
 *
 *  The source is either the accepted prefix of the block (exactly the state after all earlier transactions) or the
 *  multi-version memory (what earlier transactions are believed to leave). The code that runs a transaction cannot
 *  tell which: serial and parallel execution are the same function over another source.
 *
 *  Everything a transaction learns from the source is remembered per field, so that the ordered phase can check it by
 *  value later: balance, nonce, code, life (existence and storage epoch) and each slot separately. A balance that was
 *  only tested with "at least x" or added to is remembered as that, not as a value.
 *
 *  Accounts are handed out as `tx_account *`, slots as `tx_slot *`, valid until the end of the transaction, and are
 *  loaded from the source when a field or the value is first asked for. A host failure is remembered: `false` or NULL
 *  say so at once, functions that return a plain value give some value, and tx_state_status() tells in the end. Nothing
 *  read here may be asserted upon: a speculative transaction sees combinations that never exist in a chain.
 *
 *  Lifetime of a transaction: tx_state_begin, any number of operations and nested checkpoints, tx_state_finish or
 *  nothing (the next begin forgets everything). Threads: one per tx_state.
 */
#ifndef ENGINE_TX_STATE_H
#define ENGINE_TX_STATE_H

#include "base/arena.h"
#include "base/u256.h"
#include "engine/code.h"
#include "engine/fork_rules.h"
#include <weft/engine.h>

typedef struct tx_state tx_state;
typedef struct tx_account tx_account;
typedef struct tx_slot tx_slot;

/** The account at `address`, without asking the host for it, touching it (EIP-161) or warming it (EIP-2929).
 *  Returns: NULL when out of memory. */
tx_account *tx_state_account(tx_state *ts, const weft_address *address);
const weft_address *tx_account_address(const tx_account *a);

/** The account is accessed, be it for nothing that its state says: where block access lists exist (EIP-7928) it is in
 *  the block's, and loaded for that. */
void tx_account_access(tx_state *ts, tx_account *a);

/* --- Warm sets (EIP-2929). The previous state is returned; reverted with the frame. */

bool tx_account_warm(tx_state *ts, tx_account *a);
bool tx_slot_warm(tx_state *ts, tx_slot *s);
/** Warm a slot of an account that the host has perhaps not been asked for, and need not be (an access list's).
 *  Returns: false when out of memory. */
bool tx_account_warm_slot(tx_state *ts, tx_account *a, const weft_u256 *key);

/* --- Account fields */

/** The exact balance (BALANCE, SELFBALANCE): the transaction now depends on the value. */
weft_u256 tx_account_balance(tx_state *ts, tx_account *a);
/** Whether the balance is at least `amount`: a weaker dependency than its value. */
bool tx_account_can_pay(tx_state *ts, tx_account *a, const weft_u256 *amount);
uint64_t tx_account_nonce(tx_state *ts, tx_account *a);
/** The account's code, never NULL when the call succeeds, with bytes loaded; the empty code for an account without.
 *  NULL is a host failure. */
const code *tx_account_code(tx_state *ts, tx_account *a);
/** keccak256 of the code, without loading it; keccak256("") for an account without code, be it absent. */
const weft_bytes32 *tx_account_code_hash(tx_state *ts, tx_account *a);
/** In the state trie (the pre-EIP-161 question). */
bool tx_account_exists(tx_state *ts, tx_account *a);
/** Absent or empty: nonce 0, balance 0, no code (EIP-161). */
bool tx_account_is_dead(tx_state *ts, tx_account *a);
/** Created by this very transaction (EIP-6780). */
bool tx_account_is_created(const tx_account *a);

/* --- Changes; all reverted with the frame */

/** Mark as touched (EIP-161), which before EIP-161 creates an absent account. */
void tx_account_touch(tx_state *ts, tx_account *a);
void tx_account_add_balance(tx_state *ts, tx_account *a, const weft_u256 *amount);
/** The caller has checked tx_account_can_pay(). */
void tx_account_sub_balance(tx_state *ts, tx_account *a, const weft_u256 *amount);
void tx_account_set_nonce(tx_state *ts, tx_account *a, uint64_t nonce);
void tx_account_set_code(tx_state *ts, tx_account *a, const code *c);
/** Move `amount` and touch the recipient; the payer has been checked with tx_account_can_pay(). from may equal to.
 *  Leaves a log where EIP-7708 wants one. */
void tx_state_transfer(tx_state *ts, tx_account *from, tx_account *to, const weft_u256 *amount);

/** Whether a contract cannot be created here: nonce, code, or storage (EIP-684, EIP-7610). False is a host failure. */
bool tx_account_collides(tx_state *ts, tx_account *a, bool *collides);
/** Begin a contract's life: storage emptied, nonce as the fork wants it, marked created and touched. The balance
 *  stays. */
void tx_account_create(tx_state *ts, tx_account *a);
/** SELFDESTRUCT's effect on the account itself: it goes at the end of the transaction, its balance is now zero where
 *  the fork says so. Returns: whether it was already marked (no second refund). The caller moves the balance. */
bool tx_account_destroy(tx_state *ts, tx_account *a);

/* --- Storage */

/** The slot `key` of the account as it is now; neither warmed nor asked of the host. NULL is a host failure.
 *  Lifetime: until the end of the transaction, in this life of the account. */
tx_slot *tx_account_slot(tx_state *ts, tx_account *a, const weft_u256 *key);
/** The current value. NULL is a host failure. Lifetime: as the slot; the value changes with it. */
const weft_u256 *tx_slot_value(tx_state *ts, tx_slot *s);
/** The value at the start of the transaction (EIP-2200's "original"), after tx_slot_value() has succeeded. */
const weft_u256 *tx_slot_original(const tx_slot *s);
/** Set the value, likewise. False is a host failure (memory). */
bool tx_slot_store(tx_state *ts, tx_slot *s, const weft_u256 *value);
/** Transient storage (EIP-1153). False is a host failure (memory). */
bool tx_transient_load(tx_state *ts, tx_account *a, const weft_u256 *slot, weft_u256 *value);
bool tx_transient_store(tx_state *ts, tx_account *a, const weft_u256 *slot, const weft_u256 *value);

/* --- Logs, refund counter, frames */

/** Append a log; topics and data are copied. False is a host failure (memory). */
bool tx_state_log(tx_state *ts, const weft_address *address, const weft_u256 *topics, unsigned topic_count,
                  const uint8_t *data, size_t size);
/** Add to the refund counter, which may be negative in between. Reverted with the frame. */
void tx_state_add_refund(tx_state *ts, int64_t gas);

/** Counters of state gas (state_gas.h). */
typedef struct state_gas_mark {
    int64_t bytes;
    int64_t used;
} state_gas_mark;

typedef struct tx_mark {
    uint32_t journal_count;
    uint32_t log_count;
    int64_t refund;
    int64_t reservoir;
    state_gas_mark state_gas;
} tx_mark;

/** Remember this point. Marks nest; leaving a frame with success needs no call. */
tx_mark tx_state_checkpoint(tx_state *ts);
/** Undo everything since `mark`, charges of state gas included, but for the touch of precompile 3 that mainnet's
 *  history made permanent (block 2,675,119). */
void tx_state_revert(tx_state *ts, tx_mark mark);

/** How the host failed when one of the calls above said so. */
weft_status tx_state_status(const tx_state *ts);
/** Record a host failure met by the caller itself (an unsupported precompile, no memory); keeps an earlier one. */
void tx_state_fail(tx_state *ts, weft_status status);

#endif
