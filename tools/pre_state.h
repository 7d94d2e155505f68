/** The state a recorded block executes on, in either of its two forms, as a view.
 *
 *  Plain form, pre_state.json: the accounts and slots the block touches. An account that is not in it does not exist.
 *  Code that was never executed may be given by its hash alone ("codeHash"): asking for it is WEFT_STATE_UNAVAILABLE.
 *
 *  Trie form, witness.json: the trie nodes and codes that prove what the block reads, and RLP headers up to the
 *  parent, whose state root the proofs are against.
 */
#ifndef TOOLS_PRE_STATE_H
#define TOOLS_PRE_STATE_H

#include <weft/block.h>
#include <weft/memory_state.h>

#include "tools/json.h"
#include "tools/witness_json.h"

typedef struct pre_state {
    weft_state_view view;
    /* Plain form; without `memory` the witness answers. */
    weft_memory_state *memory;
    weft_state_view memory_view;
    struct known_hash *known_hashes; /* of codes that were not recorded, sorted by address */
    size_t known_hash_count;
    /* Trie form; borrows from the document. */
    witness_json trie;
    json_document document;
} pre_state;

/** Read the plain form. Returns: WEFT_OK, WEFT_DECODE, WEFT_NO_MEMORY. Out: to be freed with pre_state_free(). */
weft_status pre_state_read_accounts(pre_state *state, const char *name, const char *text, size_t size, failure *f);

/** Read the trie form for the block with this header. Returns: WEFT_OK; WEFT_NOT_FOUND if the parent's header is not
 *  in it; WEFT_DECODE; WEFT_NO_MEMORY.
 *  Out: to be freed with pre_state_free(). Lifetime: `text` and `name` are borrowed. */
weft_status pre_state_read_witness(pre_state *state, const char *name, const char *text, size_t size,
                                   const weft_header *header, failure *f);

/** Beside a state in plain form, which goes on answering: the trie form for the state root after the block, and hashes of
 *  earlier blocks from its headers. A witness without the parent's header is passed over (there is no trie form then).
 *  Returns: WEFT_OK, WEFT_DECODE, WEFT_NO_MEMORY. Lifetime: `text` and `name` are borrowed. */
weft_status pre_state_add_witness(pre_state *state, const char *name, const char *text, size_t size,
                                  const weft_header *header, failure *f);
/** The parent's header, if there is a trie form; otherwise NULL. */
const weft_header *pre_state_parent(const pre_state *state);
/** Remember hashes of earlier blocks, {number: hash}. Returns: WEFT_OK, or the document's failure. */
weft_status pre_state_add_block_hashes(pre_state *state, const json_document *document, const json_value *hashes);
weft_status pre_state_set_block_hash(pre_state *state, uint64_t number, const weft_bytes32 *hash);

void pre_state_free(pre_state *state);

#endif
