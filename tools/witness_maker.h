/** Execution witnesses of blocks that are replayed, written as files: NUMBER-HASH.witness.json (tools/witness_json.h).
 *
 *  The maker executes each block once more, by an engine of its own: on one thread and without a memory for codes, so that
 *  the witness holds what any execution needs and nothing else. A block that it does not find valid gets no witness.
 */
#ifndef TOOLS_WITNESS_MAKER_H
#define TOOLS_WITNESS_MAKER_H

#include <weft/engine.h>
#include <weft/node_source.h>

#include "tools/failure.h"
#include "tools/header_trail.h"

/** What the names of witness files end in. */
#define WITNESS_FILE_SUFFIX ".witness.json"

/** Zero-initialise it. */
typedef struct witness_maker {
    const char *folder;     /* to write to, made if need be; NULL = nothing is made. Borrowed. */
    header_trail ancestors; /* of the next block, its parent the last; kept up to date by whoever owns the maker */
    weft_engine *engine;
} witness_maker;

/** Make the witness of a block.
 *  Returns: WEFT_OK, also when there is nothing to make; WEFT_IO; WEFT_NO_MEMORY; WEFT_STATE_UNAVAILABLE (view or nodes do not
 *           tell all of it); WEFT_NOT_FOUND (nor do the ancestors).
 *  In: view, nodes   the state before the block.
 *      root          of that state. */
weft_status witness_maker_make(witness_maker *maker, const weft_chain *chain, const weft_block *block,
                               const weft_execute_options *options, const weft_state_view *view,
                               const weft_node_source *nodes, const weft_bytes32 *root, failure *f);
void witness_maker_free(witness_maker *maker);

#endif
