#include <weft/witness.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/u256.h"
#include "crypto/keccak.h"
#include "state/account_codec.h"
#include "state/parallel.h"
#include "state/state_tries.h"
#include "state/trie.h"

#include <stdlib.h>

#define BATCH_COUNT 64

struct weft_witness {
    weft_bytes32 root;
    map nodes;        /* keccak256 -> weft_bytes, borrowed */
    map codes;        /* keccak256 -> weft_bytes, borrowed */
    map block_hashes; /* uint64_t number -> weft_bytes32 */
    bool has_changes; /* `after` is open */
    state_tries after;
};

/* Index `items` by their keccak256. */
static bool index_by_hash(map *index, const weft_bytes *items, size_t count) {
    if (!map_reserve(index, count)) {
        return false;
    }
    for (size_t first = 0; first < count; first += BATCH_COUNT) {
        weft_bytes32 hashes[BATCH_COUNT];
        size_t batch = count - first < BATCH_COUNT ? count - first : BATCH_COUNT;
        keccak256_batch(hashes, items + first, batch);
        for (size_t i = 0; i < batch; i++) {
            *(weft_bytes *)map_insert(index, &hashes[i], NULL) = items[first + i];
        }
    }
    return true;
}

weft_status weft_witness_create(weft_witness **witness, const weft_bytes32 *root, const weft_bytes *nodes,
                                size_t node_count, const weft_bytes *codes, size_t code_count) {
    weft_witness *w = malloc(sizeof *w);
    *witness = w;
    if (w == NULL) {
        return WEFT_NO_MEMORY;
    }
    uint64_t seed = hash_random_seed();
    w->root = *root;
    w->has_changes = false;
    map_init(&w->nodes, sizeof(weft_bytes32), sizeof(weft_bytes), seed);
    map_init(&w->codes, sizeof(weft_bytes32), sizeof(weft_bytes), seed);
    map_init(&w->block_hashes, sizeof(uint64_t), sizeof(weft_bytes32), seed);
    if (!index_by_hash(&w->nodes, nodes, node_count) || !index_by_hash(&w->codes, codes, code_count)) {
        weft_witness_destroy(w);
        *witness = NULL;
        return WEFT_NO_MEMORY;
    }
    return WEFT_OK;
}

void weft_witness_destroy(weft_witness *witness) {
    if (witness == NULL) {
        return;
    }
    weft_witness_rewind(witness);
    map_free(&witness->nodes);
    map_free(&witness->codes);
    map_free(&witness->block_hashes);
    free(witness);
}

weft_status weft_witness_set_block_hash(weft_witness *witness, uint64_t number, const weft_bytes32 *hash) {
    weft_bytes32 *place = map_insert(&witness->block_hashes, &number, NULL);
    if (place == NULL) {
        return WEFT_NO_MEMORY;
    }
    *place = *hash;
    return WEFT_OK;
}

/* --- The state before --- */

/* Where a walk down a trie stands. */
typedef struct trie_walk {
    const weft_bytes32 *key;
    size_t depth;     /* nibbles of the key that lie behind */
    weft_bytes next;  /* the child to go to: a hash or a node; empty when the walk is over */
    weft_bytes value; /* what the walk has found; empty: the key is proved to be absent */
} trie_walk;

/* Take one node. Returns: false when it is malformed or cannot stand here. */
static bool walk_step(trie_walk *walk, weft_bytes encoding) {
    trie_node_view node;
    if (trie_node_read(&node, encoding, walk->depth) != NULL) {
        return false;
    }
    walk->next = (weft_bytes){NULL, 0};
    if (node.kind == TRIE_BRANCH) {
        walk->next = node.children[trie_nibble(walk->key->bytes, walk->depth)];
        walk->depth++;
        return true;
    }
    for (size_t i = node.path.from; i < node.path.to; i++, walk->depth++) {
        if (trie_nibble(node.path.key, i) != trie_nibble(walk->key->bytes, walk->depth)) {
            return true;
        }
    }
    walk->value = node.value;
    walk->next = node.children[0];
    return true;
}

/* The value of a key, empty if it is absent. Every step but a leaf, where the walk ends, takes at least one of the
 * key's nibbles: so the walk is short whatever the nodes say. */
static weft_status trie_lookup(const weft_witness *witness, weft_bytes *value, const weft_bytes32 *root,
                               const weft_bytes32 *key) {
    trie_walk walk = {.key = key};
    if (!bytes32_equal(root, &trie_empty_root)) {
        walk.next = bytes_of(root->bytes, sizeof root->bytes);
    }
    while (walk.next.size != 0) {
        weft_bytes node = walk.next;
        if (node.size == sizeof(weft_bytes32)) {
            const weft_bytes *found = map_find(&witness->nodes, node.data);
            if (found == NULL) {
                return WEFT_STATE_UNAVAILABLE;
            }
            node = *found;
        }
        if (!walk_step(&walk, node)) {
            return WEFT_STATE_UNAVAILABLE;
        }
    }
    *value = walk.value;
    return WEFT_OK;
}

/* The account and, in *storage_root, the root of its storage (of an empty trie when it is absent). */
static weft_status account_lookup(const weft_witness *witness, weft_account *account, weft_bytes32 *storage_root,
                                  const weft_address *address) {
    weft_bytes32 key = keccak256(address->bytes, sizeof address->bytes);
    weft_bytes body;
    *account = (weft_account){.exists = false};
    *storage_root = trie_empty_root;
    weft_status status = trie_lookup(witness, &body, &witness->root, &key);
    if (status == WEFT_OK && body.size != 0 && !account_body_read(account, storage_root, body)) {
        status = WEFT_STATE_UNAVAILABLE;
    }
    return status;
}

static weft_status view_account(void *context, weft_account *out, const weft_address *address) {
    weft_bytes32 storage_root;
    return account_lookup(context, out, &storage_root, address);
}

static weft_status view_code(void *context, weft_bytes *out, const weft_address *address,
                             const weft_bytes32 *code_hash) {
    (void)address;
    const weft_witness *witness = context;
    const weft_bytes *code = map_find(&witness->codes, code_hash);
    *out = code != NULL ? *code : (weft_bytes){NULL, 0};
    return code != NULL || bytes32_equal(code_hash, &keccak256_empty) ? WEFT_OK : WEFT_STATE_UNAVAILABLE;
}

static weft_status view_storage(void *context, weft_u256 *out, const weft_address *address, const weft_bytes32 *slot) {
    weft_account account;
    weft_bytes32 storage_root, key = keccak256(slot->bytes, sizeof slot->bytes);
    weft_bytes body = {NULL, 0};
    *out = u256_zero();
    weft_status status = account_lookup(context, &account, &storage_root, address);
    if (status == WEFT_OK) {
        status = trie_lookup(context, &body, &storage_root, &key);
    }
    if (status == WEFT_OK && body.size != 0 && !storage_body_read(out, body)) {
        status = WEFT_STATE_UNAVAILABLE;
    }
    return status;
}

static weft_status view_has_storage(void *context, bool *out, const weft_address *address) {
    weft_account account;
    weft_bytes32 storage_root;
    weft_status status = account_lookup(context, &account, &storage_root, address);
    *out = status == WEFT_OK && !bytes32_equal(&storage_root, &trie_empty_root);
    return status;
}

static weft_status view_block_hash(void *context, weft_bytes32 *out, uint64_t number) {
    const weft_witness *witness = context;
    const weft_bytes32 *hash = map_find(&witness->block_hashes, &number);
    if (hash == NULL) {
        return WEFT_STATE_UNAVAILABLE;
    }
    *out = *hash;
    return WEFT_OK;
}

weft_state_view weft_witness_view(weft_witness *witness) {
    return (weft_state_view){
        .context = witness,
        .account = view_account,
        .code = view_code,
        .storage = view_storage,
        .has_storage = view_has_storage,
        .block_hash = view_block_hash,
    };
}

/* --- Its nodes --- */

static weft_status node_find(const weft_witness *witness, weft_bytes *encoding, const weft_bytes32 *hash) {
    const weft_bytes *node = map_find(&witness->nodes, hash);
    if (node == NULL) {
        return WEFT_STATE_UNAVAILABLE;
    }
    *encoding = *node;
    return WEFT_OK;
}

static weft_status source_node(void *context, weft_bytes *encoding, const weft_bytes32 *owner, const weft_bytes32 *path,
                               size_t nibble_count, const weft_bytes32 *hash) {
    (void)owner;
    (void)path;
    (void)nibble_count;
    return node_find(context, encoding, hash);
}

weft_node_source weft_witness_nodes(weft_witness *witness) {
    return (weft_node_source){.context = witness, .node = source_node};
}

/* --- The state after --- */

static weft_status node_load(void *context, weft_bytes *encoding, const weft_bytes32 *owner, trie_path path,
                             const weft_bytes32 *hash) {
    (void)owner;
    (void)path;
    return node_find(context, encoding, hash);
}

void weft_witness_rewind(weft_witness *witness) {
    if (witness->has_changes) {
        state_tries_free(&witness->after);
        witness->has_changes = false;
    }
}

weft_status weft_witness_apply(weft_witness *witness, weft_bytes32 *root, const weft_state_delta *delta,
                               unsigned threads, weft_error *error) {
    if (!witness->has_changes) {
        const mpt_source source = {.context = witness, .load = node_load, .is_concurrent = true};
        state_tries_open(&witness->after, &witness->root, &source, parallel_threads(threads));
        witness->has_changes = true;
    }
    weft_status status = state_tries_apply(&witness->after, delta);
    status = status == WEFT_OK ? state_tries_root(&witness->after, root) : status;
    if (status != WEFT_OK) {
        state_tries_explain(&witness->after, status, error);
        weft_witness_rewind(witness);
    }
    return status;
}
