#include "state/trie_node.h"

#include "base/rlp.h"

#include <string.h>

/* First nibble of a hex-prefix path. */
#define PATH_ODD 1
#define PATH_ENDS_IN_LEAF 2

size_t trie_common_nibbles(const uint8_t *a, const uint8_t *b, size_t from, size_t to) {
    while (from < to && trie_nibble(a, from) == trie_nibble(b, from)) {
        from++;
    }
    return from;
}

/* Hex-prefix form of `path` in `out`, which has room for TRIE_KEY_SIZE_MAX + 1 bytes. */
static weft_bytes path_encode(uint8_t *out, trie_path path, bool is_leaf) {
    size_t next = path.from;
    unsigned flags = is_leaf ? PATH_ENDS_IN_LEAF : 0;
    if ((path.to - path.from) % 2 == 1) {
        out[0] = (uint8_t)((flags | PATH_ODD) << 4 | trie_nibble(path.key, next++));
    } else {
        out[0] = (uint8_t)(flags << 4);
    }
    size_t size = 1;
    for (; next < path.to; next += 2) {
        out[size++] = (uint8_t)(trie_nibble(path.key, next) << 4 | trie_nibble(path.key, next + 1));
    }
    return (weft_bytes){out, size};
}

static size_t ref_size(const trie_ref *ref) {
    return ref == NULL ? 1 : ref->size == 32 ? 33 : ref->size;
}

static uint8_t *ref_write(uint8_t *out, const trie_ref *ref) {
    if (ref == NULL || ref->size == 32) {
        return rlp_write_string(out, ref == NULL ? (weft_bytes){NULL, 0} : (weft_bytes){ref->bytes, 32});
    }
    memcpy(out, ref->bytes, ref->size);
    return out + ref->size;
}

size_t trie_leaf_size(trie_path path, weft_bytes value) {
    uint8_t prefixed[TRIE_KEY_SIZE_MAX + 1];
    return rlp_size_list(rlp_size_string(path_encode(prefixed, path, true)) + rlp_size_string(value));
}

uint8_t *trie_leaf_write(uint8_t *out, trie_path path, weft_bytes value) {
    uint8_t prefixed[TRIE_KEY_SIZE_MAX + 1];
    weft_bytes encoded = path_encode(prefixed, path, true);
    out = rlp_write_list_header(out, rlp_size_string(encoded) + rlp_size_string(value));
    return rlp_write_string(rlp_write_string(out, encoded), value);
}

size_t trie_extension_size(trie_path path, const trie_ref *child) {
    uint8_t prefixed[TRIE_KEY_SIZE_MAX + 1];
    return rlp_size_list(rlp_size_string(path_encode(prefixed, path, false)) + ref_size(child));
}

uint8_t *trie_extension_write(uint8_t *out, trie_path path, const trie_ref *child) {
    uint8_t prefixed[TRIE_KEY_SIZE_MAX + 1];
    weft_bytes encoded = path_encode(prefixed, path, false);
    out = rlp_write_list_header(out, rlp_size_string(encoded) + ref_size(child));
    return ref_write(rlp_write_string(out, encoded), child);
}

static size_t branch_payload_size(const trie_ref *const children[16], weft_bytes value) {
    size_t size = rlp_size_string(value);
    for (int i = 0; i < 16; i++) {
        size += ref_size(children[i]);
    }
    return size;
}

size_t trie_branch_size(const trie_ref *const children[16], weft_bytes value) {
    return rlp_size_list(branch_payload_size(children, value));
}

uint8_t *trie_branch_write(uint8_t *out, const trie_ref *const children[16], weft_bytes value) {
    out = rlp_write_list_header(out, branch_payload_size(children, value));
    for (int i = 0; i < 16; i++) {
        out = ref_write(out, children[i]);
    }
    return rlp_write_string(out, value);
}

/* A child: a hash, a node shorter than a hash, or (where `may_be_empty`) nothing. */
static weft_bytes child_read(rlp_cursor *c, bool may_be_empty) {
    if (rlp_next_is_list(c)) {
        weft_bytes node = rlp_read_raw(c);
        if (node.size >= 32) {
            rlp_fail(c, "a node of 32 bytes or more stands in its parent");
        }
        return node;
    }
    weft_bytes hash = rlp_read_string(c);
    if (hash.size != 32 && !(hash.size == 0 && may_be_empty)) {
        rlp_fail(c, "a child is neither a hash nor a node");
    }
    return hash;
}

/* [path, value] or [path, child]. */
static void short_node_read(trie_node_view *node, rlp_cursor *c) {
    weft_bytes path = rlp_read_string(c);
    if (path.size == 0 || path.size > TRIE_KEY_SIZE_MAX + 1) {
        rlp_fail(c, "a path has an impossible size");
        return;
    }
    unsigned flags = path.data[0] >> 4;
    bool odd = (flags & PATH_ODD) != 0;
    if (flags > (PATH_ODD | PATH_ENDS_IN_LEAF) || (!odd && (path.data[0] & 15) != 0)) {
        rlp_fail(c, "a path is not in hex-prefix form");
        return;
    }
    node->path = (trie_path){path.data, odd ? 1 : 2, 2 * path.size};
    if ((flags & PATH_ENDS_IN_LEAF) != 0) {
        node->kind = TRIE_LEAF;
        node->value = rlp_read_string(c);
    } else {
        node->kind = TRIE_EXTENSION;
        node->children[0] = child_read(c, false);
        if (node->path.from == node->path.to) {
            rlp_fail(c, "an extension has no path");
        }
    }
}

/* Why the node cannot stand `depth` nibbles deep in a trie whose keys have 64; NULL if it can. */
static const char *misfit(const trie_node_view *view, size_t depth) {
    size_t left = TRIE_HASHED_KEY_NIBBLES - depth, path_count = view->path.to - view->path.from;
    if (view->kind == TRIE_LEAF) {
        return path_count != left      ? "a leaf's key has not 32 bytes"
               : view->value.size == 0 ? "a leaf has no value"
                                       : NULL;
    }
    if (path_count >= left) {
        return "a path is longer than a key of 32 bytes";
    }
    if (view->kind == TRIE_EXTENSION) {
        return NULL;
    }
    size_t child_count = 0;
    for (int i = 0; i < 16; i++) {
        child_count += view->children[i].size != 0;
    }
    return view->value.size != 0 ? "a branch has a value"
           : child_count < 2     ? "a branch has less than two children"
                                 : NULL;
}

const char *trie_node_read(trie_node_view *node, weft_bytes encoding, size_t depth) {
    rlp_error error;
    rlp_cursor outer = rlp_open(encoding, &error), c = rlp_read_list(&outer);
    rlp_expect_end(&outer);
    *node = (trie_node_view){.kind = TRIE_BRANCH};
    size_t count = rlp_count(&c);
    if (count == 2) {
        short_node_read(node, &c);
    } else if (count == 17) {
        for (int i = 0; i < 16; i++) {
            node->children[i] = child_read(&c, true);
        }
        node->value = rlp_read_string(&c);
    } else {
        rlp_fail(&c, "a node has neither 2 nor 17 items");
    }
    return error.rule != NULL ? error.rule : misfit(node, depth);
}
