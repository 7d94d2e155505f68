/** Which accounts and slots a tracer has met, and where in its own lists they are.
 *
 *  Code can name the same slot again for 100 gas: finding it must not take longer the more there are. Whoever wrote the
 *  code also chose the keys; so they are hashed with a seed that nobody knows beforehand.
 *
 *  Threads: one at a time.
 */
#ifndef TOOLS_TRACE_SEEN_INDEX_H
#define TOOLS_TRACE_SEEN_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weft/types.h>

enum { SEEN_WORDS = 7 };

/** An account or one of its slots; made by the functions below, which leave no byte undefined. */
typedef struct seen_key {
    uint64_t words[SEEN_WORDS];
} seen_key;

typedef struct seen_entry {
    seen_key key;
    size_t position;
    bool is_used;
} seen_entry;

/** Empty when all zero. */
typedef struct seen_index {
    seen_entry *entries;
    size_t count, capacity; /* capacity: 0 or a power of two */
    uint64_t seed;
} seen_index;

seen_key seen_account_key(const weft_address *address);
seen_key seen_slot_key(const weft_address *address, const weft_bytes32 *slot);

/** Returns: whether the key is there. Out: position   if it is. */
bool seen_index_find(const seen_index *index, const seen_key *key, size_t *position);
/** Add a key that is not there. Returns: false when out of memory, nothing having changed. */
bool seen_index_add(seen_index *index, const seen_key *key, size_t position);
/** Forget all keys, and keep the memory for others. */
void seen_index_clear(seen_index *index);
void seen_index_free(seen_index *index);

#endif
