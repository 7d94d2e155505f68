#include "scheduler/mv_memory.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/hash.h"
#include "scheduler/spin_lock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    CACHE_LINE = 64,
    SHARDS_PER_WORKER = 4, /* two workers that intern at the same moment rarely meet */
    SHARD_BITS_MIN = 4,
    TABLE_CAPACITY_MIN = 64,
    VERSION_CAPACITY_MIN = 2,
    CURSOR_SLOT_BITS = 32 /* a cursor is the shard above these bits and the slot in them */
};

_Static_assert(sizeof(size_t) == 8, "cursors pack a shard and a slot into one size_t");

typedef struct mv_version {
    uint32_t task;
    uint32_t mask; /* of the lanes that the task wrote */
} mv_version;

/* Versions lie beside the cell, not in it: most cells of a block are only read, and stay small. */
struct mv_cell {
    uint64_t hash;
    mv_key key;
    _Atomic uint32_t version_count; /* changes under the lock, read without it by mv_cell_read() */
    uint32_t version_capacity;
    mv_version *versions; /* ascending by task */
    weft_u256 *values;    /* lane_count for each version */
    spin_lock lock;       /* of the version fields */
    uint8_t written;      /* lanes that some version has or had; also under the lock */
    uint8_t lane_count;
    weft_u256 lanes[]; /* base, then accepted */
};

typedef struct mv_table {
    struct mv_table *older; /* outgrown; somebody may still be probing it */
    size_t capacity;        /* a power of two, at least twice the number of cells */
    _Atomic(mv_cell *) slots[];
} mv_table;

typedef struct mv_shard {
    _Alignas(CACHE_LINE) _Atomic(mv_table *) table;
    _Alignas(CACHE_LINE) pthread_mutex_t lock; /* of insertion; apart from what look-ups read */
    size_t count;
} mv_shard;

typedef struct mv_worker {
    _Alignas(CACHE_LINE) arena arena;
} mv_worker;

struct mv_memory {
    uint64_t seed;
    mv_loader *loader;
    void *loader_context;
    mv_worker *workers;
    unsigned worker_count;
    mv_shard *shards;
    unsigned shard_count;
    unsigned shard_shift; /* the top bits of the hash choose the shard, the low ones the slot */
};

static mv_table *table_create(size_t capacity) {
    mv_table *table = calloc(1, sizeof *table + capacity * sizeof table->slots[0]);
    if (table != NULL) {
        table->capacity = capacity;
    }
    return table;
}

static void table_free_older(mv_table *table) {
    for (mv_table *older = table->older; older != NULL;) {
        mv_table *next = older->older;
        free(older);
        older = next;
    }
    table->older = NULL;
}

/* Word by word: a key is too short for a call of memcmp(). */
static inline bool key_equal(const mv_key *a, const mv_key *b) {
    uint64_t x[MV_KEY_SIZE / sizeof(uint64_t)], y[MV_KEY_SIZE / sizeof(uint64_t)], difference = 0;
    memcpy(x, a, sizeof x);
    memcpy(y, b, sizeof y);
    for (size_t i = 0; i < sizeof x / sizeof x[0]; i++) {
        difference |= x[i] ^ y[i];
    }
    return difference == 0;
}

/* The acquire pairs with the release in table_put(): who sees a cell sees it complete. */
static mv_cell *table_find(const mv_table *table, uint64_t hash, const mv_key *key) {
    size_t mask = table->capacity - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        mv_cell *cell = atomic_load_explicit(&table->slots[i], memory_order_acquire);
        if (cell == NULL || (cell->hash == hash && key_equal(&cell->key, key))) {
            return cell;
        }
    }
}

/* Under the shard's lock. Pairs with table_find(). */
static void table_put(mv_table *table, mv_cell *cell) {
    size_t mask = table->capacity - 1, i = cell->hash & mask;
    while (atomic_load_explicit(&table->slots[i], memory_order_relaxed) != NULL) {
        i = (i + 1) & mask;
    }
    atomic_store_explicit(&table->slots[i], cell, memory_order_release);
}

static bool shard_init(mv_shard *shard) {
    mv_table *table = table_create(TABLE_CAPACITY_MIN);
    if (table == NULL) {
        return false;
    }
    if (pthread_mutex_init(&shard->lock, NULL) != 0) {
        free(table);
        return false;
    }
    atomic_init(&shard->table, table);
    shard->count = 0;
    return true;
}

static void shard_free(mv_shard *shard) {
    mv_table *table = atomic_load_explicit(&shard->table, memory_order_relaxed);
    table_free_older(table);
    free(table);
    pthread_mutex_destroy(&shard->lock);
}

static void shard_reset(mv_shard *shard) {
    mv_table *table = atomic_load_explicit(&shard->table, memory_order_relaxed);
    table_free_older(table);
    for (size_t i = 0; i < table->capacity && shard->count != 0; i++) {
        atomic_store_explicit(&table->slots[i], NULL, memory_order_relaxed);
    }
    shard->count = 0;
}

/* Under the shard's lock. The release pairs with the acquire in mv_memory_cell(); a look-up that still probes the older
 * table may miss newer cells, and then finds them under the lock. */
static mv_table *shard_grow(mv_shard *shard, mv_table *table) {
    mv_table *bigger = table_create(2 * table->capacity);
    if (bigger == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < table->capacity; i++) {
        mv_cell *cell = atomic_load_explicit(&table->slots[i], memory_order_relaxed);
        if (cell != NULL) {
            table_put(bigger, cell);
        }
    }
    bigger->older = table;
    atomic_store_explicit(&shard->table, bigger, memory_order_release);
    return bigger;
}

static mv_cell *cell_create(arena *a, const mv_key *key, uint64_t hash, unsigned lane_count, const weft_u256 *base) {
    size_t lanes_size = lane_count * sizeof *base;
    mv_cell *cell = arena_alloc(a, sizeof *cell + 2 * lanes_size);
    if (cell == NULL) {
        return NULL;
    }
    *cell = (mv_cell){.hash = hash, .key = *key, .lane_count = (uint8_t)lane_count};
    memcpy(cell->lanes, base, lanes_size);
    memcpy(cell->lanes + lane_count, base, lanes_size);
    return cell;
}

/* Add a cell that is not there. Returns: NULL when out of memory. Under the shard's lock, or where there is one worker. */
static mv_cell *shard_add(mv_shard *shard, arena *a, const mv_key *key, uint64_t hash, unsigned lane_count,
                          const weft_u256 *base) {
    mv_table *table = atomic_load_explicit(&shard->table, memory_order_relaxed);
    if (2 * (shard->count + 1) > table->capacity) {
        table = shard_grow(shard, table);
    }
    mv_cell *cell = table != NULL ? cell_create(a, key, hash, lane_count, base) : NULL;
    if (cell != NULL) {
        table_put(table, cell);
        shard->count++;
    }
    return cell;
}

/* Another worker may have interned the key since the caller looked: then that cell is the answer. */
static mv_cell *shard_intern(mv_shard *shard, arena *a, const mv_key *key, uint64_t hash, unsigned lane_count,
                             const weft_u256 *base) {
    pthread_mutex_lock(&shard->lock);
    mv_cell *cell = table_find(atomic_load_explicit(&shard->table, memory_order_relaxed), hash, key);
    if (cell == NULL) {
        cell = shard_add(shard, a, key, hash, lane_count, base);
    }
    pthread_mutex_unlock(&shard->lock);
    return cell;
}

static bool mv_memory_create_shards(mv_memory *mv) {
    unsigned bits = SHARD_BITS_MIN;
    while (1u << bits < SHARDS_PER_WORKER * mv->worker_count) {
        bits++;
    }
    mv->shard_shift = 64 - bits;
    mv->shards = aligned_alloc(CACHE_LINE, sizeof *mv->shards << bits);
    if (mv->shards == NULL) {
        return false;
    }
    while (mv->shard_count < 1u << bits && shard_init(&mv->shards[mv->shard_count])) {
        mv->shard_count++;
    }
    return mv->shard_count == 1u << bits;
}

mv_memory *mv_memory_create(unsigned worker_count, uint64_t seed) {
    WEFT_ASSERT(worker_count >= 1 && worker_count <= 1u << 16);
    mv_memory *mv = calloc(1, sizeof *mv);
    if (mv == NULL) {
        return NULL;
    }
    mv->seed = seed;
    mv->workers = aligned_alloc(CACHE_LINE, worker_count * sizeof *mv->workers);
    if (mv->workers == NULL) {
        free(mv);
        return NULL;
    }
    mv->worker_count = worker_count;
    for (unsigned i = 0; i < worker_count; i++) {
        arena_init(&mv->workers[i].arena, 0);
    }
    if (!mv_memory_create_shards(mv)) {
        mv_memory_destroy(mv);
        return NULL;
    }
    return mv;
}

void mv_memory_destroy(mv_memory *mv) {
    if (mv == NULL) {
        return;
    }
    for (unsigned i = 0; i < mv->shard_count; i++) {
        shard_free(&mv->shards[i]);
    }
    for (unsigned i = 0; i < mv->worker_count; i++) {
        arena_free(&mv->workers[i].arena);
    }
    free(mv->shards);
    free(mv->workers);
    free(mv);
}

void mv_memory_reset(mv_memory *mv, mv_loader *loader, void *loader_context) {
    for (unsigned i = 0; i < mv->shard_count; i++) {
        shard_reset(&mv->shards[i]);
    }
    for (unsigned i = 0; i < mv->worker_count; i++) {
        arena_reset(&mv->workers[i].arena);
    }
    mv->loader = loader;
    mv->loader_context = loader_context;
}

weft_status mv_memory_cell(mv_memory *mv, unsigned worker, const mv_key *key, unsigned lane_count, mv_cell **cell) {
    WEFT_ASSERT(lane_count >= 1 && lane_count <= MV_LANES_MAX && worker < mv->worker_count);
    uint64_t hash = hash_bytes(mv->seed, key, sizeof *key);
    mv_shard *shard = &mv->shards[hash >> mv->shard_shift];
    /* Pairs with the release in shard_grow(). */
    *cell = table_find(atomic_load_explicit(&shard->table, memory_order_acquire), hash, key);
    if (WEFT_LIKELY(*cell != NULL)) {
        WEFT_ASSERT((*cell)->lane_count == lane_count);
        return WEFT_OK;
    }
    /* The loader may take long, so it runs before the lock is taken. */
    weft_u256 base[MV_LANES_MAX];
    weft_status status = mv->loader(mv->loader_context, key, lane_count, base);
    if (status != WEFT_OK) {
        return status;
    }
    arena *a = &mv->workers[worker].arena;
    *cell = mv->worker_count == 1 ? shard_add(shard, a, key, hash, lane_count, base)
                                  : shard_intern(shard, a, key, hash, lane_count, base);
    return *cell != NULL ? WEFT_OK : WEFT_NO_MEMORY;
}

/* The number of versions before `task`, which is also the place of its own. Under the cell's lock. */
static uint32_t cell_rank(const mv_cell *cell, uint32_t task) {
    uint32_t low = 0, high = atomic_load_explicit(&cell->version_count, memory_order_relaxed);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (cell->versions[middle].task < task) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void mv_cell_read(const mv_cell *cell, uint32_t task, weft_u256 *lanes) {
    unsigned lane_count = cell->lane_count;
    memcpy(lanes, cell->lanes, lane_count * sizeof *lanes);
    /* Relaxed: zero leads to the base, which does not change, anything else to the lock. That a task sees what its
     * predecessors published follows from the scheduler's hand-over. */
    if (atomic_load_explicit(&cell->version_count, memory_order_relaxed) == 0) {
        return;
    }
    spin_lock *lock = (spin_lock *)&cell->lock; /* locking does not change what the cell says */
    spin_lock_acquire(lock);
    unsigned missing = cell->written; /* without it, a lane that nobody wrote would be sought in every version */
    for (uint32_t i = cell_rank(cell, task); i-- > 0 && missing != 0;) {
        for (unsigned found = cell->versions[i].mask & missing; found != 0; found &= found - 1) {
            unsigned lane = (unsigned)__builtin_ctz(found);
            lanes[lane] = cell->values[(size_t)i * lane_count + lane];
        }
        missing &= ~cell->versions[i].mask;
    }
    spin_lock_release(lock);
}

/* Double the room for versions; the outgrown arrays stay in the arena. Under the cell's lock. */
static bool cell_reserve(mv_cell *cell, arena *a) {
    uint32_t count = atomic_load_explicit(&cell->version_count, memory_order_relaxed);
    if (count < cell->version_capacity) {
        return true;
    }
    uint32_t capacity = count == 0 ? VERSION_CAPACITY_MIN : 2 * count;
    mv_version *versions = arena_alloc_array(a, capacity, sizeof *versions);
    weft_u256 *values = arena_alloc_array(a, (size_t)capacity * cell->lane_count, sizeof *values);
    if (versions == NULL || values == NULL) {
        return false;
    }
    if (count != 0) {
        memcpy(versions, cell->versions, count * sizeof *versions);
        memcpy(values, cell->values, (size_t)count * cell->lane_count * sizeof *values);
    }
    cell->versions = versions;
    cell->values = values;
    cell->version_capacity = capacity;
    return true;
}

/* Move the versions from place `from` on to place `to`, one up or one down. Under the cell's lock. */
static void cell_shift(mv_cell *cell, uint32_t from, uint32_t to) {
    size_t lane_count = cell->lane_count;
    uint32_t count = atomic_load_explicit(&cell->version_count, memory_order_relaxed);
    if (from < count) {
        memmove(cell->versions + to, cell->versions + from, (count - from) * sizeof *cell->versions);
        memmove(cell->values + to * lane_count, cell->values + from * lane_count,
                (count - from) * lane_count * sizeof *cell->values);
    }
    atomic_store_explicit(&cell->version_count, to > from ? count + 1 : count - 1, memory_order_relaxed);
}

static bool cell_has_version(const mv_cell *cell, uint32_t place, uint32_t task) {
    return place < atomic_load_explicit(&cell->version_count, memory_order_relaxed) &&
           cell->versions[place].task == task;
}

bool mv_cell_publish(mv_memory *mv, unsigned worker, mv_cell *cell, uint32_t task, unsigned mask,
                     const weft_u256 *lanes) {
    WEFT_ASSERT(mask != 0 && mask < 1u << cell->lane_count && worker < mv->worker_count);
    spin_lock_acquire(&cell->lock);
    uint32_t place = cell_rank(cell, task);
    bool done = true;
    if (!cell_has_version(cell, place, task)) {
        done = cell_reserve(cell, &mv->workers[worker].arena);
        if (done) {
            cell_shift(cell, place, place + 1);
        }
    }
    if (done) {
        cell->versions[place] = (mv_version){task, mask};
        cell->written |= (uint8_t)mask;
        for (unsigned left = mask; left != 0; left &= left - 1) {
            unsigned lane = (unsigned)__builtin_ctz(left);
            cell->values[(size_t)place * cell->lane_count + lane] = lanes[lane];
        }
    }
    spin_lock_release(&cell->lock);
    return done;
}

void mv_cell_retract(mv_cell *cell, uint32_t task) {
    spin_lock_acquire(&cell->lock);
    uint32_t place = cell_rank(cell, task);
    if (cell_has_version(cell, place, task)) {
        cell_shift(cell, place + 1, place);
    }
    spin_lock_release(&cell->lock);
}

const mv_key *mv_cell_key(const mv_cell *cell) {
    return &cell->key;
}

unsigned mv_cell_lane_count(const mv_cell *cell) {
    return cell->lane_count;
}

weft_u256 *mv_cell_base(mv_cell *cell) {
    return cell->lanes;
}

weft_u256 *mv_cell_accepted(mv_cell *cell) {
    return cell->lanes + cell->lane_count;
}

size_t mv_memory_count(const mv_memory *mv) {
    size_t count = 0;
    for (unsigned i = 0; i < mv->shard_count; i++) {
        count += mv->shards[i].count;
    }
    return count;
}

mv_cell *mv_memory_next(const mv_memory *mv, size_t *cursor) {
    size_t slot = *cursor & (((size_t)1 << CURSOR_SLOT_BITS) - 1);
    for (size_t shard = *cursor >> CURSOR_SLOT_BITS; shard < mv->shard_count; shard++, slot = 0) {
        const mv_table *table = atomic_load_explicit(&mv->shards[shard].table, memory_order_relaxed);
        for (; slot < table->capacity; slot++) {
            mv_cell *cell = atomic_load_explicit(&table->slots[slot], memory_order_relaxed);
            if (cell != NULL) {
                *cursor = (shard << CURSOR_SLOT_BITS) + slot + 1;
                return cell;
            }
        }
    }
    *cursor = (size_t)mv->shard_count << CURSOR_SLOT_BITS;
    return NULL;
}
