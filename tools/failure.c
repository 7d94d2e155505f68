#include "tools/failure.h"

#include <stdarg.h>
#include <stdio.h>

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
