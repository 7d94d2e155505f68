/** Guessing what a transaction will read and write, from its bytes alone, for the scheduler's conflict graph.
 *
 *  Plain transfers are known exactly; access lists are taken at their word; calls of well-known functions (ERC-20 and
 *  friends, engine/selectors.inc) are read from their arguments. Anything else is run and seen. A wrong guess costs time,
 *  never correctness.
 *
 *  Nonces and fees are not predicted: the transition expects the nonce and the ordered phase pays the coinbase, so they
 *  make no conflicts.
 */
#ifndef ENGINE_PREDICT_H
#define ENGINE_PREDICT_H

#include "engine/transition.h"

/** Told of a predicted access to the location of that hash. */
typedef void predict_listener(void *context, uint64_t location, bool reads, bool writes);

/** Tell the predicted accesses of a transaction. Returns: how many they are. In: seed   of the hashes. */
size_t predict_accesses(const tx_plan *plan, uint64_t seed, predict_listener *listener, void *context);

/** Whether the transaction is so little work that checking a speculative outcome would cost as much as running it: a
 *  transfer, or a call without data that cannot do much. */
bool predict_is_cheap(const tx_plan *plan);

#endif
