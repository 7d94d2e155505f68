/** Who runs what next: tasks 0..n-1 with a fixed order of acceptance, run speculatively by many workers.
 *
 *  Each task is executed speculatively at most once, in an order that the conflict graph of predicted accesses
 *  suggests, and is then *settled* in task order by whichever worker holds the ordered phase: its reads are checked
 *  against the accepted prefix, and if they do not hold it is run again there, where nothing can go stale. So a task
 *  runs at most twice, there is no livelock, and the graph decides only about time.
 *
 *      WAITING ──last predecessor executed──► READY ──claim──► RUNNING ──executed──► EXECUTED ──settle──► SETTLED
 *         └─────────────────── at the head: claimed for the ordered phase ──────────────────────────────────▲
 *
 *  The ordered phase is a role that one worker holds at a time. scheduler_next() hands it out together with the head
 *  task (the lowest not yet settled) as SCHEDULER_SETTLE when that has been executed speculatively, or as
 *  SCHEDULER_RUN_HEAD when nobody has begun it: it then runs right away on the accepted prefix, without speculation.
 *
 *  Priorities: the ordered phase first, since nothing can overtake it; then the ready task that is most urgent, the
 *  lowest one, but a worker goes on with a successor of what it has just executed; none too far ahead of the head,
 *  where values are stale before they are checked. A worker with nothing to do looks a few more times and then sleeps.
 *  With a single worker there is no speculation: every task is run at the head.
 *
 *  The scheduler knows task indices and opaque 64-bit location hashes. A collision of hashes, or any wrong prediction,
 *  costs time, never correctness.
 */
#ifndef SCHEDULER_SCHEDULER_H
#define SCHEDULER_SCHEDULER_H

#include <weft/types.h>

typedef struct scheduler scheduler;

typedef enum scheduler_order {
    SCHEDULER_SPECULATE, /* run `task` over the multi-version memory, publish, then scheduler_executed() */
    SCHEDULER_SETTLE,    /* you hold the ordered phase: validate `task`, run it again if need be, scheduler_settled() */
    SCHEDULER_RUN_HEAD,  /* you hold the ordered phase: run `task` on the accepted prefix, scheduler_settled() */
    SCHEDULER_DONE       /* everything is settled, or the run was cancelled: leave */
} scheduler_order;

/** Returns: NULL when out of memory. */
scheduler *scheduler_create(void);
void scheduler_destroy(scheduler *s);

/** Prepare for tasks 0..task_count-1 (task_count below 2^32 - 1) and workers 0..worker_count-1.
 *
 *  Returns:  false when out of memory; only another reset or destroying may follow.
 *  Threads:  exclusive.
 *  In:       seed  of the hash table of locations.
 */
bool scheduler_reset(scheduler *s, uint32_t task_count, unsigned worker_count, uint64_t seed);

/** Tell the graph that `task` will probably read and / or write a location. Call in ascending task order.
 *
 *  Only read-after-write orders tasks: versions make the other hazards harmless. A read links the task behind the last
 *  task before it that writes the location.
 *  Returns: false when out of memory (the graph then lacks the edge, and the run is still right).
 *  Threads: exclusive, before the workers start.
 */
bool scheduler_predict(scheduler *s, uint32_t task, uint64_t location, bool reads, bool writes);
/** Keep `task` for the ordered phase: it is never handed out for speculation, because it costs no more to run at the head
 *  than its speculative outcome would cost to check there. Threads: exclusive, before the workers start. */
void scheduler_leave_to_head(scheduler *s, uint32_t task);

/** What the calling worker does next. Blocks while there is nothing to do but more may come: for some µs by looking
 *  again, then asleep. An order must be reported done before the next one is asked for, except after cancelling.
 *
 *  Threads:  every worker. All that happened before the hand-over of the ordered phase is seen by its next holder; all
 *            that a predicted predecessor published before scheduler_executed() is seen by its successor.
 *  Out:      task  set unless the order is SCHEDULER_DONE.
 */
scheduler_order scheduler_next(scheduler *s, unsigned worker, uint32_t *task);

/** `task`, got as SCHEDULER_SPECULATE, has published its writes. Threads: the worker that ran it. */
void scheduler_executed(scheduler *s, unsigned worker, uint32_t task);
/** `task`, got as SCHEDULER_SETTLE or SCHEDULER_RUN_HEAD, is accepted: its effects are in the accepted prefix (and
 *  published, while speculation goes on).
 *  Threads: the holder of the ordered phase, which stays with it only until its next scheduler_next(). */
void scheduler_settled(scheduler *s, unsigned worker, uint32_t task);

/** From now on hand out no more SCHEDULER_SPECULATE: the rest of the tasks run at the head, one after the other, and
 *  the other workers finish what they have begun and park until the end. Threads: the holder of the ordered phase. */
void scheduler_stop_speculation(scheduler *s);
/** False from the start with a single worker. Threads: any; a moment's truth, save for the holder of the ordered
 *  phase. */
bool scheduler_is_speculating(const scheduler *s);
/** End the run early: every worker gets SCHEDULER_DONE from now on. Threads: any worker. */
void scheduler_cancel(scheduler *s);

#endif
