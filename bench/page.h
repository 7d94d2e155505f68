/** What a bench found as one HTML file that needs nothing else: its JSON, and a script that draws from it (page.html). */
#ifndef BENCH_PAGE_H
#define BENCH_PAGE_H

#include "bench/measure.h"

/** Whether the file can be written, before what goes into it takes hours. What it holds is left.
 *  Returns: WEFT_OK, WEFT_IO. */
weft_status page_check(const char *path, failure *f);

/** Returns: WEFT_OK, WEFT_IO, WEFT_NO_MEMORY. */
weft_status page_write(const char *path, const bench_result *results, size_t count, const bench_plan *plan, failure *f);

#endif
