/** When to give up speculating in a block that does not reward it. Pure arithmetic on what has been settled so far.
 *
 *  What speculation gains is the cost of tasks that were executed ahead and found valid: work taken off the ordered
 *  phase. What it loses is a part of the cost of those found invalid: the ordered phase waits for one that is still under
 *  way when it becomes the head, only to run it again. On two workers about a quarter of the speculative cost must turn
 *  out valid for the two to balance (docs/performance.md). Tasks that ran at the head without speculation cost exactly
 *  what serial execution costs; they say nothing, however heavy: one giant transaction at the head must not end the
 *  speculation that pays for its neighbours.
 *
 *  The decision is final for the block, so it needs evidence: it looks at the recent outcomes only, but at enough of
 *  them that a handful of conflicts among the first transactions is not mistaken for the character of the block.
 *
 *  Threads: one at a time; the holder of the ordered phase.
 */
#ifndef SCHEDULER_POLICY_H
#define SCHEDULER_POLICY_H

#include <stdbool.h>
#include <stdint.h>

typedef struct policy {
    uint32_t sample_size; /* speculative outcomes needed for a decision */
    uint32_t count;       /* of outcomes in the sums; older ones have been faded out */
    uint64_t valid_cost;
    uint64_t wasted_cost;
    bool stop;
} policy;

/** Start of a block. */
void policy_reset(policy *p, uint32_t task_count, unsigned workers);
/** A task has been settled.
 *  In: was_speculative  it had been executed ahead; was_valid says whether that result stood.
 *      cost             in any unit that is proportional to time, such as gas. */
void policy_note(policy *p, bool was_speculative, bool was_valid, uint64_t cost);
/** Should the rest of the block run without speculation? Once true, true until the next reset. */
bool policy_should_stop(const policy *p);

#endif
