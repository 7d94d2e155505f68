/** The pairing curve BLS12-381 as the EVM sees it (EIP-2537), on top of blst.
 *
 *  Encodings: a field element is 64 bytes, big-endian, below p, its first 16 bytes zero; an element of Fp2 is c0 | c1.
 *  A G1 point is x | y in 128 bytes, a G2 point 256 bytes, infinity all zeros. Scalars are any 256-bit big-endian
 *  number. Additions take any point of the curve; multiplications and pairings demand the subgroup of order r.
 *
 *  Every function
 *  Returns:  CRYPTO_OK           the result is in the first argument.
 *            CRYPTO_INVALID      an encoding, a point or the input's size breaks the rules above.
 *            CRYPTO_NO_MEMORY    multi-scalar multiplication only, whose scratch space grows with the input.
 *            CRYPTO_UNSUPPORTED  weft was built without blst.
 *  Threads:  any.
 */
#ifndef CRYPTO_BLS12381_H
#define CRYPTO_BLS12381_H

#include "crypto/result.h"
#include <weft/types.h>

/** Precompiles 0x0b and 0x0d: the sum of the two points in `in`. */
crypto_result bls12381_g1_add(uint8_t out[128], const uint8_t in[256]);
crypto_result bls12381_g2_add(uint8_t out[256], const uint8_t in[512]);

/** Precompiles 0x0c and 0x0e: the sum of k >= 1 points, each multiplied by the 32-byte scalar that follows it. */
crypto_result bls12381_g1_msm(uint8_t out[128], weft_bytes input);
crypto_result bls12381_g2_msm(uint8_t out[256], weft_bytes input);

/** Precompile 0x0f: whether the product of k >= 1 pairings is one. `input` is k times a G1 point and a G2 point. */
crypto_result bls12381_pairing_check(bool *is_one, weft_bytes input);

/** Precompiles 0x10 and 0x11: map a field element to a point of the subgroup (RFC 9380: SSWU, isogeny, cofactor). */
crypto_result bls12381_map_fp_to_g1(uint8_t out[128], const uint8_t in[64]);
crypto_result bls12381_map_fp2_to_g2(uint8_t out[256], const uint8_t in[128]);

#endif
