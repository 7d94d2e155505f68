#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/replay.h"
#include "tools/sources.h"

enum { BATCH_DEFAULT = 1, UNDO_DEFAULT = 128 };

static const char help[] =
    "usage: weft replay [OPTIONS] PATH...\n"
    "       weft replay [OPTIONS] --genesis GENESIS.JSON CHAIN.RLP...\n"
    "\n"
    "Execute recorded blocks and compare what comes out with what their headers say.\n"
    "\n"
    "PATH is the folder of a recorded block, of a chain (a genesis file and chain files; each\n"
    "chain file is a chain of its own), or a folder that holds such folders, four levels deep.\n"
    "With --genesis, the paths are chain files that continue each other.\n"
    "\n"
    "  --threads N|auto   workers (default auto: as many as OpenMP would use)\n"
    "  --serial           execute serially only\n"
    "  --check            execute serially and in parallel, compare the results in full\n"
    "  --force-parallel   never fall back to serial execution\n"
    "  --genesis FILE     genesis file (geth's format); all paths are chain files then\n"
    "  --chain-id N       the chain's id, when the genesis file is wrong about it\n"
    "  --store DIR        commit the chain's blocks to an LMDB store, resume where it stands\n"
    "  --batch N          blocks per commit (default 1)\n"
    "  --undo N           blocks that the store can take back (weft store rewind; default 128)\n"
    "  --verify-root      recompute the state root of the whole store at the end\n"
    "  --emit-bal DIR     write each block's access list (EIP-7928): NUMBER-HASH.rlp, and .json\n"
    "  --bal FILE|DIR     execute from these access lists, all transactions at once; check them\n"
    "  --emit-witness DIR write each block's execution witness: NUMBER-HASH.witness.json\n"
    "  --witness FILE|DIR execute a chain's blocks from these witnesses alone, without a state\n"
    "  --json             one JSON object per block, then a summary\n"
    "  --quiet            print failures only\n"
    "  --help             this text\n"
    "\n"
    "Exit status: 0 everything that was checked is right, 1 something is wrong, 2 usage,\n"
    "3 the machine or a file failed.\n";

/* --- What is found at the paths */

static void on_block(void *context, const char *folder) {
    replay_recorded_block(context, folder);
}

static void on_chain(void *context, const char *genesis_path, char *chain_path) {
    replay_chain(context, genesis_path, &chain_path, 1);
}

static void on_failure(void *context, const char *path, const failure *f) {
    report_failure(&((replay *)context)->report, path, f);
}

static void on_count(void *context, size_t block_count) {
    report_expect_blocks(&((replay *)context)->report, block_count);
}

/* --- Which paths go with which options */

typedef struct source_counts {
    size_t blocks, chains;
} source_counts;

static void count_block(void *context, const char *folder) {
    (void)folder;
    ((source_counts *)context)->blocks++;
}

static void count_chain(void *context, const char *genesis_path, char *chain_path) {
    (void)genesis_path;
    (void)chain_path;
    ((source_counts *)context)->chains++;
}

static void count_failure(void *context, const char *path, const failure *f) {
    (void)context;
    (void)path;
    (void)f; /* is met again by the replay */
}

/* The option that only a chain can obey. Returns: NULL if none was given. */
static const char *option_of_chains(const replay_options *o) {
    return o->store != NULL ? "--store" : o->witnesses != NULL ? "--witness" : o->has_chain_id ? "--chain-id" : NULL;
}

/* Returns: -1 if the options can be obeyed at the path, otherwise the exit status. */
static int check_path(const replay_options *o, const arguments *a, const char *path) {
    const char *option = option_of_chains(o);
    source_counts counts = {0};
    const source_visitor visitor = {&counts, count_block, count_chain, count_failure, NULL};
    if (option == NULL) {
        return -1;
    }
    sources_visit(&visitor, path);
    if (counts.blocks > 0) {
        return arguments_refuse(a, "%s: %s takes a chain; a recorded block has its own state and chain id", path,
                                option);
    }
    return o->store == NULL || counts.chains <= 1
               ? -1
               : arguments_refuse(a, "%s: --store takes one chain, not %zu", path, counts.chains);
}

/* What is written for each block goes into a folder, which need not be there yet. */
static int check_target(const arguments *a, const char *option, const char *target) {
    return target == NULL || !file_exists(target) || file_is_folder(target)
               ? -1
               : arguments_refuse(a, "%s %s: there is a file of this name, a folder is needed", option, target);
}

/* Returns: -1 to go on, or the exit status. */
static int check_paths(const replay_options *o, const arguments *a) {
    if (a->rest_count == 0) {
        return arguments_refuse(a, "nothing to replay");
    }
    if (o->genesis != NULL) {
        return arguments_refuse_folders(a);
    }
    if (o->store != NULL && a->rest_count > 1) {
        return arguments_refuse(a, "--store takes one chain");
    }
    int status = -1;
    for (size_t i = 0; i < a->rest_count && status < 0; i++) {
        status = check_path(o, a, a->rest[i]);
    }
    return status;
}

/* --- The command */

typedef struct replay_flags {
    bool serial, check;
    const char *threads;
} replay_flags;

/* Options that exclude or need each other. Returns: -1 to go on, or the exit status. */
static int check_combination(const replay *r, const replay_flags *flags, const arguments *a) {
    const replay_options *o = &r->options;
    if (flags->serial && (flags->check || o->run.force_parallel)) {
        return arguments_refuse(a, "--serial excludes --check and --force-parallel");
    }
    if (o->batch == 0 || o->undo == 0) {
        return arguments_refuse(a, "--batch and --undo take a number above 0");
    }
    if ((o->batch != BATCH_DEFAULT || o->undo != UNDO_DEFAULT || o->verify_root) && o->store == NULL) {
        return arguments_refuse(a, "--batch, --undo and --verify-root go with --store DIR");
    }
    if (o->witnesses != NULL && (o->store != NULL || r->witness_maker.folder != NULL)) {
        return arguments_refuse(a, "--witness excludes --store and --emit-witness: there is no state");
    }
    if (r->witness_maker.folder != NULL && o->batch > 1) {
        return arguments_refuse(a, "--emit-witness takes the state before each block: it excludes --batch");
    }
    return -1;
}

/* Returns: -1 to go on, or the exit status. */
static int read_options(replay *r, arguments *a, int argc, char **argv) {
    replay_flags flags = {.threads = "auto"};
    replay_options *o = &r->options;
    const argument options[] = {
        {.name = "threads", .text = &flags.threads},
        {.name = "serial", .flag = &flags.serial},
        {.name = "check", .flag = &flags.check},
        {.name = "force-parallel", .flag = &o->run.force_parallel},
        {.name = "genesis", .text = &o->genesis},
        {.name = "chain-id", .count = &o->chain_id},
        {.name = "store", .text = &o->store},
        {.name = "batch", .count = &o->batch},
        {.name = "undo", .count = &o->undo},
        {.name = "verify-root", .flag = &o->verify_root},
        {.name = "emit-bal", .text = &o->access_lists.target},
        {.name = "bal", .text = &o->access_lists.source},
        {.name = "emit-witness", .text = &r->witness_maker.folder},
        {.name = "witness", .text = &o->witnesses},
        {.name = "json", .flag = &r->report.json},
        {.name = "quiet", .flag = &r->report.quiet},
    };
    a->options = options;
    a->option_count = sizeof options / sizeof options[0];
    int status = arguments_read(a, argc, argv);
    a->options = NULL;
    if (status >= 0) {
        return status;
    }
    if (!arguments_threads(flags.threads, &o->run.threads)) {
        return arguments_refuse(a, "--threads needs a number from 1 to %d, or auto, not '%s'", RUNNER_THREADS_MAX,
                                flags.threads);
    }
    status = check_combination(r, &flags, a);
    if (status >= 0) {
        return status;
    }
    o->run.forgets_codes = o->witnesses != NULL;
    o->run.mode = flags.check ? RUN_BOTH : flags.serial ? RUN_SERIAL : RUN_PARALLEL;
    o->has_chain_id = o->chain_id != WEFT_NEVER;
    r->report.threads = runner_threads(&o->run);
    status = check_target(a, "--emit-bal", o->access_lists.target);
    status = status < 0 ? check_target(a, "--emit-witness", r->witness_maker.folder) : status;
    return status < 0 ? check_paths(o, a) : status;
}

int cmd_replay(int argc, char **argv) {
    replay r = {.options = {.batch = BATCH_DEFAULT, .undo = UNDO_DEFAULT, .chain_id = WEFT_NEVER}};
    arguments a = {.command = "replay", .help = help};
    int status = read_options(&r, &a, argc, argv);
    if (status >= 0) {
        return status;
    }
    if (r.options.genesis != NULL) {
        replay_chain(&r, r.options.genesis, a.rest, a.rest_count);
    } else {
        const source_visitor visitor = {&r, on_block, on_chain, on_failure, on_count};
        for (size_t i = 0; i < a.rest_count; i++) {
            sources_visit(&visitor, a.rest[i]);
        }
    }
    status = report_finish(&r.report);
    runner_free(&r.recorded_runner);
    witness_maker_free(&r.witness_maker);
    return status;
}
