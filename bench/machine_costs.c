/* What simulated workers pay beside the transactions, measured on this machine. */
#include <omp.h>
#include <stdatomic.h>

#include "bench/simulation.h"
#include "scheduler/parking.h"
#include "scheduler/scheduler.h"
#include "scheduler/spin_lock.h"
#include "tools/clock.h"

enum {
    ROUNDS = 101,
    TASKS = 1000,
    LINES = 256,
    LINE_SIZE = 64,
    LOOKS = 32 * 8 /* of scheduler_next() before it parks */
};

static double median(double *values) {
    return bench_series_of(values, ROUNDS).median;
}

/* An empty region, its threads still awake from the one before, as the execution's are from the plans'. */
static double region_seconds(void) {
    double seconds[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        double begin = clock_seconds();
#pragma omp parallel num_threads(2)
        { atomic_signal_fence(memory_order_seq_cst); }
        seconds[i] = clock_seconds() - begin;
    }
    return median(seconds);
}

/* Tasks that take no time, by one worker. */
static double order_seconds(void) {
    double seconds[ROUNDS];
    scheduler *s = scheduler_create();
    for (size_t i = 0; i < ROUNDS; i++) {
        uint32_t task;
        seconds[i] = 0;
        if (s == NULL || !scheduler_reset(s, TASKS, 1, 1)) {
            continue;
        }
        double begin = clock_seconds();
        while (scheduler_next(s, 0, &task) != SCHEDULER_DONE) {
            scheduler_settled(s, 0, task);
        }
        seconds[i] = (clock_seconds() - begin) / TASKS;
    }
    scheduler_destroy(s);
    return median(seconds);
}

static double spin_seconds(void) {
    double seconds[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        double begin = clock_seconds();
        for (unsigned k = 0; k < LOOKS; k++) {
            spin_pause();
        }
        seconds[i] = clock_seconds() - begin;
    }
    return median(seconds);
}

/* --- What takes two threads */

static void wait_until(const atomic_uint *stage, unsigned value) {
    while (atomic_load(stage) < value) {
        spin_pause();
    }
}

/* A line of memory that another thread has written, and the next one to read. */
typedef struct line {
    _Alignas(LINE_SIZE) struct line *next;
} line;

/* Lines are read one after the other, as lists are, and not in an order that could be foreseen. */
static void write_lines(line *lines) {
    size_t at = 0;
    for (size_t i = 0; i < LINES; i++) {
        size_t next = (5 * at + 3) % LINES; /* visits all, as LINES is a power of two */
        lines[at].next = &lines[next];
        at = next;
    }
}

static double read_lines(const line *lines) {
    double begin = clock_seconds();
    const line *at = lines;
    for (size_t i = 0; i < LINES; i++) {
        at = at->next;
    }
    double seconds = clock_seconds() - begin;
    return at == lines ? seconds / LINES : 0;
}

/* Long enough for the other one to be asleep. */
static void pause_before_waking(void) {
    double begin = clock_seconds();
    while (clock_seconds() - begin < 100e-6) {
        spin_pause();
    }
}

typedef struct duet {
    parking place;
    atomic_uint stage;
    line lines[LINES];
    double asked, woke, woken, fetched; /* times; the last a duration */
} duet;

static void first_part(duet *d) {
    write_lines(d->lines);
    atomic_store(&d->stage, 1);
    wait_until(&d->stage, 2);
    pause_before_waking();
    d->asked = clock_seconds();
    parking_wake_one(&d->place);
    d->woken = clock_seconds();
}

static void second_part(duet *d) {
    wait_until(&d->stage, 1);
    d->fetched = read_lines(d->lines);
    parking_announce(&d->place);
    atomic_store(&d->stage, 2);
    parking_sleep(&d->place);
    d->woke = clock_seconds();
}

static void measure_duets(machine_costs *costs) {
    static duet d;
    double wake[ROUNDS], waking[ROUNDS], fetch[ROUNDS];
    if (!parking_init(&d.place)) {
        return;
    }
    for (size_t i = 0; i < ROUNDS; i++) {
        bool is_duet = false;
        atomic_store(&d.stage, 0);
#pragma omp parallel num_threads(2)
        {
            if (omp_get_num_threads() == 2 && omp_get_thread_num() == 0) {
                first_part(&d);
                is_duet = true;
            } else if (omp_get_num_threads() == 2) {
                second_part(&d);
            }
        }
        wake[i] = is_duet ? d.woke - d.asked : 0;
        waking[i] = is_duet ? d.woken - d.asked : 0;
        fetch[i] = is_duet ? d.fetched : 0;
    }
    parking_destroy(&d.place);
    costs->wake = median(wake);
    costs->waking = median(waking);
    costs->fetch = median(fetch);
}

void machine_costs_measure(machine_costs *costs) {
    *costs = (machine_costs){.region = region_seconds(), .order = order_seconds(), .spin = spin_seconds()};
    measure_duets(costs);
}
