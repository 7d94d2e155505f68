/** The pairing curve bn254 (also "alt_bn128") as the EVM sees it: EIP-196 addition and multiplication, EIP-197 pairing.
 *
 *  G1 is y^2 = x^3 + 3 over Fp, G2 a subgroup of y^2 = x^3 + 3 / (9 + i) over Fp[i] / (i^2 + 1); both have prime order
 *  r. Coordinates are 32-byte big-endian numbers and must be below p; an element of Fp[i] is written imaginary part
 *  first. The point at infinity is written (0, 0). Inputs are public, so nothing here runs in constant time.
 *
 *  Threads: any. Nothing allocates.
 */
#ifndef CRYPTO_BN254_H
#define CRYPTO_BN254_H

#include "crypto/result.h"
#include <weft/types.h>

/** Precompile 0x06: `in` is two points x1 | y1 | x2 | y2, `out` their sum.
 *
 *  Returns:  CRYPTO_OK, or CRYPTO_INVALID when a coordinate is not below p or a point is not on the curve.
 */
crypto_result bn254_add(uint8_t out[64], const uint8_t in[128]);

/** Precompile 0x07: `in` is x | y | scalar, any 256-bit scalar. Returns as bn254_add. */
crypto_result bn254_mul(uint8_t out[64], const uint8_t in[96]);

/** Precompile 0x08: `input` is k pairs of 192 bytes, a G1 point and then a G2 point. *is_one becomes whether the
 *  product of their pairings is one; the empty product is.
 *
 *  Returns:  CRYPTO_OK, or CRYPTO_INVALID when the size is no multiple of 192, a coordinate is not below p, a point is
 *            not on its curve, or a G2 point is not in the subgroup of order r.
 */
crypto_result bn254_pairing_check(bool *is_one, weft_bytes input);

#endif
