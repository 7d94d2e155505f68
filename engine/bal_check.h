/** What a block says of its access list, and what execution found (EIP-7928). */
#ifndef ENGINE_BAL_CHECK_H
#define ENGINE_BAL_CHECK_H

#include "engine/block_run.h"

/** Begin recording accesses if the block wants it, and take the list that came with it. From Amsterdam on a list that is
 *  not the header's, or that no block can have, ends the run with a verdict. */
void bal_check_before(block_run *run);

/** Make the list of what was recorded, into result->block_access_list, and compare it with the header. */
void bal_check_after(block_run *run, weft_block_result *result);

#endif
