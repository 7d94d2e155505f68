#include "engine/authorization.h"

#include "base/bytes.h"
#include "engine/state_gas.h"

static const code *designator(tx_state *ts, const weft_address *delegate) {
    uint8_t bytes[23] = {0xef, 0x01, 0x00};
    memcpy(bytes + 3, delegate->bytes, sizeof delegate->bytes);
    const code *c = code_cache_empty(ts->block->codes);
    if (!address_is_zero(delegate)) {
        c = code_cache_add(ts->block->codes, bytes_of(bytes, sizeof bytes));
    }
    return c;
}

/* EIP-2780: the first write to an account is paid for, except where the transaction has paid for it as its sender's or its
 * value's recipient's. An earlier tuple has written when the nonce is no longer the transaction's first. */
static bool pays_for_write(const tx_account *a, const tx_plan *plan) {
    const weft_transaction *tx = plan->tx;
    bool is_paid_recipient = address_equal(&a->address, &tx->to) && !u256_is_zero(&tx->value);
    return !address_equal(&a->address, &plan->sender) && !is_paid_recipient && a->now.nonce == a->seen.nonce;
}

/* What the tuple costs beyond its intrinsic gas (EIP-2780). Returns: false when *gas_left is not enough. */
static bool pay_at_run_time(tx_state *ts, tx_account *a, const weft_authorization *tuple, const tx_plan *plan,
                            int64_t *gas_left) {
    const fork_rules *rules = ts->rules;
    uint64_t bytes = tx_account_is_dead(ts, a) ? rules->state_bytes_account : 0;
    if (!address_is_zero(&tuple->address) && !a->delegation_paid && !a->seen.code->is_delegation) {
        bytes += rules->state_bytes_authorization;
        a->delegation_paid = true;
    }
    int64_t write = pays_for_write(a, plan) ? (int64_t)rules->gas_account_write : 0, spilled = 0;
    if (write > *gas_left) {
        return false;
    }
    *gas_left -= write;
    return state_gas_charge(ts, bytes * rules->gas_state_byte, gas_left, &spilled);
}

/* The tuple's intrinsic gas took the signer's account for new; some is given back when it is not. */
static void refund_existing(tx_state *ts, tx_account *a) {
    const fork_rules *rules = ts->rules;
    if (rules->authorization_refund != 0 && tx_account_exists(ts, a)) {
        tx_state_add_refund(ts, rules->authorization_refund);
    }
    if (rules->state_gas == STATE_GAS_AT_FRAME_END && !tx_account_is_dead(ts, a)) {
        state_gas_forgive(ts, (uint64_t)rules->state_bytes_account * rules->gas_state_byte);
    }
}

static authorization_result apply(tx_state *ts, const weft_authorization *tuple, const tx_authority *authority,
                                  const tx_plan *plan, int64_t *gas_left) {
    if (!authority->recovered) {
        return AUTHORIZATIONS_APPLIED;
    }
    tx_account *a = tx_state_account(ts, &authority->signer);
    if (a == NULL) {
        return AUTHORIZATIONS_FAILED;
    }
    (void)tx_account_warm(ts, a);
    const code *c = tx_account_code(ts, a);
    if (c == NULL) {
        return AUTHORIZATIONS_FAILED;
    }
    if ((c->size > 0 && !c->is_delegation) || tx_account_nonce(ts, a) != tuple->nonce) {
        return AUTHORIZATIONS_APPLIED;
    }
    const code *next = designator(ts, &tuple->address);
    if (next == NULL) {
        tx_state_fail(ts, WEFT_NO_MEMORY);
        return AUTHORIZATIONS_FAILED;
    }
    if (ts->rules->has_resource_pricing && !pay_at_run_time(ts, a, tuple, plan, gas_left)) {
        return AUTHORIZATIONS_OUT_OF_GAS;
    }
    refund_existing(ts, a);
    tx_account_set_code(ts, a, next);
    tx_account_set_nonce(ts, a, tuple->nonce + 1);
    return AUTHORIZATIONS_APPLIED;
}

authorization_result authorizations_apply(tx_state *ts, const tx_plan *plan, int64_t *gas_left) {
    authorization_result result = AUTHORIZATIONS_APPLIED;
    for (size_t i = 0; i < plan->tx->authorization_count && result == AUTHORIZATIONS_APPLIED; i++) {
        result = apply(ts, &plan->tx->authorizations[i], &plan->authorities[i], plan, gas_left);
    }
    return result;
}
