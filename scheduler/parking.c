#include "scheduler/parking.h"

/* Everybody between announcement and return is counted once: parked + tokens = threads in that section. So one that
 * cancels may take back either. */

bool parking_init(parking *p) {
    if (pthread_mutex_init(&p->lock, NULL) != 0) {
        return false;
    }
    if (pthread_cond_init(&p->awake, NULL) != 0) {
        pthread_mutex_destroy(&p->lock);
        return false;
    }
    atomic_init(&p->parked, 0);
    p->tokens = 0;
    return true;
}

void parking_destroy(parking *p) {
    pthread_cond_destroy(&p->awake);
    pthread_mutex_destroy(&p->lock);
}

/* Sequentially consistent, as the load in parking_has_sleepers(): see the header for the proof. */
void parking_announce(parking *p) {
    pthread_mutex_lock(&p->lock);
    atomic_fetch_add_explicit(&p->parked, 1, memory_order_seq_cst);
    pthread_mutex_unlock(&p->lock);
}

void parking_cancel(parking *p) {
    pthread_mutex_lock(&p->lock);
    if (atomic_load_explicit(&p->parked, memory_order_relaxed) > 0) {
        atomic_fetch_sub_explicit(&p->parked, 1, memory_order_relaxed);
    } else {
        p->tokens--;
    }
    pthread_mutex_unlock(&p->lock);
}

void parking_sleep(parking *p) {
    pthread_mutex_lock(&p->lock);
    while (p->tokens == 0) {
        pthread_cond_wait(&p->awake, &p->lock);
    }
    p->tokens--;
    pthread_mutex_unlock(&p->lock);
}

bool parking_has_sleepers(const parking *p) {
    return atomic_load_explicit(&p->parked, memory_order_seq_cst) > 0;
}

/* Grant `limit` wake-ups, or as many as there are sleepers. */
static void parking_wake(parking *p, unsigned limit) {
    if (!parking_has_sleepers(p)) {
        return;
    }
    pthread_mutex_lock(&p->lock);
    unsigned parked = atomic_load_explicit(&p->parked, memory_order_relaxed);
    unsigned woken = parked < limit ? parked : limit;
    atomic_store_explicit(&p->parked, parked - woken, memory_order_relaxed);
    p->tokens += woken;
    if (woken == 1) {
        pthread_cond_signal(&p->awake);
    } else if (woken > 1) {
        pthread_cond_broadcast(&p->awake);
    }
    pthread_mutex_unlock(&p->lock);
}

void parking_wake_one(parking *p) {
    parking_wake(p, 1);
}

void parking_wake_all(parking *p) {
    parking_wake(p, ~0u);
}
