#include "tools/alloc.h"

#include "tools/hex.h"

static bool read_slots(const json_document *document, const json_value *slots, const weft_address *address,
                       weft_memory_state *state) {
    weft_status status = WEFT_OK;
    for (const json_value *slot = json_first(slots); slot != NULL && status == WEFT_OK; slot = slot->next) {
        weft_bytes32 key, value;
        if (!json_key_padded32(document, slot, &key) || !json_value_padded32(document, slot, &value)) {
            return false;
        }
        weft_u256 number = hex_bytes_number(&value);
        status = weft_memory_state_set_storage(state, address, &key, &number);
    }
    return status == WEFT_OK || json_fail(document, status);
}

static bool read_account(json_document *document, const json_value *account, weft_memory_state *state) {
    weft_address address;
    weft_u256 balance = {{0}};
    uint64_t nonce = 0;
    weft_bytes code = {0};
    if (!json_key_address(document, account, &address) || !json_expect(document, account, JSON_OBJECT, "an account") ||
        !json_u256(document, account, "balance", &balance) || !json_u64(document, account, "nonce", &nonce) ||
        !json_bytes(document, account, "code", &code)) {
        return false;
    }
    weft_status status = weft_memory_state_set_account(state, &address, &balance, nonce, code);
    return status == WEFT_OK ? read_slots(document, json_get(account, "storage"), &address, state)
                             : json_fail(document, status);
}

bool alloc_read(json_document *document, const json_value *accounts, weft_memory_state *state) {
    for (const json_value *account = json_first(accounts); account != NULL; account = account->next) {
        if (!read_account(document, account, state)) {
            return false;
        }
    }
    return true;
}
