#include "bench/tx_costs.h"

#include <stdlib.h>

/* Samples: one row of `repeat` values per figure, those of the block before those of the transactions. */
enum { TX_SERIAL, TX_HEAD, TX_AHEAD, TX_SETTLE, TX_FIGURES };
enum { PLAN, EDGES, SHARED_FROM, SHARE, FINISH, BLOCK_FIGURES };

static double *tx_row(const tx_costs *costs, size_t tx, size_t figure) {
    return costs->samples + (BLOCK_FIGURES + tx * TX_FIGURES + figure) * costs->repeat;
}

static double *block_row(const tx_costs *costs, size_t figure) {
    return costs->samples + figure * costs->repeat;
}

static void note_serial(const tx_costs *costs, size_t run, const weft_block_result *result) {
    double transactions = 0;
    for (size_t i = 0; i < costs->count; i++) {
        double seconds = result->profile.transactions[i].head_seconds;
        tx_row(costs, i, TX_SERIAL)[run] = seconds;
        transactions += seconds;
    }
    block_row(costs, PLAN)[run] = result->stats.recover_seconds;
    block_row(costs, EDGES)[run] = result->stats.execute_seconds - transactions;
    block_row(costs, FINISH)[run] = result->stats.finish_seconds;
}

static void note_shared(const tx_costs *costs, size_t run, const weft_block_result *result) {
    for (size_t i = 0; i < costs->count; i++) {
        const weft_transaction_profile *t = &result->profile.transactions[i];
        tx_row(costs, i, TX_HEAD)[run] = t->head_seconds;
        tx_row(costs, i, TX_AHEAD)[run] = t->ahead_seconds;
        tx_row(costs, i, TX_SETTLE)[run] = t->settle_seconds;
    }
    block_row(costs, SHARED_FROM)[run] = (double)result->profile.shared_from;
    block_row(costs, SHARE)[run] = result->profile.share_seconds;
}

weft_status tx_costs_run(tx_costs *costs, weft_engine *serial, weft_engine *modelled, const bench_block *block,
                         size_t index) {
    weft_execute_options options = *block->options;
    weft_block_result result;
    options.profile = true;
    bench_pause();
    weft_status status = weft_engine_execute(modelled, &result, block->block, block->view, &options);
    if (status != WEFT_OK) {
        return status;
    }
    note_shared(costs, index, &result);
    costs->profiles = result.profile.transactions;
    options.measure_critical_path = true;
    bench_pause();
    status = weft_engine_execute(serial, &result, block->block, block->view, &options);
    if (status != WEFT_OK) {
        return status;
    }
    note_serial(costs, index, &result);
    costs->dependencies = result.dependencies;
    costs->receipts = result.receipts;
    return WEFT_OK;
}

weft_status tx_costs_begin(tx_costs *costs, weft_engine *serial, weft_engine *modelled, const bench_block *block,
                           size_t repeat) {
    *costs = (tx_costs){.count = block->block->transaction_count, .repeat = repeat};
    costs->samples = calloc((BLOCK_FIGURES + costs->count * TX_FIGURES) * repeat, sizeof *costs->samples);
    costs->txs = malloc((costs->count + 1) * sizeof *costs->txs);
    if (costs->samples == NULL || costs->txs == NULL) {
        return WEFT_NO_MEMORY;
    }
    return tx_costs_run(costs, serial, modelled, block, 0);
}

/* Whether a block is shared may differ from run to run, and what is not run ahead in one has no time there. */
static double median_of_some(double *row, size_t repeat) {
    size_t count = 0;
    for (size_t i = 0; i < repeat; i++) {
        if (row[i] > 0) {
            row[count++] = row[i];
        }
    }
    return count == 0 ? 0 : bench_series_of(row, count).median;
}

void tx_costs_finish(tx_costs *costs) {
    size_t repeat = costs->repeat;
    for (size_t i = 0; i < costs->count; i++) {
        costs->txs[i] = (tx_cost){.serial = median_of_some(tx_row(costs, i, TX_SERIAL), repeat),
                                  .head = median_of_some(tx_row(costs, i, TX_HEAD), repeat),
                                  .ahead = median_of_some(tx_row(costs, i, TX_AHEAD), repeat),
                                  .settle = median_of_some(tx_row(costs, i, TX_SETTLE), repeat)};
    }
    costs->plan = bench_series_of(block_row(costs, PLAN), repeat).median;
    costs->edges = bench_series_of(block_row(costs, EDGES), repeat).median;
    costs->shared_from = (size_t)bench_series_of(block_row(costs, SHARED_FROM), repeat).median;
    costs->share = median_of_some(block_row(costs, SHARE), repeat);
    costs->finish = bench_series_of(block_row(costs, FINISH), repeat).median;
}

void tx_costs_free(tx_costs *costs) {
    free(costs->txs);
    free(costs->samples);
    *costs = (tx_costs){0};
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
