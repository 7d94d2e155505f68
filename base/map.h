/** Open-addressing hash map from fixed-size keys to fixed-size values: linear probing, seeded hash, full-key compare.
 *
 *  Values are found by pointer; a pointer is valid until the next insertion, removal or clear. map_clear() forgets all
 *  entries in O(capacity) and keeps the memory.
 *
 *  Threads: readers may share a map while nobody changes it.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct map {
    uint8_t *entries; /* capacity × (key, value) */
    uint32_t *tags;   /* per cell: 0 = empty, else hash bits with the top bit set */
    size_t capacity;  /* a power of two, or 0 */
    size_t count;
    size_t key_size;
    size_t value_size; /* rounded up to 8 */
    uint64_t seed;
} map;

/** An empty map; allocates nothing yet. key_size 1..128, value_size 0..65536. */
void map_init(map *m, size_t key_size, size_t value_size, uint64_t seed);
void map_free(map *m);
void map_clear(map *m);

/** Returns: the value of `key`, or NULL. */
void *map_find(const map *m, const void *key);
/** Returns: the value of `key`, inserted as zeros when it was absent; NULL when out of memory (map unchanged).
 *  Out: inserted   may be NULL. */
void *map_insert(map *m, const void *key, bool *inserted);
/** Make room, so that the next `additional` insertions cannot fail.
 *  Returns: false when out of memory (map unchanged). */
bool map_reserve(map *m, size_t additional);
/** Returns: whether the key was there. */
bool map_remove(map *m, const void *key);

/** Iterate in no particular order: start with *cursor = 0; returns false at the end. */
bool map_next(const map *m, size_t *cursor, const void **key, void **value);

#endif
