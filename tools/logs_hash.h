/** keccak256(rlp(logs)): how state tests and t8n results name all logs of a block at once. */
#ifndef TOOLS_LOGS_HASH_H
#define TOOLS_LOGS_HASH_H

#include <weft/engine.h>

/** The hash of the list of all logs of a result's receipts. Returns: WEFT_OK, WEFT_NO_MEMORY. */
weft_status logs_hash(weft_bytes32 *hash, const weft_block_result *result);

#endif
