#include "bench/peer_case.h"

#include <inttypes.h>
#include <string.h>

#include "bench/touched_slots.h"
#include "tools/header_fork.h"
#include "tools/hex.h"
#include "tools/json_writer.h"

enum { BLOCKHASH_WINDOW = 256 };

typedef struct writing {
    json_writer json;
    const peer_case *c;
    weft_fork fork;
    weft_status status; /* the first that is not WEFT_OK */
} writing;

static bool is_well(const writing *w) {
    return w->status == WEFT_OK;
}

static weft_blob_parameters blobs_of(const peer_case *c) {
    weft_blob_parameters found = {0};
    for (size_t i = 0; i < c->chain->blob_schedule_count; i++) {
        if (c->chain->blob_schedule[i].activation_time <= c->block->header.timestamp) {
            found = c->chain->blob_schedule[i];
        }
    }
    return found;
}

/* --- The block */

static void write_senders(writing *w) {
    const weft_block *block = w->c->block;
    json_write_open(&w->json, "senders", '[');
    for (size_t i = 0; i < block->transaction_count && is_well(w); i++) {
        const weft_transaction *tx = &block->transactions[i];
        w->status = tx->has_sender ? WEFT_OK : WEFT_DECODE;
        json_write_address(&w->json, NULL, &tx->sender);
    }
    json_write_close(&w->json, ']');
}

static void write_block(writing *w) {
    weft_decoder *decoder = NULL;
    weft_bytes rlp;
    w->status = weft_decoder_create(&decoder);
    if (is_well(w)) {
        w->status = weft_block_encode(decoder, &rlp, w->c->block);
    }
    if (is_well(w)) {
        json_write_bytes(&w->json, "block", rlp);
        write_senders(w);
    }
    weft_decoder_destroy(decoder);
}

static void write_hashes(writing *w) {
    const weft_state_view *view = w->c->view;
    uint64_t end = w->c->block->header.number, begin = end > BLOCKHASH_WINDOW ? end - BLOCKHASH_WINDOW : 0;
    json_write_open(&w->json, "block_hashes", '{');
    for (uint64_t number = begin; number < end; number++) {
        weft_bytes32 hash;
        char key[24];
        (void)snprintf(key, sizeof key, "%" PRIu64, number);
        if (view->block_hash(view->context, &hash, number) ==
            WEFT_OK) { /* who records a block keeps what it asks for */
            json_write_bytes32(&w->json, key, &hash);
        }
    }
    json_write_close(&w->json, '}');
}

/* --- The state */

static void write_slot(writing *w, const weft_address *address, const weft_u256 *slot) {
    const weft_state_view *view = w->c->view;
    const weft_bytes32 key = hex_number_bytes(slot);
    weft_u256 value;
    char text[HEX_BYTES32_TEXT_SIZE];
    w->status = view->storage(view->context, &value, address, &key);
    if (is_well(w)) {
        json_write_u256(&w->json, hex_format_quantity(text, slot), &value);
    }
}

static void write_account(writing *w, const weft_account_access *access) {
    const weft_state_view *view = w->c->view;
    weft_account account;
    weft_bytes code = {NULL, 0};
    char text[HEX_BYTES32_TEXT_SIZE];
    w->status = view->account(view->context, &account, &access->address);
    if (!is_well(w) || !account.exists) {
        return;
    }
    w->status = view->code(view->context, &code, &access->address, &account.code_hash);
    if (w->status == WEFT_STATE_UNAVAILABLE) { /* who records a block leaves out the codes that it only looks at */
        w->status = WEFT_OK;
    }
    json_write_open(&w->json, hex_encode(text, access->address.bytes, sizeof access->address.bytes), '{');
    json_write_u256(&w->json, "balance", &account.balance);
    json_write_count(&w->json, "nonce", account.nonce);
    json_write_bytes32(&w->json, "code_hash", &account.code_hash);
    json_write_bytes(&w->json, "code", code);
    json_write_open(&w->json, "storage", '{');
    for (size_t i = 0; i < touched_slot_count(access) && is_well(w); i++) {
        write_slot(w, &access->address, touched_slot(access, i));
    }
    json_write_close(&w->json, '}');
    json_write_close(&w->json, '}');
}

static void write_state(writing *w) {
    weft_decoder *decoder = NULL;
    weft_block_access_list list = {0};
    w->status = weft_decoder_create(&decoder);
    if (is_well(w)) {
        w->status = weft_block_access_list_decode(decoder, &list, w->c->access_list, NULL);
    }
    json_write_open(&w->json, "state", '{');
    for (size_t i = 0; i < list.account_count && is_well(w); i++) {
        write_account(w, &list.accounts[i]);
    }
    json_write_close(&w->json, '}');
    weft_decoder_destroy(decoder);
}

/* --- All of it */

static bool has_signatures(const weft_block *block) {
    for (size_t i = 0; i < block->transaction_count; i++) {
        if (block->transactions[i].raw.size == 0) {
            return false;
        }
    }
    return true;
}

weft_status peer_case_write(FILE *stream, const peer_case *c, failure *f) {
    writing w = {
        .json = {.stream = stream}, .c = c, .fork = header_fork(c->chain, &c->block->header), .status = WEFT_OK};
    if (!has_signatures(c->block)) {
        return failure_set(f, WEFT_UNSUPPORTED, "%s: was recorded without signatures", c->name);
    }
    const weft_blob_parameters blobs = blobs_of(c);
    json_write_open(&w.json, NULL, '{');
    json_write_count(&w.json, "chain_id", c->chain->chain_id);
    json_write_text(&w.json, "fork", weft_fork_name(w.fork));
    json_write_count(&w.json, "blobs_per_block", blobs.max);
    json_write_count(&w.json, "blob_base_fee_update_fraction", blobs.base_fee_update_fraction);
    write_block(&w);
    if (is_well(&w)) {
        write_hashes(&w);
        write_state(&w);
    }
    json_write_close(&w.json, '}');
    json_write_end(&w.json);
    return is_well(&w) ? WEFT_OK : failure_set(f, w.status, "%s: %s", c->name, weft_status_message(w.status));
}
