/** Making the execution witness of a block: the trie nodes and codes that its stateless execution needs, and no others.
 *
 *      weft_witness_builder_create(&builder, &view, &nodes, &parent.state_root);
 *      weft_state_view watched = weft_witness_builder_view(builder);
 *      weft_engine_execute(engine, &result, &block, &watched, &options);
 *      weft_witness_builder_finish(builder, &witness, &result.delta, &error);
 *      // witness.state_root is that of the block's header
 *
 *  The engine is one of a single thread (speculation asks for more than a block needs) and without a code cache
 *  (weft_engine_config.keep_code_cache = false: what it knows already, it does not ask for).
 *
 *  A witness holds the paths to every account and slot that was asked for, be they absent, and what finding the root after
 *  the block takes beside them (see weft_witness_apply()). Before Byzantium it proves the root after the block, not those
 *  between its transactions.
 */
#ifndef WEFT_WITNESS_BUILDER_H
#define WEFT_WITNESS_BUILDER_H

#include <weft/delta.h>
#include <weft/node_source.h>
#include <weft/state_view.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_witness_builder weft_witness_builder;

/** A witness that was made. */
typedef struct weft_witness_parts {
    weft_bytes32 state_root; /**< after the block */
    const weft_bytes *nodes; /**< each once */
    size_t node_count;
    const weft_bytes *codes; /**< each once */
    size_t code_count;
    /** The lowest number of a block whose hash was asked for; WEFT_NEVER if none was. A witness holds the headers from there
     *  to the parent, or the parent's alone. */
    uint64_t first_block_hash;
} weft_witness_parts;

/** Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Threads:  any.
 *  In:       view     the state before the block; copied, its context borrowed.
 *            nodes    of that state; copied, its context borrowed.
 *            root     of that state; copied.
 */
WEFT_API WEFT_MUST_USE weft_status weft_witness_builder_create(weft_witness_builder **builder,
                                                               const weft_state_view *view,
                                                               const weft_node_source *nodes, const weft_bytes32 *root);
/** Frees the builder and what it made; its view may not be in use. NULL is allowed. */
WEFT_API void weft_witness_builder_destroy(weft_witness_builder *builder);

/** The view that remembers what it is asked. Threads: one at a time. Lifetime: as long as the builder. */
WEFT_API weft_state_view weft_witness_builder_view(weft_witness_builder *builder);

/** Collect the nodes that prove what the view was asked, and those that applying the delta takes. Once for each builder.
 *
 *  Returns:  WEFT_OK; WEFT_NO_MEMORY; WEFT_STATE_UNAVAILABLE (the source lacks a node, or gives a malformed one: `error`
 *            says where); WEFT_INVALID_ARGUMENT (the delta's addresses are not strictly ascending); what the source says.
 *  Threads:  exclusive.
 *  Out:      parts   borrowed until the builder is destroyed.
 */
WEFT_API WEFT_MUST_USE weft_status weft_witness_builder_finish(weft_witness_builder *builder, weft_witness_parts *parts,
                                                               const weft_state_delta *delta, weft_error *error);

#ifdef __cplusplus
}
#endif

#endif
