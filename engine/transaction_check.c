#include "base/u256.h"
#include "engine/transition.h"
#include <weft/transaction.h>
#include <stdlib.h>

/* Whether the price of all its gas is below 2^256 wei: nobody has more. */
static bool has_payable_fee(const weft_transaction *tx) {
    const weft_u256 gas_limit = u256_from_u64(tx->gas_limit);
    const weft_u256 all_wei = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    const weft_u256 price_max = u256_div(&all_wei, &gas_limit);
    return tx->gas_limit == 0 || !u256_less(&price_max, &tx->max_fee_per_gas);
}

/* The plan of a block says it all; here for a block of nothing but this transaction, without fees or limits. */
static weft_status check_form(weft_transaction_facts *facts, const weft_transaction *tx, const weft_chain *chain,
                              weft_fork fork) {
    tx_authority *authorities = calloc(tx->authorization_count + 1, sizeof *authorities);
    if (authorities == NULL) {
        return WEFT_NO_MEMORY;
    }
    const evm_block block = {
        .rules = fork_rules_of_revision(fork, chain->amsterdam_revision), .fork = fork, .chain_id = chain->chain_id};
    const plan_context context = {.chain = chain, .block = &block, .blobs_per_block_max = UINT64_MAX};
    weft_transaction known = *tx;
    known.has_sender = true;
    known.sender = facts->sender;
    if (known.gas_limit > INT64_MAX) {
        known.gas_limit = INT64_MAX; /* which no block has room for; but there is no block here */
    }
    tx_plan plan;
    weft_status status = transition_plan(&plan, &known, &context, authorities);
    if (status == WEFT_OK) {
        facts->intrinsic_gas = plan.intrinsic.execution + plan.intrinsic.state;
        facts->floor_gas = plan.intrinsic.floor;
        weft_verdict verdict =
            plan.verdict_before_room != WEFT_VALID ? plan.verdict_before_room : plan.verdict_after_room;
        if (verdict == WEFT_VALID && !has_payable_fee(tx)) {
            verdict = WEFT_TX_INSUFFICIENT_FUNDS;
        }
        facts->verdict = facts->verdict != WEFT_VALID ? facts->verdict : verdict;
    }
    free(authorities);
    return status;
}

weft_status weft_transaction_check(weft_transaction_facts *facts, const weft_transaction *tx, const weft_chain *chain,
                                   weft_fork fork) {
    *facts = (weft_transaction_facts){.verdict = WEFT_VALID};
    weft_status status = weft_transaction_sender(&facts->sender, &facts->verdict, tx, chain, fork);
    facts->has_sender = status == WEFT_OK && facts->verdict == WEFT_VALID;
    return status == WEFT_OK ? check_form(facts, tx, chain, fork) : status;
}
