/** Where workers sleep that found nothing to do, without ever sleeping through work.
 *
 *      sleeper                                   waker
 *      parking_announce()                        make work visible      (sequentially consistent)
 *      look for work once more  (seq. cst.)      parking_wake_one()
 *      parking_cancel() or parking_sleep()
 *
 *  No wake-up is lost: of the announcement and the waker's publication one comes first in the single order of all
 *  sequentially consistent operations. If it is the announcement, the waker counts the sleeper and leaves it a token,
 *  which parking_sleep() takes even when it comes later than the waker. If it is the publication, the sleeper's second
 *  look finds the work. With nobody parked, waking costs one load.
 *
 *  Threads: any number, except for init and destroy.
 */
#ifndef SCHEDULER_PARKING_H
#define SCHEDULER_PARKING_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

typedef struct parking {
    pthread_mutex_t lock;
    pthread_cond_t awake;
    atomic_uint parked; /* announced, and no token spent on them yet; changes under the lock */
    unsigned tokens;    /* wake-ups granted and not yet taken; under the lock */
} parking;

/** Returns: false when the system lacks the resources. */
bool parking_init(parking *p);
void parking_destroy(parking *p);

/** Promise to look for work once more, and then to cancel or to sleep. */
void parking_announce(parking *p);
/** The second look found work. */
void parking_cancel(parking *p);
/** It found none: return when somebody has granted a wake-up, perhaps before this call. */
void parking_sleep(parking *p);

/** Is there somebody whom a wake-up would reach? A moment's truth. */
bool parking_has_sleepers(const parking *p);
void parking_wake_one(parking *p);
void parking_wake_all(parking *p);

#endif
