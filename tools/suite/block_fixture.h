/** One test of a blockchain fixture: a genesis, blocks to import one after the other, and where that must lead.
 *
 *  Blocks are imported from their RLP. A valid one must be accepted with its state root; an invalid one refused, for the
 *  reason the fixture names. In the end the head and the state must be the fixture's. Proof of work is not checked: a
 *  block that the fixture refuses for it is passed over, and counted.
 */
#ifndef TOOLS_SUITE_BLOCK_FIXTURE_H
#define TOOLS_SUITE_BLOCK_FIXTURE_H

#include "tools/json.h"
#include "tools/suite/runner_pool.h"

typedef struct block_fixture_result {
    bool passed;
    char error[512];   /* why not; empty if it passed */
    char network[64];  /* as the fixture names it */
    bool has_head;     /* the next two are set */
    weft_bytes32 head; /* hash of the last block of the chain that counts */
    weft_bytes32 state_root;
    size_t block_count;         /* imported or refused */
    size_t refused_count;       /* for the right reason */
    size_t proof_of_work_count; /* passed over: refused by the fixture for their proof of work */
} block_fixture_result;

/** Run one test of `document`: the member `test` of its root.
 *
 *  Returns:  WEFT_OK with `result` filled; otherwise what the host failed with: the test is undecided.
 *  Out:      f   set unless WEFT_OK.
 *  In:       pool   its mode says how blocks are executed: serially, in parallel, or both and compared.
 */
weft_status block_fixture_run(block_fixture_result *result, json_document *document, const json_value *test,
                              runner_pool *pool, failure *f);

/** Whether `test` has the form of a blockchain test. */
bool block_fixture_recognises(const json_value *test);

#endif
