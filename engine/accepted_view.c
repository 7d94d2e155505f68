#include "engine/accepted_view.h"

#include "base/bytes.h"
#include "base/u256.h"

static weft_status view_account(void *context, weft_account *out, const weft_address *address) {
    mv_cell *cell;
    weft_status status = block_state_account(context, 0, address, &cell);
    *out = (weft_account){.exists = false};
    if (status != WEFT_OK) {
        return status;
    }
    const weft_u256 *lanes = mv_cell_accepted(cell);
    if (lanes[LANE_LIFE].limb[0] != 0) {
        *out = (weft_account){.balance = lanes[LANE_BALANCE],
                              .nonce = lanes[LANE_NONCE].limb[0],
                              .code_hash = lane_code(&lanes[LANE_CODE])->hash,
                              .exists = true};
    }
    return WEFT_OK;
}

static weft_status view_code(void *context, weft_bytes *out, const weft_address *address,
                             const weft_bytes32 *code_hash) {
    block_state *bs = context;
    const code *c = code_cache_reference(bs->codes, code_hash);
    if (c == NULL) {
        return WEFT_NO_MEMORY;
    }
    weft_status status = code_cache_load(bs->codes, c, &bs->view, address);
    if (status == WEFT_OK) {
        *out = bytes_of(c->bytes, c->size);
    }
    return status;
}

static weft_status view_storage(void *context, weft_u256 *out, const weft_address *address, const weft_bytes32 *slot) {
    mv_cell *cell;
    weft_u256 key = u256_from_bytes32(slot);
    weft_status status = block_state_account(context, 0, address, &cell);
    if (status == WEFT_OK) {
        uint32_t epoch = (uint32_t)mv_cell_accepted(cell)[LANE_LIFE].limb[1];
        status = block_state_slot(context, 0, address, epoch, &key, &cell);
    }
    if (status == WEFT_OK) {
        *out = *mv_cell_accepted(cell);
    }
    return status;
}

static weft_status view_block_hash(void *context, weft_bytes32 *out, uint64_t number) {
    const weft_state_view *view = &((block_state *)context)->view;
    return view->block_hash(view->context, out, number);
}

weft_state_view accepted_view(block_state *bs) {
    return (weft_state_view){.context = bs,
                             .account = view_account,
                             .code = view_code,
                             .storage = view_storage,
                             .block_hash = view_block_hash};
}
