#include "tools/trace/seen_index.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "tools/number.h"

enum { CAPACITY_MIN = 64 };

/* The kind stands in the first bytes, before the address. */
static seen_key key_of(uint32_t kind, const weft_address *address, const weft_bytes32 *slot) {
    uint8_t bytes[sizeof(seen_key)] = {0};
    seen_key key;
    memcpy(bytes, &kind, sizeof kind);
    memcpy(bytes + sizeof kind, address->bytes, sizeof address->bytes);
    if (slot != NULL) {
        memcpy(bytes + sizeof kind + sizeof address->bytes, slot->bytes, sizeof slot->bytes);
    }
    memcpy(key.words, bytes, sizeof key.words);
    return key;
}

seen_key seen_account_key(const weft_address *address) {
    return key_of(0, address, NULL);
}

seen_key seen_slot_key(const weft_address *address, const weft_bytes32 *slot) {
    return key_of(1, address, slot);
}

/* The key's entry, or the unused one where it belongs. There is always an unused one. */
static seen_entry *place_of(const seen_index *index, const seen_key *key) {
    uint64_t hash = index->seed;
    for (size_t i = 0; i < SEEN_WORDS; i++) {
        uint128 product = (uint128)(hash ^ key->words[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash = (uint64_t)product ^ (uint64_t)(product >> 64); /* so that high bits reach the low ones */
    }
    size_t place = hash & (index->capacity - 1);
    while (index->entries[place].is_used && memcmp(&index->entries[place].key, key, sizeof *key) != 0) {
        place = (place + 1) & (index->capacity - 1);
    }
    return &index->entries[place];
}

bool seen_index_find(const seen_index *index, const seen_key *key, size_t *position) {
    const seen_entry *entry = index->capacity == 0 ? NULL : place_of(index, key);
    if (entry == NULL || !entry->is_used) {
        return false;
    }
    *position = entry->position;
    return true;
}

static bool grow(seen_index *index) {
    seen_index larger = {.count = index->count, .capacity = 2 * index->capacity, .seed = index->seed};
    if (index->capacity == 0) {
        larger.capacity = CAPACITY_MIN;
        /* Without a seed from the system the index is merely predictable. */
        (void)!getrandom(&larger.seed, sizeof larger.seed, GRND_NONBLOCK);
    }
    larger.entries = calloc(larger.capacity, sizeof *larger.entries);
    if (larger.entries == NULL) {
        return false;
    }
    for (size_t i = 0; i < index->capacity; i++) {
        if (index->entries[i].is_used) {
            *place_of(&larger, &index->entries[i].key) = index->entries[i];
        }
    }
    free(index->entries);
    *index = larger;
    return true;
}

bool seen_index_add(seen_index *index, const seen_key *key, size_t position) {
    if (2 * (index->count + 1) > index->capacity && !grow(index)) {
        return false;
    }
    *place_of(index, key) = (seen_entry){.key = *key, .position = position, .is_used = true};
    index->count++;
    return true;
}

void seen_index_clear(seen_index *index) {
    if (index->count != 0) {
        memset(index->entries, 0, index->capacity * sizeof *index->entries);
        index->count = 0;
    }
}

void seen_index_free(seen_index *index) {
    free(index->entries);
    *index = (seen_index){0};
}
