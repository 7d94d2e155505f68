/* test_speculation again, over a scheduler whose threads may lose the processor right before any of its atomic
 * operations.
 *
 * Races between two operations of one call need a preemption at one particular instruction, which on a quiet machine
 * may not come in years. Here the scheduler is compiled into the test with every memory order replaced by an expression
 * that now and then yields or sleeps before it gives that order: arguments are evaluated before the operation. A
 * wake-up lost that way shows as a test that hangs. */
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

/* Each thread its own sequence (xorshift), from an address that differs between threads. */
static inline void lose_turn(void) {
    static _Thread_local uint64_t state;
    if (state == 0) {
        state = (uint64_t)(uintptr_t)&state * 0x9e3779b97f4a7c15u | 1;
    }
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    if (state % 16 == 0) {
        (void)sched_yield();
    } else if (state % 128 == 1) {
        (void)nanosleep(&(struct timespec){.tv_nsec = (long)((state >> 32) % 50000)}, NULL);
    }
}

#define memory_order_relaxed (lose_turn(), memory_order_relaxed)
#define memory_order_acq_rel (lose_turn(), memory_order_acq_rel)
#define memory_order_seq_cst (lose_turn(), memory_order_seq_cst)

#include "scheduler/parking.c"
#include "scheduler/scheduler.c"

#undef memory_order_relaxed
#undef memory_order_acq_rel
#undef memory_order_seq_cst

#include "tests/unit/scheduler/test_speculation.c"
