#include "state/mpt.h"

#include "base/bytes.h"

#include <stdlib.h>

#define KEY_NIBBLES 64

void mpt_init(mpt *trie) {
    trie->top = NULL;
}

/* Recursion is bounded by the nibbles of a key. */
static void node_free(trie_node *node) {
    for (int i = 0; node != NULL && !node->is_leaf && i < 16; i++) {
        node_free(node->children[i]);
    }
    free(node);
}

void mpt_free(mpt *trie) {
    node_free(trie->top);
    trie->top = NULL;
}

/* A node owns its key, and a leaf its value: they lie behind it in the same allocation. */
static trie_node *node_create(size_t node_size, const uint8_t *key, weft_bytes value) {
    trie_node *node = malloc(node_size + sizeof(weft_bytes32) + value.size);
    if (node == NULL) {
        return NULL;
    }
    memset(node, 0, node_size);
    uint8_t *tail = (uint8_t *)node + node_size;
    memcpy(tail, key, sizeof(weft_bytes32));
    node->key = tail;
    node->is_stale = true;
    if (value.size != 0) {
        memcpy(tail + sizeof(weft_bytes32), value.data, value.size);
        node->value = bytes_of(tail + sizeof(weft_bytes32), value.size);
    }
    return node;
}

static trie_node *leaf_create(const uint8_t *key, weft_bytes value) {
    trie_node *leaf = node_create(TRIE_LEAF_NODE_SIZE, key, value);
    if (leaf != NULL) {
        leaf->is_leaf = true;
        leaf->depth = KEY_NIBBLES;
    }
    return leaf;
}

/* Put an inner node in the place of *link, with the node that was there and `leaf` below it. */
static bool link_split(trie_node **link, trie_node *leaf, size_t depth) {
    trie_node *inner = node_create(TRIE_INNER_NODE_SIZE, leaf->key, (weft_bytes){NULL, 0});
    if (inner == NULL) {
        return false;
    }
    trie_node *old = *link;
    inner->depth = depth;
    inner->children[trie_nibble(old->key, depth)] = old;
    inner->children[trie_nibble(leaf->key, depth)] = leaf;
    old->is_stale = true; /* its path has become shorter */
    *link = inner;
    return true;
}

weft_status mpt_put(mpt *trie, const weft_bytes32 *key, weft_bytes value) {
    trie_node *leaf = leaf_create(key->bytes, value);
    if (leaf == NULL) {
        return WEFT_NO_MEMORY;
    }
    trie_node **link = &trie->top;
    size_t from = 0, common = 0;
    for (; *link != NULL; from = common + 1) {
        trie_node *node = *link;
        common = trie_common_nibbles(node->key, key->bytes, from, node->depth);
        if (common < node->depth || node->is_leaf) {
            break;
        }
        node->is_stale = true;
        link = &node->children[trie_nibble(key->bytes, node->depth)];
    }
    if (*link == NULL) {
        *link = leaf;
    } else if (common == KEY_NIBBLES) {
        free(*link);
        *link = leaf;
    } else if (!link_split(link, leaf, common)) {
        free(leaf);
        return WEFT_NO_MEMORY; /* stale marks on the way down cost a hash, nothing else */
    }
    return WEFT_OK;
}

/* Where the leaf of `key` hangs, and in *parent_link where its parent hangs (NULL for the top).
 * Returns: NULL when the key is not there. */
static trie_node **leaf_link(mpt *trie, const weft_bytes32 *key, trie_node ***parent_link) {
    trie_node **link = &trie->top;
    *parent_link = NULL;
    while (*link != NULL && !(*link)->is_leaf) {
        *parent_link = link;
        link = &(*link)->children[trie_nibble(key->bytes, (*link)->depth)];
    }
    return *link != NULL && memcmp((*link)->key, key->bytes, sizeof key->bytes) == 0 ? link : NULL;
}

/* An inner node with one child left gives way to that child. */
static void link_collapse(trie_node **link) {
    trie_node *inner = *link, *only = NULL;
    for (int i = 0; i < 16; i++) {
        if (inner->children[i] != NULL) {
            if (only != NULL) {
                return;
            }
            only = inner->children[i];
        }
    }
    only->is_stale = true; /* its path has become longer */
    *link = only;
    free(inner);
}

void mpt_remove(mpt *trie, const weft_bytes32 *key) {
    trie_node **parent_link, **link = leaf_link(trie, key, &parent_link);
    if (link == NULL) {
        return;
    }
    for (trie_node *node = trie->top; !node->is_leaf; node = node->children[trie_nibble(key->bytes, node->depth)]) {
        node->is_stale = true;
    }
    free(*link);
    *link = NULL;
    if (parent_link != NULL) {
        link_collapse(parent_link);
    }
}

weft_status mpt_root(mpt *trie, weft_bytes32 *root, arena *scratch) {
    return trie_hash(root, trie->top, scratch);
}
