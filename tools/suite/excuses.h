/** The list of cases that may fail, each with its reason.
 *
 *  There are two reasons only: the case is about proof of work itself, which weft does not check; or it was filled by a
 *  draft of a fork that weft knows only nearly. So a case is excused if it is on the list and its runner found it to be
 *  of either kind.
 *
 *  One line per test: its name, a colon and a blank, the reason. Lines that begin with # are comments. The list may only
 *  shrink: an entry whose test ran without needing it is a mistake.
 */
#ifndef TOOLS_SUITE_EXCUSES_H
#define TOOLS_SUITE_EXCUSES_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/failure.h"
#include "tools/file.h"
#include "tools/suite/fixture.h"

typedef struct excuse {
    const char *test, *reason;
    bool is_met; /* a case of the test ran */
    bool is_used;
} excuse;

typedef struct excuses {
    file_bytes text; /* what the items point into */
    excuse *items;
    size_t count;
} excuses;

/** Returns: WEFT_OK, WEFT_DECODE, WEFT_NO_MEMORY, and what file_read() gives. Out: to be freed, after WEFT_OK only. */
weft_status excuses_load(excuses *list, const char *path, failure *f);
void excuses_free(excuses *list);

/** Note that a case ran. Returns: whether it failed and is excused; the entry counts as used then. */
bool excuses_take(excuses *list, const fixture_case *c, bool has_failed);

/** Whether an entry should go: its test ran, and nothing needed it. */
bool excuse_is_stale(const excuse *e);
/** How many entries should go. */
size_t excuses_stale_count(const excuses *list);

#endif
