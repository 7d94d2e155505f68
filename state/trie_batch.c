#include "state/trie_batch.h"

#include "crypto/keccak.h"

#include <string.h>

void trie_batch_init(trie_batch *batch, arena *scratch) {
    batch->scratch = scratch;
    batch->mark = arena_checkpoint(scratch);
    batch->count = 0;
}

void trie_batch_drop(trie_batch *batch) {
    batch->count = 0;
    arena_rollback(batch->scratch, batch->mark);
}

void trie_batch_flush(trie_batch *batch) {
    weft_bytes32 digests[TRIE_BATCH_COUNT];
    keccak256_batch(digests, batch->encodings, batch->count);
    for (size_t i = 0; i < batch->count; i++) {
        batch->targets[i]->size = 32;
        memcpy(batch->targets[i]->bytes, digests[i].bytes, 32);
    }
    trie_batch_drop(batch);
}

uint8_t *trie_batch_reserve(trie_batch *batch, size_t size) {
    if (batch->count == TRIE_BATCH_COUNT) {
        trie_batch_flush(batch);
    }
    return arena_alloc(batch->scratch, size);
}

void trie_batch_add(trie_batch *batch, trie_ref *target, const uint8_t *encoding, size_t size) {
    if (size < 32) {
        target->size = (uint8_t)size;
        memcpy(target->bytes, encoding, size);
        return;
    }
    batch->encodings[batch->count] = (weft_bytes){encoding, size};
    batch->targets[batch->count++] = target;
}
