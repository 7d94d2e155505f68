/** Signing with secp256k1 (Yellow Paper appendix F), by libsecp256k1: for tools that make transactions. Deterministic
 *  (RFC 6979); it takes no pains to hide the key from one who watches the machine. */
#ifndef CRYPTO_ECSIGN_H
#define CRYPTO_ECSIGN_H

#include "crypto/result.h"
#include <weft/types.h>

/** Sign `hash`. Out: s is low (EIP-2); y_parity is 0 or 1.
 *
 *  Returns:  CRYPTO_OK, CRYPTO_INVALID (the key is zero or not below the curve's order), CRYPTO_NO_MEMORY.
 *  Threads:  any.
 */
crypto_result ecsign(weft_u256 *r, weft_u256 *s, unsigned *y_parity, const weft_bytes32 *hash,
                     const weft_bytes32 *secret_key);

#endif
