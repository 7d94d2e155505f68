#include "state/mpt.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "state/mpt_node.h"
#include "state/parallel.h"
#include "state/trie_batch.h"

#define LEVEL_COUNT (TRIE_HASHED_KEY_NIBBLES + 1)

static bool link_is_stale(const mpt_link *link) {
    return link->node != NULL && link->ref.size == 0;
}

/* The links below a node; none below a leaf. */
static mpt_link *node_children(mpt_node *node, size_t *count) {
    *count = node->kind == TRIE_BRANCH ? 16 : node->kind == TRIE_EXTENSION ? 1 : 0;
    return node->kind == TRIE_BRANCH      ? mpt_as_branch(node)->children
           : node->kind == TRIE_EXTENSION ? &mpt_as_extension(node)->child
                                          : NULL;
}

/* Sort the stale nodes from `link` down into levels. Recursion is bounded by the nibbles of a key, as below. */
static void levels_collect(mpt_node *levels[LEVEL_COUNT], mpt_link *link) {
    mpt_node *node = link->node;
    WEFT_ASSERT(node->depth < LEVEL_COUNT);
    node->link = link;
    node->next_in_level = levels[node->depth];
    levels[node->depth] = node;
    size_t count;
    mpt_link *children = node_children(node, &count);
    for (size_t i = 0; i < count; i++) {
        if (link_is_stale(&children[i])) {
            levels_collect(levels, &children[i]);
        }
    }
}

/* Bring up to date what is stale from `link` down. */
static weft_status subtrie_hash(mpt_link *link, arena *scratch) {
    mpt_node *levels[LEVEL_COUNT] = {NULL};
    trie_batch batch;
    levels_collect(levels, link);
    trie_batch_init(&batch, scratch);
    for (size_t level = LEVEL_COUNT; level-- > 0;) {
        for (mpt_node *node = levels[level]; node != NULL; node = node->next_in_level) {
            size_t size = mpt_node_size(node);
            uint8_t *encoding = trie_batch_reserve(&batch, size);
            if (encoding == NULL) {
                trie_batch_drop(&batch);
                return WEFT_NO_MEMORY; /* what a flush has reached is up to date, and nothing above it */
            }
            mpt_node_write(encoding, node);
            trie_batch_add(&batch, &node->link->ref, encoding, size);
        }
        trie_batch_flush(&batch);
    }
    return WEFT_OK;
}

/* The stale links below the topmost branch. */
typedef struct subtries {
    mpt_link *links[16];
    weft_status status[16];
    size_t count;
} subtries;

static void subtries_find(subtries *found, mpt_link *top) {
    mpt_node *node = top->node;
    found->count = 0;
    if (node->kind == TRIE_EXTENSION) {
        node = mpt_as_extension(node)->child.node;
    }
    if (node == NULL || node->kind != TRIE_BRANCH) {
        return;
    }
    for (int i = 0; i < 16; i++) {
        mpt_link *child = &mpt_as_branch(node)->children[i];
        if (link_is_stale(child)) {
            found->links[found->count++] = child;
        }
    }
}

static void subtrie_hash_alone(void *context, size_t index) {
    subtries *all = context;
    arena scratch;
    arena_init(&scratch, 0);
    all->status[index] = subtrie_hash(all->links[index], &scratch);
    arena_free(&scratch);
}

static weft_status subtries_hash(mpt_link *top, unsigned threads) {
    subtries all;
    subtries_find(&all, top);
    parallel_for(all.count, threads, subtrie_hash_alone, &all);
    for (size_t i = 0; i < all.count; i++) {
        if (all.status[i] != WEFT_OK) {
            return all.status[i];
        }
    }
    return WEFT_OK;
}

weft_status mpt_root(mpt *trie, weft_bytes32 *root, unsigned threads, arena *scratch) {
    if (link_is_stale(&trie->top)) {
        weft_status status = WEFT_OK;
        if (threads > 1 && trie->change_count >= PARALLEL_CHANGE_COUNT) {
            status = subtries_hash(&trie->top, threads);
        }
        status = status == WEFT_OK ? subtrie_hash(&trie->top, scratch) : status;
        if (status != WEFT_OK) {
            return status;
        }
    }
    trie->change_count = 0;
    *root = trie_root_of_ref(&trie->top.ref);
    return WEFT_OK;
}

/* --- Single nodes --- */

/* The link that the path ends at; NULL if it does not end at one. */
static const mpt_link *link_at(const mpt *trie, trie_path path) {
    const mpt_link *link = &trie->top;
    size_t depth = 0;
    while (depth < path.to && link->node != NULL && link->node->kind != TRIE_LEAF) {
        if (link->node->kind == TRIE_BRANCH) {
            link = &mpt_as_branch(link->node)->children[trie_nibble(path.key, depth++)];
        } else {
            const mpt_extension *extension = mpt_as_extension(link->node);
            size_t end = extension->end < path.to ? extension->end : path.to;
            if (trie_common_nibbles(extension->key.bytes, path.key, depth, end) < extension->end) {
                return NULL;
            }
            depth = extension->end;
            link = &extension->child;
        }
    }
    return depth == path.to ? link : NULL;
}

weft_status mpt_encode(const mpt *trie, weft_bytes *encoding, trie_path path, const weft_bytes32 *hash, arena *memory) {
    const mpt_link *link = link_at(trie, path);
    if (link == NULL || link->node == NULL) {
        return WEFT_STATE_UNAVAILABLE;
    }
    weft_bytes32 found = trie_root_of_ref(&link->ref); /* of a reference that is a hash: itself */
    if (!bytes32_equal(&found, hash)) {
        return WEFT_STATE_UNAVAILABLE;
    }
    size_t size = mpt_node_size(link->node);
    uint8_t *bytes = arena_alloc(memory, size);
    if (bytes == NULL) {
        return WEFT_NO_MEMORY;
    }
    mpt_node_write(bytes, link->node);
    *encoding = bytes_of(bytes, size);
    return WEFT_OK;
}

/* --- Saving --- */

typedef struct saving {
    const mpt *trie;
    const mpt_sink *sink;
    arena *scratch;
    weft_bytes32 key; /* leads to the node at hand */
} saving;

static weft_status node_put(saving *s, mpt_node *node) {
    size_t size = mpt_node_size(node);
    bool has_place = size >= 32 || node->depth == 0;
    weft_status status = WEFT_OK;
    if (has_place || node->has_place) {
        arena_mark mark = arena_checkpoint(s->scratch);
        uint8_t *encoding = arena_alloc(s->scratch, size);
        if (encoding == NULL) {
            return WEFT_NO_MEMORY;
        }
        mpt_node_write(encoding, node);
        status = s->sink->put(s->sink->context, s->trie->owner, (trie_path){s->key.bytes, 0, node->depth},
                              bytes_of(encoding, has_place ? size : 0));
        arena_rollback(s->scratch, mark);
    }
    node->has_place = has_place;
    node->is_saved = true;
    return status;
}

/* Children first: so a row's children are there before the row is. */
static weft_status link_save(saving *s, const mpt_link *link) {
    mpt_node *node = link->node;
    if (node == NULL || node->is_saved) {
        return WEFT_OK;
    }
    WEFT_ASSERT(link->ref.size != 0);
    size_t count;
    const mpt_link *children = node_children(node, &count);
    for (size_t i = 0; i < count; i++) {
        if (node->kind == TRIE_BRANCH) {
            trie_nibble_set(s->key.bytes, node->depth, (unsigned)i);
        } else {
            s->key = mpt_as_extension(node)->key;
        }
        weft_status status = link_save(s, &children[i]);
        if (status != WEFT_OK) {
            return status;
        }
    }
    return node_put(s, node);
}

weft_status mpt_save(mpt *trie, const mpt_sink *sink, arena *scratch) {
    for (size_t i = 0; i < trie->vacancy_count; i++) {
        trie_path path = {trie->vacancies[i].key.bytes, 0, trie->vacancies[i].depth};
        weft_status status = sink->put(sink->context, trie->owner, path, (weft_bytes){NULL, 0});
        if (status != WEFT_OK) {
            return status;
        }
    }
    trie->vacancy_count = 0;
    saving s = {.trie = trie, .sink = sink, .scratch = scratch};
    return link_save(&s, &trie->top);
}
