/** Receipts: their consensus encoding (Yellow Paper section 4.3.1, EIP-658, EIP-2718). The receipts root is
 *  ordered_trie_root() over the encodings. Threads: any. */
#ifndef ENGINE_RECEIPT_H
#define ENGINE_RECEIPT_H

#include "base/arena.h"
#include <weft/engine.h>

/** The consensus encoding of a receipt: [status or state root, cumulative gas, bloom, logs], after the type byte if the
 *  transaction was typed.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Out:      encoded      lives in `memory`.
 *  In:       has_status   EIP-658 holds. If not, the receipt's intermediate root is encoded; of a receipt without one,
 *                         32 zero bytes, which no receipts root agrees with.
 */
weft_status receipt_encode(weft_bytes *encoded, arena *memory, const weft_receipt *receipt, bool has_status);

#endif
