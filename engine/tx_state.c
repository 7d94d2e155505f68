#include "engine/tx_state_internal.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "engine/ether_log.h"
#include <stdlib.h>

enum { INDEX_CAPACITY_MIN = 64, JOURNAL_CAPACITY_MIN = 256, LOG_CAPACITY_MIN = 16 };

/* The touch of this precompile once survived the revert of its frame on mainnet, and so it does for ever. */
static const weft_address ripemd160_address = {{[19] = 3}};

/* --- Index */

static bool index_init(tx_index *x) {
    x->cells = calloc(INDEX_CAPACITY_MIN, sizeof *x->cells);
    x->mask = INDEX_CAPACITY_MIN - 1;
    x->stamp = 1;
    x->count = 0;
    return x->cells != NULL;
}

static void index_clear(tx_index *x) {
    x->count = 0;
    if (++x->stamp == 0) {
        memset(x->cells, 0, ((size_t)x->mask + 1) * sizeof *x->cells);
        x->stamp = 1;
    }
}

static void index_place(tx_index *x, uint32_t hash, void *subject) {
    uint32_t i = hash & x->mask;
    while (x->cells[i].stamp == x->stamp) {
        i = (i + 1) & x->mask;
    }
    x->cells[i].stamp = x->stamp;
    x->cells[i].hash = hash;
    x->cells[i].subject = subject;
}

static bool index_add(tx_index *x, uint32_t hash, void *subject) {
    if (2 * (x->count + 1) > x->mask) {
        tx_index bigger = {.stamp = 1, .mask = 2 * x->mask + 1, .count = x->count};
        bigger.cells = calloc((size_t)bigger.mask + 1, sizeof *bigger.cells);
        if (bigger.cells == NULL) {
            return false;
        }
        for (uint32_t i = 0; i <= x->mask; i++) {
            if (x->cells[i].stamp == x->stamp) {
                index_place(&bigger, x->cells[i].hash, x->cells[i].subject);
            }
        }
        free(x->cells);
        *x = bigger;
    }
    index_place(x, hash, subject);
    x->count++;
    return true;
}

/* --- Life of a tx_state */

bool tx_state_init(tx_state *ts, block_state *block, unsigned worker, uint64_t seed) {
    *ts = (tx_state){.block = block, .worker = worker, .seed = seed};
    ts->journal = malloc(JOURNAL_CAPACITY_MIN * sizeof *ts->journal);
    ts->journal_capacity = JOURNAL_CAPACITY_MIN;
    bool ok = index_init(&ts->account_index);
    ok = index_init(&ts->slot_index) && ok;
    ok = index_init(&ts->transient_index) && ok;
    if (!ok || ts->journal == NULL) {
        tx_state_free(ts);
        return false;
    }
    return true;
}

void tx_state_free(tx_state *ts) {
    free(ts->journal);
    free(ts->account_index.cells);
    free(ts->slot_index.cells);
    free(ts->transient_index.cells);
    *ts = (tx_state){0};
}

void tx_state_begin(tx_state *ts, const fork_rules *rules, tx_source source, uint32_t task, arena *memory,
                    arena *log_memory) {
    ts->rules = rules;
    ts->source = source;
    ts->task = task;
    ts->memory = memory;
    ts->log_memory = log_memory;
    ts->status = WEFT_OK;
    ts->accounts = NULL;
    ts->slots = NULL;
    index_clear(&ts->account_index);
    index_clear(&ts->slot_index);
    index_clear(&ts->transient_index);
    ts->journal_count = 0;
    ts->frame = 1;
    ts->logs = NULL;
    ts->log_count = 0;
    ts->log_capacity = 0;
    ts->refund = 0;
    ts->state_gas = (state_gas_pool){0};
}

weft_status tx_state_status(const tx_state *ts) {
    return ts->status;
}

void tx_state_fail(tx_state *ts, weft_status status) {
    if (ts->status == WEFT_OK) {
        ts->status = status;
    }
}

/* --- Journal. Running out of memory here must not lose an undo entry silently: the state is marked failed, which the
 * interpreter meets at its next host call at the latest, and the transaction has no verdict. */

/* A new entry, for the caller to fill the rest of. Returns: NULL when out of memory, which the tx_state knows then. */
static tx_journal_entry *journal_add(tx_state *ts, tx_undo_kind kind, void *subject) {
    if (ts->journal_count == ts->journal_capacity) {
        size_t capacity = 2 * (size_t)ts->journal_capacity;
        tx_journal_entry *journal = realloc(ts->journal, capacity * sizeof *journal);
        if (journal == NULL) {
            tx_state_fail(ts, WEFT_NO_MEMORY);
            return NULL;
        }
        ts->journal = journal;
        ts->journal_capacity = (uint32_t)capacity;
    }
    tx_journal_entry *entry = &ts->journal[ts->journal_count++];
    entry->kind = kind;
    entry->subject = subject;
    return entry;
}

/* Put `value` in the place of a word of `subject`, which can be undone. */
static void replace_word(tx_state *ts, tx_undo_kind kind, void *subject, weft_u256 *word, const weft_u256 *value) {
    tx_journal_entry *entry = journal_add(ts, kind, subject);
    if (entry != NULL) {
        entry->before.value = *word;
        *word = *value;
    }
}

/* An account saved since the newest checkpoint needs no second entry: undoing the first restores everything. */
static void save_account(tx_state *ts, tx_account *a) {
    if (a->saved_frame != ts->frame) {
        a->saved_frame = ts->frame;
        tx_journal_entry *entry = journal_add(ts, UNDO_ACCOUNT, a);
        if (entry != NULL) {
            entry->before.account = a->now;
        }
    }
}

tx_mark tx_state_checkpoint(tx_state *ts) {
    ts->frame++;
    return (tx_mark){.journal_count = ts->journal_count,
                     .log_count = ts->log_count,
                     .refund = ts->refund,
                     .reservoir = ts->state_gas.reservoir,
                     .state_gas = {ts->state_gas.bytes, ts->state_gas.used}};
}

static void undo(tx_state *ts, const tx_journal_entry *entry) {
    switch (entry->kind) {
    case UNDO_ACCOUNT: {
        tx_account *a = entry->subject;
        bool touch_stays =
            a->now.touched && ts->rules->has_state_clearing && address_equal(&a->address, &ripemd160_address);
        a->now = entry->before.account;
        a->now.touched |= touch_stays;
        break;
    }
    case UNDO_ACCOUNT_WARM: ((tx_account *)entry->subject)->warm = false; break;
    case UNDO_SLOT_VALUE: ((tx_slot *)entry->subject)->current = entry->before.value; break;
    case UNDO_SLOT_WARM: ((tx_slot *)entry->subject)->warm = false; break;
    case UNDO_TRANSIENT: ((tx_transient *)entry->subject)->value = entry->before.value; break;
    }
}

/* Metered at the operation, the reservoir is again what it was: the rest of the charges spilled into the frame's gas.
 * Metered at the frame's end, all of them go to the reservoir. */
static void revert_state_gas(tx_state *ts, const tx_mark *mark) {
    state_gas_pool *pool = &ts->state_gas;
    if (ts->rules->state_gas == STATE_GAS_AT_OPERATION) {
        pool->reservoir = mark->reservoir;
    } else if (pool->used > mark->state_gas.used) {
        pool->reservoir += pool->used - mark->state_gas.used;
    }
    pool->used = mark->state_gas.used;
    pool->bytes = mark->state_gas.bytes;
}

void tx_state_revert(tx_state *ts, tx_mark mark) {
    while (ts->journal_count > mark.journal_count) {
        undo(ts, &ts->journal[--ts->journal_count]);
    }
    ts->frame++;
    ts->log_count = mark.log_count;
    ts->refund = mark.refund;
    revert_state_gas(ts, &mark);
}

/* --- Accounts */

static void see_account(tx_account *a, const weft_u256 *lanes) {
    a->seen.balance = lanes[LANE_BALANCE];
    a->seen.nonce = lanes[LANE_NONCE].limb[0];
    a->seen.code = lane_code(&lanes[LANE_CODE]);
    a->seen.epoch = (uint32_t)lanes[LANE_LIFE].limb[1];
    a->seen.exists = lanes[LANE_LIFE].limb[0] != 0;
    a->now.balance = a->seen.balance;
    a->now.nonce = a->seen.nonce;
    a->now.code = a->seen.code;
    a->now.epoch = a->seen.epoch;
    a->now.exists = a->seen.exists;
}

/* After a failure the account reads as one that is not there, and the failure is remembered. */
static void load_account(tx_state *ts, tx_account *a) {
    mv_cell *cell;
    weft_status status = block_state_account(ts->block, ts->worker, &a->address, &cell);
    if (status != WEFT_OK) {
        tx_state_fail(ts, status);
        return;
    }
    a->cell = cell;
    if (ts->source == TX_SOURCE_ACCEPTED) {
        see_account(a, mv_cell_accepted(cell));
    } else {
        weft_u256 lanes[ACCOUNT_LANES];
        mv_cell_read(cell, ts->task, lanes);
        see_account(a, lanes);
    }
}

static inline void need_account(tx_state *ts, tx_account *a) {
    if (WEFT_UNLIKELY(a->cell == NULL)) {
        load_account(ts, a);
    }
}

static tx_account *add_account(tx_state *ts, const weft_address *address, uint32_t hash) {
    tx_account *a = arena_alloc_zero(ts->memory, sizeof *a);
    if (a == NULL || !index_add(&ts->account_index, hash, a)) {
        tx_state_fail(ts, WEFT_NO_MEMORY);
        return NULL;
    }
    a->address = *address;
    a->seen.code = code_cache_empty(ts->block->codes);
    a->now.code = a->seen.code;
    a->next = ts->accounts;
    ts->accounts = a;
    return a;
}

tx_account *tx_state_account(tx_state *ts, const weft_address *address) {
    uint32_t hash = (uint32_t)hash_bytes(ts->seed, address->bytes, sizeof address->bytes);
    const tx_index *x = &ts->account_index;
    for (uint32_t i = hash & x->mask; x->cells[i].stamp == x->stamp; i = (i + 1) & x->mask) {
        tx_account *a = x->cells[i].subject;
        if (x->cells[i].hash == hash && address_equal(&a->address, address)) {
            return a;
        }
    }
    return add_account(ts, address, hash);
}

const weft_address *tx_account_address(const tx_account *a) {
    return &a->address;
}

void tx_account_access(tx_state *ts, tx_account *a) {
    if (ts->rules->has_block_access_list) {
        need_account(ts, a);
    }
}

bool tx_account_warm(tx_state *ts, tx_account *a) {
    if (a->warm) {
        return true;
    }
    (void)journal_add(ts, UNDO_ACCOUNT_WARM, a);
    a->warm = true;
    return false;
}

/* The balance now is the source's plus what this transaction added and took. Asking "at least `amount` now?" with answer
 * yes therefore holds for every source balance of at least seen - (now - amount). */
static void depend_on_at_least(tx_account *a, const weft_u256 *amount) {
    weft_u256 headroom = u256_sub(&a->now.balance, amount);
    if (u256_less(&headroom, &a->seen.balance)) {
        weft_u256 min = u256_sub(&a->seen.balance, &headroom);
        if (u256_less(&a->seen.balance_min, &min)) {
            a->seen.balance_min = min;
        }
    }
}

weft_u256 tx_account_balance(tx_state *ts, tx_account *a) {
    need_account(ts, a);
    a->seen.reads |= LANE_BIT_BALANCE;
    return a->now.balance;
}

bool tx_account_can_pay(tx_state *ts, tx_account *a, const weft_u256 *amount) {
    need_account(ts, a);
    if (u256_less(&a->now.balance, amount)) {
        a->seen.reads |= LANE_BIT_BALANCE;
        return false;
    }
    depend_on_at_least(a, amount);
    return true;
}

uint64_t tx_account_nonce(tx_state *ts, tx_account *a) {
    need_account(ts, a);
    a->seen.reads |= LANE_BIT_NONCE;
    return a->now.nonce;
}

uint64_t tx_account_expect_nonce(tx_state *ts, tx_account *a, uint64_t expected) {
    need_account(ts, a);
    a->seen.nonce_expected = true;
    if (ts->source == TX_SOURCE_SPECULATIVE) {
        a->seen.nonce = expected;
        a->now.nonce = expected;
    }
    return tx_account_nonce(ts, a);
}

const code *tx_account_code(tx_state *ts, tx_account *a) {
    need_account(ts, a);
    if (a->cell == NULL) {
        return NULL;
    }
    a->seen.reads |= LANE_BIT_CODE;
    weft_status status = code_cache_load(ts->block->codes, a->now.code, &ts->block->view, &a->address);
    if (status != WEFT_OK) {
        tx_state_fail(ts, status);
        return NULL;
    }
    return a->now.code;
}

const weft_bytes32 *tx_account_code_hash(tx_state *ts, tx_account *a) {
    need_account(ts, a);
    a->seen.reads |= LANE_BIT_CODE;
    return &a->now.code->hash;
}

bool tx_account_exists(tx_state *ts, tx_account *a) {
    need_account(ts, a);
    a->seen.reads |= LANE_BIT_LIFE;
    return a->now.exists;
}

static bool has_code(const tx_state *ts, const tx_account *a) {
    return a->now.code != code_cache_empty(ts->block->codes);
}

/* Emptiness has three reasons to be false; the one that ties the transaction to the least is tried first: code that is
 * known anyway, a balance above zero whatever it is, a nonce this transaction raised. */
static bool is_empty(tx_state *ts, tx_account *a) {
    if ((a->seen.reads & LANE_BIT_CODE || a->now.code != a->seen.code) && has_code(ts, a)) {
        return false;
    }
    if (!u256_is_zero(&a->now.balance)) {
        weft_u256 one = u256_from_u64(1);
        depend_on_at_least(a, &one);
        return false;
    }
    if (a->now.nonce > a->seen.nonce) {
        return false;
    }
    a->seen.reads |= LANE_BIT_BALANCE | LANE_BIT_NONCE | LANE_BIT_CODE;
    return a->now.nonce == 0 && !has_code(ts, a);
}

bool tx_account_is_dead(tx_state *ts, tx_account *a) {
    need_account(ts, a);
    return is_empty(ts, a);
}

bool tx_account_is_created(const tx_account *a) {
    return a->now.created;
}

/* --- Changes. A changed account depends on its life: "exists" is written as an absolute value. */

static void begin_change(tx_state *ts, tx_account *a) {
    need_account(ts, a);
    save_account(ts, a);
    a->seen.reads |= LANE_BIT_LIFE;
}

/* Whether the account was there when the transaction began, with the weakest dependency that answers. */
static bool was_alive(tx_state *ts, tx_account *a) {
    if (a->seen.nonce != 0 || a->seen.code != code_cache_empty(ts->block->codes)) {
        a->seen.reads |= LANE_BIT_NONCE | LANE_BIT_CODE;
        return true;
    }
    a->seen.reads |= LANE_BIT_BALANCE | LANE_BIT_NONCE | LANE_BIT_CODE;
    return !u256_is_zero(&a->seen.balance);
}

/* STATE_GAS_AT_FRAME_END: the bytes that this transaction has added to the account as it is now, its storage apart. */
static int64_t growth_of(tx_state *ts, tx_account *a) {
    int64_t code_size = a->now.created && a->now.code != a->seen.code ? (int64_t)a->now.code->size : 0;
    bool is_alive = a->now.nonce != 0 || !u256_is_zero(&a->now.balance) || has_code(ts, a);
    return code_size + (is_alive && !was_alive(ts, a) ? (int64_t)ts->rules->state_bytes_account : 0);
}

/* What changes an account runs between these two, so that its growth is counted. */
static int64_t growth_before(tx_state *ts, tx_account *a) {
    return ts->rules->state_gas == STATE_GAS_AT_FRAME_END ? growth_of(ts, a) : 0;
}

static void count_growth(tx_state *ts, tx_account *a, int64_t before) {
    if (ts->rules->state_gas == STATE_GAS_AT_FRAME_END) {
        ts->state_gas.bytes += growth_of(ts, a) - before;
    }
}

void tx_account_touch(tx_state *ts, tx_account *a) {
    if (a->now.touched) {
        return;
    }
    begin_change(ts, a);
    a->now.touched = true;
    if (!ts->rules->has_state_clearing) {
        a->now.exists = true;
    }
}

/* A sum that could wrap around makes the transaction depend on the value: what holds for one balance need not hold for
 * a larger one. */
void tx_account_add_balance(tx_state *ts, tx_account *a, const weft_u256 *amount) {
    tx_account_touch(ts, a);
    if (amount->limb[3] != 0) {
        a->seen.reads |= LANE_BIT_BALANCE;
    }
    if (!u256_is_zero(amount)) {
        begin_change(ts, a);
        int64_t before = growth_before(ts, a);
        a->now.balance = u256_add(&a->now.balance, amount);
        a->now.exists = true;
        count_growth(ts, a, before);
    }
}

void tx_account_sub_balance(tx_state *ts, tx_account *a, const weft_u256 *amount) {
    tx_account_touch(ts, a);
    begin_change(ts, a);
    a->now.balance = u256_sub(&a->now.balance, amount);
}

void tx_account_set_nonce(tx_state *ts, tx_account *a, uint64_t nonce) {
    begin_change(ts, a);
    a->now.nonce = nonce;
    a->now.touched = true;
    a->now.exists = true;
}

void tx_account_set_code(tx_state *ts, tx_account *a, const code *c) {
    begin_change(ts, a);
    int64_t before = growth_before(ts, a);
    a->now.code = c;
    a->now.touched = true;
    a->now.exists = true;
    count_growth(ts, a, before);
}

void tx_state_transfer(tx_state *ts, tx_account *from, tx_account *to, const weft_u256 *amount) {
    if (!u256_is_zero(amount)) {
        tx_account_sub_balance(ts, from, amount);
    }
    tx_account_add_balance(ts, to, amount);
    if (ts->rules->has_transfer_logs && from != to && !u256_is_zero(amount)) {
        ether_log_transfer(ts, &from->address, &to->address, amount);
    }
}

/* Only storage from before the block is asked for: within a block, an account that holds storage got it as a contract,
 * and has its nonce or code to show for it. */
static bool has_old_storage(tx_state *ts, tx_account *a, bool *has_storage) {
    const weft_state_view *view = &ts->block->view;
    *has_storage = false;
    a->seen.reads |= LANE_BIT_LIFE;
    if (view->has_storage == NULL || a->now.epoch != 0 || !a->seen.exists) {
        return true;
    }
    weft_status status = view->has_storage(view->context, has_storage, &a->address);
    if (status != WEFT_OK) {
        tx_state_fail(ts, status);
        return false;
    }
    return true;
}

bool tx_account_collides(tx_state *ts, tx_account *a, bool *collides) {
    need_account(ts, a);
    a->seen.reads |= LANE_BIT_NONCE | LANE_BIT_CODE;
    if (a->now.nonce != 0 || has_code(ts, a)) {
        *collides = true;
        return true;
    }
    return has_old_storage(ts, a, collides);
}

void tx_account_create(tx_state *ts, tx_account *a) {
    begin_change(ts, a);
    int64_t before = growth_before(ts, a);
    a->now.epoch++;
    a->now.nonce = ts->rules->new_contract_nonce;
    a->now.exists = true;
    a->now.touched = true;
    a->now.created = true;
    count_growth(ts, a, before);
}

bool tx_account_destroy(tx_state *ts, tx_account *a) {
    begin_change(ts, a);
    bool already = a->now.destroyed;
    if (!ts->rules->destroyed_keeps_balance) {
        /* The balance becomes zero whatever it was: absolute, not relative to the source. */
        a->seen.reads |= LANE_BIT_BALANCE;
        a->now.balance = u256_zero();
    }
    a->now.destroyed = true;
    a->now.touched = true;
    return already;
}

/* --- Storage */

static uint32_t slot_hash(const tx_state *ts, const tx_account *a, uint32_t epoch, const weft_u256 *key) {
    return (uint32_t)hash_bytes(ts->seed ^ (uintptr_t)a ^ ((uint64_t)epoch << 40), key->limb, sizeof key->limb);
}

static tx_slot *find_slot(const tx_state *ts, const tx_account *a, uint32_t epoch, const weft_u256 *key,
                          uint32_t hash) {
    const tx_index *x = &ts->slot_index;
    for (uint32_t i = hash & x->mask; x->cells[i].stamp == x->stamp; i = (i + 1) & x->mask) {
        tx_slot *s = x->cells[i].subject;
        if (x->cells[i].hash == hash && s->account == a && s->epoch == epoch && u256_equal(&s->key, key)) {
            return s;
        }
    }
    return NULL;
}

/* Warmth belongs to (address, key), so a slot of a new epoch inherits that of an older one: the epoch the account came
 * with, or 0, under which an account is warmed that was never loaded. */
static bool is_warm_before(const tx_state *ts, const tx_account *a, const weft_u256 *key) {
    const uint32_t older[] = {0, a->seen.epoch};
    for (size_t i = 0; i < sizeof older / sizeof *older; i++) {
        if (older[i] != a->now.epoch) {
            const tx_slot *s = find_slot(ts, a, older[i], key, slot_hash(ts, a, older[i], key));
            if (s != NULL && s->warm) {
                return true;
            }
        }
    }
    return false;
}

static tx_slot *slot_entry(tx_state *ts, tx_account *a, const weft_u256 *key) {
    uint32_t hash = slot_hash(ts, a, a->now.epoch, key);
    tx_slot *s = find_slot(ts, a, a->now.epoch, key, hash);
    if (s != NULL) {
        return s;
    }
    s = arena_alloc(ts->memory, sizeof *s);
    if (s == NULL || !index_add(&ts->slot_index, hash, s)) {
        tx_state_fail(ts, WEFT_NO_MEMORY);
        return NULL;
    }
    *s = (tx_slot){.next = ts->slots, .account = a, .key = *key, .epoch = a->now.epoch};
    s->warm = is_warm_before(ts, a, key);
    ts->slots = s;
    return s;
}

tx_slot *tx_account_slot(tx_state *ts, tx_account *a, const weft_u256 *key) {
    need_account(ts, a);
    return slot_entry(ts, a, key);
}

bool tx_slot_warm(tx_state *ts, tx_slot *s) {
    if (s->warm) {
        return true;
    }
    (void)journal_add(ts, UNDO_SLOT_WARM, s);
    s->warm = true;
    return false;
}

bool tx_account_warm_slot(tx_state *ts, tx_account *a, const weft_u256 *key) {
    tx_slot *s = slot_entry(ts, a, key);
    if (s != NULL) {
        (void)tx_slot_warm(ts, s);
    }
    return s != NULL;
}

/* Returns: false on a host failure. */
static bool load_slot(tx_state *ts, tx_slot *s) {
    tx_account *a = s->account;
    a->seen.reads |= LANE_BIT_LIFE;
    mv_cell *cell;
    weft_status status = block_state_slot(ts->block, ts->worker, &a->address, s->epoch, &s->key, &cell);
    if (status != WEFT_OK) {
        tx_state_fail(ts, status);
        return false;
    }
    s->cell = cell;
    if (ts->source == TX_SOURCE_ACCEPTED) {
        s->seen = *mv_cell_accepted(cell);
    } else {
        mv_cell_read(cell, ts->task, &s->seen);
    }
    s->current = s->seen;
    return true;
}

const weft_u256 *tx_slot_value(tx_state *ts, tx_slot *s) {
    return WEFT_LIKELY(s->cell != NULL) || load_slot(ts, s) ? &s->current : NULL;
}

const weft_u256 *tx_slot_original(const tx_slot *s) {
    return &s->seen;
}

bool tx_slot_store(tx_state *ts, tx_slot *s, const weft_u256 *value) {
    if (ts->rules->state_gas == STATE_GAS_AT_FRAME_END && u256_is_zero(&s->seen)) {
        int64_t slots = (u256_is_zero(value) ? 0 : 1) - (u256_is_zero(&s->current) ? 0 : 1);
        ts->state_gas.bytes += slots * (int64_t)ts->rules->state_bytes_slot;
    }
    replace_word(ts, UNDO_SLOT_VALUE, s, &s->current, value);
    return ts->status == WEFT_OK;
}

static tx_transient *find_transient(const tx_state *ts, const tx_account *a, const weft_u256 *key, uint32_t hash) {
    const tx_index *x = &ts->transient_index;
    for (uint32_t i = hash & x->mask; x->cells[i].stamp == x->stamp; i = (i + 1) & x->mask) {
        tx_transient *t = x->cells[i].subject;
        if (x->cells[i].hash == hash && t->account == a && u256_equal(&t->key, key)) {
            return t;
        }
    }
    return NULL;
}

bool tx_transient_load(tx_state *ts, tx_account *a, const weft_u256 *slot, weft_u256 *value) {
    const tx_transient *t = find_transient(ts, a, slot, slot_hash(ts, a, 0, slot));
    *value = t == NULL ? u256_zero() : t->value;
    return true;
}

bool tx_transient_store(tx_state *ts, tx_account *a, const weft_u256 *slot, const weft_u256 *value) {
    uint32_t hash = slot_hash(ts, a, 0, slot);
    tx_transient *t = find_transient(ts, a, slot, hash);
    if (t == NULL) {
        t = arena_alloc(ts->memory, sizeof *t);
        if (t == NULL || !index_add(&ts->transient_index, hash, t)) {
            tx_state_fail(ts, WEFT_NO_MEMORY);
            return false;
        }
        *t = (tx_transient){.account = a, .key = *slot};
    }
    replace_word(ts, UNDO_TRANSIENT, t, &t->value, value);
    return ts->status == WEFT_OK;
}

/* --- Logs and refunds */

static bool grow_logs(tx_state *ts) {
    uint32_t capacity = ts->log_capacity == 0 ? LOG_CAPACITY_MIN : 2 * ts->log_capacity;
    weft_log *logs = arena_alloc_array(ts->log_memory, capacity, sizeof *logs);
    if (logs == NULL) {
        return false;
    }
    if (ts->log_count > 0) {
        memcpy(logs, ts->logs, ts->log_count * sizeof *logs);
    }
    ts->logs = logs;
    ts->log_capacity = capacity;
    return true;
}

bool tx_state_log(tx_state *ts, const weft_address *address, const weft_u256 *topics, unsigned topic_count,
                  const uint8_t *data, size_t size) {
    uint8_t *copy = arena_copy(ts->log_memory, data, size);
    if (copy == NULL || (ts->log_count == ts->log_capacity && !grow_logs(ts))) {
        tx_state_fail(ts, WEFT_NO_MEMORY);
        return false;
    }
    weft_log *log = &ts->logs[ts->log_count++];
    log->address = *address;
    log->topic_count = topic_count;
    for (unsigned i = 0; i < topic_count; i++) {
        log->topics[i] = u256_to_bytes32(&topics[i]);
    }
    log->data = (weft_bytes){copy, size};
    return true;
}

void tx_state_add_refund(tx_state *ts, int64_t gas) {
    ts->refund += gas;
}

/* --- End of the transaction */

/* The epoch after a contract's end. A creation found no storage in its way (tx_account_collides()), so that a contract
 * that ends with the transaction that made it leaves storage as it was: that of the epoch before. */
static uint32_t epoch_after_end(const tx_state *ts, const tx_account *a) {
    bool found_no_storage = a->now.created && (!a->seen.exists || ts->block->view.has_storage != NULL);
    return found_no_storage ? a->seen.epoch : a->now.epoch + 1;
}

/* Every lane becomes zero whatever it was. One that is zero already is not written, so that it must be known to be. */
static void remove_account(tx_state *ts, tx_account *a) {
    a->seen.reads |= LANE_BIT_BALANCE | LANE_BIT_NONCE | LANE_BIT_CODE;
    a->now.exists = false;
    a->now.balance = u256_zero();
    a->now.nonce = 0;
    a->now.code = code_cache_empty(ts->block->codes);
    if (a->seen.exists || a->now.created) {
        a->now.epoch = epoch_after_end(ts, a);
    }
}

/* EIP-8246: what is left of a destroyed contract is its balance. */
static void strip_contract(tx_state *ts, tx_account *a) {
    a->seen.reads |= LANE_BIT_NONCE | LANE_BIT_CODE;
    a->now.nonce = 0;
    a->now.code = code_cache_empty(ts->block->codes);
    a->now.epoch = epoch_after_end(ts, a);
}

void tx_state_finish(tx_state *ts, const weft_address *coinbase) {
    for (tx_account *a = ts->accounts; a != NULL; a = a->next) {
        bool is_coinbase = coinbase != NULL && address_equal(&a->address, coinbase);
        bool removed = a->now.destroyed;
        if (removed && ts->rules->destroyed_keeps_balance) {
            strip_contract(ts, a);
            removed = false;
        }
        if (removed || (ts->rules->has_state_clearing && a->now.touched && !is_coinbase && is_empty(ts, a))) {
            remove_account(ts, a);
        }
    }
}
