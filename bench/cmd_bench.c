#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/page.h"
#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/file.h"
#include "tools/runner.h"

static const char help[] =
    "usage: weft bench [OPTIONS] PATH...\n"
    "       weft bench [OPTIONS] --workload NAME,...|all [PATH...]\n"
    "       weft bench [OPTIONS] --genesis GENESIS.JSON CHAIN.RLP\n"
    "\n"
    "Time the execution of the same blocks serially, in parallel, and in parallel from their access\n"
    "lists (EIP-7928), in the same process, runs alternating. A block is timed only after all three\n"
    "gave the same and the right result. PATH is what weft replay takes, or a file of state tests,\n"
    "each case of which is a block of one transaction, or of blockchain or engine tests, the valid\n"
    "blocks of which are timed, or of precompile calls, each made many times.\n"
    "Blocks without transactions are left out, and so are those of a chain that its meta.json does\n"
    "not mark as measured, if it marks any.\n"
    "\n"
    "  --workload NAMES   chains of the fixtures: those of the economy, or others; or all of the economy\n"
    "  --blocks PATHS     the same as PATH..., with commas between\n"
    "  --fixtures DIR     where the workloads are (default: fixtures)\n"
    "  --threads LIST     thread counts, as 2,4,8 (default: as many as OpenMP would use)\n"
    "  --repeat N         timed runs of each kind per block (default 5); ten times as many under 1 ms\n"
    "  --warmup N         runs before those (default 1)\n"
    "  --peers PROGRAMS   other implementations (bench/peers) that execute the same blocks in the same\n"
    "                     rounds, with commas between; each must use the same gas\n"
    "  --cold-code        no execution knows any code that it meets: all find its jump destinations,\n"
    "                     and decode it, again\n"
    "  --force-parallel   never fall back to serial execution\n"
    "  --grow MGAS        in the place of each block of a chain, one of so many million gas, made of\n"
    "                     copies of its transactions with senders of their own\n"
    "  --genesis FILE     genesis file of the chain file, the only path then\n"
    "  --store-in DIR     where commits of chains are timed, in a store that is removed again\n"
    "                     (default: $TMPDIR or /tmp); none: they are not\n"
    "  --json             one JSON object per block and thread count, then a summary\n"
    "  --report FILE      the same as one HTML file with pictures, drawn from the JSON that is in it\n"
    "  --help             this text\n"
    "\n"
    "Speed-up is serial over parallel time of the execution; \"bound\" the most it could be: gas\n"
    "over the gas of the longest chain of dependent transactions, or the number of threads; \"by\n"
    "time\" the same by what each transaction took.\n"
    "\n"
    "Exit status: 0 timed, 1 a result was wrong, 2 usage, 3 the machine or a file failed.\n";

/** Where to look for blocks. */
typedef struct places {
    const char *genesis, *workloads, *blocks, *fixtures, *peers;
} places;

/* "2,4,8"; "auto" may be one of them. */
static bool read_counts(bench *b, const char *list) {
    while (b->count_count < BENCH_COUNTS_MAX) {
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
static int check_places(const arguments *a, const places *p) {
    bool has_lists = p->workloads != NULL || p->blocks != NULL;
    if (p->genesis != NULL && (a->rest_count != 1 || has_lists)) {
        return arguments_refuse(a, "with --genesis, needs one chain file and nothing else");
    }
    if (a->rest_count == 0 && !has_lists) {
        return arguments_refuse(a, "needs a path or --workload");
    }
    return p->genesis != NULL ? arguments_refuse_folders(a) : -1;
}

enum { GROW_MGAS_MAX = 100000 };

static const char *scratch_folder(void) {
    const char *folder = getenv("TMPDIR");
    return folder != NULL ? folder : "/tmp";
}

/* Returns: -1 to go on, or the exit status. */
static int read_options(bench *b, arguments *a, places *p, int argc, char **argv) {
    const char *counts = "auto";
    uint64_t repeat = 5, warmup = 1, grow = 0;
    b->store_folder = scratch_folder();
    const argument options[] = {
        {.name = "workload", .text = &p->workloads},
        {.name = "blocks", .text = &p->blocks},
        {.name = "fixtures", .text = &p->fixtures},
        {.name = "threads", .text = &counts},
        {.name = "repeat", .count = &repeat},
        {.name = "warmup", .count = &warmup},
        {.name = "peers", .text = &p->peers},
        {.name = "cold-code", .flag = &b->plan.cold_code},
        {.name = "force-parallel", .flag = &b->force_parallel},
        {.name = "genesis", .text = &p->genesis},
        {.name = "store-in", .text = &b->store_folder},
        {.name = "json", .flag = &b->report.json},
        {.name = "report", .text = &b->page},
        {.name = "grow", .count = &grow},
    };
    a->options = options;
    a->option_count = sizeof options / sizeof options[0];
    int status = arguments_read(a, argc, argv);
    a->options = NULL;
    if (status < 0) {
        status = check_places(a, p);
    }
    if (status >= 0) {
        return status;
    }
    if (!read_counts(b, counts)) {
        return arguments_refuse(a, "--threads needs up to %d counts from 1 to %d, as 2,4,8, not '%s'", BENCH_COUNTS_MAX,
                                RUNNER_THREADS_MAX, counts);
    }
    if (repeat == 0 || repeat > BENCH_REPEAT_MAX || warmup > BENCH_REPEAT_MAX) {
        return arguments_refuse(a, "--repeat is 1 to %d, --warmup 0 to %d", BENCH_REPEAT_MAX, BENCH_REPEAT_MAX);
    }
    if (strcmp(b->store_folder, "none") == 0) {
        b->store_folder = NULL;
    }
    if (grow > GROW_MGAS_MAX) {
        return arguments_refuse(a, "--grow is at most %d", GROW_MGAS_MAX);
    }
    b->grow_gas = grow * 1000000;
    b->plan.repeat = (size_t)repeat;
    b->plan.warmup = (size_t)warmup;
    return -1;
}

/* --- The command */

/* A chain of the economy, or another recorded one; the economy itself is "all". */
static void time_workload(bench *b, const places *p, const char *name) {
    char path[8192];
    (void)snprintf(path, sizeof path, "%s/economy/%s", p->fixtures, strcmp(name, "all") == 0 ? "" : name);
    if (!file_exists(path)) {
        (void)snprintf(path, sizeof path, "%s/%s", p->fixtures, name);
    }
    if (!file_exists(path)) {
        failure f;
        failure_set(&f, WEFT_NOT_FOUND, "there is no workload '%s' in %s", name, p->fixtures);
        bench_fail(b, &f);
        return;
    }
    bench_path(b, path);
}

static void time_path(bench *b, const places *p, const char *path) {
    (void)p;
    bench_path(b, path);
}

/* One that does not start is said and done without. */
static void start_peer(bench *b, const places *p, const char *program) {
    failure f;
    (void)p;
    if (peers_add(&b->peers, program, &f) != WEFT_OK) {
        bench_fail(b, &f);
    }
}

/* Do it with each part of a list with commas. */
static void for_each(bench *b, const places *p, const char *list,
                     void (*act)(bench *b, const places *p, const char *name)) {
    while (list != NULL && *list != '\0') {
        char name[4096];
        size_t size = strcspn(list, ",");
        (void)snprintf(name, sizeof name, "%.*s", (int)size, list);
        act(b, p, name);
        list += size + (list[size] == ',');
    }
}

int cmd_bench(int argc, char **argv) {
    bench b = {.exit_status = EXIT_RIGHT};
    arguments a = {.command = "bench", .help = help};
    places p = {.fixtures = "fixtures"};
    int status = read_options(&b, &a, &p, argc, argv);
    if (status >= 0) {
        return status;
    }
    failure f;
    if (b.page != NULL && page_check(b.page, &f) != WEFT_OK) {
        bench_fail(&b, &f);
        return b.exit_status;
    }
    for_each(&b, &p, p.peers, start_peer);
    for_each(&b, &p, p.workloads, time_workload);
    for_each(&b, &p, p.blocks, time_path);
    if (p.genesis != NULL) {
        bench_chain(&b, p.genesis, a.rest[0]);
    }
    for (size_t i = 0; i < a.rest_count && p.genesis == NULL; i++) {
        bench_path(&b, a.rest[i]);
    }
    if (b.report.count == 0 && b.exit_status == EXIT_RIGHT) {
        failure_set(&f, WEFT_NOT_FOUND, "there is no block to time");
        bench_fail(&b, &f);
    }
    bench_report_finish(&b.report, &b.plan);
    if (b.page != NULL && page_write(b.page, b.report.results, b.report.count, &b.plan, &f) != WEFT_OK) {
        bench_fail(&b, &f);
    }
    bench_report_free(&b.report);
    peers_stop(&b.peers);
    return b.exit_status;
}
