/** The files of a store as the file system has them: the writer's lock, and whether data.mdb is all there. */
#ifndef STATE_STORE_FILE_H
#define STATE_STORE_FILE_H

#include "state/store_handle.h"

#define PATH_SIZE_MAX 4096

/** Take the lock of the one process that may write. It dies with the process, however it ends.
 *  Returns: a descriptor that holds the lock until it is closed; -1, errno set.
 *  Out:     is_taken   another process has it.
 *  In:      flags      O_CREAT or 0. */
int store_lock_take(const char *path, int flags, bool *is_taken);

/** Whether the file has every page that may be read. LMDB maps it and trusts its header: a page beyond the end of a
 *  truncated file would be a bus error.
 *  Returns: WEFT_OK; WEFT_STORE_CORRUPT; WEFT_IO. `error` says what.
 *  In:      store   its environment open, nothing read yet. */
weft_status store_file_check(weft_store *store, const char *path, weft_error *error);

#endif
