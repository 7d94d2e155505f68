#include "bench/bench.h"

#include <stdio.h>

#include "bench/tx_costs.h"
#include "tools/arguments.h"

void bench_fail(bench *b, const failure *f) {
    int status = f->status == WEFT_DECODE ? EXIT_WRONG : EXIT_HOST;
    fprintf(stderr, "weft bench: %s\n", f->message);
    b->exit_status = status > b->exit_status ? status : b->exit_status;
}

/* --- Engines */

void bench_destroy_engines(bench *b) {
    weft_engine_destroy(b->serial);
    b->serial = NULL;
    for (size_t i = 0; i < b->count_count; i++) {
        weft_engine_destroy(b->parallel[i]);
        b->parallel[i] = NULL;
    }
}

bool bench_create_engines(bench *b, const weft_chain *chain) {
    weft_engine_config config = {.size = sizeof config, .threads = 1, .keep_code_cache = !b->plan.cold_code};
    weft_status status = weft_engine_create(&b->serial, chain, &config);
    config.force_parallel = b->force_parallel;
    for (size_t i = 0; i < b->count_count && status == WEFT_OK; i++) {
        config.threads = b->counts[i];
        status = weft_engine_create(&b->parallel[i], chain, &config);
    }
    if (status != WEFT_OK) {
        failure f;
        failure_set(&f, status, "engine: %s", weft_status_message(status));
        bench_fail(b, &f);
        bench_destroy_engines(b);
    }
    return status == WEFT_OK;
}

unsigned bench_root_threads(const bench *b) {
    unsigned most = 1;
    for (size_t i = 0; i < b->count_count; i++) {
        most = b->counts[i] > most ? b->counts[i] : most;
    }
    return most;
}

/* --- A block */

/* The engine whose way through a block the model follows: one that shares blocks, if there is any. */
static size_t modelled_engine(const bench *b) {
    for (size_t i = 0; i < b->count_count; i++) {
        if (b->counts[i] > 1) {
            return i;
        }
    }
    return 0;
}

/* What depends on the block alone, not on the number of threads. */
static weft_status conclude(const bench *b, bench_result *result, const tx_costs *costs) {
    weft_status status = tx_costs_summarize(costs, &result->transactions);
    result->has_model = b->counts[modelled_engine(b)] > 1;
    if (!result->has_model) {
        return status;
    }
    machine_costs machine; /* now: another virtual machine may have moved this one's cores apart */
    machine_costs_measure(&machine);
    for (size_t i = 0; i < BENCH_SIMULATIONS && status == WEFT_OK; i++) {
        status = simulate(&result->model[i], costs, &machine, bench_simulated_workers[i], b->force_parallel);
    }
    return status;
}

static weft_status measure(bench *b, bench_result *result, size_t count_index, const bench_block *block, failure *f) {
    const bench_engines engines = {b->serial, b->parallel[modelled_engine(b)], b->parallel[count_index]};
    tx_costs costs = {0};
    bool is_first = count_index == 0;
    bench_plan plan = b->plan;
    plan.peers = is_first && b->peers.count > 0 ? &b->peers : NULL;
    result->threads = b->counts[count_index];
    weft_status status = bench_measure(result, is_first ? &costs : NULL, &plan, &engines, block, f);
    if (status == WEFT_OK && is_first && (status = conclude(b, result, &costs)) != WEFT_OK) {
        failure_set(f, status, "%s: %s", result->name, weft_status_message(status));
    }
    tx_costs_free(&costs);
    return status;
}

bool bench_time_block(bench *b, const bench_title *title, const bench_block *block) {
    bench_result result = {.state = title->state, .call_count = title->call_count, .after = title->after};
    (void)snprintf(result.workload, sizeof result.workload, "%s", title->workload);
    (void)snprintf(result.name, sizeof result.name, "%s", title->name);
    (void)snprintf(result.label, sizeof result.label, "%s", title->label);
    for (size_t i = 0; i < b->count_count && block->block->transaction_count > 0; i++) {
        failure f;
        weft_status status = measure(b, &result, i, block, &f);
        if (status == WEFT_OK && !bench_report_block(&b->report, &result)) {
            status = failure_set(&f, WEFT_NO_MEMORY, "%s: %s", result.name, weft_status_message(WEFT_NO_MEMORY));
        }
        if (status != WEFT_OK) {
            bench_fail(b, &f);
            return false;
        }
    }
    return true;
}
