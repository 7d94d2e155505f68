/** A block by its inputs alone: environment and transactions, with senders and without signatures. */
#ifndef TOOLS_RECORDED_INPUTS_H
#define TOOLS_RECORDED_INPUTS_H

#include <weft/block.h>

#include "tools/json.h"

/** Read block.json and txs.json. Returns: false with the failure of the document at fault set.
 *  Out: block      lives in `transactions`. chain_id   kept when the environment does not say it. */
bool recorded_inputs_read(weft_block *block, uint64_t *chain_id, json_document *environment,
                          json_document *transactions);

#endif
