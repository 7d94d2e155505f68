#include "tools/suite/payload.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <weft/crypto.h>

#include "tools/withdrawals_json.h"

typedef struct reading {
    json_document *document;
    weft_decoder *decoder;
    weft_block *block;
    payload_refusal *refusal;
} reading;

__attribute__((format(printf, 3, 4))) static void refuse(const reading *r, weft_verdict verdict, const char *format,
                                                         ...) {
    if (r->refusal->verdict == WEFT_VALID) {
        va_list values;
        va_start(values, format);
        (void)vsnprintf(r->refusal->words, sizeof r->refusal->words, format, values);
        va_end(values);
        r->refusal->verdict = verdict;
    }
}

/* The parameter of this place, NULL beyond the last. */
static const json_value *parameter(const json_value *parameters, size_t place) {
    const json_value *v = json_first(parameters);
    while (place > 0 && v != NULL) {
        v = v->next;
        place--;
    }
    return v;
}

/* --- The interface */

enum { VERSION_MAX = 5 };

static bool has_fields(const json_value *payload, uint64_t version, weft_fork fork) {
    static const struct {
        const char *name;
        uint64_t version;
    } fields[] = {
        {"withdrawals", 2}, {"blobGasUsed", 3}, {"excessBlobGas", 3}, {"blockAccessList", 5}, {"slotNumber", 5}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        bool is_wanted = version >= fields[i].version;
        if (version == 2 && fields[i].version == 2) {
            is_wanted = fork >= WEFT_SHANGHAI; /* version 2 takes payloads of version 1 too */
        }
        if ((json_get(payload, fields[i].name) != NULL) != is_wanted) {
            return false;
        }
    }
    return true;
}

/* EIP-7685: each its type and data, none empty, types ascending. */
static bool check_requests(json_document *document, const json_value *list, int *code) {
    weft_bytes last = {NULL, 0}, request;
    for (const json_value *v = json_first(list); v != NULL; v = v->next) {
        if (!json_value_bytes(document, v, &request)) {
            return false;
        }
        if (request.size < 2 || (last.size > 0 && request.data[0] <= last.data[0])) {
            *code = PAYLOAD_INVALID_PARAMETERS;
            return true;
        }
        last = request;
    }
    return true;
}

bool payload_check_interface(json_document *document, const json_value *parameters, uint64_t version,
                             const weft_chain *chain, int *code) {
    static const struct {
        size_t parameter_count;
        weft_fork first, last;
    } versions[VERSION_MAX + 1] = {[1] = {1, WEFT_PARIS, WEFT_PARIS},
                                   [2] = {1, WEFT_PARIS, WEFT_SHANGHAI},
                                   [3] = {3, WEFT_CANCUN, WEFT_CANCUN},
                                   [4] = {4, WEFT_PRAGUE, WEFT_OSAKA},
                                   [5] = {4, WEFT_AMSTERDAM, WEFT_AMSTERDAM}};
    const json_value *payload = json_first(parameters);
    uint64_t number = 0, timestamp = 0;
    *code = PAYLOAD_ACCEPTABLE;
    if (version == 0 || version > VERSION_MAX) {
        return json_refuse(document, parameters, "engine_newPayload has no version %llu", (unsigned long long)version);
    }
    if (!json_u64(document, payload, "blockNumber", &number) || !json_u64(document, payload, "timestamp", &timestamp)) {
        return false;
    }
    weft_fork fork = weft_chain_fork(chain, number, timestamp, true);
    bool is_complete = has_fields(payload, version, fork);
    for (size_t i = 0; i < versions[version].parameter_count; i++) {
        const json_value *v = parameter(parameters, i);
        is_complete &= v != NULL && v->kind != JSON_NULL;
    }
    if (!is_complete) {
        *code = PAYLOAD_INVALID_PARAMETERS;
    } else if (fork < versions[version].first || fork > versions[version].last) {
        *code = PAYLOAD_UNSUPPORTED_FORK;
    }
    return *code != PAYLOAD_ACCEPTABLE || check_requests(document, parameter(parameters, 3), code);
}

/* --- Header */

static bool read_header(const reading *r, const json_value *payload) {
    json_document *d = r->document;
    weft_header *h = &r->block->header;
    const json_value *bloom = json_get(payload, "logsBloom");
    static const uint8_t empty_list = 0xc0;
    h->ommers_hash = weft_keccak256((weft_bytes){&empty_list, 1});
    h->field_count = 16;
    return json_expect(d, payload, JSON_OBJECT, "an execution payload") &&
           json_bytes32(d, payload, "parentHash", &h->parent_hash) &&
           json_address(d, payload, "feeRecipient", &h->coinbase) &&
           json_bytes32(d, payload, "stateRoot", &h->state_root) &&
           json_bytes32(d, payload, "receiptsRoot", &h->receipts_root) &&
           json_expect(d, bloom, JSON_STRING, "\"logsBloom\"") &&
           json_value_exact(d, bloom, h->logs_bloom.bytes, sizeof h->logs_bloom.bytes) &&
           json_bytes32(d, payload, "prevRandao", &h->mix_hash) && json_u64(d, payload, "blockNumber", &h->number) &&
           json_u64(d, payload, "gasLimit", &h->gas_limit) && json_u64(d, payload, "gasUsed", &h->gas_used) &&
           json_u64(d, payload, "timestamp", &h->timestamp) && json_bytes(d, payload, "extraData", &h->extra_data) &&
           json_u256(d, payload, "baseFeePerGas", &h->base_fee_per_gas) &&
           json_u64(d, payload, "blobGasUsed", &h->blob_gas_used) &&
           json_u64(d, payload, "excessBlobGas", &h->excess_blob_gas) &&
           json_u64(d, payload, "slotNumber", &h->slot_number);
}

/* --- Body */

static bool read_transactions(const reading *r, const json_value *payload) {
    const json_value *list = json_get(payload, "transactions");
    if (!json_expect(r->document, list, JSON_ARRAY, "\"transactions\"")) {
        return false;
    }
    weft_transaction *transactions = json_allocate(r->document, (list->child_count + 1) * sizeof *transactions);
    if (transactions == NULL) {
        return false;
    }
    r->block->transactions = transactions;
    for (const json_value *v = json_first(list); v != NULL; v = v->next, r->block->transaction_count++) {
        weft_bytes raw;
        weft_error error = {.message = ""};
        if (!json_value_bytes(r->document, v, &raw)) {
            return false;
        }
        weft_status status =
            weft_transaction_decode(r->decoder, &transactions[r->block->transaction_count], raw, &error);
        if (status == WEFT_DECODE) {
            refuse(r, error.verdict, "transaction %zu: %.180s", r->block->transaction_count, error.message);
            return true;
        }
        if (status != WEFT_OK) {
            return json_fail(r->document, status);
        }
    }
    return true;
}

static bool read_withdrawals(const reading *r, const json_value *payload) {
    const json_value *list = json_get(payload, "withdrawals");
    if (list == NULL) {
        return true;
    }
    r->block->has_withdrawals = true;
    r->block->header.field_count = 17;
    return withdrawals_json_read(r->document, list, &r->block->withdrawals, &r->block->withdrawal_count);
}

/* --- Parameters beside the payload */

static bool check_versioned_hashes(const reading *r, const json_value *hashes) {
    const weft_block *block = r->block;
    const json_value *next = json_first(hashes);
    bool same = true;
    for (size_t i = 0; i < block->transaction_count; i++) {
        for (size_t k = 0; k < block->transactions[i].blob_count && same; k++) {
            weft_bytes32 hash;
            same = next != NULL;
            if (same && !json_value_exact(r->document, next, hash.bytes, sizeof hash.bytes)) {
                return false;
            }
            same = same && memcmp(&hash, &block->transactions[i].blob_hashes[k], sizeof hash) == 0;
            next = same ? next->next : NULL;
        }
    }
    if (!same || next != NULL) {
        refuse(r, WEFT_BLOCK_VERSIONED_HASHES, "the versioned hashes given are not those of the blob transactions");
    }
    return true;
}

static bool read_beacon_root(const reading *r, const json_value *parameters) {
    const json_value *root = parameter(parameters, 2);
    if (root == NULL) {
        return true;
    }
    r->block->header.field_count = 20;
    return json_value_exact(r->document, root, r->block->header.parent_beacon_block_root.bytes, 32) &&
           check_versioned_hashes(r, parameter(parameters, 1));
}

static bool read_requests(const reading *r, const json_value *list) {
    if (list == NULL) {
        return true;
    }
    if (!json_expect(r->document, list, JSON_ARRAY, "the execution requests")) {
        return false;
    }
    weft_bytes *requests = json_allocate(r->document, (list->child_count + 1) * sizeof *requests);
    size_t count = 0;
    if (requests == NULL) {
        return false;
    }
    for (const json_value *v = json_first(list); v != NULL; v = v->next, count++) {
        if (!json_value_bytes(r->document, v, &requests[count])) {
            return false;
        }
    }
    r->block->header.field_count = 21;
    r->block->header.requests_hash = weft_requests_hash(requests, count);
    return true;
}

static bool read_access_list(const reading *r, const json_value *payload, weft_bytes *access_list) {
    const json_value *list = json_get(payload, "blockAccessList");
    *access_list = (weft_bytes){NULL, 0};
    if (list == NULL) {
        return true;
    }
    if (!json_value_bytes(r->document, list, access_list)) {
        return false;
    }
    r->block->header.field_count = 23;
    r->block->header.block_access_list_hash = weft_keccak256(*access_list);
    return true;
}

/* --- All of it */

static bool check_hash(const reading *r, const json_value *payload) {
    weft_block *block = r->block;
    weft_bytes32 stated = {{0}};
    weft_status status = weft_transactions_root(&block->header.transactions_root, block);
    if (status == WEFT_OK && block->has_withdrawals) {
        status = weft_withdrawals_root(&block->header.withdrawals_root, block);
    }
    if (status == WEFT_OK) {
        status = weft_header_hash(&block->hash, &block->header);
    }
    if (status != WEFT_OK) {
        return json_fail(r->document, status);
    }
    if (!json_bytes32(r->document, payload, "blockHash", &stated)) {
        return false;
    }
    if (memcmp(&stated, &block->hash, sizeof stated) != 0) {
        refuse(r, WEFT_BLOCK_HASH, "the payload's fields give another block hash than it states");
    }
    return true;
}

bool payload_read(json_document *document, const json_value *parameters, weft_decoder *decoder, weft_block *block,
                  weft_bytes *access_list, payload_refusal *refusal) {
    const reading r = {document, decoder, block, refusal};
    const json_value *payload = json_first(parameters);
    *block = (weft_block){.transaction_count = 0};
    *refusal = (payload_refusal){.verdict = WEFT_VALID};
    if (!read_header(&r, payload) || !read_transactions(&r, payload) || !read_withdrawals(&r, payload)) {
        return false;
    }
    if (refusal->verdict != WEFT_VALID) {
        return true; /* a transaction that cannot be decoded has no root */
    }
    return read_beacon_root(&r, parameters) && read_requests(&r, parameter(parameters, 3)) &&
           read_access_list(&r, payload, access_list) && check_hash(&r, payload);
}
