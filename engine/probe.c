#include "engine/probe.h"

#include "base/bytes.h"
#include "engine/predict.h"

/* Waking the other workers, building the graph and handing work over costs some tens of microseconds, and each handed over
 * transaction up to one more; docs/performance.md has the measurements. */
#define PROBE_SECONDS 40e-6
/* Expected work that is not worth it. */
#define REST_SECONDS_MIN 120e-6
/* Expected work up to which it matters what it is for: most of it on one contract is likely to be a chain, and every stale
 * speculation then costs what parallel work brings elsewhere. */
#define REST_SECONDS_SMALL 400e-6

/* A transaction that may be long is not for the probe: it might be the one to run beside all others. */
enum { PROBE_GAS_MAX = 1000000 };

static bool calls_contract(const tx_plan *plan, const weft_address *contract) {
    return plan->tx->data.size > 0 && !plan->tx->is_creation && address_equal(&plan->tx->to, contract);
}

/* Whether more than half of the gas of the calls from `first` on goes to one contract. One pass finds the only address
 * that it can be (Boyer and Moore's vote, weighted), a second one counts. */
static bool is_one_sided(const block_run *run, uint32_t first) {
    weft_address candidate = {{0}};
    uint64_t lead = 0, total = 0, share = 0;
    for (size_t i = first; i < run->block->transaction_count; i++) {
        const tx_plan *plan = &run->plans[i];
        uint64_t gas = plan->tx->data.size > 0 ? plan->tx->gas_limit : 0;
        total += gas;
        if (calls_contract(plan, &candidate)) {
            lead += gas;
        } else if (lead >= gas) {
            lead -= gas;
        } else {
            lead = gas - lead;
            candidate = plan->tx->to;
        }
    }
    for (size_t i = first; i < run->block->transaction_count; i++) {
        share += calls_contract(&run->plans[i], &candidate) ? run->plans[i].tx->gas_limit : 0;
    }
    return share > total / 2;
}

/* The gas limits of what speculation would take from the ordered phase, from `first` on. */
static double speculable_gas(const block_run *run, uint32_t first) {
    double gas = 0;
    for (size_t i = first; i < run->block->transaction_count; i++) {
        gas += predict_is_cheap(&run->plans[i]) ? 0 : (double)run->plans[i].tx->gas_limit;
    }
    return gas;
}

/* In: done_gas   gas limits of the transactions that took `seconds`. */
static bool rest_is_worth_sharing(const block_run *run, uint32_t first, double seconds, double done_gas) {
    double rest = speculable_gas(run, first) * seconds / done_gas;
    return rest >= REST_SECONDS_MIN && (rest >= REST_SECONDS_SMALL || !is_one_sided(run, first));
}

uint32_t probe_transactions(block_run *run) {
    uint32_t count = (uint32_t)run->block->transaction_count, i = 0;
    double start = block_run_seconds(), seconds = 0, done_gas = 0;
    while (i < count && seconds < PROBE_SECONDS && run->plans[i].tx->gas_limit <= PROBE_GAS_MAX) {
        done_gas += (double)run->plans[i].tx->gas_limit;
        block_run_head(run, &run->engine->workers[0], i++);
        if (!block_run_is_alive(run)) {
            return count;
        }
        seconds = block_run_seconds() - start;
    }
    bool unknown = seconds < PROBE_SECONDS; /* it ended early, at a transaction that may be long */
    if (i + 1 < count && (unknown || rest_is_worth_sharing(run, i, seconds, done_gas))) {
        return i;
    }
    while (i < count && block_run_is_alive(run)) {
        block_run_head(run, &run->engine->workers[0], i++);
    }
    return count;
}
