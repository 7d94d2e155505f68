#include "crypto/kzg.h"

#ifdef WEFT_HAVE_BLST

#include "base/assert.h"
#include <blst.h>

/* [tau]G2 of the Ethereum KZG ceremony: its trusted setup's second G2 monomial, b5bfd7dd...20c1def2 when compressed.
 * Kept uncompressed (x.c1, x.c0, y.c1, y.c0) to save a square root per proof. */
static const uint8_t tau_g2[192] = {
    0x15, 0xbf, 0xd7, 0xdd, 0x8c, 0xde, 0xb1, 0x28, 0x84, 0x3b, 0xc2, 0x87, 0x23, 0x0a, 0xf3, 0x89, 0x26, 0x18,
    0x70, 0x75, 0xcb, 0xfb, 0xef, 0xa8, 0x10, 0x09, 0xa2, 0xce, 0x61, 0x5a, 0xc5, 0x3d, 0x29, 0x14, 0xe5, 0x87,
    0x0c, 0xb4, 0x52, 0xd2, 0xaf, 0xaa, 0xab, 0x24, 0xf3, 0x49, 0x9f, 0x72, 0x18, 0x5c, 0xbf, 0xee, 0x53, 0x49,
    0x27, 0x14, 0x73, 0x44, 0x29, 0xb7, 0xb3, 0x86, 0x08, 0xe2, 0x39, 0x26, 0xc9, 0x11, 0xcc, 0xec, 0xea, 0xc9,
    0xa3, 0x68, 0x51, 0x47, 0x7b, 0xa4, 0xc6, 0x0b, 0x08, 0x70, 0x41, 0xde, 0x62, 0x10, 0x00, 0xed, 0xc9, 0x8e,
    0xda, 0xda, 0x20, 0xc1, 0xde, 0xf2, 0x16, 0x66, 0xc5, 0x4b, 0x0a, 0x32, 0x52, 0x95, 0x03, 0x43, 0x2f, 0xca,
    0xe0, 0x18, 0x1b, 0x4b, 0xef, 0x79, 0xde, 0x09, 0xfc, 0x63, 0x67, 0x1f, 0xda, 0x5e, 0xd1, 0xba, 0x9b, 0xfa,
    0x07, 0x89, 0x94, 0x95, 0x34, 0x6f, 0x3d, 0x7a, 0xc9, 0xcd, 0x23, 0x04, 0x8e, 0xf3, 0x0d, 0x0a, 0x15, 0x4f,
    0x01, 0x43, 0x53, 0xbd, 0xb9, 0x6b, 0x62, 0x6d, 0xd7, 0xd5, 0xee, 0x85, 0x99, 0xd1, 0xfc, 0xa2, 0x13, 0x15,
    0x69, 0x49, 0x0e, 0x28, 0xde, 0x18, 0xe8, 0x24, 0x51, 0xa4, 0x96, 0xa9, 0xc9, 0x79, 0x4c, 0xe2, 0x6d, 0x10,
    0x59, 0x41, 0xf3, 0x83, 0xee, 0x68, 0x9b, 0xfb, 0xbb, 0x83, 0x2a, 0x99};

static bool scalar_decode(blst_scalar *out, const uint8_t in[32]) {
    blst_scalar_from_bendian(out, in);
    return blst_scalar_fr_check(out);
}

static bool point_decode(blst_p1_affine *out, const uint8_t in[48]) {
    return blst_p1_uncompress(out, in) == BLST_SUCCESS && (blst_p1_affine_is_inf(out) || blst_p1_affine_in_g1(out));
}

static void point_mul(blst_p1 *out, const blst_p1_affine *point, const blst_scalar *scalar) {
    blst_p1 jacobian;
    blst_p1_from_affine(&jacobian, point);
    blst_p1_mult(out, &jacobian, scalar->b, 255);
}

/* The proof holds when e(C - [y]G1, G2) = e(proof, [tau - z]G2). Moving z to the cheaper group gives
 * e(C - [y]G1 + [z]proof, G2) e(-proof, [tau]G2) = 1, both of whose G2 points are constants. */
crypto_result kzg_verify_proof(const uint8_t commitment[48], const uint8_t z[32], const uint8_t y[32],
                               const uint8_t proof[48]) {
    blst_scalar z_scalar, y_scalar;
    blst_p1_affine commitment_point, p[2];
    blst_p2_affine q[2] = {BLS12_381_G2};
    if (!scalar_decode(&z_scalar, z) || !scalar_decode(&y_scalar, y) || !point_decode(&commitment_point, commitment) ||
        !point_decode(&p[1], proof)) {
        return CRYPTO_INVALID;
    }
    BLST_ERROR tau_error = blst_p2_deserialize(&q[1], tau_g2);
    WEFT_ASSERT(tau_error == BLST_SUCCESS);

    blst_p1 left, term;
    point_mul(&left, &p[1], &z_scalar);
    point_mul(&term, &BLS12_381_NEG_G1, &y_scalar);
    blst_p1_add_or_double(&left, &left, &term);
    blst_p1_add_or_double_affine(&left, &left, &commitment_point);
    if (blst_p1_is_inf(&left) || blst_p1_affine_is_inf(&p[1])) {
        /* One of the pairings is one, so the other must be. */
        return blst_p1_is_inf(&left) && blst_p1_affine_is_inf(&p[1]) ? CRYPTO_OK : CRYPTO_INVALID;
    }
    blst_p1_to_affine(&p[0], &left);
    blst_fp_cneg(&p[1].y, &p[1].y, true);

    blst_fp12 product;
    blst_miller_loop_n(&product, (const blst_p2_affine *const[]){q, NULL}, (const blst_p1_affine *const[]){p, NULL}, 2);
    blst_final_exp(&product, &product);
    return blst_fp12_is_one(&product) ? CRYPTO_OK : CRYPTO_INVALID;
}

#else

crypto_result kzg_verify_proof(const uint8_t commitment[48], const uint8_t z[32], const uint8_t y[32],
                               const uint8_t proof[48]) {
    (void)commitment;
    (void)z;
    (void)y;
    (void)proof;
    return CRYPTO_UNSUPPORTED;
}

#endif
