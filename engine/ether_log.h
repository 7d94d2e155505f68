/** The logs that moving ether leaves (EIP-7708), as if SYSTEM_ADDRESS had executed LOG3 or LOG2.
 *  A lack of memory is recorded with the tx_state. Threads: one per tx_state. */
#ifndef ENGINE_ETHER_LOG_H
#define ENGINE_ETHER_LOG_H

#include "engine/tx_state.h"

/** Who calls the system contracts, and whose logs these are (EIP-4788, EIP-7708). */
extern const weft_address system_address;

/** Transfer(from, to, amount). */
void ether_log_transfer(tx_state *ts, const weft_address *from, const weft_address *to, const weft_u256 *amount);
/** Burn(account, amount): while SELFDESTRUCT could burn. */
void ether_log_burn(tx_state *ts, const weft_address *account, const weft_u256 *amount);

#endif
