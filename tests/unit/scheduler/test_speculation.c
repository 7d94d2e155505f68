/* Parallel equals serial, on the scheduler and the multi-version memory together.
 *
 * A toy machine stands for the EVM: a task reads and writes a few lanes, and what it reads decides where it goes on
 * reading and writing. Real threads run a block of such tasks the way the engine does: speculate over the versions,
 * publish, settle in order by comparing the values read with the accepted ones, run again on a mismatch. Whatever the
 * interleaving, the accepted lanes and every task's result must be those of running one task after the other.
 *
 * Hunted: lost wake-ups (the test hangs), tasks settled twice, out of order or never, torn reads, results that were not
 * published. Under ThreadSanitizer also every missing ordering. Knob: the rounds below. A failure names its seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/hash.h"
#include "scheduler/mv_memory.h"
#include "scheduler/scheduler.h"
#include "scheduler/scheduler_internal.h"
#include "tests/support/random.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { TASKS_MAX = 160, CELLS_MAX = 40, STEPS_MAX = 8, LANES = MV_LANES_MAX, ROUNDS = 60 };

typedef struct access {
    mv_cell *cell;
    unsigned lane;
    uint64_t value;
} access;

/* What one run of a task did, and over which state. */
typedef struct trace {
    access reads[STEPS_MAX], writes[STEPS_MAX];
    unsigned read_count, write_count;
    uint64_t result;
} trace;

typedef struct block {
    uint64_t seed;
    uint32_t task_count;
    unsigned cell_count, worker_count;
    bool yields;
    uint32_t stop_at, cancel_at; /* when this task is settled */
    uint64_t serial[CELLS_MAX][LANES];
    uint64_t results[TASKS_MAX];
    mv_memory *mv;
    scheduler *scheduler;
    trace traces[TASKS_MAX];
    atomic_uint speculations[TASKS_MAX];
    uint32_t settled_count; /* belongs to the holder of the ordered phase, like the accepted lanes */
    uint32_t rerun_count;
    uint32_t valid_count; /* speculations that stood */
    atomic_uint failures;
} block;

typedef struct worker {
    block *block;
    unsigned index;
    test_random random;
} worker;

static uint64_t mix(uint64_t a, uint64_t b) {
    return hash_bytes(a, &b, sizeof b);
}

static uint64_t base_value(uint64_t cell, unsigned lane) {
    return mix(cell, lane) % 4;
}

static mv_key cell_key(uint64_t cell) {
    mv_key key = {{0}};
    memcpy(key.bytes, &cell, sizeof cell);
    return key;
}

static weft_status load_base(void *context, const mv_key *key, unsigned lane_count, weft_u256 *lanes) {
    (void)context;
    uint64_t cell;
    memcpy(&cell, key->bytes, sizeof cell);
    for (unsigned i = 0; i < lane_count; i++) {
        uint64_t value = base_value(cell, i);
        lanes[i] = (weft_u256){{value, ~value, value, ~value}};
    }
    return WEFT_OK;
}

/* Half of the tasks stay in a corner of their own, so that some speculation succeeds; values are few, so that some
 * stale reads turn out right. */
static uint64_t step_cell(const block *b, uint32_t task, unsigned step, uint64_t state) {
    uint64_t choice = mix(b->seed ^ state, (uint64_t)task << 8 | step);
    return task % 2 == 0 ? choice % b->cell_count : task % b->cell_count;
}

static bool step_writes(const block *b, uint32_t task, unsigned step) {
    return mix(b->seed + 1, (uint64_t)task << 8 | step) % 3 == 0;
}

static void run_serially(block *b) {
    for (uint64_t cell = 0; cell < b->cell_count; cell++) {
        for (unsigned lane = 0; lane < LANES; lane++) {
            b->serial[cell][lane] = base_value(cell, lane);
        }
    }
    for (uint32_t task = 0; task < b->task_count; task++) {
        uint64_t state = task;
        for (unsigned step = 0; step < STEPS_MAX; step++) {
            uint64_t *lane = &b->serial[step_cell(b, task, step, state)][state % LANES];
            if (step_writes(b, task, step)) {
                *lane = mix(state, *lane) % 4;
            } else {
                state = mix(state, *lane) % 1024;
            }
        }
        b->results[task] = state;
    }
}

static void check(block *b, bool condition, const char *what, uint32_t task) {
    if (!condition && atomic_fetch_add(&b->failures, 1) == 0) {
        fprintf(stderr, "seed %llu, %u workers, task %u: %s\n", (unsigned long long)b->seed, b->worker_count, task,
                what);
    }
}

static void disturb(worker *w) {
    if (w->block->yields && random_below(&w->random, 8) == 0) {
        (void)sched_yield();
    }
}

static access *find_access(access *accesses, unsigned count, const mv_cell *cell, unsigned lane) {
    for (unsigned i = 0; i < count; i++) {
        if (accesses[i].cell == cell && accesses[i].lane == lane) {
            return &accesses[i];
        }
    }
    return NULL;
}

/* Own writes first, then what was read before, then the versions or, in the ordered phase, the accepted lanes. */
static uint64_t read_lane(worker *w, trace *t, uint32_t task, mv_cell *cell, unsigned lane, bool ordered) {
    const access *known = find_access(t->writes, t->write_count, cell, lane);
    if (known == NULL) {
        known = find_access(t->reads, t->read_count, cell, lane);
    }
    if (known != NULL) {
        return known->value;
    }
    weft_u256 lanes[LANES];
    if (ordered) {
        memcpy(lanes, mv_cell_accepted(cell), sizeof lanes);
    } else {
        mv_cell_read(cell, task, lanes);
    }
    uint64_t value = lanes[lane].limb[0];
    check(w->block, lanes[lane].limb[1] == ~value && lanes[lane].limb[3] == ~value, "torn read", task);
    t->reads[t->read_count++] = (access){cell, lane, value};
    return value;
}

static void write_lane(trace *t, mv_cell *cell, unsigned lane, uint64_t value) {
    access *known = find_access(t->writes, t->write_count, cell, lane);
    if (known == NULL) {
        known = &t->writes[t->write_count++];
    }
    *known = (access){cell, lane, value};
}

static void run_task(worker *w, uint32_t task, bool ordered) {
    block *b = w->block;
    trace *t = &b->traces[task];
    *t = (trace){0};
    uint64_t state = task;
    for (unsigned step = 0; step < STEPS_MAX; step++) {
        mv_key key = cell_key(step_cell(b, task, step, state));
        mv_cell *cell = NULL;
        check(b, mv_memory_cell(b->mv, w->index, &key, LANES, &cell) == WEFT_OK, "no cell", task);
        unsigned lane = (unsigned)(state % LANES);
        uint64_t value = read_lane(w, t, task, cell, lane, ordered);
        if (step_writes(b, task, step)) {
            write_lane(t, cell, lane, mix(state, value) % 4);
        } else {
            state = mix(state, value) % 1024;
        }
        disturb(w);
    }
    t->result = state;
}

static void publish(worker *w, uint32_t task) {
    const trace *t = &w->block->traces[task];
    for (unsigned i = 0; i < t->write_count; i++) {
        mv_cell *cell = t->writes[i].cell;
        weft_u256 lanes[LANES];
        unsigned mask = 0;
        for (unsigned k = 0; k < t->write_count; k++) {
            if (t->writes[k].cell == cell) {
                uint64_t value = t->writes[k].value;
                lanes[t->writes[k].lane] = (weft_u256){{value, ~value, value, ~value}};
                mask |= 1u << t->writes[k].lane;
            }
        }
        check(w->block, mv_cell_publish(w->block->mv, w->index, cell, task, mask, lanes), "not published", task);
        disturb(w);
    }
}

static bool reads_hold(const trace *t) {
    for (unsigned i = 0; i < t->read_count; i++) {
        if (mv_cell_accepted(t->reads[i].cell)[t->reads[i].lane].limb[0] != t->reads[i].value) {
            return false;
        }
    }
    return true;
}

static void run_in_order(worker *w, uint32_t task) {
    run_task(w, task, true);
    if (scheduler_is_speculating(w->block->scheduler)) {
        publish(w, task);
    }
}

static void settle(worker *w, uint32_t task) {
    const trace *t = &w->block->traces[task];
    if (reads_hold(t)) {
        w->block->valid_count++;
        return;
    }
    for (unsigned i = 0; i < t->write_count; i++) {
        mv_cell_retract(t->writes[i].cell, task);
    }
    w->block->rerun_count++;
    run_in_order(w, task);
}

static void accept(worker *w, uint32_t task) {
    block *b = w->block;
    const trace *t = &b->traces[task];
    for (unsigned i = 0; i < t->write_count; i++) {
        uint64_t value = t->writes[i].value;
        mv_cell_accepted(t->writes[i].cell)[t->writes[i].lane] = (weft_u256){{value, ~value, value, ~value}};
    }
    check(b, t->result == b->results[task], "another result than serial", task);
    check(b, b->settled_count == task, "settled out of order", task);
    b->settled_count++;
    if (task == b->stop_at) {
        scheduler_stop_speculation(b->scheduler);
    }
    scheduler_settled(b->scheduler, w->index, task);
    if (task == b->cancel_at) {
        scheduler_cancel(b->scheduler);
    }
}

static void *work(void *argument) {
    worker *w = argument;
    scheduler *s = w->block->scheduler;
    uint32_t task;
    for (;;) {
        switch (scheduler_next(s, w->index, &task)) {
        case SCHEDULER_SPECULATE:
            check(w->block, atomic_fetch_add(&w->block->speculations[task], 1) == 0, "speculated twice", task);
            run_task(w, task, false);
            publish(w, task);
            scheduler_executed(s, w->index, task);
            break;
        case SCHEDULER_SETTLE:
            settle(w, task);
            accept(w, task);
            break;
        case SCHEDULER_RUN_HEAD:
            run_in_order(w, task);
            accept(w, task);
            break;
        case SCHEDULER_DONE: return NULL;
        }
        disturb(w);
    }
}

/* Right predictions for most tasks, none for some, wrong ones for others. */
static void predict(block *b, test_random *random) {
    size_t right = random_below(random, 101);
    for (uint32_t task = 0; task < b->task_count; task++) {
        if (random_below(random, 100) < right) {
            for (unsigned i = 0; i < b->traces[task].read_count; i++) {
                uint64_t location = (uint64_t)(uintptr_t)b->traces[task].reads[i].cell + b->traces[task].reads[i].lane;
                assert_true(scheduler_predict(b->scheduler, task, location, true, false));
            }
            for (unsigned i = 0; i < b->traces[task].write_count; i++) {
                uint64_t location =
                    (uint64_t)(uintptr_t)b->traces[task].writes[i].cell + b->traces[task].writes[i].lane;
                assert_true(scheduler_predict(b->scheduler, task, location, false, true));
            }
        } else if (random_below(random, 3) == 0) {
            assert_true(scheduler_predict(b->scheduler, task, random_below(random, 4), true, true));
        }
    }
}

static void run_workers(block *b, test_random *random) {
    worker workers[8];
    pthread_t threads[8];
    b->settled_count = 0;
    for (unsigned i = 0; i < b->worker_count; i++) {
        workers[i] = (worker){b, i, {random_u64(random)}};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < b->worker_count; i++) {
        pthread_join(threads[i], NULL);
    }
}

static void check_accepted(block *b) {
    check(b, b->settled_count == b->task_count, "not all settled", b->settled_count);
    size_t cursor = 0;
    for (const mv_cell *cell; (cell = mv_memory_next(b->mv, &cursor)) != NULL;) {
        uint64_t number;
        memcpy(&number, mv_cell_key(cell)->bytes, sizeof number);
        for (unsigned lane = 0; lane < LANES; lane++) {
            check(b, mv_cell_accepted((mv_cell *)cell)[lane].limb[0] == b->serial[number][lane], "another final state",
                  b->task_count);
        }
    }
}

/* A block is run twice, so that the first run's traces can serve as predictions for the second. */
static void run_block(block *b, test_random *random) {
    run_serially(b);
    for (int pass = 0; pass < 2; pass++) {
        mv_memory_reset(b->mv, load_base, NULL);
        assert_true(scheduler_reset(b->scheduler, b->task_count, b->worker_count, b->seed));
        if (random_below(random, 2) == 0) {
            scheduler_set_window(b->scheduler, 1 + (uint32_t)random_below(random, 16));
        }
        if (random_below(random, 2) == 0) {
            scheduler_set_spin_rounds(b->scheduler, 0);
        }
        if (pass == 1) {
            predict(b, random);
        }
        for (uint32_t i = 0; i < b->task_count; i++) {
            atomic_store(&b->speculations[i], 0);
        }
        run_workers(b, random);
        if (b->cancel_at >= b->task_count) {
            check_accepted(b);
        }
    }
    assert_int_equal(atomic_load(&b->failures), 0);
}

typedef enum stress { STRESS_PLAIN, STRESS_STOP, STRESS_CANCEL } stress;

static void stress_blocks(unsigned worker_count, stress kind, unsigned rounds) {
    static block b;
    memset(&b, 0, sizeof b);
    b.worker_count = worker_count;
    b.mv = mv_memory_create(worker_count, 1);
    b.scheduler = scheduler_create();
    assert_non_null(b.mv);
    assert_non_null(b.scheduler);
    for (uint64_t seed = 1; seed <= rounds; seed++) {
        test_random random = {seed};
        b.seed = seed;
        b.task_count = (uint32_t)random_below(&random, TASKS_MAX + 1);
        b.cell_count = 1 + (unsigned)random_below(&random, CELLS_MAX);
        b.yields = random_below(&random, 2) == 0;
        b.stop_at = kind == STRESS_STOP ? (uint32_t)random_below(&random, TASKS_MAX) : UINT32_MAX;
        b.cancel_at = kind == STRESS_CANCEL ? (uint32_t)random_below(&random, TASKS_MAX) : UINT32_MAX;
        run_block(&b, &random);
    }
    if (worker_count > 1) { /* otherwise the test has tested nothing */
        assert_true(b.valid_count > 0);
        assert_true(b.rerun_count > 0);
    }
    scheduler_destroy(b.scheduler);
    mv_memory_destroy(b.mv);
}

static void one_worker_equals_serial(void **state) {
    (void)state;
    stress_blocks(1, STRESS_PLAIN, ROUNDS);
}

static void two_workers_equal_serial(void **state) {
    (void)state;
    stress_blocks(2, STRESS_PLAIN, ROUNDS);
}

static void three_workers_equal_serial(void **state) {
    (void)state;
    stress_blocks(3, STRESS_PLAIN, ROUNDS);
}

static void eight_workers_equal_serial(void **state) {
    (void)state;
    stress_blocks(8, STRESS_PLAIN, ROUNDS);
}

static void stopping_speculation_changes_no_result(void **state) {
    (void)state;
    stress_blocks(3, STRESS_STOP, ROUNDS);
}

static void a_cancelled_run_ends(void **state) {
    (void)state;
    stress_blocks(4, STRESS_CANCEL, ROUNDS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_worker_equals_serial),
        cmocka_unit_test(two_workers_equal_serial),
        cmocka_unit_test(three_workers_equal_serial),
        cmocka_unit_test(eight_workers_equal_serial),
        cmocka_unit_test(stopping_speculation_changes_no_result),
        cmocka_unit_test(a_cancelled_run_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
