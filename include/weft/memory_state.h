/** A state held in memory, alone or as changes on top of another view.
 *
 *  Alone (no base) it is a complete account set: it can compute the state root. On top of a base it holds what
 *  executed blocks changed and asks the base for the rest: the state between two commits.
 */
#ifndef WEFT_MEMORY_STATE_H
#define WEFT_MEMORY_STATE_H

#include <weft/delta.h>
#include <weft/node_source.h>
#include <weft/state_view.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_memory_state weft_memory_state;

/** Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Threads:  any.
 *  In:       base   what is below; NULL for an empty, complete state. The view structure is copied; its context must
 *                   outlive the memory state.
 */
WEFT_API WEFT_MUST_USE weft_status weft_memory_state_create(weft_memory_state **state, const weft_state_view *base);
/** Frees the state; no view or delta of it may be in use. NULL is allowed. */
WEFT_API void weft_memory_state_destroy(weft_memory_state *state);

/** Set an account's balance, nonce and code (copied). Creates it if need be; keeps its storage.
 *  Returns: WEFT_OK, WEFT_NO_MEMORY. Threads: exclusive. */
WEFT_API WEFT_MUST_USE weft_status weft_memory_state_set_account(weft_memory_state *state, const weft_address *address,
                                                                 const weft_u256 *balance, uint64_t nonce,
                                                                 weft_bytes code);
/** Set one storage slot; zero deletes it. An account that does not exist comes into being, empty but for the slot.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY; what the base says when it cannot tell the account. Threads: exclusive. */
WEFT_API WEFT_MUST_USE weft_status weft_memory_state_set_storage(weft_memory_state *state, const weft_address *address,
                                                                 const weft_bytes32 *slot, const weft_u256 *value);
/** Remember a block hash for the view's block_hash(). Returns: WEFT_OK, WEFT_NO_MEMORY. Threads: exclusive. */
WEFT_API WEFT_MUST_USE weft_status weft_memory_state_set_block_hash(weft_memory_state *state, uint64_t number,
                                                                    const weft_bytes32 *hash);

/** Apply what a block changed. All or nothing.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY; WEFT_INVALID_ARGUMENT (addresses not strictly ascending). Threads: exclusive. */
WEFT_API WEFT_MUST_USE weft_status weft_memory_state_apply(weft_memory_state *state, const weft_state_delta *delta);

/** The state root (Yellow Paper section 4.1) over all accounts. The tries are kept from call to call: it costs the paths
 *  of what has changed since the last one.
 *
 *  Returns:  WEFT_OK; WEFT_NO_MEMORY; WEFT_INVALID_ARGUMENT for a state with a base.
 *  Threads:  exclusive (caches hashes).
 */
WEFT_API WEFT_MUST_USE weft_status weft_memory_state_root(weft_memory_state *state, weft_bytes32 *root);

/** How many threads may compute roots, in OpenMP regions and only where much has changed: 1 until this is called; 0 = as
 *  many as OpenMP would use. Threads: exclusive. */
WEFT_API void weft_memory_state_set_threads(weft_memory_state *state, unsigned threads);

/** The trie nodes of a state without a base.
 *
 *  Returns:  WEFT_OK; WEFT_NO_MEMORY; WEFT_INVALID_ARGUMENT for a state with a base.
 *  Threads:  exclusive.
 *  Out:      nodes   until the state changes.
 */
WEFT_API WEFT_MUST_USE weft_status weft_memory_state_nodes(weft_memory_state *state, weft_node_source *nodes);

/** The state as a view. Threads: the view may be used by many threads while nobody changes the state.
 *  Lifetime: as long as `state`. */
WEFT_API weft_state_view weft_memory_state_view(weft_memory_state *state);

/** Everything the state holds above its base, sorted, as a delta against an empty state or against the base.
 *
 *  Returns:  WEFT_OK; WEFT_NO_MEMORY; what the base says when it cannot tell what was there before.
 *  Lifetime: `delta` is borrowed until the next call on `state`.
 *  Threads:  exclusive.
 */
WEFT_API WEFT_MUST_USE weft_status weft_memory_state_delta(weft_memory_state *state, weft_state_delta *delta);

/** Forget everything above the base, block hashes too (after it was committed below). Threads: exclusive. */
WEFT_API void weft_memory_state_clear(weft_memory_state *state);

#ifdef __cplusplus
}
#endif

#endif
