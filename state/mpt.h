/** A Merkle-Patricia trie that changes: put and remove entries, ask for the root when it is needed.
 *
 *  Keys are 32 bytes, as all keys of the state trie and of storage tries are (they are keccak256 of something). Every
 *  node remembers its hash; a root after few changes costs the hashes on the paths of what changed.
 *
 *  Threads: exclusive.
 */
#ifndef STATE_MPT_H
#define STATE_MPT_H

#include "state/trie.h"

typedef struct mpt {
    trie_node *top; /* NULL: empty */
} mpt;

void mpt_init(mpt *trie);
/** Frees every node; the trie is then empty. */
void mpt_free(mpt *trie);

/** Set the value of a key; `value` is copied and not empty.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY (trie unchanged). */
WEFT_MUST_USE weft_status mpt_put(mpt *trie, const weft_bytes32 *key, weft_bytes value);
/** Remove a key; one that is not there changes nothing. */
void mpt_remove(mpt *trie, const weft_bytes32 *key);

/** Returns: WEFT_OK; WEFT_NO_MEMORY (may be repeated). In: scratch   working memory, given back. */
WEFT_MUST_USE weft_status mpt_root(mpt *trie, weft_bytes32 *root, arena *scratch);

#endif
