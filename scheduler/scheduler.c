/* How it works. Three places offer work:
 *
 *   the head       the lowest task not settled. Whoever takes the role and finds the head executed settles it; finds it
 *                  unclaimed, runs it. All its predecessors are settled, so it needs no look at the graph.
 *   the ready set  a bitmap of tasks whose predecessors have all been executed; the lowest one, the most urgent, is
 *                  taken first. A worker remembers one successor it made ready itself, and prefers it: a chain stays
 *                  where its data is warm, yet an idle worker can take it.
 *   the cursor     passes over the tasks once, in order. A task counts the cursor as one more predecessor
 *                  (pending = edges + 1), so exactly one party sees the count reach zero, and no ready task has to be
 *                  found by searching. The cursor goes no further than a window beyond the head.
 *
 * A task may be in reach of several of these; the compare-and-swap of its state from UNCLAIMED decides who runs it.
 *
 * Memory order. What a worker looks at before it parks (cancelled, role, head, states, cursor, ready set) is written
 * and read sequentially consistently: see scheduler_take_head() and parking.h for the two arguments that need it. The
 * same operations carry the data: results of a task from its EXECUTED to the load in scheduler_order_head(), accepted
 * state from the release of the role to its next acquisition, published versions along `pending` and the ready set. */
#include "scheduler/scheduler.h"

#include "base/assert.h"
#include "scheduler/conflict_graph.h"
#include "scheduler/parking.h"
#include "scheduler/scheduler_internal.h"
#include "scheduler/spin_lock.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    CACHE_LINE = 64,

    /* How far beyond the head speculation may go. Far enough that the other workers stay busy while the head is a
     * transaction that costs a hundred times the usual; not the whole of a giant block, where values read so early
     * would be stale by the time they are checked, and the memory of the versions cold. */
    WINDOW_MIN = 256,
    WINDOW_PER_WORKER = 32,

    /* Looks before parking, a few µs in all: about what parking and being woken costs. */
    SPIN_ROUNDS = 32,
    SPIN_PAUSES = 8,

    WORD_BITS = 64
};

#define TASK_NONE UINT32_MAX
#define ROLE_FREE 0u

typedef enum task_state { TASK_UNCLAIMED, TASK_RUNNING, TASK_EXECUTED, TASK_SETTLED } task_state;

typedef struct scheduler_task {
    _Atomic uint32_t pending; /* predecessors not yet executed, plus one until the cursor has passed */
    _Atomic uint32_t state;   /* task_state */
} scheduler_task;

typedef struct scheduler_worker {
    _Alignas(CACHE_LINE) uint32_t successor; /* made ready by this worker and nobody told; TASK_NONE: none */
} scheduler_worker;

struct scheduler {
    _Alignas(CACHE_LINE) _Atomic uint32_t role; /* of the ordered phase: holder + 1, or ROLE_FREE */
    _Alignas(CACHE_LINE) _Atomic uint32_t head; /* advanced by the holder of the role */
    _Alignas(CACHE_LINE) _Atomic uint32_t cursor;
    _Alignas(CACHE_LINE) atomic_bool speculating; /* these change once in a run */
    atomic_bool cancelled;
    uint32_t task_count;
    uint32_t window;
    unsigned spin_rounds;
    unsigned worker_count;
    size_t task_capacity;
    unsigned worker_capacity;
    scheduler_task *tasks;
    _Atomic uint64_t *ready; /* one bit per task */
    scheduler_worker *workers;
    conflict_graph graph;
    _Alignas(CACHE_LINE) parking parking;
};

scheduler *scheduler_create(void) {
    scheduler *s = aligned_alloc(CACHE_LINE, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    *s = (scheduler){0};
    if (!parking_init(&s->parking)) {
        free(s);
        return NULL;
    }
    conflict_graph_init(&s->graph);
    return s;
}

void scheduler_destroy(scheduler *s) {
    if (s == NULL) {
        return;
    }
    conflict_graph_free(&s->graph);
    parking_destroy(&s->parking);
    free(s->workers);
    free(s->ready);
    free(s->tasks);
    free(s);
}

static size_t ready_word_count(size_t task_count) {
    return (task_count + WORD_BITS - 1) / WORD_BITS;
}

static bool scheduler_reserve(scheduler *s, uint32_t task_count, unsigned worker_count) {
    if (task_count > s->task_capacity) {
        free(s->tasks);
        free(s->ready);
        s->task_capacity = 0;
        s->tasks = malloc(task_count * sizeof *s->tasks);
        s->ready = malloc(ready_word_count(task_count) * sizeof *s->ready);
        if (s->tasks == NULL || s->ready == NULL) {
            return false;
        }
        s->task_capacity = task_count;
    }
    if (worker_count > s->worker_capacity) {
        free(s->workers);
        s->worker_capacity = 0;
        s->workers = aligned_alloc(CACHE_LINE, worker_count * sizeof *s->workers);
        if (s->workers == NULL) {
            return false;
        }
        s->worker_capacity = worker_count;
    }
    return true;
}

bool scheduler_reset(scheduler *s, uint32_t task_count, unsigned worker_count, uint64_t seed) {
    WEFT_ASSERT(worker_count >= 1 && worker_count <= 1u << 16 && task_count < TASK_NONE);
    s->task_count = 0;
    if (!scheduler_reserve(s, task_count, worker_count) || !conflict_graph_reset(&s->graph, task_count, seed)) {
        return false;
    }
    for (uint32_t i = 0; i < task_count; i++) {
        atomic_init(&s->tasks[i].pending, 1);
        atomic_init(&s->tasks[i].state, TASK_UNCLAIMED);
    }
    for (size_t i = 0; i < ready_word_count(task_count); i++) {
        atomic_init(&s->ready[i], 0);
    }
    for (unsigned i = 0; i < worker_count; i++) {
        s->workers[i].successor = TASK_NONE;
    }
    s->worker_count = worker_count;
    s->task_count = task_count;
    s->window = WINDOW_PER_WORKER * worker_count > WINDOW_MIN ? WINDOW_PER_WORKER * worker_count : WINDOW_MIN;
    s->spin_rounds = SPIN_ROUNDS;
    atomic_init(&s->role, ROLE_FREE);
    atomic_init(&s->head, 0);
    atomic_init(&s->cursor, 0);
    atomic_init(&s->speculating, worker_count > 1);
    atomic_init(&s->cancelled, false);
    return true;
}

bool scheduler_predict(scheduler *s, uint32_t task, uint64_t location, bool reads, bool writes) {
    size_t edge_count = s->graph.edge_count;
    bool done = conflict_graph_predict(&s->graph, task, location, reads, writes);
    uint32_t added = (uint32_t)(s->graph.edge_count - edge_count);
    atomic_fetch_add_explicit(&s->tasks[task].pending, added, memory_order_relaxed);
    return done;
}

/* A predecessor that is never satisfied. The head's claim does not look at predecessors. */
void scheduler_leave_to_head(scheduler *s, uint32_t task) {
    WEFT_ASSERT(task < s->task_count);
    atomic_fetch_add_explicit(&s->tasks[task].pending, 1, memory_order_relaxed);
}

size_t scheduler_edge_count(const scheduler *s) {
    return s->graph.edge_count;
}

/* Relaxed: it only has to pick one winner. What the winner reads was ordered on the way that led here. */
static bool task_claim(scheduler_task *task) {
    uint32_t expected = TASK_UNCLAIMED;
    return atomic_compare_exchange_strong_explicit(&task->state, &expected, TASK_RUNNING, memory_order_relaxed,
                                                   memory_order_relaxed);
}

/* One predecessor less. Release and acquire: the one that reaches zero sees what all the others published.
 * Returns: whether it was this one. */
static bool task_satisfy(scheduler_task *task) {
    return atomic_fetch_sub_explicit(&task->pending, 1, memory_order_acq_rel) == 1;
}

static void ready_insert(scheduler *s, uint32_t task) {
    atomic_fetch_or_explicit(&s->ready[task / WORD_BITS], (uint64_t)1 << task % WORD_BITS, memory_order_seq_cst);
}

/* Returns: whether it was there. */
static bool ready_remove(scheduler *s, uint32_t task) {
    uint64_t bit = (uint64_t)1 << task % WORD_BITS;
    return (atomic_fetch_and_explicit(&s->ready[task / WORD_BITS], ~bit, memory_order_seq_cst) & bit) != 0;
}

/* Remove the lowest ready task. All unclaimed ones lie between the head and the cursor. */
static bool ready_take(scheduler *s, uint32_t *task) {
    uint32_t head = atomic_load_explicit(&s->head, memory_order_seq_cst);
    uint32_t cursor = atomic_load_explicit(&s->cursor, memory_order_seq_cst);
    for (uint32_t word = head / WORD_BITS; word < ready_word_count(cursor); word++) {
        uint64_t bits = atomic_load_explicit(&s->ready[word], memory_order_seq_cst);
        for (; bits != 0; bits &= bits - 1) {
            *task = word * WORD_BITS + (uint32_t)__builtin_ctzll(bits);
            if (ready_remove(s, *task)) {
                return true;
            }
        }
    }
    return false;
}

/* Move the cursor over one task, if the window allows; settled tasks it need not visit.
 * Out: is_ready   the cursor was what the task had been waiting for. */
static bool cursor_pass(scheduler *s, uint32_t *task, bool *is_ready) {
    uint32_t cursor = atomic_load_explicit(&s->cursor, memory_order_seq_cst), next;
    do {
        uint32_t head = atomic_load_explicit(&s->head, memory_order_seq_cst);
        next = cursor > head ? cursor : head;
        if (next == s->task_count || next - head >= s->window) {
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(&s->cursor, &cursor, next + 1, memory_order_seq_cst,
                                                    memory_order_seq_cst));
    *task = next;
    *is_ready = task_satisfy(&s->tasks[next]);
    return true;
}

static bool scheduler_take_speculation(scheduler *s, unsigned worker, uint32_t *task) {
    if (!atomic_load_explicit(&s->speculating, memory_order_seq_cst)) {
        return false;
    }
    *task = s->workers[worker].successor;
    s->workers[worker].successor = TASK_NONE;
    if (*task != TASK_NONE && task_claim(&s->tasks[*task])) {
        (void)ready_remove(s, *task);
        return true;
    }
    while (ready_take(s, task)) {
        if (task_claim(&s->tasks[*task])) {
            return true;
        }
    }
    bool is_ready;
    while (cursor_pass(s, task, &is_ready)) {
        if (is_ready && task_claim(&s->tasks[*task])) {
            return true;
        }
    }
    return false;
}

/* With the role. Returns: false when the head is under way elsewhere, or there is none. */
static bool scheduler_order_head(scheduler *s, unsigned worker, scheduler_order *order, uint32_t *task) {
    uint32_t head = atomic_load_explicit(&s->head, memory_order_relaxed); /* only the holder writes it */
    if (head == s->task_count) {
        return false;
    }
    *task = head;
    if (task_claim(&s->tasks[head])) {
        *order = SCHEDULER_RUN_HEAD;
        /* This may take long. Let somebody else have the successor that was kept. */
        uint32_t successor = s->workers[worker].successor;
        s->workers[worker].successor = TASK_NONE;
        if (successor != TASK_NONE && successor != head) {
            parking_wake_one(&s->parking);
        }
        return true;
    }
    *order = SCHEDULER_SETTLE;
    return atomic_load_explicit(&s->tasks[head].state, memory_order_seq_cst) == TASK_EXECUTED;
}

/* Take the head's order, together with the role if this worker does not hold it yet.
 *
 * No executed head is left without a settler. A worker that executes a task stores EXECUTED and then comes here; say it
 * leaves empty-handed, because it saw another task at the head under way, or the role held by another worker. Then that
 * other one will look at the head later in the single order of these operations, and sees the EXECUTED: the runner of
 * the other task when it comes back, the holder of the role when it has settled or, as the loop does, after it has let
 * go of the role. */
static bool scheduler_take_head(scheduler *s, unsigned worker, scheduler_order *order, uint32_t *task) {
    bool is_holder = atomic_load_explicit(&s->role, memory_order_relaxed) == worker + 1;
    for (;;) {
        if (!is_holder) {
            uint32_t head = atomic_load_explicit(&s->head, memory_order_seq_cst), role = ROLE_FREE;
            if (head == s->task_count ||
                atomic_load_explicit(&s->tasks[head].state, memory_order_seq_cst) == TASK_RUNNING ||
                !atomic_compare_exchange_strong_explicit(&s->role, &role, worker + 1, memory_order_seq_cst,
                                                         memory_order_seq_cst)) {
                return false;
            }
        }
        if (scheduler_order_head(s, worker, order, task)) {
            return true;
        }
        atomic_store_explicit(&s->role, ROLE_FREE, memory_order_seq_cst);
        is_holder = false;
    }
}

bool scheduler_try_next(scheduler *s, unsigned worker, scheduler_order *order, uint32_t *task) {
    WEFT_ASSERT(worker < s->worker_count);
    if (atomic_load_explicit(&s->cancelled, memory_order_seq_cst)) {
        *order = SCHEDULER_DONE;
        return true;
    }
    if (scheduler_take_head(s, worker, order, task)) {
        return true;
    }
    if (scheduler_head(s) == s->task_count) {
        *order = SCHEDULER_DONE;
        return true;
    }
    *order = SCHEDULER_SPECULATE;
    return scheduler_take_speculation(s, worker, task);
}

scheduler_order scheduler_next(scheduler *s, unsigned worker, uint32_t *task) {
    scheduler_order order;
    for (;;) {
        for (unsigned round = 0; round < s->spin_rounds; round++) {
            if (scheduler_try_next(s, worker, &order, task)) {
                return order;
            }
            for (unsigned i = 0; i < SPIN_PAUSES; i++) {
                spin_pause();
            }
        }
        parking_announce(&s->parking);
        if (scheduler_try_next(s, worker, &order, task)) {
            parking_cancel(&s->parking);
            return order;
        }
        parking_sleep(&s->parking);
    }
}

/* The worker keeps the lowest successor that became ready, and wakes others for the rest. */
static void scheduler_release_successors(scheduler *s, unsigned worker, uint32_t task) {
    uint32_t kept = TASK_NONE;
    for (uint32_t edge = s->graph.nodes[task].first_edge; edge != CONFLICT_GRAPH_NONE;) {
        uint32_t successor = conflict_graph_successor(&s->graph, &edge);
        if (task_satisfy(&s->tasks[successor])) {
            ready_insert(s, successor);
            if (kept != TASK_NONE) {
                parking_wake_one(&s->parking);
            }
            kept = successor;
        }
    }
    s->workers[worker].successor = kept;
}

void scheduler_executed(scheduler *s, unsigned worker, uint32_t task) {
    uint32_t previous = atomic_exchange_explicit(&s->tasks[task].state, TASK_EXECUTED, memory_order_seq_cst);
    WEFT_ASSERT(previous == TASK_RUNNING);
    scheduler_release_successors(s, worker, task);
}

/* The head has moved and the window with it. Workers that are awake will see that for themselves; for parked ones the
 * cursor is moved here, so that nobody is woken to find only tasks that have to wait. */
static void scheduler_open_window(scheduler *s) {
    uint32_t task;
    bool is_ready;
    while (parking_has_sleepers(&s->parking) && cursor_pass(s, &task, &is_ready)) {
        if (is_ready) {
            ready_insert(s, task);
            parking_wake_one(&s->parking);
        }
    }
}

void scheduler_settled(scheduler *s, unsigned worker, uint32_t task) {
    WEFT_ASSERT(atomic_load_explicit(&s->role, memory_order_relaxed) == worker + 1);
    WEFT_ASSERT(atomic_load_explicit(&s->head, memory_order_relaxed) == task);
    uint32_t previous = atomic_load_explicit(&s->tasks[task].state, memory_order_relaxed);
    atomic_store_explicit(&s->tasks[task].state, TASK_SETTLED, memory_order_relaxed);
    atomic_store_explicit(&s->head, task + 1, memory_order_seq_cst);
    if (task + 1 == s->task_count) {
        parking_wake_all(&s->parking);
    } else if (scheduler_is_speculating(s)) {
        if (previous == TASK_RUNNING) {
            scheduler_release_successors(s, worker, task);
        }
        scheduler_open_window(s);
    }
}

void scheduler_stop_speculation(scheduler *s) {
    atomic_store_explicit(&s->speculating, false, memory_order_seq_cst);
}

bool scheduler_is_speculating(const scheduler *s) {
    return atomic_load_explicit(&s->speculating, memory_order_relaxed);
}

void scheduler_cancel(scheduler *s) {
    atomic_store_explicit(&s->cancelled, true, memory_order_seq_cst);
    parking_wake_all(&s->parking);
}

uint32_t scheduler_head(const scheduler *s) {
    return atomic_load_explicit(&s->head, memory_order_seq_cst);
}

void scheduler_set_window(scheduler *s, uint32_t window) {
    s->window = window;
}

void scheduler_set_spin_rounds(scheduler *s, unsigned rounds) {
    s->spin_rounds = rounds;
}

parking *scheduler_parking(scheduler *s) {
    return &s->parking;
}
