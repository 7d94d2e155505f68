#include "engine/transition.h"

#include "base/bytes.h"
#include "crypto/keccak.h"
#include "engine/block_fees.h"
#include "engine/gas.h"
#include "engine/receipt.h"
#include "engine/transaction_sender.h"

enum {
    GAS_TRANSACTION = 21000,
    GAS_ZERO_BYTE = 4,
    GAS_ACCESS_LIST_ADDRESS = 2400,
    GAS_ACCESS_LIST_SLOT = 1900,
    GAS_AUTHORIZATION = 25000,        /* EIP-7702 PER_EMPTY_ACCOUNT_COST */
    GAS_AUTHORIZATION_REFUND = 12500, /* PER_EMPTY_ACCOUNT_COST - PER_AUTH_BASE_COST */
    BLOB_HASH_VERSION = 0x01
};

/* --- Plan */

/* Sums cannot overflow: data, lists and tuples are counted in memory, far below 2^64 / 25000. */
static void plan_intrinsic_gas(tx_plan *plan, const fork_rules *rules) {
    const weft_transaction *tx = plan->tx;
    uint64_t zero_bytes = 0;
    for (size_t i = 0; i < tx->data.size; i++) {
        zero_bytes += tx->data.data[i] == 0;
    }
    uint64_t nonzero_bytes = tx->data.size - zero_bytes;
    uint64_t gas = GAS_TRANSACTION + GAS_ZERO_BYTE * zero_bytes + rules->gas_tx_nonzero_byte * nonzero_bytes;
    if (tx->is_creation) {
        gas += rules->gas_tx_creation;
        gas += rules->max_initcode_size != 0 ? GAS_INITCODE_WORD * gas_words(tx->data.size) : 0;
    }
    for (size_t i = 0; i < tx->access_count; i++) {
        gas += GAS_ACCESS_LIST_ADDRESS + GAS_ACCESS_LIST_SLOT * tx->access_list[i].slot_count;
    }
    gas += GAS_AUTHORIZATION * tx->authorization_count;
    plan->intrinsic_gas = gas;
    if (rules->floor_gas_per_token != 0) {
        plan->floor_gas = GAS_TRANSACTION + rules->floor_gas_per_token * (zero_bytes + 4 * nonzero_bytes);
    }
}

static weft_verdict check_type(const tx_plan *plan, const fork_rules *rules) {
    static const weft_verdict pre_fork[] = {WEFT_TX_TYPE_NOT_SUPPORTED, WEFT_TX_TYPE_1_PRE_FORK,
                                            WEFT_TX_TYPE_2_PRE_FORK, WEFT_TX_TYPE_3_PRE_FORK, WEFT_TX_TYPE_4_PRE_FORK};
    uint8_t type = plan->tx->type;
    if (type > WEFT_TX_SET_CODE) {
        return WEFT_TX_TYPE_NOT_SUPPORTED;
    }
    if (plan->tx->gas_limit > INT64_MAX) {
        return WEFT_TX_GAS_ALLOWANCE_EXCEEDED; /* no block has that much: gas limits end at 2^63 - 1 */
    }
    return type > rules->tx_type_max ? pre_fork[type] : WEFT_VALID;
}

static weft_verdict check_gas(const tx_plan *plan, const fork_rules *rules) {
    const weft_transaction *tx = plan->tx;
    if (tx->gas_limit < plan->intrinsic_gas) {
        return WEFT_TX_INTRINSIC_GAS_TOO_LOW;
    }
    if (tx->gas_limit < plan->floor_gas) {
        return WEFT_TX_BELOW_FLOOR_GAS;
    }
    if (tx->nonce == UINT64_MAX) {
        return WEFT_TX_NONCE_IS_MAX; /* EIP-2681 */
    }
    if (tx->is_creation && rules->max_initcode_size != 0 && tx->data.size > rules->max_initcode_size) {
        return WEFT_TX_INITCODE_SIZE_EXCEEDED; /* EIP-3860 */
    }
    if (rules->tx_gas_limit_max != 0 && tx->gas_limit > rules->tx_gas_limit_max) {
        return WEFT_TX_GAS_LIMIT_EXCEEDS_MAXIMUM; /* EIP-7825 */
    }
    return WEFT_VALID;
}

static weft_verdict check_fees(const tx_plan *plan, const evm_block *block) {
    const weft_transaction *tx = plan->tx;
    if (u256_less(&tx->max_fee_per_gas, &tx->max_priority_fee_per_gas)) {
        return WEFT_TX_PRIORITY_ABOVE_MAX_FEE;
    }
    if (block->rules->has_fee_market && u256_less(&tx->max_fee_per_gas, &block->base_fee)) {
        return WEFT_TX_MAX_FEE_TOO_LOW;
    }
    if (tx->type == WEFT_TX_BLOB && u256_less(&tx->max_fee_per_blob_gas, &block->blob_base_fee)) {
        return WEFT_TX_MAX_BLOB_FEE_TOO_LOW;
    }
    return WEFT_VALID;
}

static weft_verdict check_blobs(const tx_plan *plan, const plan_context *context) {
    const weft_transaction *tx = plan->tx;
    uint64_t per_tx_max = context->block->rules->blobs_per_tx_max;
    if (tx->is_creation) {
        return WEFT_TX_BLOB_CREATION;
    }
    if (tx->blob_count == 0) {
        return WEFT_TX_ZERO_BLOBS;
    }
    if (per_tx_max != 0 && tx->blob_count > per_tx_max) {
        return WEFT_TX_BLOB_COUNT_EXCEEDED; /* EIP-7594 */
    }
    for (size_t i = 0; i < tx->blob_count; i++) {
        if (tx->blob_hashes[i].bytes[0] != BLOB_HASH_VERSION) {
            return WEFT_TX_INVALID_BLOB_VERSIONED_HASH;
        }
    }
    return WEFT_VALID;
}

static weft_verdict check_form(const tx_plan *plan, const plan_context *context) {
    const weft_transaction *tx = plan->tx;
    if (tx->type == WEFT_TX_BLOB) {
        return check_blobs(plan, context);
    }
    if (tx->type == WEFT_TX_SET_CODE && tx->is_creation) {
        return WEFT_TX_DELEGATING_CREATION;
    }
    if (tx->type == WEFT_TX_SET_CODE && tx->authorization_count == 0) {
        return WEFT_TX_EMPTY_AUTHORIZATION_LIST;
    }
    return WEFT_VALID;
}

/* sum += a * b; false when it leaves 256 bits. */
static bool add_product(weft_u256 *sum, const weft_u256 *a, uint64_t b) {
    uint64_t product[8];
    weft_u256 factor = u256_from_u64(b);
    u256_mul_wide(product, a, &factor);
    weft_u256 low = {{product[0], product[1], product[2], product[3]}};
    unsigned carry;
    *sum = u256_add_carry(sum, &low, &carry);
    return carry == 0 && (product[4] | product[5] | product[6] | product[7]) == 0;
}

static void plan_fees(tx_plan *plan, const evm_block *block) {
    const weft_transaction *tx = plan->tx;
    uint64_t blob_gas = (uint64_t)GAS_PER_BLOB * tx->blob_count;
    plan->max_cost = tx->value;
    plan->is_payable = add_product(&plan->max_cost, &tx->max_fee_per_gas, tx->gas_limit) &&
                       add_product(&plan->max_cost, &tx->max_fee_per_blob_gas, blob_gas);
    plan->blob_fee = u256_zero();
    (void)add_product(&plan->blob_fee, &block->blob_base_fee, blob_gas);
    plan->gas_price = tx->max_fee_per_gas;
    plan->coinbase_price = tx->max_fee_per_gas;
    if (block->rules->has_fee_market && !u256_less(&tx->max_fee_per_gas, &block->base_fee)) {
        weft_u256 above_base = u256_sub(&tx->max_fee_per_gas, &block->base_fee);
        plan->coinbase_price =
            u256_less(&above_base, &tx->max_priority_fee_per_gas) ? above_base : tx->max_priority_fee_per_gas;
        plan->gas_price = u256_add(&block->base_fee, &plan->coinbase_price);
    }
}

static void plan_authorities(tx_plan *plan, uint64_t chain_id) {
    weft_u256 own_chain = u256_from_u64(chain_id);
    for (size_t i = 0; i < plan->tx->authorization_count; i++) {
        const weft_authorization *a = &plan->tx->authorizations[i];
        bool right_chain = u256_is_zero(&a->chain_id) || u256_equal(&a->chain_id, &own_chain);
        plan->authorities[i].recovered =
            right_chain && a->nonce < UINT64_MAX && authorization_signer(&plan->authorities[i].signer, a);
    }
}

/* Rules after the block's room for gas: fees, gas, signature, form. */
static weft_status check_after_room(tx_plan *plan, const plan_context *context) {
    const weft_transaction *tx = plan->tx;
    weft_verdict *verdict = &plan->verdict_after_room;
    plan->sender = tx->sender;
    *verdict = check_fees(plan, context->block);
    if (*verdict == WEFT_VALID) {
        *verdict = check_gas(plan, context->block->rules);
    }
    if (*verdict == WEFT_VALID && !tx->has_sender) {
        weft_status status = weft_transaction_sender(&plan->sender, verdict, tx, context->chain, context->block->fork);
        if (status != WEFT_OK) {
            return status;
        }
    }
    if (*verdict == WEFT_VALID) {
        *verdict = check_form(plan, context);
    }
    return WEFT_OK;
}

weft_status transition_plan(tx_plan *plan, const weft_transaction *tx, const plan_context *context,
                            tx_authority *authorities) {
    const evm_block *block = context->block;
    *plan = (tx_plan){.tx = tx, .authorities = authorities};
    plan_intrinsic_gas(plan, block->rules);
    plan_fees(plan, block);
    plan->verdict_before_room = check_type(plan, block->rules);
    if (plan->verdict_before_room != WEFT_VALID) {
        return WEFT_OK;
    }
    weft_status status = check_after_room(plan, context);
    if (status == WEFT_OK && plan->verdict_after_room == WEFT_VALID) {
        plan_authorities(plan, block->chain_id);
    }
    return status;
}

/* --- Run */

static weft_verdict check_sender(tx_state *ts, tx_account *sender, const tx_plan *plan, const fork_rules *rules) {
    uint64_t nonce = tx_account_expect_nonce(ts, sender, plan->tx->nonce);
    if (nonce != plan->tx->nonce) {
        return nonce > plan->tx->nonce ? WEFT_TX_NONCE_TOO_LOW : WEFT_TX_NONCE_TOO_HIGH;
    }
    if (!plan->is_payable || !tx_account_can_pay(ts, sender, &plan->max_cost)) {
        return WEFT_TX_INSUFFICIENT_FUNDS;
    }
    const code *c = tx_account_code(ts, sender);
    if (c != NULL && c->size > 0 && !(rules->has_delegation && c->is_delegation)) {
        return WEFT_TX_SENDER_NOT_EOA; /* EIP-3607 */
    }
    return WEFT_VALID;
}

static void charge_sender(tx_state *ts, tx_account *sender, const tx_plan *plan) {
    weft_u256 charge = plan->blob_fee;
    (void)add_product(&charge, &plan->gas_price, plan->tx->gas_limit);
    tx_account_sub_balance(ts, sender, &charge);
    tx_account_set_nonce(ts, sender, plan->tx->nonce + 1);
}

static bool warm(tx_state *ts, const weft_address *address) {
    tx_account *a = tx_state_account(ts, address);
    if (a == NULL) {
        return false;
    }
    (void)tx_account_warm(ts, a);
    return true;
}

static bool warm_entry(tx_state *ts, const weft_access_entry *entry) {
    tx_account *a = tx_state_account(ts, &entry->address);
    if (a == NULL) {
        return false;
    }
    (void)tx_account_warm(ts, a);
    for (size_t i = 0; i < entry->slot_count; i++) {
        weft_u256 slot = u256_from_bytes32(&entry->slots[i]);
        bool was_warm;
        if (!tx_slot_warm(ts, a, &slot, &was_warm)) {
            return false;
        }
    }
    return true;
}

/* The sets a transaction begins with (EIP-2929, EIP-2930, EIP-3651). Precompiles are always warm; the interpreter knows. */
static bool warm_initial(tx_state *ts, const evm_block *block, const tx_plan *plan, const weft_address *recipient) {
    if (!block->rules->has_access_lists) {
        return true;
    }
    bool ok = warm(ts, &plan->sender) && warm(ts, recipient);
    ok = ok && (!block->rules->warm_coinbase || warm(ts, &block->coinbase));
    for (size_t i = 0; ok && i < plan->tx->access_count; i++) {
        ok = warm_entry(ts, &plan->tx->access_list[i]);
    }
    return ok;
}

static const code *designator(tx_state *ts, const weft_address *delegate) {
    uint8_t bytes[23] = {0xef, 0x01, 0x00};
    memcpy(bytes + 3, delegate->bytes, sizeof delegate->bytes);
    const code *c = code_cache_empty(ts->block->codes);
    if (!address_is_zero(delegate)) {
        c = code_cache_add(ts->block->codes, bytes_of(bytes, sizeof bytes));
    }
    return c;
}

/* One tuple (EIP-7702, "Behavior", steps 4 to 9). A tuple that does not fit is passed over. False is a host failure. */
static bool apply_authorization(tx_state *ts, const weft_authorization *tuple, const tx_authority *authority) {
    if (!authority->recovered) {
        return true;
    }
    tx_account *a = tx_state_account(ts, &authority->signer);
    if (a == NULL) {
        return false;
    }
    (void)tx_account_warm(ts, a);
    const code *c = tx_account_code(ts, a);
    if (c == NULL) {
        return false;
    }
    if ((c->size > 0 && !c->is_delegation) || tx_account_nonce(ts, a) != tuple->nonce) {
        return true;
    }
    const code *next = designator(ts, &tuple->address);
    if (next == NULL) {
        tx_state_fail(ts, WEFT_NO_MEMORY);
        return false;
    }
    if (tx_account_exists(ts, a)) {
        tx_state_add_refund(ts, GAS_AUTHORIZATION_REFUND);
    }
    tx_account_set_code(ts, a, next);
    tx_account_set_nonce(ts, a, tuple->nonce + 1);
    return true;
}

static bool apply_authorizations(tx_state *ts, const tx_plan *plan) {
    for (size_t i = 0; i < plan->tx->authorization_count; i++) {
        if (!apply_authorization(ts, &plan->tx->authorizations[i], &plan->authorities[i])) {
            return false;
        }
    }
    return true;
}

static evm_result run_message(evm *vm, tx_state *ts, const evm_block *block, const tx_plan *plan,
                              const weft_address *recipient) {
    const weft_transaction *tx = plan->tx;
    const evm_transaction environment = {.origin = plan->sender,
                                         .gas_price = plan->gas_price,
                                         .blob_hashes = tx->blob_hashes,
                                         .blob_count = tx->blob_count};
    const evm_message message = {.kind = tx->is_creation ? EVM_CREATE : EVM_CALL,
                                 .gas = (int64_t)(tx->gas_limit - plan->intrinsic_gas),
                                 .sender = plan->sender,
                                 .recipient = *recipient,
                                 .value = tx->value,
                                 .input = tx->data};
    return evm_run(vm, block, &environment, ts, &message);
}

/* Refund, floor, what the sender gets back and what the coinbase earns (Yellow Paper eq. 80 ff., EIP-3529, EIP-7623). */
static void settle_gas(tx_state *ts, tx_account *sender, const evm_block *block, const tx_plan *plan, int64_t gas_left,
                       tx_outcome *outcome) {
    uint64_t limit = plan->tx->gas_limit;
    uint64_t used = limit - (uint64_t)gas_left;
    uint64_t refund = ts->refund > 0 ? (uint64_t)ts->refund : 0;
    uint64_t refund_max = used / block->rules->refund_quotient;
    used -= refund < refund_max ? refund : refund_max;
    if (used < plan->floor_gas) {
        used = plan->floor_gas;
    }
    weft_u256 back = u256_zero();
    (void)add_product(&back, &plan->gas_price, limit - used);
    tx_account_add_balance(ts, sender, &back);
    outcome->gas_used = used;
    outcome->fee = u256_zero();
    (void)add_product(&outcome->fee, &plan->coinbase_price, used);
}

weft_status transition_run(evm *vm, tx_state *ts, const evm_block *block, const tx_plan *plan, tx_outcome *outcome) {
    *outcome = (tx_outcome){.verdict = WEFT_VALID};
    tx_account *sender = tx_state_account(ts, &plan->sender);
    if (sender == NULL) {
        return tx_state_status(ts);
    }
    outcome->verdict = check_sender(ts, sender, plan, block->rules);
    if (outcome->verdict != WEFT_VALID) {
        outcome_collect(outcome, ts, NULL);
        return tx_state_status(ts);
    }
    weft_address recipient = plan->tx->to;
    if (plan->tx->is_creation) {
        recipient = evm_create_address(&plan->sender, plan->tx->nonce);
    }
    charge_sender(ts, sender, plan);
    if (!warm_initial(ts, block, plan, &recipient) || !apply_authorizations(ts, plan)) {
        return tx_state_status(ts);
    }
    evm_result result = run_message(vm, ts, block, plan, &recipient);
    if (result.status == EVM_HOST_FAILURE || tx_state_status(ts) != WEFT_OK) {
        return tx_state_status(ts);
    }
    outcome->success = result.status == EVM_SUCCESS;
    outcome->has_contract_address = plan->tx->is_creation;
    outcome->contract_address = recipient;
    settle_gas(ts, sender, block, plan, result.gas_left, outcome);
    tx_state_finish(ts, &block->coinbase);
    outcome_collect(outcome, ts, &block->coinbase);
    logs_bloom(&outcome->logs_bloom, outcome->logs, outcome->log_count);
    return tx_state_status(ts);
}
