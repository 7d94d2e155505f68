/** The nodes of an mpt in memory, one for each node of the Yellow Paper, and how they are fetched. */
#ifndef STATE_MPT_NODE_H
#define STATE_MPT_NODE_H

#include "state/mpt.h"

/** What all three kinds begin with. Leaf and extension keep a whole key whose nibbles before `depth` are those of the
 *  path that leads to them: so a node that moves up or down keeps its key. */
typedef struct mpt_node {
    trie_kind kind;
    bool has_place; /* the source holds something where this node stands */
    bool is_saved;  /* and that is this node */
    size_t depth;   /* nibbles above it */
    /* Used while hashing. */
    mpt_link *link;
    struct mpt_node *next_in_level;
} mpt_node;

typedef struct mpt_leaf {
    mpt_node node;
    weft_bytes32 key;
    size_t value_size;
    uint8_t value[];
} mpt_leaf;

typedef struct mpt_extension {
    mpt_node node;
    weft_bytes32 key;
    size_t end; /* its path is key[depth, end) */
    mpt_link child;
} mpt_extension;

typedef struct mpt_branch {
    mpt_node node;
    mpt_link children[16];
} mpt_branch;

static inline bool mpt_link_is_empty(const mpt_link *link) {
    return link->node == NULL && link->ref.size == 0;
}

static inline mpt_leaf *mpt_as_leaf(mpt_node *node) {
    return (mpt_leaf *)(void *)node;
}

static inline mpt_extension *mpt_as_extension(mpt_node *node) {
    return (mpt_extension *)(void *)node;
}

static inline mpt_branch *mpt_as_branch(mpt_node *node) {
    return (mpt_branch *)(void *)node;
}

/** New nodes, not in the source; children are empty. Returns: NULL when out of memory. In: key   32 bytes. */
mpt_leaf *mpt_leaf_create(const uint8_t *key, size_t depth, weft_bytes value);
mpt_extension *mpt_extension_create(const uint8_t *key, size_t depth, size_t end);
mpt_branch *mpt_branch_create(size_t depth);

/** Bring the node of a link into memory, if there is one.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY; WEFT_STATE_UNAVAILABLE, `trie->failure` set; what the source says.
 *  In:      depth   nibbles of `key` that lead to the link. */
weft_status mpt_link_load(mpt *trie, mpt_link *link, const uint8_t *key, size_t depth);
/** The same for the child of an extension, which must be a branch. */
weft_status mpt_extension_load(mpt *trie, mpt_extension *extension);

/** Encode a node whose children have their refs. */
size_t mpt_node_size(const mpt_node *node);
void mpt_node_write(uint8_t *out, const mpt_node *node);

#endif
