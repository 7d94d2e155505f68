#include "state/trie.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "crypto/keccak.h"

/* An inner node consumes at least one nibble, a leaf may consume none. */
#define LEVEL_COUNT_MAX (2 * TRIE_KEY_SIZE_MAX + 2)
#define BATCH_COUNT 64

const weft_bytes32 trie_empty_root = {{0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6, 0xff, 0x83, 0x45,
                                       0xe6, 0x92, 0xc0, 0xf8, 0x6e, 0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c,
                                       0xad, 0xc0, 0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63, 0xb4, 0x21}};

/* Node encodings that wait to be hashed together. */
typedef struct hash_batch {
    arena *scratch;
    arena_mark mark;
    size_t count;
    weft_bytes encodings[BATCH_COUNT];
    trie_ref *targets[BATCH_COUNT];
} hash_batch;

static void batch_flush(hash_batch *batch) {
    weft_bytes32 digests[BATCH_COUNT];
    keccak256_batch(digests, batch->encodings, batch->count);
    for (size_t i = 0; i < batch->count; i++) {
        batch->targets[i]->size = 32;
        memcpy(batch->targets[i]->bytes, digests[i].bytes, 32);
    }
    batch->count = 0;
    arena_rollback(batch->scratch, batch->mark);
}

/* Room for an encoding of `size` bytes; after the caller has written it, batch_add() takes it. */
static uint8_t *batch_reserve(hash_batch *batch, size_t size) {
    if (batch->count == BATCH_COUNT) {
        batch_flush(batch);
    }
    return arena_alloc(batch->scratch, size);
}

static void batch_add(hash_batch *batch, trie_ref *target, const uint8_t *encoding, size_t size) {
    if (size < 32) {
        target->size = (uint8_t)size;
        memcpy(target->bytes, encoding, size);
        return;
    }
    batch->encodings[batch->count] = (weft_bytes){encoding, size};
    batch->targets[batch->count++] = target;
}

/* The leaf, or the branch without the extension above it. */
static weft_status node_add(hash_batch *batch, trie_node *node) {
    trie_path path = {node->key, node->path_from, node->depth};
    const trie_ref *children[16] = {NULL};
    if (!node->is_leaf) {
        for (int i = 0; i < 16; i++) {
            children[i] = node->children[i] != NULL ? &node->children[i]->ref : NULL;
        }
    }
    size_t size = node->is_leaf ? trie_leaf_size(path, node->value) : trie_branch_size(children, node->value);
    uint8_t *encoding = batch_reserve(batch, size);
    if (encoding == NULL) {
        return WEFT_NO_MEMORY;
    }
    if (node->is_leaf) {
        (void)trie_leaf_write(encoding, path, node->value);
    } else {
        (void)trie_branch_write(encoding, children, node->value);
    }
    batch_add(batch, &node->ref, encoding, size);
    return WEFT_OK;
}

static weft_status extension_add(hash_batch *batch, trie_node *node) {
    trie_path path = {node->key, node->path_from, node->depth};
    size_t size = trie_extension_size(path, &node->ref);
    uint8_t *encoding = batch_reserve(batch, size);
    if (encoding == NULL) {
        return WEFT_NO_MEMORY;
    }
    (void)trie_extension_write(encoding, path, &node->ref);
    batch_add(batch, &node->ref, encoding, size);
    return WEFT_OK;
}

static weft_status level_hash(hash_batch *batch, trie_node *level) {
    for (trie_node *node = level; node != NULL; node = node->next_in_level) {
        if (node_add(batch, node) != WEFT_OK) {
            return WEFT_NO_MEMORY;
        }
    }
    batch_flush(batch);
    for (trie_node *node = level; node != NULL; node = node->next_in_level) {
        if (!node->is_leaf && node->depth > node->path_from && extension_add(batch, node) != WEFT_OK) {
            return WEFT_NO_MEMORY;
        }
    }
    batch_flush(batch);
    for (trie_node *node = level; node != NULL; node = node->next_in_level) {
        node->is_stale = false;
    }
    return WEFT_OK;
}

/* Sort the stale nodes below `node` into levels. Recursion is bounded by LEVEL_COUNT_MAX. */
static void levels_collect(trie_node *levels[], size_t level, trie_node *node, size_t path_from) {
    WEFT_ASSERT(level < LEVEL_COUNT_MAX);
    node->path_from = path_from;
    node->next_in_level = levels[level];
    levels[level] = node;
    for (int i = 0; i < 16 && !node->is_leaf; i++) {
        if (node->children[i] != NULL && node->children[i]->is_stale) {
            levels_collect(levels, level + 1, node->children[i], node->depth + 1);
        }
    }
}

weft_status trie_hash(weft_bytes32 *root, trie_node *top, arena *scratch) {
    if (top == NULL) {
        *root = trie_empty_root;
        return WEFT_OK;
    }
    if (top->is_stale) {
        trie_node *levels[LEVEL_COUNT_MAX] = {NULL};
        levels_collect(levels, 0, top, 0);
        hash_batch batch = {.scratch = scratch, .mark = arena_checkpoint(scratch)};
        weft_status status = WEFT_OK;
        for (size_t level = LEVEL_COUNT_MAX; level-- > 0 && status == WEFT_OK;) {
            status = level_hash(&batch, levels[level]);
        }
        arena_rollback(scratch, batch.mark);
        if (status != WEFT_OK) {
            return status;
        }
    }
    /* The root is hashed even when it is short. */
    if (top->ref.size == 32) {
        memcpy(root->bytes, top->ref.bytes, 32);
    } else {
        *root = keccak256(top->ref.bytes, top->ref.size);
    }
    return WEFT_OK;
}
