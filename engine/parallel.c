#include "engine/parallel.h"

#include <omp.h>
#include <stdatomic.h>

#include "engine/bal_seed.h"
#include "engine/predict.h"
#include "engine/profile.h"

/* A plan takes some 40 µs, a sleeping worker as long to wake. */
enum { PLANS_PER_WORKER_MIN = 4 };

/* --- Plans */

static unsigned plan_worker_count(const block_run *run) {
    size_t useful = run->block->transaction_count / PLANS_PER_WORKER_MIN;
    unsigned threads = run->engine->thread_count;
    return useful < 1 ? 1 : useful < threads ? (unsigned)useful : threads;
}

/* Zero: nobody has signed for a transaction that is refused before its authorities are recovered. */
static tx_authority *allocate_authorities(block_run *run, size_t **first) {
    size_t count = 0, n = run->block->transaction_count;
    *first = arena_alloc_array(&run->engine->memory, n + 1, sizeof **first);
    if (*first == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        (*first)[i] = count;
        count += run->block->transactions[i].authorization_count;
    }
    return arena_alloc_zero(&run->engine->memory, (count + 1) * sizeof(tx_authority));
}

void parallel_plan(block_run *run) {
    size_t *first;
    tx_authority *authorities = allocate_authorities(run, &first);
    if (authorities == NULL) {
        run->status = WEFT_NO_MEMORY;
        return;
    }
    /* Relaxed: the end of the region orders every store before the load after it. */
    _Atomic(weft_status) failure = WEFT_OK;
    const weft_transaction *transactions = run->block->transactions;
    int64_t count = (int64_t)run->block->transaction_count;
#pragma omp parallel for schedule(dynamic, 4) num_threads(plan_worker_count(run))
    for (int64_t i = 0; i < count; i++) {
        weft_status status =
            transition_plan(&run->plans[i], &transactions[i], &run->plan_context, authorities + first[i]);
        if (status != WEFT_OK) {
            atomic_store_explicit(&failure, status, memory_order_relaxed);
        }
    }
    run->status = atomic_load_explicit(&failure, memory_order_relaxed);
}

/* --- Workers */

typedef struct parallel {
    block_run *run;
    scheduler *scheduler;
    uint32_t first; /* transaction that is the scheduler's task 0 */
    policy policy;  /* of the holder of the ordered phase, like everything in `run` that changes */
} parallel;

/* After the head moved: tell the others, or end it. */
static void advance(parallel *p, unsigned worker_index, uint32_t task, bool was_speculative, bool was_valid) {
    block_run *run = p->run;
    if (!block_run_is_alive(run)) {
        scheduler_cancel(p->scheduler);
        return;
    }
    policy_note(&p->policy, was_speculative, was_valid, run->receipts[p->first + task].gas_used);
    if (!run->engine->force_parallel && scheduler_is_speculating(p->scheduler) && policy_should_stop(&p->policy)) {
        run->stats.fell_back = true;
        run->stats.fallback_index = p->first + task + 1;
        scheduler_stop_speculation(p->scheduler);
    }
    scheduler_settled(p->scheduler, worker_index, task);
}

/* Whether outcomes are for later speculation to read. With an access list every version is there before the first
 * transaction runs, with all its lanes; what an outcome is worth publishing of would replace it, and lanes be missing. */
static bool publishes(const parallel *p) {
    return !p->run->has_access_list && scheduler_is_speculating(p->scheduler);
}

/* A publication that fails for lack of memory leaves speculative readers with older values: slower, not wrong. */
static void run_head(parallel *p, unsigned worker_index, uint32_t index) {
    block_run *run = p->run;
    block_run_head(run, &run->engine->workers[worker_index], index);
    if (block_run_is_alive(run) && publishes(p)) {
        (void)outcome_publish(&run->outcomes[index], run->engine->state.cells, worker_index, block_run_version(index));
    }
}

/* At the head, when what was run ahead, if anything, does not stand. */
static void run_again(parallel *p, unsigned worker_index, uint32_t index) {
    block_run *run = p->run;
    run->stats.reexecutions += run->has_outcome[index];
    if (run->has_outcome[index] && run->outcomes[index].verdict == WEFT_VALID && !run->has_access_list) {
        outcome_retract(&run->outcomes[index], block_run_version(index));
    }
    run_head(p, worker_index, index);
}

/* Returns: whether the speculative outcome stood. */
static bool settle(parallel *p, unsigned worker_index, uint32_t index) {
    if (block_run_settle(p->run, &p->run->engine->workers[worker_index], index)) {
        return true;
    }
    run_again(p, worker_index, index);
    return false;
}

static void work(parallel *p, unsigned worker_index) {
    for (;;) {
        uint32_t task;
        switch (scheduler_next(p->scheduler, worker_index, &task)) {
        case SCHEDULER_SPECULATE:
            block_run_speculate(p->run, &p->run->engine->workers[worker_index], p->first + task);
            scheduler_executed(p->scheduler, worker_index, task);
            break;
        case SCHEDULER_SETTLE: advance(p, worker_index, task, true, settle(p, worker_index, p->first + task)); break;
        case SCHEDULER_RUN_HEAD:
            run_head(p, worker_index, p->first + task);
            advance(p, worker_index, task, false, true);
            break;
        case SCHEDULER_DONE: return;
        }
    }
}

typedef struct graph_task {
    scheduler *scheduler;
    uint32_t task;
} graph_task;

static void predict_to_graph(void *context, uint64_t location, bool reads, bool writes) {
    graph_task *t = context;
    (void)scheduler_predict(t->scheduler, t->task, location, reads, writes);
}

static bool build_graph(parallel *p) {
    block_run *run = p->run;
    uint32_t count = (uint32_t)run->block->transaction_count - p->first;
    unsigned threads = run->engine->thread_count;
    if (!scheduler_reset(p->scheduler, count, threads, run->engine->seed)) {
        return false;
    }
    for (uint32_t task = 0; task < count; task++) {
        const tx_plan *plan = &run->plans[p->first + task];
        if (!run->has_access_list) {
            graph_task context = {p->scheduler, task};
            run->stats.predicted_accesses += predict_accesses(plan, run->engine->seed, predict_to_graph, &context);
        }
        if (predict_is_cheap(plan) && !run->engine->force_parallel) {
            scheduler_leave_to_head(p->scheduler, task);
            if (run->profiles != NULL) {
                run->profiles[p->first + task].stays_at_head = true;
            }
        }
    }
    policy_reset(&p->policy, count, threads);
    return true;
}

/* All that is done before the workers begin. */
static void prepare(parallel *p) {
    block_run *run = p->run;
    run->status = block_state_publish_accepted(&run->engine->state);
    if (run->status == WEFT_OK && run->has_access_list) {
        run->stats.used_access_list = true;
        run->status = bal_seed(run, &run->access_list);
    }
    if (run->status == WEFT_OK && !build_graph(p)) {
        run->status = WEFT_NO_MEMORY;
    }
}

/* What the workers would do, by one of them: each task ahead, when those before it are settled, and then settled itself. */
static void work_alone(parallel *p) {
    block_run *run = p->run;
    worker *w = &run->engine->workers[0];
    for (uint32_t i = p->first; i < run->block->transaction_count && block_run_is_alive(run); i++) {
        weft_transaction_profile *t = &run->profiles[i];
        bool is_settled = false;
        if (!t->stays_at_head) {
            block_run_speculate(run, w, i);
            t->ahead_seconds = profile_lap(run);
            is_settled = block_run_settle(run, w, i);
            t->settle_seconds = profile_lap(run);
        }
        if (!is_settled) {
            run_again(p, 0, i);
            t->head_seconds = profile_lap(run);
        }
    }
}

void parallel_run(block_run *run, uint32_t first) {
    parallel p = {.run = run, .scheduler = run->engine->scheduler, .first = first};
    double start = block_run_seconds();
    prepare(&p);
    if (run->status != WEFT_OK) {
        return;
    }
    if (run->profiles != NULL) {
        (void)profile_lap(run);
        run->share_seconds = run->lap_start - start;
        work_alone(&p);
        return;
    }
    /* OpenMP may grant fewer threads than asked for: the scheduler does not mind workers that never come. */
#pragma omp parallel num_threads(run->engine->thread_count)
    {
        work(&p, (unsigned)omp_get_thread_num());
#pragma omp single nowait
        run->stats.threads = (unsigned)omp_get_num_threads();
    }
}
