/** A block access list that came with a block (EIP-7928), shown to speculation before it begins: every transaction then
 *  starts from the state it will have, and none waits for another.
 *
 *  The list is believed for speed only. What a transaction read is checked by value when its turn comes, as always, so a
 *  list that lies costs second runs and changes nothing.
 *
 *  What a list does not say is inferred: that an account exists, and that its storage begins anew. Where that goes wrong
 *  (an account that was empty all along and is swept away, EIP-161) a transaction runs twice.
 */
#ifndef ENGINE_BAL_SEED_H
#define ENGINE_BAL_SEED_H

#include "engine/block_run.h"
#include <weft/block_access_list.h>

/** Publish what the list says each transaction leaves, as the version of that transaction. What comes before the first has
 *  been executed, what comes after the last is nobody's past. What cannot be told of the host is left out.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Threads:  exclusive; works with all of the engine's workers.
 */
weft_status bal_seed(block_run *run, const weft_block_access_list *list);

#endif
