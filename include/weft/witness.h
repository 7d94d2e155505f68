/** A state made of trie nodes and codes: an execution witness, or a set of account proofs.
 *
 *  Every node is addressed by its keccak256, so what the view answers is proved against the root.
 */
#ifndef WEFT_WITNESS_H
#define WEFT_WITNESS_H

#include <weft/state_view.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_witness weft_witness;

/** Index trie nodes and codes by hash. The bytes are borrowed and must outlive the witness.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Threads:  any.
 *  In:       root   state root before the block; copied.
 */
WEFT_API WEFT_MUST_USE weft_status weft_witness_create(weft_witness **witness, const weft_bytes32 *root,
                                                       const weft_bytes *nodes, size_t node_count,
                                                       const weft_bytes *codes, size_t code_count);
/** Frees the witness; no view of it may be in use. NULL is allowed. */
WEFT_API void weft_witness_destroy(weft_witness *witness);

/** Remember a block hash for the view's block_hash(). Returns: WEFT_OK, WEFT_NO_MEMORY. Threads: exclusive. */
WEFT_API WEFT_MUST_USE weft_status weft_witness_set_block_hash(weft_witness *witness, uint64_t number,
                                                               const weft_bytes32 *hash);

/** The witness as a view. A question whose proof is not in the witness is answered WEFT_STATE_UNAVAILABLE; so is one
 *  that meets a malformed node. Threads: many at once. Lifetime: as long as `witness`. */
WEFT_API weft_state_view weft_witness_view(weft_witness *witness);

#ifdef __cplusplus
}
#endif

#endif
