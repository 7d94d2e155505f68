/** What a commit changed, as it was before: the way back.
 *
 *  Beside a record of its own, a commit keeps for every account and slot that its delta names the row that was there, or
 *  an empty one where there was none. Read back, that is a delta like any other, whose application also leads the tries
 *  back. Codes are not taken back: a code that nobody has does no harm.
 */
#ifndef STATE_STORE_UNDO_H
#define STATE_STORE_UNDO_H

#include "base/arena.h"
#include "state/store_handle.h"

/** Of one commit, in its write transaction. */
typedef struct store_undo {
    weft_store *store;
    MDB_txn *txn;
    uint64_t number; /* of the last block of the commit */
} store_undo;

/** Begin to keep what a commit changes. Returns: what LMDB says, as all that return int.
 *  In: previous   number of the block that the way leads back to. */
int store_undo_begin(const store_undo *undo, uint64_t previous);
/** Keep the row of an account or a slot, unless one was kept for it before.
 *  In: key   in its table; row   empty if there is none. Neither lies in the database. */
int store_undo_keep(const store_undo *undo, weft_bytes key, weft_bytes row);
/** Keep all slots of an account. In: slots   a cursor of the storage table. */
int store_undo_keep_storage(const store_undo *undo, MDB_cursor *slots, const weft_address *address);

/** Remove what leads back from blocks up to `number`. */
int store_undo_prune(weft_store *store, MDB_txn *txn, uint64_t number);

/** The delta that leads back from a commit.
 *  Returns: WEFT_OK; WEFT_NOT_FOUND if nothing was kept of it; WEFT_NO_MEMORY; WEFT_STORE_CORRUPT; what an LMDB failure
 *           means.
 *  Out:     previous   number of the block it leads to.
 *           delta      in `memory`. */
weft_status store_undo_read(const store_undo *undo, uint64_t *previous, weft_state_delta *delta, arena *memory);
/** Remove what was kept of a commit. */
int store_undo_remove(const store_undo *undo);

/** The block that the oldest way leads to; `head` if there is none.
 *  Returns: WEFT_OK, WEFT_STORE_CORRUPT, what an LMDB failure means. */
weft_status store_undo_limit(weft_store *store, MDB_txn *txn, uint64_t *number, uint64_t head);

#endif
