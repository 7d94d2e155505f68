#include "state/state_tries.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "base/u256.h"
#include "crypto/keccak.h"
#include "state/account_codec.h"
#include "state/delta.h"
#include "state/parallel.h"

#include <stdio.h>
#include <stdlib.h>

#define HASH_BATCH_COUNT 64

void state_tries_open(state_tries *tries, const weft_bytes32 *root, const mpt_source *source, unsigned threads) {
    *tries = (state_tries){.source = *source, .threads = threads};
    mpt_open(&tries->accounts, root, &tries->source, NULL);
    map_init(&tries->storages, sizeof(weft_bytes32), sizeof(storage_trie *), hash_random_seed());
    arena_init(&tries->scratch, 0);
}

void state_tries_free(state_tries *tries) {
    const void *key;
    void *value;
    for (size_t cursor = 0; map_next(&tries->storages, &cursor, &key, &value);) {
        storage_trie *storage = *(storage_trie **)value;
        mpt_free(&storage->trie);
        free(storage);
    }
    map_free(&tries->storages);
    mpt_free(&tries->accounts);
    arena_free(&tries->scratch);
}

/* One account of a delta on its way into the tries. */
typedef struct staged_change {
    const weft_account_change *change;
    weft_bytes32 key;
    storage_trie *storage; /* NULL: its storage does not change */
    weft_bytes32 storage_root;
    weft_status status;
} staged_change;

static weft_status blame(state_tries *tries, const mpt *trie, const weft_address *address, weft_status status) {
    if (status == WEFT_STATE_UNAVAILABLE) {
        tries->failed = trie;
        tries->failed_address = *address;
    }
    return status;
}

/* --- Staging: whose storage changes, and from which root on. Serial: it reads the state trie. --- */

static storage_trie *storage_find(const state_tries *tries, const weft_bytes32 *key) {
    storage_trie **found = map_find(&tries->storages, key);
    return found != NULL ? *found : NULL;
}

static storage_trie *storage_create(state_tries *tries, const weft_bytes32 *key, const weft_bytes32 *root) {
    storage_trie *storage = calloc(1, sizeof *storage);
    storage_trie **place = storage != NULL ? map_insert(&tries->storages, key, NULL) : NULL;
    if (place == NULL) {
        free(storage);
        return NULL;
    }
    *place = storage;
    storage->owner = *key;
    mpt_open(&storage->trie, root, &tries->source, &storage->owner);
    return storage;
}

static weft_status storage_root_read(state_tries *tries, weft_bytes32 *root, const weft_bytes32 *key) {
    weft_bytes body;
    weft_account account;
    *root = trie_empty_root;
    weft_status status = mpt_get(&tries->accounts, &body, key);
    if (status == WEFT_OK && body.size != 0 && !account_body_read(&account, root, body)) {
        tries->accounts.failure =
            (mpt_failure){.key = *key, .depth = TRIE_HASHED_KEY_NIBBLES, .rule = "a leaf's value is not an account"};
        status = WEFT_STATE_UNAVAILABLE;
    }
    return status;
}

static weft_status change_stage(state_tries *tries, staged_change *staged) {
    const weft_account_change *change = staged->change;
    bool is_cleared = change->storage_cleared || !change->account.exists;
    storage_trie *storage = storage_find(tries, &staged->key);
    staged->storage_root = trie_empty_root;
    if (is_cleared && storage != NULL) {
        mpt_free(&storage->trie);
        mpt_open(&storage->trie, &trie_empty_root, &tries->source, &storage->owner);
    } else if (!is_cleared) {
        weft_status status = storage_root_read(tries, &staged->storage_root, &staged->key);
        if (status != WEFT_OK) {
            return blame(tries, &tries->accounts, &change->address, status);
        }
    }
    if (change->slot_count != 0 && change->account.exists) {
        staged->storage = storage != NULL ? storage : storage_create(tries, &staged->key, &staged->storage_root);
        return staged->storage != NULL ? WEFT_OK : WEFT_NO_MEMORY;
    }
    return WEFT_OK;
}

static weft_status delta_stage(state_tries *tries, staged_change *staged, const weft_state_delta *delta) {
    for (size_t first = 0; first < delta->account_count; first += HASH_BATCH_COUNT) {
        weft_bytes addresses[HASH_BATCH_COUNT];
        weft_bytes32 keys[HASH_BATCH_COUNT];
        size_t left = delta->account_count - first, count = left < HASH_BATCH_COUNT ? left : HASH_BATCH_COUNT;
        for (size_t i = 0; i < count; i++) {
            addresses[i] = bytes_of(delta->accounts[first + i].address.bytes, sizeof(weft_address));
        }
        keccak256_batch(keys, addresses, count);
        for (size_t i = 0; i < count; i++) {
            staged_change *s = &staged[first + i];
            *s = (staged_change){.change = &delta->accounts[first + i], .key = keys[i]};
            weft_status status = change_stage(tries, s);
            if (status != WEFT_OK) {
                return status;
            }
        }
    }
    return WEFT_OK;
}

/* --- Storage tries: each by one thread --- */

static weft_status slots_apply(mpt *trie, const weft_slot_change *const slots[], size_t count) {
    weft_bytes keys[HASH_BATCH_COUNT];
    weft_bytes32 hashed[HASH_BATCH_COUNT];
    for (size_t i = 0; i < count; i++) {
        keys[i] = bytes_of(slots[i]->slot.bytes, sizeof slots[i]->slot.bytes);
    }
    keccak256_batch(hashed, keys, count);
    for (size_t i = 0; i < count; i++) {
        uint8_t body[STORAGE_BODY_SIZE_MAX];
        const weft_u256 *value = &slots[i]->value;
        weft_status status = u256_is_zero(value)
                                 ? mpt_remove(trie, &hashed[i])
                                 : mpt_put(trie, &hashed[i], bytes_of(body, storage_body_write(body, value)));
        if (status != WEFT_OK) {
            return status;
        }
    }
    return WEFT_OK;
}

/* The slots that are set, or those that are removed. */
static weft_status slots_pass(staged_change *staged, bool removes) {
    const weft_account_change *change = staged->change;
    const weft_slot_change *slots[HASH_BATCH_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < change->slot_count; i++) {
        if (u256_is_zero(&change->slots[i].value) == removes) {
            slots[count++] = &change->slots[i];
        }
        if (count == HASH_BATCH_COUNT || (count != 0 && i + 1 == change->slot_count)) {
            weft_status status = slots_apply(&staged->storage->trie, slots, count);
            if (status != WEFT_OK) {
                return status;
            }
            count = 0;
        }
    }
    return WEFT_OK;
}

static void storage_update(void *context, size_t index) {
    staged_change *staged = (staged_change *)context + index;
    if (staged->storage != NULL) {
        staged->status = slots_pass(staged, false);
        staged->status = staged->status == WEFT_OK ? slots_pass(staged, true) : staged->status;
    }
}

static void storage_hash(staged_change *staged, unsigned threads) {
    if (staged->storage != NULL && staged->status == WEFT_OK) {
        arena scratch;
        arena_init(&scratch, 0);
        staged->status = mpt_root(&staged->storage->trie, &staged->storage_root, threads, &scratch);
        arena_free(&scratch);
    }
}

/* Then all threads hash it together, otherwise one alone. */
static bool storage_is_large(const staged_change *staged) {
    return staged->change->slot_count >= PARALLEL_CHANGE_COUNT;
}

static void small_storage_hash(void *context, size_t index) {
    staged_change *staged = (staged_change *)context + index;
    if (!storage_is_large(staged)) {
        storage_hash(staged, 1);
    }
}

static weft_status storages_update(state_tries *tries, staged_change *staged, size_t count) {
    size_t slot_count = 0;
    for (size_t i = 0; i < count; i++) {
        slot_count += staged[i].change->slot_count;
    }
    unsigned threads = slot_count >= PARALLEL_CHANGE_COUNT ? tries->threads : 1;
    parallel_for(count, tries->source.is_concurrent ? threads : 1, storage_update, staged);
    parallel_for(count, threads, small_storage_hash, staged);
    for (size_t i = 0; i < count; i++) {
        if (storage_is_large(&staged[i])) {
            storage_hash(&staged[i], threads);
        }
        if (staged[i].status != WEFT_OK) {
            return blame(tries, &staged[i].storage->trie, &staged[i].change->address, staged[i].status);
        }
    }
    return WEFT_OK;
}

/* --- The state trie --- */

static weft_status account_update(mpt *accounts, const staged_change *staged) {
    const weft_account *account = &staged->change->account;
    if (!account->exists) {
        return mpt_remove(accounts, &staged->key);
    }
    uint8_t body[ACCOUNT_BODY_SIZE_MAX];
    size_t size = account_body_write(body, account, &staged->storage_root);
    return mpt_put(accounts, &staged->key, bytes_of(body, size));
}

static weft_status accounts_pass(state_tries *tries, const staged_change *staged, size_t count, bool removes) {
    for (size_t i = 0; i < count; i++) {
        if (staged[i].change->account.exists != removes) {
            weft_status status = account_update(&tries->accounts, &staged[i]);
            if (status != WEFT_OK) {
                return blame(tries, &tries->accounts, &staged[i].change->address, status);
            }
        }
    }
    return WEFT_OK;
}

weft_status state_tries_apply(state_tries *tries, const weft_state_delta *delta) {
    if (!delta_is_sorted(delta)) {
        return WEFT_INVALID_ARGUMENT;
    }
    arena_reset(&tries->scratch);
    size_t count = delta->account_count;
    staged_change *staged = arena_alloc_array(&tries->scratch, count, sizeof *staged);
    weft_status status = staged != NULL ? delta_stage(tries, staged, delta) : WEFT_NO_MEMORY;
    status = status == WEFT_OK ? storages_update(tries, staged, count) : status;
    status = status == WEFT_OK ? accounts_pass(tries, staged, count, false) : status;
    return status == WEFT_OK ? accounts_pass(tries, staged, count, true) : status;
}

weft_status state_tries_prove(state_tries *tries, const weft_address *address, const weft_bytes32 *slot) {
    weft_bytes32 key = keccak256(address->bytes, sizeof address->bytes), root;
    weft_bytes body;
    weft_status status = storage_root_read(tries, &root, &key);
    if (status != WEFT_OK || slot == NULL || bytes32_equal(&root, &trie_empty_root)) {
        return blame(tries, &tries->accounts, address, status);
    }
    storage_trie *storage = storage_find(tries, &key);
    storage = storage != NULL ? storage : storage_create(tries, &key, &root);
    if (storage == NULL) {
        return WEFT_NO_MEMORY;
    }
    key = keccak256(slot->bytes, sizeof slot->bytes);
    return blame(tries, &storage->trie, address, mpt_get(&storage->trie, &body, &key));
}

weft_status state_tries_root(state_tries *tries, weft_bytes32 *root) {
    arena_reset(&tries->scratch);
    return mpt_root(&tries->accounts, root, tries->threads, &tries->scratch);
}

weft_status state_tries_save(state_tries *tries, const mpt_sink *sink) {
    const void *key;
    void *value;
    arena_reset(&tries->scratch);
    weft_status status = mpt_save(&tries->accounts, sink, &tries->scratch);
    for (size_t cursor = 0; status == WEFT_OK && map_next(&tries->storages, &cursor, &key, &value);) {
        status = mpt_save(&(*(storage_trie **)value)->trie, sink, &tries->scratch);
    }
    return status;
}

void state_tries_explain(const state_tries *tries, weft_status status, weft_error *error) {
    if (error == NULL) {
        return;
    }
    error->position = 0;
    if (status != WEFT_STATE_UNAVAILABLE) {
        (void)snprintf(error->message, sizeof error->message, "%s", weft_status_message(status));
        return;
    }
    const mpt_failure *failure = &tries->failed->failure;
    const char *whose = tries->failed->owner != NULL ? "storage of" : "account";
    char address[41], path[65], hash[65];
    hex_encode(address, tries->failed_address.bytes, sizeof(weft_address));
    hex_encode(path, failure->key.bytes, sizeof failure->key.bytes);
    hex_encode(hash, failure->hash.bytes, sizeof failure->hash.bytes);
    path[failure->depth] = '\0';
    if (failure->rule != NULL) {
        (void)snprintf(error->message, sizeof error->message, "%s 0x%s: node at \"%s\": %s", whose, address, path,
                       failure->rule);
    } else {
        (void)snprintf(error->message, sizeof error->message, "%s 0x%s: node at \"%s\" is missing, hash 0x%s", whose,
                       address, path, hash);
    }
}
