#include "engine/bal_codec.h"

#include "base/bytes.h"
#include "base/u256.h"
#include "engine/block_codec.h"
#include "engine/decoding.h"
#include "engine/rlp_writer.h"

/* Smallest encodings that can be right, for decode_array(). */
enum { ACCOUNT_SIZE_MIN = 1 + 21 + 5, SLOT_SIZE_MIN = 1 + 1 + 1, CHANGE_SIZE_MIN = 1 + 1 + 1 };

/* --- Decoding */

static void refuse(decoding *d, rlp_cursor *c, const char *field, const char *rule) {
    decode_fail_as(d, c, field, rule, WEFT_BLOCK_ACCESS_LIST);
}

/* Also of the rule that indexes ascend; `before` is the one read last, -1 at first. */
static uint32_t index_read(decoding *d, rlp_cursor *c, int64_t *before) {
    uint64_t index = decode_u64(d, c, "block access index");
    if (rlp_ok(c) && index > UINT32_MAX) {
        refuse(d, c, "block access index", "an integer is wider than its field");
    } else if (rlp_ok(c) && (int64_t)index <= *before) {
        refuse(d, c, "block access index", "must ascend");
    }
    *before = (int64_t)index;
    return (uint32_t)index;
}

static const weft_value_change *value_changes_read(decoding *d, rlp_cursor *c, const char *field, size_t *count) {
    rlp_cursor list = decode_list(d, c, field);
    weft_value_change *changes = decode_array(d, &list, field, sizeof *changes, CHANGE_SIZE_MIN, count);
    int64_t before = -1;
    for (size_t i = 0; i < *count && rlp_ok(c); i++) {
        rlp_cursor change = decode_list(d, &list, field);
        changes[i].index = index_read(d, &change, &before);
        changes[i].value = decode_u256(d, &change, field);
        decode_end(d, &change, field);
    }
    return changes;
}

static const weft_value_change *nonces_read(decoding *d, rlp_cursor *c, size_t *count) {
    const weft_value_change *changes = value_changes_read(d, c, "nonce change", count);
    for (size_t i = 0; i < *count && rlp_ok(c); i++) {
        if (!u256_fits_u64(&changes[i].value)) {
            refuse(d, c, "nonce change", "an integer is wider than its field");
        }
    }
    return changes;
}

static const weft_code_change *codes_read(decoding *d, rlp_cursor *c, size_t *count) {
    rlp_cursor list = decode_list(d, c, "code changes");
    weft_code_change *changes = decode_array(d, &list, "code changes", sizeof *changes, CHANGE_SIZE_MIN, count);
    int64_t before = -1;
    for (size_t i = 0; i < *count && rlp_ok(c); i++) {
        rlp_cursor change = decode_list(d, &list, "code change");
        changes[i].index = index_read(d, &change, &before);
        changes[i].code = decode_string(d, &change, "code");
        decode_end(d, &change, "code change");
    }
    return changes;
}

static void changed_slots_read(decoding *d, rlp_cursor *c, weft_account_access *account) {
    rlp_cursor list = decode_list(d, c, "storage changes");
    weft_slot_access *slots =
        decode_array(d, &list, "storage changes", sizeof *slots, SLOT_SIZE_MIN, &account->changed_slot_count);
    account->changed_slots = slots;
    for (size_t i = 0; i < account->changed_slot_count && rlp_ok(c); i++) {
        rlp_cursor slot = decode_list(d, &list, "slot changes");
        slots[i].slot = decode_u256(d, &slot, "slot");
        slots[i].changes = value_changes_read(d, &slot, "slot change", &slots[i].change_count);
        decode_end(d, &slot, "slot changes");
        if (rlp_ok(c) && slots[i].change_count == 0) {
            refuse(d, c, "slot changes", "a changed slot has a change");
        } else if (rlp_ok(c) && i > 0 && !u256_less(&slots[i - 1].slot, &slots[i].slot)) {
            refuse(d, c, "storage changes", "slots must ascend");
        }
    }
}

static void read_slots_read(decoding *d, rlp_cursor *c, weft_account_access *account) {
    rlp_cursor list = decode_list(d, c, "storage reads");
    weft_u256 *slots = decode_array(d, &list, "storage reads", sizeof *slots, 1, &account->read_slot_count);
    account->read_slots = slots;
    size_t changed = 0;
    for (size_t i = 0; i < account->read_slot_count && rlp_ok(c); i++) {
        slots[i] = decode_u256(d, &list, "storage read");
        if (rlp_ok(c) && i > 0 && !u256_less(&slots[i - 1], &slots[i])) {
            refuse(d, c, "storage reads", "slots must ascend");
        }
        while (changed < account->changed_slot_count && u256_less(&account->changed_slots[changed].slot, &slots[i])) {
            changed++;
        }
        if (changed < account->changed_slot_count && u256_equal(&account->changed_slots[changed].slot, &slots[i])) {
            refuse(d, c, "storage reads", "a slot is both changed and read");
        }
    }
}

static void account_read(decoding *d, rlp_cursor *list, weft_account_access *account) {
    rlp_cursor fields = decode_list(d, list, "account");
    decode_fixed(d, &fields, "address", account->address.bytes, sizeof account->address.bytes);
    changed_slots_read(d, &fields, account);
    read_slots_read(d, &fields, account);
    account->balances = value_changes_read(d, &fields, "balance change", &account->balance_count);
    account->nonces = nonces_read(d, &fields, &account->nonce_count);
    account->codes = codes_read(d, &fields, &account->code_count);
    decode_end(d, &fields, "account");
}

weft_status bal_decode(arena *memory, weft_block_access_list *list, weft_bytes rlp, weft_error *error) {
    arena_mark mark = arena_checkpoint(memory);
    decoding d;
    rlp_cursor c = decoding_begin(&d, memory, rlp);
    rlp_cursor items = decode_list(&d, &c, "block access list");
    *list = (weft_block_access_list){0};
    weft_account_access *accounts =
        decode_array(&d, &items, "block access list", sizeof *accounts, ACCOUNT_SIZE_MIN, &list->account_count);
    list->accounts = accounts;
    for (size_t i = 0; i < list->account_count && rlp_ok(&c) && !d.out_of_memory; i++) {
        d.place = (decoding_place){.object = "account", .index = i};
        account_read(&d, &items, &accounts[i]);
        int order = i == 0 ? -1 : address_compare(&accounts[i - 1].address, &accounts[i].address);
        if (rlp_ok(&c) && order >= 0) {
            refuse(&d, &c, "address", order == 0 ? "an account is there twice" : "accounts must ascend");
        }
    }
    decode_end(&d, &c, "block access list");
    weft_status status = decoding_end(&d, error);
    if (status != WEFT_OK) {
        arena_rollback(memory, mark);
    }
    if (status == WEFT_DECODE && error != NULL && error->verdict == WEFT_BLOCK_ENCODING) {
        error->verdict = WEFT_BLOCK_ACCESS_LIST;
    }
    return status;
}

/* --- Encoding: lists of lists, each measured before it is written */

typedef void put_items(rlp_writer *w, const void *subject);

static void put_list(rlp_writer *w, put_items *items, const void *subject) {
    rlp_writer measured = {0};
    items(&measured, subject);
    put_list_header(w, measured.size);
    if (w->next == NULL) {
        w->size += measured.size;
    } else {
        items(w, subject);
    }
}

static void value_change_put(rlp_writer *w, const void *subject) {
    const weft_value_change *change = subject;
    put_u64(w, change->index);
    put_u256(w, &change->value);
}

static void code_change_put(rlp_writer *w, const void *subject) {
    const weft_code_change *change = subject;
    put_u64(w, change->index);
    put_string(w, change->code.data, change->code.size);
}

static void slot_changes_put(rlp_writer *w, const void *subject) {
    const weft_slot_access *slot = subject;
    for (size_t i = 0; i < slot->change_count; i++) {
        put_list(w, value_change_put, &slot->changes[i]);
    }
}

static void slot_put(rlp_writer *w, const void *subject) {
    const weft_slot_access *slot = subject;
    put_u256(w, &slot->slot);
    put_list(w, slot_changes_put, slot);
}

static void changed_slots_put(rlp_writer *w, const void *subject) {
    const weft_account_access *account = subject;
    for (size_t i = 0; i < account->changed_slot_count; i++) {
        put_list(w, slot_put, &account->changed_slots[i]);
    }
}

static void read_slots_put(rlp_writer *w, const void *subject) {
    const weft_account_access *account = subject;
    for (size_t i = 0; i < account->read_slot_count; i++) {
        put_u256(w, &account->read_slots[i]);
    }
}

static void balances_put(rlp_writer *w, const void *subject) {
    const weft_account_access *account = subject;
    for (size_t i = 0; i < account->balance_count; i++) {
        put_list(w, value_change_put, &account->balances[i]);
    }
}

static void nonces_put(rlp_writer *w, const void *subject) {
    const weft_account_access *account = subject;
    for (size_t i = 0; i < account->nonce_count; i++) {
        put_list(w, value_change_put, &account->nonces[i]);
    }
}

static void codes_put(rlp_writer *w, const void *subject) {
    const weft_account_access *account = subject;
    for (size_t i = 0; i < account->code_count; i++) {
        put_list(w, code_change_put, &account->codes[i]);
    }
}

static void account_put(rlp_writer *w, const void *subject) {
    const weft_account_access *account = subject;
    put_string(w, account->address.bytes, sizeof account->address.bytes);
    put_list(w, changed_slots_put, account);
    put_list(w, read_slots_put, account);
    put_list(w, balances_put, account);
    put_list(w, nonces_put, account);
    put_list(w, codes_put, account);
}

static void accounts_put(rlp_writer *w, const void *subject) {
    const weft_block_access_list *list = subject;
    for (size_t i = 0; i < list->account_count; i++) {
        put_list(w, account_put, &list->accounts[i]);
    }
}

weft_status bal_encode(arena *memory, weft_bytes *rlp, const weft_block_access_list *list) {
    rlp_writer measured = {0};
    put_list(&measured, accounts_put, list);
    uint8_t *bytes = arena_alloc(memory, measured.size);
    if (bytes == NULL) {
        return WEFT_NO_MEMORY;
    }
    rlp_writer writer = {.next = bytes};
    put_list(&writer, accounts_put, list);
    *rlp = (weft_bytes){bytes, measured.size};
    return WEFT_OK;
}

/* --- Measures */

uint64_t bal_item_count(const weft_block_access_list *list) {
    uint64_t count = 0;
    for (size_t i = 0; i < list->account_count; i++) {
        count += 1 + list->accounts[i].changed_slot_count + list->accounts[i].read_slot_count;
    }
    return count;
}

static uint32_t last_index(uint32_t so_far, const weft_value_change *changes, size_t count) {
    return count > 0 && changes[count - 1].index > so_far ? changes[count - 1].index : so_far;
}

uint32_t bal_last_index(const weft_block_access_list *list) {
    uint32_t last = 0;
    for (const weft_account_access *a = list->accounts; a < list->accounts + list->account_count; a++) {
        last = last_index(last, a->balances, a->balance_count);
        last = last_index(last, a->nonces, a->nonce_count);
        for (size_t i = 0; i < a->changed_slot_count; i++) {
            last = last_index(last, a->changed_slots[i].changes, a->changed_slots[i].change_count);
        }
        if (a->code_count > 0 && a->codes[a->code_count - 1].index > last) {
            last = a->codes[a->code_count - 1].index;
        }
    }
    return last;
}
