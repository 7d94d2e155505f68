#include "bench/owned_slots.h"

#include <stdlib.h>
#include <string.h>

#include <weft/crypto.h>

#include "bench/touched_slots.h"
#include "tools/hex.h"
#include "tools/list.h"

enum { MAPPINGS = 24, MEMBERS = 4, ADDRESS_OFFSET = 12 /* in a word */ };

/* --- Slots of entries */

static weft_bytes32 hash_of(const weft_address *key, const weft_bytes32 *base) {
    uint8_t words[64] = {0};
    memcpy(words + ADDRESS_OFFSET, key->bytes, sizeof key->bytes);
    memcpy(words + 32, base->bytes, sizeof base->bytes);
    return weft_keccak256((weft_bytes){words, sizeof words});
}

static weft_bytes32 plus(weft_bytes32 slot, unsigned number) {
    for (size_t i = sizeof slot.bytes; i > 0 && number > 0; i--) {
        number += slot.bytes[i - 1];
        slot.bytes[i - 1] = (uint8_t)number;
        number >>= 8;
    }
    return slot;
}

weft_bytes32 owned_slot_of(const owned_slot *entry, const weft_address *owner, const weft_address *other) {
    weft_bytes32 base = {{[31] = entry->mapping}};
    if (!entry->has_other) {
        base = hash_of(owner, &base);
    } else {
        base = hash_of(entry->is_other_first ? other : owner, &base);
        base = hash_of(entry->is_other_first ? owner : other, &base);
    }
    return plus(base, entry->member);
}

/* --- The slots that were accessed */

typedef struct accessed {
    weft_bytes32 slot;
    weft_address contract;
} accessed;

typedef struct accessed_list {
    accessed *items; /* by slot */
    size_t count;
} accessed_list;

static int accessed_compare(const void *a, const void *b) {
    return memcmp(((const accessed *)a)->slot.bytes, ((const accessed *)b)->slot.bytes, sizeof(weft_bytes32));
}

static bool accessed_list_make(accessed_list *list, const weft_block_access_list *accesses) {
    size_t count = 0;
    for (size_t i = 0; i < accesses->account_count; i++) {
        count += touched_slot_count(&accesses->accounts[i]);
    }
    *list = (accessed_list){.items = malloc((count + 1) * sizeof *list->items)};
    for (size_t i = 0; i < accesses->account_count && list->items != NULL; i++) {
        const weft_account_access *a = &accesses->accounts[i];
        for (size_t k = 0; k < touched_slot_count(a); k++) {
            list->items[list->count++] = (accessed){hex_number_bytes(touched_slot(a, k)), a->address};
        }
    }
    if (list->items != NULL) {
        qsort(list->items, list->count, sizeof *list->items, accessed_compare);
    }
    return list->items != NULL;
}

/* --- Finding */

static bool append(owned_slots *slots, const owned_slot *entry) {
    owned_slot *larger = list_reserve(slots->list, slots->count, &slots->capacity, sizeof *larger);
    if (larger == NULL) {
        return false;
    }
    slots->list = larger;
    slots->list[slots->count++] = *entry;
    return true;
}

/* The members of the entry whose first slot is `first`, in every contract that has them. */
static bool find_members(owned_slots *slots, const accessed_list *list, owned_slot entry, const weft_bytes32 *first) {
    bool ok = true;
    for (uint8_t member = 0; member < MEMBERS && ok; member++) {
        const accessed wanted = {.slot = plus(*first, member)};
        const accessed *found = bsearch(&wanted, list->items, list->count, sizeof wanted, accessed_compare);
        while (found != NULL && found > list->items && accessed_compare(found - 1, &wanted) == 0) {
            found--;
        }
        for (; found != NULL && found < list->items + list->count && accessed_compare(found, &wanted) == 0 && ok;
             found++) {
            entry.contract = found->contract;
            entry.slot = found->slot;
            entry.member = member;
            ok = append(slots, &entry);
        }
    }
    return ok;
}

static bool find_nested(owned_slots *slots, const accessed_list *list, owned_slot entry, const weft_address *owner,
                        const weft_bytes32 *of_owner, const weft_bytes32 *of_other) {
    entry.has_other = true;
    weft_bytes32 first = hash_of(&entry.other, of_owner);
    bool ok = find_members(slots, list, entry, &first);
    entry.is_other_first = true;
    first = hash_of(owner, of_other);
    return ok && find_members(slots, list, entry, &first);
}

weft_status owned_slots_find(owned_slots *slots, const weft_block_access_list *accesses, const weft_address *owners,
                             size_t owner_count) {
    accessed_list list;
    *slots = (owned_slots){0};
    bool ok = accessed_list_make(&list, accesses);
    weft_bytes32 *of_others = malloc((accesses->account_count + 1) * sizeof *of_others);
    ok = ok && of_others != NULL;
    for (uint8_t mapping = 0; mapping < MAPPINGS && ok; mapping++) {
        const weft_bytes32 base = {{[31] = mapping}};
        for (size_t k = 0; k < accesses->account_count; k++) {
            of_others[k] = hash_of(&accesses->accounts[k].address, &base);
        }
        for (size_t i = 0; i < owner_count && ok; i++) {
            owned_slot entry = {.owner = i, .mapping = mapping};
            const weft_bytes32 of_owner = hash_of(&owners[i], &base);
            ok = find_members(slots, &list, entry, &of_owner);
            for (size_t k = 0; k < accesses->account_count && ok; k++) {
                entry.other = accesses->accounts[k].address;
                ok = find_nested(slots, &list, entry, &owners[i], &of_owner, &of_others[k]);
            }
        }
    }
    free(of_others);
    free(list.items);
    return ok ? WEFT_OK : WEFT_NO_MEMORY;
}

void owned_slots_free(owned_slots *slots) {
    free(slots->list);
    *slots = (owned_slots){0};
}
