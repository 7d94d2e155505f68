#include "engine/parallel.h"

#include <omp.h>
#include <stdatomic.h>

#include "base/bytes.h"
#include "engine/predict.h"

/* Waking the other workers, building the graph and handing work over costs some tens of microseconds: too much for a block
 * that serial execution is through with in a hundred, as it is when all gas limits together stay below GAS_MIN. Up to
 * GAS_SMALL it also matters what the gas is for: most of it on one contract is likely to be a chain, and every stale
 * speculation then costs what parallel work brings elsewhere. docs/performance.md has the measurements. */
enum { TRANSACTIONS_MIN = 4, GAS_MIN = 4000000, GAS_SMALL = 8000000, PLANS_PER_WORKER_MIN = 2 };

/* --- Plans */

static unsigned plan_worker_count(const block_run *run) {
    size_t useful = run->block->transaction_count / PLANS_PER_WORKER_MIN;
    unsigned threads = run->engine->thread_count;
    return useful < 1 ? 1 : useful < threads ? (unsigned)useful : threads;
}

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
    return arena_alloc_array(&run->engine->memory, count + 1, sizeof(tx_authority));
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

static bool calls_contract(const tx_plan *plan, const weft_address *contract) {
    return plan->tx->data.size > 0 && !plan->tx->is_creation && address_equal(&plan->tx->to, contract);
}

/* Whether more than half of the gas of all calls goes to one contract. One pass finds the only address that it can be
 * (Boyer and Moore's vote, weighted), a second one counts. */
static bool is_one_sided(const block_run *run) {
    weft_address candidate = {{0}};
    uint64_t lead = 0, total = 0, share = 0;
    for (size_t i = 0; i < run->block->transaction_count; i++) {
        const tx_plan *plan = &run->plans[i];
        uint64_t gas = plan->tx->data.size > 0 ? plan->tx->gas_limit : 0;
        total += gas;
        if (calls_contract(plan, &candidate)) {
            lead += gas;
        } else if (lead >= gas) {
            lead -= gas;
        } else {
            lead = gas - lead;
            candidate = plan->tx->to;
        }
    }
    for (size_t i = 0; i < run->block->transaction_count; i++) {
        share += calls_contract(&run->plans[i], &candidate) ? run->plans[i].tx->gas_limit : 0;
    }
    return share > total / 2;
}

bool parallel_is_worthwhile(const block_run *run) {
    size_t count = run->block->transaction_count;
    if (run->engine->thread_count < 2 || count < 2) {
        return false;
    }
    if (run->engine->force_parallel) {
        return true;
    }
    uint64_t gas = 0;
    for (size_t i = 0; i < count && gas < GAS_SMALL; i++) {
        gas += predict_gas(&run->plans[i]);
    }
    return count >= TRANSACTIONS_MIN && gas >= GAS_MIN && (gas >= GAS_SMALL || !is_one_sided(run));
}

/* --- Workers */

typedef struct parallel {
    block_run *run;
    scheduler *scheduler;
    policy policy; /* of the holder of the ordered phase, like everything in `run` that changes */
} parallel;

/* After the head moved: tell the others, or end it. */
static void advance(parallel *p, unsigned index, uint32_t task, bool was_speculative, bool was_valid) {
    block_run *run = p->run;
    if (!block_run_is_alive(run)) {
        scheduler_cancel(p->scheduler);
        return;
    }
    policy_note(&p->policy, was_speculative, was_valid, run->receipts[task].gas_used);
    if (!run->engine->force_parallel && scheduler_is_speculating(p->scheduler) && policy_should_stop(&p->policy)) {
        run->stats.fell_back = true;
        run->stats.fallback_index = task + 1;
        scheduler_stop_speculation(p->scheduler);
    }
    scheduler_settled(p->scheduler, index, task);
}

/* A publication that fails for lack of memory leaves speculative readers with older values: slower, not wrong. */
static void run_head(parallel *p, unsigned index, uint32_t task) {
    block_run *run = p->run;
    worker *w = &run->engine->workers[index];
    block_run_head(run, w, task);
    if (block_run_is_alive(run) && scheduler_is_speculating(p->scheduler)) {
        (void)outcome_publish(&run->outcomes[task], run->engine->state.cells, index, block_run_version(task));
    }
}

static void settle(parallel *p, unsigned index, uint32_t task) {
    block_run *run = p->run;
    bool valid = block_run_settle(run, &run->engine->workers[index], task);
    if (!valid) {
        run->stats.reexecutions++;
        if (run->has_outcome[task] && run->outcomes[task].verdict == WEFT_VALID) {
            outcome_retract(&run->outcomes[task], block_run_version(task));
        }
        run_head(p, index, task);
    }
    advance(p, index, task, true, valid);
}

static void work(parallel *p, unsigned index) {
    worker *w = &p->run->engine->workers[index];
    for (;;) {
        uint32_t task;
        switch (scheduler_next(p->scheduler, index, &task)) {
        case SCHEDULER_SPECULATE:
            block_run_speculate(p->run, w, task);
            scheduler_executed(p->scheduler, index, task);
            break;
        case SCHEDULER_SETTLE:
            settle(p, index, task);
            break;
        case SCHEDULER_RUN_HEAD:
            run_head(p, index, task);
            advance(p, index, task, false, true);
            break;
        case SCHEDULER_DONE:
            return;
        }
    }
}

static bool build_graph(parallel *p) {
    block_run *run = p->run;
    uint32_t count = (uint32_t)run->block->transaction_count;
    unsigned threads = run->engine->thread_count;
    if (!scheduler_reset(p->scheduler, count, threads, run->engine->seed)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        run->stats.predicted_accesses += predict_accesses(p->scheduler, i, &run->plans[i], run->engine->seed);
    }
    policy_reset(&p->policy, count, threads);
    return true;
}

void parallel_run(block_run *run) {
    parallel p = {.run = run, .scheduler = run->engine->scheduler};
    if (!build_graph(&p)) {
        run->status = WEFT_NO_MEMORY;
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
