#include "tools/root_tracker.h"

#include <stdlib.h>
#include <string.h>

#include "tools/list.h"

typedef struct tracked_root {
    weft_bytes32 changes_digest;
    weft_bytes32 root;
} tracked_root;

weft_status root_tracker_create(root_tracker *tracker, const weft_state_delta *start, unsigned threads) {
    *tracker = (root_tracker){.threads = threads};
    weft_status status = weft_memory_state_create(&tracker->state, NULL);
    if (status != WEFT_OK) {
        return status;
    }
    weft_memory_state_set_threads(tracker->state, threads);
    return weft_memory_state_apply(tracker->state, start);
}

void root_tracker_of_witness(root_tracker *tracker, weft_witness *witness, unsigned threads) {
    *tracker = (root_tracker){.witness = witness, .threads = threads};
}

void root_tracker_free(root_tracker *tracker) {
    weft_memory_state_destroy(tracker->state);
    free(tracker->roots);
    *tracker = (root_tracker){0};
}

void root_tracker_begin_block(root_tracker *tracker) {
    tracker->root_count = 0;
}

void root_tracker_begin_execution(void *context) {
    ((root_tracker *)context)->position = 0;
}

static weft_status append(root_tracker *tracker, const tracked_root *entry) {
    tracked_root *larger = list_reserve(tracker->roots, tracker->root_count, &tracker->root_capacity, sizeof *larger);
    if (larger == NULL) {
        return WEFT_NO_MEMORY;
    }
    tracker->roots = larger;
    tracker->roots[tracker->root_count++] = *entry;
    return WEFT_OK;
}

static weft_status apply(root_tracker *tracker, weft_bytes32 *root, const weft_state_delta *changes) {
    if (tracker->witness != NULL) {
        return weft_witness_apply(tracker->witness, root, changes, tracker->threads, &tracker->error);
    }
    weft_status status = weft_memory_state_apply(tracker->state, changes);
    return status == WEFT_OK ? weft_memory_state_root(tracker->state, root) : status;
}

weft_status root_tracker_after_transaction(void *context, weft_bytes32 *root, const weft_state_delta *changes) {
    root_tracker *tracker = context;
    tracked_root entry = {.root = {{0}}};
    weft_status status = weft_state_delta_digest(&entry.changes_digest, changes);
    if (status != WEFT_OK) {
        return status;
    }
    size_t index = tracker->position++;
    if (index < tracker->root_count) {
        const tracked_root *known = &tracker->roots[index];
        bool agrees = memcmp(&known->changes_digest, &entry.changes_digest, sizeof entry.changes_digest) == 0;
        *root = agrees ? known->root : entry.root;
        return WEFT_OK;
    }
    status = apply(tracker, &entry.root, changes);
    tracker->is_stuck = tracker->is_stuck || status == WEFT_STATE_UNAVAILABLE;
    *root = entry.root;
    return status == WEFT_OK ? append(tracker, &entry) : status;
}

weft_status root_tracker_after_block(root_tracker *tracker, weft_bytes32 *root, const weft_state_delta *delta) {
    if (tracker->witness != NULL) {
        /* The changes of all transactions at once need fewer nodes than one after the other. */
        weft_witness_rewind(tracker->witness);
    }
    return apply(tracker, root, delta);
}
