/** Merkle-Patricia tries: the node tree in memory, its root hash, and roots by full computation.
 *
 *  The tree is kept compressed: an inner node is a branch together with the extension that may stand above it, so that
 *  every inner node has at least two ways on. Which nibbles the extension has follows from the depth of its parent.
 *
 *  Hashing goes from the deepest level up, and hashes all nodes of one level together in the lanes of
 *  keccak256_batch().
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

/** One node of the tree. */
typedef struct trie_node {
    struct trie_node *next_in_level; /* used while hashing */
    const uint8_t *key;              /* leaf: its key; inner: a key that shares the first `depth` nibbles */
    size_t depth;                    /* leaf: nibbles of its key; inner: index of the nibble it branches on */
    size_t path_from;                /* used while hashing: the first nibble that no ancestor stands for */
    weft_bytes value;                /* leaf; inner: value of the key that ends here, empty if none */
    bool is_leaf;
    bool is_stale; /* `ref` must be computed; then so must those of all ancestors */
    trie_ref ref;
    struct trie_node *children[]; /* sixteen in an inner node, none in a leaf */
} trie_node;

#define TRIE_LEAF_NODE_SIZE sizeof(trie_node)
#define TRIE_INNER_NODE_SIZE (sizeof(trie_node) + 16 * sizeof(trie_node *))

/** Bring every stale `ref` below `top` (NULL: an empty trie) up to date.
 *
 *  Returns:  WEFT_OK; WEFT_NO_MEMORY: what was not done is still stale, the call may be repeated.
 *  Threads:  exclusive on the tree and `scratch`.
 */
WEFT_MUST_USE weft_status trie_hash(weft_bytes32 *root, trie_node *top, arena *scratch);

#endif
