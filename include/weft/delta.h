/** What a block changed: the difference between the state before it and the state after it.
 *
 *  Sorted by address, slots sorted by key, only real differences, so two executions that agree give equal bytes:
 *  weft_state_delta_digest() is the short form of that comparison.
 */
#ifndef WEFT_DELTA_H
#define WEFT_DELTA_H

#include <weft/state_view.h>
#include <weft/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_slot_change {
    weft_bytes32 slot;
    weft_u256 value; /**< after the block; zero deletes the slot */
} weft_slot_change;

typedef struct weft_account_change {
    weft_address address;
    /** The account after the block, all fields, changed or not. exists = false: it is deleted with its storage. */
    weft_account account;
    /** The storage the account had before the block is gone (it was destroyed, and perhaps created again);
     *  `slots` is then the whole new storage. */
    bool storage_cleared;
    /** `code` is code the state did not have for this account before; empty otherwise. */
    bool code_changed;
    weft_bytes code;
    const weft_slot_change *slots;
    size_t slot_count;
} weft_account_change;

typedef struct weft_state_delta {
    const weft_account_change *accounts;
    size_t account_count;
} weft_state_delta;

/** keccak256 over a canonical encoding of the delta (docs/store-format.md has it byte by byte).
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Threads:  any.
 */
WEFT_API WEFT_MUST_USE weft_status weft_state_delta_digest(weft_bytes32 *digest, const weft_state_delta *delta);

#ifdef __cplusplus
}
#endif

#endif
