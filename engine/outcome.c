#include "engine/outcome.h"

#include "base/bytes.h"
#include "crypto/keccak.h"
#include <stdlib.h>

void outcome_collect(tx_outcome *outcome, const tx_state *ts, const weft_address *coinbase) {
    outcome->accounts = ts->accounts;
    outcome->slots = ts->slots;
    outcome->logs = ts->logs;
    outcome->log_count = ts->log_count;
    outcome->coinbase_destroyed = false;
    for (const tx_account *a = ts->accounts; a != NULL && coinbase != NULL; a = a->next) {
        if (a->now.destroyed && !a->now.exists && address_equal(&a->address, coinbase)) {
            outcome->coinbase_destroyed = true;
        }
    }
}

/* --- Validation */

/* Moving a balance by a difference instead of setting it must not wrap around differently than the run did. Real
 * balances are far below this; a state with larger ones is compared exactly. */
static bool is_far_from_overflow(const weft_u256 *balance) {
    return balance->limb[3] >> 62 == 0;
}

static bool balance_holds(const tx_account_seen *seen, const weft_u256 *accepted) {
    if (u256_equal(&seen->balance, accepted)) {
        return true;
    }
    return (seen->reads & LANE_BIT_BALANCE) == 0 && !u256_less(accepted, &seen->balance_min) &&
           is_far_from_overflow(accepted) && is_far_from_overflow(&seen->balance);
}

static bool account_holds(const tx_account *a) {
    const weft_u256 *accepted = mv_cell_accepted(a->cell);
    unsigned reads = a->seen.reads;
    if ((reads & LANE_BIT_NONCE) != 0 && accepted[LANE_NONCE].limb[0] != a->seen.nonce) {
        return false;
    }
    if ((reads & LANE_BIT_CODE) != 0 && lane_code(&accepted[LANE_CODE]) != a->seen.code) {
        return false;
    }
    weft_u256 life = lane_from_life(a->seen.exists, a->seen.epoch);
    if ((reads & LANE_BIT_LIFE) != 0 && !u256_equal(&accepted[LANE_LIFE], &life)) {
        return false;
    }
    return balance_holds(&a->seen, &accepted[LANE_BALANCE]);
}

bool outcome_is_valid(const tx_outcome *outcome) {
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        if (a->cell != NULL && !account_holds(a)) {
            return false;
        }
    }
    for (const tx_slot *s = outcome->slots; s != NULL; s = s->next) {
        if (s->cell != NULL && !u256_equal(mv_cell_accepted(s->cell), &s->seen)) {
            return false;
        }
    }
    return true;
}

/* --- Changes */

unsigned outcome_account_changes(const tx_account *a) {
    unsigned mask = 0;
    mask |= u256_equal(&a->now.balance, &a->seen.balance) ? 0 : (unsigned)LANE_BIT_BALANCE;
    mask |= a->now.nonce == a->seen.nonce ? 0 : (unsigned)LANE_BIT_NONCE;
    mask |= a->now.code == a->seen.code ? 0 : (unsigned)LANE_BIT_CODE;
    mask |= a->now.exists == a->seen.exists && a->now.epoch == a->seen.epoch ? 0 : (unsigned)LANE_BIT_LIFE;
    return mask;
}

bool outcome_slot_changed(const tx_slot *s) {
    return s->cell != NULL && s->epoch == s->account->now.epoch && !u256_equal(&s->current, &s->seen);
}

static void account_lanes(const tx_account *a, weft_u256 lanes[ACCOUNT_LANES]) {
    lanes[LANE_BALANCE] = a->now.balance;
    lanes[LANE_NONCE] = u256_from_u64(a->now.nonce);
    lanes[LANE_CODE] = lane_from_code(a->now.code);
    lanes[LANE_LIFE] = lane_from_life(a->now.exists, a->now.epoch);
}

static void accept_account(const tx_account *a) {
    unsigned mask = outcome_account_changes(a);
    if (mask == 0) {
        return;
    }
    weft_u256 *accepted = mv_cell_accepted(a->cell);
    weft_u256 lanes[ACCOUNT_LANES];
    account_lanes(a, lanes);
    if ((mask & LANE_BIT_BALANCE) != 0) {
        weft_u256 difference = u256_sub(&a->now.balance, &a->seen.balance);
        accepted[LANE_BALANCE] = u256_add(&accepted[LANE_BALANCE], &difference);
    }
    for (unsigned lane = LANE_NONCE; lane < ACCOUNT_LANES; lane++) {
        if ((mask >> lane & 1) != 0) {
            accepted[lane] = lanes[lane];
        }
    }
}

static void pay_coinbase(mv_cell *cell, const weft_u256 *fee, const fork_rules *rules, const code_cache *codes) {
    weft_u256 *lanes = mv_cell_accepted(cell);
    lanes[LANE_BALANCE] = u256_add(&lanes[LANE_BALANCE], fee);
    bool empty = u256_is_zero(&lanes[LANE_BALANCE]) && u256_is_zero(&lanes[LANE_NONCE]) &&
                 lane_code(&lanes[LANE_CODE]) == code_cache_empty(codes);
    if (!rules->has_state_clearing || !empty) {
        lanes[LANE_LIFE].limb[0] = 1;
    } else if (lanes[LANE_LIFE].limb[0] != 0) {
        lanes[LANE_LIFE].limb[0] = 0;
        lanes[LANE_LIFE].limb[1]++;
    }
}

void outcome_accept(const tx_outcome *outcome, mv_cell *coinbase, const fork_rules *rules, const code_cache *codes) {
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        accept_account(a);
    }
    for (const tx_slot *s = outcome->slots; s != NULL; s = s->next) {
        if (outcome_slot_changed(s)) {
            *mv_cell_accepted(s->cell) = s->current;
        }
    }
    if (coinbase != NULL && !outcome->coinbase_destroyed) {
        pay_coinbase(coinbase, &outcome->fee, rules, codes);
    }
}

/* What later speculation is likely to need. It expects nonces instead of reading them, and mostly asks of a balance whether
 * it is enough; so a sender's nonce and balance, and what an account that is rich already earns, would only make all
 * workers meet at the cells that all transactions share: one payer, one payee. Who reads such a value exactly reads an
 * old one, and runs again. */
unsigned outcome_account_shows(const tx_account *a) {
    unsigned mask = outcome_account_changes(a);
    if (a->seen.nonce_expected) {
        mask &= ~(unsigned)LANE_BIT_NONCE;
    }
    weft_u256 earned = u256_sub(&a->now.balance, &a->seen.balance);
    bool is_poorer = u256_less(&a->now.balance, &a->seen.balance);
    bool was_rich = !u256_less(&a->seen.balance, &earned);
    if ((a->seen.reads & LANE_BIT_BALANCE) == 0 && (is_poorer ? a->seen.nonce_expected : was_rich)) {
        mask &= ~(unsigned)LANE_BIT_BALANCE;
    }
    return mask;
}

bool outcome_publish(const tx_outcome *outcome, mv_memory *cells, unsigned worker, uint32_t task) {
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        unsigned mask = outcome_account_shows(a);
        weft_u256 lanes[ACCOUNT_LANES];
        account_lanes(a, lanes);
        if (mask != 0 && !mv_cell_publish(cells, worker, a->cell, task, mask, lanes)) {
            return false;
        }
    }
    for (const tx_slot *s = outcome->slots; s != NULL; s = s->next) {
        if (outcome_slot_changed(s) && !mv_cell_publish(cells, worker, s->cell, task, 1, &s->current)) {
            return false;
        }
    }
    return true;
}

void outcome_retract(const tx_outcome *outcome, uint32_t task) {
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        if (outcome_account_shows(a) != 0) {
            mv_cell_retract(a->cell, task);
        }
    }
    for (const tx_slot *s = outcome->slots; s != NULL; s = s->next) {
        if (outcome_slot_changed(s)) {
            mv_cell_retract(s->cell, task);
        }
    }
}

/* --- The changes of one transaction as a delta */

static int slot_change_compare(const void *a, const void *b) {
    return bytes32_compare(&((const weft_slot_change *)a)->slot, &((const weft_slot_change *)b)->slot);
}

static int account_change_compare(const void *a, const void *b) {
    return address_compare(&((const weft_account_change *)a)->address, &((const weft_account_change *)b)->address);
}

static weft_account_change describe_accepted(const weft_address *address, const weft_u256 *accepted) {
    const code *c = lane_code(&accepted[LANE_CODE]);
    weft_account_change change = {.address = *address};
    if (accepted[LANE_LIFE].limb[0] != 0) {
        change.account = (weft_account){accepted[LANE_BALANCE], accepted[LANE_NONCE].limb[0], c->hash, true};
    }
    return change;
}

static size_t gather_slots(const tx_outcome *outcome, const tx_account *a, weft_slot_change *slots) {
    size_t count = 0;
    for (const tx_slot *s = outcome->slots; s != NULL; s = s->next) {
        if (s->account == a && outcome_slot_changed(s)) {
            slots[count++] = (weft_slot_change){u256_to_bytes32(&s->key), s->current};
        }
    }
    qsort(slots, count, sizeof *slots, slot_change_compare);
    return count;
}

static void describe_changed(const tx_outcome *outcome, const tx_account *a, weft_slot_change *slots,
                             weft_account_change *change) {
    *change = describe_accepted(&a->address, mv_cell_accepted(a->cell));
    change->storage_cleared = a->now.epoch != a->seen.epoch;
    change->slots = slots;
    change->slot_count = gather_slots(outcome, a, slots);
    if (change->account.exists && a->now.code != a->seen.code && !bytes32_equal(&a->now.code->hash, &keccak256_empty)) {
        change->code_changed = true;
        change->code = (weft_bytes){a->now.code->bytes, a->now.code->size};
    }
}

weft_status outcome_delta(const tx_outcome *outcome, mv_cell *coinbase, const weft_address *coinbase_address,
                          arena *scratch, weft_state_delta *delta) {
    size_t account_count = 1, slot_count = 0;
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        account_count++;
    }
    for (const tx_slot *s = outcome->slots; s != NULL; s = s->next) {
        slot_count++;
    }
    weft_account_change *changes = arena_alloc_array(scratch, account_count, sizeof *changes);
    weft_slot_change *slots = arena_alloc_array(scratch, slot_count + 1, sizeof *slots);
    if (changes == NULL || slots == NULL) {
        return WEFT_NO_MEMORY;
    }
    *delta = (weft_state_delta){.accounts = changes};
    bool has_coinbase = false;
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        if (a->cell == NULL) {
            continue;
        }
        weft_account_change *change = &changes[delta->account_count++];
        describe_changed(outcome, a, slots, change);
        slots += change->slot_count;
        has_coinbase |= a->cell == coinbase;
    }
    if (!has_coinbase) {
        changes[delta->account_count++] = describe_accepted(coinbase_address, mv_cell_accepted(coinbase));
    }
    qsort(changes, delta->account_count, sizeof *changes, account_change_compare);
    return WEFT_OK;
}
