/** Block access lists to RLP and back (EIP-7928), in memory that the caller names. See <weft/block_access_list.h>. */
#ifndef ENGINE_BAL_CODEC_H
#define ENGINE_BAL_CODEC_H

#include "base/arena.h"
#include <weft/block_access_list.h>

/** Returns: WEFT_OK, WEFT_DECODE, WEFT_NO_MEMORY. Out: list in `memory`; error may be NULL. */
weft_status bal_decode(arena *memory, weft_block_access_list *list, weft_bytes rlp, weft_error *error);

/** Returns: WEFT_OK, WEFT_NO_MEMORY. Out: rlp in `memory`. */
weft_status bal_encode(arena *memory, weft_bytes *rlp, const weft_block_access_list *list);

/** Accounts and slots that the list names: what EIP-7928 limits by the block's gas limit. */
uint64_t bal_item_count(const weft_block_access_list *list);

/** The greatest block access index in the list, 0 if it has none. */
uint32_t bal_last_index(const weft_block_access_list *list);

#endif
