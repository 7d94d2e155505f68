#include "state/store_handle.h"

#include <errno.h>
#include <stdlib.h>

static store_reader *idle_reader_take(weft_store *store) {
    pthread_mutex_lock(&store->mutex);
    store_reader *reader = store->idle_readers;
    if (reader != NULL) {
        store->idle_readers = reader->next_idle;
    }
    pthread_mutex_unlock(&store->mutex);
    return reader;
}

int store_reader_begin(weft_store *store, store_reader **reader) {
    store_reader *taken = idle_reader_take(store);
    int result;
    if (taken != NULL) {
        result = mdb_txn_renew(taken->txn);
    } else {
        taken = aligned_alloc(_Alignof(store_reader), sizeof *taken);
        if (taken == NULL) {
            return ENOMEM;
        }
        taken->txn = NULL;
        atomic_init(&taken->busy, false);
        result = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &taken->txn);
    }
    if (result != 0) {
        if (taken->txn != NULL) {
            mdb_txn_abort(taken->txn);
        }
        free(taken);
        taken = NULL;
    }
    *reader = taken;
    return result;
}

void store_reader_end(weft_store *store, store_reader *reader) {
    mdb_txn_reset(reader->txn);
    pthread_mutex_lock(&store->mutex);
    reader->next_idle = store->idle_readers;
    store->idle_readers = reader;
    pthread_mutex_unlock(&store->mutex);
}
