#include "tools/recorded_inputs.h"

#include "tools/transaction_lists.h"

static bool read_lists(json_document *document, const json_value *v, weft_transaction *tx) {
    return transaction_read_access_list(tx, document, json_get(v, "access_list")) &&
           transaction_read_blob_hashes(tx, document, json_get(v, "blob_hashes")) &&
           transaction_read_authorizations(tx, document, json_get(v, "authorization_list"));
}

static bool read_transaction(json_document *document, const json_value *v, weft_transaction *tx) {
    uint64_t type = 0;
    *tx = (weft_transaction){.has_sender = true, .has_chain_id = json_get(v, "chain_id") != NULL};
    if (!json_expect(document, v, JSON_OBJECT, "a transaction") || !json_u64(document, v, "tx_type", &type) ||
        !json_expect(document, json_get(v, "caller"), JSON_STRING, "\"caller\"") ||
        !json_address(document, v, "caller", &tx->sender) || !json_address(document, v, "to", &tx->to) ||
        !json_u64(document, v, "nonce", &tx->nonce) || !json_u256(document, v, "value", &tx->value) ||
        !json_bytes(document, v, "data", &tx->data) || !json_u64(document, v, "gas_limit", &tx->gas_limit) ||
        !json_u256(document, v, "gas_price", &tx->max_fee_per_gas) ||
        !json_u64(document, v, "chain_id", &tx->chain_id) ||
        !json_u256(document, v, "max_fee_per_blob_gas", &tx->max_fee_per_blob_gas)) {
        return false;
    }
    if (type > WEFT_TX_SET_CODE) {
        return json_refuse(document, v, "tx_type must be 0 to %d", WEFT_TX_SET_CODE);
    }
    tx->type = (uint8_t)type;
    tx->is_creation = json_get(v, "to") == NULL;
    tx->max_priority_fee_per_gas = tx->max_fee_per_gas; /* a gas price is both */
    return json_u256(document, v, "gas_priority_fee", &tx->max_priority_fee_per_gas) && read_lists(document, v, tx);
}

static bool read_environment(const json_document *document, weft_header *h, uint64_t *chain_id) {
    const json_value *root = document->root;
    h->field_count = 21;
    return json_expect(document, root, JSON_OBJECT, "a block's environment") &&
           json_u64(document, root, "number", &h->number) && json_address(document, root, "coinbase", &h->coinbase) &&
           json_u64(document, root, "timestamp", &h->timestamp) &&
           json_u64(document, root, "gas_limit", &h->gas_limit) &&
           json_u256(document, root, "basefee", &h->base_fee_per_gas) &&
           json_u256(document, root, "difficulty", &h->difficulty) &&
           json_bytes32(document, root, "prevrandao", &h->mix_hash) &&
           json_u64(document, root, "excess_blob_gas", &h->excess_blob_gas) &&
           json_u64(document, root, "chain_id", chain_id);
}

bool recorded_inputs_read(weft_block *block, uint64_t *chain_id, json_document *environment,
                          json_document *transactions) {
    *block = (weft_block){.has_withdrawals = true};
    if (!read_environment(environment, &block->header, chain_id) ||
        !json_expect(transactions, transactions->root, JSON_ARRAY, "a list of transactions")) {
        return false;
    }
    weft_transaction *txs = json_allocate(transactions, (transactions->root->child_count + 1) * sizeof *txs);
    for (const json_value *v = txs != NULL ? json_first(transactions->root) : NULL; v != NULL; v = v->next) {
        if (!read_transaction(transactions, v, &txs[block->transaction_count++])) {
            return false;
        }
    }
    block->transactions = txs;
    return txs != NULL;
}
