#include "tools/t8n/transaction_json.h"

#include <string.h>

#include "tools/number.h"
#include "tools/trace/geth_words.h"
#include "tools/transaction_lists.h"

static bool has(const json_value *object, const char *key) {
    return json_get(object, key) != NULL;
}

/* "type", or what the fields tell. */
static bool read_type(weft_transaction *tx, const json_document *document, const json_value *object) {
    uint64_t type = WEFT_TX_LEGACY;
    if (has(object, "authorizationList")) {
        type = WEFT_TX_SET_CODE;
    } else if (has(object, "maxFeePerBlobGas")) {
        type = WEFT_TX_BLOB;
    } else if (has(object, "maxFeePerGas")) {
        type = WEFT_TX_DYNAMIC_FEE;
    } else if (has(object, "accessList")) {
        type = WEFT_TX_ACCESS_LIST;
    }
    if (!json_u64(document, object, "type", &type)) {
        return false;
    }
    if (type > WEFT_TX_SET_CODE) {
        return json_refuse(document, json_get(object, "type"), "the transaction type is not one of 0 to 4");
    }
    tx->type = (uint8_t)type;
    return true;
}

static bool read_recipient(weft_transaction *tx, const json_document *document, const json_value *object) {
    const json_value *to = json_get(object, "to");
    tx->is_creation = to == NULL || (to->kind == JSON_STRING && (to->size == 0 || strcmp(to->text, "0x") == 0));
    return tx->is_creation || json_value_exact(document, to, tx->to.bytes, sizeof tx->to.bytes);
}

/* A gas price is both of the newer fees. */
static bool read_fees(weft_transaction *tx, const json_document *document, const json_value *object) {
    bool has_market = tx->type >= WEFT_TX_DYNAMIC_FEE;
    if (!json_u256(document, object, has_market ? "maxFeePerGas" : "gasPrice", &tx->max_fee_per_gas)) {
        return false;
    }
    tx->max_priority_fee_per_gas = has_market ? tx->max_priority_fee_per_gas : tx->max_fee_per_gas;
    return !has_market || (json_u256(document, object, "maxPriorityFeePerGas", &tx->max_priority_fee_per_gas) &&
                           json_u256(document, object, "maxFeePerBlobGas", &tx->max_fee_per_blob_gas));
}

static bool read_lists(weft_transaction *tx, json_document *document, const json_value *object) {
    return (tx->type < WEFT_TX_ACCESS_LIST ||
            transaction_read_access_list(tx, document, json_get(object, "accessList"))) &&
           (tx->type != WEFT_TX_BLOB ||
            transaction_read_blob_hashes(tx, document, json_get(object, "blobVersionedHashes"))) &&
           (tx->type != WEFT_TX_SET_CODE ||
            transaction_read_authorizations(tx, document, json_get(object, "authorizationList")));
}

static bool read_fields(weft_transaction *tx, json_document *document, const json_value *object) {
    return json_u64(document, object, "chainId", &tx->chain_id) && json_u64(document, object, "nonce", &tx->nonce) &&
           json_u64(document, object, "gasLimit", &tx->gas_limit) &&
           json_u64(document, object, "gas", &tx->gas_limit) && json_u256(document, object, "value", &tx->value) &&
           json_bytes(document, object, "data", &tx->data) && json_bytes(document, object, "input", &tx->data) &&
           json_u256(document, object, "yParity", &tx->v) && json_u256(document, object, "v", &tx->v) &&
           json_u256(document, object, "r", &tx->r) && json_u256(document, object, "s", &tx->s);
}

static bool is_unsigned(const weft_transaction *tx) {
    return number_is_zero(&tx->v) && number_is_zero(&tx->r) && number_is_zero(&tx->s);
}

static bool sign(weft_transaction *tx, const json_document *document, const json_value *object, const weft_chain *chain,
                 weft_fork fork) {
    const json_value *secret = json_get(object, "secretKey");
    weft_bytes32 key;
    bool is_protected = true;
    if (secret == NULL || !is_unsigned(tx)) {
        return true;
    }
    if (!json_value_padded32(document, secret, &key) || !json_boolean(document, object, "protected", &is_protected)) {
        return false;
    }
    tx->has_chain_id = is_protected;
    tx->chain_id = tx->type == WEFT_TX_LEGACY || !has(object, "chainId") ? chain->chain_id : tx->chain_id;
    weft_transaction_facts facts;
    weft_status status = weft_transaction_sign(tx, &key);
    if (status == WEFT_INVALID_ARGUMENT) {
        return json_refuse(document, secret, "is no secp256k1 key");
    }
    if (status == WEFT_OK) {
        status = weft_transaction_check(&facts, tx, chain, fork);
    }
    if (status == WEFT_OK && geth_knows_no_such_type(facts.verdict)) {
        return json_refuse(document, object, "failed to sign: %s", geth_rejection(facts.verdict));
    }
    return status == WEFT_OK || json_fail(document, status);
}

bool transaction_json_read(weft_transaction *tx, json_document *document, const json_value *object,
                           weft_decoder *decoder, const weft_chain *chain, weft_fork fork) {
    weft_transaction fields = {0};
    weft_error error;
    if (!json_expect(document, object, JSON_OBJECT, "a transaction") || !read_type(&fields, document, object) ||
        !read_recipient(&fields, document, object) || !read_fees(&fields, document, object) ||
        !read_fields(&fields, document, object) || !read_lists(&fields, document, object) ||
        !sign(&fields, document, object, chain, fork)) {
        return false;
    }
    weft_status status = weft_transaction_encode(decoder, &fields);
    if (status == WEFT_OK) {
        status = weft_transaction_decode(decoder, tx, fields.raw, &error);
    }
    if (status == WEFT_DECODE) {
        return json_refuse(document, object, "is no transaction: %s", error.message);
    }
    return status == WEFT_OK || json_fail(document, status);
}
