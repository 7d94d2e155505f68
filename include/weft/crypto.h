/** Names: the hash that Ethereum names everything by, and the account of a key. */
#ifndef WEFT_CRYPTO_H
#define WEFT_CRYPTO_H

#include <weft/status.h>
#include <weft/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Keccak-256 with the original padding (Yellow Paper appendix H), not SHA3-256. Threads: any. */
WEFT_API weft_bytes32 weft_keccak256(weft_bytes message);

/** The account that a secp256k1 secret key controls (Yellow Paper appendix F). Made for tests: it takes no pains to hide
 *  the key from one who watches the machine.
 *
 *  Returns:  WEFT_OK; WEFT_NO_MEMORY; WEFT_INVALID_ARGUMENT for zero and what is not below the curve's order.
 *  Threads:  any.
 */
WEFT_API WEFT_MUST_USE weft_status weft_secret_key_address(weft_address *address, const weft_bytes32 *secret_key);

/** Sign `digest` with secp256k1, deterministically (RFC 6979), with a low s (EIP-2). Made for tests, like the above.
 *
 *  Returns:  WEFT_OK; WEFT_NO_MEMORY; WEFT_INVALID_ARGUMENT for a key that is zero or not below the curve's order.
 *  Threads:  any.
 *  Out:      signature   r, s, y parity (0 or 1)
 */
WEFT_API WEFT_MUST_USE weft_status weft_sign(uint8_t signature[65], const weft_bytes32 *digest,
                                             const weft_bytes32 *secret_key);

#ifdef __cplusplus
}
#endif

#endif
