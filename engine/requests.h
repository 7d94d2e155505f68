/** What a block asks of the consensus layer (EIP-7685): deposits, read from the logs of the deposit contract (EIP-6110),
 *  and the outputs of the withdrawal and consolidation request contracts (EIP-7002, EIP-7251). Threads: any.
 *
 *  A request is its type byte and the data after it. A type without data is left out of the hash.
 */
#ifndef ENGINE_REQUESTS_H
#define ENGINE_REQUESTS_H

#include "base/arena.h"
#include <weft/engine.h>

enum {
    REQUEST_DEPOSIT = 0x00,
    REQUEST_WITHDRAWAL = 0x01,
    REQUEST_CONSOLIDATION = 0x02,
    REQUEST_BUILDER_DEPOSIT = 0x03, /* EIP-8282, as the next */
    REQUEST_BUILDER_EXIT = 0x04,
    REQUEST_TYPE_COUNT = 5
};

/** The deposits that the logs of `receipts` report, in order.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Out:      request   the whole deposit request; lives in `memory`. Set when the verdict is WEFT_VALID.
 *            verdict   WEFT_VALID, or WEFT_BLOCK_DEPOSIT_EVENT_LAYOUT when a deposit event is not laid out as the
 *                      contract's ABI does.
 */
weft_status requests_deposits(weft_bytes *request, weft_verdict *verdict, arena *memory, const weft_receipt *receipts,
                              size_t receipt_count, const weft_address *deposit_contract);

/** The request of `type` with what its contract gave as data.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Out:      request   lives in `memory`.
 */
weft_status requests_from_output(weft_bytes *request, arena *memory, uint8_t type, weft_bytes output);

#endif
