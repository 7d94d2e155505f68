/** The smallest lock there is, for critical sections of a few dozen instructions that hardly ever collide.
 *
 *  It spins for a short while and then gives the processor away at every turn, so that a holder that was preempted gets
 *  to run even when there are more threads than cores.
 */
#ifndef SCHEDULER_SPIN_LOCK_H
#define SCHEDULER_SPIN_LOCK_H

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

/* About the time of one contended critical section; whoever waits longer waits for a preempted holder. */
enum { SPIN_LOCK_ROUNDS = 64 };

typedef struct spin_lock {
    atomic_bool held;
} spin_lock;

static inline void spin_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/** The acquire pairs with the release of spin_lock_release(): everything done under the lock before is seen. */
static inline void spin_lock_acquire(spin_lock *lock) {
    while (atomic_exchange_explicit(&lock->held, true, memory_order_acquire)) {
        for (unsigned round = 0; atomic_load_explicit(&lock->held, memory_order_relaxed); round++) {
            if (round < SPIN_LOCK_ROUNDS) {
                spin_pause();
            } else {
                (void)sched_yield();
            }
        }
    }
}

static inline void spin_lock_release(spin_lock *lock) {
    atomic_store_explicit(&lock->held, false, memory_order_release);
}

#endif
