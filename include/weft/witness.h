/** A state made of trie nodes and codes: an execution witness, or a set of account proofs.
 *
 *  Every node is addressed by its keccak256, so what the view answers is proved against the root, and so is the root
 *  after the block. Stateless execution of a block, its headers being decoded and chained by the caller:
 *
 *      weft_witness_create(&witness, &parent.state_root, nodes, node_count, codes, code_count);
 *      weft_witness_set_block_hash(witness, ancestor.number, &ancestor_hash);     // for each header of the witness
 *      weft_state_view view = weft_witness_view(witness);
 *      weft_engine_execute(engine, &result, &block, &view, &options);             // serial or parallel
 *      weft_witness_apply(witness, &root, &result.delta, threads, &error);
 *      // result.verdict is WEFT_VALID and root is the state root of the block's header
 *
 *  WEFT_STATE_UNAVAILABLE from the last two means that the witness does not prove enough: the block is undecided. Nodes
 *  and codes that nothing asks for do no harm, in any order; nor does a listed node that is no node. An engine with a code
 *  cache may know, from other blocks, a code that the witness lacks: whoever has to prove that the witness suffices takes
 *  one without (weft_engine_config.keep_code_cache = false).
 */
#ifndef WEFT_WITNESS_H
#define WEFT_WITNESS_H

#include <weft/delta.h>
#include <weft/node_source.h>
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

/** The witness as a source of nodes, whatever its root. Lifetime: as long as `witness`. */
WEFT_API weft_node_source weft_witness_nodes(weft_witness *witness);

/** Apply what a block (or one transaction after the other) changed, on top of what was applied before, and compute the
 *  state root. The view goes on showing the state before.
 *
 *  A removed entry may need a node that the execution did not read, when a branch comes down to one child. Within one
 *  call everything is set before anything is removed, so a witness made for that order is enough.
 *
 *  Returns:  WEFT_OK; WEFT_NO_MEMORY; WEFT_STATE_UNAVAILABLE: a node is missing or malformed, `error` says where;
 *            WEFT_INVALID_ARGUMENT: the delta's addresses are not strictly ascending. After a failure nothing is applied
 *            any more, as after weft_witness_rewind().
 *  Threads:  exclusive; the view may be in use.
 *  In:       threads  of its OpenMP regions; 0 = as many as OpenMP would use. Those of the first call after a rewind hold.
 */
WEFT_API WEFT_MUST_USE weft_status weft_witness_apply(weft_witness *witness, weft_bytes32 *root,
                                                      const weft_state_delta *delta, unsigned threads,
                                                      weft_error *error);
/** Forget what was applied: the witness is at the state before again. Threads: exclusive; the view may be in use. */
WEFT_API void weft_witness_rewind(weft_witness *witness);

#ifdef __cplusplus
}
#endif

#endif
