/** Whether a block has enough work to share among workers, found out by doing some of it.
 *
 *  Gas tells little about time: the same gas takes from one to thirty times as long, depending on what it is spent on. So
 *  the first transactions of every block run serially for a moment that is short against any block worth sharing, and
 *  what they took foretells the rest. A block that is over in that moment has cost nothing but serial execution.
 */
#ifndef ENGINE_PROBE_H
#define ENGINE_PROBE_H

#include "engine/block_run.h"

/** Run transactions serially until it is known that the rest is worth sharing, or to the end of the block.
 *
 *  Returns: the index of the first transaction not yet run; the number of transactions when none is left, or when `run` is
 *           no longer alive.
 */
uint32_t probe_transactions(block_run *run);

#endif
