/* Every interleaving of small runs, one call of a worker at a time.
 *
 * A run is a sequence of steps; in each, one of the workers that can move does: it asks for an order, reports one done,
 * or wakes up with the token somebody left it. A worker that finds nothing parks, as scheduler_next() would. The search
 * goes through all sequences, by repeating a run with the last choice that has an alternative changed, over all graphs
 * of up to four tasks, windows and moments to stop speculating.
 *
 * In every one of them each task must be settled once and in order by the one holder of the ordered phase, after it has
 * been handed out either once for speculation or once to be run at the head; and no run may get stuck with workers
 * parked. What this cannot see, races inside a call, is for test_speculation under ThreadSanitizer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scheduler/scheduler.h"
#include "scheduler/scheduler_internal.h"

#include <stdio.h>
#include <string.h>

enum { TASKS_MAX = 4, WORKERS_MAX = 3, STEPS_MAX = 64 };

typedef enum stance { FRESH, ASKING, BUSY, PARKED, GONE } stance;

typedef struct setting {
    uint32_t task_count;
    unsigned worker_count;
    unsigned edges; /* a bit per pair of tasks */
    uint32_t window;
    uint32_t stop_at;   /* the task with which speculation is stopped */
    uint32_t cancel_at; /* the task after which the run is cancelled */
} setting;

typedef struct model {
    setting setting;
    scheduler *s;
    stance stances[WORKERS_MAX];
    scheduler_order orders[WORKERS_MAX];
    uint32_t tasks[WORKERS_MAX];
    unsigned speculated[TASKS_MAX]; /* orders to speculate, executed, run at the head */
    unsigned executed[TASKS_MAX];
    unsigned run_at_head[TASKS_MAX];
    uint32_t settled_count;
    bool cancelled;
    /* The path: which of the workers that could move did, and how many could. */
    unsigned choices[STEPS_MAX], widths[STEPS_MAX];
    unsigned depth;
} model;

static void violated(const model *m, const char *what) {
    char path[STEPS_MAX * 3] = "";
    for (unsigned i = 0; i < m->depth; i++) {
        (void)snprintf(path + strlen(path), sizeof path - strlen(path), " %u", m->choices[i]);
    }
    fail_msg("%s: %u tasks, %u workers, edges %x, window %u, stop %u, cancel %u, path%s", what, m->setting.task_count,
             m->setting.worker_count, m->setting.edges, m->setting.window, m->setting.stop_at, m->setting.cancel_at,
             path);
}

/* Task j reads what task i wrote if the bit of the pair is set; each pair has its own location. */
static void model_start(model *m) {
    const setting *given = &m->setting;
    assert_true(scheduler_reset(m->s, given->task_count, given->worker_count, 1));
    scheduler_set_window(m->s, given->window);
    for (uint32_t j = 0; j < given->task_count; j++) {
        for (uint32_t i = 0; i < given->task_count; i++) {
            uint32_t low = i < j ? i : j, high = i < j ? j : i;
            unsigned pair = high * (high - 1) / 2 + low;
            if (i != j && given->edges >> pair & 1) {
                assert_true(scheduler_predict(m->s, j, pair, i<j, i> j));
            }
        }
    }
    memset(m->stances, 0, sizeof m->stances);
    memset(m->speculated, 0, sizeof m->speculated);
    memset(m->executed, 0, sizeof m->executed);
    memset(m->run_at_head, 0, sizeof m->run_at_head);
    m->settled_count = 0;
    m->cancelled = false;
    m->depth = 0;
}

/* Workers that have not moved yet are alike, so only the first of them may. */
static bool worker_can_move(const model *m, unsigned worker) {
    switch (m->stances[worker]) {
    case FRESH: return worker == 0 || m->stances[worker - 1] != FRESH;
    case ASKING:
    case BUSY: return true;
    case PARKED: return scheduler_parking(m->s)->tokens > 0;
    case GONE: return false;
    }
    return false;
}

static void check_order(model *m, unsigned worker) {
    uint32_t task = m->tasks[worker];
    scheduler_order order = m->orders[worker];
    if (order == SCHEDULER_SPECULATE) {
        if (m->speculated[task]++ > 0 || m->run_at_head[task] > 0 || task < m->settled_count) {
            violated(m, "speculation about a task already claimed");
        }
        if (task - m->settled_count >= m->setting.window) {
            violated(m, "speculation beyond the window");
        }
        for (uint32_t i = 0; i < task; i++) {
            if (m->setting.edges >> (task * (task - 1) / 2 + i) & 1 && i >= m->settled_count && m->executed[i] == 0) {
                violated(m, "speculation before a predecessor");
            }
        }
        return;
    }
    if (task != m->settled_count) {
        violated(m, "an order for another task than the head");
    }
    for (unsigned other = 0; other < m->setting.worker_count; other++) {
        if (other != worker && m->stances[other] == BUSY && m->orders[other] != SCHEDULER_SPECULATE) {
            violated(m, "two holders of the ordered phase");
        }
    }
    if (order == SCHEDULER_SETTLE && m->executed[task] != 1) {
        violated(m, "settled before it was executed");
    }
    if (order == SCHEDULER_RUN_HEAD && (m->speculated[task] > 0 || m->run_at_head[task]++ > 0)) {
        violated(m, "run at the head though claimed");
    }
}

static void worker_ask(model *m, unsigned worker) {
    if (!scheduler_try_next(m->s, worker, &m->orders[worker], &m->tasks[worker])) {
        parking_announce(scheduler_parking(m->s));
        m->stances[worker] = PARKED;
    } else if (m->orders[worker] == SCHEDULER_DONE) {
        m->stances[worker] = GONE;
        if (m->settled_count < m->setting.task_count && !m->cancelled) {
            violated(m, "done before the end");
        }
    } else {
        check_order(m, worker);
        m->stances[worker] = BUSY;
    }
}

static void worker_report(model *m, unsigned worker) {
    uint32_t task = m->tasks[worker];
    m->stances[worker] = ASKING;
    if (m->orders[worker] == SCHEDULER_SPECULATE) {
        m->executed[task]++;
        scheduler_executed(m->s, worker, task);
        return;
    }
    m->settled_count++;
    if (task == m->setting.stop_at) {
        scheduler_stop_speculation(m->s);
    }
    scheduler_settled(m->s, worker, task);
    if (task == m->setting.cancel_at) {
        scheduler_cancel(m->s);
        m->cancelled = true;
    }
}

static void worker_move(model *m, unsigned worker) {
    switch (m->stances[worker]) {
    case FRESH:
    case ASKING: worker_ask(m, worker); break;
    case BUSY: worker_report(m, worker); break;
    case PARKED:
        parking_sleep(scheduler_parking(m->s));
        m->stances[worker] = ASKING;
        break;
    case GONE: break;
    }
}

/* Follow the first `prefix` choices, then always the first that is possible. */
static void model_run(model *m, unsigned prefix) {
    model_start(m);
    for (;;) {
        unsigned movable[WORKERS_MAX], width = 0, gone = 0;
        for (unsigned worker = 0; worker < m->setting.worker_count; worker++) {
            if (worker_can_move(m, worker)) {
                movable[width++] = worker;
            }
            gone += m->stances[worker] == GONE;
        }
        if (width == 0) {
            if (gone < m->setting.worker_count) {
                violated(m, "stuck");
            }
            break;
        }
        if (m->depth == STEPS_MAX) {
            violated(m, "no end");
        }
        if (m->depth >= prefix) {
            m->choices[m->depth] = 0;
        }
        m->widths[m->depth] = width;
        worker_move(m, movable[m->choices[m->depth++]]);
    }
    if (!m->cancelled && m->settled_count != m->setting.task_count) {
        violated(m, "not all settled");
    }
}

/* Returns: the number of interleavings. */
static uint64_t model_search(model *m) {
    uint64_t count = 0;
    unsigned prefix = 0;
    for (;;) {
        model_run(m, prefix);
        count++;
        prefix = m->depth;
        while (prefix > 0 && m->choices[prefix - 1] + 1 == m->widths[prefix - 1]) {
            prefix--;
        }
        if (prefix == 0) {
            return count;
        }
        m->choices[prefix - 1]++;
    }
}

static uint64_t search_graphs(uint32_t task_count, unsigned worker_count, uint32_t window, uint32_t stop_at,
                              uint32_t cancel_at) {
    model m = {.s = scheduler_create()};
    assert_non_null(m.s);
    uint64_t count = 0;
    for (unsigned edges = 0; edges < 1u << task_count * (task_count - 1) / 2; edges++) {
        m.setting = (setting){task_count, worker_count, edges, window, stop_at, cancel_at};
        count += model_search(&m);
    }
    scheduler_destroy(m.s);
    return count;
}

static void one_worker_runs_every_task_at_the_head(void **state) {
    (void)state;
    assert_int_equal(search_graphs(TASKS_MAX, 1, TASKS_MAX, UINT32_MAX, UINT32_MAX), 64);
}

static void no_task_is_nothing_to_do(void **state) {
    (void)state;
    assert_true(search_graphs(0, 3, 1, UINT32_MAX, UINT32_MAX) > 0);
}

static void two_workers_over_all_graphs(void **state) {
    (void)state;
    for (uint32_t task_count = 1; task_count <= TASKS_MAX; task_count++) {
        uint64_t count = search_graphs(task_count, 2, TASKS_MAX, UINT32_MAX, UINT32_MAX);
        print_message("%u tasks, 2 workers: %llu interleavings\n", task_count, (unsigned long long)count);
    }
}

static void three_workers_over_all_graphs(void **state) {
    (void)state;
    for (uint32_t task_count = 1; task_count < TASKS_MAX; task_count++) {
        uint64_t count = search_graphs(task_count, 3, TASKS_MAX, UINT32_MAX, UINT32_MAX);
        print_message("%u tasks, 3 workers: %llu interleavings\n", task_count, (unsigned long long)count);
    }
}

static void the_window_is_kept_and_opened(void **state) {
    (void)state;
    (void)search_graphs(TASKS_MAX, 2, TASKS_MAX / 2, UINT32_MAX, UINT32_MAX);
    for (uint32_t window = 1; window < TASKS_MAX - 1; window++) {
        (void)search_graphs(TASKS_MAX - 1, 2, window, UINT32_MAX, UINT32_MAX);
        (void)search_graphs(TASKS_MAX - 2, 3, window, UINT32_MAX, UINT32_MAX);
    }
}

static void speculation_may_stop_at_any_task(void **state) {
    (void)state;
    for (uint32_t stop_at = 0; stop_at < TASKS_MAX - 1; stop_at++) {
        (void)search_graphs(TASKS_MAX - 1, 2, TASKS_MAX, stop_at, UINT32_MAX);
        (void)search_graphs(TASKS_MAX - 2, 3, TASKS_MAX, stop_at, UINT32_MAX);
    }
}

static void a_run_may_be_cancelled_at_any_task(void **state) {
    (void)state;
    for (uint32_t cancel_at = 0; cancel_at < TASKS_MAX - 1; cancel_at++) {
        (void)search_graphs(TASKS_MAX - 1, 2, TASKS_MAX, UINT32_MAX, cancel_at);
        (void)search_graphs(TASKS_MAX - 2, 3, 1, UINT32_MAX, cancel_at);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_task_is_nothing_to_do),           cmocka_unit_test(one_worker_runs_every_task_at_the_head),
        cmocka_unit_test(two_workers_over_all_graphs),        cmocka_unit_test(three_workers_over_all_graphs),
        cmocka_unit_test(the_window_is_kept_and_opened),      cmocka_unit_test(speculation_may_stop_at_any_task),
        cmocka_unit_test(a_run_may_be_cancelled_at_any_task),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
