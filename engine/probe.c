#include "engine/probe.h"

#include "base/bytes.h"
#include "engine/predict.h"

/* Waking the other workers, building the graph and handing work over costs some tens of microseconds, and each handed over
 * transaction up to one more; docs/performance.md has the measurements. */
#define PROBE_SECONDS 40e-6
/* Expected work that is not worth it. */
#define REST_SECONDS_MIN 120e-6
/* Expected work up to which it matters what it is for. Few transactions, or most of the gas on one contract, are likely to
 * be a chain, and every stale speculation then costs what parallel work brings elsewhere. */
#define REST_SECONDS_SMALL 400e-6
enum { REST_COUNT_MIN = 4, REST_COUNT_MIN_SMALL = 8 };

/* A transaction that may be long is not for the probe: it might be the one to run beside all others. What is then unknown
 * is taken to run at the pace of cheap code, about the fastest that gas limits pass. */
enum { PROBE_GAS_MAX = 1000000 };
#define SECONDS_PER_GAS 50e-12

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

/* What speculation could take from the ordered phase, from `first` on. In: seconds_per_gas   of gas limits. */
static bool rest_is_worth_sharing(const block_run *run, uint32_t first, double seconds_per_gas) {
    double gas = 0;
    size_t count = 0;
    for (size_t i = first; i < run->block->transaction_count; i++) {
        if (!predict_is_cheap(&run->plans[i])) {
            gas += (double)run->plans[i].tx->gas_limit;
            count++;
        }
    }
    double seconds = gas * seconds_per_gas;
    if (seconds < REST_SECONDS_MIN || count < REST_COUNT_MIN) {
        return false;
    }
    /* With an access list there are no chains: every transaction knows where it starts. */
    return seconds >= REST_SECONDS_SMALL ||
           (count >= REST_COUNT_MIN_SMALL && (run->has_access_list || !is_one_sided(run, first)));
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
    double pace = seconds < PROBE_SECONDS ? SECONDS_PER_GAS : seconds / done_gas;
    if (i + 1 < count && rest_is_worth_sharing(run, i, pace)) {
        return i;
    }
    while (i < count && block_run_is_alive(run)) {
        block_run_head(run, &run->engine->workers[0], i++);
    }
    return count;
}
