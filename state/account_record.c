#include "state/account_record.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/keccak.h"
#include "state/account_codec.h"

#include <stdlib.h>

#define SLOT_BATCH_COUNT 64

account_record *account_record_create(const weft_address *address, const weft_account *account, uint64_t seed) {
    account_record *record = calloc(1, sizeof *record);
    if (record == NULL) {
        return NULL;
    }
    record->address = *address;
    record->account = *account;
    record->hashed_address = keccak256(address->bytes, sizeof address->bytes);
    map_init(&record->cells, sizeof(weft_bytes32), sizeof(storage_cell), seed);
    mpt_init(&record->storage_trie);
    return record;
}

void account_record_free(account_record *record) {
    if (record == NULL) {
        return;
    }
    map_free(&record->cells);
    mpt_free(&record->storage_trie);
    free(record->dirty_slots);
    free(record);
}

bool account_record_reserve(account_record *record, size_t count, bool tracks_dirty) {
    if (!map_reserve(&record->cells, count)) {
        return false;
    }
    size_t needed = record->dirty_count + count;
    if (!tracks_dirty || needed <= record->dirty_capacity) {
        return true;
    }
    size_t capacity = needed + record->dirty_capacity;
    weft_bytes32 *slots = reallocarray(record->dirty_slots, capacity, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    record->dirty_slots = slots;
    record->dirty_capacity = capacity;
    return true;
}

void account_record_set(account_record *record, const weft_bytes32 *slot, const weft_u256 *value, bool tracks_dirty) {
    storage_cell *cell = map_insert(&record->cells, slot, NULL);
    WEFT_ASSERT(cell != NULL);
    record->nonzero_count -= !u256_is_zero(&cell->value);
    record->nonzero_count += !u256_is_zero(value);
    cell->value = *value;
    if (tracks_dirty && !cell->is_dirty) {
        WEFT_ASSERT(record->dirty_count < record->dirty_capacity);
        cell->is_dirty = true;
        record->dirty_slots[record->dirty_count++] = *slot;
    }
}

void account_record_clear_storage(account_record *record) {
    map_clear(&record->cells);
    mpt_free(&record->storage_trie);
    record->nonzero_count = 0;
    record->dirty_count = 0;
    record->hides_base_storage = true;
}

/* Move up to SLOT_BATCH_COUNT dirty slots from the end of the list into the storage trie. */
static weft_status dirty_slots_flush(account_record *record) {
    weft_bytes32 keys[SLOT_BATCH_COUNT];
    weft_bytes slots[SLOT_BATCH_COUNT] = {{NULL, 0}};
    size_t count = record->dirty_count < SLOT_BATCH_COUNT ? record->dirty_count : SLOT_BATCH_COUNT;
    size_t first = record->dirty_count - count;
    for (size_t i = 0; i < count; i++) {
        slots[i] = bytes_of(record->dirty_slots[first + i].bytes, 32);
    }
    keccak256_batch(keys, slots, count);
    for (size_t i = count; i-- > 0;) {
        const weft_bytes32 *slot = &record->dirty_slots[first + i];
        storage_cell *cell = map_find(&record->cells, slot);
        WEFT_ASSERT(cell != NULL);
        if (u256_is_zero(&cell->value)) {
            if (mpt_remove(&record->storage_trie, &keys[i]) != WEFT_OK) {
                return WEFT_NO_MEMORY;
            }
            (void)map_remove(&record->cells, slot);
        } else {
            uint8_t body[STORAGE_BODY_SIZE_MAX];
            size_t size = storage_body_write(body, &cell->value);
            if (mpt_put(&record->storage_trie, &keys[i], bytes_of(body, size)) != WEFT_OK) {
                return WEFT_NO_MEMORY;
            }
            cell->is_dirty = false;
        }
        record->dirty_count--;
    }
    return WEFT_OK;
}

weft_status account_record_body(account_record *record, uint8_t *body, size_t *size, arena *scratch) {
    while (record->dirty_count > 0) {
        if (dirty_slots_flush(record) != WEFT_OK) {
            return WEFT_NO_MEMORY;
        }
    }
    weft_bytes32 storage_root;
    weft_status status = mpt_root(&record->storage_trie, &storage_root, 1, scratch);
    if (status == WEFT_OK) {
        *size = account_body_write(body, &record->account, &storage_root);
    }
    return status;
}
