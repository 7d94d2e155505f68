#include <weft/engine.h>

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "base/bytes.h"
#include "engine/bal_check.h"
#include "engine/block_edges.h"
#include "engine/block_fees.h"
#include "engine/chain.h"
#include "engine/dependencies.h"
#include "engine/header_check.h"
#include "engine/header_codec.h"
#include "engine/logs_bloom.h"
#include "engine/parallel.h"
#include "engine/probe.h"
#include "engine/profile.h"
#include "engine/receipt.h"
#include "state/trie.h"

enum {
    THREADS_MAX = 256,
    CODE_CACHE_SIZE_MAX = 256 << 20,
    BLOBS_PER_BLOCK_MAX = 1 << 20,
    MEMORY_KEPT = 32 << 20 /* bytes; of what a worker needed for one block, how much it holds on to for the next */
};

/* --- Life of an engine */

static bool create_workers(weft_engine *engine) {
    engine->workers = calloc(engine->thread_count, sizeof *engine->workers);
    if (engine->workers == NULL) {
        return false;
    }
    for (unsigned i = 0; i < engine->thread_count; i++) {
        worker *w = &engine->workers[i];
        arena_init(&w->memory, 0);
        arena_init(&w->logs, 0);
        w->vm = evm_create();
        if (w->vm == NULL || !tx_state_init(&w->state, &engine->state, i, engine->seed)) {
            return false;
        }
    }
    return true;
}

static void destroy_workers(weft_engine *engine) {
    for (unsigned i = 0; engine->workers != NULL && i < engine->thread_count; i++) {
        worker *w = &engine->workers[i];
        evm_destroy(w->vm);
        tx_state_free(&w->state);
        arena_free(&w->memory);
        arena_free(&w->logs);
    }
    free(engine->workers);
}

void weft_engine_destroy(weft_engine *engine) {
    if (engine == NULL) {
        return;
    }
    destroy_workers(engine);
    scheduler_destroy(engine->scheduler);
    mv_memory_destroy(engine->state.cells);
    code_cache_destroy(engine->codes);
    arena_free(&engine->memory);
    free(engine);
}

static bool create_parts(weft_engine *engine) {
    engine->codes = code_cache_create(engine->seed);
    engine->scheduler = scheduler_create();
    engine->state.codes = engine->codes;
    engine->state.cells = mv_memory_create(engine->thread_count, engine->seed);
    return engine->codes != NULL && engine->scheduler != NULL && engine->state.cells != NULL && create_workers(engine);
}

static weft_engine_config config_of(const weft_engine_config *given) {
    weft_engine_config config = {.size = sizeof config, .keep_code_cache = given == NULL};
    if (given != NULL) {
        memcpy(&config, given, given->size < sizeof config ? given->size : sizeof config);
    }
    if (config.threads == 0) {
        config.threads = (unsigned)omp_get_max_threads();
        config.threads = config.threads < THREADS_MAX ? config.threads : THREADS_MAX;
    }
    /* A seed that cannot be had from the system leaves the tables merely predictable. */
    if (config.seed == 0 && getrandom(&config.seed, sizeof config.seed, GRND_NONBLOCK) < 0) {
        config.seed = (uint64_t)time(NULL);
    }
    return config;
}

/* Whether the blob schedule can be searched and divided by. */
static bool has_usable_blob_schedule(const weft_chain *chain) {
    bool usable = chain->blob_schedule_count <= WEFT_BLOB_SCHEDULE_MAX;
    for (size_t i = 0; usable && i < chain->blob_schedule_count; i++) {
        usable = chain->blob_schedule[i].base_fee_update_fraction != 0;
    }
    return usable;
}

weft_status weft_engine_create(weft_engine **engine, const weft_chain *chain, const weft_engine_config *given) {
    if (engine == NULL || chain == NULL || (given != NULL && given->size == 0) || !has_usable_blob_schedule(chain)) {
        return WEFT_INVALID_ARGUMENT;
    }
    weft_engine_config config = config_of(given);
    if (config.threads > THREADS_MAX || config.interpreter > WEFT_INTERPRETER_DECODED) {
        return WEFT_INVALID_ARGUMENT;
    }
    weft_engine *e = calloc(1, sizeof *e);
    if (e == NULL) {
        return WEFT_NO_MEMORY;
    }
    e->chain = *chain;
    e->thread_count = config.threads;
    e->force_parallel = config.force_parallel;
    e->keep_code_cache = config.keep_code_cache;
    e->seed = config.seed;
    arena_init(&e->memory, 0);
    if (!create_parts(e)) {
        weft_engine_destroy(e);
        return WEFT_NO_MEMORY;
    }
    code_cache_set_interpreter(e->codes, config.interpreter);
    *engine = e;
    return WEFT_OK;
}

weft_status weft_engine_set_chain(weft_engine *engine, const weft_chain *chain) {
    if (engine == NULL || chain == NULL || !has_usable_blob_schedule(chain)) {
        return WEFT_INVALID_ARGUMENT;
    }
    engine->chain = *chain;
    return WEFT_OK;
}

/* --- Setting up a block */

static void set_environment(block_run *run) {
    weft_engine *engine = run->engine;
    const weft_header *header = &run->block->header;
    weft_fork fork = chain_block_fork(&engine->chain, header, run->options.parent_total_difficulty);
    const fork_rules *rules = fork_rules_of_revision(fork, engine->chain.amsterdam_revision);
    run->env = (evm_block){.rules = rules,
                           .fork = fork,
                           .chain_id = engine->chain.chain_id,
                           .coinbase = header->coinbase,
                           .number = header->number,
                           .timestamp = header->timestamp,
                           .gas_limit = header->gas_limit,
                           .slot_number = header->slot_number,
                           .difficulty_or_randao =
                               rules->is_proof_of_stake ? u256_from_bytes32(&header->mix_hash) : header->difficulty,
                           .base_fee = header->base_fee_per_gas,
                           .view = &engine->state.view,
                           .codes = engine->codes};
    run->plan_context = (plan_context){.chain = &engine->chain, .block = &run->env};
    const weft_blob_parameters *blobs = chain_blob_parameters(&engine->chain, header->timestamp);
    if (rules->has_blobs && blobs != NULL) {
        run->env.blob_base_fee = blob_base_fee(header->excess_blob_gas, blobs);
        run->plan_context.blobs_per_block_max = blobs->max < BLOBS_PER_BLOCK_MAX ? blobs->max : BLOBS_PER_BLOCK_MAX;
    }
}

static void allocate_transactions(block_run *run) {
    arena *memory = &run->engine->memory;
    size_t count = run->block->transaction_count;
    run->plans = arena_alloc_array(memory, count + 1, sizeof *run->plans);
    run->outcomes = arena_alloc_array(memory, count + 1, sizeof *run->outcomes);
    run->receipts = arena_alloc_array(memory, count + 1, sizeof *run->receipts);
    run->has_outcome = arena_alloc_zero(memory, count + 1);
    if (run->plans == NULL || run->outcomes == NULL || run->receipts == NULL || run->has_outcome == NULL) {
        run->status = WEFT_NO_MEMORY;
    }
}

static void begin_block(block_run *run, const weft_state_view *view) {
    weft_engine *engine = run->engine;
    block_state_begin(&engine->state, view);
    code_cache_trim(engine->codes, engine->keep_code_cache ? CODE_CACHE_SIZE_MAX : 0);
    arena_reset(&engine->memory);
    for (unsigned i = 0; i < engine->thread_count; i++) {
        arena_trim(&engine->workers[i].memory, MEMORY_KEPT);
        arena_trim(&engine->workers[i].logs, MEMORY_KEPT);
        evm_begin_block(engine->workers[i].vm, MEMORY_KEPT);
        engine->workers[i].executions = 0;
    }
    set_environment(run);
    allocate_transactions(run);
    if (run->options.tracer != NULL) {
        run->trace = trace_create(&engine->memory, run->options.tracer, &engine->state, &run->env);
        run->status = run->trace == NULL ? WEFT_NO_MEMORY : run->status;
    } else if (run->options.profile) {
        run->status = profile_begin(run) ? run->status : WEFT_NO_MEMORY;
    }
}

/* --- Phases */

static void check_before(block_run *run) {
    weft_verdict verdict;
    char explanation[sizeof run->explanation] = "";
    if (run->options.no_header_checks) {
        return;
    }
    weft_block block = *run->block;
    if (run->options.ommers_missing) {
        block.header.ommers_hash = ommers_hash_empty;
    }
    const weft_chain *chain = &run->engine->chain;
    const ommer_ancestors ancestors = {run->options.ancestors, run->options.ancestor_count};
    verdict = header_check(&block.header, run->options.parent, chain, run->env.fork, explanation, sizeof explanation);
    if (verdict == WEFT_VALID) {
        run->status = body_check(&verdict, &block, run->options.parent, &ancestors, chain, run->env.fork, explanation,
                                 sizeof explanation);
    }
    if (run->status == WEFT_OK && verdict != WEFT_VALID) {
        block_run_reject(run, verdict, SIZE_MAX, "%s", explanation);
    }
}

static void run_transactions(block_run *run) {
    run->stats.threads = 1;
    if (run->block->transaction_count == 0) {
        return; /* nobody pays the coinbase, which the host then need not know */
    }
    run->status = block_state_account(&run->engine->state, 0, &run->env.coinbase, &run->coinbase);
    if (run->status != WEFT_OK) {
        return;
    }
    uint32_t count = (uint32_t)run->block->transaction_count, first = 0;
    if (run->profiles != NULL) {
        (void)profile_lap(run);
    }
    if (run->engine->thread_count == 1 || run->trace != NULL || run->options.refused != NULL) {
        block_run_serial(run);
        return;
    }
    if (!run->engine->force_parallel) {
        first = probe_transactions(run);
    }
    run->shared_from = first;
    if (first < count) {
        parallel_run(run, first);
    }
}

static void expect_hash(block_run *run, weft_verdict verdict, const char *what, const weft_bytes32 *found,
                        const weft_bytes32 *expected) {
    if (!bytes32_equal(found, expected)) {
        char found_text[65], expected_text[65];
        hex_encode(found_text, found->bytes, sizeof found->bytes);
        hex_encode(expected_text, expected->bytes, sizeof expected->bytes);
        block_run_reject(run, verdict, SIZE_MAX, "%s is 0x%s, the header says 0x%s", what, found_text, expected_text);
    }
}

/* As the execution specification orders it: a transaction that may not be in a block is the reason, and not the header's
 * root, which such a block's header often does not count it in. */
static void check_transactions_root(block_run *run) {
    weft_bytes32 root;
    if (run->options.no_header_checks) {
        return;
    }
    run->status = weft_transactions_root(&root, run->block);
    if (run->status == WEFT_OK) {
        expect_hash(run, WEFT_BLOCK_TRANSACTIONS_ROOT, "transactions root", &root,
                    &run->block->header.transactions_root);
    }
}

static void encode_receipts(block_run *run, weft_block_result *result) {
    size_t count = run->block->transaction_count;
    weft_bytes *encoded = arena_alloc_array(&run->engine->memory, count + 1, sizeof *encoded);
    result->receipts_root_known = run->env.rules->has_receipt_status || run->options.intermediate_root != NULL;
    if (encoded == NULL) {
        run->status = WEFT_NO_MEMORY;
        return;
    }
    logs_bloom_fill(run->receipts, count, run->engine->thread_count);
    for (size_t i = 0; i < count && run->status == WEFT_OK; i++) {
        run->status =
            receipt_encode(&encoded[i], &run->engine->memory, &run->receipts[i], run->env.rules->has_receipt_status);
        logs_bloom_add(&result->logs_bloom, &run->receipts[i].logs_bloom);
    }
    if (run->status == WEFT_OK) {
        run->status = ordered_trie_root(&result->receipts_root, encoded, count);
    }
    result->receipts = run->receipts;
    result->encoded_receipts = encoded;
    result->receipt_count = count;
}

static void finish(block_run *run, weft_block_result *result) {
    /* EIP-8037: the fuller pool counts. */
    result->gas_used = run->execution_gas_used > run->state_gas_used ? run->execution_gas_used : run->state_gas_used;
    result->requests = arena_copy(&run->engine->memory, run->requests, sizeof run->requests);
    result->request_count = run->request_count;
    run->status = result->requests == NULL ? WEFT_NO_MEMORY : run->status;
    encode_receipts(run, result);
    if (run->status == WEFT_OK) {
        run->status = block_state_delta(&run->engine->state, &run->engine->memory, &result->delta);
    }
}

static void check_after(block_run *run, const weft_block_result *result, bool requests_known) {
    const weft_header *header = &run->block->header;
    if (run->options.no_header_checks) {
        return;
    }
    if (result->gas_used != header->gas_used) {
        block_run_reject(run, WEFT_BLOCK_GAS_USED, SIZE_MAX, "gas used is %llu, the header says %llu",
                         (unsigned long long)result->gas_used, (unsigned long long)header->gas_used);
    }
    if (result->receipts_root_known) {
        expect_hash(run, WEFT_BLOCK_RECEIPTS_ROOT, "receipts root", &result->receipts_root, &header->receipts_root);
    }
    if (memcmp(&result->logs_bloom, &header->logs_bloom, sizeof header->logs_bloom) != 0) {
        block_run_reject(run, WEFT_BLOCK_LOGS_BLOOM, SIZE_MAX, "logs bloom differs from the header's");
    }
    if (requests_known) {
        expect_hash(run, WEFT_BLOCK_REQUESTS_HASH, "requests hash", &result->requests_hash, &header->requests_hash);
    }
}

static void find_critical_path(block_run *run, weft_block_result *result) {
    size_t count = run->block->transaction_count;
    arena *memory = &run->engine->memory;
    double *gas = arena_alloc_array(memory, count + 1, sizeof *gas), path = 0;
    result->dependencies = dependencies_find(run->outcomes, count, memory);
    if (gas == NULL || result->dependencies == NULL) {
        run->status = WEFT_NO_MEMORY;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        gas[i] = (double)run->outcomes[i].gas_used;
    }
    run->status = weft_critical_path(&path, result->dependencies, gas, count);
    run->stats.critical_path_gas = (uint64_t)path;
}

static void run_phases(block_run *run, weft_block_result *result) {
    bool requests_known = false;
    double start = block_run_seconds();
    if (block_run_is_alive(run)) {
        parallel_plan(run);
    }
    double planned = block_run_seconds();
    if (block_run_is_alive(run)) {
        block_edges_before(run);
    }
    if (block_run_is_alive(run)) {
        run_transactions(run);
    }
    double executed = block_run_seconds();
    block_edges_after(run, &result->requests_hash, &requests_known);
    if (block_run_is_alive(run)) {
        check_transactions_root(run);
    }
    if (block_run_is_alive(run)) {
        finish(run, result);
    }
    run->stats.recover_seconds = planned - start;
    run->stats.execute_seconds = executed - planned;
    run->stats.finish_seconds = block_run_seconds() - executed;
    if (block_run_is_alive(run) && run->options.measure_critical_path) {
        find_critical_path(run, result);
    }
    if (block_run_is_alive(run) && run->profiles != NULL) {
        run->status = profile_finish(run, &result->profile) ? WEFT_OK : WEFT_NO_MEMORY;
    }
    if (block_run_is_alive(run)) {
        check_after(run, result, requests_known);
    }
    if (block_run_is_alive(run)) {
        bal_check_after(run, result);
    }
}

static bool is_complete_view(const weft_state_view *view) {
    return view != NULL && view->account != NULL && view->code != NULL && view->storage != NULL &&
           view->block_hash != NULL;
}

/* What a callback of the host gave as a status may be anything. */
static weft_status status_of_host(weft_status status) {
    bool is_known =
        status == WEFT_OK || status == WEFT_NO_MEMORY || status == WEFT_UNSUPPORTED || status == WEFT_INVALID_ARGUMENT;
    return is_known ? status : WEFT_STATE_UNAVAILABLE;
}

weft_status weft_engine_execute(weft_engine *engine, weft_block_result *result, const weft_block *block,
                                const weft_state_view *view, const weft_execute_options *options) {
    if (engine == NULL || result == NULL || block == NULL || !is_complete_view(view) ||
        (options != NULL && options->size == 0) || block->transaction_count >= UINT32_MAX) {
        return WEFT_INVALID_ARGUMENT;
    }
    block_run run = {.engine = engine, .block = block, .verdict_index = SIZE_MAX};
    if (options != NULL) {
        memcpy(&run.options, options, options->size < sizeof run.options ? options->size : sizeof run.options);
    }
    *result = (weft_block_result){0};
    begin_block(&run, view);
    if (block_run_is_alive(&run)) {
        check_before(&run);
    }
    if (block_run_is_alive(&run)) {
        bal_check_before(&run);
    }
    run_phases(&run, result);
    for (unsigned i = 0; i < engine->thread_count; i++) {
        run.stats.executions += engine->workers[i].executions;
    }
    result->verdict = run.verdict;
    result->transaction_index = run.verdict_index;
    memcpy(result->explanation, run.explanation, sizeof result->explanation);
    result->stats = run.stats;
    return status_of_host(run.status);
}
