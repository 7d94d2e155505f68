#include "crypto/keccak_memo.h"

#include "crypto/keccak.h"
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

enum { TAG_HASH_BITS = 9 };
_Static_assert(KECCAK_MEMO_MESSAGE_MAX < 1 << (16 - TAG_HASH_BITS), "a tag holds the size");

void keccak_memo_init(keccak_memo *memo) {
    memset(memo->tags, 0, sizeof memo->tags);
    memo->era = 0;
}

/* With another era a message has another place, where nobody looks for it but by chance. */
void keccak_memo_forget(keccak_memo *memo) {
    memo->era++;
}

static inline uint64_t load64(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

/* A sum of products of 16 bytes each (NH: Black and others, "UMAC", 1999), which a processor multiplies side by side.
 * It needs no secret: who makes messages meet only has them hashed again, as new ones are. */
static inline uint64_t hash_of(const uint8_t *message, size_t size, uint64_t era) {
    static const uint64_t keys[KECCAK_MEMO_MESSAGE_MAX / 8] = {
        0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
        0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
        0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    };
    uint128 sum = era;
    for (size_t i = 0; i < size; i += 16) {
        const uint8_t *part = message + (i + 16 <= size ? i : size - 16); /* the last may overlap */
        sum += (uint128)(load64(part) + keys[i / 8]) * (load64(part + 8) + keys[i / 8 + 1]);
    }
    return ((uint64_t)sum ^ (uint64_t)(sum >> 64)) * keys[0] >> 32;
}

weft_bytes32 keccak_memo_hash(keccak_memo *memo, const void *message, size_t size) {
    if (size < KECCAK_MEMO_MESSAGE_MIN || size > KECCAK_MEMO_MESSAGE_MAX) {
        return keccak256(message, size);
    }
    const uint64_t hash = hash_of(message, size, memo->era);
    const size_t index = hash % KECCAK_MEMO_ENTRIES;
    const uint16_t tag = (uint16_t)(size << TAG_HASH_BITS | hash >> (32 - TAG_HASH_BITS));
    keccak_memo_entry *entry = &memo->entries[index];
    if (memo->tags[index] != tag || memcmp(entry->message, message, size) != 0) {
        entry->digest = keccak256(message, size);
        memcpy(entry->message, message, size);
        memo->tags[index] = tag;
    }
    return entry->digest;
}
