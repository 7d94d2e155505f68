#include "tools/access_list_json.h"

#include "tools/hex.h"

/* --- Reading */

/* Room for an element per member of an array. Returns: false if `value` is no array, or memory ran out. */
static bool allocate(json_document *document, const json_value *value, const char *what, size_t element_size,
                     void *elements) {
    if (!json_expect(document, value, JSON_ARRAY, what)) {
        return false;
    }
    void *memory = json_allocate(document, (value->child_count + 1) * element_size);
    *(void **)elements = memory;
    return memory != NULL;
}

static bool read_index(const json_document *document, const json_value *change, uint32_t *index) {
    uint64_t number = 0;
    if (!json_expect(document, change, JSON_OBJECT, "a change") ||
        !json_u64(document, change, "blockAccessIndex", &number)) {
        return false;
    }
    *index = (uint32_t)number;
    return number <= UINT32_MAX || json_refuse(document, change, "blockAccessIndex is above 2^32 - 1");
}

static bool read_values(json_document *document, const json_value *array, const char *key,
                        const weft_value_change **changes, size_t *count) {
    weft_value_change *list;
    if (!allocate(document, array, key, sizeof *list, &list)) {
        return false;
    }
    for (const json_value *v = json_first(array); v != NULL; v = v->next, ++*count) {
        list[*count].value = (weft_u256){{0}};
        if (!read_index(document, v, &list[*count].index) || !json_u256(document, v, key, &list[*count].value)) {
            return false;
        }
    }
    *changes = list;
    return true;
}

static bool read_codes(json_document *document, const json_value *array, weft_account_access *account) {
    weft_code_change *list;
    if (!allocate(document, array, "codeChanges", sizeof *list, &list)) {
        return false;
    }
    for (const json_value *v = json_first(array); v != NULL; v = v->next, account->code_count++) {
        weft_code_change *change = &list[account->code_count];
        change->code = (weft_bytes){NULL, 0};
        if (!read_index(document, v, &change->index) || !json_bytes(document, v, "newCode", &change->code)) {
            return false;
        }
    }
    account->codes = list;
    return true;
}

static bool read_changed_slots(json_document *document, const json_value *array, weft_account_access *account) {
    weft_slot_access *list;
    if (!allocate(document, array, "storageChanges", sizeof *list, &list)) {
        return false;
    }
    for (const json_value *v = json_first(array); v != NULL; v = v->next, account->changed_slot_count++) {
        weft_slot_access *slot = &list[account->changed_slot_count];
        *slot = (weft_slot_access){.changes = NULL};
        if (!json_u256(document, v, "slot", &slot->slot) ||
            !read_values(document, json_get(v, "slotChanges"), "postValue", &slot->changes, &slot->change_count)) {
            return false;
        }
    }
    account->changed_slots = list;
    return true;
}

static bool read_read_slots(json_document *document, const json_value *array, weft_account_access *account) {
    weft_u256 *list;
    if (!allocate(document, array, "storageReads", sizeof *list, &list)) {
        return false;
    }
    for (const json_value *v = json_first(array); v != NULL; v = v->next, account->read_slot_count++) {
        if (!json_value_u256(document, v, &list[account->read_slot_count])) {
            return false;
        }
    }
    account->read_slots = list;
    return true;
}

static bool read_account(json_document *document, const json_value *v, weft_account_access *account) {
    *account = (weft_account_access){.changed_slots = NULL};
    return json_expect(document, v, JSON_OBJECT, "an account of a block access list") &&
           json_address(document, v, "address", &account->address) &&
           read_changed_slots(document, json_get(v, "storageChanges"), account) &&
           read_read_slots(document, json_get(v, "storageReads"), account) &&
           read_values(document, json_get(v, "balanceChanges"), "postBalance", &account->balances,
                       &account->balance_count) &&
           read_values(document, json_get(v, "nonceChanges"), "postNonce", &account->nonces, &account->nonce_count) &&
           read_codes(document, json_get(v, "codeChanges"), account);
}

bool access_list_json_read(json_document *document, const json_value *accounts, weft_block_access_list *list) {
    weft_account_access *read;
    *list = (weft_block_access_list){0};
    if (!allocate(document, accounts, "a block access list", sizeof *read, &read)) {
        return false;
    }
    for (const json_value *v = json_first(accounts); v != NULL; v = v->next, list->account_count++) {
        if (!read_account(document, v, &read[list->account_count])) {
            return false;
        }
    }
    list->accounts = read;
    return true;
}

/* --- Writing */

static void write_number(json_writer *w, const char *key, const weft_u256 *number) {
    const weft_bytes32 bytes = hex_number_bytes(number);
    json_write_hex(w, key, bytes.bytes, sizeof bytes.bytes);
}

static void write_index(json_writer *w, uint32_t index) {
    const weft_u256 number = {{index}};
    write_number(w, "blockAccessIndex", &number);
}

static void write_values(json_writer *w, const char *key, const char *value_key, const weft_value_change *changes,
                         size_t count) {
    json_write_open(w, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_write_open(w, NULL, '{');
        write_index(w, changes[i].index);
        write_number(w, value_key, &changes[i].value);
        json_write_close(w, '}');
    }
    json_write_close(w, ']');
}

static void write_codes(json_writer *w, const weft_account_access *account) {
    json_write_open(w, "codeChanges", '[');
    for (size_t i = 0; i < account->code_count; i++) {
        json_write_open(w, NULL, '{');
        write_index(w, account->codes[i].index);
        json_write_hex(w, "newCode", account->codes[i].code.data, account->codes[i].code.size);
        json_write_close(w, '}');
    }
    json_write_close(w, ']');
}

static void write_slots(json_writer *w, const weft_account_access *account) {
    json_write_open(w, "storageChanges", '[');
    for (size_t i = 0; i < account->changed_slot_count; i++) {
        const weft_slot_access *slot = &account->changed_slots[i];
        json_write_open(w, NULL, '{');
        write_number(w, "slot", &slot->slot);
        write_values(w, "slotChanges", "postValue", slot->changes, slot->change_count);
        json_write_close(w, '}');
    }
    json_write_close(w, ']');
    json_write_open(w, "storageReads", '[');
    for (size_t i = 0; i < account->read_slot_count; i++) {
        write_number(w, NULL, &account->read_slots[i]);
    }
    json_write_close(w, ']');
}

void access_list_json_write(json_writer *w, const char *key, const weft_block_access_list *list) {
    json_write_open(w, key, '[');
    for (size_t i = 0; i < list->account_count; i++) {
        const weft_account_access *account = &list->accounts[i];
        json_write_open(w, NULL, '{');
        json_write_hex(w, "address", account->address.bytes, sizeof account->address.bytes);
        write_slots(w, account);
        write_values(w, "balanceChanges", "postBalance", account->balances, account->balance_count);
        write_values(w, "nonceChanges", "postNonce", account->nonces, account->nonce_count);
        write_codes(w, account);
        json_write_close(w, '}');
    }
    json_write_close(w, ']');
}
