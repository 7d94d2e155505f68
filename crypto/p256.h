/** ECDSA verification on the curve secp256r1 (FIPS 186-5, SEC 2 section 2.4.2), by OpenSSL: precompile 0x100
 *  (EIP-7951). */
#ifndef CRYPTO_P256_H
#define CRYPTO_P256_H

#include "crypto/result.h"
#include <weft/types.h>

/** Whether the signature (r, s) of `hash` is by the key (x, y); input is hash, r, s, x, y, 32 big-endian bytes each.
 *
 *  Returns:  CRYPTO_OK it is. CRYPTO_INVALID it is not, or r or s is not in [1, n), or (x, y) is not a point of the
 *            curve with coordinates below p. CRYPTO_NO_MEMORY.
 *  Threads:  any. The error queue that OpenSSL keeps for the thread is left as it was.
 */
crypto_result p256_verify(const uint8_t input[160]);

#endif
