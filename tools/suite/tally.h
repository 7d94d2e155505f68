/** Counting results: per suite, format and fork, how many cases there are and how many pass under each variant; which
 *  failed, and why; which took longest. */
#ifndef TOOLS_SUITE_TALLY_H
#define TOOLS_SUITE_TALLY_H

#include "tools/suite/excuses.h"
#include "tools/suite/fixture_results.h"

enum { TALLY_SLOWEST_COUNT = 10 };

typedef struct tally_row {
    const char *suite; /* borrowed */
    const fixture_kind *kind;
    char *fork;
    size_t cases;
    size_t passed[VARIANTS_MAX];
    size_t excused;
} tally_row;

/** A case worth naming. */
typedef struct tally_mention {
    char *text; /* FILE: TEST [FORK]: why */
    double seconds;
} tally_mention;

typedef struct tally {
    variant_list variants;
    excuses *excuses;
    tally_row *rows; /* in the order of suites, formats and forks after tally_sort() */
    size_t row_count, row_capacity;
    tally_mention *failures; /* excused ones are not among them */
    size_t failure_count, failure_capacity;
    tally_mention slowest[TALLY_SLOWEST_COUNT]; /* longest first */
    size_t file_count, unrecognised_file_count;
    bool is_incomplete; /* memory ran out: not everything was counted */
} tally;

void tally_free(tally *t);

/** Count the results of a file of `suite`. */
void tally_add(tally *t, const char *suite, const fixture_results *results);
/** Bring the rows into order. */
void tally_sort(tally *t);
/** The sum of all rows. */
tally_row tally_total(const tally *t);

#endif
