/** What each transaction of a block costs and needs, measured on one thread: what bounds and models are made from.
 *
 *  Two kinds of run: the serial engine's, with every transaction at the head, and that of an engine of several threads which
 *  goes its way alone (weft/profile.h). They take turns with what is timed (bench/measure.h), so that a machine that changes
 *  changes for both. Each time that is told is the median over the runs.
 */
#ifndef BENCH_TX_COSTS_H
#define BENCH_TX_COSTS_H

#include <weft/engine.h>

#include "bench/measure.h"

typedef struct tx_cost {
    double serial; /* seconds, in serial execution */
    double head;   /* at the head beside speculation, publication included; 0: never there */
    double ahead;  /* speculatively; 0: never */
    double settle; /* to check and accept the speculative outcome */
} tx_cost;

struct tx_costs {
    size_t count;
    tx_cost *txs;
    size_t shared_from;                /* first transaction that more than one worker would run, in most runs */
    double plan, edges, share, finish; /* seconds: senders and plans; system calls; before workers begin; after them */
    /* Of the last runs, borrowed from the two engines until they execute again. */
    const weft_dependencies *dependencies;
    const weft_receipt *receipts;
    const weft_transaction_profile *profiles; /* of the engine of several threads */
    double *samples;
    size_t repeat;
};

/** Returns: WEFT_OK, or what weft_engine_execute() does. Out: to be freed with tx_costs_free(), also after a failure.
 *  In: repeat   runs of each kind that will follow; one of each is made now. */
weft_status tx_costs_begin(tx_costs *costs, weft_engine *serial, weft_engine *modelled, const bench_block *block,
                           size_t repeat);
/** The run `index`, below `repeat`. */
weft_status tx_costs_run(tx_costs *costs, weft_engine *serial, weft_engine *modelled, const bench_block *block,
                         size_t index);
/** Find the medians of all runs. */
void tx_costs_finish(tx_costs *costs);
void tx_costs_free(tx_costs *costs);

/** What is told of the costs: the block's bounds and how its transactions differ. Returns: WEFT_OK, WEFT_NO_MEMORY. */
weft_status tx_costs_summarize(const tx_costs *costs, bench_tx_summary *summary);

#endif
