/** The results of one fixture file, kept until they are printed or counted. */
#ifndef TOOLS_SUITE_FIXTURE_RESULTS_H
#define TOOLS_SUITE_FIXTURE_RESULTS_H

#include "tools/failure.h"
#include "tools/suite/fixture.h"

/** A case and the kind of its test. */
typedef struct fixture_result {
    const fixture_kind *kind;
    fixture_case c; /* its texts are owned */
} fixture_result;

typedef struct fixture_results {
    const char *path;
    const fixture_kind *kind; /* of the test under way */
    fixture_result *items;
    size_t count, capacity;
    size_t expected_count;     /* what the kinds counted in the tests that were run */
    size_t recognised_count;   /* tests of a kind that was asked for, run or not chosen by the filters */
    size_t unrecognised_count; /* tests of no kind that was asked for */
    failure failure;           /* of the file itself; status WEFT_OK if it could be read */
} fixture_results;

/** Copy a case into the results. Returns: false when out of memory. */
bool fixture_results_add(fixture_results *results, const fixture_case *c);
void fixture_results_free(fixture_results *results);

#endif
