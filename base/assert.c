#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void assert_failed(const char *condition, const char *file, int line) {
    fprintf(stderr, "weft: %s:%d: this must hold and does not: %s\n", file, line, condition);
    abort();
}
