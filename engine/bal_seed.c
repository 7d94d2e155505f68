#include "engine/bal_seed.h"

#include <omp.h>
#include <stdatomic.h>

#include "base/bytes.h"

/* An account on its way through the steps of the block. */
typedef struct walk {
    block_run *run;
    unsigned worker;
    const weft_account_access *account;
    mv_cell *cell;
    weft_u256 lanes[ACCOUNT_LANES]; /* after the step that was walked last */
    size_t balance, nonce, code;    /* next change of each list */
    bool out_of_memory;
} walk;

static uint32_t next_index(const walk *w) {
    const weft_account_access *a = w->account;
    uint32_t index = UINT32_MAX;
    if (w->balance < a->balance_count && a->balances[w->balance].index < index) {
        index = a->balances[w->balance].index;
    }
    if (w->nonce < a->nonce_count && a->nonces[w->nonce].index < index) {
        index = a->nonces[w->nonce].index;
    }
    if (w->code < a->code_count && a->codes[w->code].index < index) {
        index = a->codes[w->code].index;
    }
    return index;
}

static bool is_empty(const walk *w) {
    return u256_is_zero(&w->lanes[LANE_BALANCE]) && w->lanes[LANE_NONCE].limb[0] == 0 &&
           lane_code(&w->lanes[LANE_CODE]) == code_cache_empty(w->run->engine->codes);
}

/* Whether the step is a transaction that the account sent, or whose authorizations (EIP-7702) it signed one of. */
static bool has_signed(const walk *w, uint32_t index) {
    if (index == 0) {
        return false;
    }
    const tx_plan *plan = &w->run->plans[index - 1];
    bool found = address_equal(&plan->sender, &w->account->address);
    for (size_t i = 0; i < plan->tx->authorization_count && !found; i++) {
        const tx_authority *authority = &plan->authorities[i];
        found = authority->recovered && address_equal(&authority->signer, &w->account->address);
    }
    return found;
}

/* A contract begins its life with code, or with a nonce that it did not get by a signature; storage begins anew with it.
 * The list does not say so itself. */
static bool is_creation(const walk *w, uint32_t index, unsigned changed, const code *before) {
    const code *c = lane_code(&w->lanes[LANE_CODE]), *none = code_cache_empty(w->run->engine->codes);
    if (before != none || c->is_delegation) {
        return false;
    }
    return (changed & LANE_BIT_CODE) != 0 ||
           ((changed & LANE_BIT_NONCE) != 0 && w->lanes[LANE_NONCE].limb[0] == 1 && !has_signed(w, index));
}

/* Nothing but its end takes a contract's code away, before accounts could delegate (EIP-7702). */
static bool is_end_of_contract(const walk *w, const code *before) {
    const code *none = code_cache_empty(w->run->engine->codes);
    return before != none && !before->is_delegation && lane_code(&w->lanes[LANE_CODE]) == none;
}

/* A contract that ends takes its nonce or its code along, and its storage. One that came and went in the same step, over
 * nothing but a balance, is none that had any. Before EIP-161 an account without anything may exist. */
static unsigned change_life(walk *w, uint32_t index, unsigned changed, const code *before) {
    weft_u256 *life = &w->lanes[LANE_LIFE];
    const weft_u256 old = *life;
    if (is_empty(w) && w->run->env.rules->has_state_clearing) {
        life->limb[1] += (changed & (LANE_BIT_NONCE | LANE_BIT_CODE)) != 0;
        life->limb[0] = 0;
    } else if (is_empty(w) && is_end_of_contract(w, before)) {
        life->limb[1]++;
        life->limb[0] = 0;
    } else {
        life->limb[0] = 1;
        life->limb[1] += is_creation(w, index, changed, before);
    }
    return u256_equal(&old, life) ? 0 : (unsigned)LANE_BIT_LIFE;
}

/* Take the changes of one step. Returns: the lanes changed. */
static unsigned take_step(walk *w, uint32_t index) {
    const weft_account_access *a = w->account;
    const code *before = lane_code(&w->lanes[LANE_CODE]);
    unsigned changed = 0;
    if (w->balance < a->balance_count && a->balances[w->balance].index == index) {
        w->lanes[LANE_BALANCE] = a->balances[w->balance++].value;
        changed |= LANE_BIT_BALANCE;
    }
    if (w->nonce < a->nonce_count && a->nonces[w->nonce].index == index) {
        w->lanes[LANE_NONCE] = a->nonces[w->nonce++].value;
        changed |= LANE_BIT_NONCE;
    }
    if (w->code < a->code_count && a->codes[w->code].index == index) {
        const code *c = code_cache_add(w->run->engine->codes, a->codes[w->code++].code);
        w->out_of_memory |= c == NULL;
        w->lanes[LANE_CODE] = lane_from_code(c != NULL ? c : before);
        changed |= LANE_BIT_CODE;
    }
    return changed | change_life(w, index, changed, before);
}

static void seed_slot(walk *w, const weft_slot_access *slot, uint32_t first_index, uint32_t end_index) {
    uint32_t epoch = (uint32_t)w->lanes[LANE_LIFE].limb[1];
    mv_cell *cell = NULL;
    for (size_t i = 0; i < slot->change_count && !w->out_of_memory; i++) {
        uint32_t index = slot->changes[i].index;
        if (index < first_index || index >= end_index) {
            continue;
        }
        if (cell == NULL && block_state_slot(&w->run->engine->state, w->worker, &w->account->address, epoch,
                                             &slot->slot, &cell) != WEFT_OK) {
            return;
        }
        w->out_of_memory =
            !mv_cell_publish(w->run->engine->state.cells, w->worker, cell, index, 1, &slot->changes[i].value);
    }
}

/* The slots that change between two changes of the account's life, in the epoch that holds there. */
static void seed_slots(walk *w, uint32_t first_index, uint32_t end_index) {
    for (size_t i = 0; i < w->account->changed_slot_count; i++) {
        seed_slot(w, &w->account->changed_slots[i], first_index, end_index);
    }
}

static void seed_account(walk *w) {
    const uint32_t end = block_run_version((uint32_t)w->run->block->transaction_count);
    uint32_t life_began = 1; /* step 0 has been executed */
    memcpy(w->lanes, mv_cell_base(w->cell), sizeof w->lanes);
    for (uint32_t index = next_index(w); index < end && !w->out_of_memory; index = next_index(w)) {
        uint64_t epoch = w->lanes[LANE_LIFE].limb[1];
        const weft_u256 life = w->lanes[LANE_LIFE];
        unsigned changed = take_step(w, index);
        if (w->lanes[LANE_LIFE].limb[1] != epoch) {
            const weft_u256 next_life = w->lanes[LANE_LIFE];
            w->lanes[LANE_LIFE] = life;
            seed_slots(w, life_began, index);
            w->lanes[LANE_LIFE] = next_life;
            life_began = index > 0 ? index : 1;
        }
        if (index > 0) {
            w->out_of_memory |=
                !mv_cell_publish(w->run->engine->state.cells, w->worker, w->cell, index, changed, w->lanes);
        }
    }
    seed_slots(w, life_began, end);
}

weft_status bal_seed(block_run *run, const weft_block_access_list *list) {
    /* Relaxed: the end of the region orders every store before the load after it. */
    _Atomic(bool) out_of_memory = false;
    int64_t count = (int64_t)list->account_count;
#pragma omp parallel for schedule(dynamic, 16) num_threads(run->engine->thread_count)
    for (int64_t i = 0; i < count; i++) {
        walk w = {.run = run, .worker = (unsigned)omp_get_thread_num(), .account = &list->accounts[i]};
        if (block_state_account(&run->engine->state, w.worker, &w.account->address, &w.cell) == WEFT_OK) {
            seed_account(&w);
        }
        if (w.out_of_memory) {
            atomic_store_explicit(&out_of_memory, true, memory_order_relaxed);
        }
    }
    return atomic_load_explicit(&out_of_memory, memory_order_relaxed) ? WEFT_NO_MEMORY : WEFT_OK;
}
