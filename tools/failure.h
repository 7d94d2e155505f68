/** Why a loader or a command could not go on, in words for the person at the terminal. */
#ifndef TOOLS_FAILURE_H
#define TOOLS_FAILURE_H

#include <weft/status.h>

typedef struct failure {
    weft_status status;
    char message[512]; /* file, place in it and rule; no line break at the end */
} failure;

/** Fill `f` and return its status, so that a caller can `return failure_set(...)`. `f` may be NULL. */
weft_status failure_set(failure *f, weft_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/** The same for want of memory. */
weft_status failure_no_memory(failure *f);

/** The same with another's words about a file or folder: `path` comes before them unless they begin with it. */
weft_status failure_about(failure *f, weft_status status, const char *path, const char *words);

#endif
