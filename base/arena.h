/** A bump allocator with checkpoints: memory that is given back all at once.
 *
 *  weft's lifetimes nest: engine, block, transaction, call frame. Each level takes a checkpoint of its arena and rolls
 *  back to it; nothing is freed one by one. Blocks of memory obtained from the system are kept across rollbacks, so a
 *  warm arena allocates without malloc. Pointers stay valid until a rollback to a checkpoint taken before them.
 *
 *  Threads: one arena belongs to one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct arena_block arena_block;

typedef struct arena {
    arena_block *first;   /* list of all blocks, oldest first */
    arena_block *current; /* block allocations come from; later ones are empty and reused */
    size_t block_size;    /* size of the next block to obtain */
} arena;

typedef struct arena_mark {
    arena_block *block;
    size_t used;
} arena_mark;

/** An empty arena; obtains no memory before the first allocation. `block_size` 0 = 64 KiB. */
void arena_init(arena *a, size_t block_size);
/** Gives all memory back to the system; the arena is then as after arena_init(). */
void arena_free(arena *a);

/** `size` bytes aligned to 16; size 0 gives a valid unique pointer. Returns: NULL when the system has no memory. */
void *arena_alloc(arena *a, size_t size);
/** The same, filled with zeros. */
void *arena_alloc_zero(arena *a, size_t size);
/** `count` elements of `size` bytes; NULL also when the product overflows. */
void *arena_alloc_array(arena *a, size_t count, size_t size);
/** A copy of `size` bytes. */
void *arena_copy(arena *a, const void *bytes, size_t size);

arena_mark arena_checkpoint(const arena *a);
/** Gives back everything allocated since the checkpoint. */
void arena_rollback(arena *a, arena_mark mark);
/** Gives back everything. */
void arena_reset(arena *a);
/** The same, and lets the system have what is kept beyond about `size_kept` bytes. */
void arena_trim(arena *a, size_t size_kept);

#endif
