#include "state/trie.h"

#include "base/bytes.h"
#include "base/rlp.h"

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

/* The node over a sorted range of pairs that share their first `from` nibbles. Recursion is bounded by the nibbles of
 * a key. Returns: NULL when out of memory. */
static trie_node *range_build(const trie_pair *pairs, size_t count, size_t from, arena *scratch) {
    weft_bytes first = pairs[0].key, last = pairs[count - 1].key;
    trie_node *node = arena_alloc_zero(scratch, count == 1 ? TRIE_LEAF_NODE_SIZE : TRIE_INNER_NODE_SIZE);
    if (node == NULL) {
        return NULL;
    }
    node->key = first.data;
    node->is_stale = true;
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
        node->children[nibble] = range_build(pairs + begin, next - begin, node->depth + 1, scratch);
        if (node->children[nibble] == NULL) {
            return NULL;
        }
    }
    return node;
}

weft_status trie_root(weft_bytes32 *root, const trie_pair *pairs, size_t count, arena *scratch) {
    if (!pairs_are_valid(pairs, count)) {
        return WEFT_INVALID_ARGUMENT;
    }
    arena_mark mark = arena_checkpoint(scratch);
    trie_node *top = count != 0 ? range_build(pairs, count, 0, scratch) : NULL;
    weft_status status = WEFT_NO_MEMORY;
    if (top != NULL || count == 0) {
        status = trie_hash(root, top, scratch);
    }
    arena_rollback(scratch, mark);
    return status;
}

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
