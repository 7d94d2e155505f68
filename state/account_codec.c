#include "state/account_codec.h"

#include "base/bytes.h"
#include "base/rlp.h"

size_t account_body_write(uint8_t out[ACCOUNT_BODY_SIZE_MAX], const weft_account *account,
                          const weft_bytes32 *storage_root) {
    size_t payload_size = rlp_size_u64(account->nonce) + rlp_size_u256(&account->balance) + 2 * 33;
    uint8_t *next = rlp_write_list_header(out, payload_size);
    next = rlp_write_u64(next, account->nonce);
    next = rlp_write_u256(next, &account->balance);
    next = rlp_write_string(next, bytes_of(storage_root->bytes, 32));
    next = rlp_write_string(next, bytes_of(account->code_hash.bytes, 32));
    return (size_t)(next - out);
}

bool account_body_read(weft_account *account, weft_bytes32 *storage_root, weft_bytes body) {
    rlp_error error;
    rlp_cursor outer = rlp_open(body, &error), c = rlp_read_list(&outer);
    account->exists = true;
    account->nonce = rlp_read_u64(&c);
    account->balance = rlp_read_u256(&c);
    rlp_read_fixed(&c, storage_root->bytes, 32);
    rlp_read_fixed(&c, account->code_hash.bytes, 32);
    rlp_expect_end(&c);
    rlp_expect_end(&outer);
    return rlp_ok(&outer);
}

size_t storage_body_write(uint8_t out[STORAGE_BODY_SIZE_MAX], const weft_u256 *value) {
    return (size_t)(rlp_write_u256(out, value) - out);
}

bool storage_body_read(weft_u256 *value, weft_bytes body) {
    rlp_error error;
    rlp_cursor c = rlp_open(body, &error);
    *value = rlp_read_u256(&c);
    rlp_expect_end(&c);
    return rlp_ok(&c);
}
