#include "state/store_handle.h"

#include "base/bytes.h"
#include "state/store_file.h"
#include "state/store_rows.h"
#include "state/store_undo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MAP_SIZE_DEFAULT ((size_t)1 << 40)
#define MAP_SIZE_MIN ((size_t)1 << 20)
#define READERS_MAX_DEFAULT 126
#define UNDO_BLOCK_COUNT_DEFAULT 128

static const char *const table_names[] = {
#define STORE_TABLE_NAME(name, text) [TABLE_##name] = text,
    STORE_TABLE_MAP(STORE_TABLE_NAME)
#undef STORE_TABLE_NAME
};

_Static_assert(sizeof table_names / sizeof table_names[0] == STORE_TABLE_COUNT, "one name for each table");

weft_status store_report(weft_error *error, weft_status status, const char *format, ...) {
    if (error != NULL) {
        va_list arguments;
        va_start(arguments, format);
        error->position = 0;
        (void)vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}

weft_status store_status(int result) {
    switch (result) {
    case 0: return WEFT_OK;
    case ENOMEM: return WEFT_NO_MEMORY;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case MDB_MAP_FULL: return WEFT_STORE_FULL;
    case MDB_VERSION_MISMATCH: return WEFT_STORE_VERSION;
    case MDB_NOTFOUND:
    case MDB_PAGE_NOTFOUND:
    case MDB_CORRUPTED:
    case MDB_INVALID:
    case MDB_INCOMPATIBLE: return WEFT_STORE_CORRUPT;
    default: return WEFT_IO;
    }
}

weft_status store_report_lmdb(weft_error *error, int result, const char *what) {
    return store_report(error, store_status(result), "%s: %s", what, mdb_strerror(result));
}

static bool is_out_of_room(const weft_store *store) {
    struct stat file;
    struct statvfs volume;
    struct rlimit limit;
    int fd;
    if (mdb_env_get_fd(store->env, &fd) != 0 || fstat(fd, &file) != 0) {
        return false;
    }
    return (fstatvfs(fd, &volume) == 0 && volume.f_bavail == 0) ||
           (getrlimit(RLIMIT_FSIZE, &limit) == 0 && (rlim_t)file.st_size >= limit.rlim_cur);
}

/* LMDB calls a write that fell short EIO, as if the disk were broken. */
weft_status store_report_write(const weft_store *store, weft_error *error, int result, const char *what) {
    return store_report_lmdb(error, result == EIO && is_out_of_room(store) ? ENOSPC : result, what);
}

/* --- Opening --- */

/* LMDB lets one process write at a time by making the others wait; weft refuses the second one at once instead. The
 * lock's file has the longest name: where that fits, the others do. */
static weft_status writer_lock(weft_store *store, const char *path, weft_error *error) {
    char name[PATH_SIZE_MAX];
    if ((size_t)snprintf(name, sizeof name, "%s/weft.lock", path) >= sizeof name) {
        return store_report(error, WEFT_IO, "%.64s…: the path is too long", path);
    }
    bool is_taken;
    store->lock_file = store_lock_take(path, O_CREAT, &is_taken);
    if (store->lock_file >= 0) {
        return WEFT_OK;
    }
    return is_taken ? store_report(error, WEFT_IO, "%.120s: the store is already open for writing", path)
                    : store_report(error, WEFT_IO, "%.120s: %s", name, strerror(errno));
}

/* LMDB writes its reader table through a mapping, where a full disk is a bus error: so its blocks are taken beforehand.
 * A new table gets the size that LMDB would give it, a header and a cache line for each reader. */
static weft_status reader_table_allocate(const weft_store *store, const char *path, weft_error *error) {
    char name[PATH_SIZE_MAX];
    struct stat table;
    (void)snprintf(name, sizeof name, "%s/lock.mdb", path);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    int result = fd < 0 || fstat(fd, &table) != 0 ? errno : 0;
    if (result == 0) {
        result = posix_fallocate(fd, 0, table.st_size != 0 ? table.st_size : 192 + 64 * (off_t)store->readers_max);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return result == 0 ? WEFT_OK : store_report_lmdb(error, result, "lock.mdb");
}

/* One attempt to open the environment with an address range of `map_size` bytes. */
static int env_open(weft_store *store, const char *path, const weft_store_config *config, unsigned flags,
                    size_t map_size) {
    flags |= MDB_NOTLS;
    flags |= config->read_only ? MDB_RDONLY : 0;
    flags |= config->durability == WEFT_DURABLE_LATER ? MDB_NOMETASYNC : 0;
    int result = mdb_env_create(&store->env);
    if (result != 0) {
        store->env = NULL;
        return result;
    }
    (void)mdb_env_set_maxdbs(store->env, STORE_TABLE_COUNT);
    (void)mdb_env_set_maxreaders(store->env, store->readers_max + 1); /* one for questions beside a full view */
    (void)mdb_env_set_mapsize(store->env, map_size);
    result = mdb_env_open(store->env, path, flags, 0666);
    if (result != 0) {
        mdb_env_close(store->env);
        store->env = NULL;
    }
    return result;
}

/* The whole range that the file may ever need is reserved at once: it costs addresses, not memory, and the map never
 * has to move under a reader. Where so many addresses are not to be had, half as many, and so on. */
static int env_open_widest(weft_store *store, const char *path, const weft_store_config *config, unsigned flags) {
    uint64_t wanted = config->map_size_max != 0 ? config->map_size_max : MAP_SIZE_DEFAULT;
    size_t map_size = wanted > SIZE_MAX / 2 ? SIZE_MAX / 2 : (size_t)wanted;
    map_size = (map_size + MAP_SIZE_MIN - 1) / MAP_SIZE_MIN * MAP_SIZE_MIN;
    int result = env_open(store, path, config, flags, map_size);
    while (result == ENOMEM && map_size > MAP_SIZE_MIN) {
        map_size /= 2;
        result = env_open(store, path, config, flags, map_size);
    }
    return result;
}

static int tables_open(weft_store *store, MDB_txn *txn, unsigned flags) {
    int result = 0;
    for (int i = 0; i < STORE_TABLE_COUNT && result == 0; i++) {
        result = mdb_dbi_open(txn, table_names[i], flags, &store->tables[i]);
    }
    return result;
}

/* The version comes first: a store of another one may have other tables. */
static weft_status format_check(weft_store *store, MDB_txn *txn, weft_error *error) {
    int result = mdb_dbi_open(txn, table_names[TABLE_META], 0, &store->tables[TABLE_META]);
    weft_bytes row = {NULL, 0};
    uint32_t version;
    if (result == 0) {
        result = store_get(store, txn, TABLE_META, "format", 6, &row);
    }
    if (result == MDB_NOTFOUND || result == MDB_INCOMPATIBLE) {
        return store_report(error, WEFT_STORE_CORRUPT, "data.mdb is a database, but not a weft store");
    }
    if (result != 0) {
        return store_report_lmdb(error, result, "reading the format record");
    }
    if (!format_row_read(&version, row)) {
        return store_report(error, WEFT_STORE_CORRUPT, "the format record is none");
    }
    if (version != STORE_FORMAT_VERSION) {
        return store_report(error, WEFT_STORE_VERSION,
                            "the store is of format version %u, this build knows version %d: make it anew",
                            (unsigned)version, STORE_FORMAT_VERSION);
    }
    result = tables_open(store, txn, 0);
    return result == 0 ? WEFT_OK : store_report_lmdb(error, result, "opening the tables");
}

/* Open the tables of an environment that has them. */
static weft_status tables_prepare(weft_store *store, weft_error *error) {
    MDB_txn *txn;
    int result = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
    if (result != 0) {
        return store_report_lmdb(error, result, "beginning a transaction");
    }
    weft_status status = format_check(store, txn, error);
    if (status != WEFT_OK) {
        mdb_txn_abort(txn);
        return status;
    }
    result = mdb_txn_commit(txn);
    return result == 0 ? WEFT_OK : store_report_lmdb(error, result, "opening the tables");
}

/* --- Creating --- */

static weft_status tables_create(weft_store *store, weft_error *error) {
    uint8_t row[FORMAT_ROW_SIZE];
    format_row_write(row);
    MDB_val key = {6, "format"}, value = {sizeof row, row};
    MDB_txn *txn;
    int result = mdb_txn_begin(store->env, NULL, 0, &txn);
    if (result != 0) {
        return store_report_lmdb(error, result, "beginning a transaction");
    }
    result = tables_open(store, txn, MDB_CREATE);
    result = result == 0 ? mdb_put(txn, store->tables[TABLE_META], &key, &value, 0) : result;
    if (result == 0) {
        result = mdb_txn_commit(txn);
        result = result == 0 ? mdb_env_sync(store->env, 1) : result; /* whatever the durability of commits */
    } else {
        mdb_txn_abort(txn);
    }
    return result == 0 ? WEFT_OK : store_report_write(store, error, result, "creating the tables");
}

/* Without the fsync a power failure might undo the renaming, and with it every commit since. */
static bool rename_for_good(const char *folder_path, const char *from, const char *to) {
    int folder = open(folder_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return false;
    }
    bool is_done = rename(from, to) == 0 && fsync(folder) == 0;
    (void)close(folder);
    return is_done;
}

/* The file gets its name when it is a store without blocks, complete. Whatever interrupts that leaves a file of another
 * name, which is removed by the next attempt. */
static weft_status file_create(weft_store *store, const char *path, const weft_store_config *config,
                               weft_error *error) {
    char name[PATH_SIZE_MAX], unfinished[PATH_SIZE_MAX];
    (void)snprintf(name, sizeof name, "%s/data.mdb", path);
    (void)snprintf(unfinished, sizeof unfinished, "%s/weft.new", path);
    if (access(name, F_OK) == 0) {
        return WEFT_OK;
    }
    (void)unlink(unfinished);
    int result = env_open_widest(store, unfinished, config, MDB_NOSUBDIR | MDB_NOLOCK);
    if (result != 0) {
        return store_report_lmdb(error, result, "weft.new");
    }
    weft_status status = tables_create(store, error);
    mdb_env_close(store->env);
    store->env = NULL;
    if (status == WEFT_OK && !rename_for_good(path, unfinished, name)) {
        status = store_report(error, WEFT_IO, "data.mdb: %s", strerror(errno));
    }
    return status;
}

/* LMDB would take an empty file for one to begin in; a store's file has its name only when it is complete. */
static bool is_emptied(const char *path) {
    char name[PATH_SIZE_MAX];
    struct stat file;
    int size = snprintf(name, sizeof name, "%s/data.mdb", path);
    return (size_t)size < sizeof name && stat(name, &file) == 0 && file.st_size == 0;
}

/* Readers, too, write to the reader table. */
static weft_status report_open(weft_error *error, int result, const char *path) {
    char name[PATH_SIZE_MAX];
    int size = snprintf(name, sizeof name, "%s/lock.mdb", path);
    bool is_table =
        result == EACCES && (size_t)size < sizeof name && access(name, F_OK) == 0 && access(name, R_OK | W_OK) != 0;
    return store_report_lmdb(error, result, is_table ? "lock.mdb, to which readers write as well" : "data.mdb");
}

static weft_status store_open_files(weft_store *store, const char *path, const weft_store_config *config,
                                    weft_error *error) {
    if (!store->read_only) {
        if (mkdir(path, 0777) != 0 && errno != EEXIST) {
            return store_report(error, WEFT_IO, "%.120s: %s", path, strerror(errno));
        }
        weft_status status = writer_lock(store, path, error);
        status = status == WEFT_OK ? reader_table_allocate(store, path, error) : status;
        status = status == WEFT_OK ? file_create(store, path, config, error) : status;
        if (status != WEFT_OK) {
            return status;
        }
    }
    if (is_emptied(path)) {
        return store_report(error, WEFT_STORE_CORRUPT, "data.mdb is empty");
    }
    int result = env_open_widest(store, path, config, 0), dead_readers;
    if (result == ENOENT && store->read_only) {
        return store_report(error, WEFT_NOT_FOUND, "%.120s: there is no store", path);
    }
    if (result != 0) {
        return report_open(error, result, path);
    }
    (void)mdb_reader_check(store->env, &dead_readers);
    weft_status status = store_file_check(store, path, error);
    return status == WEFT_OK ? tables_prepare(store, error) : status;
}

weft_status weft_store_open(weft_store **store, const char *path, const weft_store_config *given, weft_error *error) {
    weft_store_config config = {.size = sizeof config};
    *store = NULL;
    if (given != NULL && given->size == 0) {
        return store_report(error, WEFT_INVALID_ARGUMENT, "weft_store_config.size is not set");
    }
    if (given != NULL) {
        memcpy(&config, given, given->size < sizeof config ? given->size : sizeof config);
    }
    weft_store *opened = calloc(1, sizeof *opened);
    if (opened == NULL || pthread_mutex_init(&opened->mutex, NULL) != 0) {
        free(opened);
        return store_report(error, WEFT_NO_MEMORY, "out of memory");
    }
    opened->lock_file = -1;
    opened->read_only = config.read_only;
    opened->readers_max = config.readers_max != 0 ? config.readers_max : READERS_MAX_DEFAULT;
    opened->undo_block_count = config.undo_block_count != 0 ? config.undo_block_count : UNDO_BLOCK_COUNT_DEFAULT;
    opened->threads = config.threads != 0 ? config.threads : 1;
    weft_status status = store_open_files(opened, path, &config, error);
    if (status != WEFT_OK) {
        weft_store_close(opened);
        return status;
    }
    *store = opened;
    return WEFT_OK;
}

void weft_store_close(weft_store *store) {
    if (store == NULL) {
        return;
    }
    while (store->idle_readers != NULL) {
        store_reader *reader = store->idle_readers;
        store->idle_readers = reader->next_idle;
        mdb_txn_abort(reader->txn);
        free(reader);
    }
    if (store->env != NULL) {
        mdb_env_close(store->env);
    }
    if (store->lock_file >= 0) {
        (void)close(store->lock_file);
    }
    pthread_mutex_destroy(&store->mutex);
    free(store);
}

/* --- Reading head, blocks and receipts --- */

int store_get(weft_store *store, MDB_txn *txn, store_table table, const void *key, size_t key_size, weft_bytes *value) {
    MDB_val k = store_val(key, key_size), v;
    int result = mdb_get(txn, store->tables[table], &k, &v);
    *value = result == 0 ? bytes_of(v.mv_data, v.mv_size) : (weft_bytes){NULL, 0};
    return result;
}

int store_remove_run(MDB_cursor *cursor, weft_bytes prefix) {
    MDB_val key = store_val(prefix.data, prefix.size), value;
    int result = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (result == 0 && key.mv_size >= prefix.size && memcmp(key.mv_data, prefix.data, prefix.size) == 0) {
        result = mdb_cursor_del(cursor, 0);
        if (result == 0) {
            result = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        }
    }
    return result == MDB_NOTFOUND ? 0 : result;
}

weft_status store_head_read(weft_store *store, MDB_txn *txn, weft_store_head *head) {
    weft_bytes row;
    int result = store_get(store, txn, TABLE_META, "head", 4, &row);
    *head = (weft_store_head){.empty = true};
    if (result == 0) {
        return head_row_read(head, row) ? WEFT_OK : WEFT_STORE_CORRUPT;
    }
    return result == MDB_NOTFOUND ? WEFT_OK : store_status(result);
}

weft_status weft_store_get_head(weft_store *store, weft_store_head *head) {
    store_reader *reader;
    int result = store_reader_begin(store, &reader);
    if (result != 0) {
        return store_status(result);
    }
    weft_status status = store_head_read(store, reader->txn, head);
    if (status == WEFT_OK) {
        status = store_undo_limit(store, reader->txn, &head->rewind_limit, head->number);
    }
    store_reader_end(store, reader);
    return status;
}

weft_status weft_store_get_block(weft_store *store, weft_store_block *block, uint64_t number) {
    store_reader *reader;
    int result = store_reader_begin(store, &reader);
    if (result != 0) {
        return store_status(result);
    }
    uint8_t key[BLOCK_KEY_SIZE];
    weft_bytes row;
    store_be64(key, number);
    result = store_get(store, reader->txn, TABLE_BLOCK, key, sizeof key, &row);
    weft_status status = result == MDB_NOTFOUND ? WEFT_NOT_FOUND : store_status(result);
    if (status == WEFT_OK && !block_row_read(block, row)) {
        status = WEFT_STORE_CORRUPT;
    }
    block->number = number;
    store_reader_end(store, reader);
    return status;
}

weft_status weft_store_get_receipt(weft_store *store, uint8_t *buffer, size_t capacity, size_t *size, uint64_t number,
                                   uint32_t index) {
    store_reader *reader;
    int result = store_reader_begin(store, &reader);
    if (result != 0) {
        return store_status(result);
    }
    uint8_t key[RECEIPT_KEY_SIZE];
    weft_bytes row;
    receipt_key_write(key, number, index);
    result = store_get(store, reader->txn, TABLE_RECEIPT, key, sizeof key, &row);
    weft_status status = result == MDB_NOTFOUND ? WEFT_NOT_FOUND : store_status(result);
    if (status == WEFT_OK) {
        *size = row.size;
        status = row.size <= capacity ? WEFT_OK : WEFT_INVALID_ARGUMENT;
    }
    if (status == WEFT_OK && row.size != 0) {
        memcpy(buffer, row.data, row.size);
    }
    store_reader_end(store, reader);
    return status;
}
