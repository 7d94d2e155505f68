/** Results as geth's `evm` prints them: a JSON array of {name, pass, stateRoot, fork, error, …}, or lines for people. */
#ifndef TOOLS_SUITE_RESULT_LIST_H
#define TOOLS_SUITE_RESULT_LIST_H

#include "tools/json_writer.h"
#include "tools/suite/fixture_results.h"

typedef struct result_list {
    json_writer writer;
    bool is_human;
    unsigned all_variants; /* a case passes if it does under all of these */
    size_t passed, failed;
} result_list;

/** Begin a list on standard output. */
void result_list_begin(result_list *list, bool is_human, unsigned all_variants);
/** Print the results of one file. */
void result_list_add(result_list *list, const fixture_results *results);
/** End it; the counts stay readable. */
void result_list_end(result_list *list);

#endif
