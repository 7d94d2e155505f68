#include "bench/simulation.h"

#include <stdlib.h>

#include "scheduler/policy.h"
#include "scheduler/scheduler.h"
#include "scheduler/scheduler_internal.h"

/* What a worker does until its clock. */
typedef enum activity {
    COMING,  /* on its way into the region, or being woken: then it asks */
    WORKING, /* at `order` on `task` */
    LOOKING, /* for work, until it parks */
    PARKED,  /* until a token is granted */
    LEFT
} activity;

typedef struct sim_worker {
    activity activity;
    double clock;
    scheduler_order order;
    uint32_t task;
} sim_worker;

typedef struct sim_task {
    double read_at;    /* of its speculative run: when it read what it needs */
    double visible_at; /* when what it finally changes could be read */
    unsigned runner;   /* of its speculative run */
    bool holds;        /* at the head: what was run ahead stands */
} sim_task;

typedef struct simulation {
    const tx_costs *block;
    const machine_costs *machine;
    scheduler *scheduler;
    policy policy;
    bool force_parallel;
    uint32_t first; /* transaction that is task 0 */
    sim_worker *workers;
    unsigned worker_count;
    sim_task *tasks;
    unsigned last_holder; /* of the ordered phase */
    simulated *result;
} simulation;

/* --- What an order takes */

static bool speculation_holds(const simulation *s, uint32_t task) {
    const weft_dependencies *needs = &s->block->dependencies[s->first + task];
    for (size_t i = 0; i < needs->count; i++) {
        uint32_t needed = needs->list[i].transaction;
        if (needed >= s->first &&
            (needs->list[i].is_hidden || s->tasks[needed - s->first].visible_at > s->tasks[task].read_at)) {
            return false;
        }
    }
    return true;
}

static double head_seconds(const tx_cost *cost) {
    return cost->head > 0 ? cost->head : cost->serial;
}

/* Lines per account or slot that a worker has to fetch when another core wrote them: its value; an outcome that was made
 * elsewhere. */
enum { LINES_OF_VALUE = 2, LINES_OF_OUTCOME = 4 };

static double order_seconds(simulation *s, unsigned index) {
    sim_worker *w = &s->workers[index];
    uint32_t transaction = s->first + w->task;
    const tx_cost *cost = &s->block->txs[transaction];
    sim_task *task = &s->tasks[w->task];
    double line = s->machine->fetch * (double)s->block->profiles[transaction].location_count;
    double values = w->order == SCHEDULER_SPECULATE || s->last_holder != index ? LINES_OF_VALUE * line : 0;
    double seconds = 0;
    switch (w->order) {
    case SCHEDULER_SPECULATE:
        seconds = values + (cost->ahead > 0 ? cost->ahead : cost->serial);
        task->read_at = w->clock + seconds / 2;
        task->runner = index;
        return seconds;
    case SCHEDULER_SETTLE:
        task->holds = speculation_holds(s, w->task);
        seconds = cost->settle + (task->runner != index ? LINES_OF_OUTCOME * line : 0);
        break;
    case SCHEDULER_RUN_HEAD: task->holds = false; break;
    case SCHEDULER_DONE: return 0;
    }
    s->last_holder = index;
    return seconds + values + (task->holds ? 0 : head_seconds(cost));
}

/* --- What happens when it is done, as in engine/parallel.c */

static void advance(simulation *s, unsigned index, bool was_speculative, bool was_valid) {
    uint32_t task = s->workers[index].task;
    policy_note(&s->policy, was_speculative, was_valid, s->block->receipts[s->first + task].gas_used);
    if (!s->force_parallel && scheduler_is_speculating(s->scheduler) && policy_should_stop(&s->policy)) {
        s->result->fell_back = true;
        scheduler_stop_speculation(s->scheduler);
    }
    scheduler_settled(s->scheduler, index, task);
}

static void finish_order(simulation *s, unsigned index) {
    sim_worker *w = &s->workers[index];
    sim_task *task = &s->tasks[w->task];
    switch (w->order) {
    case SCHEDULER_SPECULATE:
        task->visible_at = w->clock;
        scheduler_executed(s->scheduler, index, w->task);
        break;
    case SCHEDULER_SETTLE:
        if (!task->holds) {
            task->visible_at = w->clock;
            s->result->reexecutions++;
        }
        advance(s, index, true, task->holds);
        break;
    case SCHEDULER_RUN_HEAD:
        task->visible_at = w->clock;
        advance(s, index, false, true);
        break;
    case SCHEDULER_DONE: break;
    }
}

/* --- Workers */

/* Returns: whether the scheduler had something for the worker. */
static bool ask(simulation *s, unsigned index) {
    sim_worker *w = &s->workers[index];
    if (!scheduler_try_next(s->scheduler, index, &w->order, &w->task)) {
        return false;
    }
    if (w->order == SCHEDULER_DONE) {
        w->activity = LEFT;
    } else {
        w->activity = WORKING;
        w->clock += s->machine->order + order_seconds(s, index);
    }
    return true;
}

static void ask_or_look(simulation *s, unsigned index) {
    sim_worker *w = &s->workers[index];
    if (!ask(s, index)) {
        w->activity = LOOKING;
        w->clock += s->machine->spin;
    }
}

static void look_last_and_park(simulation *s, unsigned index) {
    parking *place = scheduler_parking(s->scheduler);
    parking_announce(place);
    if (ask(s, index)) {
        parking_cancel(place);
    } else {
        s->workers[index].activity = PARKED;
    }
}

/* Those who look see at once what has changed. */
static void let_others_look(simulation *s, double now) {
    for (unsigned i = 0; i < s->worker_count; i++) {
        sim_worker *w = &s->workers[i];
        double give_up = w->clock;
        if (w->activity == LOOKING) {
            w->clock = now;
            if (!ask(s, i)) {
                w->clock = give_up;
            }
        }
    }
}

/* Give the tokens that were granted to sleepers. Returns: how many. */
static unsigned wake_sleepers(simulation *s, double now) {
    parking *place = scheduler_parking(s->scheduler);
    unsigned woken = 0;
    for (unsigned i = 0; i < s->worker_count && place->tokens > 0; i++) {
        if (s->workers[i].activity == PARKED) {
            parking_sleep(place); /* takes a token and returns */
            s->workers[i].activity = COMING;
            s->workers[i].clock = now + s->machine->wake;
            woken++;
        }
    }
    return woken;
}

/* The worker whose clock is next; worker_count if all have left or are parked. */
static unsigned next_worker(const simulation *s) {
    unsigned next = s->worker_count;
    for (unsigned i = 0; i < s->worker_count; i++) {
        const sim_worker *w = &s->workers[i];
        if (w->activity != PARKED && w->activity != LEFT &&
            (next == s->worker_count || w->clock < s->workers[next].clock)) {
            next = i;
        }
    }
    return next;
}

/* Returns: when the last worker left. */
static double run_workers(simulation *s) {
    double now = 0;
    for (unsigned i; (i = next_worker(s)) < s->worker_count;) {
        sim_worker *w = &s->workers[i];
        now = w->clock;
        switch (w->activity) {
        case COMING: ask_or_look(s, i); break;
        case LOOKING: look_last_and_park(s, i); break;
        default:
            finish_order(s, i);
            w->clock += s->machine->waking * wake_sleepers(s, now);
            ask_or_look(s, i);
            let_others_look(s, now);
        }
    }
    return now;
}

/* --- A block */

static bool build_graph(simulation *s, uint32_t task_count) {
    if (!scheduler_reset(s->scheduler, task_count, s->worker_count, 1)) {
        return false;
    }
    for (uint32_t task = 0; task < task_count; task++) {
        const weft_transaction_profile *t = &s->block->profiles[s->first + task];
        for (size_t i = 0; i < t->predicted_count; i++) {
            const weft_predicted_access *access = &t->predicted[i];
            if (!scheduler_predict(s->scheduler, task, access->location, access->reads, access->writes)) {
                return false;
            }
        }
        if (t->stays_at_head) {
            scheduler_leave_to_head(s->scheduler, task);
        }
    }
    policy_reset(&s->policy, task_count, s->worker_count);
    return true;
}

/* The transactions from `first` on. */
static weft_status run_shared(simulation *s, double *seconds) {
    uint32_t task_count = (uint32_t)s->block->count - s->first;
    s->scheduler = scheduler_create();
    s->workers = calloc(s->worker_count, sizeof *s->workers);
    s->tasks = calloc(task_count + 1, sizeof *s->tasks);
    bool ok = s->scheduler != NULL && s->workers != NULL && s->tasks != NULL && build_graph(s, task_count);
    if (ok) {
        for (unsigned i = 1; i < s->worker_count; i++) {
            s->workers[i].clock = s->machine->region / 2;
        }
        *seconds = run_workers(s) + s->machine->region / 2;
    }
    free(s->tasks);
    free(s->workers);
    scheduler_destroy(s->scheduler);
    return ok ? WEFT_OK : WEFT_NO_MEMORY;
}

enum { PLANS_PER_CHUNK = 4 }; /* of the loop in parallel_plan(), and the least there must be of per worker */

static double plan_seconds(const simulation *s) {
    size_t useful = s->block->count / PLANS_PER_CHUNK;
    size_t workers = useful < 1 ? 1 : useful < s->worker_count ? useful : s->worker_count;
    if (workers == 1) {
        return s->block->plan;
    }
    size_t chunks = (s->block->count + PLANS_PER_CHUNK - 1) / PLANS_PER_CHUNK;
    size_t rounds = (chunks + workers - 1) / workers;
    return s->block->plan * (double)rounds / (double)chunks + s->machine->region;
}

weft_status simulate(simulated *result, const tx_costs *block, const machine_costs *machine, unsigned workers,
                     bool force_parallel) {
    simulation s = {.block = block,
                    .machine = machine,
                    .force_parallel = force_parallel,
                    .first = (uint32_t)(workers == 1 ? block->count : block->shared_from),
                    .worker_count = workers,
                    .result = result};
    *result = (simulated){.workers = workers, .execute = block->edges};
    for (size_t i = 0; i < s.first; i++) {
        result->execute += block->txs[i].serial;
    }
    weft_status status = WEFT_OK;
    if (s.first < block->count) {
        double shared = 0;
        status = run_shared(&s, &shared);
        result->execute += block->share + shared;
    }
    result->total = plan_seconds(&s) + result->execute + block->finish;
    return status;
}
