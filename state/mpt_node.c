#include "state/mpt_node.h"

#include "base/bytes.h"

#include <stdlib.h>

static mpt_node *node_init(void *memory, trie_kind kind, size_t depth) {
    mpt_node *node = memory;
    if (node != NULL) {
        node->kind = kind;
        node->depth = depth;
    }
    return node;
}

mpt_leaf *mpt_leaf_create(const uint8_t *key, size_t depth, weft_bytes value) {
    mpt_leaf *leaf = calloc(1, sizeof *leaf + value.size);
    if (node_init(leaf, TRIE_LEAF, depth) != NULL) {
        memcpy(leaf->key.bytes, key, sizeof leaf->key.bytes);
        memcpy(leaf->value, value.data, value.size);
        leaf->value_size = value.size;
    }
    return leaf;
}

mpt_extension *mpt_extension_create(const uint8_t *key, size_t depth, size_t end) {
    mpt_extension *extension = calloc(1, sizeof *extension);
    if (node_init(extension, TRIE_EXTENSION, depth) != NULL) {
        memcpy(extension->key.bytes, key, sizeof extension->key.bytes);
        extension->end = end;
    }
    return extension;
}

mpt_branch *mpt_branch_create(size_t depth) {
    mpt_branch *branch = calloc(1, sizeof *branch);
    (void)node_init(branch, TRIE_BRANCH, depth);
    return branch;
}

/* --- Fetching --- */

static weft_status refuse(mpt *trie, const mpt_link *link, const uint8_t *key, size_t depth, const char *rule) {
    mpt_failure *failure = &trie->failure;
    *failure = (mpt_failure){.depth = depth, .rule = rule};
    memcpy(failure->key.bytes, key, sizeof failure->key.bytes);
    if (link->ref.size == sizeof failure->hash.bytes) {
        memcpy(failure->hash.bytes, link->ref.bytes, sizeof failure->hash.bytes);
    }
    return WEFT_STATE_UNAVAILABLE;
}

/* The first `depth` nibbles of `key`, then the path. */
static weft_bytes32 key_of(const uint8_t *key, size_t depth, trie_path path) {
    weft_bytes32 whole = {{0}};
    memcpy(whole.bytes, key, (depth + 1) / 2);
    if (depth % 2 == 1) {
        whole.bytes[depth / 2] &= 0xf0;
    }
    for (size_t i = path.from; i < path.to; i++, depth++) {
        unsigned nibble = trie_nibble(path.key, i);
        whole.bytes[depth / 2] = (uint8_t)(whole.bytes[depth / 2] | (depth % 2 == 0 ? nibble << 4 : nibble));
    }
    return whole;
}

static void link_set_ref(mpt_link *link, weft_bytes child) {
    link->ref.size = (uint8_t)child.size;
    if (child.size != 0) {
        memcpy(link->ref.bytes, child.data, child.size);
    }
}

static mpt_node *node_of_view(const trie_node_view *view, const uint8_t *key, size_t depth) {
    if (view->kind == TRIE_BRANCH) {
        mpt_branch *branch = mpt_branch_create(depth);
        for (int i = 0; i < 16 && branch != NULL; i++) {
            link_set_ref(&branch->children[i], view->children[i]);
        }
        return branch != NULL ? &branch->node : NULL;
    }
    weft_bytes32 whole = key_of(key, depth, view->path);
    if (view->kind == TRIE_LEAF) {
        mpt_leaf *leaf = mpt_leaf_create(whole.bytes, depth, view->value);
        return leaf != NULL ? &leaf->node : NULL;
    }
    mpt_extension *extension = mpt_extension_create(whole.bytes, depth, depth + view->path.to - view->path.from);
    if (extension == NULL) {
        return NULL;
    }
    link_set_ref(&extension->child, view->children[0]);
    return &extension->node;
}

static weft_status encoding_load(mpt *trie, weft_bytes *encoding, const mpt_link *link, const uint8_t *key,
                                 size_t depth) {
    *encoding = bytes_of(link->ref.bytes, link->ref.size);
    if (link->ref.size < 32) {
        return WEFT_OK;
    }
    weft_bytes32 hash;
    memcpy(hash.bytes, link->ref.bytes, sizeof hash.bytes);
    const mpt_source *source = trie->source;
    weft_status status = source == NULL
                             ? WEFT_STATE_UNAVAILABLE
                             : source->load(source->context, encoding, trie->owner, (trie_path){key, 0, depth}, &hash);
    return status == WEFT_STATE_UNAVAILABLE ? refuse(trie, link, key, depth, NULL) : status;
}

weft_status mpt_link_load(mpt *trie, mpt_link *link, const uint8_t *key, size_t depth) {
    if (link->node != NULL || link->ref.size == 0) {
        return WEFT_OK;
    }
    weft_bytes encoding;
    weft_status status = encoding_load(trie, &encoding, link, key, depth);
    if (status != WEFT_OK) {
        return status;
    }
    trie_node_view view;
    const char *rule = trie_node_read(&view, encoding, depth);
    if (rule != NULL) {
        return refuse(trie, link, key, depth, rule);
    }
    mpt_node *node = node_of_view(&view, key, depth);
    if (node == NULL) {
        return WEFT_NO_MEMORY;
    }
    node->is_saved = true;
    node->has_place = link->ref.size == 32;
    link->node = node;
    return WEFT_OK;
}

weft_status mpt_extension_load(mpt *trie, mpt_extension *extension) {
    mpt_link *child = &extension->child;
    weft_status status = mpt_link_load(trie, child, extension->key.bytes, extension->end);
    if (status == WEFT_OK && child->node->kind != TRIE_BRANCH) {
        return refuse(trie, child, extension->key.bytes, extension->end, "below an extension is no branch");
    }
    return status;
}

/* --- Encoding --- */

static const trie_ref *const *branch_refs(const trie_ref *refs[16], const mpt_node *node) {
    const mpt_link *children = ((const mpt_branch *)(const void *)node)->children;
    for (int i = 0; i < 16; i++) {
        refs[i] = children[i].ref.size != 0 ? &children[i].ref : NULL;
    }
    return refs;
}

size_t mpt_node_size(const mpt_node *node) {
    if (node->kind == TRIE_LEAF) {
        const mpt_leaf *leaf = (const void *)node;
        return trie_leaf_size((trie_path){leaf->key.bytes, node->depth, TRIE_HASHED_KEY_NIBBLES},
                              bytes_of(leaf->value, leaf->value_size));
    }
    if (node->kind == TRIE_EXTENSION) {
        const mpt_extension *extension = (const void *)node;
        return trie_extension_size((trie_path){extension->key.bytes, node->depth, extension->end},
                                   &extension->child.ref);
    }
    const trie_ref *refs[16];
    return trie_branch_size(branch_refs(refs, node), (weft_bytes){NULL, 0});
}

void mpt_node_write(uint8_t *out, const mpt_node *node) {
    if (node->kind == TRIE_LEAF) {
        const mpt_leaf *leaf = (const void *)node;
        (void)trie_leaf_write(out, (trie_path){leaf->key.bytes, node->depth, TRIE_HASHED_KEY_NIBBLES},
                              bytes_of(leaf->value, leaf->value_size));
    } else if (node->kind == TRIE_EXTENSION) {
        const mpt_extension *extension = (const void *)node;
        (void)trie_extension_write(out, (trie_path){extension->key.bytes, node->depth, extension->end},
                                   &extension->child.ref);
    } else {
        const trie_ref *refs[16];
        (void)trie_branch_write(out, branch_refs(refs, node), (weft_bytes){NULL, 0});
    }
}
