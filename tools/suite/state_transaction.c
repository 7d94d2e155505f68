#include "tools/suite/state_transaction.h"

#include <string.h>

#include <weft/crypto.h>

#include "tools/hex.h"
#include "tools/transaction_lists.h"

/* --- Choosing */

static const json_value *entry_of(const json_value *list, uint64_t index) {
    const json_value *v = json_first(list);
    while (v != NULL && index > 0) {
        v = v->next;
        index--;
    }
    return v;
}

static bool choose(const json_document *document, const json_value *transaction, const char *key, uint64_t index,
                   const json_value **entry) {
    const json_value *list = json_get(transaction, key);
    *entry = entry_of(list, index);
    return json_expect(document, list, JSON_ARRAY, key) &&
           (*entry != NULL || json_refuse(document, list, "has no entry %llu", (unsigned long long)index));
}

/* Access lists are one per entry of data; null and a missing list mean that the transaction has none. */
static const json_value *chosen_access_list(const json_value *transaction, uint64_t data_index) {
    const json_value *list = entry_of(json_get(transaction, "accessLists"), data_index);
    return list != NULL && list->kind == JSON_ARRAY ? list : NULL;
}

static uint8_t type_of(const json_value *transaction, const json_value *access_list) {
    if (json_get(transaction, "authorizationList") != NULL) {
        return WEFT_TX_SET_CODE;
    }
    if (json_get(transaction, "maxFeePerBlobGas") != NULL) {
        return WEFT_TX_BLOB;
    }
    if (json_get(transaction, "maxFeePerGas") != NULL) {
        return WEFT_TX_DYNAMIC_FEE;
    }
    return access_list != NULL ? WEFT_TX_ACCESS_LIST : WEFT_TX_LEGACY;
}

/* --- Fields */

/* A value may be beyond 256 bits, written as a number too long or as "0x:bigint 0x…" (retesteth). */
static bool is_oversized(const json_value *value) {
    static const char mark[] = "0x:bigint ";
    size_t size = value->size;
    if (value->kind != JSON_STRING || strncmp(value->text, mark, sizeof mark - 1) == 0) {
        return value->kind == JSON_STRING;
    }
    const char *digits = hex_skip_prefix(value->text, &size);
    for (; size > 64 && *digits == '0'; size--) {
        digits++;
    }
    return digits != value->text && size > 64;
}

/* No bytes at all: nobody, or zero. */
static bool is_empty(const json_value *value) {
    return value->kind == JSON_STRING && (value->size == 0 || strcmp(value->text, "0x") == 0);
}

static bool read_chosen(weft_transaction *tx, bool *is_encodable, json_document *document,
                        const json_value *transaction, const state_indexes *indexes) {
    const json_value *data, *gas, *value;
    if (!choose(document, transaction, "data", indexes->data, &data) ||
        !choose(document, transaction, "gasLimit", indexes->gas, &gas) ||
        !choose(document, transaction, "value", indexes->value, &value)) {
        return false;
    }
    if (is_oversized(value)) {
        *is_encodable = false;
    } else if (!is_empty(value) && !json_value_u256(document, value, &tx->value)) {
        return false;
    }
    return json_value_bytes(document, data, &tx->data) && json_value_u64(document, gas, &tx->gas_limit);
}

static bool read_recipient(weft_transaction *tx, const json_document *document, const json_value *transaction) {
    const json_value *to = json_get(transaction, "to");
    tx->is_creation = to == NULL || is_empty(to);
    return tx->is_creation || json_value_exact(document, to, tx->to.bytes, sizeof tx->to.bytes);
}

static bool read_fees(weft_transaction *tx, const json_document *document, const json_value *transaction) {
    if (json_get(transaction, "maxFeePerGas") != NULL) {
        return json_u256(document, transaction, "maxFeePerGas", &tx->max_fee_per_gas) &&
               json_u256(document, transaction, "maxPriorityFeePerGas", &tx->max_priority_fee_per_gas) &&
               json_u256(document, transaction, "maxFeePerBlobGas", &tx->max_fee_per_blob_gas);
    }
    if (!json_u256(document, transaction, "gasPrice", &tx->max_fee_per_gas)) {
        return false;
    }
    tx->max_priority_fee_per_gas = tx->max_fee_per_gas; /* a gas price is both */
    return true;
}

bool state_transaction_read(weft_transaction *tx, bool *is_encodable, json_document *document,
                            const json_value *transaction, const state_indexes *indexes, const weft_address *sender) {
    const json_value *access_list = chosen_access_list(transaction, indexes->data);
    *tx = (weft_transaction){.type = type_of(transaction, access_list), .has_sender = true, .sender = *sender};
    *is_encodable = true;
    return json_u64(document, transaction, "nonce", &tx->nonce) && read_recipient(tx, document, transaction) &&
           read_fees(tx, document, transaction) && read_chosen(tx, is_encodable, document, transaction, indexes) &&
           transaction_read_access_list(tx, document, access_list) &&
           transaction_read_blob_hashes(tx, document, json_get(transaction, "blobVersionedHashes")) &&
           transaction_read_authorizations(tx, document, json_get(transaction, "authorizationList"));
}

bool state_transaction_sender(weft_address *sender, const json_document *document, const json_value *transaction) {
    const json_value *secret = json_get(transaction, "secretKey");
    weft_bytes32 key;
    if (json_get(transaction, "sender") != NULL) {
        return json_address(document, transaction, "sender", sender);
    }
    if (secret == NULL) {
        return json_refuse(document, transaction, "has neither sender nor secretKey");
    }
    if (!json_value_padded32(document, secret, &key)) {
        return false;
    }
    weft_status status = weft_secret_key_address(sender, &key);
    return status == WEFT_OK || (status == WEFT_NO_MEMORY ? json_fail(document, status)
                                                          : json_refuse(document, secret, "is no secp256k1 key"));
}
