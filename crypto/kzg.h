/** KZG point evaluation (EIP-4844, the precompile 0x0a without its versioned hash), on top of blst. */
#ifndef CRYPTO_KZG_H
#define CRYPTO_KZG_H

#include "crypto/result.h"
#include <weft/types.h>

/** Verify that the polynomial committed to takes the value `y` at `z`.
 *
 *  Returns:  CRYPTO_OK           the proof holds.
 *            CRYPTO_INVALID      it does not, or `z` or `y` is not below r, or `commitment` or `proof` is no point of
 *                                the subgroup.
 *            CRYPTO_UNSUPPORTED  weft was built without blst.
 *  Threads:  any.
 *  In:       z, y               big-endian scalars.
 *            commitment, proof  G1 points, compressed; infinity is allowed.
 */
crypto_result kzg_verify_proof(const uint8_t commitment[48], const uint8_t z[32], const uint8_t y[32],
                               const uint8_t proof[48]);

#endif
