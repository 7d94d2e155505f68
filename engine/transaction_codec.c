#include "engine/transaction_codec.h"

#include "base/u256.h"
#include "crypto/keccak.h"

/* Smallest encodings that can be right, for decode_array(). */
enum {
    ADDRESS_ITEM_SIZE = 21,
    WORD_ITEM_SIZE = 33,
    ACCESS_ENTRY_SIZE_MIN = 1 + ADDRESS_ITEM_SIZE + 1,
    AUTHORIZATION_SIZE_MIN = 1 + ADDRESS_ITEM_SIZE + 5
};

static void recipient_read(decoding *d, rlp_cursor *c, weft_transaction *tx) {
    weft_bytes to = decode_string(d, c, "recipient");
    tx->is_creation = to.size == 0;
    if (to.size == sizeof tx->to.bytes) {
        memcpy(tx->to.bytes, to.data, to.size);
    } else if (to.size != 0) {
        decode_fail(d, c, "recipient", "must be empty or 20 bytes");
    }
}

static void access_list_read(decoding *d, rlp_cursor *c, weft_transaction *tx) {
    rlp_cursor list = decode_list(d, c, "access list");
    weft_access_entry *entries =
        decode_array(d, &list, "access list", sizeof *entries, ACCESS_ENTRY_SIZE_MIN, &tx->access_count);
    tx->access_list = entries;
    d->place.part = "access list entry";
    for (size_t i = 0; i < tx->access_count && rlp_ok(c) && !d->out_of_memory; i++) {
        d->place.part_index = i;
        rlp_cursor entry = decode_list(d, &list, "entry");
        decode_fixed(d, &entry, "address", entries[i].address.bytes, sizeof entries[i].address.bytes);
        rlp_cursor slots = decode_list(d, &entry, "storage keys");
        weft_bytes32 *keys =
            decode_array(d, &slots, "storage keys", sizeof *keys, WORD_ITEM_SIZE, &entries[i].slot_count);
        entries[i].slots = keys;
        for (size_t k = 0; k < entries[i].slot_count; k++) {
            decode_fixed(d, &slots, "storage key", keys[k].bytes, sizeof keys[k].bytes);
        }
        decode_end(d, &entry, "entry");
    }
    d->place.part = NULL;
}

static void blob_hashes_read(decoding *d, rlp_cursor *c, weft_transaction *tx) {
    rlp_cursor list = decode_list(d, c, "blob hashes");
    weft_bytes32 *hashes = decode_array(d, &list, "blob hashes", sizeof *hashes, WORD_ITEM_SIZE, &tx->blob_count);
    tx->blob_hashes = hashes;
    for (size_t i = 0; i < tx->blob_count; i++) {
        decode_fixed(d, &list, "blob hash", hashes[i].bytes, sizeof hashes[i].bytes);
    }
}

static void authorizations_read(decoding *d, rlp_cursor *c, weft_transaction *tx) {
    rlp_cursor list = decode_list(d, c, "authorization list");
    weft_authorization *tuples =
        decode_array(d, &list, "authorization list", sizeof *tuples, AUTHORIZATION_SIZE_MIN, &tx->authorization_count);
    tx->authorizations = tuples;
    d->place.part = "authorization";
    for (size_t i = 0; i < tx->authorization_count && rlp_ok(c); i++) {
        d->place.part_index = i;
        rlp_cursor tuple = decode_list(d, &list, "tuple");
        tuples[i].chain_id = decode_u256(d, &tuple, "chain id");
        decode_fixed(d, &tuple, "address", tuples[i].address.bytes, sizeof tuples[i].address.bytes);
        tuples[i].nonce = decode_u64(d, &tuple, "nonce");
        tuples[i].y_parity = decode_u256(d, &tuple, "y parity");
        if (u256_bit_length(&tuples[i].y_parity) > 8) {
            decode_fail(d, &tuple, "y parity", "an integer is wider than its field");
        }
        tuples[i].r = decode_u256(d, &tuple, "r");
        tuples[i].s = decode_u256(d, &tuple, "s");
        decode_end(d, &tuple, "tuple");
    }
    d->place.part = NULL;
}

static void signature_read(decoding *d, rlp_cursor *c, weft_transaction *tx) {
    tx->v = decode_u256(d, c, "v");
    tx->r = decode_u256(d, c, "r");
    tx->s = decode_u256(d, c, "s");
    decode_end(d, c, "transaction");
}

/* EIP-155: v = 35 + 2 * chain id + y parity. A chain id that is wider than 64 bits is no chain's: it reads as the
 * largest, and the signature's check looks at v itself. */
static void protection_read(weft_transaction *tx) {
    weft_u256 base = u256_from_u64(35);
    tx->has_chain_id = !u256_less(&tx->v, &base);
    if (tx->has_chain_id) {
        weft_u256 doubled = u256_sub(&tx->v, &base);
        weft_u256 chain_id = u256_shift_right(&doubled, 1);
        tx->chain_id = u256_fits_u64(&chain_id) ? chain_id.limb[0] : UINT64_MAX;
    }
}

static void legacy_read(decoding *d, rlp_cursor *c, weft_transaction *tx) {
    rlp_cursor fields = decode_list(d, c, "transaction");
    tx->nonce = decode_u64(d, &fields, "nonce");
    tx->max_fee_per_gas = decode_u256(d, &fields, "gas price");
    tx->max_priority_fee_per_gas = tx->max_fee_per_gas;
    tx->gas_limit = decode_u64(d, &fields, "gas limit");
    recipient_read(d, &fields, tx);
    tx->value = decode_u256(d, &fields, "value");
    tx->data = decode_string(d, &fields, "data");
    signature_read(d, &fields, tx);
    protection_read(tx);
}

/* The payload after the type byte. The types share one order of fields and differ in which of them they have. */
static void payload_read(decoding *d, rlp_cursor *c, weft_transaction *tx) {
    rlp_cursor fields = decode_list(d, c, "transaction");
    if (tx->type == WEFT_TX_BLOB && rlp_next_is_list(&fields)) {
        decode_fail(d, &fields, "transaction", "a blob transaction with its sidecar (network form) is not for blocks");
    }
    tx->has_chain_id = true;
    tx->chain_id = decode_u64(d, &fields, "chain id");
    tx->nonce = decode_u64(d, &fields, "nonce");
    if (tx->type == WEFT_TX_ACCESS_LIST) {
        tx->max_fee_per_gas = decode_u256(d, &fields, "gas price");
        tx->max_priority_fee_per_gas = tx->max_fee_per_gas;
    } else {
        tx->max_priority_fee_per_gas = decode_u256(d, &fields, "max priority fee per gas");
        tx->max_fee_per_gas = decode_u256(d, &fields, "max fee per gas");
    }
    tx->gas_limit = decode_u64(d, &fields, "gas limit");
    recipient_read(d, &fields, tx);
    tx->value = decode_u256(d, &fields, "value");
    tx->data = decode_string(d, &fields, "data");
    access_list_read(d, &fields, tx);
    if (tx->type == WEFT_TX_BLOB) {
        tx->max_fee_per_blob_gas = decode_u256(d, &fields, "max fee per blob gas");
        blob_hashes_read(d, &fields, tx);
    } else if (tx->type == WEFT_TX_SET_CODE) {
        authorizations_read(d, &fields, tx);
    }
    signature_read(d, &fields, tx);
}

/* `c` walks exactly tx->raw. */
static void typed_read(decoding *d, rlp_cursor *c, weft_transaction *tx) {
    uint8_t type = tx->raw.size != 0 ? tx->raw.data[0] : 0;
    if (type < WEFT_TX_ACCESS_LIST || type > WEFT_TX_SET_CODE) {
        decode_fail(d, c, "transaction", "the type is not one of 1 to 4");
        return;
    }
    c->next++;
    tx->type = type;
    payload_read(d, c, tx);
    decode_end(d, c, "transaction");
}

void transaction_read(decoding *d, rlp_cursor *c, weft_transaction *tx) {
    *tx = (weft_transaction){0};
    if (rlp_next_is_list(c)) {
        const uint8_t *start = c->next;
        legacy_read(d, c, tx);
        tx->raw = (weft_bytes){start, (size_t)(c->next - start)};
    } else {
        tx->raw = decode_string(d, c, "transaction");
        rlp_cursor inside = decode_within(c, tx->raw);
        typed_read(d, &inside, tx);
    }
}

void transaction_read_alone(decoding *d, rlp_cursor *c, weft_transaction *tx) {
    *tx = (weft_transaction){.raw = {c->next, (size_t)(c->end - c->next)}};
    if (rlp_next_is_list(c)) {
        legacy_read(d, c, tx);
        decode_end(d, c, "transaction");
    } else {
        typed_read(d, c, tx);
    }
}

static void access_entries_put(rlp_writer *w, const weft_transaction *tx) {
    for (size_t i = 0; i < tx->access_count; i++) {
        const weft_access_entry *entry = &tx->access_list[i];
        size_t slots_size = entry->slot_count * WORD_ITEM_SIZE;
        put_list_header(w, ADDRESS_ITEM_SIZE + rlp_size_list(slots_size));
        put_string(w, entry->address.bytes, sizeof entry->address.bytes);
        put_list_header(w, slots_size);
        for (size_t k = 0; k < entry->slot_count; k++) {
            put_string(w, entry->slots[k].bytes, sizeof entry->slots[k].bytes);
        }
    }
}

static void access_list_put(rlp_writer *w, const weft_transaction *tx) {
    rlp_writer entries = {0};
    access_entries_put(&entries, tx);
    put_list_header(w, entries.size);
    access_entries_put(w, tx);
}

static void blob_hashes_put(rlp_writer *w, const weft_transaction *tx) {
    put_list_header(w, tx->blob_count * WORD_ITEM_SIZE);
    for (size_t i = 0; i < tx->blob_count; i++) {
        put_string(w, tx->blob_hashes[i].bytes, sizeof tx->blob_hashes[i].bytes);
    }
}

static void authorization_fields_put(rlp_writer *w, const weft_authorization *tuple) {
    put_u256(w, &tuple->chain_id);
    put_string(w, tuple->address.bytes, sizeof tuple->address.bytes);
    put_u64(w, tuple->nonce);
    put_u256(w, &tuple->y_parity);
    put_u256(w, &tuple->r);
    put_u256(w, &tuple->s);
}

static void authorizations_put(rlp_writer *w, const weft_transaction *tx) {
    for (size_t i = 0; i < tx->authorization_count; i++) {
        rlp_writer fields = {0};
        authorization_fields_put(&fields, &tx->authorizations[i]);
        put_list_header(w, fields.size);
        authorization_fields_put(w, &tx->authorizations[i]);
    }
}

static void authorization_list_put(rlp_writer *w, const weft_transaction *tx) {
    rlp_writer tuples = {0};
    authorizations_put(&tuples, tx);
    put_list_header(w, tuples.size);
    authorizations_put(w, tx);
}

static void signed_fields_put(rlp_writer *w, const weft_transaction *tx, bool replay_protected, uint64_t chain_id) {
    bool typed = tx->type != WEFT_TX_LEGACY;
    if (typed) {
        put_u64(w, tx->chain_id);
    }
    put_u64(w, tx->nonce);
    if (tx->type >= WEFT_TX_DYNAMIC_FEE) {
        put_u256(w, &tx->max_priority_fee_per_gas);
    }
    put_u256(w, &tx->max_fee_per_gas);
    put_u64(w, tx->gas_limit);
    put_string(w, tx->to.bytes, tx->is_creation ? 0 : sizeof tx->to.bytes);
    put_u256(w, &tx->value);
    put_string(w, tx->data.data, tx->data.size);
    if (typed) {
        access_list_put(w, tx);
    } else if (replay_protected) {
        put_u64(w, chain_id);
        put_u64(w, 0);
        put_u64(w, 0);
    }
    if (tx->type == WEFT_TX_BLOB) {
        put_u256(w, &tx->max_fee_per_blob_gas);
        blob_hashes_put(w, tx);
    } else if (tx->type == WEFT_TX_SET_CODE) {
        authorization_list_put(w, tx);
    }
}

void transaction_put_signed_part(rlp_writer *w, const weft_transaction *tx, bool replay_protected, uint64_t chain_id) {
    if (tx->type != WEFT_TX_LEGACY) {
        /* Every type is below 0x80, and so its own encoding. */
        put_u64(w, tx->type);
    }
    rlp_writer fields = {0};
    signed_fields_put(&fields, tx, replay_protected, chain_id);
    put_list_header(w, fields.size);
    signed_fields_put(w, tx, replay_protected, chain_id);
}

static void all_fields_put(rlp_writer *w, const weft_transaction *tx) {
    signed_fields_put(w, tx, false, 0);
    put_u256(w, &tx->v);
    put_u256(w, &tx->r);
    put_u256(w, &tx->s);
}

void transaction_put(rlp_writer *w, const weft_transaction *tx) {
    if (tx->type != WEFT_TX_LEGACY) {
        put_u64(w, tx->type);
    }
    rlp_writer fields = {0};
    all_fields_put(&fields, tx);
    put_list_header(w, fields.size);
    all_fields_put(w, tx);
}

weft_bytes32 weft_transaction_hash(const weft_transaction *tx) {
    return keccak256(tx->raw.data, tx->raw.size);
}
