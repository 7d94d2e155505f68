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
    weft_engine_destroy(b->pair);
    b->serial = b->pair = NULL;
    for (size_t i = 0; i < b->count_count; i++) {
        weft_engine_destroy(b->parallel[i]);
        b->parallel[i] = NULL;
    }
}

bool bench_create_engines(bench *b, const weft_chain *chain) {
    weft_engine_config config = {.size = sizeof config, .threads = 1, .keep_code_cache = true};
    weft_status status = weft_engine_create(&b->serial, chain, &config);
    config.force_parallel = b->force_parallel;
    config.threads = 2;
    if (status == WEFT_OK) {
        status = weft_engine_create(&b->pair, chain, &config);
    }
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

static weft_status measure_transactions(bench *b, bench_result *result, const bench_block *block, failure *f) {
    tx_costs costs;
    size_t repeat = bench_repeat_of(&b->plan, result->serial.total.median);
    weft_status status = tx_costs_measure(&costs, b->serial, b->pair, block, repeat);
    if (status == WEFT_OK) {
        status = tx_costs_summarize(&costs, &result->transactions);
    }
    tx_costs_free(&costs);
    return status == WEFT_OK ? status : failure_set(f, status, "%s: %s", result->name, weft_status_message(status));
}

bool bench_time_block(bench *b, const bench_title *title, const bench_block *block) {
    bench_result result = {.state = title->state, .after = title->after};
    (void)snprintf(result.workload, sizeof result.workload, "%s", title->workload);
    (void)snprintf(result.name, sizeof result.name, "%s", title->name);
    (void)snprintf(result.label, sizeof result.label, "%s", title->label);
    for (size_t i = 0; i < b->count_count && block->block->transaction_count > 0; i++) {
        failure f;
        result.threads = b->counts[i];
        bench_plan plan = b->plan;
        plan.peers = i == 0 && b->peers.count > 0 ? &b->peers : NULL;
        weft_status status = bench_measure(&result, &plan, b->serial, b->parallel[i], block, &f);
        if (status == WEFT_OK && i == 0) {
            status = measure_transactions(b, &result, block, &f);
        }
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
