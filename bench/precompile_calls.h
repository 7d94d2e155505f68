/** Precompiles by themselves: each call of a file as a block whose one transaction makes it over and over, so that peers can be asked
 *  for the same.
 *
 *  The file is a JSON array of {name, address, input, output} (fixtures/precompile-calls.json). A contract makes the call as
 *  often as a few million gas allow and then compares the hash of what the last one returned: a block whose contract
 *  fails is not timed.
 */
#ifndef BENCH_PRECOMPILE_CALLS_H
#define BENCH_PRECOMPILE_CALLS_H

#include "bench/bench.h"
#include "tools/json.h"

/** Time every call of the document, each a workload named for it. */
void precompile_calls_time(bench *b, json_document *document);

#endif
