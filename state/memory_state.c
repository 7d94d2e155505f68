#include <weft/memory_state.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/u256.h"
#include "crypto/keccak.h"
#include "state/account_codec.h"
#include "state/account_record.h"
#include "state/delta.h"
#include "state/parallel.h"

#include <stdlib.h>

struct weft_memory_state {
    weft_state_view base;
    bool has_base;
    uint64_t seed;
    map records;           /* weft_address -> account_record * */
    map codes;             /* code hash -> weft_bytes, owned; shared by the accounts that have it */
    map block_hashes;      /* uint64_t number -> weft_bytes32 */
    account_record *dirty; /* records that the state trie does not know yet */
    size_t dirty_count;
    unsigned threads; /* to compute roots with */
    mpt trie;
    map owners;    /* hashed address -> account_record *, as of the last weft_memory_state_nodes() */
    arena scratch; /* of root computations, and the node that was asked for last */
    arena deltas;  /* what the last weft_memory_state_delta() gave */
};

static const weft_account absent_account = {.exists = false};

weft_status weft_memory_state_create(weft_memory_state **state, const weft_state_view *base) {
    weft_memory_state *s = calloc(1, sizeof *s);
    *state = s;
    if (s == NULL) {
        return WEFT_NO_MEMORY;
    }
    s->threads = 1;
    s->has_base = base != NULL;
    if (s->has_base) {
        s->base = *base;
    }
    s->seed = hash_random_seed();
    map_init(&s->records, sizeof(weft_address), sizeof(account_record *), s->seed);
    map_init(&s->codes, sizeof(weft_bytes32), sizeof(weft_bytes), s->seed);
    map_init(&s->block_hashes, sizeof(uint64_t), sizeof(weft_bytes32), s->seed);
    map_init(&s->owners, sizeof(weft_bytes32), sizeof(account_record *), s->seed);
    mpt_init(&s->trie);
    arena_init(&s->scratch, 0);
    arena_init(&s->deltas, 0);
    return WEFT_OK;
}

void weft_memory_state_clear(weft_memory_state *state) {
    const void *key;
    void *value;
    for (size_t cursor = 0; map_next(&state->records, &cursor, &key, &value);) {
        account_record_free(*(account_record **)value);
    }
    for (size_t cursor = 0; map_next(&state->codes, &cursor, &key, &value);) {
        free((void *)(uintptr_t)((weft_bytes *)value)->data);
    }
    map_clear(&state->records);
    map_clear(&state->codes);
    map_clear(&state->block_hashes);
    map_clear(&state->owners);
    mpt_free(&state->trie);
    state->dirty = NULL;
    state->dirty_count = 0;
}

void weft_memory_state_destroy(weft_memory_state *state) {
    if (state == NULL) {
        return;
    }
    weft_memory_state_clear(state);
    map_free(&state->records);
    map_free(&state->codes);
    map_free(&state->block_hashes);
    map_free(&state->owners);
    arena_free(&state->scratch);
    arena_free(&state->deltas);
    free(state);
}

/* --- Records --- */

static account_record *record_find(const weft_memory_state *state, const weft_address *address) {
    account_record **found = map_find(&state->records, address);
    return found != NULL ? *found : NULL;
}

static void record_mark_dirty(weft_memory_state *state, account_record *record) {
    if (!state->has_base && !record->is_dirty) {
        record->is_dirty = true;
        record->next_dirty = state->dirty;
        state->dirty = record;
        state->dirty_count++;
    }
}

/* The record of an account; when there is none yet, it is made of `account`. Returns: NULL when out of memory. */
static account_record *record_find_or_create(weft_memory_state *state, const weft_address *address,
                                             const weft_account *account) {
    account_record *record = record_find(state, address);
    if (record != NULL) {
        return record;
    }
    record = account_record_create(address, account, state->seed);
    account_record **place = record != NULL ? map_insert(&state->records, address, NULL) : NULL;
    if (place == NULL) {
        account_record_free(record);
        return NULL;
    }
    *place = record;
    return record;
}

/* Keep a copy of `code`, once per hash. */
static weft_status code_keep(weft_memory_state *state, const weft_bytes32 *hash, weft_bytes code) {
    if (code.size == 0 || map_find(&state->codes, hash) != NULL) {
        return WEFT_OK;
    }
    uint8_t *copy = malloc(code.size);
    weft_bytes *place = copy != NULL ? map_insert(&state->codes, hash, NULL) : NULL;
    if (place == NULL) {
        free(copy);
        return WEFT_NO_MEMORY;
    }
    memcpy(copy, code.data, code.size);
    *place = bytes_of(copy, code.size);
    return WEFT_OK;
}

weft_status weft_memory_state_set_account(weft_memory_state *state, const weft_address *address,
                                          const weft_u256 *balance, uint64_t nonce, weft_bytes code) {
    weft_account account = {.balance = *balance, .nonce = nonce, .exists = true};
    account.code_hash = keccak256(code.data, code.size);
    if (code_keep(state, &account.code_hash, code) != WEFT_OK) {
        return WEFT_NO_MEMORY;
    }
    account_record *record = record_find_or_create(state, address, &account);
    if (record == NULL) {
        return WEFT_NO_MEMORY;
    }
    record->account = account;
    record_mark_dirty(state, record);
    return WEFT_OK;
}

weft_status weft_memory_state_set_storage(weft_memory_state *state, const weft_address *address,
                                          const weft_bytes32 *slot, const weft_u256 *value) {
    weft_account account = absent_account;
    if (state->has_base && record_find(state, address) == NULL) {
        weft_status status = state->base.account(state->base.context, &account, address);
        if (status != WEFT_OK) {
            return status;
        }
    }
    account_record *record = record_find_or_create(state, address, &account);
    if (record == NULL || !account_record_reserve(record, 1, !state->has_base)) {
        return WEFT_NO_MEMORY;
    }
    if (!record->account.exists) {
        record->account = (weft_account){.code_hash = keccak256_empty, .exists = true};
    }
    account_record_set(record, slot, value, !state->has_base);
    record_mark_dirty(state, record);
    return WEFT_OK;
}

weft_status weft_memory_state_set_block_hash(weft_memory_state *state, uint64_t number, const weft_bytes32 *hash) {
    weft_bytes32 *place = map_insert(&state->block_hashes, &number, NULL);
    if (place == NULL) {
        return WEFT_NO_MEMORY;
    }
    *place = *hash;
    return WEFT_OK;
}

/* --- Applying a delta: first everything that can fail, none of it visible; then everything that changes --- */

static weft_status change_prepare(weft_memory_state *state, account_record **record,
                                  const weft_account_change *change) {
    *record = record_find(state, &change->address);
    if (*record == NULL) {
        *record = account_record_create(&change->address, &absent_account, state->seed);
    }
    if (*record == NULL || !account_record_reserve(*record, change->slot_count, !state->has_base)) {
        return WEFT_NO_MEMORY;
    }
    return change->code_changed ? code_keep(state, &change->account.code_hash, change->code) : WEFT_OK;
}

static void change_apply(weft_memory_state *state, account_record *record, const weft_account_change *change) {
    account_record **place = map_insert(&state->records, &change->address, NULL);
    WEFT_ASSERT(place != NULL);
    *place = record;
    record->account = change->account.exists ? change->account : absent_account;
    if (change->storage_cleared || !change->account.exists) {
        account_record_clear_storage(record);
    }
    for (size_t i = 0; i < change->slot_count && change->account.exists; i++) {
        account_record_set(record, &change->slots[i].slot, &change->slots[i].value, !state->has_base);
    }
    record_mark_dirty(state, record);
}

weft_status weft_memory_state_apply(weft_memory_state *state, const weft_state_delta *delta) {
    if (!delta_is_sorted(delta)) {
        return WEFT_INVALID_ARGUMENT;
    }
    arena_reset(&state->scratch);
    account_record **records = arena_alloc_array(&state->scratch, delta->account_count, sizeof(account_record *));
    weft_status status =
        records != NULL && map_reserve(&state->records, delta->account_count) ? WEFT_OK : WEFT_NO_MEMORY;
    size_t prepared = 0;
    while (status == WEFT_OK && prepared < delta->account_count) {
        status = change_prepare(state, &records[prepared], &delta->accounts[prepared]);
        prepared++;
    }
    if (status != WEFT_OK) {
        for (size_t i = 0; i < prepared; i++) {
            if (record_find(state, &delta->accounts[i].address) == NULL) {
                account_record_free(records[i]);
            }
        }
        return status;
    }
    for (size_t i = 0; i < delta->account_count; i++) {
        change_apply(state, records[i], &delta->accounts[i]);
    }
    return WEFT_OK;
}

/* --- The root --- */

/* A dirty record on its way into the state trie. */
typedef struct flush {
    account_record *record;
    uint8_t body[ACCOUNT_BODY_SIZE_MAX];
    size_t body_size;
    weft_status status;
} flush;

/* Storage tries of different accounts have nothing in common. */
static void flush_prepare(void *context, size_t index) {
    flush *f = (flush *)context + index;
    if (f->record->account.exists) {
        arena scratch;
        arena_init(&scratch, 0);
        f->status = account_record_body(f->record, f->body, &f->body_size, &scratch);
        arena_free(&scratch);
    }
}

static weft_status flush_finish(weft_memory_state *state, const flush *f) {
    account_record *record = f->record;
    if (f->status != WEFT_OK) {
        return f->status;
    }
    weft_status status = record->account.exists
                             ? mpt_put(&state->trie, &record->hashed_address, bytes_of(f->body, f->body_size))
                             : mpt_remove(&state->trie, &record->hashed_address);
    if (status != WEFT_OK) {
        return status;
    }
    state->dirty = record->next_dirty;
    state->dirty_count--;
    record->is_dirty = false;
    if (!record->account.exists) {
        (void)map_remove(&state->records, &record->address);
        account_record_free(record);
    }
    return WEFT_OK;
}

/* Give the state trie what it does not know yet. What was done before a failure stays done. */
static weft_status dirty_flush(weft_memory_state *state) {
    size_t count = 0, slot_count = 0;
    flush *flushes = arena_alloc_array(&state->scratch, state->dirty_count, sizeof *flushes);
    if (flushes == NULL) {
        return WEFT_NO_MEMORY;
    }
    for (account_record *record = state->dirty; record != NULL; record = record->next_dirty) {
        flushes[count++] = (flush){.record = record};
        slot_count += record->dirty_count;
    }
    parallel_for(count, slot_count >= PARALLEL_CHANGE_COUNT ? state->threads : 1, flush_prepare, flushes);
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < count && status == WEFT_OK; i++) {
        status = flush_finish(state, &flushes[i]);
    }
    return status;
}

weft_status weft_memory_state_root(weft_memory_state *state, weft_bytes32 *root) {
    if (state->has_base) {
        return WEFT_INVALID_ARGUMENT;
    }
    arena_reset(&state->scratch);
    weft_status status = dirty_flush(state);
    return status == WEFT_OK ? mpt_root(&state->trie, root, state->threads, &state->scratch) : status;
}

void weft_memory_state_set_threads(weft_memory_state *state, unsigned threads) {
    state->threads = parallel_threads(threads);
}

/* --- The nodes --- */

static weft_status source_node(void *context, weft_bytes *encoding, const weft_bytes32 *owner, const weft_bytes32 *path,
                               size_t nibble_count, const weft_bytes32 *hash) {
    weft_memory_state *state = context;
    const mpt *trie = &state->trie;
    if (owner != NULL) {
        account_record **record = map_find(&state->owners, owner);
        if (record == NULL) {
            return WEFT_STATE_UNAVAILABLE;
        }
        trie = &(*record)->storage_trie;
    }
    arena_reset(&state->scratch);
    return mpt_encode(trie, encoding, (trie_path){path->bytes, 0, nibble_count}, hash, &state->scratch);
}

weft_status weft_memory_state_nodes(weft_memory_state *state, weft_node_source *nodes) {
    weft_bytes32 root;
    weft_status status = weft_memory_state_root(state, &root); /* so that every node has its hash */
    if (status != WEFT_OK) {
        return status;
    }
    map_clear(&state->owners);
    if (!map_reserve(&state->owners, state->records.count)) {
        return WEFT_NO_MEMORY;
    }
    const void *key;
    void *value;
    for (size_t cursor = 0; map_next(&state->records, &cursor, &key, &value);) {
        account_record *record = *(account_record **)value;
        *(account_record **)map_insert(&state->owners, &record->hashed_address, NULL) = record;
    }
    *nodes = (weft_node_source){.context = state, .node = source_node};
    return WEFT_OK;
}

/* --- The view --- */

static weft_status view_account(void *context, weft_account *out, const weft_address *address) {
    const weft_memory_state *state = context;
    const account_record *record = record_find(state, address);
    if (record == NULL && state->has_base) {
        return state->base.account(state->base.context, out, address);
    }
    *out = record != NULL ? record->account : absent_account;
    return WEFT_OK;
}

static weft_status view_code(void *context, weft_bytes *out, const weft_address *address,
                             const weft_bytes32 *code_hash) {
    const weft_memory_state *state = context;
    const weft_bytes *code = map_find(&state->codes, code_hash);
    if (code != NULL) {
        *out = *code;
        return WEFT_OK;
    }
    if (bytes32_equal(code_hash, &keccak256_empty)) {
        *out = (weft_bytes){NULL, 0};
        return WEFT_OK;
    }
    return state->has_base ? state->base.code(state->base.context, out, address, code_hash) : WEFT_STATE_UNAVAILABLE;
}

static weft_status view_storage(void *context, weft_u256 *out, const weft_address *address, const weft_bytes32 *slot) {
    const weft_memory_state *state = context;
    const account_record *record = record_find(state, address);
    const storage_cell *cell = record != NULL ? map_find(&record->cells, slot) : NULL;
    if (cell == NULL && state->has_base && (record == NULL || !record->hides_base_storage)) {
        return state->base.storage(state->base.context, out, address, slot);
    }
    *out = cell != NULL ? cell->value : u256_zero();
    return WEFT_OK;
}

/* Whether slots of the base that were all set to zero above it still count is not told apart: only code can set a
 * slot, and the question is about accounts without code (EIP-7610). */
static weft_status view_has_storage(void *context, bool *out, const weft_address *address) {
    const weft_memory_state *state = context;
    const account_record *record = record_find(state, address);
    *out = record != NULL && record->nonzero_count > 0;
    if (!*out && state->has_base && state->base.has_storage != NULL &&
        (record == NULL || !record->hides_base_storage)) {
        return state->base.has_storage(state->base.context, out, address);
    }
    return WEFT_OK;
}

static weft_status view_block_hash(void *context, weft_bytes32 *out, uint64_t number) {
    const weft_memory_state *state = context;
    const weft_bytes32 *hash = map_find(&state->block_hashes, &number);
    if (hash != NULL) {
        *out = *hash;
        return WEFT_OK;
    }
    return state->has_base ? state->base.block_hash(state->base.context, out, number) : WEFT_STATE_UNAVAILABLE;
}

weft_state_view weft_memory_state_view(weft_memory_state *state) {
    return (weft_state_view){
        .context = state,
        .account = view_account,
        .code = view_code,
        .storage = view_storage,
        .has_storage = view_has_storage,
        .block_hash = view_block_hash,
    };
}

/* --- The state as a delta --- */

static int record_order(const void *a, const void *b) {
    return address_compare(&(*(account_record *const *)a)->address, &(*(account_record *const *)b)->address);
}

static int slot_order(const void *a, const void *b) {
    return bytes32_compare(&((const weft_slot_change *)a)->slot, &((const weft_slot_change *)b)->slot);
}

static bool account_equal(const weft_account *a, const weft_account *b) {
    return a->exists == b->exists && a->nonce == b->nonce && u256_equal(&a->balance, &b->balance) &&
           bytes32_equal(&a->code_hash, &b->code_hash);
}

/* The slots of `record` that differ from what is below it, sorted. */
static weft_status slots_collect(weft_memory_state *state, weft_account_change *change, account_record *record) {
    weft_slot_change *slots = arena_alloc_array(&state->deltas, record->cells.count, sizeof *slots);
    if (slots == NULL) {
        return WEFT_NO_MEMORY;
    }
    const void *key;
    void *value;
    for (size_t cursor = 0; map_next(&record->cells, &cursor, &key, &value);) {
        weft_slot_change *slot = &slots[change->slot_count];
        memcpy(slot->slot.bytes, key, sizeof slot->slot.bytes);
        slot->value = ((storage_cell *)value)->value;
        weft_u256 before = u256_zero();
        if (state->has_base && !record->hides_base_storage) {
            weft_status status = state->base.storage(state->base.context, &before, &record->address, &slot->slot);
            if (status != WEFT_OK) {
                return status;
            }
        }
        change->slot_count += !u256_equal(&before, &slot->value);
    }
    qsort(slots, change->slot_count, sizeof *slots, slot_order);
    change->slots = slots;
    return WEFT_OK;
}

/* What `record` changes. Out: differs   false when that is nothing. */
static weft_status change_collect(weft_memory_state *state, weft_account_change *change, bool *differs,
                                  account_record *record) {
    weft_account before = absent_account;
    *change = (weft_account_change){.address = record->address, .account = record->account};
    if (state->has_base) {
        weft_status status = state->base.account(state->base.context, &before, &record->address);
        if (status != WEFT_OK) {
            return status;
        }
    }
    weft_status status = slots_collect(state, change, record);
    if (status != WEFT_OK) {
        return status;
    }
    change->storage_cleared = state->has_base && record->hides_base_storage && before.exists;
    const weft_bytes *code = map_find(&state->codes, &record->account.code_hash);
    change->code_changed = code != NULL && !bytes32_equal(&record->account.code_hash, &before.code_hash);
    if (change->code_changed) {
        change->code = *code;
    }
    *differs = change->slot_count != 0 || change->storage_cleared || !account_equal(&before, &record->account);
    return WEFT_OK;
}

weft_status weft_memory_state_delta(weft_memory_state *state, weft_state_delta *delta) {
    arena_reset(&state->deltas);
    size_t count = 0;
    account_record **records = arena_alloc_array(&state->deltas, state->records.count, sizeof(account_record *));
    weft_account_change *changes = arena_alloc_array(&state->deltas, state->records.count, sizeof *changes);
    if (records == NULL || changes == NULL) {
        return WEFT_NO_MEMORY;
    }
    const void *key;
    void *value;
    for (size_t cursor = 0; map_next(&state->records, &cursor, &key, &value);) {
        records[count++] = *(account_record **)value;
    }
    qsort(records, count, sizeof(account_record *), record_order);
    *delta = (weft_state_delta){.accounts = changes};
    for (size_t i = 0; i < count; i++) {
        bool differs;
        weft_status status = change_collect(state, &changes[delta->account_count], &differs, records[i]);
        if (status != WEFT_OK) {
            return status;
        }
        delta->account_count += differs;
    }
    return WEFT_OK;
}
