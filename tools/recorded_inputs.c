#include "tools/recorded_inputs.h"

static bool read_access_list(json_document *document, const json_value *list, weft_transaction *tx) {
    weft_access_entry *entries = json_allocate(document, (list->child_count + 1) * sizeof *entries);
    if (entries == NULL) {
        return false;
    }
    for (const json_value *v = json_first(list); v != NULL; v = v->next) {
        const json_value *keys = json_get(v, "storage_keys");
        weft_access_entry *entry = &entries[tx->access_count++];
        weft_bytes32 *slots = json_allocate(document, ((keys != NULL ? keys->child_count : 0) + 1) * sizeof *slots);
        *entry = (weft_access_entry){.slots = slots};
        if (slots == NULL || !json_address(document, v, "address", &entry->address)) {
            return false;
        }
        for (const json_value *key = json_first(keys); key != NULL; key = key->next) {
            if (!json_value_exact(document, key, slots[entry->slot_count++].bytes, 32)) {
                return false;
            }
        }
    }
    tx->access_list = entries;
    return true;
}

static bool read_blob_hashes(json_document *document, const json_value *list, weft_transaction *tx) {
    weft_bytes32 *hashes = json_allocate(document, (list->child_count + 1) * sizeof *hashes);
    if (hashes == NULL) {
        return false;
    }
    for (const json_value *v = json_first(list); v != NULL; v = v->next) {
        if (!json_value_exact(document, v, hashes[tx->blob_count++].bytes, 32)) {
            return false;
        }
    }
    tx->blob_hashes = hashes;
    return true;
}

static bool read_authorizations(json_document *document, const json_value *list, weft_transaction *tx) {
    weft_authorization *authorizations = json_allocate(document, (list->child_count + 1) * sizeof *authorizations);
    if (authorizations == NULL) {
        return false;
    }
    for (const json_value *v = json_first(list); v != NULL; v = v->next) {
        weft_authorization *a = &authorizations[tx->authorization_count++];
        *a = (weft_authorization){.nonce = 0};
        if (!json_u256(document, v, "chain_id", &a->chain_id) || !json_address(document, v, "address", &a->address) ||
            !json_u64(document, v, "nonce", &a->nonce) || !json_u256(document, v, "y_parity", &a->y_parity) ||
            !json_u256(document, v, "r", &a->r) || !json_u256(document, v, "s", &a->s)) {
            return false;
        }
    }
    tx->authorizations = authorizations;
    return true;
}

static bool read_lists(json_document *document, const json_value *v, weft_transaction *tx) {
    const struct {
        const char *key;
        bool (*read)(json_document *, const json_value *, weft_transaction *);
    } lists[] = {{"access_list", read_access_list},
                 {"blob_hashes", read_blob_hashes},
                 {"authorization_list", read_authorizations}};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const json_value *list = json_get(v, lists[i].key);
        if (list != NULL &&
            (!json_expect(document, list, JSON_ARRAY, lists[i].key) || !lists[i].read(document, list, tx))) {
            return false;
        }
    }
    return true;
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
