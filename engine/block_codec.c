#include "engine/block_codec.h"

#include "crypto/keccak.h"
#include "engine/bal_codec.h"
#include "engine/header_codec.h"
#include "engine/transaction_codec.h"
#include "state/trie.h"
#include <weft/transaction.h>
#include <stdlib.h>

/* Smallest encodings that can be right, for decode_array(). */
enum { TRANSACTION_SIZE_MIN = 10, WITHDRAWAL_SIZE_MIN = 25, HEADER_SIZE_MIN = 450 };

struct weft_decoder {
    arena memory;
};

weft_status weft_decoder_create(weft_decoder **decoder) {
    *decoder = malloc(sizeof **decoder);
    if (*decoder == NULL) {
        return WEFT_NO_MEMORY;
    }
    arena_init(&(*decoder)->memory, 0);
    return WEFT_OK;
}

void weft_decoder_destroy(weft_decoder *decoder) {
    if (decoder != NULL) {
        arena_free(&decoder->memory);
        free(decoder);
    }
}

void weft_decoder_reset(weft_decoder *decoder) {
    arena_reset(&decoder->memory);
}

weft_status weft_block_access_list_decode(weft_decoder *decoder, weft_block_access_list *list, weft_bytes rlp,
                                          weft_error *error) {
    return bal_decode(&decoder->memory, list, rlp, error);
}

weft_status weft_block_access_list_encode(weft_decoder *decoder, weft_bytes *rlp, const weft_block_access_list *list) {
    return bal_encode(&decoder->memory, rlp, list);
}

static void transactions_read(decoding *d, rlp_cursor *c, weft_block *block) {
    rlp_cursor list = decode_list(d, c, "transactions");
    weft_transaction *transactions =
        decode_array(d, &list, "transactions", sizeof *transactions, TRANSACTION_SIZE_MIN, &block->transaction_count);
    block->transactions = transactions;
    for (size_t i = 0; i < block->transaction_count && rlp_ok(c) && !d->out_of_memory; i++) {
        d->place = (decoding_place){.object = "transaction", .index = i};
        transaction_read(d, &list, &transactions[i]);
    }
    d->place = (decoding_place){0};
}

static void ommers_read(decoding *d, rlp_cursor *c, weft_block *block) {
    rlp_cursor list = decode_list(d, c, "ommers");
    weft_header *ommers = decode_array(d, &list, "ommers", sizeof *ommers, HEADER_SIZE_MIN, &block->ommer_count);
    block->ommers = ommers;
    for (size_t i = 0; i < block->ommer_count; i++) {
        d->place = (decoding_place){.object = "ommer", .index = i};
        header_read(d, &list, &ommers[i]);
    }
    d->place = (decoding_place){0};
}

static void withdrawals_read(decoding *d, rlp_cursor *c, weft_block *block) {
    rlp_cursor list = decode_list(d, c, "withdrawals");
    weft_withdrawal *withdrawals =
        decode_array(d, &list, "withdrawals", sizeof *withdrawals, WITHDRAWAL_SIZE_MIN, &block->withdrawal_count);
    block->withdrawals = withdrawals;
    block->has_withdrawals = true;
    for (size_t i = 0; i < block->withdrawal_count; i++) {
        d->place = (decoding_place){.object = "withdrawal", .index = i};
        rlp_cursor fields = decode_list(d, &list, "withdrawal");
        withdrawals[i].index = decode_u64(d, &fields, "index");
        withdrawals[i].validator_index = decode_u64(d, &fields, "validator index");
        decode_fixed(d, &fields, "address", withdrawals[i].address.bytes, sizeof withdrawals[i].address.bytes);
        withdrawals[i].amount_gwei = decode_u64(d, &fields, "amount");
        decode_end(d, &fields, "withdrawal");
    }
    d->place = (decoding_place){0};
}

static void block_read(decoding *d, rlp_cursor *c, weft_block *block) {
    *block = (weft_block){0};
    const uint8_t *start = c->next;
    rlp_cursor parts = decode_list(d, c, "block");
    block->rlp_size = (size_t)(c->next - start);
    const uint8_t *header = parts.next;
    d->place = (decoding_place){.object = "header", .index = SIZE_MAX};
    header_read(d, &parts, &block->header);
    d->place = (decoding_place){0};
    if (rlp_ok(c)) {
        block->hash = keccak256(header, (size_t)(parts.next - header));
    }
    transactions_read(d, &parts, block);
    ommers_read(d, &parts, block);
    if (!rlp_at_end(&parts)) {
        withdrawals_read(d, &parts, block);
    }
    decode_end(d, &parts, "block");
}

weft_status weft_block_decode(weft_decoder *decoder, weft_block *block, size_t *consumed, weft_bytes rlp,
                              weft_error *error) {
    arena_mark mark = arena_checkpoint(&decoder->memory);
    decoding d;
    rlp_cursor c = decoding_begin(&d, &decoder->memory, rlp);
    block_read(&d, &c, block);
    if (consumed != NULL) {
        *consumed = block->rlp_size;
    } else {
        decode_end(&d, &c, "block");
    }
    weft_status status = decoding_end(&d, error);
    if (status != WEFT_OK) {
        arena_rollback(&decoder->memory, mark);
    }
    return status;
}

weft_status weft_transaction_decode(weft_decoder *decoder, weft_transaction *tx, weft_bytes raw, weft_error *error) {
    arena_mark mark = arena_checkpoint(&decoder->memory);
    decoding d;
    rlp_cursor c = decoding_begin(&d, &decoder->memory, raw);
    transaction_read_alone(&d, &c, tx);
    weft_status status = decoding_end(&d, error);
    if (status != WEFT_OK) {
        arena_rollback(&decoder->memory, mark);
    }
    return status;
}

weft_status weft_transaction_encode(weft_decoder *decoder, weft_transaction *tx) {
    rlp_writer measure = {0};
    transaction_put(&measure, tx);
    uint8_t *bytes = arena_alloc(&decoder->memory, measure.size);
    if (bytes == NULL) {
        return WEFT_NO_MEMORY;
    }
    transaction_put(&(rlp_writer){.next = bytes}, tx);
    tx->raw = (weft_bytes){bytes, measure.size};
    return WEFT_OK;
}

/* A typed transaction is a string in the list, a legacy one the list that it is. */
static void transaction_items_put(rlp_writer *w, const weft_transaction *transactions, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const weft_bytes *raw = &transactions[i].raw;
        if (transactions[i].type != WEFT_TX_LEGACY) {
            put_string(w, raw->data, raw->size);
        } else {
            put_raw(w, raw->data, raw->size);
        }
    }
}

static void transaction_list_put(rlp_writer *w, const weft_transaction *transactions, size_t count) {
    rlp_writer items = {0};
    transaction_items_put(&items, transactions, count);
    put_list_header(w, items.size);
    transaction_items_put(w, transactions, count);
}

weft_status weft_transaction_list_encode(weft_decoder *decoder, weft_bytes *rlp, const weft_transaction *transactions,
                                         size_t count) {
    rlp_writer measure = {0};
    transaction_list_put(&measure, transactions, count);
    uint8_t *bytes = arena_alloc(&decoder->memory, measure.size);
    if (bytes == NULL) {
        return WEFT_NO_MEMORY;
    }
    transaction_list_put(&(rlp_writer){.next = bytes}, transactions, count);
    *rlp = (weft_bytes){bytes, measure.size};
    return WEFT_OK;
}

weft_status weft_transaction_list_split(weft_decoder *decoder, const weft_bytes **items, size_t *count, weft_bytes rlp,
                                        weft_error *error) {
    decoding d;
    rlp_cursor c = decoding_begin(&d, &decoder->memory, rlp);
    rlp_cursor list = decode_list(&d, &c, "transactions");
    decode_end(&d, &c, "transactions");
    weft_bytes *found = decode_array(&d, &list, "transactions", sizeof *found, 1, count);
    for (size_t i = 0; found != NULL && i < *count; i++) {
        found[i] = rlp_next_is_list(&list) ? rlp_read_raw(&list) : rlp_read_string(&list);
    }
    *items = found;
    return decoding_end(&d, error);
}

weft_status weft_transactions_root(weft_bytes32 *root, const weft_block *block) {
    weft_bytes *values = calloc(block->transaction_count + 1, sizeof *values);
    if (values == NULL) {
        return WEFT_NO_MEMORY;
    }
    for (size_t i = 0; i < block->transaction_count; i++) {
        values[i] = block->transactions[i].raw;
    }
    weft_status status = ordered_trie_root(root, values, block->transaction_count);
    free(values);
    return status;
}

static void withdrawal_fields_put(rlp_writer *w, const weft_withdrawal *withdrawal) {
    put_u64(w, withdrawal->index);
    put_u64(w, withdrawal->validator_index);
    put_string(w, withdrawal->address.bytes, sizeof withdrawal->address.bytes);
    put_u64(w, withdrawal->amount_gwei);
}

static void withdrawal_put(rlp_writer *w, const weft_withdrawal *withdrawal) {
    rlp_writer fields = {0};
    withdrawal_fields_put(&fields, withdrawal);
    put_list_header(w, fields.size);
    withdrawal_fields_put(w, withdrawal);
}

weft_status withdrawals_root(weft_bytes32 *root, const weft_withdrawal *withdrawals, size_t count) {
    typedef struct encoding {
        uint8_t bytes[1 + 9 + 9 + 21 + 9];
    } encoding;
    weft_bytes *values = calloc(count + 1, sizeof *values);
    encoding *encodings = calloc(count + 1, sizeof *encodings);
    weft_status status = WEFT_NO_MEMORY;
    if (values != NULL && encodings != NULL) {
        for (size_t i = 0; i < count; i++) {
            rlp_writer writer = {.next = encodings[i].bytes};
            withdrawal_put(&writer, &withdrawals[i]);
            values[i] = (weft_bytes){encodings[i].bytes, writer.size};
        }
        status = ordered_trie_root(root, values, count);
    }
    free(encodings);
    free(values);
    return status;
}

weft_status weft_withdrawals_root(weft_bytes32 *root, const weft_block *block) {
    return withdrawals_root(root, block->withdrawals, block->withdrawal_count);
}

static void withdrawal_items_put(rlp_writer *w, const weft_block *block) {
    for (size_t i = 0; i < block->withdrawal_count; i++) {
        withdrawal_put(w, &block->withdrawals[i]);
    }
}

static void block_parts_put(rlp_writer *w, const weft_block *block) {
    header_put(w, &block->header);
    transaction_list_put(w, block->transactions, block->transaction_count);
    header_list_put(w, block->ommers, block->ommer_count);
    if (block->has_withdrawals) {
        rlp_writer items = {0};
        withdrawal_items_put(&items, block);
        put_list_header(w, items.size);
        withdrawal_items_put(w, block);
    }
}

static bool headers_are_known(const weft_block *block) {
    bool known = header_field_count_is_known(block->header.field_count);
    for (size_t i = 0; i < block->ommer_count; i++) {
        known = known && header_field_count_is_known(block->ommers[i].field_count);
    }
    return known;
}

weft_status weft_block_encode(weft_decoder *decoder, weft_bytes *rlp, const weft_block *block) {
    if (!headers_are_known(block)) {
        return WEFT_INVALID_ARGUMENT;
    }
    rlp_writer measure = {0};
    block_parts_put(&measure, block);
    uint8_t *bytes = arena_alloc(&decoder->memory, rlp_size_list(measure.size));
    if (bytes == NULL) {
        return WEFT_NO_MEMORY;
    }
    rlp_writer w = {.next = bytes};
    put_list_header(&w, measure.size);
    block_parts_put(&w, block);
    *rlp = (weft_bytes){bytes, w.size};
    return WEFT_OK;
}

weft_status weft_header_encode(weft_decoder *decoder, weft_bytes *rlp, const weft_header *header) {
    if (!header_field_count_is_known(header->field_count)) {
        return WEFT_INVALID_ARGUMENT;
    }
    rlp_writer measure = {0};
    header_put(&measure, header);
    uint8_t *bytes = arena_alloc(&decoder->memory, measure.size);
    if (bytes == NULL) {
        return WEFT_NO_MEMORY;
    }
    header_put(&(rlp_writer){.next = bytes}, header);
    *rlp = (weft_bytes){bytes, measure.size};
    return WEFT_OK;
}

weft_status weft_ommers_hash(weft_bytes32 *hash, const weft_block *block) {
    return ommers_hash(hash, block->ommers, block->ommer_count);
}
