/** Running fixture files: one file per worker at a time, its engines reused from file to file.
 *
 *  Two kinds of parallelism meet here and stay apart. Workers over files are threads of their own; workers inside a
 *  block are the engine's. Results are handed on in the order of the files, whoever finishes first.
 */
#ifndef TOOLS_SUITE_SUITE_RUN_H
#define TOOLS_SUITE_SUITE_RUN_H

#include <regex.h>

#include "tools/suite/fixture.h"
#include "tools/suite/fixture_files.h"
#include "tools/suite/fixture_results.h"

enum { SUITE_WORKERS_MAX = 256 };

typedef struct suite_config {
    const fixture_kind *const *kinds;
    size_t kind_count;
    variant_list variants;
    unsigned workers;   /* over files, 1..SUITE_WORKERS_MAX */
    const regex_t *run; /* only tests whose name it matches; NULL = all */
    fixture_filter filter;
    fixture_hooks hooks;
    /** Called once per file, in order, one call at a time. The results are freed after it. */
    void (*take)(void *context, const fixture_results *results);
    void *context;
} suite_config;

typedef struct suite_runner {
    suite_config config;
    variant_engines *engines; /* one set per worker */
} suite_runner;

/** Returns: WEFT_OK, WEFT_NO_MEMORY. Lifetime: what the configuration points to outlives the runner. */
weft_status suite_create(suite_runner *runner, const suite_config *config);
void suite_free(suite_runner *runner);

/** Run every file. Returns: WEFT_OK; WEFT_NO_MEMORY, after which some files were not handed on. */
weft_status suite_run(suite_runner *runner, const fixture_files *files);

/** Run the tests of one document on the caller's thread.
 *  Out: results   zero-initialised but for the path; the caller frees them. The document's failure is theirs from now on. */
void suite_run_document(const suite_config *config, variant_engines *engines, json_document *document,
                        fixture_results *results);

#endif
