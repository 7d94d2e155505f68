/** The nodes of a Merkle-Patricia trie as bytes (Yellow Paper appendix D): writing them and reading them back.
 *
 *  A node is a list: [path, value] for a leaf, [path, child] for an extension, sixteen children and a value for a
 *  branch. A path is a run of nibbles in hex-prefix form (appendix C). A child stands in its parent as its keccak256,
 *  or as itself when its encoding is shorter than 32 bytes.
 */
#ifndef STATE_TRIE_NODE_H
#define STATE_TRIE_NODE_H

#include <weft/types.h>

#define TRIE_KEY_SIZE_MAX 64

/** Of the keys of the state trie and of storage tries. */
#define TRIE_HASHED_KEY_NIBBLES 64

/** What stands in a parent for a child. */
typedef struct trie_ref {
    uint8_t size; /* 32: a hash; 1..31: the node itself; 0: there is no child */
    uint8_t bytes[32];
} trie_ref;

/** Nibbles [from, to) of `key`, high nibble of each byte first. */
typedef struct trie_path {
    const uint8_t *key;
    size_t from, to;
} trie_path;

static inline unsigned trie_nibble(const uint8_t *key, size_t index) {
    return index % 2 == 0 ? key[index / 2] >> 4 : key[index / 2] & 15;
}

static inline void trie_nibble_set(uint8_t *key, size_t index, unsigned nibble) {
    uint8_t *byte = &key[index / 2];
    *byte = (uint8_t)(index % 2 == 0 ? (*byte & 15) | nibble << 4 : (*byte & 0xf0) | nibble);
}

/** The first index at or after `from` where the keys differ, `to` if they do not differ before it. */
size_t trie_common_nibbles(const uint8_t *a, const uint8_t *b, size_t from, size_t to);

/** Encoded size of a node, and the encoding itself at `out`. The path has at most 2 * TRIE_KEY_SIZE_MAX nibbles.
 *  Returns of the writers: the byte after the node. */
size_t trie_leaf_size(trie_path path, weft_bytes value);
uint8_t *trie_leaf_write(uint8_t *out, trie_path path, weft_bytes value);
size_t trie_extension_size(trie_path path, const trie_ref *child);
uint8_t *trie_extension_write(uint8_t *out, trie_path path, const trie_ref *child);
/** children[i] is NULL where there is no child. */
size_t trie_branch_size(const trie_ref *const children[16], weft_bytes value);
uint8_t *trie_branch_write(uint8_t *out, const trie_ref *const children[16], weft_bytes value);

typedef enum trie_kind { TRIE_LEAF, TRIE_EXTENSION, TRIE_BRANCH } trie_kind;

/** A node read back. Everything is borrowed from its encoding. */
typedef struct trie_node_view {
    trie_kind kind;
    trie_path path;          /* leaf and extension */
    weft_bytes value;        /* leaf; branch: empty when no key ends here */
    weft_bytes children[16]; /* branch: 32 bytes are a hash, fewer a whole node, none no child; extension: [0] */
} trie_node_view;

/** Read a node that stands `depth` nibbles deep, at most TRIE_HASHED_KEY_NIBBLES, in a trie whose keys are hashes.
 *  Returns: NULL; or, when the bytes are not one well-formed node or cannot stand there, the rule they break. */
const char *trie_node_read(trie_node_view *node, weft_bytes encoding, size_t depth);

#endif
