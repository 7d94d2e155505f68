#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_ALIGNMENT 16
#define ARENA_BLOCK_SIZE_DEFAULT ((size_t)64 << 10)
#define ARENA_BLOCK_SIZE_MAX ((size_t)16 << 20)
/* No system has more; leaves room to round up and to add a header. */
#define ARENA_ALLOCATION_MAX (SIZE_MAX / 2)

struct arena_block {
    arena_block *next;
    size_t size; /* of bytes */
    size_t used; /* meaningful up to and including arena.current */
    _Alignas(ARENA_ALIGNMENT) uint8_t bytes[];
};

void arena_init(arena *a, size_t block_size) {
    *a = (arena){.block_size = block_size != 0 ? block_size : ARENA_BLOCK_SIZE_DEFAULT};
}

void arena_free(arena *a) {
    for (arena_block *block = a->first; block != NULL;) {
        arena_block *next = block->next;
        free(block);
        block = next;
    }
    a->first = NULL;
    a->current = NULL;
}

/* Obtain a block with room for `size` bytes and append it after `last`, the end of the list (NULL: empty list). */
static arena_block *arena_append_block(arena *a, arena_block *last, size_t size) {
    size_t block_size = size > a->block_size ? size : a->block_size;
    arena_block *block = malloc(sizeof(arena_block) + block_size);
    if (block == NULL) {
        return NULL;
    }
    *block = (arena_block){.size = block_size};
    if (last == NULL) {
        a->first = block;
    } else {
        last->next = block;
    }
    if (a->block_size < ARENA_BLOCK_SIZE_MAX) {
        a->block_size *= 2;
    }
    return block;
}

/* Make a block with room for `size` bytes current: a kept one after the current block, else a new one. Kept blocks
 * that are too small are passed over until the next rollback. */
static arena_block *arena_advance(arena *a, size_t size) {
    arena_block *last = a->current, *block = last != NULL ? last->next : a->first;
    while (block != NULL) {
        block->used = 0;
        if (block->size >= size) {
            break;
        }
        last = block;
        block = block->next;
    }
    if (block == NULL) {
        block = arena_append_block(a, last, size);
    }
    if (block != NULL) {
        a->current = block;
    }
    return block;
}

void *arena_alloc(arena *a, size_t size) {
    if (size > ARENA_ALLOCATION_MAX) {
        return NULL;
    }
    size = size == 0 ? ARENA_ALIGNMENT : (size + ARENA_ALIGNMENT - 1) & ~(size_t)(ARENA_ALIGNMENT - 1);
    arena_block *block = a->current;
    if (block == NULL || block->size - block->used < size) {
        block = arena_advance(a, size);
        if (block == NULL) {
            return NULL;
        }
    }
    void *memory = block->bytes + block->used;
    block->used += size;
    return memory;
}

void *arena_alloc_zero(arena *a, size_t size) {
    void *memory = arena_alloc(a, size);
    return memory != NULL ? memset(memory, 0, size) : NULL;
}

void *arena_alloc_array(arena *a, size_t count, size_t size) {
    size_t total;
    return __builtin_mul_overflow(count, size, &total) ? NULL : arena_alloc(a, total);
}

void *arena_copy(arena *a, const void *bytes, size_t size) {
    void *memory = arena_alloc(a, size);
    return memory != NULL && size != 0 ? memcpy(memory, bytes, size) : memory;
}

arena_mark arena_checkpoint(const arena *a) {
    return (arena_mark){a->current, a->current != NULL ? a->current->used : 0};
}

void arena_rollback(arena *a, arena_mark mark) {
    a->current = mark.block;
    if (mark.block != NULL) {
        mark.block->used = mark.used;
    }
}

void arena_reset(arena *a) {
    arena_rollback(a, (arena_mark){NULL, 0});
}

void arena_trim(arena *a, size_t size_kept) {
    size_t size = 0;
    arena_block **link = &a->first;
    while (*link != NULL && size + (*link)->size <= size_kept) {
        size += (*link)->size;
        link = &(*link)->next;
    }
    arena_block *rest = *link;
    *link = NULL;
    a->current = NULL;
    while (rest != NULL) {
        arena_block *next = rest->next;
        free(rest);
        rest = next;
    }
}
