#include "state/store_handle.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "crypto/keccak.h"
#include "state/account_codec.h"
#include "state/store_rows.h"
#include "state/trie.h"

#include <stdlib.h>

/* Pairs of one trie, collected in the order of the plain keys, sorted by hashed key at the end. */
typedef struct pair_list {
    trie_pair *pairs;
    size_t count, capacity;
} pair_list;

/* Both tables are sorted by address: one pass over the accounts takes the slots along. */
typedef struct root_walk {
    MDB_cursor *accounts, *slots;
    MDB_val account_key, account_row, slot_key, slot_row;
    int account_result, slot_result; /* 0: the four above are an entry; MDB_NOTFOUND: the table is at its end */
    arena accounts_arena, slots_arena;
    pair_list account_pairs, slot_pairs;
} root_walk;

static bool pair_add(pair_list *list, arena *memory, const void *key, size_t key_size, weft_bytes value) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        trie_pair *pairs = reallocarray(list->pairs, capacity, sizeof *pairs);
        if (pairs == NULL) {
            return false;
        }
        list->pairs = pairs;
        list->capacity = capacity;
    }
    weft_bytes32 hashed = keccak256(key, key_size);
    const uint8_t *kept_key = arena_copy(memory, hashed.bytes, sizeof hashed.bytes);
    const uint8_t *kept_value = arena_copy(memory, value.data, value.size);
    if (kept_key == NULL || kept_value == NULL) {
        return false;
    }
    list->pairs[list->count++] = (trie_pair){bytes_of(kept_key, 32), bytes_of(kept_value, value.size)};
    return true;
}

static int pair_order(const void *a, const void *b) {
    return memcmp(((const trie_pair *)a)->key.data, ((const trie_pair *)b)->key.data, 32);
}

static weft_status pair_list_root(pair_list *list, weft_bytes32 *root, arena *scratch) {
    if (list->count > 1) {
        qsort(list->pairs, list->count, sizeof *list->pairs, pair_order);
    }
    return trie_root(root, list->pairs, list->count, scratch);
}

/* Whether the slot under the cursor belongs to the account under the other: negative if to an earlier one, or if its
 * key is none. */
static int slot_owner_order(const root_walk *walk) {
    if (walk->slot_key.mv_size != STORAGE_KEY_SIZE) {
        return -1;
    }
    return memcmp(walk->slot_key.mv_data, walk->account_key.mv_data, sizeof(weft_address));
}

static weft_status storage_walk(root_walk *walk, weft_bytes32 *root) {
    arena_reset(&walk->slots_arena);
    walk->slot_pairs.count = 0;
    while (walk->slot_result == 0 && slot_owner_order(walk) == 0) {
        weft_u256 value;
        uint8_t body[STORAGE_BODY_SIZE_MAX];
        if (!storage_row_read(&value, bytes_of(walk->slot_row.mv_data, walk->slot_row.mv_size))) {
            return WEFT_STORE_CORRUPT;
        }
        const uint8_t *slot = (const uint8_t *)walk->slot_key.mv_data + sizeof(weft_address);
        if (!pair_add(&walk->slot_pairs, &walk->slots_arena, slot, 32,
                      bytes_of(body, storage_body_write(body, &value)))) {
            return WEFT_NO_MEMORY;
        }
        walk->slot_result = mdb_cursor_get(walk->slots, &walk->slot_key, &walk->slot_row, MDB_NEXT);
    }
    /* What is left must belong to a later account. */
    if (walk->slot_result == 0 && slot_owner_order(walk) < 0) {
        return WEFT_STORE_CORRUPT;
    }
    return pair_list_root(&walk->slot_pairs, root, &walk->slots_arena);
}

static weft_status account_walk(root_walk *walk) {
    weft_account account;
    weft_bytes32 storage_root;
    uint8_t body[ACCOUNT_BODY_SIZE_MAX];
    if (walk->account_key.mv_size != sizeof(weft_address) ||
        !account_row_read(&account, bytes_of(walk->account_row.mv_data, walk->account_row.mv_size))) {
        return WEFT_STORE_CORRUPT;
    }
    weft_status status = storage_walk(walk, &storage_root);
    if (status != WEFT_OK) {
        return status;
    }
    size_t size = account_body_write(body, &account, &storage_root);
    return pair_add(&walk->account_pairs, &walk->accounts_arena, walk->account_key.mv_data, sizeof(weft_address),
                    bytes_of(body, size))
               ? WEFT_OK
               : WEFT_NO_MEMORY;
}

static weft_status tables_walk(root_walk *walk, weft_bytes32 *root) {
    walk->slot_result = mdb_cursor_get(walk->slots, &walk->slot_key, &walk->slot_row, MDB_FIRST);
    walk->account_result = mdb_cursor_get(walk->accounts, &walk->account_key, &walk->account_row, MDB_FIRST);
    while (walk->account_result == 0) {
        weft_status status = account_walk(walk);
        if (status != WEFT_OK) {
            return status;
        }
        walk->account_result = mdb_cursor_get(walk->accounts, &walk->account_key, &walk->account_row, MDB_NEXT);
    }
    if (walk->account_result != MDB_NOTFOUND || walk->slot_result != MDB_NOTFOUND) {
        return WEFT_STORE_CORRUPT; /* a table that cannot be read to its end, or slots of no account */
    }
    return pair_list_root(&walk->account_pairs, root, &walk->accounts_arena);
}

weft_status store_root_compute(weft_store *store, MDB_txn *txn, weft_bytes32 *root) {
    root_walk walk = {0};
    arena_init(&walk.accounts_arena, 0);
    arena_init(&walk.slots_arena, 0);
    int result = mdb_cursor_open(txn, store->tables[TABLE_ACCOUNT], &walk.accounts);
    result = result == 0 ? mdb_cursor_open(txn, store->tables[TABLE_STORAGE], &walk.slots) : result;
    weft_status status = result == 0 ? tables_walk(&walk, root) : store_status(result);
    if (walk.slots != NULL) {
        mdb_cursor_close(walk.slots);
    }
    if (walk.accounts != NULL) {
        mdb_cursor_close(walk.accounts);
    }
    free(walk.account_pairs.pairs);
    free(walk.slot_pairs.pairs);
    arena_free(&walk.accounts_arena);
    arena_free(&walk.slots_arena);
    return status;
}

weft_status weft_store_state_root(weft_store *store, weft_bytes32 *root) {
    store_reader *reader;
    int result = store_reader_begin(store, &reader);
    if (result != 0) {
        return store_status(result);
    }
    weft_status status = store_root_compute(store, reader->txn, root);
    store_reader_end(store, reader);
    return status;
}
