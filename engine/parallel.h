/** The transactions of a block on many workers: the scheduler's orders, carried out.
 *
 *  One OpenMP region per block. Every worker asks the scheduler what to do next until there is nothing left; the one that
 *  holds the ordered phase accepts outcomes in block order. Correctness rests on block_run_settle() alone.
 */
#ifndef ENGINE_PARALLEL_H
#define ENGINE_PARALLEL_H

#include "engine/block_run.h"

/** Make the plans of all transactions, sender recovery included, on all workers. */
void parallel_plan(block_run *run);

/** Run the transactions from `first` on; those before it are accepted. Threads: exclusive. */
void parallel_run(block_run *run, uint32_t first);

#endif
