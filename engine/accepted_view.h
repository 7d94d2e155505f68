/** The accepted prefix of the block as a view, for those who watch an execution from outside. */
#ifndef ENGINE_ACCEPTED_VIEW_H
#define ENGINE_ACCEPTED_VIEW_H

#include "engine/block_state.h"

/** The view asks the host, as a transaction would, for what no transaction has touched yet.
 *  Threads: the holder of the ordered phase. Lifetime: until the block ends. */
weft_state_view accepted_view(block_state *bs);

#endif
