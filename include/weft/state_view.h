/** The state a block executes on, as the host presents it: four questions.
 *
 *  All callbacks of one view
 *  - may be called from several threads at once, up to the engine's worker count;
 *  - must answer equal questions equally for as long as an execution lasts;
 *  - return WEFT_OK, or WEFT_STATE_UNAVAILABLE / WEFT_NO_MEMORY when they cannot answer. A failure leaves the block
 *    undecided: it is never read as "no such account".
 */
#ifndef WEFT_STATE_VIEW_H
#define WEFT_STATE_VIEW_H

#include <weft/status.h>
#include <weft/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An account without its code and storage (Yellow Paper section 4.1).
 *
 *  `exists` is false for an address that is not in the state trie; the other fields are then zero, code_hash too.
 *  An account without code has code_hash = keccak256("").
 */
typedef struct weft_account {
    weft_u256 balance; /**< wei */
    uint64_t nonce;
    weft_bytes32 code_hash;
    bool exists;
} weft_account;

typedef struct weft_state_view {
    /** First argument of every callback. */
    void *context;

    /** The account at `address`; an absent one is success with exists = false. */
    weft_status (*account)(void *context, weft_account *out, const weft_address *address);

    /** The code with hash `code_hash`, which the view itself gave for `address`.
     *  Lifetime: the bytes stay valid and unchanged until the execution that asked ends. */
    weft_status (*code)(void *context, weft_bytes *out, const weft_address *address, const weft_bytes32 *code_hash);

    /** The value of one storage slot; zero when it was never set. */
    weft_status (*storage)(void *context, weft_u256 *out, const weft_address *address, const weft_bytes32 *slot);

    /** Whether the account holds any non-zero slot (EIP-7610 collision rule). May be NULL: then no account without
     *  code and nonce holds storage, which is true of every chain's real state after Spurious Dragon but for 28
     *  mainnet accounts that nothing can re-create. */
    weft_status (*has_storage)(void *context, bool *out, const weft_address *address);

    /** The hash of block `number`, asked only for the 256 blocks before the one that executes. */
    weft_status (*block_hash)(void *context, weft_bytes32 *out, uint64_t number);
} weft_state_view;

#ifdef __cplusplus
}
#endif

#endif
