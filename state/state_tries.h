/** The state trie and the storage tries below it (Yellow Paper section 4.1), changed by deltas, over a source of nodes.
 *
 *  Within one delta every trie sees its new and changed entries before the removed ones. The root does not depend on
 *  the order, but what is fetched does: a branch that loses one child and gains another in the same block then never
 *  comes down to one child, and the node of that child is not needed. Witnesses are made with this order in mind.
 *
 *  Storage tries of different accounts are brought up to date by several threads, and large tries subtrie by subtrie.
 *
 *  Threads: exclusive.
 */
#ifndef STATE_STATE_TRIES_H
#define STATE_STATE_TRIES_H

#include "base/map.h"
#include "state/mpt.h"

#include <weft/delta.h>

typedef struct storage_trie {
    weft_bytes32 owner; /* hashed address */
    mpt trie;
} storage_trie;

typedef struct state_tries {
    mpt accounts;
    map storages; /* hashed address -> storage_trie *, of the accounts whose storage was looked into */
    mpt_source source;
    unsigned threads;
    /* After WEFT_STATE_UNAVAILABLE: the trie that could not go on (see its `failure`; its owner is NULL if it is the
     * state trie), and the account it was about. */
    const mpt *failed;
    weft_address failed_address;
    arena scratch;
} state_tries;

/** The tries must not move from here on.
 *  In: root      of the state trie.
 *      source    copied; its context is borrowed.
 *      threads   at least 1: of the OpenMP regions. */
void state_tries_open(state_tries *tries, const weft_bytes32 *root, const mpt_source *source, unsigned threads);
void state_tries_free(state_tries *tries);

/** Fetch what proves an account or, unless `slot` is NULL, one of its slots, be they absent.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY; WEFT_STATE_UNAVAILABLE (a node is missing, or breaks a rule); what the source says. */
WEFT_MUST_USE weft_status state_tries_prove(state_tries *tries, const weft_address *address, const weft_bytes32 *slot);

/** Apply what a block or a transaction changed, on top of what was applied before.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY; WEFT_INVALID_ARGUMENT (addresses not strictly ascending); WEFT_STATE_UNAVAILABLE (a
 *           node is missing, or breaks a rule); what the source says. After a failure the tries can only be freed. */
WEFT_MUST_USE weft_status state_tries_apply(state_tries *tries, const weft_state_delta *delta);

/** The root of the state. Returns: WEFT_OK; WEFT_NO_MEMORY (may be repeated). */
WEFT_MUST_USE weft_status state_tries_root(state_tries *tries, weft_bytes32 *root);

/** Hand all changed nodes of all tries to the sink (see mpt_save()), after state_tries_root(). A storage that was cleared
 *  hands over its new nodes only: that its old ones are gone is known to whoever reads the delta.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY; what the sink says. After a failure the tries can only be freed. */
WEFT_MUST_USE weft_status state_tries_save(state_tries *tries, const mpt_sink *sink);

/** Say in words why one of the above returned `status`: whose node is missing or malformed, and where it would stand.
 *  Out: error   may be NULL. */
void state_tries_explain(const state_tries *tries, weft_status status, weft_error *error);

#endif
