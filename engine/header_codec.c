#include "engine/header_codec.h"

#include "base/bytes.h"
#include "crypto/keccak.h"
#include <stdlib.h>

enum {
    FRONTIER_FIELDS = 15,
    LONDON_FIELDS = 16,
    SHANGHAI_FIELDS = 17,
    CANCUN_FIELDS = 20,
    PRAGUE_FIELDS = 21,
    AMSTERDAM_FIELDS = 23
};

const weft_bytes32 ommers_hash_empty = {{0x1d, 0xcc, 0x4d, 0xe8, 0xde, 0xc7, 0x5d, 0x7a, 0xab, 0x85, 0xb5,
                                         0x67, 0xb6, 0xcc, 0xd4, 0x1a, 0xd3, 0x12, 0x45, 0x1b, 0x94, 0x8a,
                                         0x74, 0x13, 0xf0, 0xa1, 0x42, 0xfd, 0x40, 0xd4, 0x93, 0x47}};

bool header_field_count_is_known(size_t field_count) {
    return field_count == FRONTIER_FIELDS || field_count == LONDON_FIELDS || field_count == SHANGHAI_FIELDS ||
           field_count == CANCUN_FIELDS || field_count == PRAGUE_FIELDS || field_count == AMSTERDAM_FIELDS;
}

void header_read(decoding *d, rlp_cursor *c, weft_header *header) {
    *header = (weft_header){0};
    rlp_cursor fields = decode_list(d, c, "header");
    size_t count = decode_count(d, &fields, "header");
    if (rlp_ok(c) && !header_field_count_is_known(count)) {
        decode_fail_as(d, &fields, "header", "a header has 15, 16, 17, 20, 21 or 23 fields", WEFT_BLOCK_FORMAT);
    }
    header->field_count = (unsigned)count;
    decode_fixed(d, &fields, "parent hash", header->parent_hash.bytes, 32);
    decode_fixed(d, &fields, "ommers hash", header->ommers_hash.bytes, 32);
    decode_fixed(d, &fields, "coinbase", header->coinbase.bytes, 20);
    decode_fixed(d, &fields, "state root", header->state_root.bytes, 32);
    decode_fixed(d, &fields, "transactions root", header->transactions_root.bytes, 32);
    decode_fixed(d, &fields, "receipts root", header->receipts_root.bytes, 32);
    decode_fixed(d, &fields, "logs bloom", header->logs_bloom.bytes, sizeof header->logs_bloom.bytes);
    header->difficulty = decode_u256(d, &fields, "difficulty");
    header->number = decode_u64(d, &fields, "number");
    header->gas_limit = decode_u64(d, &fields, "gas limit");
    header->gas_used = decode_u64(d, &fields, "gas used");
    header->timestamp = decode_u64(d, &fields, "timestamp");
    header->extra_data = decode_string(d, &fields, "extra data");
    decode_fixed(d, &fields, "mix hash", header->mix_hash.bytes, 32);
    decode_fixed(d, &fields, "nonce", header->nonce, sizeof header->nonce);
    if (count >= LONDON_FIELDS) {
        header->base_fee_per_gas = decode_u256(d, &fields, "base fee");
    }
    if (count >= SHANGHAI_FIELDS) {
        decode_fixed(d, &fields, "withdrawals root", header->withdrawals_root.bytes, 32);
    }
    if (count >= CANCUN_FIELDS) {
        header->blob_gas_used = decode_u64(d, &fields, "blob gas used");
        header->excess_blob_gas = decode_u64(d, &fields, "excess blob gas");
        decode_fixed(d, &fields, "parent beacon block root", header->parent_beacon_block_root.bytes, 32);
    }
    if (count >= PRAGUE_FIELDS) {
        decode_fixed(d, &fields, "requests hash", header->requests_hash.bytes, 32);
    }
    if (count >= AMSTERDAM_FIELDS) {
        decode_fixed(d, &fields, "block access list hash", header->block_access_list_hash.bytes, 32);
        header->slot_number = decode_u64(d, &fields, "slot number");
    }
    decode_end(d, &fields, "header");
}

static void fields_put(rlp_writer *w, const weft_header *header) {
    put_string(w, header->parent_hash.bytes, 32);
    put_string(w, header->ommers_hash.bytes, 32);
    put_string(w, header->coinbase.bytes, 20);
    put_string(w, header->state_root.bytes, 32);
    put_string(w, header->transactions_root.bytes, 32);
    put_string(w, header->receipts_root.bytes, 32);
    put_string(w, header->logs_bloom.bytes, sizeof header->logs_bloom.bytes);
    put_u256(w, &header->difficulty);
    put_u64(w, header->number);
    put_u64(w, header->gas_limit);
    put_u64(w, header->gas_used);
    put_u64(w, header->timestamp);
    put_string(w, header->extra_data.data, header->extra_data.size);
    put_string(w, header->mix_hash.bytes, 32);
    put_string(w, header->nonce, sizeof header->nonce);
    if (header->field_count >= LONDON_FIELDS) {
        put_u256(w, &header->base_fee_per_gas);
    }
    if (header->field_count >= SHANGHAI_FIELDS) {
        put_string(w, header->withdrawals_root.bytes, 32);
    }
    if (header->field_count >= CANCUN_FIELDS) {
        put_u64(w, header->blob_gas_used);
        put_u64(w, header->excess_blob_gas);
        put_string(w, header->parent_beacon_block_root.bytes, 32);
    }
    if (header->field_count >= PRAGUE_FIELDS) {
        put_string(w, header->requests_hash.bytes, 32);
    }
    if (header->field_count >= AMSTERDAM_FIELDS) {
        put_string(w, header->block_access_list_hash.bytes, 32);
        put_u64(w, header->slot_number);
    }
}

void header_put(rlp_writer *w, const weft_header *header) {
    rlp_writer fields = {0};
    fields_put(&fields, header);
    put_list_header(w, fields.size);
    fields_put(w, header);
}

static void headers_put(rlp_writer *w, const weft_header *headers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        header_put(w, &headers[i]);
    }
}

void header_list_put(rlp_writer *w, const weft_header *headers, size_t count) {
    rlp_writer items = {0};
    headers_put(&items, headers, count);
    put_list_header(w, items.size);
    headers_put(w, headers, count);
}

/* keccak256 of what `put` makes of the headers. */
static weft_status headers_hash(weft_bytes32 *hash, const weft_header *headers, size_t count,
                                void (*put)(rlp_writer *w, const weft_header *headers, size_t count)) {
    for (size_t i = 0; i < count; i++) {
        if (!header_field_count_is_known(headers[i].field_count)) {
            return WEFT_INVALID_ARGUMENT;
        }
    }
    rlp_writer measure = {0};
    put(&measure, headers, count);
    uint8_t *encoding = malloc(measure.size);
    if (encoding == NULL) {
        return WEFT_NO_MEMORY;
    }
    put(&(rlp_writer){.next = encoding}, headers, count);
    *hash = keccak256(encoding, measure.size);
    free(encoding);
    return WEFT_OK;
}

weft_status weft_header_hash(weft_bytes32 *hash, const weft_header *header) {
    return headers_hash(hash, header, 1, headers_put);
}

weft_status ommers_hash(weft_bytes32 *hash, const weft_header *ommers, size_t count) {
    return headers_hash(hash, ommers, count, header_list_put);
}

weft_status weft_header_decode(weft_header *header, weft_bytes32 *hash, weft_bytes rlp, weft_error *error) {
    decoding d;
    rlp_cursor c = decoding_begin(&d, NULL, rlp);
    header_read(&d, &c, header);
    decode_end(&d, &c, "header");
    weft_status status = decoding_end(&d, error);
    if (status == WEFT_OK) {
        *hash = keccak256(rlp.data, rlp.size);
    }
    return status;
}
