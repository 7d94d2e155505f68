/** What each transaction of a block costs and needs, measured on one thread: what bounds and models are made from.
 *
 *  Two kinds of run alternate: the serial engine's, with every transaction at the head, and that of an engine of two
 *  threads which goes its way alone (weft/profile.h). Each time that is told is the median over the runs.
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

typedef struct tx_costs {
    size_t count;
    tx_cost *txs;
    double plan, edges, share, finish; /* seconds: senders and plans; system calls; before workers begin; after them */
    /* Of the last runs, borrowed from the two engines until they execute again. */
    const weft_dependencies *dependencies;
    const weft_receipt *receipts;
    weft_profile profile; /* of the engine of two threads */
} tx_costs;

/** Returns: WEFT_OK, or what weft_engine_execute() does. Out: to be freed with tx_costs_free(), also after a failure.
 *  In: repeat   runs of each kind, after one that is not counted. */
weft_status tx_costs_measure(tx_costs *costs, weft_engine *serial, weft_engine *pair, const bench_block *block,
                             size_t repeat);
void tx_costs_free(tx_costs *costs);

/** What is told of the costs: the block's bounds and how its transactions differ. Returns: WEFT_OK, WEFT_NO_MEMORY. */
weft_status tx_costs_summarize(const tx_costs *costs, bench_tx_summary *summary);

#endif
