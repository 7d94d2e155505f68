#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench_report.h"
#include "bench/measure.h"
#include "tools/arguments.h"
#include "tools/chain_file.h"
#include "tools/commands.h"
#include "tools/genesis.h"
#include "tools/recorded_block.h"
#include "tools/runner.h"
#include "tools/sources.h"

static const char help[] =
    "usage: weft bench [OPTIONS] PATH...\n"
    "       weft bench [OPTIONS] --genesis GENESIS.JSON CHAIN.RLP\n"
    "\n"
    "Time the execution of the same blocks serially, in parallel, and in parallel from their access\n"
    "lists (EIP-7928), in the same process, runs alternating. A block is timed only after all three\n"
    "gave the same and the right result. PATH\n"
    "is what weft replay takes; blocks without transactions are left out.\n"
    "\n"
    "  --threads LIST     thread counts, as 2,4,8 (default: as many as OpenMP would use)\n"
    "  --repeat N         timed runs of each kind per block (default 5); ten times as many under 1 ms\n"
    "  --warmup N         runs before those (default 1)\n"
    "  --force-parallel   never fall back to serial execution\n"
    "  --genesis FILE     genesis file of the chain file, the only path then\n"
    "  --json             one JSON object per block and thread count, then a summary\n"
    "  --help             this text\n"
    "\n"
    "Speed-up is serial over parallel time of the execution; \"bound\" the most it could be: gas\n"
    "over the gas of the longest chain of dependent transactions, or the number of threads.\n"
    "\n"
    "Exit status: 0 timed, 1 a result was wrong, 2 usage, 3 the machine or a file failed.\n";

enum { COUNTS_MAX = 16 };

typedef struct bench {
    bench_plan plan;
    bench_report report;
    bench_sum sums[COUNTS_MAX];
    unsigned counts[COUNTS_MAX]; /* of threads */
    size_t count_count;
    bool force_parallel;
    int exit_status;
    /* Of the chain at hand. */
    weft_engine *serial, *parallel[COUNTS_MAX];
} bench;

static void fail(bench *b, const failure *f) {
    int status = f->status == WEFT_DECODE ? EXIT_WRONG : EXIT_HOST;
    fprintf(stderr, "weft bench: %s\n", f->message);
    b->exit_status = status > b->exit_status ? status : b->exit_status;
}

/* --- Engines */

static void destroy_engines(bench *b) {
    weft_engine_destroy(b->serial);
    b->serial = NULL;
    for (size_t i = 0; i < b->count_count; i++) {
        weft_engine_destroy(b->parallel[i]);
        b->parallel[i] = NULL;
    }
}

static bool create_engines(bench *b, const weft_chain *chain) {
    weft_engine_config config = {.size = sizeof config, .threads = 1, .keep_code_cache = true};
    weft_status status = weft_engine_create(&b->serial, chain, &config);
    config.force_parallel = b->force_parallel;
    for (size_t i = 0; i < b->count_count && status == WEFT_OK; i++) {
        config.threads = b->counts[i];
        status = weft_engine_create(&b->parallel[i], chain, &config);
    }
    if (status != WEFT_OK) {
        failure f;
        failure_set(&f, status, "engine: %s", weft_status_message(status));
        fail(b, &f);
        destroy_engines(b);
    }
    return status == WEFT_OK;
}

/* --- Blocks */

/* Time a block at every thread count. Returns: false if it cannot be. */
static bool time_block(bench *b, const char *name, const char *state, const bench_block *block) {
    for (size_t i = 0; i < b->count_count && block->block->transaction_count > 0; i++) {
        failure f;
        bench_result result = {.state = state, .threads = b->counts[i]};
        (void)snprintf(result.name, sizeof result.name, "%s", name);
        if (bench_measure(&result, &b->plan, b->serial, b->parallel[i], block, &f) != WEFT_OK) {
            fail(b, &f);
            return false;
        }
        bench_report_block(&b->report, &b->sums[i], &result);
    }
    return true;
}

static void on_block(void *context, const char *folder) {
    bench *b = context;
    failure f;
    recorded_files files;
    recorded_block recorded;
    if (recorded_files_read(&files, folder, &f) != WEFT_OK) {
        fail(b, &f);
        return;
    }
    if (recorded_block_parse(&recorded, &files, RECORDED_PLAIN_STATE, &f) != WEFT_OK) {
        fail(b, &f);
    } else {
        const bench_block block = {.block = &recorded.block,
                                   .view = &recorded.state.view,
                                   .options = &recorded.options,
                                   .any_verdict = recorded.form == RECORDED_INPUTS_ONLY};
        recorded.options.measure_critical_path = false;
        if (recorded.form != RECORDED_WITHOUT_STATE && create_engines(b, recorded.chain)) {
            (void)time_block(b, file_base_name(folder), recorded.options.partial_state ? "memory" : "witness", &block);
            destroy_engines(b);
        }
        recorded_block_free(&recorded);
    }
    recorded_files_free(&files);
}

/* Time a block of a chain on the state before it, then move the state on. */
static weft_status step(bench *b, const char *name, weft_memory_state *state, const weft_block *block,
                        const weft_header *parent, failure *f) {
    const weft_execute_options options = {.size = sizeof options, .parent = parent};
    weft_state_view view = weft_memory_state_view(state);
    const bench_block timed = {.block = block, .view = &view, .options = &options};
    weft_block_result result;
    if (!time_block(b, name, "memory", &timed)) {
        return failure_set(f, WEFT_DECODE, "%s: the chain is not followed further", name);
    }
    weft_status status = weft_engine_execute(b->serial, &result, block, &view, &options);
    if (status == WEFT_OK) {
        status = weft_memory_state_apply(state, &result.delta);
    }
    if (status == WEFT_OK) {
        status = weft_memory_state_set_block_hash(state, block->header.number, &block->hash);
    }
    return status == WEFT_OK ? status : failure_set(f, status, "%s: %s", name, weft_status_message(status));
}

static weft_status follow(bench *b, genesis *g, chain_file *file, const char *folder, failure *f) {
    weft_header head = g->header;
    weft_bytes32 head_hash = g->hash;
    weft_status status = WEFT_OK;
    while (status == WEFT_OK && !chain_file_at_end(file)) {
        char name[96];
        weft_block block;
        status = chain_file_next(file, &block, f);
        if (status != WEFT_OK || memcmp(&block.header.parent_hash, &head_hash, sizeof head_hash) != 0) {
            continue; /* blocks beside the chain are not timed */
        }
        (void)snprintf(name, sizeof name, "%s %llu", folder, (unsigned long long)block.header.number);
        status = step(b, name, g->state, &block, &head, f);
        head = block.header;
        head_hash = block.hash;
    }
    return status;
}

static void on_chain(void *context, const char *genesis_path, char *chain_path) {
    bench *b = context;
    genesis g;
    chain_file file;
    failure f;
    char folder[64];
    if (genesis_load(&g, genesis_path, &f) != WEFT_OK) {
        fail(b, &f);
        return;
    }
    file_folder_name(folder, sizeof folder, chain_path);
    if (chain_file_open(&file, chain_path, &f) != WEFT_OK) {
        fail(b, &f);
    } else {
        if (create_engines(b, &g.chain) && follow(b, &g, &file, folder, &f) != WEFT_OK) {
            fail(b, &f);
        }
        destroy_engines(b);
        chain_file_close(&file);
    }
    genesis_free(&g);
}

static void on_failure(void *context, const char *path, const failure *f) {
    (void)path;
    fail(context, f);
}

/* --- The command */

/* "2,4,8"; "auto" may be one of them. */
static bool read_counts(bench *b, const char *list) {
    while (b->count_count < COUNTS_MAX) {
        char text[16];
        size_t size = strcspn(list, ",");
        (void)snprintf(text, sizeof text, "%.*s", (int)(size < sizeof text ? size : sizeof text), list);
        unsigned *count = &b->counts[b->count_count++];
        if (!arguments_threads(text, count)) {
            return false;
        }
        *count = *count == 0 ? runner_threads_auto() : *count;
        if (list[size] == '\0') {
            return true;
        }
        list += size + 1;
    }
    return false;
}

/* Returns: -1 to go on, or the exit status. */
static int read_options(bench *b, arguments *a, const char **genesis_path, int argc, char **argv) {
    const char *counts = "auto";
    uint64_t repeat = 5, warmup = 1;
    const argument options[] = {
        {.name = "threads", .text = &counts},      {.name = "repeat", .count = &repeat},
        {.name = "warmup", .count = &warmup},      {.name = "force-parallel", .flag = &b->force_parallel},
        {.name = "genesis", .text = genesis_path}, {.name = "json", .flag = &b->report.json},
    };
    a->options = options;
    a->option_count = sizeof options / sizeof options[0];
    int status = arguments_read(a, argc, argv);
    a->options = NULL;
    if (status >= 0) {
        return status;
    }
    if (a->rest_count == 0 || (*genesis_path != NULL && a->rest_count > 1)) {
        return arguments_refuse(a, "needs a path; with --genesis, one chain file");
    }
    if (*genesis_path != NULL && (status = arguments_refuse_folders(a)) >= 0) {
        return status;
    }
    if (!read_counts(b, counts)) {
        return arguments_refuse(a, "--threads needs up to %d counts from 1 to 256, as 2,4,8, not '%s'", COUNTS_MAX,
                                counts);
    }
    if (repeat == 0 || repeat > BENCH_REPEAT_MAX || warmup > BENCH_REPEAT_MAX) {
        return arguments_refuse(a, "--repeat is 1 to %d, --warmup 0 to %d", BENCH_REPEAT_MAX, BENCH_REPEAT_MAX);
    }
    b->plan = (bench_plan){.repeat = (size_t)repeat, .warmup = (size_t)warmup};
    return -1;
}

int cmd_bench(int argc, char **argv) {
    bench b = {.exit_status = EXIT_RIGHT};
    arguments a = {.command = "bench", .help = help};
    const char *genesis_path = NULL;
    int status = read_options(&b, &a, &genesis_path, argc, argv);
    if (status >= 0) {
        return status;
    }
    if (genesis_path != NULL) {
        on_chain(&b, genesis_path, a.rest[0]);
    } else {
        const source_visitor visitor = {&b, on_block, on_chain, on_failure, NULL};
        for (size_t i = 0; i < a.rest_count; i++) {
            sources_visit(&visitor, a.rest[i]);
        }
    }
    bench_report_finish(&b.report, b.sums, b.count_count, &b.plan);
    return b.exit_status;
}
