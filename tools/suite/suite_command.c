#include "tools/suite/suite_command.h"

#include <errno.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/arguments.h"
#include "tools/runner.h"
#include "tools/suite/result_list.h"
#include "tools/suite/suite_run.h"
#include "tools/trace/trace_flags.h"

static const char help_options[] =
    "A PATH is a fixture file, or a folder that is searched for *.json and *.json.gz. Without one, file names are\n"
    "read from standard input, one per line up to an empty line, and each file's results are printed before the next\n"
    "name is read.\n"
    "\n"
    "  --run REGEX            only tests whose name matches (POSIX extended)\n"
    "  --statetest.fork NAME  only cases of this fork\n"
    "  --statetest.index N    only the case of this number in its test, from 0\n"
    "  --dump                 with each result the state that the test ended in\n"
    "  --bench                statetest: with each result the time of its execution, in nanoseconds\n"
    "  --human                lines for people instead of JSON\n"
    "  --fail                 exit status 1 if a case fails, or was passed over with a warning (else 0, as geth's "
    "evm)\n"
    "  --workers N|auto       files at once (auto or 0: one per processor)\n"
    "  --threads N            workers inside a block, without ever falling back to serial execution (1)\n"
    "  --serial               the same as --threads 1\n"
    "  --check                execute serially and with --threads N (2) workers, and compare in full\n"
    "  --verbosity N          accepted for the sake of geth's callers\n"
    "  --help                 this text\n"
    "\n"
    "Traces, of one file at a time, executed serially:\n" TRACE_FLAGS_HELP
    "\n"
    "Exit status: 0 everything was run, 1 with --fail: a case failed or was passed over, 2 usage,\n"
    "3 a file could not be read.\n";

typedef struct suite_options {
    const char *run, *fork, *index, *workers, *threads, *verbosity;
    bool human, fails, serial, check, dump, bench, trace;
    json_trace_options trace_options;
} suite_options;

/* A file, or a folder of files. */
typedef struct named_path {
    const char *name;
    size_t file_end; /* index of the first file that is not its own */
} named_path;

/* A run in progress. */
typedef struct suite_session {
    const suite_command *command;
    suite_options options;
    suite_config config;
    suite_runner runner;
    regex_t pattern;
    bool has_pattern;
    result_list list;
    size_t passed, failed, broken_files;
    size_t passed_over; /* warnings of paths and tests that are not what the command runs */
    /* Where the results that come in, file after file, belong. */
    const named_path *path;
    size_t files_taken;
    size_t recognised_count; /* tests at the path, so far */
} suite_session;

/* --- Options */

static bool parse_index(const char *text, uint64_t *index) {
    char *end;
    errno = 0;
    *index = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0;
}

static bool choose_variants(const suite_options *options, variant_list *variants) {
    unsigned threads = options->check ? 2 : 1;
    if (options->threads != NULL && (!arguments_threads(options->threads, &threads) || threads == 0)) {
        return false;
    }
    if (options->serial || options->trace || threads == 1) {
        *variants = (variant_list){.threads = {1}, .count = 1};
    } else if (options->check) {
        *variants = (variant_list){.threads = {1, threads}, .count = 2};
    } else {
        *variants = (variant_list){.threads = {threads}, .count = 1};
    }
    return true;
}

/* Returns: -1 to go on, else the exit status. */
static int configure_hooks(suite_session *s, const arguments *a) {
    const suite_options *options = &s->options;
    const fixture_kind *kind = s->command->kind;
    if (kind->is_judged_once && (options->trace || options->dump)) {
        return arguments_refuse(a, "nothing is executed: there is no trace and no state to dump");
    }
    if (options->bench && !kind->is_timed) {
        return arguments_refuse(a, "--bench is for statetest; weft bench times blocks");
    }
    s->config.hooks = (fixture_hooks){.like_evm = s->command->like_evm, .dump = options->dump, .bench = options->bench};
    if (options->trace) {
        s->config.hooks.trace = &options->trace_options;
        s->config.workers = 1; /* the lines of one case must not mix with those of another */
    }
    return -1;
}

/* Returns: -1 to go on, else the exit status. */
static int configure(suite_session *s, const arguments *a) {
    const suite_options *options = &s->options;
    suite_config *config = &s->config;
    *config = (suite_config){.kinds = &s->command->kind,
                             .kind_count = 1,
                             .filter = {.fork = options->fork, .has_index = options->index != NULL}};
    if (options->index != NULL && !parse_index(options->index, &config->filter.index)) {
        return arguments_refuse(a, "--statetest.index needs a number, not '%s'", options->index);
    }
    if (!choose_variants(options, &config->variants)) {
        return arguments_refuse(a, "--threads needs a number from 1 to %d, not '%s'", RUNNER_THREADS_MAX,
                                options->threads);
    }
    if (options->workers != NULL && strcmp(options->workers, "0") != 0 &&
        !arguments_threads(options->workers, &config->workers)) {
        return arguments_refuse(a, "--workers needs a number from 1 to %d or auto, not '%s'", SUITE_WORKERS_MAX,
                                options->workers);
    }
    config->workers = config->workers == 0 ? runner_threads_auto() : config->workers;
    if (options->run != NULL) {
        int error = regcomp(&s->pattern, options->run, REG_EXTENDED | REG_NOSUB);
        if (error != 0) {
            char why[128];
            (void)regerror(error, &s->pattern, why, sizeof why);
            return arguments_refuse(a, "--run %s: %s", options->run, why);
        }
        s->has_pattern = true;
        config->run = &s->pattern;
    }
    return configure_hooks(s, a);
}

/* --- Running */

/* What is passed over must not look like success. */
__attribute__((format(printf, 2, 3))) static void warn(suite_session *s, const char *format, ...) {
    va_list values;
    va_start(values, format);
    fprintf(stderr, "weft %s: warning: ", s->command->name);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    s->passed_over++;
}

/* In a folder other formats are passed over; but something there must be a test. */
static void leave_path(suite_session *s) {
    if (s->recognised_count == 0) {
        warn(s, "%s: holds no %s test", s->path->name, s->command->kind->name);
    }
    s->recognised_count = 0;
    s->path++;
}

static void take(void *context, const fixture_results *results) {
    suite_session *s = context;
    size_t recognised = results->recognised_count, unrecognised = results->unrecognised_count;
    result_list_add(&s->list, results);
    if (results->failure.status != WEFT_OK) {
        fprintf(stderr, "weft %s: %s\n", s->command->name, results->failure.message);
        s->broken_files++;
        recognised++; /* nobody knows that it is none */
    } else if (recognised > 0 && unrecognised > 0) {
        warn(s, "%s: %zu of %zu tests are no %s tests", results->path, unrecognised, recognised + unrecognised,
             s->command->kind->name);
    }
    s->recognised_count += recognised;
    if (++s->files_taken == s->path->file_end) {
        leave_path(s);
    }
}

static void run_list(suite_session *s, const fixture_files *files, const named_path *paths) {
    s->path = paths;
    s->files_taken = 0;
    result_list_begin(&s->list, s->options.human, variants_all(&s->config.variants));
    if (suite_run(&s->runner, files) != WEFT_OK) {
        fprintf(stderr, "weft %s: %s\n", s->command->name, weft_status_message(WEFT_NO_MEMORY));
        s->broken_files++;
    }
    result_list_end(&s->list);
    s->passed += s->list.passed;
    s->failed += s->list.failed;
}

static void find_files(suite_session *s, fixture_files *files, named_path *paths, char **names, size_t count) {
    failure f;
    size_t path_count = 0;
    for (size_t i = 0; i < count; i++) {
        size_t file_count = files->count;
        if (fixture_files_add(files, names[i], &f) != WEFT_OK) {
            fprintf(stderr, "weft %s: %s\n", s->command->name, f.message);
            s->broken_files++;
        } else if (files->count == file_count) {
            warn(s, "%s: holds no *.json or *.json.gz file", names[i]);
        }
        if (files->count > file_count) {
            paths[path_count++] = (named_path){names[i], files->count};
        }
    }
}

static void run_paths(suite_session *s, char **names, size_t count) {
    fixture_files files = {0};
    named_path *paths = calloc(count, sizeof *paths);
    if (paths == NULL) {
        fprintf(stderr, "weft %s: %s\n", s->command->name, weft_status_message(WEFT_NO_MEMORY));
        s->broken_files++;
        return;
    }
    find_files(s, &files, paths, names, count);
    run_list(s, &files, paths);
    fixture_files_free(&files);
    free(paths);
}

static void run_names(suite_session *s, FILE *names) {
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    while ((size = getline(&line, &capacity, names)) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        if (*line == '\0') {
            break;
        }
        run_paths(s, &line, 1);
    }
    free(line);
}

static int run_session(suite_session *s, const arguments *a) {
    if (a->rest_count == 0 && isatty(STDIN_FILENO) != 0) {
        return arguments_refuse(a, "name a fixture file or a folder");
    }
    s->config.take = take;
    s->config.context = s;
    if (suite_create(&s->runner, &s->config) != WEFT_OK) {
        fprintf(stderr, "weft %s: %s\n", s->command->name, weft_status_message(WEFT_NO_MEMORY));
        return EXIT_HOST;
    }
    if (a->rest_count > 0) {
        run_paths(s, a->rest, a->rest_count);
    } else {
        run_names(s, stdin);
    }
    suite_free(&s->runner);
    if (s->passed + s->failed + s->broken_files + s->passed_over == 0) {
        bool has_filters = s->has_pattern || s->options.fork != NULL || s->options.index != NULL;
        warn(s, "no case was run%s",
             has_filters ? ": none is what --run, --statetest.fork and --statetest.index choose" : "");
    }
    if (s->broken_files > 0) {
        return EXIT_HOST;
    }
    return s->options.fails && s->failed + s->passed_over > 0 ? EXIT_WRONG : EXIT_RIGHT;
}

int suite_command_run(const suite_command *command, int argc, char **argv) {
    suite_session s = {.command = command};
    suite_options *o = &s.options;
    trace_flags flags = TRACE_FLAGS_DEFAULT;
    const argument options[] = {
        {.name = "run", .text = &o->run},
        {.name = "statetest.fork", .text = &o->fork},
        {.name = "statetest.index", .text = &o->index},
        {.name = "human", .flag = &o->human},
        {.name = "fail", .flag = &o->fails},
        {.name = "workers", .text = &o->workers},
        {.name = "threads", .text = &o->threads},
        {.name = "serial", .flag = &o->serial},
        {.name = "check", .flag = &o->check},
        TRACE_FLAGS_ARGUMENTS(flags),
        {.name = "dump", .flag = &o->dump},
        {.name = "bench", .flag = &o->bench},
        {.name = "verbosity", .text = &o->verbosity},
    };
    char help[4096];
    (void)snprintf(help, sizeof help, "usage: weft %s [OPTIONS] [PATH...]\n\n%s\n\n%s", command->name, command->what,
                   help_options);
    arguments a = {
        .command = command->name, .help = help, .options = options, .option_count = sizeof options / sizeof options[0]};
    int status = arguments_read(&a, argc, argv);
    if (status < 0) {
        status = trace_flags_read(&o->trace, &o->trace_options, &flags, &a);
    }
    if (status < 0) {
        status = configure(&s, &a);
    }
    if (status < 0) {
        status = run_session(&s, &a);
    }
    if (s.has_pattern) {
        regfree(&s.pattern);
    }
    return status;
}
