#include "tools/failure.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

weft_status failure_set(failure *f, weft_status status, const char *format, ...) {
    if (f != NULL) {
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(f->message, sizeof f->message, format, arguments);
        va_end(arguments);
        f->status = status;
    }
    return status;
}

weft_status failure_no_memory(failure *f) {
    return failure_set(f, WEFT_NO_MEMORY, "%s", weft_status_message(WEFT_NO_MEMORY));
}

weft_status failure_about(failure *f, weft_status status, const char *path, const char *words) {
    bool is_named = strncmp(words, path, strlen(path)) == 0;
    return is_named ? failure_set(f, status, "%s", words) : failure_set(f, status, "%s: %s", path, words);
}
