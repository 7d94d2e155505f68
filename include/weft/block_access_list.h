/** Block access lists (EIP-7928): which accounts and storage slots a block touches, and what each of its steps leaves in
 *  them.
 *
 *  Steps are numbered by *block access index*: 0 is what happens before the first transaction (system calls), i + 1 is
 *  transaction i, one more than the last transaction is what comes after it (withdrawals, requests). With the list at
 *  hand every transaction knows the state it starts from, so that all can run at the same time.
 *
 *  The list travels beside the block; from Amsterdam on the header commits to it. weft_engine_execute() builds it
 *  (weft_execute_options.build_block_access_list) and takes it (weft_execute_options.block_access_list), for blocks of
 *  any fork.
 */
#ifndef WEFT_BLOCK_ACCESS_LIST_H
#define WEFT_BLOCK_ACCESS_LIST_H

#include <weft/block.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a balance (wei), a nonce or a storage slot is after a step that changed it. */
typedef struct weft_value_change {
    uint32_t index; /**< block access index */
    weft_u256 value;
} weft_value_change;

/** What an account's code is after a step that changed it. */
typedef struct weft_code_change {
    uint32_t index; /**< block access index */
    weft_bytes code;
} weft_code_change;

/** A slot that some step changed. */
typedef struct weft_slot_access {
    weft_u256 slot;
    const weft_value_change *changes; /**< by index, at least one */
    size_t change_count;
} weft_slot_access;

typedef struct weft_account_access {
    weft_address address;
    const weft_slot_access *changed_slots; /**< by slot */
    size_t changed_slot_count;
    const weft_u256 *read_slots; /**< ascending; accessed, and changed by no step */
    size_t read_slot_count;
    const weft_value_change *balances; /**< by index, like the next two */
    size_t balance_count;
    const weft_value_change *nonces;
    size_t nonce_count;
    const weft_code_change *codes;
    size_t code_count;
} weft_account_access;

typedef struct weft_block_access_list {
    const weft_account_access *accounts; /**< by address */
    size_t account_count;
} weft_block_access_list;

/** Decode a list. Strict: non-canonical RLP is refused, and so is what EIP-7928 rules out in any list: accounts, slots or
 *  indexes that do not ascend, a changed slot without change, a slot that is both changed and read.
 *
 *  Returns:  WEFT_OK; WEFT_DECODE, with `error` telling position and rule; WEFT_NO_MEMORY.
 *  Threads:  exclusive on `decoder`.
 *  Out:      list    lives in `decoder`; its codes borrow from `rlp`.
 *            error   may be NULL.
 */
WEFT_API WEFT_MUST_USE weft_status weft_block_access_list_decode(weft_decoder *decoder, weft_block_access_list *list,
                                                                 weft_bytes rlp, weft_error *error);

/** Encode a list as it is; nothing is sorted or checked.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Threads:  exclusive on `decoder`.
 *  Out:      rlp   lives in `decoder`.
 */
WEFT_API WEFT_MUST_USE weft_status weft_block_access_list_encode(weft_decoder *decoder, weft_bytes *rlp,
                                                                 const weft_block_access_list *list);

#ifdef __cplusplus
}
#endif

#endif
