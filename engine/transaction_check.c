#include "base/u256.h"
#include "engine/transition.h"
#include <weft/transaction.h>
#include <stdlib.h>

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
    tx_plan plan;
    weft_status status = transition_plan(&plan, &known, &context, authorities);
    if (status == WEFT_OK) {
        facts->intrinsic_gas = plan.intrinsic.execution + plan.intrinsic.state;
        facts->floor_gas = plan.intrinsic.floor;
        weft_verdict verdict =
            plan.verdict_before_room != WEFT_VALID ? plan.verdict_before_room : plan.verdict_after_room;
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
