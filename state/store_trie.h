/** The tries of the stored state: nodes by path, beside the plain tables, changed in the same transactions.
 *
 *  A row is a node that its parent holds by hash; shorter ones stand in their parents, as in the trie itself. A row is
 *  replaced where it stands, so the tables hold the nodes of the present state and nothing else. What is read has the
 *  hash that its parent says, or is not there: a damaged row never leads to a wrong root.
 */
#ifndef STATE_STORE_TRIE_H
#define STATE_STORE_TRIE_H

#include "state/mpt.h"
#include "state/store_handle.h"

/** The node that `path`, from 0 on, leads to in the trie of `owner` (see mpt_source), whose keccak256 is `hash`.
 *  Returns: WEFT_OK; WEFT_STATE_UNAVAILABLE if there is no such node; what an LMDB failure means.
 *  Lifetime: the encoding as long as the transaction, if that reads; until the next change, if it writes. */
weft_status store_node_load(weft_store *store, MDB_txn *txn, weft_bytes *encoding, const weft_bytes32 *owner,
                            trie_path path, const weft_bytes32 *hash);

/** Bring the tries up to date with a delta, in a write transaction.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY; WEFT_INVALID_ARGUMENT (addresses not strictly ascending); WEFT_STORE_CORRUPT (a node
 *           is missing or malformed); what an LMDB failure means. `error` says which.
 *  Out:     root   in: before the delta; out: after it. */
weft_status store_tries_apply(weft_store *store, MDB_txn *txn, weft_bytes32 *root, const weft_state_delta *delta,
                              weft_error *error);

#endif
