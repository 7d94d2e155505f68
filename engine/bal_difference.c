#include "engine/bal_difference.h"

#include "base/bytes.h"
#include "base/u256.h"
#include <stdio.h>

static bool same_values(const weft_value_change *a, size_t a_count, const weft_value_change *b, size_t b_count) {
    bool same = a_count == b_count;
    for (size_t i = 0; same && i < a_count; i++) {
        same = a[i].index == b[i].index && u256_equal(&a[i].value, &b[i].value);
    }
    return same;
}

static bool same_codes(const weft_account_access *a, const weft_account_access *b) {
    bool same = a->code_count == b->code_count;
    for (size_t i = 0; same && i < a->code_count; i++) {
        same = a->codes[i].index == b->codes[i].index && bytes_equal(a->codes[i].code, b->codes[i].code);
    }
    return same;
}

static bool same_changed_slots(const weft_account_access *a, const weft_account_access *b) {
    bool same = a->changed_slot_count == b->changed_slot_count;
    for (size_t i = 0; same && i < a->changed_slot_count; i++) {
        const weft_slot_access *x = &a->changed_slots[i], *y = &b->changed_slots[i];
        same = u256_equal(&x->slot, &y->slot) && same_values(x->changes, x->change_count, y->changes, y->change_count);
    }
    return same;
}

static bool same_read_slots(const weft_account_access *a, const weft_account_access *b) {
    bool same = a->read_slot_count == b->read_slot_count;
    for (size_t i = 0; same && i < a->read_slot_count; i++) {
        same = u256_equal(&a->read_slots[i], &b->read_slots[i]);
    }
    return same;
}

/* Returns: NULL if the accounts are equal. */
static const char *account_difference(const weft_account_access *a, const weft_account_access *b) {
    if (!same_values(a->balances, a->balance_count, b->balances, b->balance_count)) {
        return "balance changes";
    }
    if (!same_values(a->nonces, a->nonce_count, b->nonces, b->nonce_count)) {
        return "nonce changes";
    }
    if (!same_codes(a, b)) {
        return "code changes";
    }
    if (!same_changed_slots(a, b)) {
        return "storage changes";
    }
    return same_read_slots(a, b) ? NULL : "storage reads";
}

static void tell(char *words, size_t size, const weft_address *address, const char *what) {
    char text[41];
    hex_encode(text, address->bytes, sizeof address->bytes);
    (void)snprintf(words, size, "account 0x%s: %s", text, what);
}

void bal_difference(char *words, size_t size, const weft_block_access_list *given,
                    const weft_block_access_list *found) {
    size_t count = given->account_count < found->account_count ? given->account_count : found->account_count;
    words[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const weft_account_access *a = &given->accounts[i], *b = &found->accounts[i];
        int order = address_compare(&a->address, &b->address);
        const char *what = order < 0   ? "was not accessed"
                           : order > 0 ? "is not in the list given"
                                       : account_difference(a, b);
        if (what != NULL) {
            tell(words, size, order <= 0 ? &a->address : &b->address, what);
            return;
        }
    }
    if (given->account_count > count) {
        tell(words, size, &given->accounts[count].address, "was not accessed");
    } else if (found->account_count > count) {
        tell(words, size, &found->accounts[count].address, "is not in the list given");
    }
}
