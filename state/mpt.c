#include "state/mpt.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "state/mpt_node.h"

#include <stdlib.h>

/* What one removal can vacate: the leaf's place, that of a sibling which moves up into its branch's, and that of a node
 * which moves up into an extension's. */
#define VACANCY_COUNT_MAX 3

void mpt_init(mpt *trie) {
    *trie = (mpt){.source = NULL};
}

void mpt_open(mpt *trie, const weft_bytes32 *root, const mpt_source *source, const weft_bytes32 *owner) {
    *trie = (mpt){.source = source, .owner = owner};
    if (!bytes32_equal(root, &trie_empty_root)) {
        trie->top.ref.size = sizeof root->bytes;
        memcpy(trie->top.ref.bytes, root->bytes, sizeof root->bytes);
    }
}

/* Recursion is bounded by the nibbles of a key, here and below. */
static void node_free(mpt_node *node) {
    if (node == NULL) {
        return;
    }
    if (node->kind == TRIE_EXTENSION) {
        node_free(mpt_as_extension(node)->child.node);
    } else if (node->kind == TRIE_BRANCH) {
        for (int i = 0; i < 16; i++) {
            node_free(mpt_as_branch(node)->children[i].node);
        }
    }
    free(node);
}

void mpt_free(mpt *trie) {
    node_free(trie->top.node);
    free(trie->vacancies);
    mpt_init(trie);
}

weft_status mpt_get(mpt *trie, weft_bytes *value, const weft_bytes32 *key) {
    mpt_link *link = &trie->top;
    *value = (weft_bytes){NULL, 0};
    for (size_t depth = 0; !mpt_link_is_empty(link);) {
        weft_status status = mpt_link_load(trie, link, key->bytes, depth);
        if (status != WEFT_OK) {
            return status;
        }
        if (link->node->kind == TRIE_BRANCH) {
            link = &mpt_as_branch(link->node)->children[trie_nibble(key->bytes, depth++)];
        } else if (link->node->kind == TRIE_LEAF) {
            const mpt_leaf *leaf = mpt_as_leaf(link->node);
            *value = bytes32_equal(&leaf->key, key) ? bytes_of(leaf->value, leaf->value_size) : *value;
            return WEFT_OK;
        } else {
            mpt_extension *extension = mpt_as_extension(link->node);
            if (trie_common_nibbles(extension->key.bytes, key->bytes, depth, extension->end) < extension->end) {
                return WEFT_OK;
            }
            status = mpt_extension_load(trie, extension);
            if (status != WEFT_OK) {
                return status;
            }
            depth = extension->end;
            link = &extension->child;
        }
    }
    return WEFT_OK;
}

/* --- Changing an entry --- */

typedef struct change {
    mpt *trie;
    const weft_bytes32 *key;
    weft_bytes value; /* put */
    bool is_made;     /* there was something to change */
} change;

static void link_touch(mpt_link *link) {
    link->ref.size = 0;
    link->node->is_saved = false;
}

/* A node moves into a place nearer to the top, or further from it. */
static void node_move(mpt_node *node, size_t depth, bool has_place) {
    node->depth = depth;
    node->has_place = has_place;
}

/* --- Putting --- */

static weft_status leaf_add(change *c, mpt_link *link, size_t depth) {
    mpt_leaf *leaf = mpt_leaf_create(c->key->bytes, depth, c->value);
    if (leaf == NULL) {
        return WEFT_NO_MEMORY;
    }
    link->node = &leaf->node;
    c->is_made = true;
    return WEFT_OK;
}

static weft_status leaf_replace(change *c, mpt_link *link, size_t depth) {
    mpt_leaf *old = mpt_as_leaf(link->node);
    bool has_place = old->node.has_place;
    if (bytes_equal(bytes_of(old->value, old->value_size), c->value)) {
        return WEFT_OK;
    }
    weft_status status = leaf_add(c, link, depth);
    if (status == WEFT_OK) {
        link->node->has_place = has_place;
        free(old);
    }
    return status;
}

/* Hang `old` (a leaf or an extension) below a new branch, which stands further down its path. */
static void branch_adopt(mpt_branch *branch, mpt_node *old) {
    size_t depth = branch->node.depth;
    const mpt_leaf *leaf = mpt_as_leaf(old);
    mpt_extension *extension = mpt_as_extension(old);
    const uint8_t *key = old->kind == TRIE_LEAF ? leaf->key.bytes : extension->key.bytes;
    mpt_link *place = &branch->children[trie_nibble(key, depth)];
    if (old->kind == TRIE_EXTENSION && extension->end == depth + 1) {
        *place = extension->child; /* nothing is left of its path */
        free(extension);
    } else {
        node_move(old, depth + 1, false);
        place->node = old;
        link_touch(place);
    }
}

/* The path of the node in `link` parts from the key at nibble `fork`: a branch there, below an extension if need be. */
static weft_status link_fork(change *c, mpt_link *link, size_t depth, size_t fork) {
    bool has_place = link->node->has_place;
    mpt_branch *branch = mpt_branch_create(fork);
    mpt_leaf *leaf = mpt_leaf_create(c->key->bytes, fork + 1, c->value);
    mpt_extension *extension = fork > depth ? mpt_extension_create(c->key->bytes, depth, fork) : NULL;
    if (branch == NULL || leaf == NULL || (fork > depth && extension == NULL)) {
        free(branch);
        free(leaf);
        free(extension);
        return WEFT_NO_MEMORY;
    }
    branch->children[trie_nibble(c->key->bytes, fork)].node = &leaf->node;
    branch_adopt(branch, link->node);
    link->node = &branch->node;
    if (extension != NULL) {
        extension->child.node = &branch->node;
        link->node = &extension->node;
    }
    link->node->has_place = has_place;
    c->is_made = true;
    return WEFT_OK;
}

static weft_status link_put(change *c, mpt_link *link, size_t depth) {
    weft_status status = mpt_link_load(c->trie, link, c->key->bytes, depth);
    mpt_node *node = link->node;
    if (status != WEFT_OK) {
        return status;
    }
    if (node == NULL) {
        status = leaf_add(c, link, depth);
    } else if (node->kind == TRIE_BRANCH) {
        status = link_put(c, &mpt_as_branch(node)->children[trie_nibble(c->key->bytes, depth)], depth + 1);
    } else {
        mpt_extension *extension = mpt_as_extension(node);
        const uint8_t *key = node->kind == TRIE_LEAF ? mpt_as_leaf(node)->key.bytes : extension->key.bytes;
        size_t end = node->kind == TRIE_LEAF ? TRIE_HASHED_KEY_NIBBLES : extension->end;
        size_t fork = trie_common_nibbles(key, c->key->bytes, depth, end);
        if (fork < end) {
            status = link_fork(c, link, depth, fork);
        } else if (node->kind == TRIE_LEAF) {
            status = leaf_replace(c, link, depth);
        } else {
            status = mpt_extension_load(c->trie, extension);
            status = status == WEFT_OK ? link_put(c, &extension->child, end) : status;
        }
    }
    if (c->is_made) {
        link_touch(link);
    }
    return status;
}

weft_status mpt_put(mpt *trie, const weft_bytes32 *key, weft_bytes value) {
    WEFT_ASSERT(value.size != 0);
    change c = {.trie = trie, .key = key, .value = value};
    weft_status status = link_put(&c, &trie->top, 0);
    trie->change_count += c.is_made;
    return status;
}

/* --- Removing --- */

static bool vacancies_reserve(mpt *trie) {
    if (trie->source == NULL || trie->vacancy_count + VACANCY_COUNT_MAX <= trie->vacancy_capacity) {
        return true; /* without a source no node has a place to vacate */
    }
    size_t capacity = 2 * trie->vacancy_capacity + 32;
    mpt_vacancy *larger = reallocarray(trie->vacancies, capacity, sizeof *larger);
    if (larger != NULL) {
        trie->vacancies = larger;
        trie->vacancy_capacity = capacity;
    }
    return larger != NULL;
}

/* A leaf or an extension leaves the place where it stands. */
static void place_vacate(mpt *trie, const mpt_node *node) {
    if (!node->has_place) {
        return;
    }
    const weft_bytes32 *key = node->kind == TRIE_LEAF ? &((const mpt_leaf *)(const void *)node)->key
                                                      : &((const mpt_extension *)(const void *)node)->key;
    WEFT_ASSERT(trie->vacancy_count < trie->vacancy_capacity);
    trie->vacancies[trie->vacancy_count++] = (mpt_vacancy){*key, node->depth};
}

static void leaf_drop(mpt *trie, mpt_link *link) {
    place_vacate(trie, link->node);
    free(link->node);
    *link = (mpt_link){.node = NULL};
}

/* `node`, a leaf or an extension, takes the place of its parent, which is in `link`. */
static void parent_replace(mpt *trie, mpt_link *link, mpt_node *node) {
    mpt_node *parent = link->node;
    place_vacate(trie, node);
    node_move(node, parent->depth, parent->has_place);
    link->node = node;
    free(parent);
}

/* The one child of a branch beside children[except]; NULL if there are more. */
static mpt_link *only_sibling(mpt_branch *branch, size_t except) {
    mpt_link *only = NULL;
    for (size_t i = 0; i < 16; i++) {
        mpt_link *child = &branch->children[i];
        if (i != except && !mpt_link_is_empty(child)) {
            if (only != NULL) {
                return NULL;
            }
            only = child;
        }
    }
    return only;
}

/* Remove the leaf at children[index] of the branch in `link`. With one child left the branch gives way to it. */
static weft_status branch_drop(change *c, mpt_link *link, size_t index) {
    mpt_branch *branch = mpt_as_branch(link->node);
    size_t depth = branch->node.depth;
    mpt_link *only = only_sibling(branch, index);
    mpt_extension *extension = NULL;
    if (only != NULL) {
        weft_bytes32 key = *c->key;
        trie_nibble_set(key.bytes, depth, (unsigned)(only - branch->children));
        weft_status status = mpt_link_load(c->trie, only, key.bytes, depth + 1);
        if (status != WEFT_OK) {
            return status;
        }
        if (only->node->kind == TRIE_BRANCH) {
            extension = mpt_extension_create(key.bytes, depth, depth + 1);
            if (extension == NULL) {
                return WEFT_NO_MEMORY;
            }
            extension->child = *only;
        }
    }
    leaf_drop(c->trie, &branch->children[index]);
    if (extension != NULL) {
        extension->node.has_place = branch->node.has_place;
        link->node = &extension->node;
        free(branch);
    } else if (only != NULL) {
        parent_replace(c->trie, link, only->node);
    }
    c->is_made = true;
    return WEFT_OK;
}

static weft_status link_remove(change *c, mpt_link *link, size_t depth);

static weft_status branch_remove(change *c, mpt_link *link, size_t depth) {
    unsigned index = trie_nibble(c->key->bytes, depth);
    mpt_link *child = &mpt_as_branch(link->node)->children[index];
    weft_status status = mpt_link_load(c->trie, child, c->key->bytes, depth + 1);
    if (status != WEFT_OK || child->node == NULL) {
        return status;
    }
    if (child->node->kind != TRIE_LEAF) {
        return link_remove(c, child, depth + 1);
    }
    return bytes32_equal(&mpt_as_leaf(child->node)->key, c->key) ? branch_drop(c, link, index) : WEFT_OK;
}

static weft_status extension_remove(change *c, mpt_link *link, size_t depth) {
    mpt_extension *extension = mpt_as_extension(link->node);
    if (trie_common_nibbles(extension->key.bytes, c->key->bytes, depth, extension->end) < extension->end) {
        return WEFT_OK;
    }
    weft_status status = mpt_extension_load(c->trie, extension);
    status = status == WEFT_OK ? link_remove(c, &extension->child, extension->end) : status;
    if (c->is_made && extension->child.node->kind != TRIE_BRANCH) {
        parent_replace(c->trie, link, extension->child.node); /* two paths in a row become one */
    }
    return status;
}

static weft_status link_remove(change *c, mpt_link *link, size_t depth) {
    weft_status status = mpt_link_load(c->trie, link, c->key->bytes, depth);
    if (status != WEFT_OK || link->node == NULL) {
        return status;
    }
    if (link->node->kind == TRIE_BRANCH) {
        status = branch_remove(c, link, depth);
    } else if (link->node->kind == TRIE_EXTENSION) {
        status = extension_remove(c, link, depth);
    } else if (bytes32_equal(&mpt_as_leaf(link->node)->key, c->key)) {
        leaf_drop(c->trie, link); /* the last entry of all: below a branch branch_drop() takes the leaf */
        c->is_made = true;
    }
    if (c->is_made && link->node != NULL) {
        link_touch(link);
    }
    return status;
}

weft_status mpt_remove(mpt *trie, const weft_bytes32 *key) {
    if (!vacancies_reserve(trie)) {
        return WEFT_NO_MEMORY;
    }
    change c = {.trie = trie, .key = key};
    weft_status status = link_remove(&c, &trie->top, 0);
    trie->change_count += c.is_made;
    return status;
}
