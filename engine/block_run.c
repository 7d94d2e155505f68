#include "engine/block_run.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/bytes.h"
#include "engine/block_fees.h"
#include "engine/profile.h"

void block_run_reject(block_run *run, weft_verdict verdict, size_t index, const char *format, ...) {
    if (run->verdict != WEFT_VALID) {
        return;
    }
    run->verdict = verdict;
    run->verdict_index = index;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(run->explanation, sizeof run->explanation, format, arguments);
    va_end(arguments);
}

double block_run_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* --- Explanations */

enum { U256_TEXT_SIZE = 2 + 64 + 1 };

/* Hexadecimal without leading zeros. */
static const char *u256_text(char text[U256_TEXT_SIZE], const weft_u256 *value) {
    uint8_t bytes[32];
    char digits[65];
    u256_to_be32(bytes, value);
    hex_encode(digits, bytes, sizeof bytes);
    size_t zeros = strspn(digits, "0");
    snprintf(text, U256_TEXT_SIZE, "0x%s", zeros == 64 ? "0" : digits + zeros);
    return text;
}

/* A rule that needs no state, from the fee market on. */
static void reject_plan(block_run *run, uint32_t index) {
    const tx_plan *plan = &run->plans[index];
    const weft_transaction *tx = plan->tx;
    char left[U256_TEXT_SIZE], right[U256_TEXT_SIZE];
    switch (plan->verdict_after_room) {
    case WEFT_TX_INVALID_CHAIN_ID:
        block_run_reject(run, plan->verdict_after_room, index, "chain id %llu, v %s, on chain %llu",
                         (unsigned long long)tx->chain_id, u256_text(left, &tx->v),
                         (unsigned long long)run->env.chain_id);
        return;
    case WEFT_TX_MAX_FEE_TOO_LOW:
        block_run_reject(run, plan->verdict_after_room, index, "max fee per gas %s, base fee %s",
                         u256_text(left, &tx->max_fee_per_gas), u256_text(right, &run->env.base_fee));
        return;
    case WEFT_TX_MAX_BLOB_FEE_TOO_LOW:
        block_run_reject(run, plan->verdict_after_room, index, "max fee per blob gas %s, blob base fee %s",
                         u256_text(left, &tx->max_fee_per_blob_gas), u256_text(right, &run->env.blob_base_fee));
        return;
    default:
        block_run_reject(run, plan->verdict_after_room, index, "type %u, %zu blobs, %zu authorizations", tx->type,
                         tx->blob_count, tx->authorization_count);
    }
}

/* A rule about the sender's account. */
static void reject_sender(block_run *run, uint32_t index) {
    const tx_plan *plan = &run->plans[index];
    const tx_outcome *outcome = &run->outcomes[index];
    char cost[U256_TEXT_SIZE], balance[U256_TEXT_SIZE], sender[41];
    hex_encode(sender, plan->sender.bytes, sizeof plan->sender.bytes);
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        if (a->cell != NULL && address_equal(&a->address, &plan->sender)) {
            const weft_u256 *lanes = mv_cell_accepted(a->cell);
            block_run_reject(run, outcome->verdict, index,
                             "sender 0x%s has nonce %llu, wei %s; needs nonce %llu, wei %s", sender,
                             (unsigned long long)lanes[LANE_NONCE].limb[0], u256_text(balance, &lanes[LANE_BALANCE]),
                             (unsigned long long)plan->tx->nonce, u256_text(cost, &plan->max_cost));
        }
    }
    block_run_reject(run, outcome->verdict, index, "sender 0x%s", sender);
}

/* --- Admission: the rules that depend on the transactions accepted before, and those that were found while planning.
 * Speculation may have run a transaction that must not be in the block at all; only here is that decided. */

/* Since EIP-7623 a block may come to use more than its limit: the check before a transaction does not see its floor. */
static uint64_t room_left(const weft_header *header, uint64_t used) {
    return used < header->gas_limit ? header->gas_limit - used : 0;
}

static bool admit(block_run *run, uint32_t index) {
    const tx_plan *plan = &run->plans[index];
    const weft_header *header = &run->block->header;
    if (plan->verdict_before_room != WEFT_VALID) {
        block_run_reject(run, plan->verdict_before_room, index, "gas limit %llu, intrinsic gas %llu",
                         (unsigned long long)plan->tx->gas_limit,
                         (unsigned long long)(plan->intrinsic.execution + plan->intrinsic.state));
        return false;
    }
    uint64_t execution_room = room_left(header, run->execution_gas_used);
    uint64_t state_room = room_left(header, run->state_gas_used);
    if (plan->execution_room > execution_room || plan->state_room > state_room) {
        block_run_reject(run, WEFT_TX_GAS_ALLOWANCE_EXCEEDED, index,
                         "gas limit %llu, the block has %llu left, and %llu for state",
                         (unsigned long long)plan->tx->gas_limit, (unsigned long long)execution_room,
                         (unsigned long long)state_room);
        return false;
    }
    uint64_t blob_gas = (uint64_t)GAS_PER_BLOB * plan->tx->blob_count;
    if (blob_gas > GAS_PER_BLOB * run->plan_context.blobs_per_block_max - run->blob_gas_used) {
        block_run_reject(run, WEFT_TX_BLOB_GAS_ALLOWANCE_EXCEEDED, index, "%zu blobs, the block may have %llu",
                         plan->tx->blob_count, (unsigned long long)run->plan_context.blobs_per_block_max);
        return false;
    }
    if (plan->verdict_after_room != WEFT_VALID) {
        reject_plan(run, index);
        return false;
    }
    return true;
}

/* --- Acceptance */

static void find_intermediate_root(block_run *run, worker *w, uint32_t index) {
    if (run->env.rules->has_receipt_status || run->options.intermediate_root == NULL) {
        return;
    }
    weft_state_delta changes;
    weft_receipt *receipt = &run->receipts[index];
    run->status = outcome_delta(&run->outcomes[index], run->coinbase, &run->env.coinbase, &w->memory, &changes);
    if (run->status == WEFT_OK) {
        run->status = run->options.intermediate_root(run->options.intermediate_root_context,
                                                     &receipt->intermediate_root, &changes);
        receipt->has_intermediate_root = true;
    }
}

/* All but the bloom, which is made when the block is over, and most of a receipt's memory. */
static void write_receipt(block_run *run, uint32_t index) {
    const tx_outcome *outcome = &run->outcomes[index];
    weft_receipt *receipt = &run->receipts[index];
    receipt->type = run->plans[index].tx->type;
    receipt->success = outcome->success;
    receipt->has_intermediate_root = false;
    receipt->intermediate_root = (weft_bytes32){{0}};
    receipt->gas_used = outcome->gas_used;
    receipt->cumulative_gas_used = run->gas_used;
    receipt->logs = outcome->logs;
    receipt->log_count = outcome->log_count;
    receipt->has_contract_address = outcome->has_contract_address;
    receipt->contract_address = outcome->contract_address;
}

static void accept(block_run *run, worker *w, uint32_t index) {
    const tx_outcome *outcome = &run->outcomes[index];
    if (outcome->verdict != WEFT_VALID) {
        reject_sender(run, index);
        return;
    }
    outcome_accept(outcome, run->coinbase, run->env.rules, run->engine->codes);
    if (run->records_accesses) {
        bal_builder_add(&run->accesses, block_run_version(index), outcome, &run->env.coinbase, run->coinbase);
    }
    run->gas_used += outcome->gas_used;
    run->execution_gas_used += outcome->execution_gas;
    run->state_gas_used += outcome->state_gas;
    run->blob_gas_used += (uint64_t)GAS_PER_BLOB * run->plans[index].tx->blob_count;
    write_receipt(run, index);
    find_intermediate_root(run, w, index);
}

/* Run transaction `index` on the accepted prefix, and accept it. */
static void run_admitted(block_run *run, worker *w, uint32_t index) {
    tx_state_begin(&w->state, run->env.rules, TX_SOURCE_ACCEPTED, block_run_version(index), &w->memory, &w->logs);
    run->status = transition_run(w->vm, &w->state, &run->env, &run->plans[index], &run->outcomes[index]);
    if (run->status == WEFT_OK) {
        accept(run, w, index);
    }
}

static void run_traced(block_run *run, worker *w, uint32_t index) {
    trace_transaction_begin(run->trace, index, &run->plans[index]);
    evm_set_trace(w->vm, run->trace);
    run_admitted(run, w, index);
    evm_set_trace(w->vm, NULL);
    trace_transaction_end(run->trace, block_run_is_alive(run) ? &run->receipts[index] : NULL);
}

void block_run_head(block_run *run, worker *w, uint32_t index) {
    if (!admit(run, index)) {
        return;
    }
    w->executions++;
    if (run->trace != NULL) {
        run_traced(run, w, index);
    } else {
        run_admitted(run, w, index);
    }
}

bool block_run_settle(block_run *run, worker *w, uint32_t index) {
    if (!run->has_outcome[index] || !outcome_is_valid(&run->outcomes[index])) {
        return false;
    }
    if (admit(run, index)) {
        accept(run, w, index);
    }
    return true;
}

/* Whether the ordered phase may come to admit the transaction, as far as can be told now. What is certain to be refused is
 * not run: its gas limit bounds nothing, and it could loop for years. */
static bool may_be_admitted(const block_run *run, const tx_plan *plan) {
    return plan->verdict_before_room == WEFT_VALID && plan->verdict_after_room == WEFT_VALID &&
           plan->execution_room <= run->block->header.gas_limit && plan->state_room <= run->block->header.gas_limit;
}

/* A failure of the host proves nothing, for speculation may ask for what no real execution asks: the transaction is then
 * left to the head. */
void block_run_speculate(block_run *run, worker *w, uint32_t index) {
    const tx_plan *plan = &run->plans[index];
    run->has_outcome[index] = false;
    if (!may_be_admitted(run, plan)) {
        return;
    }
    w->executions++;
    tx_outcome *outcome = &run->outcomes[index];
    tx_state_begin(&w->state, run->env.rules, TX_SOURCE_SPECULATIVE, block_run_version(index), &w->memory, &w->logs);
    weft_status status = transition_run(w->vm, &w->state, &run->env, plan, outcome);
    if (status != WEFT_OK) {
        return;
    }
    uint32_t version = block_run_version(index);
    if (outcome->verdict == WEFT_VALID && !run->has_access_list &&
        !outcome_publish(outcome, run->engine->state.cells, w->state.worker, version)) {
        outcome_retract(outcome, version);
        return;
    }
    run->has_outcome[index] = true;
}

/* Where the host wants to hear of every refusal, one does not end the run: it has changed nothing. */
static void tell_refusal(block_run *run, weft_verdict *first, size_t *first_index) {
    const weft_execute_options *options = &run->options;
    if (run->verdict == WEFT_VALID || options->refused == NULL) {
        return;
    }
    options->refused(options->refused_context, run->verdict_index, run->verdict, run->explanation);
    if (*first == WEFT_VALID) {
        *first = run->verdict;
        *first_index = run->verdict_index;
    }
    run->verdict = WEFT_VALID;
    run->verdict_index = SIZE_MAX;
}

/* Who wants to know how the transactions depended on each other asks their outcomes when all are there. Otherwise each
 * lives in the memory of the one before, which the processor has at hand. */
void block_run_serial(block_run *run) {
    weft_verdict first = WEFT_VALID;
    size_t first_index = SIZE_MAX;
    worker *w = &run->engine->workers[0];
    bool keeps_outcomes = run->options.measure_critical_path || run->profiles != NULL;
    for (uint32_t i = 0; i < run->block->transaction_count && block_run_is_alive(run); i++) {
        arena_mark mark = arena_checkpoint(&w->memory);
        block_run_head(run, w, i);
        if (!keeps_outcomes) {
            arena_rollback(&w->memory, mark);
        }
        if (run->profiles != NULL) {
            run->profiles[i].head_seconds = profile_lap(run);
        }
        tell_refusal(run, &first, &first_index);
    }
    if (first != WEFT_VALID) {
        block_run_reject(run, first, first_index, "the first that was refused");
    }
}
