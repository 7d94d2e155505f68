#include <weft/witness_builder.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/map.h"
#include "crypto/keccak.h"
#include "state/state_tries.h"

#include <weft/chain.h>
#include <stdlib.h>

/* Something the view was asked: an account, or one of its slots. Without padding, since it is a key. */
typedef struct question {
    weft_address address;
    uint8_t has_slot;
    weft_bytes32 slot;
} question;

/* Byte strings, each once, in the order they were added. */
typedef struct byte_set {
    map hashes; /* keccak256 -> nothing */
    weft_bytes *items;
    size_t count, capacity;
} byte_set;

struct weft_witness_builder {
    weft_state_view base;
    weft_node_source source;
    weft_bytes32 root;
    map asked; /* question -> nothing */
    question *questions;
    size_t question_count, question_capacity;
    byte_set nodes, codes;
    uint64_t first_block_hash;
    arena memory; /* what `nodes` and `codes` hold */
};

/* Room for one element more. Returns: the list, moved perhaps; NULL when out of memory, the old one being as it was. */
static void *list_reserve(void *list, size_t count, size_t *capacity, size_t item_size) {
    if (count < *capacity) {
        return list;
    }
    size_t larger = 2 * *capacity + 64;
    void *moved = reallocarray(list, larger, item_size);
    *capacity = moved != NULL ? larger : *capacity;
    return moved;
}

/* --- Sets of nodes and codes --- */

static void byte_set_init(byte_set *set, uint64_t seed) {
    *set = (byte_set){.count = 0};
    map_init(&set->hashes, sizeof(weft_bytes32), 0, seed);
}

static void byte_set_free(byte_set *set) {
    map_free(&set->hashes);
    free(set->items);
}

static weft_status byte_set_add(byte_set *set, const weft_bytes32 *hash, weft_bytes item, arena *memory) {
    if (map_find(&set->hashes, hash) != NULL) {
        return WEFT_OK;
    }
    weft_bytes *items = list_reserve(set->items, set->count, &set->capacity, sizeof *items);
    if (items == NULL) {
        return WEFT_NO_MEMORY;
    }
    set->items = items;
    const uint8_t *copy = arena_copy(memory, item.data, item.size);
    if (copy == NULL || map_insert(&set->hashes, hash, NULL) == NULL) {
        return WEFT_NO_MEMORY;
    }
    items[set->count++] = bytes_of(copy, item.size);
    return WEFT_OK;
}

/* --- The view that remembers --- */

static weft_status remember(weft_witness_builder *builder, const weft_address *address, const weft_bytes32 *slot) {
    question q = {.address = *address, .has_slot = slot != NULL};
    if (slot != NULL) {
        q.slot = *slot;
    }
    if (map_find(&builder->asked, &q) != NULL) {
        return WEFT_OK;
    }
    question *questions =
        list_reserve(builder->questions, builder->question_count, &builder->question_capacity, sizeof *questions);
    if (questions == NULL) {
        return WEFT_NO_MEMORY;
    }
    builder->questions = questions;
    if (map_insert(&builder->asked, &q, NULL) == NULL) {
        return WEFT_NO_MEMORY;
    }
    questions[builder->question_count++] = q;
    return WEFT_OK;
}

static weft_status view_account(void *context, weft_account *out, const weft_address *address) {
    weft_witness_builder *builder = context;
    weft_status status = remember(builder, address, NULL);
    return status == WEFT_OK ? builder->base.account(builder->base.context, out, address) : status;
}

static weft_status view_code(void *context, weft_bytes *out, const weft_address *address,
                             const weft_bytes32 *code_hash) {
    weft_witness_builder *builder = context;
    weft_status status = builder->base.code(builder->base.context, out, address, code_hash);
    return status == WEFT_OK && out->size != 0 ? byte_set_add(&builder->codes, code_hash, *out, &builder->memory)
                                               : status;
}

static weft_status view_storage(void *context, weft_u256 *out, const weft_address *address, const weft_bytes32 *slot) {
    weft_witness_builder *builder = context;
    weft_status status = remember(builder, address, slot);
    return status == WEFT_OK ? builder->base.storage(builder->base.context, out, address, slot) : status;
}

/* The root of its storage, which is part of the account, answers that. */
static weft_status view_has_storage(void *context, bool *out, const weft_address *address) {
    weft_witness_builder *builder = context;
    weft_status status = remember(builder, address, NULL);
    return status == WEFT_OK ? builder->base.has_storage(builder->base.context, out, address) : status;
}

static weft_status view_block_hash(void *context, weft_bytes32 *out, uint64_t number) {
    weft_witness_builder *builder = context;
    builder->first_block_hash = number < builder->first_block_hash ? number : builder->first_block_hash;
    return builder->base.block_hash(builder->base.context, out, number);
}

weft_state_view weft_witness_builder_view(weft_witness_builder *builder) {
    return (weft_state_view){
        .context = builder,
        .account = view_account,
        .code = view_code,
        .storage = view_storage,
        .has_storage = builder->base.has_storage != NULL ? view_has_storage : NULL,
        .block_hash = view_block_hash,
    };
}

/* --- Beginning and end --- */

weft_status weft_witness_builder_create(weft_witness_builder **builder, const weft_state_view *view,
                                        const weft_node_source *nodes, const weft_bytes32 *root) {
    weft_witness_builder *b = malloc(sizeof *b);
    *builder = b;
    if (b == NULL) {
        return WEFT_NO_MEMORY;
    }
    uint64_t seed = hash_random_seed();
    *b = (weft_witness_builder){.base = *view, .source = *nodes, .root = *root, .first_block_hash = WEFT_NEVER};
    map_init(&b->asked, sizeof(question), 0, seed);
    byte_set_init(&b->nodes, seed);
    byte_set_init(&b->codes, seed);
    arena_init(&b->memory, 0);
    return WEFT_OK;
}

void weft_witness_builder_destroy(weft_witness_builder *builder) {
    if (builder == NULL) {
        return;
    }
    byte_set_free(&builder->nodes);
    byte_set_free(&builder->codes);
    map_free(&builder->asked);
    free(builder->questions);
    arena_free(&builder->memory);
    free(builder);
}

/* --- The nodes --- */

static weft_status node_load(void *context, weft_bytes *encoding, const weft_bytes32 *owner, trie_path path,
                             const weft_bytes32 *hash) {
    weft_witness_builder *builder = context;
    weft_bytes32 key = {{0}};
    memcpy(key.bytes, path.key, (path.to + 1) / 2);
    weft_status status = builder->source.node(builder->source.context, encoding, owner, &key, path.to, hash);
    return status == WEFT_OK ? byte_set_add(&builder->nodes, hash, *encoding, &builder->memory) : status;
}

static weft_status questions_prove(const weft_witness_builder *builder, state_tries *tries) {
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < builder->question_count && status == WEFT_OK; i++) {
        const question *q = &builder->questions[i];
        status = state_tries_prove(tries, &q->address, q->has_slot != 0 ? &q->slot : NULL);
    }
    return status;
}

weft_status weft_witness_builder_finish(weft_witness_builder *builder, weft_witness_parts *parts,
                                        const weft_state_delta *delta, weft_error *error) {
    const mpt_source source = {.context = builder, .load = node_load};
    state_tries tries;
    *parts = (weft_witness_parts){.node_count = 0};
    state_tries_open(&tries, &builder->root, &source, 1);
    weft_status status = questions_prove(builder, &tries); /* of the state before: they come first */
    status = status == WEFT_OK ? state_tries_apply(&tries, delta) : status;
    status = status == WEFT_OK ? state_tries_root(&tries, &parts->state_root) : status;
    if (status == WEFT_OK) {
        parts->nodes = builder->nodes.items;
        parts->node_count = builder->nodes.count;
        parts->codes = builder->codes.items;
        parts->code_count = builder->codes.count;
        parts->first_block_hash = builder->first_block_hash;
    } else {
        state_tries_explain(&tries, status, error);
    }
    state_tries_free(&tries);
    return status;
}
