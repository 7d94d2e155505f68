/** The open store, as the files of the store share it: the LMDB environment, its tables, and the pool of readers.
 *
 *  LMDB wants that a read transaction is used by one thread at a time, and that beginning one is rare (it takes a mutex
 *  all processes share). So finished readers are reset and kept, keeping their place in the reader table, and are
 *  renewed when needed.
 */
#ifndef STATE_STORE_HANDLE_H
#define STATE_STORE_HANDLE_H

#include <weft/store.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

/* X(enumerator, name in the file) */
#define STORE_TABLE_MAP(X)          \
    X(META, "meta")                 \
    X(ACCOUNT, "account")           \
    X(STORAGE, "storage")           \
    X(CODE, "code")                 \
    X(BLOCK, "block")               \
    X(RECEIPT, "receipt")           \
    X(ACCOUNT_TRIE, "account_trie") \
    X(STORAGE_TRIE, "storage_trie") \
    X(UNDO, "undo")

typedef enum store_table {
#define STORE_TABLE_ENUM(name, text) TABLE_##name,
    STORE_TABLE_MAP(STORE_TABLE_ENUM)
#undef STORE_TABLE_ENUM
} store_table;

#define STORE_TABLE_COUNT 9

/** A read transaction, active or (in the idle list) reset. Alone on its cache line: `busy` is written at every read. */
typedef struct store_reader {
    _Alignas(64) atomic_bool busy; /* see reader_acquire() in store_view.c */
    MDB_txn *txn;
    struct store_reader *next_idle;
} store_reader;

struct weft_store {
    MDB_env *env;
    MDB_dbi tables[STORE_TABLE_COUNT];
    int lock_file; /* held while open for writing; -1 when read only */
    bool read_only;
    unsigned readers_max;
    unsigned threads;          /* that may compute a state root */
    uint64_t undo_block_count; /* that can be gone back */
    pthread_mutex_t mutex;     /* guards idle_readers and view_reader_count */
    store_reader *idle_readers;
    size_t view_reader_count; /* the most readers a view has needed so far */
};

/** Fill `error` (may be NULL) in the manner of printf and pass `status` through. */
__attribute__((format(printf, 3, 4))) weft_status store_report(weft_error *error, weft_status status,
                                                               const char *format, ...);
/** The status that an LMDB result means, MDB_NOTFOUND being one that ought not to be. */
weft_status store_status(int result);
/** The same, reported as `what` and LMDB's own words. */
weft_status store_report_lmdb(weft_error *error, int result, const char *what);
/** The same for the result of writing, where a full disk has more than one name. */
weft_status store_report_write(const weft_store *store, weft_error *error, int result, const char *what);

/** Begin to read the newest committed state. Returns: 0 or what LMDB said (ENOMEM, MDB_READERS_FULL…). */
int store_reader_begin(weft_store *store, store_reader **reader);
void store_reader_end(weft_store *store, store_reader *reader);

/** Bytes as LMDB wants them, which does not change them. */
static inline MDB_val store_val(const void *bytes, size_t size) {
    return (MDB_val){size, (void *)(uintptr_t)bytes};
}

/** mdb_get() with the project's types. Out: value   empty when the result is not 0. */
int store_get(weft_store *store, MDB_txn *txn, store_table table, const void *key, size_t key_size, weft_bytes *value);

/** The table of the tries' nodes: those of the state trie, or those of storages (`owner` is not NULL). */
static inline store_table store_trie_table(const weft_bytes32 *owner) {
    return owner != NULL ? TABLE_STORAGE_TRIE : TABLE_ACCOUNT_TRIE;
}

/** Remove all entries whose keys begin with `prefix`. Returns: 0, also if there are none, or what LMDB said. */
int store_remove_run(MDB_cursor *cursor, weft_bytes prefix);

/** Read the head inside a transaction. Returns: WEFT_OK, WEFT_IO, WEFT_STORE_CORRUPT. */
weft_status store_head_read(weft_store *store, MDB_txn *txn, weft_store_head *head);

/** The state root by full computation over the plain tables.
 *  Returns: WEFT_OK, WEFT_NO_MEMORY, WEFT_IO, WEFT_STORE_CORRUPT. */
weft_status store_root_compute(weft_store *store, MDB_txn *txn, weft_bytes32 *root);

#endif
