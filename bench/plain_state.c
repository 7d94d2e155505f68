#include "bench/plain_state.h"

#include <weft/delta.h>

#include <string.h>

weft_status plain_state_create(plain_state *p, const weft_state_view *source) {
    p->source = source;
    return weft_memory_state_create(&p->memory, source);
}

void plain_state_free(plain_state *p) {
    weft_memory_state_destroy(p->memory);
}

/* Absence is an answer, too: it is what a witness takes longest to prove. */
static weft_status copy_account(plain_state *p, const weft_address *address, const weft_account *account) {
    weft_account_change copy = {.address = *address, .account = *account};
    const weft_state_delta delta = {.accounts = &copy, .account_count = 1};
    if (account->exists) {
        weft_status status = p->source->code(p->source->context, &copy.code, address, &account->code_hash);
        copy.code_changed = status == WEFT_OK;
        if (status != WEFT_OK && status != WEFT_STATE_UNAVAILABLE) {
            return status; /* who records a block leaves out the codes that it only looks at */
        }
    }
    return weft_memory_state_apply(p->memory, &delta);
}

static weft_status record_account(void *context, weft_account *out, const weft_address *address) {
    plain_state *p = context;
    weft_status status = p->source->account(p->source->context, out, address);
    return status == WEFT_OK ? copy_account(p, address, out) : status;
}

/* Zero is what the memory says of any slot of an account that is not there, and setting it would make the account. */
static weft_status record_storage(void *context, weft_u256 *out, const weft_address *address,
                                  const weft_bytes32 *slot) {
    plain_state *p = context;
    weft_account account;
    weft_status status = p->source->storage(p->source->context, out, address, slot);
    if (status == WEFT_OK) {
        status = p->source->account(p->source->context, &account, address);
    }
    return status == WEFT_OK && account.exists ? weft_memory_state_set_storage(p->memory, address, slot, out) : status;
}

static weft_status record_code(void *context, weft_bytes *out, const weft_address *address,
                               const weft_bytes32 *code_hash) {
    const plain_state *p = context;
    return p->source->code(p->source->context, out, address, code_hash);
}

static weft_status record_has_storage(void *context, bool *out, const weft_address *address) {
    const plain_state *p = context;
    return p->source->has_storage(p->source->context, out, address);
}

static weft_status record_block_hash(void *context, weft_bytes32 *out, uint64_t number) {
    plain_state *p = context;
    weft_status status = p->source->block_hash(p->source->context, out, number);
    return status == WEFT_OK ? weft_memory_state_set_block_hash(p->memory, number, out) : status;
}

weft_state_view plain_state_recorder(plain_state *p) {
    return (weft_state_view){.context = p,
                             .account = record_account,
                             .code = record_code,
                             .storage = record_storage,
                             .has_storage = p->source->has_storage != NULL ? record_has_storage : NULL,
                             .block_hash = record_block_hash};
}
