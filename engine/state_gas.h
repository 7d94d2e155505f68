/** State gas: what a transaction pays for bytes it adds to the state (EIP-8037).
 *
 *  It comes from two pools. The reservoir holds the transaction's gas above what may be spent on execution; it belongs to
 *  the whole transaction and every frame draws on it. When it is empty, the frame's own gas pays: that part is the frame's
 *  `spilled`. Undoing growth gives the gas back, last in first out: to the frame as far as it spilled, then to the
 *  reservoir. A frame that fails takes back all that was charged in it; tx_state_revert() restores the reservoir, and what
 *  had spilled is again the frame's gas, to be returned or lost like the rest.
 *
 *  That is the metering at the operation that grows the state, STATE_GAS_AT_OPERATION. Its forerunner,
 *  STATE_GAS_AT_FRAME_END, charges a frame when it ends with success for the bytes that it and its children have added,
 *  less what these have paid, and gives back to the reservoir alone.
 *
 *  Threads: one per tx_state.
 */
#ifndef ENGINE_STATE_GAS_H
#define ENGINE_STATE_GAS_H

#include "engine/tx_state.h"

/** Fill the reservoir. Call after tx_state_begin(), which leaves it empty. */
void state_gas_begin(tx_state *ts, uint64_t reservoir);
/** Gas left in the reservoir, for the sender at the end. */
int64_t state_gas_reservoir(const tx_state *ts);
/** Net charge so far. */
int64_t state_gas_used(const tx_state *ts);
/** Gas given to the reservoir that is not counted off state_gas_used(), less what state_gas_uncount() was told. */
int64_t state_gas_forgiven(const tx_state *ts);

/** Charge `gas` to the reservoir, then to *left, where it adds to *spilled.
 *  Returns: false, with nothing charged, when there is not enough. */
bool state_gas_charge(tx_state *ts, uint64_t gas, int64_t *left, int64_t *spilled);
/** Take back a charge. */
void state_gas_refill(tx_state *ts, uint64_t gas, int64_t *left, int64_t *spilled);
/** Give `gas` to the reservoir that was charged before execution began. */
void state_gas_forgive(tx_state *ts, uint64_t gas);
/** Take `gas` that was lost out of what the block counts as execution. */
void state_gas_uncount(tx_state *ts, int64_t gas);
/** Give `gas` back to the reservoir, and off the net charge: growth that does not outlive the transaction. */
void state_gas_return(tx_state *ts, uint64_t gas);

/** What an operation pays for a new account; 0 where operations pay nothing. Likewise for a slot and a byte of code. */
static inline uint64_t state_gas_of_account(const fork_rules *rules) {
    return rules->state_gas == STATE_GAS_AT_OPERATION ? (uint64_t)rules->state_bytes_account * rules->gas_state_byte
                                                      : 0;
}
static inline uint64_t state_gas_of_slot(const fork_rules *rules) {
    return rules->state_gas == STATE_GAS_AT_OPERATION ? (uint64_t)rules->state_bytes_slot * rules->gas_state_byte : 0;
}
static inline uint64_t state_gas_of_code(const fork_rules *rules, uint64_t size) {
    return rules->state_gas == STATE_GAS_AT_OPERATION ? size * rules->gas_state_byte : 0;
}

/** Where a frame begins, for state_gas_settle(). */
state_gas_mark state_gas_checkpoint(const tx_state *ts);
/** STATE_GAS_AT_FRAME_END: charge for the growth since `begin`. Returns: false when *left is not enough. */
bool state_gas_settle(tx_state *ts, state_gas_mark begin, int64_t *left);

/** STATE_GAS_AT_FRAME_END, at the end of the transaction: give back what was charged for accounts that it has created and
 *  destroyed. */
void state_gas_return_destroyed(tx_state *ts);

#endif
