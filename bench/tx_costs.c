#include "bench/tx_costs.h"

#include <stdlib.h>
#include <string.h>

/* Figures of all runs: one row of `repeat` values per figure. */
typedef struct samples {
    double *values;
    size_t repeat;
} samples;

enum { TX_SERIAL, TX_HEAD, TX_AHEAD, TX_SETTLE, TX_FIGURES };
enum { PLAN, EDGES, SHARE, FINISH, BLOCK_FIGURES };

static double *tx_row(const samples *s, size_t tx, size_t figure) {
    return s->values + (BLOCK_FIGURES + tx * TX_FIGURES + figure) * s->repeat;
}

static double *block_row(const samples *s, size_t figure) {
    return s->values + figure * s->repeat;
}

static void note_serial(const samples *s, size_t run, const weft_block_result *result, size_t count) {
    double transactions = 0;
    for (size_t i = 0; i < count; i++) {
        double seconds = result->profile.transactions[i].head_seconds;
        tx_row(s, i, TX_SERIAL)[run] = seconds;
        transactions += seconds;
    }
    block_row(s, PLAN)[run] = result->stats.recover_seconds;
    block_row(s, EDGES)[run] = result->stats.execute_seconds - transactions;
    block_row(s, FINISH)[run] = result->stats.finish_seconds;
}

static void note_pair(const samples *s, size_t run, const weft_block_result *result, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const weft_transaction_profile *t = &result->profile.transactions[i];
        tx_row(s, i, TX_HEAD)[run] = t->head_seconds;
        tx_row(s, i, TX_AHEAD)[run] = t->ahead_seconds;
        tx_row(s, i, TX_SETTLE)[run] = t->settle_seconds;
    }
    block_row(s, SHARE)[run] = result->profile.share_seconds;
}

static weft_status profile_once(tx_costs *costs, const samples *s, size_t run, weft_engine *serial, weft_engine *pair,
                                const bench_block *b) {
    weft_execute_options options = *b->options;
    weft_block_result result;
    options.profile = true;
    weft_status status = weft_engine_execute(pair, &result, b->block, b->view, &options);
    if (status != WEFT_OK) {
        return status;
    }
    note_pair(s, run, &result, costs->count);
    costs->profile = result.profile;
    options.measure_critical_path = true;
    status = weft_engine_execute(serial, &result, b->block, b->view, &options);
    if (status != WEFT_OK) {
        return status;
    }
    note_serial(s, run, &result, costs->count);
    costs->dependencies = result.dependencies;
    costs->receipts = result.receipts;
    return WEFT_OK;
}

static double median(double *row, size_t repeat) {
    return bench_series_of(row, repeat).median;
}

static void take_medians(tx_costs *costs, const samples *s) {
    for (size_t i = 0; i < costs->count; i++) {
        costs->txs[i] = (tx_cost){.serial = median(tx_row(s, i, TX_SERIAL), s->repeat),
                                  .head = median(tx_row(s, i, TX_HEAD), s->repeat),
                                  .ahead = median(tx_row(s, i, TX_AHEAD), s->repeat),
                                  .settle = median(tx_row(s, i, TX_SETTLE), s->repeat)};
    }
    costs->plan = median(block_row(s, PLAN), s->repeat);
    costs->edges = median(block_row(s, EDGES), s->repeat);
    costs->share = median(block_row(s, SHARE), s->repeat);
    costs->finish = median(block_row(s, FINISH), s->repeat);
}

weft_status tx_costs_measure(tx_costs *costs, weft_engine *serial, weft_engine *pair, const bench_block *block,
                             size_t repeat) {
    *costs = (tx_costs){.count = block->block->transaction_count};
    samples s = {.repeat = repeat};
    s.values = calloc((BLOCK_FIGURES + costs->count * TX_FIGURES) * repeat, sizeof *s.values);
    costs->txs = malloc((costs->count + 1) * sizeof *costs->txs);
    weft_status status = s.values == NULL || costs->txs == NULL ? WEFT_NO_MEMORY : WEFT_OK;
    for (size_t run = 0; run <= repeat && status == WEFT_OK; run++) {
        status = profile_once(costs, &s, run == 0 ? 0 : run - 1, serial, pair, block); /* the first is overwritten */
    }
    if (status == WEFT_OK) {
        take_medians(costs, &s);
    }
    free(s.values);
    return status;
}

void tx_costs_free(tx_costs *costs) {
    free(costs->txs);
    costs->txs = NULL;
}

weft_status tx_costs_summarize(const tx_costs *costs, bench_tx_summary *summary) {
    double *seconds = malloc((costs->count + 1) * sizeof *seconds);
    if (seconds == NULL) {
        return WEFT_NO_MEMORY;
    }
    *summary = (bench_tx_summary){.seconds = 0};
    for (size_t i = 0; i < costs->count; i++) {
        seconds[i] = costs->txs[i].serial;
        summary->seconds += seconds[i];
    }
    weft_status status =
        weft_critical_path(&summary->critical_path_seconds, costs->dependencies, seconds, costs->count);
    (void)bench_series_of(seconds, costs->count);
    for (size_t i = 0; i < BENCH_QUANTILES; i++) {
        summary->quantiles[i] = bench_quantile(seconds, costs->count, bench_quantile_shares[i]);
    }
    free(seconds);
    return status;
}
