/** Where the trie nodes of a state are to be had: from a store (weft_store_view_nodes()), from a witness
 *  (weft_witness_nodes()), or from the host's own database. Witnesses are made from one (weft/witness_builder.h).
 */
#ifndef WEFT_NODE_SOURCE_H
#define WEFT_NODE_SOURCE_H

#include <weft/status.h>
#include <weft/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_node_source {
    /** First argument of the callback. */
    void *context;
    /** The node with this keccak256, which stands at `path` in a trie. A database of nodes by hash may pass over the place,
     *  one by path must compare the hash.
     *
     *  Returns:  WEFT_OK; WEFT_STATE_UNAVAILABLE if it has no such node; any failure of its own.
     *  Threads:  one at a time.
     *  Out:      encoding   Yellow Paper appendix D; borrowed until the next call.
     *  In:       owner      keccak256 of the address whose storage trie it is; NULL: the state trie.
     *            path       nibbles that lead to the node, two to a byte, the high one first.
     *            nibble_count   of them, 0 to 64; bytes of `path` beyond them mean nothing. */
    weft_status (*node)(void *context, weft_bytes *encoding, const weft_bytes32 *owner, const weft_bytes32 *path,
                        size_t nibble_count, const weft_bytes32 *hash);
} weft_node_source;

#ifdef __cplusplus
}
#endif

#endif
