#include "engine/jump_destinations.h"

#include "engine/opcodes.h"

#include <string.h>

enum { MAP_EMPTY, MAP_IS_BEING_FILLED, MAP_FILLED };

enum {
    STEPS_BACK_MAX = 5, /* further back it is likely to go on like that: data, or a code that was made to take long */
    SEARCH_BYTES = 32 /* looking for the beginning of one instruction takes as long as looking through so many bytes */
};

static size_t map_words(size_t code_size) {
    return code_size / 64 + 1;
}

size_t jump_map_size(size_t code_size) {
    return sizeof(jump_map) + map_words(code_size) * sizeof(uint64_t);
}

void jump_map_init(jump_map *map) {
    atomic_init(&map->state, MAP_EMPTY);
    atomic_init(&map->searches, 0);
}

static void map_fill(jump_map *map, const uint8_t *bytes, size_t size) {
    memset(map->bits, 0, map_words(size) * sizeof(uint64_t));
    for (size_t i = 0; i < size; i += instruction_size(bytes[i])) {
        if (bytes[i] == OPCODE_JUMPDEST) {
            map->bits[i / 64] |= UINT64_C(1) << (i % 64);
        }
    }
}

/* Whether the map can be read, now or after filling it. Another thread that fills it is not waited for. */
static bool map_is_readable(jump_map *map, const uint8_t *bytes, size_t size) {
    int state = MAP_EMPTY;
    if (atomic_compare_exchange_strong_explicit(&map->state, &state, MAP_IS_BEING_FILLED, memory_order_acquire,
                                                memory_order_acquire)) {
        map_fill(map, bytes, size);
        atomic_store_explicit(&map->state, MAP_FILLED, memory_order_release);
        return true;
    }
    return state == MAP_FILLED;
}

static bool map_has(const jump_map *map, size_t offset) {
    return (map->bits[offset / 64] >> offset % 64 & 1) != 0;
}

/* Going from instruction to instruction. In: from   where one begins. */
static bool is_arrived_at(const uint8_t *bytes, size_t from, size_t offset) {
    while (from < offset) {
        from += instruction_size(bytes[from]);
    }
    return from == offset;
}

bool jump_is_to_instruction(jump_map *map, const uint8_t *bytes, size_t size, size_t offset) {
    if (atomic_load_explicit(&map->state, memory_order_acquire) == MAP_FILLED) {
        return map_has(map, offset);
    }
    unsigned searches = atomic_load_explicit(&map->searches, memory_order_relaxed);
    atomic_store_explicit(&map->searches, searches + 1, memory_order_relaxed);
    size_t from = offset;
    for (int steps = 0; steps < STEPS_BACK_MAX && searches < size / SEARCH_BYTES; steps++) {
        uint32_t reaching = pushes_reaching(bytes + from);
        if (reaching == 0) {
            return is_arrived_at(bytes, from, offset);
        }
        from -= PUSH_REACH - (size_t)__builtin_ctz(reaching);
    }
    return map_is_readable(map, bytes, size) ? map_has(map, offset) : is_arrived_at(bytes, 0, offset);
}
