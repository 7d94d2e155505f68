/** weft's own state store on LMDB: accounts, storage and code, plain for execution and as a trie for the state root;
 *  receipts and block meta; the way back to earlier blocks. All of it changes together or not at all.
 *
 *  docs/store-format.md has keys and values byte by byte. One process at a time may have a store open for writing.
 *  A crash at any instant, kill -9 included, leaves the store at the last committed batch, complete.
 */
#ifndef WEFT_STORE_H
#define WEFT_STORE_H

#include <weft/block.h>
#include <weft/delta.h>
#include <weft/engine.h>
#include <weft/node_source.h>
#include <weft/state_view.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_store weft_store;

/** When does a commit survive a power failure? (A crash of the process alone never loses a commit.) */
typedef enum weft_durability {
    WEFT_DURABLE,      /**< default: when the call returns */
    WEFT_DURABLE_LATER /**< some time later; the store may lose the last commits but stays at a committed block */
} weft_durability;

typedef struct weft_store_config {
    size_t size;    /**< sizeof(weft_store_config): tells the library which fields the caller knows */
    bool read_only; /**< open an existing store to look at */
    weft_durability durability;
    uint64_t map_size_max; /**< bytes the file may grow to, rounded up to 1 MiB; 0 = 1 TiB */
    unsigned readers_max;  /**< concurrent reading threads; 0 = 126 */
    /** Blocks that weft_store_rewind() can take back: what a commit changes is kept until it lies that many blocks below
     *  the head. 0 = 128; UINT64_MAX = all. */
    uint64_t undo_block_count;
    /** That may compute a commit's state root, in OpenMP regions and only where much has changed. 0 = 1. */
    unsigned threads;
} weft_store_config;

/** The block the store's state is after. */
typedef struct weft_store_head {
    bool empty; /**< nothing was committed yet; the rest is zero */
    uint64_t number;
    weft_bytes32 hash;
    weft_bytes32 state_root;
    uint64_t chain_id;
    uint64_t rewind_limit; /**< the earliest block that weft_store_rewind() can go back to; `number` if it cannot */
} weft_store_head;

/** One block of a batch. */
typedef struct weft_store_block {
    uint64_t number;
    weft_bytes32 hash;
    weft_bytes32 parent_hash;
    weft_bytes32 state_root; /**< zero if unknown */
    uint64_t timestamp;
    uint64_t gas_used;
    const weft_bytes *encoded_receipts; /**< consensus encodings */
    size_t receipt_count;
} weft_store_block;

/** Open or create the store in directory `path` (created if its parent exists).
 *
 *  Returns:  WEFT_OK; WEFT_NO_MEMORY; WEFT_IO; WEFT_STORE_FULL (no room to create it); WEFT_STORE_CORRUPT;
 *            WEFT_STORE_VERSION; WEFT_NOT_FOUND (read_only and no store there); WEFT_INVALID_ARGUMENT (`size` is not
 *            set). `error` says what and where.
 *  Threads:  any. The same directory must not be opened twice in one process.
 *  Out:      store   to be closed with weft_store_close(); NULL after a failure.
 *  In:       config  NULL = defaults: for writing, durable, 1 TiB, 126 readers.
 */
WEFT_API WEFT_MUST_USE weft_status weft_store_open(weft_store **store, const char *path,
                                                   const weft_store_config *config, weft_error *error);
/** Closes the store; no view of it may be in use. NULL is allowed. */
WEFT_API void weft_store_close(weft_store *store);

/** Where the store stands. Returns: WEFT_OK, WEFT_NO_MEMORY, WEFT_IO, WEFT_STORE_CORRUPT. Threads: any. */
WEFT_API WEFT_MUST_USE weft_status weft_store_get_head(weft_store *store, weft_store_head *head);

/** Commit one or more consecutive blocks in one atomic write transaction: the state they leave, plain and as a trie, what
 *  leads back from it, their receipts and meta, and the head.
 *
 *  The state root is computed from the trie's nodes on the paths of what has changed. It must be that of the last block,
 *  if that is known, and is the head's in any case: a host may leave it to the commit to compare a header's state root
 *  with what execution came to.
 *
 *  Returns:  WEFT_OK; WEFT_STORE_SEQUENCE (blocks[0].parent_hash is not the head, or the blocks do not follow each
 *            other, or the chain is another); WEFT_STORE_STATE_ROOT (the last block's is not that of the state after
 *            it); WEFT_STORE_FULL; WEFT_STORE_CORRUPT; WEFT_IO; WEFT_NO_MEMORY; WEFT_INVALID_ARGUMENT (no block, the
 *            store is read_only, or the delta's addresses are not strictly ascending). Anything but WEFT_OK leaves the
 *            store as it was.
 *  Threads:  exclusive on `store`; readers go on undisturbed and see the old state until they begin anew.
 *  In:       delta   of the whole batch: state after the last block against the store's state.
 *            The first commit into an empty store is the genesis (or any starting point): its parent is not checked.
 */
WEFT_API WEFT_MUST_USE weft_status weft_store_commit(weft_store *store, uint64_t chain_id,
                                                     const weft_store_block *blocks, size_t block_count,
                                                     const weft_state_delta *delta, weft_error *error);

/** Go back to an earlier block, in one atomic write transaction: state, trie and head are what they were after it; the
 *  blocks after it, their receipts and what leads back from them are gone. Codes stay.
 *
 *  Blocks that were committed together are taken back together, or not at all.
 *
 *  Returns:  WEFT_OK, also when the block is the head; WEFT_NOT_FOUND (no such block, or the store does not know the way
 *            back to it: `error` says how far it goes); WEFT_INVALID_ARGUMENT (the store is read_only); WEFT_STORE_CORRUPT;
 *            WEFT_STORE_FULL; WEFT_IO; WEFT_NO_MEMORY. Anything but WEFT_OK leaves the store as it was.
 *  Threads:  exclusive on `store`; readers go on undisturbed, as beside a commit.
 */
WEFT_API WEFT_MUST_USE weft_status weft_store_rewind(weft_store *store, uint64_t number, weft_error *error);

/** A consistent snapshot of the store's state, for execution. All threads that use the view read the same committed
 *  block, whatever is committed meanwhile.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY, WEFT_IO.
 *  Threads:  any.
 *  Out:      view   valid until weft_store_view_end(); its callbacks may be used by many threads.
 */
WEFT_API WEFT_MUST_USE weft_status weft_store_view_begin(weft_store *store, weft_state_view *view, weft_error *error);
/** The trie nodes of the state that a view of a store shows. Threads: any. Lifetime: as long as the view. */
WEFT_API weft_node_source weft_store_view_nodes(const weft_state_view *view);
/** Gives up a view that weft_store_view_begin() made. Threads: any, when nobody uses the view any more. */
WEFT_API void weft_store_view_end(weft_store *store, weft_state_view *view);

/** The state root by full computation over all accounts of the store, without its trie.
 *  Returns: WEFT_OK, WEFT_NO_MEMORY, WEFT_IO, WEFT_STORE_CORRUPT. Threads: any. */
WEFT_API WEFT_MUST_USE weft_status weft_store_state_root(weft_store *store, weft_bytes32 *root);

/** Whether the state agrees with itself: full computation gives the head's state root, and the trie's nodes are those of
 *  that root, each with the hash its parent says, none missing and none beside them; every account's code is there, and
 *  every code has the hash it is stored under. Reads the whole state.
 *  Returns: WEFT_OK; WEFT_STORE_CORRUPT, `error` says what does not agree; WEFT_NO_MEMORY; WEFT_IO. Threads: any. */
WEFT_API WEFT_MUST_USE weft_status weft_store_check(weft_store *store, weft_error *error);

/** Meta of a committed block.
 *  Returns: WEFT_OK, WEFT_NOT_FOUND, WEFT_NO_MEMORY, WEFT_IO, WEFT_STORE_CORRUPT. Threads: any.
 *  Out: block   encoded_receipts is NULL; receipt_count is set. */
WEFT_API WEFT_MUST_USE weft_status weft_store_get_block(weft_store *store, weft_store_block *block, uint64_t number);

/** Copy the consensus encoding of one receipt into `buffer`.
 *  Returns: WEFT_OK; WEFT_NOT_FOUND; WEFT_INVALID_ARGUMENT (capacity too small; *size says what is needed);
 *  WEFT_NO_MEMORY; WEFT_IO. Threads: any. */
WEFT_API WEFT_MUST_USE weft_status weft_store_get_receipt(weft_store *store, uint8_t *buffer, size_t capacity,
                                                          size_t *size, uint64_t number, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif
