/** Accounts and storage values as the bytes that tries hold (Yellow Paper section 4.1). */
#ifndef STATE_ACCOUNT_CODEC_H
#define STATE_ACCOUNT_CODEC_H

#include <weft/state_view.h>

/** [nonce, balance, storage root, code hash]: 2 + 9 + 33 + 33 + 33 bytes. */
#define ACCOUNT_BODY_SIZE_MAX 110
#define STORAGE_BODY_SIZE_MAX 33

/** Returns: the size written to `out`. */
size_t account_body_write(uint8_t out[ACCOUNT_BODY_SIZE_MAX], const weft_account *account,
                          const weft_bytes32 *storage_root);
/** Returns: false when `body` is not the canonical encoding of an account. */
bool account_body_read(weft_account *account, weft_bytes32 *storage_root, weft_bytes body);

size_t storage_body_write(uint8_t out[STORAGE_BODY_SIZE_MAX], const weft_u256 *value);
bool storage_body_read(weft_u256 *value, weft_bytes body);

#endif
