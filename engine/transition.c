#include "engine/transition.h"

#include "base/bytes.h"
#include "engine/access.h"
#include "engine/authorization.h"
#include "engine/block_fees.h"
#include "engine/ether_log.h"
#include "engine/intrinsic_gas.h"
#include "engine/state_gas.h"
#include "engine/transaction_sender.h"
#include <stdlib.h>

enum { BLOB_HASH_VERSION = 0x01 };

/* --- Plan */

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
    if (tx->gas_limit < plan->intrinsic.execution + plan->intrinsic.state) {
        return WEFT_TX_INTRINSIC_GAS_TOO_LOW;
    }
    if (tx->gas_limit < plan->intrinsic.floor) {
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
    const intrinsic_gas *g = &plan->intrinsic;
    if (rules->execution_gas_max != 0 &&
        (g->execution > rules->execution_gas_max || g->floor > rules->execution_gas_max)) {
        return WEFT_TX_GAS_LIMIT_EXCEEDS_MAXIMUM; /* EIP-8037 */
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
    uint64_t carry = 0;
    for (size_t i = 0; i < 4; i++) {
        sum->limb[i] = limb_multiply_add(a->limb[i], b, sum->limb[i], &carry);
    }
    return carry == 0;
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

/* What the block must have left: before EIP-8037 the transaction's gas limit, since then as much of each pool as the
 * transaction may use in the worst case. */
static void plan_room(tx_plan *plan, const fork_rules *rules) {
    uint64_t limit = plan->tx->gas_limit, most = rules->execution_gas_max;
    plan->execution_room = most != 0 && limit > most ? most : limit;
    plan->state_room = most != 0 ? limit : 0;
}

/* Rules after the block's room for gas: fees, gas, signature (found before, for intrinsic gas depends on it), form. */
static void check_after_room(tx_plan *plan, const plan_context *context, weft_verdict signature) {
    weft_verdict *verdict = &plan->verdict_after_room;
    *verdict = check_fees(plan, context->block);
    if (*verdict == WEFT_VALID) {
        *verdict = check_gas(plan, context->block->rules);
    }
    if (*verdict == WEFT_VALID) {
        *verdict = signature;
    }
    if (*verdict == WEFT_VALID) {
        *verdict = check_form(plan, context);
    }
}

weft_status transition_plan(tx_plan *plan, const weft_transaction *tx, const plan_context *context,
                            tx_authority *authorities) {
    const evm_block *block = context->block;
    weft_verdict signature = WEFT_VALID;
    *plan = (tx_plan){.tx = tx, .authorities = authorities, .sender = tx->sender};
    plan->verdict_before_room = check_type(plan, block->rules);
    if (plan->verdict_before_room == WEFT_VALID && !tx->has_sender) {
        weft_status status = weft_transaction_sender(&plan->sender, &signature, tx, context->chain, block->fork);
        if (status != WEFT_OK) {
            return status;
        }
    }
    plan->intrinsic = intrinsic_gas_of(tx, &plan->sender, block->rules);
    plan_room(plan, block->rules);
    plan_fees(plan, block);
    if (plan->verdict_before_room != WEFT_VALID) {
        return WEFT_OK;
    }
    check_after_room(plan, context, signature);
    if (plan->verdict_after_room == WEFT_VALID) {
        plan_authorities(plan, block->chain_id);
    }
    return WEFT_OK;
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
        if (!tx_account_warm_slot(ts, a, &slot)) {
            return false;
        }
    }
    return true;
}

/* The sets a transaction begins with (EIP-2929, EIP-2930, EIP-3651). Precompiles are always warm; the interpreter
 * knows. */
static bool warm_initial(tx_state *ts, const evm_block *block, const tx_plan *plan, tx_account *sender,
                         tx_account *recipient) {
    if (!block->rules->has_access_lists) {
        return true;
    }
    (void)tx_account_warm(ts, sender);
    (void)tx_account_warm(ts, recipient);
    bool ok = !block->rules->warm_coinbase || warm(ts, &block->coinbase);
    for (size_t i = 0; ok && i < plan->tx->access_count; i++) {
        ok = warm_entry(ts, &plan->tx->access_list[i]);
    }
    return ok;
}

/* --- Gas around the message */

typedef struct message_gas {
    int64_t left;
    int64_t spilled; /* state_gas.h */
} message_gas;

/* EIP-8037: what is above the most that execution may use is for state alone. */
static message_gas divide_gas(tx_state *ts, const tx_plan *plan, const fork_rules *rules) {
    uint64_t gas = plan->tx->gas_limit - plan->intrinsic.execution - plan->intrinsic.state;
    uint64_t most = rules->execution_gas_max == 0 ? gas : rules->execution_gas_max - plan->intrinsic.execution;
    uint64_t left = gas < most ? gas : most;
    state_gas_begin(ts, gas - left);
    return (message_gas){.left = (int64_t)left};
}

/* EIP-2780: the account that value or a creation brings into being. */
static bool pay_new_recipient(tx_state *ts, tx_account *recipient, const tx_plan *plan, message_gas *gas) {
    bool writes = plan->tx->is_creation || !u256_is_zero(&plan->tx->value);
    uint64_t price = state_gas_of_account(ts->rules);
    return !writes || !tx_account_is_dead(ts, recipient) || state_gas_charge(ts, price, &gas->left, &gas->spilled);
}

/* EIP-2780: the account whose code the recipient runs. */
static bool pay_delegate(tx_state *ts, tx_account *recipient, const evm_block *block, message_gas *gas) {
    const code *c = tx_account_code(ts, recipient);
    if (c == NULL || !c->is_delegation) {
        return true;
    }
    tx_account *delegate = tx_state_account(ts, &c->delegate);
    if (delegate == NULL) {
        return true;
    }
    bool was_warm = tx_account_warm(ts, delegate) || precompile_find(block->fork, &c->delegate) != NULL;
    gas->left -= was_warm ? block->rules->gas_warm : block->rules->gas_cold_account;
    if (gas->left < 0) {
        return false;
    }
    tx_account_access(ts, delegate);
    return true;
}

/* What is charged between the intrinsic gas and the first frame (EIP-2780, "Runtime gas costs"). Returns: false when
 * the gas is not enough; a host failure is told to the tx_state. */
static bool pay_before_frame(tx_state *ts, const evm_block *block, const tx_plan *plan, tx_account *recipient,
                             message_gas *gas) {
    if (!block->rules->has_resource_pricing) {
        return true;
    }
    tx_account_access(ts, recipient);
    return pay_new_recipient(ts, recipient, plan, gas) &&
           (plan->tx->is_creation || pay_delegate(ts, recipient, block, gas));
}

static uint64_t at_least(int64_t gas, uint64_t floor) {
    return gas > 0 && (uint64_t)gas > floor ? (uint64_t)gas : floor;
}

/* Refund, floor, what the sender gets back and what the coinbase earns (Yellow Paper eq. 80 ff., EIP-3529, EIP-7623,
 * EIP-7778, EIP-8037). */
static void settle_gas(tx_state *ts, tx_account *sender, const evm_block *block, const tx_plan *plan, int64_t gas_left,
                       tx_outcome *outcome) {
    const fork_rules *rules = block->rules;
    uint64_t limit = plan->tx->gas_limit, floor = plan->intrinsic.floor;
    /* Metered at the frame's end, more may come back for what was destroyed than it had cost. */
    int64_t total = (int64_t)limit - gas_left - state_gas_reservoir(ts);
    int64_t state = (int64_t)plan->intrinsic.state + state_gas_used(ts);
    uint64_t execution = at_least(total + state_gas_forgiven(ts) - state, floor);
    uint64_t refund = at_least(ts->refund, 0), refund_max = at_least(total, 0) / rules->refund_quotient;
    uint64_t used = at_least(total - (int64_t)(refund < refund_max ? refund : refund_max), floor);
    weft_u256 back = u256_zero();
    (void)add_product(&back, &plan->gas_price, limit - used);
    tx_account_add_balance(ts, sender, &back);
    outcome->gas_used = used;
    outcome->execution_gas = rules->has_refund_free_blocks ? execution : used;
    outcome->state_gas = at_least(state, 0);
    outcome->fee = u256_zero();
    (void)add_product(&outcome->fee, &plan->coinbase_price, used);
}

/* --- The message */

static evm_result run_message(evm *vm, tx_state *ts, const evm_block *block, const tx_plan *plan, tx_account *sender,
                              tx_account *recipient, int64_t gas) {
    const weft_transaction *tx = plan->tx;
    const evm_transaction environment = {.origin = plan->sender,
                                         .gas_price = plan->gas_price,
                                         .blob_hashes = tx->blob_hashes,
                                         .blob_count = tx->blob_count};
    const evm_message message = {.kind = tx->is_creation ? EVM_CREATE : EVM_CALL,
                                 .gas = gas,
                                 .sender = sender,
                                 .recipient = recipient,
                                 .value = tx->value,
                                 .input = tx->data};
    return evm_run(vm, block, &environment, ts, &message);
}

/* Authorizations, charges and the message. Who cannot pay before the first frame loses all that came after the nonce;
 * later failures leave the authorizations in force. */
static evm_result run_paid(evm *vm, tx_state *ts, const evm_block *block, const tx_plan *plan, tx_account *sender,
                           tx_account *recipient) {
    message_gas gas = divide_gas(ts, plan, block->rules);
    tx_mark begin = tx_state_checkpoint(ts);
    authorization_result authorized = authorizations_apply(ts, plan, &gas.left);
    tx_mark mark = tx_state_checkpoint(ts);
    if (authorized == AUTHORIZATIONS_FAILED) {
        return (evm_result){.status = EVM_HOST_FAILURE};
    }
    if (authorized == AUTHORIZATIONS_OUT_OF_GAS || !pay_before_frame(ts, block, plan, recipient, &gas)) {
        tx_state_revert(ts, begin);
        return (evm_result){.status = EVM_HALT};
    }
    evm_result result = run_message(vm, ts, block, plan, sender, recipient, gas.left);
    if (result.status == EVM_REVERT || result.status == EVM_HALT) {
        tx_state_revert(ts, mark); /* of the state only the charge for the recipient is left to take back */
        result.gas_left += result.status == EVM_REVERT ? gas.spilled : 0;
    }
    if (result.fault == WEFT_FAULT_ADDRESS_COLLISION && block->rules->collisions_uncounted) {
        state_gas_uncount(ts, gas.left);
    }
    return result;
}

static int address_order(const void *a, const void *b) {
    return address_compare(&(*(tx_account *const *)a)->address, &(*(tx_account *const *)b)->address);
}

/* EIP-7708 while SELFDESTRUCT could burn: what destroyed accounts own in the end, fees included, by address. */
static void log_burns(tx_state *ts, const evm_block *block, const weft_u256 *fee) {
    size_t count = 0;
    for (tx_account *a = ts->accounts; a != NULL; a = a->next) {
        count += a->now.destroyed;
    }
    tx_account **burnt = arena_alloc_array(ts->memory, count + 1, sizeof(tx_account *));
    if (burnt == NULL) {
        tx_state_fail(ts, WEFT_NO_MEMORY);
        return;
    }
    count = 0;
    for (tx_account *a = ts->accounts; a != NULL; a = a->next) {
        if (a->now.destroyed) {
            burnt[count++] = a;
        }
    }
    qsort(burnt, count, sizeof(tx_account *), address_order);
    for (size_t i = 0; i < count; i++) {
        weft_u256 amount = burnt[i]->now.balance;
        if (address_equal(&burnt[i]->address, &block->coinbase)) {
            amount = u256_add(&amount, fee);
        }
        if (!u256_is_zero(&amount)) {
            ether_log_burn(ts, &burnt[i]->address, &amount);
        }
    }
}

static void finish(tx_state *ts, tx_account *sender, const evm_block *block, const tx_plan *plan, int64_t gas_left,
                   tx_outcome *outcome) {
    if (block->rules->state_gas == STATE_GAS_AT_FRAME_END) {
        state_gas_return_destroyed(ts);
    }
    settle_gas(ts, sender, block, plan, gas_left, outcome);
    if (block->rules->has_burn_logs) {
        log_burns(ts, block, &outcome->fee);
    }
    tx_state_finish(ts, &block->coinbase);
    outcome_collect(outcome, ts, &block->coinbase);
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
    const weft_address to = plan->tx->is_creation ? evm_create_address(&plan->sender, plan->tx->nonce) : plan->tx->to;
    tx_account *recipient = tx_state_account(ts, &to);
    charge_sender(ts, sender, plan);
    if (recipient == NULL || !warm_initial(ts, block, plan, sender, recipient)) {
        return tx_state_status(ts);
    }
    evm_result result = run_paid(vm, ts, block, plan, sender, recipient);
    if (result.status == EVM_HOST_FAILURE || tx_state_status(ts) != WEFT_OK) {
        return tx_state_status(ts);
    }
    outcome->success = result.status == EVM_SUCCESS;
    outcome->has_contract_address = plan->tx->is_creation;
    outcome->contract_address = to;
    finish(ts, sender, block, plan, result.gas_left, outcome);
    return tx_state_status(ts);
}
