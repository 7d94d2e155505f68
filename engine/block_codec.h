/** The hashes by which a header commits to its block's body. The transactions root is weft_transactions_root(), the
 *  ommers hash ommers_hash() of engine/header_codec.h. */
#ifndef ENGINE_BLOCK_CODEC_H
#define ENGINE_BLOCK_CODEC_H

#include <weft/block.h>

/** Root of the ordered trie over the withdrawals' encodings (EIP-4895). Returns: WEFT_OK, WEFT_NO_MEMORY.
 *  Threads: any. */
weft_status withdrawals_root(weft_bytes32 *root, const weft_withdrawal *withdrawals, size_t count);

#endif
