#include "tools/runner.h"

#include <omp.h>
#include <stdio.h>
#include <string.h>

unsigned runner_threads_auto(void) {
    unsigned threads = (unsigned)omp_get_max_threads();
    return threads < RUNNER_THREADS_MAX ? threads : RUNNER_THREADS_MAX;
}

unsigned runner_threads(const runner_config *config) {
    return config->mode == RUN_SERIAL ? 1 : config->threads != 0 ? config->threads : runner_threads_auto();
}

weft_status runner_create(runner *r, const weft_chain *chain, const runner_config *config, failure *f) {
    *r = (runner){.config = *config};
    weft_engine_config engine = {.size = sizeof engine, .threads = 1, .keep_code_cache = !config->forgets_codes};
    weft_status status = WEFT_OK;
    if (config->mode != RUN_PARALLEL) {
        status = weft_engine_create(&r->serial, chain, &engine);
    }
    if (config->mode != RUN_SERIAL && status == WEFT_OK) {
        engine.threads = config->threads;
        engine.force_parallel = config->force_parallel;
        status = weft_engine_create(&r->parallel, chain, &engine);
    }
    return status == WEFT_OK ? status : failure_set(f, status, "engine: %s", weft_status_message(status));
}

void runner_free(runner *r) {
    weft_engine_destroy(r->serial);
    weft_engine_destroy(r->parallel);
    *r = (runner){0};
}

static bool receipts_differ(const weft_block_result *a, const weft_block_result *b) {
    for (size_t i = 0; i < a->receipt_count; i++) {
        weft_bytes left = a->encoded_receipts[i], right = b->encoded_receipts[i];
        if (left.size != right.size || memcmp(left.data, right.data, left.size) != 0 ||
            a->receipts[i].gas_used != b->receipts[i].gas_used ||
            a->receipts[i].has_contract_address != b->receipts[i].has_contract_address ||
            memcmp(&a->receipts[i].contract_address, &b->receipts[i].contract_address, sizeof(weft_address)) != 0) {
            return true;
        }
    }
    return false;
}

const char *runner_difference(const weft_block_result *a, const weft_block_result *b) {
    if (a->verdict != b->verdict) {
        return "verdict";
    }
    if (a->transaction_index != b->transaction_index) {
        return "transaction that the verdict is about";
    }
    if (a->gas_used != b->gas_used) {
        return "gas used";
    }
    if (a->receipt_count != b->receipt_count || receipts_differ(a, b)) {
        return "receipts";
    }
    if (memcmp(&a->receipts_root, &b->receipts_root, sizeof a->receipts_root) != 0) {
        return "receipts root";
    }
    if (memcmp(&a->logs_bloom, &b->logs_bloom, sizeof a->logs_bloom) != 0) {
        return "logs bloom";
    }
    if (memcmp(&a->requests_hash, &b->requests_hash, sizeof a->requests_hash) != 0) {
        return "requests hash";
    }
    weft_bytes left = a->block_access_list, right = b->block_access_list;
    if (left.size != right.size || (left.size > 0 && memcmp(left.data, right.data, left.size) != 0)) {
        return "block access list";
    }
    return NULL;
}

static double seconds_of(const weft_execution_stats *stats) {
    return stats->recover_seconds + stats->execute_seconds + stats->finish_seconds;
}

static weft_status execute_one(weft_engine *engine, runner_outcome *outcome, const weft_block *block,
                               const weft_state_view *view, const weft_execute_options *options) {
    weft_status status = weft_engine_execute(engine, &outcome->result, block, view, options);
    return status == WEFT_OK ? weft_state_delta_digest(&outcome->delta_digest, &outcome->result.delta) : status;
}

static void compare(runner_outcome *outcome, const weft_block_result *serial, const weft_bytes32 *serial_digest) {
    const char *what = runner_difference(serial, &outcome->result);
    if (what == NULL && memcmp(serial_digest, &outcome->delta_digest, sizeof *serial_digest) != 0) {
        what = "state delta";
    }
    if (what != NULL) {
        (void)snprintf(outcome->difference, sizeof outcome->difference, "serial and parallel execution differ: %s",
                       what);
    }
}

weft_status runner_execute(runner *r, runner_outcome *outcome, const weft_block *block, const weft_state_view *view,
                           const weft_execute_options *options, runner_prepare *prepare, void *prepare_context) {
    *outcome = (runner_outcome){.has_serial = r->serial != NULL, .has_parallel = r->parallel != NULL};
    weft_status status = WEFT_OK;
    if (outcome->has_serial) {
        if (prepare != NULL) {
            prepare(prepare_context);
        }
        status = execute_one(r->serial, outcome, block, view, options);
        outcome->serial_seconds = seconds_of(&outcome->result.stats);
    }
    if (outcome->has_parallel && status == WEFT_OK) {
        weft_block_result serial = outcome->result;
        weft_bytes32 serial_digest = outcome->delta_digest;
        if (prepare != NULL) {
            prepare(prepare_context);
        }
        status = execute_one(r->parallel, outcome, block, view, options);
        outcome->parallel_seconds = seconds_of(&outcome->result.stats);
        if (status == WEFT_OK && outcome->has_serial) {
            compare(outcome, &serial, &serial_digest);
        }
    }
    return status;
}
