/** Multi-version memory: for every location of a block the value before it, the values that speculative tasks wrote,
 *  and the value accepted so far in task order.
 *
 *  A *cell* holds 1 to 4 *lanes* of 32 bytes under one opaque key. Lanes are separate locations as far as conflicts go
 *  (a task that wrote lane 0 does not disturb one that read lane 1); they share a cell so that one look-up serves all
 *  the fields of an account. A cell is interned once per block, on first use, with its base value from the loader, and
 *  its address is stable until mv_memory_reset(): readers keep pointers, and later passes over a task's accesses
 *  touch no hash table.
 *
 *  Three kinds of value per lane:
 *    base      before the first task; immutable while tasks run concurrently.
 *    versions  written by task t, visible to speculative tasks > t. At most one per task and lane.
 *    accepted  after the accepted prefix; read and written only by whoever holds the ordered phase.
 *
 *  Nothing is freed during a block, so no reclamation scheme is needed. Hashes are seeded and full keys compared: a
 *  sender who mines colliding keys gains nothing.
 *
 *  What it costs: finding a cell that exists takes no lock, nor does reading one that nobody has written, which is most
 *  of them. Interning takes the lock of one shard, unless there is but one worker; reading and writing versions the
 *  cell's own, for the time of a copy.
 *
 *  A reader may see the version of one cell of a task and miss another that is just being published. That is one of the
 *  stale reads that validation by value is there to find.
 *
 *  Threads: mv_memory_cell, mv_cell_read, mv_cell_publish and mv_cell_retract may run concurrently. The accepted lanes
 *  belong to one thread at a time; the scheduler's hand-over of the ordered phase is the synchronisation.
 */
#ifndef SCHEDULER_MV_MEMORY_H
#define SCHEDULER_MV_MEMORY_H

#include <weft/status.h>
#include <weft/types.h>

enum { MV_KEY_SIZE = 56, MV_LANES_MAX = 4 };

typedef struct mv_key {
    uint8_t bytes[MV_KEY_SIZE];
} mv_key;

typedef struct mv_cell mv_cell;
typedef struct mv_memory mv_memory;

/** Fill the base lanes of a new cell. May be called concurrently, and twice for one key (the answers must be equal); must
 *  not ask for the cell that it fills. */
typedef weft_status mv_loader(void *context, const mv_key *key, unsigned lane_count, weft_u256 *lanes);

/** Returns: NULL when out of memory. In: worker_count sizes the shards. */
mv_memory *mv_memory_create(unsigned worker_count, uint64_t seed);
void mv_memory_destroy(mv_memory *mv);
/** Forget all cells, keep the memory, set the loader of the coming block. Threads: exclusive. */
void mv_memory_reset(mv_memory *mv, mv_loader *loader, void *loader_context);

/** Find the cell of `key`, or intern it with its base loaded; accepted starts equal to base.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY, or what the loader returned; in the latter cases the cell does not exist.
 *  Threads:  any number.
 *  In:       worker       index of the calling worker, below worker_count.
 *            lane_count   1..MV_LANES_MAX, the same in every call for this key.
 */
weft_status mv_memory_cell(mv_memory *mv, unsigned worker, const mv_key *key, unsigned lane_count, mv_cell **cell);

/** What a speculative task sees: per lane the version of the greatest task below `task`, else the base.
 *  All lanes are read in one step. Out: lanes, as many as the cell has. Threads: any number. */
void mv_cell_read(const mv_cell *cell, uint32_t task, weft_u256 *lanes);

/** Write the lanes in `mask` as the version of `task`, replacing an earlier version of the same task altogether.
 *
 *  Returns:  false when out of memory (nothing changed).
 *  Threads:  any number, one per task at a time.
 *  In:       mask   bit i for lane i; not 0.
 *            lanes  indexed by lane; those outside the mask are not read.
 */
bool mv_cell_publish(mv_memory *mv, unsigned worker, mv_cell *cell, uint32_t task, unsigned mask,
                     const weft_u256 *lanes);
/** Remove the version of `task`, if there is one. Threads: as above. */
void mv_cell_retract(mv_cell *cell, uint32_t task);

const mv_key *mv_cell_key(const mv_cell *cell);
unsigned mv_cell_lane_count(const mv_cell *cell);
/** The lanes before the first task. Changing them is for the time before tasks run. */
weft_u256 *mv_cell_base(mv_cell *cell);
/** The lanes after the accepted prefix. Threads: the holder of the ordered phase. */
weft_u256 *mv_cell_accepted(mv_cell *cell);

/** Number of cells. Threads: exclusive. */
size_t mv_memory_count(const mv_memory *mv);
/** Iterate over all cells in no particular order: start with *cursor = 0; NULL at the end. Threads: exclusive. */
mv_cell *mv_memory_next(const mv_memory *mv, size_t *cursor);

#endif
