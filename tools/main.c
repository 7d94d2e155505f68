#include <stdio.h>
#include <string.h>

#include <weft/version.h>

#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/file.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"replay", cmd_replay, "execute recorded blocks or a chain, compare with their headers, commit to a store"},
    {"state", cmd_state, "read an account or a storage slot from a store"},
    {"store", cmd_store, "where a store stands; check it; take back blocks"},
    {"bench", cmd_bench, "time serial against parallel execution of the same blocks"},
    {"conformance", cmd_conformance, "run official test suites, serially and in parallel, and count"},
    {"statetest", cmd_statetest, "run official state tests"},
    {"blocktest", cmd_blocktest, "run official blockchain tests"},
    {"enginetest", cmd_enginetest, "run official engine tests"},
    {"transactiontest", cmd_transactiontest, "run official transaction tests"},
    {"t8n", cmd_t8n, "execute transactions on a state: alloc, env and txs in; alloc, result and body out"},
    {"t9n", cmd_t9n, "judge transactions without a state"},
    {"b11r", cmd_b11r, "build a block from its parts"},
    {"run", cmd_run, "run EVM code"},
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

/* What geth's evm calls some of them. */
static const struct {
    const char *name, *command;
} aliases[] = {{"transition", "t8n"}, {"transaction", "t9n"}, {"block-builder", "b11r"}};

static void print_help(FILE *stream) {
    fprintf(stream, "weft: parallel execution of Ethereum blocks\n\nusage: weft COMMAND [OPTIONS] [PATH...]\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        fprintf(stream, "  %-15s %s\n", commands[i].name, commands[i].summary);
    }
    fprintf(stream, "  %-15s %s\n  %-15s %s\n\n%s\n", "help", "this text, or a command's", "--version",
            "the version of the library", "weft COMMAND --help tells more.");
}

/* The command that begins most like `name`. Returns: NULL if none begins so. */
static const char *suggest(const char *name) {
    const char *best = NULL;
    size_t best_size = 0;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        size_t size = arguments_common_size(name, commands[i].name);
        if (size > best_size) {
            best = commands[i].name;
            best_size = size;
        }
    }
    return best;
}

static int refuse(const char *name) {
    const char *near = suggest(name);
    if (name[0] == '-') {
        fprintf(stderr, "weft: unknown option %s", name);
    } else if (near != NULL) {
        fprintf(stderr, "weft: there is no command '%s' (%s?)", name, near);
    } else {
        fprintf(stderr, "weft: there is no command '%s'", name);
    }
    fputs("\ntry: weft help\n", stderr);
    return EXIT_USAGE;
}

static bool is_help(const char *name) {
    return strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0;
}

static int run_command(const char *name, int argc, char **argv) {
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        name = strcmp(name, aliases[i].name) == 0 ? aliases[i].command : name;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            return commands[i].run(argc, argv);
        }
    }
    return refuse(name);
}

static bool is_version(const char *name) {
    return strcmp(name, "--version") == 0 || strcmp(name, "-v") == 0 || strcmp(name, "version") == 0;
}

/* The official test runners take a tool for geth's `evm` if its version says so. Under that name, through a link, weft
 * keeps to evm's interface, and the version still tells who answers. */
static void print_version(const char *program) {
    bool is_evm = strcmp(file_base_name(program), "evm") == 0;
    printf(is_evm ? "evm version weft-%s\n" : "weft version %s\n", weft_version());
}

/* geth's callers put --verbosity before the command. Returns: how many arguments that is. */
static int verbosity_size(int argc, char **argv) {
    static const char option[] = "--verbosity";
    if (argc > 2 && strcmp(argv[1], option) == 0) {
        return 2;
    }
    return argc > 1 && strncmp(argv[1], option, sizeof option - 1) == 0 && argv[1][sizeof option - 1] == '=';
}

static int run(int argc, char **argv) {
    const char *program = argv[0];
    int skipped = verbosity_size(argc, argv);
    argc -= skipped;
    argv += skipped;
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (is_version(name)) {
        print_version(program);
        return EXIT_RIGHT;
    }
    if (is_help(name) && (argc == 2 || is_help(argv[2]))) {
        print_help(stdout);
        return EXIT_RIGHT;
    }
    if (is_help(name)) {
        char help_option[] = "--help";
        char *help_arguments[] = {argv[2], help_option, NULL};
        return run_command(argv[2], 2, help_arguments);
    }
    return run_command(name, argc - 1, argv + 1);
}

int main(int argc, char **argv) {
    int status = run(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        fputs("weft: standard output could not be written in full\n", stderr);
        return EXIT_HOST;
    }
    return status;
}
