/** Who signed: the address behind a secp256k1 signature (Yellow Paper appendix F), by libsecp256k1. */
#ifndef CRYPTO_ECRECOVER_H
#define CRYPTO_ECRECOVER_H

#include "crypto/result.h"
#include <weft/types.h>

/** Recover the signer of `hash`. Accepts 0 < r, s < n, high s included: EIP-2's low-s rule is the caller's.
 *
 *  Returns:  CRYPTO_OK, CRYPTO_INVALID (r or s out of range, y_parity > 1, no such point).
 *  Threads:  any.
 */
crypto_result ecrecover_address(weft_address *signer, const weft_bytes32 *hash, const weft_u256 *r, const weft_u256 *s,
                                unsigned y_parity);

/** s <= n/2 (EIP-2). */
bool ecrecover_is_low_s(const weft_u256 *s);

#endif
