/** State tests as blocks to time: one block of one transaction per case, which is how programs that execute a single contract
 *  (the sets of evm-benchmarks, worst cases) are passed around.
 */
#ifndef BENCH_STATE_TEST_CASES_H
#define BENCH_STATE_TEST_CASES_H

#include "bench/bench.h"
#include "tools/json.h"

/** Time every case of the document, each a workload named for its test, that of the last fork if there are several. */
void state_test_cases_time(bench *b, json_document *document);

#endif
