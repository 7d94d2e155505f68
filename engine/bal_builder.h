/** Building a block's access list (EIP-7928) from what its steps accessed and left.
 *
 *  The ordered phase tells of each accepted step what it loaded, written or not, reverted or not, and what those accounts
 *  and slots hold now. A record is a copy, nothing more; sorting and comparing wait for the end of the block, so that the
 *  ordered phase stays short.
 *
 *  Threads: the holder of the ordered phase.
 */
#ifndef ENGINE_BAL_BUILDER_H
#define ENGINE_BAL_BUILDER_H

#include "engine/outcome.h"
#include <weft/block_access_list.h>

typedef struct bal_builder {
    arena *memory;
    /** Before EIP-161 an account may come to exist and have nothing. Lists are not made for that; one that is a hint
     *  only, as all are on those forks, tells of it by a balance that "changes" to 0. */
    bool tells_existence;
    struct bal_record *records; /* in the order they came */
    size_t count, capacity;
    bool out_of_memory;
} bal_builder;

/** Begin a block. In: memory   lives until the list is no longer needed. */
void bal_builder_begin(bal_builder *builder, arena *memory, const fork_rules *rules);

/** Record a step that was just accepted.
 *  In: index    block access index.
 *      coinbase its cell, if the step paid it; else NULL. */
void bal_builder_add(bal_builder *builder, uint32_t index, const tx_outcome *outcome, const weft_address *coinbase,
                     mv_cell *coinbase_cell);

/** The list of everything recorded. Returns: WEFT_OK, WEFT_NO_MEMORY. Out: list in the builder's memory. */
weft_status bal_builder_finish(bal_builder *builder, weft_block_access_list *list);

#endif
