/** A block whose senders are known, as peers know them: an execution that is held against theirs recovers nobody, nor
 *  finds the processor's caches as recovery leaves them.
 */
#ifndef BENCH_KNOWN_SENDERS_H
#define BENCH_KNOWN_SENDERS_H

#include <weft/block.h>

typedef struct known_senders {
    weft_block block;
    weft_transaction *transactions; /* the block's; owned, but for what they borrow of the original */
} known_senders;

/** A signature that is not valid leaves its transaction without a sender.
 *  Returns: WEFT_OK, WEFT_NO_MEMORY. Out: to be freed, also after a failure. Lifetime: `block` is borrowed. */
weft_status known_senders_create(known_senders *k, const weft_block *block, const weft_chain *chain);
void known_senders_free(known_senders *k);

#endif
