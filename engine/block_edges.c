#include "engine/block_edges.h"

#include "engine/block_reward.h"
#include "engine/chain.h"
#include "engine/dao_fork.h"
#include "engine/ether_log.h"
#include "engine/requests.h"
#include "engine/state_gas.h"

enum { SYSTEM_CALL_GAS = 30000000 };

#define GWEI UINT64_C(1000000000)

static const weft_address beacon_roots_contract = {{0x00, 0x0f, 0x3d, 0xf6, 0xd7, 0x32, 0x80, 0x7e, 0xf1, 0x31,
                                                    0x9f, 0xb7, 0xb8, 0xbb, 0x85, 0x22, 0xd0, 0xbe, 0xac, 0x02}};
static const weft_address history_contract = {{0x00, 0x00, 0xf9, 0x08, 0x27, 0xf1, 0xc5, 0x3a, 0x10, 0xcb,
                                               0x7a, 0x02, 0x33, 0x5b, 0x17, 0x53, 0x20, 0x00, 0x29, 0x35}};
static const weft_address withdrawal_requests_contract = {{0x00, 0x00, 0x09, 0x61, 0xef, 0x48, 0x0e, 0xb5, 0x5e, 0x80,
                                                           0xd1, 0x9a, 0xd8, 0x35, 0x79, 0xa6, 0x4c, 0x00, 0x70, 0x02}};
static const weft_address consolidation_requests_contract = {{0x00, 0x00, 0xbb, 0xdd, 0xc7, 0xce, 0x48,
                                                              0x86, 0x42, 0xfb, 0x57, 0x9f, 0x8b, 0x00,
                                                              0xf3, 0xa5, 0x90, 0x00, 0x72, 0x51}};

static const weft_address builder_deposit_contract = {{0x00, 0x00, 0xbf, 0xf4, 0x69, 0x84, 0xe3, 0x72, 0x56, 0x91,
                                                       0xfa, 0x54, 0x0a, 0x8c, 0x75, 0x89, 0x30, 0x0d, 0x82, 0x82}};
static const weft_address builder_exit_contract = {{0x00, 0x00, 0x64, 0xd6, 0x78, 0x50, 0x5a, 0xd4, 0x8f, 0x8c,
                                                    0xcb, 0x09, 0x3b, 0xc6, 0x56, 0x13, 0x80, 0x0e, 0x82, 0x82}};

/* --- One step at the edge: state operations on the accepted prefix, finished and accepted like a transaction's. */

static tx_state *begin_step(block_run *run) {
    worker *w = &run->engine->workers[0];
    tx_state_begin(&w->state, run->env.rules, TX_SOURCE_ACCEPTED, 0, &w->memory, &w->logs);
    return &w->state;
}

static void end_step(block_run *run, tx_state *ts) {
    tx_outcome outcome = {.verdict = WEFT_VALID};
    tx_state_finish(ts, NULL);
    run->status = tx_state_status(ts);
    if (run->status == WEFT_OK) {
        outcome_collect(&outcome, ts, NULL);
        outcome_accept(&outcome, NULL, run->env.rules, run->engine->codes);
        if (run->records_accesses) {
            bal_builder_add(&run->accesses, run->edge_index, &outcome, NULL, NULL);
        }
    }
}

static void credit(tx_state *ts, const weft_address *address, const weft_u256 *amount) {
    tx_account *a = tx_state_account(ts, address);
    if (a != NULL) {
        tx_account_add_balance(ts, a, amount);
    }
}

/* --- System calls */

typedef enum system_call_result { SYSTEM_CALL_DONE, SYSTEM_CALL_NO_CODE, SYSTEM_CALL_FAILED } system_call_result;

/* The output is borrowed from the machine until its next run. */
static system_call_result system_call(block_run *run, const weft_address *contract, weft_bytes input,
                                      weft_bytes *output) {
    tx_state *ts = begin_step(run);
    tx_account *recipient = tx_state_account(ts, contract), *sender = tx_state_account(ts, &system_address);
    const code *c = recipient == NULL || sender == NULL ? NULL : tx_account_code(ts, recipient);
    if (c == NULL) {
        run->status = tx_state_status(ts);
        return SYSTEM_CALL_FAILED;
    }
    if (c->size == 0) {
        return SYSTEM_CALL_NO_CODE;
    }
    state_gas_begin(ts, run->env.rules->system_call_slots * state_gas_of_slot(run->env.rules));
    const evm_transaction environment = {.origin = system_address};
    const evm_message message = {
        .kind = EVM_CALL, .gas = SYSTEM_CALL_GAS, .sender = sender, .recipient = recipient, .input = input};
    evm_result result = evm_run(run->engine->workers[0].vm, &run->env, &environment, ts, &message);
    if (result.status == EVM_HOST_FAILURE) {
        run->status = tx_state_status(ts);
        return SYSTEM_CALL_FAILED;
    }
    end_step(run, ts);
    *output = result.output;
    return result.status == EVM_SUCCESS ? SYSTEM_CALL_DONE : SYSTEM_CALL_FAILED;
}

/* EIP-4788 and EIP-2935: without code nothing happens, and a failure is nobody's concern. */
static void store_word(block_run *run, const weft_address *contract, const weft_bytes32 *word) {
    weft_bytes output;
    if (block_run_is_alive(run)) {
        (void)system_call(run, contract, (weft_bytes){word->bytes, sizeof word->bytes}, &output);
    }
}

/* --- Before */

static void move_dao_balances(block_run *run) {
    tx_state *ts = begin_step(run);
    for (size_t i = 0; i < DAO_ACCOUNT_COUNT; i++) {
        tx_account *drained = tx_state_account(ts, &dao_accounts[i]);
        tx_account *refund = tx_state_account(ts, &dao_refund_contract);
        if (drained == NULL || refund == NULL) {
            break;
        }
        weft_u256 balance = tx_account_balance(ts, drained);
        tx_account_touch(ts, drained);
        tx_state_transfer(ts, drained, refund, &balance);
    }
    end_step(run, ts);
}

/* Intermediate roots are those of a state that includes the irregular change, which belongs to no transaction. */
static void tell_dao_change(block_run *run) {
    const weft_execute_options *options = &run->options;
    weft_state_delta changes;
    weft_bytes32 root;
    if (options->intermediate_root == NULL || run->env.rules->has_receipt_status) {
        return;
    }
    run->status = block_state_delta(&run->engine->state, &run->engine->memory, &changes);
    if (run->status == WEFT_OK) {
        run->status = options->intermediate_root(options->intermediate_root_context, &root, &changes);
    }
}

void block_edges_before(block_run *run) {
    const weft_header *header = &run->block->header;
    const fork_rules *rules = run->env.rules;
    if (chain_is_dao_fork(&run->engine->chain, header->number)) {
        move_dao_balances(run);
        if (block_run_is_alive(run)) {
            tell_dao_change(run);
        }
    }
    if (rules->has_beacon_root) {
        store_word(run, &beacon_roots_contract, &header->parent_beacon_block_root);
    }
    if (rules->has_history_contract) {
        store_word(run, &history_contract, &header->parent_hash);
    }
}

/* --- After */

static void pay_withdrawals(block_run *run) {
    tx_state *ts = begin_step(run);
    for (size_t i = 0; i < run->block->withdrawal_count; i++) {
        const weft_withdrawal *w = &run->block->withdrawals[i];
        weft_u256 gwei = u256_from_u64(GWEI), amount = u256_from_u64(w->amount_gwei);
        amount = u256_mul(&amount, &gwei);
        credit(ts, &w->address, &amount);
    }
    end_step(run, ts);
}

static void pay_rewards(block_run *run) {
    uint64_t reward = run->env.rules->block_reward;
    const weft_block *block = run->block;
    tx_state *ts = begin_step(run);
    weft_u256 amount = block_reward_coinbase(reward, block->ommer_count);
    credit(ts, &block->header.coinbase, &amount);
    for (size_t i = 0; i < block->ommer_count; i++) {
        amount = block_reward_ommer(reward, block->header.number, block->ommers[i].number);
        credit(ts, &block->ommers[i].coinbase, &amount);
    }
    end_step(run, ts);
}

/* A checked system call (EIP-7002, EIP-7251): the block is invalid without the contract or if the call fails. */
static void call_for_request(block_run *run, uint8_t type, const weft_address *contract, weft_bytes *request,
                             bool *known) {
    weft_bytes output = {NULL, 0};
    if (!block_run_is_alive(run)) {
        return;
    }
    switch (system_call(run, contract, (weft_bytes){NULL, 0}, &output)) {
    case SYSTEM_CALL_DONE:
        if (run->status == WEFT_OK) {
            run->status = requests_from_output(request, &run->engine->memory, type, output);
        }
        break;
    case SYSTEM_CALL_NO_CODE:
        *known = false;
        if (!run->options.partial_state) {
            block_run_reject(run, WEFT_BLOCK_SYSTEM_CONTRACT_EMPTY, SIZE_MAX, "request type %u", type);
        }
        break;
    case SYSTEM_CALL_FAILED:
        if (run->status == WEFT_OK) {
            block_run_reject(run, WEFT_BLOCK_SYSTEM_CONTRACT_FAILED, SIZE_MAX, "request type %u", type);
        }
        break;
    }
}

static void gather_requests(block_run *run, weft_bytes32 *hash, bool *known) {
    weft_bytes requests[REQUEST_TYPE_COUNT] = {{NULL, 0}};
    weft_verdict verdict = WEFT_VALID;
    *known = true;
    run->status = requests_deposits(&requests[REQUEST_DEPOSIT], &verdict, &run->engine->memory, run->receipts,
                                    run->block->transaction_count, &run->engine->chain.deposit_contract);
    if (run->status == WEFT_OK && verdict != WEFT_VALID) {
        block_run_reject(run, verdict, SIZE_MAX, "a deposit event is not laid out as EIP-6110 says");
    }
    call_for_request(run, REQUEST_WITHDRAWAL, &withdrawal_requests_contract, &requests[REQUEST_WITHDRAWAL], known);
    call_for_request(run, REQUEST_CONSOLIDATION, &consolidation_requests_contract, &requests[REQUEST_CONSOLIDATION],
                     known);
    if (run->env.rules->has_builder_requests) {
        call_for_request(run, REQUEST_BUILDER_DEPOSIT, &builder_deposit_contract, &requests[REQUEST_BUILDER_DEPOSIT],
                         known);
        call_for_request(run, REQUEST_BUILDER_EXIT, &builder_exit_contract, &requests[REQUEST_BUILDER_EXIT], known);
    }
    if (block_run_is_alive(run) && *known) {
        *hash = weft_requests_hash(requests, REQUEST_TYPE_COUNT);
    }
    for (size_t type = 0; type < REQUEST_TYPE_COUNT; type++) {
        if (requests[type].size > 1) {
            run->requests[run->request_count++] = requests[type];
        }
    }
}

void block_edges_after(block_run *run, weft_bytes32 *hash, bool *known) {
    const fork_rules *rules = run->env.rules;
    run->edge_index = block_run_version((uint32_t)run->block->transaction_count);
    *known = false;
    if (rules->has_withdrawals && block_run_is_alive(run)) {
        pay_withdrawals(run);
    }
    if (rules->block_reward != 0 && !run->engine->chain.no_block_reward && block_run_is_alive(run)) {
        pay_rewards(run);
    }
    if (rules->has_requests && block_run_is_alive(run)) {
        gather_requests(run, hash, known);
    }
}
