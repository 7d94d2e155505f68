/** State roots along a chain whose whole state is known.
 *
 *  The tracker keeps a complete state of its own beside the one that blocks execute on. After each block it applies
 *  the delta and gives the root. Before Byzantium it also gives the root after each transaction, which receipts hold,
 *  while the view that the engine reads stays what it was before the block.
 *
 *  A block may be executed several times. The first time the roots are computed; later they are looked up, by the
 *  digest of the transaction's changes, so that executions which agree get equal roots and others do not.
 */
#ifndef TOOLS_ROOT_TRACKER_H
#define TOOLS_ROOT_TRACKER_H

#include <weft/engine.h>
#include <weft/memory_state.h>

typedef struct root_tracker {
    weft_memory_state *state;
    struct tracked_root *roots; /* after each transaction of the block at hand */
    size_t root_count, root_capacity;
    size_t position; /* transaction that the execution at hand has come to */
} root_tracker;

/** Returns: WEFT_OK, WEFT_NO_MEMORY. In: start   the whole first state, as a delta against nothing. */
weft_status root_tracker_create(root_tracker *tracker, const weft_state_delta *start);
void root_tracker_free(root_tracker *tracker);

void root_tracker_begin_block(root_tracker *tracker);
/** Before each execution of the block; a runner_prepare. Context: the tracker. */
void root_tracker_begin_execution(void *context);
/** For weft_execute_options.intermediate_root. Context: the tracker. */
weft_status root_tracker_after_transaction(void *context, weft_bytes32 *root, const weft_state_delta *changes);
/** The root after the whole block. Returns: WEFT_OK, WEFT_NO_MEMORY. */
weft_status root_tracker_after_block(root_tracker *tracker, weft_bytes32 *root, const weft_state_delta *delta);

#endif
