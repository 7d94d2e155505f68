#include "state/trie.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "base/rlp.h"
#include "crypto/keccak.h"
#include "state/trie_batch.h"

/* An inner node consumes at least one nibble, a leaf may consume none. */
#define LEVEL_COUNT_MAX (2 * TRIE_KEY_SIZE_MAX + 2)

const weft_bytes32 trie_empty_root = {{0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6, 0xff, 0x83, 0x45,
                                       0xe6, 0x92, 0xc0, 0xf8, 0x6e, 0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c,
                                       0xad, 0xc0, 0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63, 0xb4, 0x21}};

weft_bytes32 trie_root_of_ref(const trie_ref *top) {
    weft_bytes32 root;
    if (top->size == 0) {
        return trie_empty_root;
    }
    if (top->size < 32) {
        return keccak256(top->bytes, top->size);
    }
    memcpy(root.bytes, top->bytes, sizeof root.bytes);
    return root;
}

/* --- The tree over sorted pairs. An inner node is a branch together with the extension that may stand above it. --- */

typedef struct tree_node {
    struct tree_node *next_in_level;
    const uint8_t *key; /* leaf: its key; inner: a key that shares the first `depth` nibbles */
    size_t path_from;   /* the first nibble that no ancestor stands for */
    size_t depth;       /* leaf: nibbles of its key; inner: index of the nibble it branches on */
    weft_bytes value;   /* leaf; inner: value of the key that ends here, empty if none */
    bool is_leaf;
    trie_ref ref;
    struct tree_node *children[]; /* sixteen in an inner node, none in a leaf */
} tree_node;

static int key_compare(weft_bytes a, weft_bytes b) {
    size_t shorter = a.size < b.size ? a.size : b.size;
    int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static bool pairs_are_valid(const trie_pair *pairs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].key.size > TRIE_KEY_SIZE_MAX || pairs[i].value.size == 0 ||
            (i > 0 && key_compare(pairs[i - 1].key, pairs[i].key) >= 0)) {
            return false;
        }
    }
    return true;
}

/* What grows while the tree is built. */
typedef struct tree_build {
    arena *scratch;
    tree_node *levels[LEVEL_COUNT_MAX];
} tree_build;

static tree_node *node_create(tree_build *build, size_t level, size_t child_count, size_t from) {
    WEFT_ASSERT(level < LEVEL_COUNT_MAX);
    tree_node *node = arena_alloc_zero(build->scratch, sizeof *node + child_count * sizeof node->children[0]);
    if (node != NULL) {
        node->path_from = from;
        node->next_in_level = build->levels[level];
        build->levels[level] = node;
    }
    return node;
}

/* The node over a sorted range of pairs that share their first `from` nibbles. Recursion is bounded by the nibbles of
 * a key. Returns: NULL when out of memory. */
static tree_node *range_build(tree_build *build, size_t level, const trie_pair *pairs, size_t count, size_t from) {
    weft_bytes first = pairs[0].key, last = pairs[count - 1].key;
    tree_node *node = node_create(build, level, count == 1 ? 0 : 16, from);
    if (node == NULL) {
        return NULL;
    }
    node->key = first.data;
    node->is_leaf = count == 1;
    if (count == 1) {
        node->depth = 2 * first.size;
        node->value = pairs[0].value;
        return node;
    }
    /* In sorted order a key that ends inside another comes first. */
    size_t shorter = first.size < last.size ? first.size : last.size;
    node->depth = trie_common_nibbles(first.data, last.data, from, 2 * shorter);
    size_t next = 0;
    if (2 * first.size == node->depth) {
        node->value = pairs[next++].value;
    }
    while (next < count) {
        unsigned nibble = trie_nibble(pairs[next].key.data, node->depth);
        size_t begin = next;
        while (next < count && trie_nibble(pairs[next].key.data, node->depth) == nibble) {
            next++;
        }
        node->children[nibble] = range_build(build, level + 1, pairs + begin, next - begin, node->depth + 1);
        if (node->children[nibble] == NULL) {
            return NULL;
        }
    }
    return node;
}

/* --- Its hash --- */

/* The leaf, or the branch without the extension above it. */
static weft_status node_add(trie_batch *batch, tree_node *node) {
    trie_path path = {node->key, node->path_from, node->depth};
    const trie_ref *children[16] = {NULL};
    if (!node->is_leaf) {
        for (int i = 0; i < 16; i++) {
            children[i] = node->children[i] != NULL ? &node->children[i]->ref : NULL;
        }
    }
    size_t size = node->is_leaf ? trie_leaf_size(path, node->value) : trie_branch_size(children, node->value);
    uint8_t *encoding = trie_batch_reserve(batch, size);
    if (encoding == NULL) {
        return WEFT_NO_MEMORY;
    }
    if (node->is_leaf) {
        (void)trie_leaf_write(encoding, path, node->value);
    } else {
        (void)trie_branch_write(encoding, children, node->value);
    }
    trie_batch_add(batch, &node->ref, encoding, size);
    return WEFT_OK;
}

static weft_status extension_add(trie_batch *batch, tree_node *node) {
    trie_path path = {node->key, node->path_from, node->depth};
    size_t size = trie_extension_size(path, &node->ref);
    uint8_t *encoding = trie_batch_reserve(batch, size);
    if (encoding == NULL) {
        return WEFT_NO_MEMORY;
    }
    (void)trie_extension_write(encoding, path, &node->ref);
    trie_batch_add(batch, &node->ref, encoding, size);
    return WEFT_OK;
}

static weft_status level_hash(trie_batch *batch, tree_node *level) {
    for (tree_node *node = level; node != NULL; node = node->next_in_level) {
        if (node_add(batch, node) != WEFT_OK) {
            return WEFT_NO_MEMORY;
        }
    }
    trie_batch_flush(batch);
    for (tree_node *node = level; node != NULL; node = node->next_in_level) {
        if (!node->is_leaf && node->depth > node->path_from && extension_add(batch, node) != WEFT_OK) {
            return WEFT_NO_MEMORY;
        }
    }
    trie_batch_flush(batch);
    return WEFT_OK;
}

weft_status trie_root(weft_bytes32 *root, const trie_pair *pairs, size_t count, arena *scratch) {
    if (!pairs_are_valid(pairs, count)) {
        return WEFT_INVALID_ARGUMENT;
    }
    if (count == 0) {
        *root = trie_empty_root;
        return WEFT_OK;
    }
    arena_mark mark = arena_checkpoint(scratch);
    tree_build build = {.scratch = scratch};
    tree_node *top = range_build(&build, 0, pairs, count, 0);
    weft_status status = top != NULL ? WEFT_OK : WEFT_NO_MEMORY;
    trie_batch batch;
    trie_batch_init(&batch, scratch);
    for (size_t level = LEVEL_COUNT_MAX; level-- > 0 && status == WEFT_OK;) {
        status = level_hash(&batch, build.levels[level]);
    }
    if (status == WEFT_OK) {
        *root = trie_root_of_ref(&top->ref);
    }
    arena_rollback(scratch, mark);
    return status;
}

/* --- Ordered tries --- */

#define INDEX_KEY_SIZE_MAX 9

/* rlp(0) = 0x80 sorts after rlp(127) = 0x7f and before rlp(128) = 0x8180. */
static size_t index_in_key_order(size_t position, size_t count) {
    size_t zero_position = count < 128 ? count - 1 : 127;
    return position < zero_position ? position + 1 : position == zero_position ? 0 : position;
}

weft_status ordered_trie_root(weft_bytes32 *root, const weft_bytes *values, size_t count) {
    arena scratch;
    arena_init(&scratch, 0);
    trie_pair *pairs = arena_alloc_array(&scratch, count, sizeof *pairs);
    uint8_t *keys = arena_alloc_array(&scratch, count, INDEX_KEY_SIZE_MAX);
    weft_status status = WEFT_NO_MEMORY;
    if (pairs != NULL && keys != NULL) {
        for (size_t i = 0; i < count; i++) {
            size_t index = index_in_key_order(i, count);
            uint8_t *key = keys + i * INDEX_KEY_SIZE_MAX;
            pairs[i].key = bytes_of(key, (size_t)(rlp_write_u64(key, index) - key));
            pairs[i].value = values[index];
        }
        status = trie_root(root, pairs, count, &scratch);
    }
    arena_free(&scratch);
    return status;
}
