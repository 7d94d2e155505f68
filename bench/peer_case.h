/** A block with all of the state that it reads, as one line of JSON: what a peer (peers/README.md) executes.
 *
 *  The state is the part that the block's access list (EIP-7928) names, as the view answers for it.
 */
#ifndef BENCH_PEER_CASE_H
#define BENCH_PEER_CASE_H

#include <stdio.h>

#include <weft/block.h>
#include <weft/chain.h>
#include <weft/state_view.h>

#include "tools/failure.h"

typedef struct peer_case {
    const char *name;
    const weft_chain *chain;
    const weft_block *block;
    const weft_state_view *view; /* before the block */
    weft_bytes access_list;      /* its encoding */
} peer_case;

/** Write the line. Returns: WEFT_OK; WEFT_UNSUPPORTED for a block whose transactions were recorded without signatures; what the
 *  view or the decoders return. */
weft_status peer_case_write(FILE *stream, const peer_case *c, failure *f);

#endif
