/** Command lines: `--name`, `--name VALUE`, `--name=VALUE`, and everything else in order; `--` ends the options. */
#ifndef TOOLS_ARGUMENTS_H
#define TOOLS_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What every command returns to the shell. */
enum { EXIT_RIGHT = 0, EXIT_WRONG = 1, EXIT_USAGE = 2, EXIT_HOST = 3 };

/** One option. Exactly one of the targets is set. */
typedef struct argument {
    const char *name; /* without the dashes */
    bool *flag;       /* set to true, or by --name=true and --name=false */
    const char **text;
    uint64_t *count; /* decimal */
} argument;

typedef struct arguments {
    const char *command; /* for messages */
    const char *help;    /* printed for --help */
    const argument *options;
    size_t option_count; /* at most 32 */
    unsigned given;      /* bits 1 << index of the options that got a value */
    char **rest;         /* what is not an option; inside argv */
    size_t rest_count;
} arguments;

/** Read argv[1...]. Returns: -1 to go on, otherwise the exit status: help was printed, or the usage was wrong and a
 *  line on standard error says how. */
int arguments_read(arguments *a, int argc, char **argv);

/** "weft COMMAND: message" and where help is, on standard error. Returns: EXIT_USAGE. */
int arguments_refuse(const arguments *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** With --genesis, paths are chain files. Returns: -1 to go on, EXIT_USAGE after naming the folder among them. */
int arguments_refuse_folders(const arguments *a);

/** How many characters two names begin with in common. */
size_t arguments_common_size(const char *a, const char *b);

/** A number of threads: 1 to RUNNER_THREADS_MAX, or "auto" for 0. Returns: whether it was one. */
bool arguments_threads(const char *text, unsigned *threads);

#endif
