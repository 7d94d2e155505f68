/** The state of the block that executes: accounts and storage slots as cells of the multi-version memory.
 *
 *  This is where weft's state meets the scheduler's opaque cells. An account is one cell of four lanes, each a location
 *  of its own; a slot is a cell of one lane. Storage that SELFDESTRUCT or a new creation wipes is never scanned: the
 *  account's *epoch* goes up and its slots are henceforth looked up under the new epoch, where everything is zero.
 */
#ifndef ENGINE_BLOCK_STATE_H
#define ENGINE_BLOCK_STATE_H

#include "base/arena.h"
#include "engine/code.h"
#include "scheduler/mv_memory.h"
#include <weft/delta.h>

typedef enum account_lane {
    LANE_BALANCE, /* wei */
    LANE_NONCE,   /* limb 0 */
    LANE_CODE,    /* limb 0: the address of the `code` object, which is one per hash; never 0 */
    LANE_LIFE,    /* limb 0: 1 if the account exists; limb 1: storage epoch */
    ACCOUNT_LANES
} account_lane;

enum {
    LANE_BIT_BALANCE = 1 << LANE_BALANCE,
    LANE_BIT_NONCE = 1 << LANE_NONCE,
    LANE_BIT_CODE = 1 << LANE_CODE,
    LANE_BIT_LIFE = 1 << LANE_LIFE
};

typedef struct block_state {
    mv_memory *cells;
    code_cache *codes;
    weft_state_view view;
} block_state;

/** Begin a block on `view`: no cells yet. */
void block_state_begin(block_state *bs, const weft_state_view *view);

/** The account's cell. Returns: WEFT_OK, WEFT_NO_MEMORY, or the view's failure. Threads: any, each with its worker. */
weft_status block_state_account(block_state *bs, unsigned worker, const weft_address *address, mv_cell **cell);
/** The cell of a slot in one epoch of its account. Same contract. */
weft_status block_state_slot(block_state *bs, unsigned worker, const weft_address *address, uint32_t epoch,
                             const weft_u256 *slot, mv_cell **cell);

static inline const code *lane_code(const weft_u256 *lane) {
    return (const code *)(uintptr_t)lane->limb[0];
}

static inline weft_u256 lane_from_code(const code *c) {
    return (weft_u256){{(uint64_t)(uintptr_t)c, 0, 0, 0}};
}

static inline weft_u256 lane_from_life(bool exists, uint32_t epoch) {
    return (weft_u256){{exists, epoch, 0, 0}};
}

/** Show every accepted value that differs from its base to speculative readers, as version 0.
 *  Returns: WEFT_OK, WEFT_NO_MEMORY. Threads: exclusive. */
weft_status block_state_publish_accepted(block_state *bs);

/** Everything that differs between base and accepted lanes, sorted, in `scratch`.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Threads:  exclusive.
 *  Lifetime: as long as `scratch` and the code cache.
 */
weft_status block_state_delta(block_state *bs, arena *scratch, weft_state_delta *delta);

#endif
