#include "tools/suite/header_json.h"

#include <stddef.h>
#include <string.h>

static bool read_exact(const json_document *document, const json_value *object, const char *key, uint8_t *out,
                       size_t size) {
    const json_value *value = json_get(object, key);
    return value == NULL || json_value_exact(document, value, out, size);
}

/* Test fixtures and the JSON-RPC interface call some fields by different names. */
static const char *either(const json_value *object, const char *fixture_key, const char *rpc_key) {
    return json_get(object, fixture_key) != NULL ? fixture_key : rpc_key;
}

static bool read_basics(json_document *document, const json_value *object, weft_header *h) {
    return json_bytes32(document, object, "parentHash", &h->parent_hash) &&
           json_bytes32(document, object, either(object, "uncleHash", "sha3Uncles"), &h->ommers_hash) &&
           json_address(document, object, either(object, "coinbase", "miner"), &h->coinbase) &&
           json_bytes32(document, object, "stateRoot", &h->state_root) &&
           json_bytes32(document, object, either(object, "transactionsTrie", "transactionsRoot"),
                        &h->transactions_root) &&
           json_bytes32(document, object, either(object, "receiptTrie", "receiptsRoot"), &h->receipts_root) &&
           read_exact(document, object, either(object, "bloom", "logsBloom"), h->logs_bloom.bytes,
                      sizeof h->logs_bloom.bytes) &&
           json_u256(document, object, "difficulty", &h->difficulty) &&
           json_u64(document, object, "number", &h->number) && json_u64(document, object, "gasLimit", &h->gas_limit) &&
           json_u64(document, object, "gasUsed", &h->gas_used) &&
           json_u64(document, object, "timestamp", &h->timestamp) &&
           json_bytes(document, object, "extraData", &h->extra_data) &&
           json_bytes32(document, object, "mixHash", &h->mix_hash) &&
           read_exact(document, object, "nonce", h->nonce, sizeof h->nonce);
}

static bool read_extensions(const json_document *document, const json_value *object, weft_header *h) {
    static const struct {
        const char *last_key;
        unsigned field_count;
    } forms[] = {{"blockAccessListHash", 23},
                 {"requestsHash", 21},
                 {"parentBeaconBlockRoot", 20},
                 {"withdrawalsRoot", 17},
                 {"baseFeePerGas", 16}};
    h->field_count = 15;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0] && h->field_count == 15; i++) {
        h->field_count = json_get(object, forms[i].last_key) != NULL ? forms[i].field_count : 15;
    }
    return json_u256(document, object, "baseFeePerGas", &h->base_fee_per_gas) &&
           json_bytes32(document, object, "withdrawalsRoot", &h->withdrawals_root) &&
           json_u64(document, object, "blobGasUsed", &h->blob_gas_used) &&
           json_u64(document, object, "excessBlobGas", &h->excess_blob_gas) &&
           json_bytes32(document, object, "parentBeaconBlockRoot", &h->parent_beacon_block_root) &&
           json_bytes32(document, object, "requestsHash", &h->requests_hash) &&
           json_bytes32(document, object, "blockAccessListHash", &h->block_access_list_hash) &&
           json_u64(document, object, "slotNumber", &h->slot_number);
}

bool header_json_fill(json_document *document, const json_value *object, weft_header *header) {
    return json_expect(document, object, JSON_OBJECT, "a block header") && read_basics(document, object, header) &&
           read_extensions(document, object, header);
}

bool header_json_read(json_document *document, const json_value *object, weft_header *header, weft_bytes32 *hash) {
    *header = (weft_header){0};
    if (!header_json_fill(document, object, header)) {
        return false;
    }
    weft_status status = weft_header_hash(hash, header);
    return status == WEFT_OK || json_fail(document, status);
}

#define FIELD(key, member) \
    { key, offsetof(weft_header, member), sizeof(((weft_header *)0)->member) }

/* All but the extra data, which lies elsewhere. */
static const struct {
    const char *key;
    size_t offset, size; /* bytes */
} fields[] = {FIELD("parentHash", parent_hash),
              FIELD("uncleHash", ommers_hash),
              FIELD("coinbase", coinbase),
              FIELD("stateRoot", state_root),
              FIELD("transactionsTrie", transactions_root),
              FIELD("receiptTrie", receipts_root),
              FIELD("bloom", logs_bloom),
              FIELD("difficulty", difficulty),
              FIELD("number", number),
              FIELD("gasLimit", gas_limit),
              FIELD("gasUsed", gas_used),
              FIELD("timestamp", timestamp),
              FIELD("mixHash", mix_hash),
              FIELD("nonce", nonce),
              FIELD("baseFeePerGas", base_fee_per_gas),
              FIELD("withdrawalsRoot", withdrawals_root),
              FIELD("blobGasUsed", blob_gas_used),
              FIELD("excessBlobGas", excess_blob_gas),
              FIELD("parentBeaconBlockRoot", parent_beacon_block_root),
              FIELD("requestsHash", requests_hash),
              FIELD("blockAccessListHash", block_access_list_hash),
              FIELD("slotNumber", slot_number)};

static const char *find_difference(const weft_header *a, const weft_header *b) {
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (memcmp((const char *)a + fields[i].offset, (const char *)b + fields[i].offset, fields[i].size) != 0) {
            return fields[i].key;
        }
    }
    bool has_same_data =
        a->extra_data.size == b->extra_data.size &&
        (a->extra_data.size == 0 || memcmp(a->extra_data.data, b->extra_data.data, a->extra_data.size) == 0);
    return has_same_data ? NULL : "extraData";
}

bool header_json_compare(json_document *document, const json_value *object, const weft_block *block,
                         const char **field) {
    weft_header stated = block->header;
    weft_bytes32 stated_hash = block->hash;
    if (!header_json_fill(document, object, &stated) || !json_bytes32(document, object, "hash", &stated_hash)) {
        return false;
    }
    *field = find_difference(&stated, &block->header);
    if (*field == NULL && memcmp(&stated_hash, &block->hash, sizeof stated_hash) != 0) {
        *field = "hash";
    }
    return true;
}
