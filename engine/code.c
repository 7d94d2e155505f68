#include "engine/code.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "base/map.h"
#include "crypto/keccak.h"
#include "engine/decoded_code.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    SHARD_COUNT = 64,
    CODE_PADDING = 33,        /* see code.h */
    DELEGATION_SIZE = 3 + 20, /* EIP-7702 */
    /* Decoding takes about as long as it saves when all of the code is executed so many times (docs/performance.md). */
    EXECUTIONS_WORTH_DECODING = 8,
    HALVINGS_MAX = 31
};

/* A code and what the cache knows about it. Users hold pointers to `public`. */
typedef struct cached_code {
    code public;
    /* Released by whoever filled `public`, acquired by everyone who is about to read it. */
    atomic_bool is_loaded;
    /* The cache's epoch when it was asked for last, and in how many it was. Hints: relaxed. */
    atomic_size_t epoch;
    atomic_uint epoch_count;
    /* Bytes of it that plain_run() executed. Relaxed: a count that is a little off does no harm. */
    atomic_uint heat;
    /* Released by whoever made it, acquired by everyone who executes it. Owned. */
    _Atomic(decoded_code *) decoded;
    void *storage;            /* owned; NULL until loaded */
    struct cached_code *next; /* in its shard */
} cached_code;

/* The mutex guards the map, the list, the size and the filling of entries. */
typedef struct shard {
    pthread_mutex_t mutex;
    map by_hash; /* code hash to cached_code * */
    cached_code *first;
    size_t size; /* of the entries with their storage, in bytes */
} shard;

struct code_cache {
    shard shards[SHARD_COUNT];
    const code *empty;
    size_t epoch; /* how often it was trimmed; an entry with this epoch is recent */
    weft_interpreter interpreter;
};

/* --- Codes */

size_t code_storage_size(size_t size) {
    return jump_map_size(size) + PUSH_REACH + size + CODE_PADDING;
}

void code_place(code *c, void *storage, weft_bytes bytes) {
    jump_map *jumps = storage;
    uint8_t *copy = (uint8_t *)storage + jump_map_size(bytes.size) + PUSH_REACH;
    jump_map_init(jumps);
    memset(copy - PUSH_REACH, 0, PUSH_REACH);
    if (bytes.size != 0) {
        memcpy(copy, bytes.data, bytes.size);
    }
    memset(copy + bytes.size, 0, CODE_PADDING);
    *c = (code){.bytes = copy, .size = bytes.size, .jump_map = jumps};
    static const uint8_t designator[3] = {0xef, 0x01, 0x00};
    if (bytes.size == DELEGATION_SIZE && memcmp(copy, designator, sizeof designator) == 0) {
        c->is_delegation = true;
        memcpy(c->delegate.bytes, copy + sizeof designator, sizeof c->delegate.bytes);
    }
}

/* --- The cache */

static shard *shard_of(code_cache *cache, const weft_bytes32 *hash) {
    return &cache->shards[hash->bytes[0] % SHARD_COUNT];
}

static cached_code *cached_of(const code *c) {
    return (cached_code *)((char *)(uintptr_t)c - offsetof(cached_code, public));
}

code_cache *code_cache_create(uint64_t seed) {
    code_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < SHARD_COUNT; i++) {
        pthread_mutex_init(&cache->shards[i].mutex, NULL);
        map_init(&cache->shards[i].by_hash, sizeof(weft_bytes32), sizeof(cached_code *), seed);
    }
    cache->empty = code_cache_add(cache, bytes_of(NULL, 0));
    if (cache->empty == NULL) {
        code_cache_destroy(cache);
        return NULL;
    }
    return cache;
}

static void cached_code_free(cached_code *entry) {
    decoded_code_destroy(atomic_load_explicit(&entry->decoded, memory_order_relaxed));
    free(entry->storage);
    free(entry);
}

void code_cache_destroy(code_cache *cache) {
    if (cache == NULL) {
        return;
    }
    for (size_t i = 0; i < SHARD_COUNT; i++) {
        shard *s = &cache->shards[i];
        while (s->first != NULL) {
            cached_code *entry = s->first;
            s->first = entry->next;
            cached_code_free(entry);
        }
        map_free(&s->by_hash);
        pthread_mutex_destroy(&s->mutex);
    }
    free(cache);
}

const code *code_cache_empty(const code_cache *cache) {
    return cache->empty;
}

/* The shard's entry for `hash`, made if there is none. The shard is locked. Returns: NULL when out of memory. */
static cached_code *shard_entry(shard *s, const weft_bytes32 *hash) {
    bool inserted = false;
    cached_code **place = map_insert(&s->by_hash, hash->bytes, &inserted);
    if (place == NULL || !inserted) {
        return place == NULL ? NULL : *place;
    }
    cached_code *entry = calloc(1, sizeof *entry);
    if (entry == NULL) {
        map_remove(&s->by_hash, hash->bytes);
        return NULL;
    }
    entry->public.hash = *hash;
    atomic_init(&entry->is_loaded, false);
    atomic_init(&entry->epoch, 0);
    atomic_init(&entry->epoch_count, 0);
    atomic_init(&entry->heat, 0);
    atomic_init(&entry->decoded, NULL);
    entry->next = s->first;
    s->first = entry;
    s->size += sizeof *entry;
    *place = entry;
    return entry;
}

const code *code_cache_reference(code_cache *cache, const weft_bytes32 *hash) {
    shard *s = shard_of(cache, hash);
    pthread_mutex_lock(&s->mutex);
    cached_code *entry = shard_entry(s, hash);
    pthread_mutex_unlock(&s->mutex);
    if (entry == NULL) {
        return NULL;
    }
    /* Read first: most are asked for often, by every thread. */
    if (atomic_load_explicit(&entry->epoch, memory_order_relaxed) != cache->epoch &&
        atomic_exchange_explicit(&entry->epoch, cache->epoch, memory_order_relaxed) != cache->epoch) {
        atomic_fetch_add_explicit(&entry->epoch_count, 1, memory_order_relaxed);
    }
    return &entry->public;
}

/* Give the entry its bytes unless another thread has been faster. */
static weft_status entry_fill(code_cache *cache, cached_code *entry, weft_bytes bytes) {
    if (bytes.size > SIZE_MAX / 2) {
        return WEFT_NO_MEMORY;
    }
    void *storage = malloc(code_storage_size(bytes.size));
    if (storage == NULL) {
        return WEFT_NO_MEMORY;
    }
    code placed;
    code_place(&placed, storage, bytes);

    shard *s = shard_of(cache, &entry->public.hash);
    pthread_mutex_lock(&s->mutex);
    bool is_first = !atomic_load_explicit(&entry->is_loaded, memory_order_relaxed);
    if (is_first) {
        /* All but the hash, which others may be reading. */
        entry->public.bytes = placed.bytes;
        entry->public.size = placed.size;
        entry->public.jump_map = placed.jump_map;
        entry->public.is_delegation = placed.is_delegation;
        entry->public.delegate = placed.delegate;
        entry->storage = storage;
        s->size += code_storage_size(bytes.size);
        atomic_store_explicit(&entry->is_loaded, true, memory_order_release);
    }
    pthread_mutex_unlock(&s->mutex);
    if (!is_first) {
        free(storage);
    }
    return WEFT_OK;
}

weft_status code_cache_load(code_cache *cache, const code *c, const weft_state_view *view,
                            const weft_address *address) {
    cached_code *entry = cached_of(c);
    if (atomic_load_explicit(&entry->is_loaded, memory_order_acquire)) {
        return WEFT_OK;
    }
    weft_bytes bytes = {NULL, 0};
    weft_status status = view->code(view->context, &bytes, address, &c->hash);
    return status == WEFT_OK ? entry_fill(cache, entry, bytes) : status;
}

const code *code_cache_add(code_cache *cache, weft_bytes bytes) {
    weft_bytes32 hash = bytes.size == 0 ? keccak256_empty : keccak256(bytes.data, bytes.size);
    const code *c = code_cache_reference(cache, &hash);
    if (c == NULL) {
        return NULL;
    }
    cached_code *entry = cached_of(c);
    bool is_loaded = atomic_load_explicit(&entry->is_loaded, memory_order_acquire);
    return is_loaded || entry_fill(cache, entry, bytes) == WEFT_OK ? c : NULL;
}

void code_cache_set_interpreter(code_cache *cache, weft_interpreter interpreter) {
    cache->interpreter = interpreter;
}

/* Returns: NULL when out of memory; the code can be executed as it is. */
static const decoded_code *entry_decode(code_cache *cache, cached_code *entry) {
    decoded_code *made = decoded_code_create(&entry->public);
    if (made == NULL) {
        return NULL;
    }
    shard *s = shard_of(cache, &entry->public.hash);
    pthread_mutex_lock(&s->mutex);
    decoded_code *first = atomic_load_explicit(&entry->decoded, memory_order_relaxed);
    if (first == NULL) {
        s->size += made->size;
        atomic_store_explicit(&entry->decoded, made, memory_order_release);
    }
    pthread_mutex_unlock(&s->mutex);
    if (first != NULL) {
        decoded_code_destroy(made);
    }
    return first != NULL ? first : made;
}

const decoded_code *code_cache_decoded(code_cache *cache, const code *c) {
    cached_code *entry = cached_of(c);
    const decoded_code *made = atomic_load_explicit(&entry->decoded, memory_order_acquire);
    return made == NULL && cache->interpreter == WEFT_INTERPRETER_DECODED ? entry_decode(cache, entry) : made;
}

/* How many bytes of it have to be executed until decoding is worth it. Whoever came in several blocks will come in
 * more: each block after the first halves it. */
static uint32_t heat_worth_decoding(const cached_code *entry) {
    unsigned epochs = atomic_load_explicit(&entry->epoch_count, memory_order_relaxed);
    unsigned halvings = epochs < 1 ? 0 : epochs - 1 < HALVINGS_MAX ? epochs - 1 : HALVINGS_MAX;
    return (uint32_t)entry->public.size * EXECUTIONS_WORTH_DECODING >> halvings;
}

uint32_t code_cache_patience(const code_cache *cache, const code *c) {
    if (cache->interpreter == WEFT_INTERPRETER_PLAIN || c->size > DECODED_SIZE_MAX) {
        return UINT32_MAX;
    }
    uint32_t heat = atomic_load_explicit(&cached_of(c)->heat, memory_order_relaxed);
    uint32_t worth = heat_worth_decoding(cached_of(c));
    return heat < worth ? worth - heat : 1;
}

const decoded_code *code_cache_heat(code_cache *cache, const code *c, uint32_t executed) {
    if (cache->interpreter == WEFT_INTERPRETER_PLAIN || c->size > DECODED_SIZE_MAX) {
        return NULL;
    }
    cached_code *entry = cached_of(c);
    uint32_t heat = atomic_fetch_add_explicit(&entry->heat, executed, memory_order_relaxed) + executed;
    const decoded_code *made = atomic_load_explicit(&entry->decoded, memory_order_acquire);
    return made == NULL && heat >= heat_worth_decoding(entry) ? entry_decode(cache, entry) : made;
}

static size_t entry_size(const cached_code *entry) {
    const decoded_code *decoded = atomic_load_explicit(&entry->decoded, memory_order_relaxed);
    return sizeof *entry + (entry->storage == NULL ? 0 : code_storage_size(entry->public.size)) +
           (decoded == NULL ? 0 : decoded->size);
}

/* Drop codes, all or only those not asked for since the last trim, until `size` is at most `size_max`. */
static size_t cache_drop(code_cache *cache, size_t size, size_t size_max, bool recent_too) {
    for (size_t i = 0; i < SHARD_COUNT && size > size_max; i++) {
        shard *s = &cache->shards[i];
        cached_code **link = &s->first;
        while (*link != NULL && size > size_max) {
            cached_code *entry = *link;
            bool is_recent = atomic_load_explicit(&entry->epoch, memory_order_relaxed) == cache->epoch;
            if (&entry->public == cache->empty || (is_recent && !recent_too)) {
                link = &entry->next;
                continue;
            }
            size -= entry_size(entry);
            s->size -= entry_size(entry);
            *link = entry->next;
            map_remove(&s->by_hash, entry->public.hash.bytes);
            cached_code_free(entry);
        }
    }
    return size;
}

void code_cache_trim(code_cache *cache, size_t size_max) {
    size_t size = 0;
    for (size_t i = 0; i < SHARD_COUNT; i++) {
        size += cache->shards[i].size;
    }
    size = cache_drop(cache, size, size_max, false);
    (void)cache_drop(cache, size, size_max, true);
    cache->epoch++;
}
