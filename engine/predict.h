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
#include "scheduler/scheduler.h"

/** Feed the graph with the predicted accesses of transaction `task`.
 *  Returns: the number of predicted accesses. Threads: exclusive, in task order. */
size_t predict_accesses(scheduler *s, uint32_t task, const tx_plan *plan, uint64_t seed);

/** Whether the transaction is so little work that checking a speculative outcome would cost as much as running it: a
 *  transfer, or a call without data that cannot do much. */
bool predict_is_cheap(const tx_plan *plan);

#endif
