/** What is inside scheduler_next(), for tests that drive the workers of a run step by step on one thread, or that make
 *  rare situations frequent. */
#ifndef SCHEDULER_SCHEDULER_INTERNAL_H
#define SCHEDULER_SCHEDULER_INTERNAL_H

#include "scheduler/parking.h"
#include "scheduler/scheduler.h"

/** scheduler_next() without waiting. Returns: false when there is nothing to do for this worker at the moment. */
bool scheduler_try_next(scheduler *s, unsigned worker, scheduler_order *order, uint32_t *task);

/** The lowest task not yet settled. Threads: any; a moment's truth. */
uint32_t scheduler_head(const scheduler *s);

/** Number of predicted edges between tasks. Threads: any, once predicting is over. */
size_t scheduler_edge_count(const scheduler *s);

/** Where scheduler_next() parks: it announces, tries once more, and sleeps. */
parking *scheduler_parking(scheduler *s);

/** How many tasks from the head on may be speculated about; at least 1. After a reset, before the workers start. */
void scheduler_set_window(scheduler *s, uint32_t window);
/** How often scheduler_next() looks before it parks; 0: at once. After a reset, before the workers start. */
void scheduler_set_spin_rounds(scheduler *s, unsigned rounds);

#endif
