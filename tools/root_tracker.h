/** State roots along the execution of a block: after it, and, before Byzantium, after each of its transactions, whose
 *  receipts hold them.
 *
 *  The tracker changes a state of its own, while the view that the engine reads stays what it was before the block:
 *  a complete state in memory, which follows a whole chain; or the witness of one block, which may prove too little.
 *
 *  A block may be executed several times. The first time the roots are computed; later they are looked up, by the
 *  digest of the transaction's changes, so that executions which agree get equal roots and others do not.
 */
#ifndef TOOLS_ROOT_TRACKER_H
#define TOOLS_ROOT_TRACKER_H

#include <weft/engine.h>
#include <weft/memory_state.h>
#include <weft/witness.h>

typedef struct root_tracker {
    weft_memory_state *state; /* owned; NULL if the witness is tracked */
    weft_witness *witness;    /* borrowed */
    unsigned threads;
    struct tracked_root *roots; /* after each transaction of the block at hand */
    size_t root_count, root_capacity;
    size_t position;  /* transaction that the execution at hand has come to */
    bool is_stuck;    /* the witness proves too little for the root after a transaction */
    weft_error error; /* what is missing, when the witness proves too little */
} root_tracker;

/** Returns: WEFT_OK, WEFT_NO_MEMORY. In: start   the whole first state, as a delta against nothing.
 *  threads   at least 1: to compute roots with. */
weft_status root_tracker_create(root_tracker *tracker, const weft_state_delta *start, unsigned threads);
/** Nothing is allocated yet. Lifetime: `witness` is borrowed. */
void root_tracker_of_witness(root_tracker *tracker, weft_witness *witness, unsigned threads);
void root_tracker_free(root_tracker *tracker);

void root_tracker_begin_block(root_tracker *tracker);
/** Before each execution of the block; a runner_prepare. Context: the tracker. */
void root_tracker_begin_execution(void *context);
/** For weft_execute_options.intermediate_root. Context: the tracker. */
weft_status root_tracker_after_transaction(void *context, weft_bytes32 *root, const weft_state_delta *changes);
/** The root after the whole block. Returns: WEFT_OK; WEFT_NO_MEMORY; WEFT_STATE_UNAVAILABLE, `error` set. */
weft_status root_tracker_after_block(root_tracker *tracker, weft_bytes32 *root, const weft_state_delta *delta);

#endif
