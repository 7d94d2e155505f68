#include "engine/block_state.h"

#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/keccak.h"
#include <stdlib.h>

/* Key layout: address 20 | epoch + 1, native u32 | slot, four native limbs. An account's own cell has 0 where slots have
 * their epoch + 1. */
enum { KEY_EPOCH = 20, KEY_SLOT = 24 };

static mv_key account_key(const weft_address *address) {
    mv_key key = {{0}};
    memcpy(key.bytes, address->bytes, sizeof address->bytes);
    return key;
}

static mv_key slot_key(const weft_address *address, uint32_t epoch, const weft_u256 *slot) {
    mv_key key;
    uint32_t marker = epoch + 1;
    memcpy(key.bytes, address->bytes, sizeof address->bytes);
    memcpy(key.bytes + KEY_EPOCH, &marker, sizeof marker);
    memcpy(key.bytes + KEY_SLOT, slot->limb, sizeof slot->limb);
    return key;
}

static uint32_t key_epoch_marker(const mv_key *key) {
    uint32_t marker;
    memcpy(&marker, key->bytes + KEY_EPOCH, sizeof marker);
    return marker;
}

static weft_address key_address(const mv_key *key) {
    weft_address address;
    memcpy(address.bytes, key->bytes, sizeof address.bytes);
    return address;
}

static weft_bytes32 key_slot(const mv_key *key) {
    weft_u256 slot;
    memcpy(slot.limb, key->bytes + KEY_SLOT, sizeof slot.limb);
    return u256_to_bytes32(&slot);
}

static weft_status load_account(const block_state *bs, const weft_address *address, weft_u256 *lanes) {
    weft_account account;
    weft_status status = bs->view.account(bs->view.context, &account, address);
    if (status != WEFT_OK) {
        return status;
    }
    const code *c = code_cache_empty(bs->codes);
    if (account.exists && !bytes32_equal(&account.code_hash, &keccak256_empty)) {
        c = code_cache_reference(bs->codes, &account.code_hash);
        if (c == NULL) {
            return WEFT_NO_MEMORY;
        }
    }
    lanes[LANE_BALANCE] = account.balance;
    lanes[LANE_NONCE] = u256_from_u64(account.nonce);
    lanes[LANE_CODE] = lane_from_code(c);
    lanes[LANE_LIFE] = lane_from_life(account.exists, 0);
    return WEFT_OK;
}

static weft_status load_cell(void *context, const mv_key *key, unsigned lane_count, weft_u256 *lanes) {
    const block_state *bs = context;
    (void)lane_count;
    weft_address address = key_address(key);
    uint32_t marker = key_epoch_marker(key);
    if (marker == 0) {
        return load_account(bs, &address, lanes);
    }
    if (marker > 1) {
        *lanes = u256_zero();
        return WEFT_OK;
    }
    weft_bytes32 slot = key_slot(key);
    return bs->view.storage(bs->view.context, lanes, &address, &slot);
}

void block_state_begin(block_state *bs, const weft_state_view *view) {
    bs->view = *view;
    mv_memory_reset(bs->cells, load_cell, bs);
}

weft_status block_state_account(block_state *bs, unsigned worker, const weft_address *address, mv_cell **cell) {
    mv_key key = account_key(address);
    return mv_memory_cell(bs->cells, worker, &key, ACCOUNT_LANES, cell);
}

weft_status block_state_slot(block_state *bs, unsigned worker, const weft_address *address, uint32_t epoch,
                             const weft_u256 *slot, mv_cell **cell) {
    mv_key key = slot_key(address, epoch, slot);
    return mv_memory_cell(bs->cells, worker, &key, 1, cell);
}

/* --- Delta. Changed cells are collected and sorted by key; an account's own cell sorts before its slots because its
 * epoch marker is 0. Slots of an epoch that is not the account's last are dropped. */

typedef struct changed_cell {
    weft_address address;
    uint32_t marker;
    weft_bytes32 slot;
    mv_cell *cell;
} changed_cell;

static bool cell_changed(mv_cell *cell) {
    return memcmp(mv_cell_base(cell), mv_cell_accepted(cell), mv_cell_lane_count(cell) * sizeof(weft_u256)) != 0;
}

weft_status block_state_publish_accepted(block_state *bs) {
    size_t cursor = 0;
    for (mv_cell *cell; (cell = mv_memory_next(bs->cells, &cursor)) != NULL;) {
        unsigned all_lanes = (1u << mv_cell_lane_count(cell)) - 1;
        if (cell_changed(cell) && !mv_cell_publish(bs->cells, 0, cell, 0, all_lanes, mv_cell_accepted(cell))) {
            return WEFT_NO_MEMORY;
        }
    }
    return WEFT_OK;
}

static int changed_cell_compare(const void *a, const void *b) {
    const changed_cell *x = a, *y = b;
    int order = address_compare(&x->address, &y->address);
    if (order != 0) {
        return order;
    }
    if (x->marker != y->marker) {
        return x->marker < y->marker ? -1 : 1;
    }
    return bytes32_compare(&x->slot, &y->slot);
}

static weft_status collect_changed(block_state *bs, arena *scratch, changed_cell **cells, size_t *count) {
    *count = 0;
    *cells = arena_alloc_array(scratch, mv_memory_count(bs->cells) + 1, sizeof **cells);
    if (*cells == NULL) {
        return WEFT_NO_MEMORY;
    }
    size_t cursor = 0;
    for (mv_cell *cell; (cell = mv_memory_next(bs->cells, &cursor)) != NULL;) {
        if (cell_changed(cell)) {
            const mv_key *key = mv_cell_key(cell);
            (*cells)[(*count)++] = (changed_cell){key_address(key), key_epoch_marker(key), key_slot(key), cell};
        }
    }
    qsort(*cells, *count, sizeof **cells, changed_cell_compare);
    return WEFT_OK;
}

static void describe_account(weft_account_change *change, mv_cell *cell) {
    const weft_u256 *base = mv_cell_base(cell), *now = mv_cell_accepted(cell);
    const code *c = lane_code(&now[LANE_CODE]);
    bool exists = now[LANE_LIFE].limb[0] != 0;
    change->storage_cleared = base[LANE_LIFE].limb[0] != 0 && now[LANE_LIFE].limb[1] != 0;
    if (!exists) {
        return;
    }
    change->account = (weft_account){now[LANE_BALANCE], now[LANE_NONCE].limb[0], c->hash, true};
    change->code_changed = !u256_equal(&base[LANE_CODE], &now[LANE_CODE]) && !bytes32_equal(&c->hash, &keccak256_empty);
    if (change->code_changed) {
        change->code = (weft_bytes){c->bytes, c->size};
    }
}

/* One account and its changed slots: cells[*index ...] up to the next address. Returns whether anything is left to say:
 * an account created and destroyed within the block, over nothing, leaves no trace. */
static weft_status describe_group(block_state *bs, const changed_cell *cells, size_t count, size_t *index,
                                  weft_slot_change *slots, weft_account_change *change, bool *keep) {
    const weft_address *address = &cells[*index].address;
    mv_cell *account;
    weft_status status = block_state_account(bs, 0, address, &account);
    if (status != WEFT_OK) {
        return status;
    }
    *change = (weft_account_change){.address = *address, .slots = slots};
    describe_account(change, account);
    bool existed = mv_cell_base(account)[LANE_LIFE].limb[0] != 0;
    uint32_t epoch = (uint32_t)mv_cell_accepted(account)[LANE_LIFE].limb[1];
    for (; *index < count && address_equal(&cells[*index].address, address); ++*index) {
        const changed_cell *c = &cells[*index];
        if (change->account.exists && c->marker == epoch + 1) {
            slots[change->slot_count++] = (weft_slot_change){c->slot, *mv_cell_accepted(c->cell)};
        }
    }
    *keep = existed ? cell_changed(account) || change->slot_count > 0 : change->account.exists;
    return WEFT_OK;
}

weft_status block_state_delta(block_state *bs, arena *scratch, weft_state_delta *delta) {
    changed_cell *cells;
    size_t count;
    *delta = (weft_state_delta){0};
    weft_status status = collect_changed(bs, scratch, &cells, &count);
    if (status != WEFT_OK) {
        return status;
    }
    weft_account_change *changes = arena_alloc_array(scratch, count + 1, sizeof *changes);
    weft_slot_change *slots = arena_alloc_array(scratch, count + 1, sizeof *slots);
    if (changes == NULL || slots == NULL) {
        return WEFT_NO_MEMORY;
    }
    delta->accounts = changes;
    for (size_t i = 0; i < count;) {
        weft_account_change *change = &changes[delta->account_count];
        bool keep;
        status = describe_group(bs, cells, count, &i, slots, change, &keep);
        if (status != WEFT_OK) {
            return status;
        }
        slots += change->slot_count;
        delta->account_count += keep;
    }
    return WEFT_OK;
}
