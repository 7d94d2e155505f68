/* The blocks that are timed: where they come from, and the state before each. */
#include <stdio.h>
#include <string.h>

#include "bench/after_block.h"
#include "bench/bench.h"
#include "bench/block_purposes.h"
#include "bench/grown_block.h"
#include "bench/plain_state.h"
#include "bench/precompile_calls.h"
#include "bench/state_test_cases.h"
#include "tools/chain_file.h"
#include "tools/genesis.h"
#include "tools/json.h"
#include "tools/recorded_block.h"
#include "tools/sources.h"
#include "tools/suite/block_case.h"

/* Execute a block once before it is timed, to learn what it changes and touches. */
static weft_status execute(const bench *b, weft_block_result *result, const bench_block *block) {
    weft_execute_options options = *block->options;
    options.build_block_access_list = true;
    return weft_engine_execute(b->serial, result, block->block, block->view, &options);
}

/* --- Recorded blocks */

/* A block is executed on a copy of what it reads of its recorded state: the same kind of state for all blocks, and for all
 * peers. A witness tells how long the root after the block takes. Out: plain   to be freed in any case. */
static weft_status prepare(const bench *b, plain_state *plain, bench_title *title, const recorded_block *recorded,
                           const bench_block *block, failure *f) {
    weft_block_result result;
    weft_witness *witness = recorded->state.trie.witness;
    weft_status status = plain_state_create(plain, block->view);
    const weft_state_view recorder = plain_state_recorder(plain);
    bench_block copied = *block;
    copied.view = &recorder;
    if (status == WEFT_OK) {
        status = execute(b, &result, &copied);
    }
    if (status == WEFT_OK && witness != NULL && result.verdict == WEFT_VALID) { /* bench_time_block() says it if not */
        title->after.threads = bench_root_threads(b);
        return after_witness_root(&title->after, witness, block->block, &result.delta, b->plan.repeat, f);
    }
    return status == WEFT_OK ? status : failure_set(f, status, "%s: %s", title->name, weft_status_message(status));
}

static void time_recorded(bench *b, recorded_block *recorded, const char *folder) {
    failure f;
    const char *name = file_base_name(folder);
    plain_state plain;
    bench_title title = {.workload = name, .name = name, .label = "", .state = "memory"};
    recorded->options.measure_critical_path = false;
    bench_block block = {.chain = recorded->chain,
                         .block = &recorded->block,
                         .view = &recorded->state.view,
                         .options = &recorded->options,
                         .any_verdict = recorded->form == RECORDED_INPUTS_ONLY};
    if (prepare(b, &plain, &title, recorded, &block, &f) == WEFT_OK) {
        const weft_state_view view = weft_memory_state_view(plain.memory);
        block.view = &view;
        (void)bench_time_block(b, &title, &block);
    } else {
        bench_fail(b, &f);
    }
    plain_state_free(&plain);
}

static void on_block(void *context, const char *folder) {
    bench *b = context;
    failure f;
    recorded_files files;
    recorded_block recorded;
    if (recorded_files_read(&files, folder, &f) != WEFT_OK) {
        bench_fail(b, &f);
        return;
    }
    if (recorded_block_parse(&recorded, &files, RECORDED_PLAIN_STATE, &f) != WEFT_OK) {
        bench_fail(b, &f);
    } else {
        if (recorded.form != RECORDED_WITHOUT_STATE && bench_create_engines(b, recorded.chain)) {
            time_recorded(b, &recorded, folder);
            bench_destroy_engines(b);
        }
        recorded_block_free(&recorded);
    }
    recorded_files_free(&files);
}

/* --- Chains */

/** A chain that is followed from its genesis on, the state in memory and in a store. */
typedef struct chain_walk {
    bench *bench;
    genesis *genesis;
    char folder[128];
    block_purposes purposes;
    after_store store;
    weft_header head;
    weft_bytes32 head_hash;
    weft_state_view view; /* after the head */
    weft_execute_options options;
} chain_walk;

/* A block as the next of the chain. */
static bench_block next_of(const chain_walk *w, const weft_block *block) {
    return (bench_block){.chain = &w->genesis->chain, .block = block, .view = &w->view, .options = &w->options};
}

static weft_status time_after(chain_walk *w, bench_after *after, const weft_block *block,
                              const weft_block_result *result, failure *f) {
    size_t repeat = w->bench->plan.repeat;
    after->threads = bench_root_threads(w->bench);
    weft_status status = after_chain_root(after, w->genesis->state, block, &result->delta, repeat, f);
    return status == WEFT_OK && w->store.store != NULL ? after_store_time(&w->store, after, block, result, repeat, f)
                                                       : status;
}

/* Time a block of a chain on the state before it. */
static weft_status time_block(chain_walk *w, const weft_block *block, const char *label, failure *f) {
    char name[160];
    const bench_block timed = next_of(w, block);
    bench_title title = {.workload = w->folder, .name = name, .label = label, .state = "memory"};
    (void)snprintf(name, sizeof name, "%s %llu", w->folder, (unsigned long long)block->header.number);
    weft_block_result result;
    weft_status status = execute(w->bench, &result, &timed);
    if (status == WEFT_OK && result.verdict == WEFT_VALID) { /* bench_time_block() says it if not */
        status = time_after(w, &title.after, block, &result, f);
    }
    if (status != WEFT_OK) {
        return status;
    }
    return bench_time_block(w->bench, &title, &timed)
               ? WEFT_OK
               : failure_set(f, WEFT_DECODE, "%s: the chain is not followed further", name);
}

static size_t succeeded(const weft_block_result *result) {
    size_t count = 0;
    for (size_t i = 0; i < result->receipt_count; i++) {
        count += result->receipts[i].success;
    }
    return count;
}

/* Execute the copies once, to say how many of them are what they are copies of. */
static weft_status time_copies(chain_walk *w, const grown_block *g, size_t percent_before, failure *f) {
    char name[160], label[128];
    const weft_execute_options options = {.size = sizeof options, .no_header_checks = true};
    const bench_block timed = {.chain = &w->genesis->chain, .block = &g->block, .view = &g->view, .options = &options};
    bench_title title = {.workload = w->folder, .name = name, .label = label, .state = "memory"};
    weft_block_result result;
    (void)snprintf(name, sizeof name, "%s %llu x%zu", w->folder, (unsigned long long)g->block.header.number, g->copies);
    weft_status status = execute(w->bench, &result, &timed);
    if (status != WEFT_OK) {
        return failure_set(f, status, "%s: %s", name, weft_status_message(status));
    }
    (void)snprintf(label, sizeof label, "%zu copies; %zu%% of the transactions succeed, %zu%% did", g->copies,
                   result.receipt_count == 0 ? 0 : 100 * succeeded(&result) / result.receipt_count, percent_before);
    return bench_time_block(w->bench, &title, &timed) ? WEFT_OK
                                                      : failure_set(f, WEFT_DECODE, "%s: not followed further", name);
}

/* Time many copies of a block's transactions in one block. */
static weft_status time_grown(chain_walk *w, const weft_block *block, failure *f) {
    const bench_block next = next_of(w, block);
    weft_block_result result;
    weft_status status = execute(w->bench, &result, &next);
    if (status != WEFT_OK || result.verdict != WEFT_VALID) {
        return status; /* follow() will say so */
    }
    grown_block g;
    status = grown_block_make(&g, block, next.chain, next.view, &result, w->bench->grow_gas, f);
    if (status == WEFT_OK) {
        status = time_copies(w, &g, 100 * succeeded(&result) / result.receipt_count, f);
    }
    grown_block_free(&g);
    return status == WEFT_UNSUPPORTED ? WEFT_OK : status;
}

/* Move the state on. */
static weft_status follow(chain_walk *w, const weft_block *block, failure *f) {
    const bench_block next = next_of(w, block);
    weft_block_result result;
    weft_status status = execute(w->bench, &result, &next);
    if (status == WEFT_OK && result.verdict != WEFT_VALID) {
        return failure_set(f, WEFT_DECODE, "%s %llu: %s: %s", w->folder, (unsigned long long)block->header.number,
                           weft_verdict_name(result.verdict), result.explanation);
    }
    if (status == WEFT_OK && w->store.store != NULL &&
        (status = after_store_follow(&w->store, block, &result, f)) != WEFT_OK) {
        return status;
    }
    if (status == WEFT_OK) {
        status = weft_memory_state_apply(w->genesis->state, &result.delta);
    }
    if (status == WEFT_OK) {
        status = weft_memory_state_set_block_hash(w->genesis->state, block->header.number, &block->hash);
    }
    w->head = block->header;
    w->head_hash = block->hash;
    return status == WEFT_OK ? status : failure_set(f, status, "%s: %s", w->folder, weft_status_message(status));
}

/* Time a block if it is to be, and follow it; not one beside the chain. */
static weft_status visit(chain_walk *w, const weft_block *block, failure *f) {
    weft_status status = WEFT_OK;
    const char *label;
    if (memcmp(&block->header.parent_hash, &w->head_hash, sizeof w->head_hash) != 0) {
        return WEFT_OK;
    }
    if (block->transaction_count > 0 && block_purposes_find(&w->purposes, block->header.number, &label)) {
        status = w->bench->grow_gas > 0 ? time_grown(w, block, f) : time_block(w, block, label, f);
    }
    return status == WEFT_OK ? follow(w, block, f) : status;
}

static weft_status walk(chain_walk *w, chain_file *file, failure *f) {
    weft_status status = WEFT_OK;
    while (status == WEFT_OK && !chain_file_at_end(file)) {
        weft_block block;
        status = chain_file_next(file, &block, f);
        if (status == WEFT_OK) {
            status = visit(w, &block, f);
        }
    }
    return status;
}

/* The genesis is block 0 of the store. */
static weft_status open_store(chain_walk *w, failure *f) {
    weft_state_delta start;
    const weft_block block = {.header = w->genesis->header, .hash = w->genesis->hash};
    const char *folder = w->bench->store_folder;
    if (folder == NULL) {
        return WEFT_OK;
    }
    weft_status status = weft_memory_state_delta(w->genesis->state, &start);
    if (status != WEFT_OK) {
        return failure_set(f, status, "%s: %s", w->folder, weft_status_message(status));
    }
    return after_store_open(&w->store, folder, w->genesis->chain.chain_id, &block, &start, bench_root_threads(w->bench),
                            f);
}

static weft_status walk_chain(chain_walk *w, const char *chain_path, failure *f) {
    chain_file file;
    file_folder_name(w->folder, sizeof w->folder, chain_path);
    weft_status status = chain_file_open(&file, chain_path, f);
    if (status != WEFT_OK) {
        return status;
    }
    status = block_purposes_load(&w->purposes, chain_path, f);
    if (status == WEFT_OK) {
        status = open_store(w, f);
    }
    if (status == WEFT_OK) {
        status = walk(w, &file, f);
    }
    after_store_close(&w->store);
    block_purposes_free(&w->purposes);
    chain_file_close(&file);
    return status;
}

static void begin_walk(chain_walk *w, bench *b, genesis *g) {
    *w = (chain_walk){.bench = b,
                      .genesis = g,
                      .head = g->header,
                      .head_hash = g->hash,
                      .view = weft_memory_state_view(g->state),
                      .options = {.size = sizeof w->options, .parent = &w->head}};
}

void bench_chain(bench *b, const char *genesis_path, const char *chain_path) {
    genesis g;
    failure f;
    if (genesis_load(&g, genesis_path, &f) != WEFT_OK) {
        bench_fail(b, &f);
        return;
    }
    if (bench_create_engines(b, &g.chain)) {
        chain_walk w;
        begin_walk(&w, b, &g);
        if (walk_chain(&w, chain_path, &f) != WEFT_OK) {
            bench_fail(b, &f);
        }
        bench_destroy_engines(b);
    }
    genesis_free(&g);
}

static void on_chain(void *context, const char *genesis_path, char *chain_path) {
    bench_chain(context, genesis_path, chain_path);
}

/* --- Blockchain tests: short chains, of which the valid blocks are timed */

static void time_steps(bench *b, genesis *g, const block_case *c) {
    failure f;
    chain_walk w;
    const char *name = strstr(c->test->key, "::");
    begin_walk(&w, b, g);
    (void)snprintf(w.folder, sizeof w.folder, "%s", name != NULL ? name + 2 : c->test->key);
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < c->step_count && status == WEFT_OK; i++) {
        if (c->steps[i].is_decoded && c->steps[i].expected == NULL) {
            status = visit(&w, &c->steps[i].block, &f);
        }
    }
    if (status != WEFT_OK) {
        bench_fail(b, &f);
    }
    block_purposes_free(&w.purposes);
}

/* Returns: false with the document's failure set. */
static bool time_block_case(bench *b, block_case *c) {
    genesis g = {.chain = c->chain};
    if (!block_case_read(c) || !block_case_read_state(c, json_get(c->test, "pre"), &g.state)) {
        return false;
    }
    g.header = c->genesis.header;
    g.hash = c->genesis.hash;
    weft_status status = weft_memory_state_set_block_hash(g.state, g.header.number, &g.hash);
    if (status == WEFT_OK && bench_create_engines(b, &g.chain)) {
        time_steps(b, &g, c);
        bench_destroy_engines(b);
    }
    weft_memory_state_destroy(g.state);
    return status == WEFT_OK || json_fail(c->document, status);
}

static void time_block_tests(bench *b, json_document *document) {
    for (const json_value *test = json_first(document->root); test != NULL; test = test->next) {
        block_case c;
        bool is_well = block_case_read_network(&c, document, test) && time_block_case(b, &c);
        block_case_free(&c);
        if (!is_well) {
            bench_fail(b, document->failure);
            break;
        }
    }
}

/* --- Files of single calls */

static bool is_json(const char *path) {
    static const char *const ends[] = {".json", ".json.gz"};
    size_t size = strlen(path);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end_size = strlen(ends[i]);
        if (size >= end_size && strcmp(path + size - end_size, ends[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_block_test(const json_value *test) {
    return test != NULL && (block_case_has_blocks(test) || block_case_has_payloads(test));
}

static void time_document(bench *b, const char *path) {
    failure f;
    json_document document;
    if (json_load(&document, path, &f) != WEFT_OK) {
        bench_fail(b, &f);
        return;
    }
    if (document.root->kind == JSON_ARRAY) {
        precompile_calls_time(b, &document);
    } else if (is_block_test(json_first(document.root))) {
        time_block_tests(b, &document);
    } else {
        state_test_cases_time(b, &document);
    }
    json_free(&document);
}

static void on_failure(void *context, const char *path, const failure *f) {
    (void)path;
    bench_fail(context, f);
}

void bench_path(bench *b, const char *path) {
    if (is_json(path)) {
        time_document(b, path);
        return;
    }
    const source_visitor visitor = {b, on_block, on_chain, on_failure, NULL};
    sources_visit(&visitor, path);
}
