/** What the official test formats have in common.
 *
 *  A fixture file is one JSON object: test name -> test. A test holds one case or several (a state test: one per fork
 *  and choice of data, gas and value). Each format is a `fixture_kind`: it recognises its tests, counts their cases
 *  without running them, and runs them, reporting every case.
 */
#ifndef TOOLS_SUITE_FIXTURE_H
#define TOOLS_SUITE_FIXTURE_H

#include <weft/types.h>

#include "tools/json.h"
#include "tools/suite/variants.h"
#include "tools/trace/json_trace.h"

/** How one case went. */
typedef struct fixture_case {
    const char *test; /* its name in the file */
    const char *fork; /* or network, as the file writes it */
    unsigned passed;  /* bit i: under variant i */
    bool has_root;    /* there is a state to tell the root of */
    weft_bytes32 root;
    /** If the case fails, that may be for what weft does not claim: to check proof of work, or to know the draft of a fork
     *  that the fixture was filled by. */
    bool is_excusable;
    const char *error;   /* why it did not pass, naming the rule and what was found and expected; "" if it passed */
    const char *details; /* what a command wants beside it in the JSON result, `"key":value,…`; NULL = nothing */
    double seconds;      /* reading the case, all variants, checking; filled by fixture_report() */
} fixture_case;

/** One worker on one file; the commands' filters. */
typedef struct fixture_run fixture_run;

typedef struct fixture_kind {
    const char *name;
    bool is_judged_once; /* executes no block: what holds under one variant holds under all */
    bool is_timed;       /* hooks.bench applies: a case is one execution */
    /** Whether a value below a file's root object is a test of this kind. */
    bool (*recognises)(const json_value *test);
    /** How many cases the test has; `run` reports as many unless filters leave some out. */
    size_t (*count)(const json_value *test);
    /** Run the cases. Returns: false when the test is malformed (the document's failure says how) or memory ran out:
     *  it then counts as one failed case more. */
    bool (*run)(fixture_run *run, const json_value *test);
} fixture_kind;

struct fixture_run {
    json_document *document;
    variant_engines *engines;
    const struct fixture_filter *filter;
    const struct fixture_hooks *hooks;
    struct fixture_results *results; /* of the file */
    double case_started;
};

/** Which cases are wanted. */
typedef struct fixture_filter {
    const char *fork; /* only this one's; NULL = all */
    bool has_index;   /* only the case of this number in its test */
    uint64_t index;
} fixture_filter;

/** What a command adds to running cases. Zero = nothing. */
typedef struct fixture_hooks {
    const json_trace_options *trace; /* EIP-3155 lines on standard error; NULL = none */
    bool dump;                       /* the post state in the JSON result */
    bool bench;                      /* execution time in the JSON result */
    bool like_evm;                   /* as geth's: {"stateRoot": "0x…"} on standard error after each case, and a state
                                        test whose hash nobody has filled in yet fails */
} fixture_hooks;

/** Whether the filter wants a case. In: index   number of the case within its test, over all forks. */
bool fixture_wants(const fixture_run *run, const char *fork, size_t index);

/** Add a case to the file's results. Its texts are copied. Returns: false when out of memory (the failure is set). */
bool fixture_report(fixture_run *run, const fixture_case *c);

#endif
