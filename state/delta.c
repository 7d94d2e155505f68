#include "state/delta.h"

#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/keccak.h"

#include <stdlib.h>

/* The encoding is described byte by byte in docs/store-format.md. */
enum { FLAG_EXISTS = 1, FLAG_STORAGE_CLEARED = 2, FLAG_CODE_CHANGED = 4 };

static uint8_t *bytes_append(uint8_t *out, const uint8_t *bytes, size_t size) {
    if (size != 0) {
        memcpy(out, bytes, size);
    }
    return out + size;
}

static uint8_t *u64_append(uint8_t *out, uint64_t value) {
    store_be64(out, value);
    return out + 8;
}

static uint8_t *u256_append(uint8_t *out, const weft_u256 *value) {
    u256_to_be32(out, value);
    return out + 32;
}

static size_t change_size(const weft_account_change *change) {
    size_t size = 20 + 1 + 8 + 64 * change->slot_count;
    size += change->account.exists ? 8 + 32 + 32 : 0;
    size += change->code_changed ? 8 + change->code.size : 0;
    return size;
}

static uint8_t *change_append(uint8_t *out, const weft_account_change *change) {
    out = bytes_append(out, change->address.bytes, 20);
    *out++ =
        (uint8_t)((change->account.exists ? FLAG_EXISTS : 0) | (change->storage_cleared ? FLAG_STORAGE_CLEARED : 0) |
                  (change->code_changed ? FLAG_CODE_CHANGED : 0));
    if (change->account.exists) {
        out = u64_append(out, change->account.nonce);
        out = u256_append(out, &change->account.balance);
        out = bytes_append(out, change->account.code_hash.bytes, 32);
    }
    if (change->code_changed) {
        out = u64_append(out, change->code.size);
        out = bytes_append(out, change->code.data, change->code.size);
    }
    out = u64_append(out, change->slot_count);
    for (size_t i = 0; i < change->slot_count; i++) {
        out = bytes_append(out, change->slots[i].slot.bytes, 32);
        out = u256_append(out, &change->slots[i].value);
    }
    return out;
}

weft_status weft_state_delta_digest(weft_bytes32 *digest, const weft_state_delta *delta) {
    size_t size = 8;
    for (size_t i = 0; i < delta->account_count; i++) {
        size += change_size(&delta->accounts[i]);
    }
    uint8_t *encoding = malloc(size);
    if (encoding == NULL) {
        return WEFT_NO_MEMORY;
    }
    uint8_t *end = u64_append(encoding, delta->account_count);
    for (size_t i = 0; i < delta->account_count; i++) {
        end = change_append(end, &delta->accounts[i]);
    }
    *digest = keccak256(encoding, size);
    free(encoding);
    return WEFT_OK;
}

bool delta_is_sorted(const weft_state_delta *delta) {
    for (size_t i = 1; i < delta->account_count; i++) {
        if (address_compare(&delta->accounts[i - 1].address, &delta->accounts[i].address) >= 0) {
            return false;
        }
    }
    return true;
}
