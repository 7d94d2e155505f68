/** The write transaction of a commit or of a rewind: one delta after the other goes into the plain tables and the tries.
 *
 *  Nothing is in the store before store_writer_end(), and everything is after it.
 */
#ifndef STATE_STORE_WRITER_H
#define STATE_STORE_WRITER_H

#include "state/store_undo.h"

typedef struct store_writer {
    weft_store *store;
    MDB_txn *txn;
    MDB_cursor *accounts, *slots;
    weft_store_head head; /* when the transaction began */
} store_writer;

/** Returns: WEFT_OK; a failure, after which there is nothing to end.
 *  Threads: exclusive on `store`; waits for no other process, since only one may have the store open for writing. */
weft_status store_writer_begin(store_writer *writer, weft_store *store, weft_error *error);
/** Make it all last, if `status` is WEFT_OK, or undone.
 *  Returns: `status`, or why it could not be made to last. */
weft_status store_writer_end(store_writer *writer, weft_status status, weft_error *error);

/** Apply a delta to all tables that hold state.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY; WEFT_INVALID_ARGUMENT (addresses not strictly ascending); WEFT_STORE_CORRUPT;
 *           WEFT_STORE_FULL; WEFT_IO. `error` says what.
 *  Out:     root   of the state. In: that before the delta.
 *  In:      undo   where to keep what is changed; NULL: nowhere. */
weft_status store_writer_apply(store_writer *writer, weft_bytes32 *root, const weft_state_delta *delta,
                               const store_undo *undo, weft_error *error);

/** Write the head record. Returns: what LMDB says. */
int store_writer_put_head(store_writer *writer, const weft_store_head *head);

#endif
