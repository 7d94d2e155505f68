/** Executing each block several times over: serially, by two workers, by eight, and comparing the results in full.
 *
 *  A variant is a number of workers inside a block. The first one's result is what a test then judges; another variant
 *  passes what the first passes if it gave exactly the same: verdict, gas, receipts, roots, bloom, requests, delta.
 */
#ifndef TOOLS_SUITE_VARIANTS_H
#define TOOLS_SUITE_VARIANTS_H

#include <weft/engine.h>

enum { VARIANTS_MAX = 4 };

typedef struct variant_list {
    /** Workers of each variant's engine: 1 = serial; more = parallel, never falling back to serial. */
    unsigned threads[VARIANTS_MAX];
    unsigned count;
} variant_list;

/** All variants as a set of bits. */
static inline unsigned variants_all(const variant_list *list) {
    return (1u << list->count) - 1;
}

/** The engines of one thread; they serve any chain. */
typedef struct variant_engines {
    variant_list list;
    weft_engine *engines[VARIANTS_MAX]; /* NULL until the first block */
    size_t disagreement_count;          /* results so far that were not the first variant's */
} variant_engines;

typedef struct variant_outcome {
    weft_block_result result; /* of the first variant; borrowed until its engine's next block */
    weft_bytes32 delta_digest;
    unsigned agreeing;    /* bit i: variant i gave the same as the first; bit 0 is set */
    char difference[160]; /* in what the first that disagrees does; empty if none does */
} variant_outcome;

void variants_free(variant_engines *engines);

/** Execute one block under every variant.
 *
 *  Returns:  WEFT_OK; what weft_engine_execute() does, for the first variant or WEFT_NO_MEMORY for any. A variant that
 *            alone cannot reach a verdict disagrees.
 *  In:       prepare   called before each of the executions; NULL = nothing to prepare.
 */
weft_status variants_execute(variant_engines *engines, variant_outcome *outcome, const weft_chain *chain,
                             const weft_block *block, const weft_state_view *view, const weft_execute_options *options,
                             void (*prepare)(void *context), void *prepare_context);

#endif
