#include "state/store_file.h"

#include "base/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FREE_LIST 0 /* the handle of LMDB's own table of free pages: a count, then page numbers, in each row */

int store_lock_take(const char *path, int flags, bool *is_taken) {
    char name[PATH_SIZE_MAX];
    (void)snprintf(name, sizeof name, "%s/weft.lock", path);
    *is_taken = false;
    int file = open(name, O_RDWR | O_CLOEXEC | flags, 0666);
    if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) != 0) {
        *is_taken = true;
        (void)close(file);
        file = -1;
    }
    return file;
}

/* --- The free pages at the end --- */

static int free_row_count(MDB_val row, size_t first, size_t *count) {
    size_t listed, page;
    if (row.mv_size < sizeof listed) {
        return MDB_CORRUPTED;
    }
    memcpy(&listed, row.mv_data, sizeof listed);
    if (listed > row.mv_size / sizeof page - 1) {
        return MDB_CORRUPTED;
    }
    for (size_t i = 1; i <= listed; i++) {
        memcpy(&page, (const uint8_t *)row.mv_data + i * sizeof page, sizeof page);
        *count += page >= first;
    }
    return 0;
}

/* How many pages from `first` on are free. Returns: what LMDB says of reading the list. */
static int free_pages_count(const weft_store *store, size_t first, size_t *count) {
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, row;
    *count = 0;
    int result = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
    if (result != 0) {
        return result;
    }
    result = mdb_cursor_open(txn, FREE_LIST, &cursor);
    if (result == 0) {
        result = mdb_cursor_get(cursor, &key, &row, MDB_FIRST);
        while (result == 0) {
            result = free_row_count(row, first, count);
            result = result == 0 ? mdb_cursor_get(cursor, &key, &row, MDB_NEXT) : result;
        }
        mdb_cursor_close(cursor);
    }
    mdb_txn_abort(txn);
    return result == MDB_NOTFOUND ? 0 : result;
}

/* A file of `size` bytes must lack nothing but free pages. To look, it is made long enough: what is missing then reads as
 * zeros, which are no page of LMDB's. It stays so if all is well. */
static weft_status file_complete(const weft_store *store, const char *path, off_t size, size_t page_size,
                                 size_t page_count) {
    char name[PATH_SIZE_MAX];
    (void)snprintf(name, sizeof name, "%s/data.mdb", path);
    int file = open(name, O_RDWR | O_CLOEXEC);
    if (file < 0) {
        return WEFT_STORE_CORRUPT;
    }
    size_t first_missing = (size_t)size / page_size, free_count;
    weft_status status = WEFT_OK;
    if (ftruncate(file, (off_t)(page_count * page_size)) != 0 ||
        free_pages_count(store, first_missing, &free_count) != 0 || free_count != page_count - first_missing) {
        status = ftruncate(file, size) == 0 ? WEFT_STORE_CORRUPT : WEFT_IO;
    }
    (void)close(file);
    return status;
}

/* Pages that a commit takes at the end of the file and gives back are never written: a sound file may be shorter than the
 * pages in use. Nobody may write while that is looked into; but a process that does write has looked itself, and what
 * it has written since is whole. */
static weft_status short_file_check(const weft_store *store, const char *path, off_t size, size_t page_size,
                                    size_t page_count) {
    bool has_writer = false;
    int lock = store->read_only ? store_lock_take(path, 0, &has_writer) : -1;
    weft_status status = has_writer ? WEFT_OK : WEFT_STORE_CORRUPT;
    if (!store->read_only || lock >= 0) {
        status = file_complete(store, path, size, page_size, page_count);
    }
    if (lock >= 0) {
        (void)close(lock);
    }
    return status;
}

weft_status store_file_check(weft_store *store, const char *path, weft_error *error) {
    MDB_envinfo info;
    MDB_stat layout;
    struct stat file;
    int fd;
    int result = mdb_env_info(store->env, &info);
    result = result == 0 ? mdb_env_stat(store->env, &layout) : result;
    result = result == 0 ? mdb_env_get_fd(store->env, &fd) : result;
    if (result != 0) {
        return store_report_lmdb(error, result, "data.mdb");
    }
    if (fstat(fd, &file) != 0) {
        return store_report(error, WEFT_IO, "data.mdb: %s", strerror(errno));
    }
    size_t page_count = info.me_last_pgno + 1, page_size = layout.ms_psize;
    weft_status status = (uint64_t)file.st_size / page_size >= page_count
                             ? WEFT_OK
                             : short_file_check(store, path, file.st_size, page_size, page_count);
    return status == WEFT_OK
               ? WEFT_OK
               : store_report(error, status, "data.mdb is truncated: %lld bytes, %zu pages of %zu are in use",
                              (long long)file.st_size, page_count, page_size);
}
