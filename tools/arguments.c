#include "tools/arguments.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/file.h"
#include "tools/runner.h"

int arguments_refuse(const arguments *a, const char *format, ...) {
    va_list values;
    va_start(values, format);
    fprintf(stderr, "weft %s: ", a->command);
    vfprintf(stderr, format, values);
    fprintf(stderr, "\ntry: weft %s --help\n", a->command);
    va_end(values);
    return EXIT_USAGE;
}

int arguments_refuse_folders(const arguments *a) {
    for (size_t i = 0; i < a->rest_count; i++) {
        if (file_is_folder(a->rest[i])) {
            return arguments_refuse(a, "%s is a folder: with --genesis, the paths are chain files", a->rest[i]);
        }
    }
    return -1;
}

static bool parse_count(const char *text, uint64_t *count) {
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    *count = value;
    return isdigit((unsigned char)*text) && *end == '\0' && errno == 0;
}

bool arguments_threads(const char *text, unsigned *threads) {
    uint64_t count = 0;
    bool is_auto = strcmp(text, "auto") == 0;
    if (!is_auto && (!parse_count(text, &count) || count == 0 || count > RUNNER_THREADS_MAX)) {
        return false;
    }
    *threads = (unsigned)count;
    return true;
}

static const argument *find(const arguments *a, const char *name, size_t size) {
    for (size_t i = 0; i < a->option_count; i++) {
        if (strlen(a->options[i].name) == size && memcmp(a->options[i].name, name, size) == 0) {
            return &a->options[i];
        }
    }
    return NULL;
}

size_t arguments_common_size(const char *a, const char *b) {
    size_t size = 0;
    while (a[size] != '\0' && a[size] == b[size]) {
        size++;
    }
    return size;
}

/* The option that shares the longest beginning with what was written. */
static const char *suggest(const arguments *a, const char *name) {
    const char *best = NULL;
    size_t best_size = 0;
    for (size_t i = 0; i < a->option_count; i++) {
        size_t size = arguments_common_size(name, a->options[i].name);
        if (size > best_size) {
            best = a->options[i].name;
            best_size = size;
        }
    }
    return best;
}

/* Returns: -1 to go on; *index is moved over a value that is an argument of its own. */
static int read_option(arguments *a, int argc, char **argv, int *index) {
    const char *name = argv[*index] + 2;
    const char *equals = strchr(name, '=');
    const argument *option = find(a, name, equals != NULL ? (size_t)(equals - name) : strlen(name));
    if (option == NULL) {
        const char *near = suggest(a, name);
        return near != NULL ? arguments_refuse(a, "unknown option --%s (--%s?)", name, near)
                            : arguments_refuse(a, "unknown option --%s", name);
    }
    if (option->flag != NULL) {
        *option->flag = equals == NULL || strcmp(equals, "=true") == 0;
        return *option->flag || strcmp(equals, "=false") == 0
                   ? -1
                   : arguments_refuse(a, "--%s takes no value but true or false", option->name);
    }
    if (equals == NULL && *index + 1 >= argc) {
        return arguments_refuse(a, "--%s needs a value", option->name);
    }
    unsigned bit = 1u << (option - a->options);
    if ((a->given & bit) != 0) {
        return arguments_refuse(a, "--%s is given twice", option->name);
    }
    a->given |= bit;
    const char *value = equals != NULL ? equals + 1 : argv[++*index];
    if (option->text != NULL) {
        *option->text = value;
        return -1;
    }
    return parse_count(value, option->count)
               ? -1
               : arguments_refuse(a, "--%s needs a number, not '%s'", option->name, value);
}

int arguments_read(arguments *a, int argc, char **argv) {
    bool options_ended = false;
    a->rest = argv;
    a->rest_count = 0;
    a->given = 0;
    for (int i = 1; i < argc; i++) {
        if (!options_ended && strcmp(argv[i], "--") == 0) {
            options_ended = true;
        } else if (!options_ended && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
            fputs(a->help, stdout);
            return EXIT_RIGHT;
        } else if (!options_ended && strncmp(argv[i], "--", 2) == 0) {
            int status = read_option(a, argc, argv, &i);
            if (status >= 0) {
                return status;
            }
        } else if (!options_ended && argv[i][0] == '-' && argv[i][1] != '\0') {
            return arguments_refuse(a, "unknown option %s", argv[i]);
        } else {
            a->rest[a->rest_count++] = argv[i]; /* never ahead of argv[i] */
        }
    }
    return -1;
}
