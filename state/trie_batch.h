/** Trie nodes that are hashed together, in the lanes of keccak256_batch().
 *
 *  Whoever hashes a trie goes from its deepest level up and gives the nodes of one level to a batch: what stands in
 *  their parents is known when the level has been flushed.
 */
#ifndef STATE_TRIE_BATCH_H
#define STATE_TRIE_BATCH_H

#include "base/arena.h"
#include "state/trie_node.h"

#define TRIE_BATCH_COUNT 64

/** Threads: exclusive, on `scratch` too. */
typedef struct trie_batch {
    arena *scratch; /* holds the encodings; given back by each flush */
    arena_mark mark;
    size_t count;
    weft_bytes encodings[TRIE_BATCH_COUNT];
    trie_ref *targets[TRIE_BATCH_COUNT];
} trie_batch;

void trie_batch_init(trie_batch *batch, arena *scratch);

/** Room for the encoding of the next node; trie_batch_add() follows once the caller has written it.
 *  Returns: NULL when out of memory. */
uint8_t *trie_batch_reserve(trie_batch *batch, size_t size);
/** Take a node's encoding. In: target   gets what stands in the node's parent, by the next flush at the latest. */
void trie_batch_add(trie_batch *batch, trie_ref *target, const uint8_t *encoding, size_t size);
/** Hash what still waits. */
void trie_batch_flush(trie_batch *batch);

/** Give up what still waits, after a failure. */
void trie_batch_drop(trie_batch *batch);

#endif
