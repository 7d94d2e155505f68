#include "bench/plain_state.h"

#include "bench/touched_slots.h"
#include "tools/hex.h"

static weft_status copy_slot(weft_memory_state *state, const weft_address *address, const weft_u256 *number,
                             const weft_state_view *view) {
    const weft_bytes32 slot = hex_number_bytes(number);
    weft_u256 value;
    weft_status status = view->storage(view->context, &value, address, &slot);
    return status == WEFT_OK ? weft_memory_state_set_storage(state, address, &slot, &value) : status;
}

static weft_status copy_slots(weft_memory_state *state, const weft_account_access *access,
                              const weft_state_view *view) {
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < touched_slot_count(access) && status == WEFT_OK; i++) {
        status = copy_slot(state, &access->address, touched_slot(access, i), view);
    }
    return status;
}

static weft_status copy_account(weft_memory_state *state, const weft_account_access *access,
                                const weft_state_view *view) {
    weft_account account;
    weft_bytes code;
    weft_status status = view->account(view->context, &account, &access->address);
    if (status != WEFT_OK || !account.exists) {
        return status;
    }
    status = view->code(view->context, &code, &access->address, &account.code_hash);
    if (status == WEFT_STATE_UNAVAILABLE) { /* who records a block leaves out the codes that it only looks at */
        return WEFT_OK;
    }
    if (status == WEFT_OK) {
        status = weft_memory_state_set_account(state, &access->address, &account.balance, account.nonce, code);
    }
    return status == WEFT_OK ? copy_slots(state, access, view) : status;
}

weft_status plain_state_of(weft_memory_state **state, weft_bytes access_list, const weft_state_view *view) {
    weft_decoder *decoder = NULL;
    weft_block_access_list list = {0};
    *state = NULL;
    weft_status status = weft_memory_state_create(state, view);
    if (status == WEFT_OK) {
        status = weft_decoder_create(&decoder);
    }
    if (status == WEFT_OK) {
        status = weft_block_access_list_decode(decoder, &list, access_list, NULL);
    }
    for (size_t i = 0; i < list.account_count && status == WEFT_OK; i++) {
        status = copy_account(*state, &list.accounts[i], view);
    }
    weft_decoder_destroy(decoder);
    if (status != WEFT_OK) {
        weft_memory_state_destroy(*state);
        *state = NULL;
    }
    return status;
}
