/** Roots of Merkle-Patricia tries whose entries are all at hand, by full computation (Yellow Paper appendix D).
 *
 *  For tries that are hashed once: transactions, receipts, withdrawals. A trie that changes is an mpt (state/mpt.h).
 */
#ifndef STATE_TRIE_H
#define STATE_TRIE_H

#include "base/arena.h"
#include "state/trie_node.h"

#include <weft/status.h>

/** Root of a trie without entries: keccak256(rlp("")). */
extern const weft_bytes32 trie_empty_root;

typedef struct trie_pair {
    weft_bytes key;   /* at most TRIE_KEY_SIZE_MAX bytes */
    weft_bytes value; /* not empty */
} trie_pair;

/** Root of the trie that holds exactly these pairs.
 *
 *  Returns:  WEFT_OK; WEFT_NO_MEMORY; WEFT_INVALID_ARGUMENT for keys that are too long or not strictly ascending, and
 *            for empty values.
 *  Threads:  any; exclusive on `scratch`.
 *  In:       scratch   working memory, given back before the call returns.
 */
WEFT_MUST_USE weft_status trie_root(weft_bytes32 *root, const trie_pair *pairs, size_t count, arena *scratch);

/** Root of the trie that holds values[i] under the key rlp(i): transactions, receipts, withdrawals.
 *  Returns: WEFT_OK, WEFT_NO_MEMORY, WEFT_INVALID_ARGUMENT for an empty value. Threads: any. */
WEFT_MUST_USE weft_status ordered_trie_root(weft_bytes32 *root, const weft_bytes *values, size_t count);

/** The root that belongs to what would stand in the top node's parent, if it had one: the hash of the top node, which
 *  is hashed even when it is short. No node: the root of an empty trie. Threads: any. */
weft_bytes32 trie_root_of_ref(const trie_ref *top);

#endif
