#include "tools/t8n/t8n_transition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/crypto.h>
#include <weft/transaction.h>

#include "tools/logs_hash.h"
#include "tools/number.h"
#include "tools/root_tracker.h"
#include "tools/t8n/transaction_json.h"
#include "tools/trace/geth_words.h"

static t8n_exit host_failed(weft_status status, failure *f) {
    (void)failure_set(f, status, "%s", weft_status_message(status));
    return T8N_EVM;
}

void t8n_transition_free(t8n_transition *t) {
    weft_engine_destroy(t->engine);
    weft_decoder_destroy(t->decoder);
    weft_memory_state_destroy(t->state);
    free(t->transactions);
    free(t->indexes);
    free(t->rejections);
}

/* --- Taking transactions */

static t8n_exit make_room(t8n_transition *t, size_t count, failure *f) {
    t->transactions = calloc(count + 1, sizeof *t->transactions);
    t->indexes = calloc(count + 1, sizeof *t->indexes);
    t->rejections = calloc(count + 1, sizeof *t->rejections);
    bool ok = t->transactions != NULL && t->indexes != NULL && t->rejections != NULL;
    return ok ? T8N_OK : host_failed(WEFT_NO_MEMORY, f);
}

/* Keeps the rejections in the order of their indexes. */
static void reject(t8n_transition *t, size_t index, const char *phrase, const char *details) {
    size_t place = t->rejection_count++;
    while (place > 0 && t->rejections[place - 1].index > index) {
        t->rejections[place] = t->rejections[place - 1];
        place--;
    }
    t8n_rejection *rejection = &t->rejections[place];
    rejection->index = index;
    (void)snprintf(rejection->words, sizeof rejection->words, "%s: %s", phrase, details);
}

/* Blob transactions need a price of blob gas. */
static void add(t8n_transition *t, size_t index, const weft_transaction *tx) {
    if (tx->type == WEFT_TX_BLOB && t->env.fork >= WEFT_CANCUN && !t->env.has_blob_fee) {
        reject(t, index, "blob tx used but field env.ExcessBlobGas missing", "nor is it known of the parent");
        return;
    }
    t->indexes[t->transaction_count] = index;
    t->transactions[t->transaction_count++] = *tx;
}

t8n_exit t8n_take_json(t8n_transition *t, json_document *document, const json_value *list) {
    if (list == NULL) {
        return make_room(t, 0, document->failure);
    }
    if (!json_expect(document, list, JSON_ARRAY, "the list of transactions")) {
        return T8N_JSON;
    }
    t8n_exit status = make_room(t, list->child_count, document->failure);
    size_t index = 0;
    for (const json_value *v = json_first(list); status == T8N_OK && v != NULL; v = v->next) {
        weft_transaction tx;
        if (!transaction_json_read(&tx, document, v, t->decoder, &t->chain, t->env.fork)) {
            return T8N_JSON;
        }
        add(t, index++, &tx);
    }
    return status;
}

t8n_exit t8n_take_rlp(t8n_transition *t, weft_bytes rlp, const char *name, failure *f) {
    const weft_bytes *items;
    size_t count;
    weft_error error;
    weft_status status = weft_transaction_list_split(t->decoder, &items, &count, rlp, &error);
    if (status == WEFT_DECODE) {
        (void)failure_set(f, status, "%s: the list of transactions: at byte %zu: %s", name, error.position,
                          error.message);
        return T8N_RLP;
    }
    if (status != WEFT_OK) {
        return host_failed(status, f);
    }
    t8n_exit result = make_room(t, count, f);
    for (size_t i = 0; result == T8N_OK && i < count; i++) {
        weft_transaction tx;
        status = weft_transaction_decode(t->decoder, &tx, items[i], &error);
        if (status == WEFT_OK) {
            add(t, i, &tx);
        } else if (status == WEFT_DECODE) {
            reject(t, i, "rlp", error.message);
        } else {
            result = host_failed(status, f);
        }
    }
    return result;
}

/* --- Executing */

static weft_block block_of(const t8n_transition *t) {
    return (weft_block){.header = t->env.header,
                        .transactions = t->transactions,
                        .transaction_count = t->transaction_count,
                        .withdrawals = t->env.withdrawals,
                        .withdrawal_count = t->env.withdrawal_count,
                        .has_withdrawals = t->env.has_withdrawals};
}

/* In place of the index of a transaction that is out. */
enum { NO_INDEX = -1 };

static void note_refusal(void *context, size_t place, weft_verdict verdict, const char *explanation) {
    t8n_transition *t = context;
    reject(t, t->indexes[place], geth_rejection(verdict), explanation);
    t->indexes[place] = (size_t)NO_INDEX;
}

/* Before Byzantium receipts hold the state root after each transaction. */
static weft_status execute_once(t8n_transition *t, const weft_tracer *tracer) {
    weft_block block = block_of(t);
    weft_state_view view = weft_memory_state_view(t->state);
    unanswered_watch(&t->questions, &view);
    weft_execute_options options = {.size = sizeof options,
                                    .no_header_checks = true,
                                    .tracer = tracer,
                                    .refused = note_refusal,
                                    .refused_context = t};
    root_tracker roots = {0};
    weft_status status = WEFT_OK;
    if (t->env.fork < WEFT_BYZANTIUM) {
        weft_state_delta start;
        status = weft_memory_state_delta(t->state, &start);
        status = status == WEFT_OK ? root_tracker_create(&roots, &start, 1) : status;
        options.intermediate_root = root_tracker_after_transaction;
        options.intermediate_root_context = &roots;
    }
    if (status == WEFT_OK) {
        status = weft_engine_execute(t->engine, &t->result, &block, &t->questions.view, &options);
    }
    root_tracker_free(&roots);
    return status;
}

/* The transactions that were refused leave the block. */
static void leave_out_refused(t8n_transition *t) {
    size_t count = 0;
    for (size_t i = 0; i < t->transaction_count; i++) {
        if (t->indexes[i] != (size_t)NO_INDEX) {
            t->transactions[count] = t->transactions[i];
            t->indexes[count++] = t->indexes[i];
        }
    }
    t->transaction_count = count;
}

/* Once to find what cannot be in the block, and, if anything was found, once more without it. */
static t8n_exit execute(t8n_transition *t, const weft_tracer *tracer, failure *f) {
    for (;;) {
        weft_status status = execute_once(t, tracer);
        if (status == WEFT_STATE_UNAVAILABLE) {
            (void)failure_set(f, status, "%s was asked for, which the environment does not give",
                              t->questions.question);
            return T8N_MISSING_BLOCK_HASH;
        }
        if (status != WEFT_OK) {
            return host_failed(status, f);
        }
        if (t->result.verdict == WEFT_VALID) {
            return T8N_OK;
        }
        if (t->result.transaction_index == SIZE_MAX) {
            (void)failure_set(f, WEFT_OK, "%s: %s", weft_verdict_name(t->result.verdict), t->result.explanation);
            return T8N_EVM;
        }
        leave_out_refused(t);
    }
}

/* --- Rewards. They are given by the caller, not by the fork. */

static bool is_empty(const weft_account *account, const weft_bytes32 *no_code) {
    return account->nonce == 0 && number_is_zero(&account->balance) &&
           memcmp(&account->code_hash, no_code, sizeof *no_code) == 0;
}

/* An account that stays empty is there before EIP-161 and gone after it. */
static weft_status credit(t8n_transition *t, const weft_address *address, uint128 amount) {
    const weft_u256 wei = number_of_wide(amount);
    weft_bytes32 no_code = weft_keccak256((weft_bytes){NULL, 0});
    weft_account_change change = {.address = *address};
    const weft_state_delta delta = {&change, 1};
    weft_state_view view = weft_memory_state_view(t->state);
    weft_status status = view.account(view.context, &change.account, address);
    if (status != WEFT_OK) {
        return status;
    }
    if (!change.account.exists) {
        change.account = (weft_account){.code_hash = no_code};
    }
    number_add(&change.account.balance, &wei);
    change.account.exists = t->env.fork < WEFT_SPURIOUS_DRAGON || !is_empty(&change.account, &no_code);
    return weft_memory_state_apply(t->state, &delta);
}

static weft_status pay_rewards(t8n_transition *t) {
    uint128 reward = t->reward, coinbase = reward + reward / 32 * t->env.ommer_count;
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < t->env.ommer_count && status == WEFT_OK; i++) {
        const t8n_ommer *ommer = &t->env.ommers[i];
        status = credit(t, &ommer->address, (8 - ommer->delta) * reward / 8);
    }
    return status == WEFT_OK ? credit(t, &t->env.header.coinbase, coinbase) : status;
}

static weft_status finish(t8n_transition *t) {
    weft_block block = block_of(t);
    weft_status status = weft_memory_state_apply(t->state, &t->result.delta);
    if (status == WEFT_OK && t->has_reward) {
        status = pay_rewards(t);
    }
    if (status == WEFT_OK) {
        status = weft_memory_state_root(t->state, &t->state_root);
    }
    if (status == WEFT_OK) {
        status = weft_transactions_root(&t->transactions_root, &block);
    }
    if (status == WEFT_OK) {
        status = weft_withdrawals_root(&t->withdrawals_root, &block);
    }
    return status == WEFT_OK ? logs_hash(&t->logs_hash, &t->result) : status;
}

t8n_exit t8n_execute(t8n_transition *t, const weft_tracer *const *tracers, size_t tracer_count, failure *f) {
    const weft_engine_config config = {.size = sizeof config, .threads = 1};
    t->chain.no_block_reward = true;
    weft_status status = weft_engine_create(&t->engine, &t->chain, &config);
    if (status != WEFT_OK) {
        return host_failed(status, f);
    }
    t8n_exit result = execute(t, NULL, f);
    for (size_t i = 0; i < tracer_count && result == T8N_OK; i++) {
        result = execute(t, tracers[i], f);
    }
    if (result != T8N_OK) {
        return result;
    }
    status = finish(t);
    return status == WEFT_OK ? T8N_OK : host_failed(status, f);
}
