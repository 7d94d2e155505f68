#include "base/map.h"

#include "base/assert.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

/* A tag is the low 31 hash bits under an always-set top bit. A cell's home is its tag modulo the capacity, so growing
 * and removing need not hash any key again; that bounds the capacity to 2^31 cells. */
#define TAG_OCCUPIED 0x80000000u
#define CAPACITY_MIN 16u
#define CAPACITY_MAX ((size_t)1 << 31)

static size_t round_up_8(size_t size) {
    return (size + 7) & ~(size_t)7;
}

static size_t map_stride(const map *m) {
    return round_up_8(m->key_size) + m->value_size;
}

static uint8_t *map_key(const map *m, size_t index) {
    return m->entries + index * map_stride(m);
}

static void *map_value(const map *m, size_t index) {
    return map_key(m, index) + round_up_8(m->key_size);
}

static uint32_t map_tag(const map *m, const void *key) {
    return (uint32_t)hash_bytes(m->seed, key, m->key_size) | TAG_OCCUPIED;
}

void map_init(map *m, size_t key_size, size_t value_size, uint64_t seed) {
    WEFT_ASSERT(key_size >= 1 && key_size <= 128 && value_size <= 65536);
    *m = (map){.key_size = key_size, .value_size = round_up_8(value_size), .seed = seed};
}

void map_free(map *m) {
    free(m->entries);
    free(m->tags);
    m->entries = NULL;
    m->tags = NULL;
    m->capacity = 0;
    m->count = 0;
}

void map_clear(map *m) {
    if (m->capacity != 0) {
        memset(m->tags, 0, m->capacity * sizeof m->tags[0]);
    }
    m->count = 0;
}

/* The cell that holds `key`, or the empty cell where it belongs. Needs capacity > count. */
static size_t map_probe(const map *m, const void *key, uint32_t tag) {
    size_t mask = m->capacity - 1, index = tag & mask;
    while (m->tags[index] != 0 && (m->tags[index] != tag || memcmp(map_key(m, index), key, m->key_size) != 0)) {
        index = (index + 1) & mask;
    }
    return index;
}

void *map_find(const map *m, const void *key) {
    if (m->count == 0) {
        return NULL;
    }
    size_t index = map_probe(m, key, map_tag(m, key));
    return m->tags[index] != 0 ? map_value(m, index) : NULL;
}

/* How many entries a capacity carries: three quarters, where runs are still short. */
static size_t map_load_max(size_t capacity) {
    return capacity / 4 * 3;
}

static bool map_set_capacity(map *m, size_t capacity) {
    size_t size;
    if (__builtin_mul_overflow(capacity, map_stride(m), &size)) {
        return false;
    }
    uint8_t *entries = malloc(size);
    uint32_t *tags = calloc(capacity, sizeof *tags);
    if (entries == NULL || tags == NULL) {
        free(entries);
        free(tags);
        return false;
    }
    for (size_t i = 0; i < m->capacity; i++) {
        if (m->tags[i] == 0) {
            continue;
        }
        size_t index = m->tags[i] & (capacity - 1);
        while (tags[index] != 0) {
            index = (index + 1) & (capacity - 1);
        }
        tags[index] = m->tags[i];
        memcpy(entries + index * map_stride(m), map_key(m, i), map_stride(m));
    }
    free(m->entries);
    free(m->tags);
    m->entries = entries;
    m->tags = tags;
    m->capacity = capacity;
    return true;
}

bool map_reserve(map *m, size_t additional) {
    if (additional > map_load_max(CAPACITY_MAX) - m->count) {
        return false;
    }
    size_t capacity = m->capacity;
    while (map_load_max(capacity) < m->count + additional) {
        capacity = capacity == 0 ? CAPACITY_MIN : 2 * capacity;
    }
    return capacity == m->capacity || map_set_capacity(m, capacity);
}

void *map_insert(map *m, const void *key, bool *inserted) {
    uint32_t tag = map_tag(m, key);
    size_t index = 0;
    bool found = false;
    if (m->capacity != 0) {
        index = map_probe(m, key, tag);
        found = m->tags[index] != 0;
    }
    if (!found) {
        size_t capacity = m->capacity;
        if (!map_reserve(m, 1)) {
            return NULL;
        }
        if (m->capacity != capacity) {
            index = map_probe(m, key, tag);
        }
        uint8_t *cell = map_key(m, index);
        memset(cell, 0, map_stride(m));
        memcpy(cell, key, m->key_size);
        m->tags[index] = tag;
        m->count++;
    }
    if (inserted != NULL) {
        *inserted = !found;
    }
    return map_value(m, index);
}

bool map_remove(map *m, const void *key) {
    if (m->count == 0) {
        return false;
    }
    size_t mask = m->capacity - 1, hole = map_probe(m, key, map_tag(m, key));
    if (m->tags[hole] == 0) {
        return false;
    }
    /* Shift the rest of the run back, so that no tombstone is needed: an entry may move into the hole unless its
     * home lies cyclically after the hole. */
    for (size_t i = (hole + 1) & mask; m->tags[i] != 0; i = (i + 1) & mask) {
        size_t home = m->tags[i] & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            memcpy(map_key(m, hole), map_key(m, i), map_stride(m));
            m->tags[hole] = m->tags[i];
            hole = i;
        }
    }
    m->tags[hole] = 0;
    m->count--;
    return true;
}

bool map_next(const map *m, size_t *cursor, const void **key, void **value) {
    for (size_t i = *cursor; i < m->capacity; i++) {
        if (m->tags[i] != 0) {
            *key = map_key(m, i);
            *value = map_value(m, i);
            *cursor = i + 1;
            return true;
        }
    }
    *cursor = m->capacity;
    return false;
}
