#include "crypto/bls12381.h"

#ifdef WEFT_HAVE_BLST

#include "base/u256.h"

#include <blst.h>
#include <stdlib.h>
#include <string.h>

enum {
    FP_SIZE = 64,
    FP_PADDING = 16,
    SCALAR_SIZE = 32,
    G1_SIZE = 2 * FP_SIZE,
    G2_SIZE = 4 * FP_SIZE,
    PAIR_SIZE = G1_SIZE + G2_SIZE,
    PAIR_BATCH = 16 /* Pairs that share the squarings of one Miller loop; blst shares them among as many at most. */
};

static const uint8_t field_modulus[FP_SIZE - FP_PADDING] = {
    0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7,
    0x64, 0x77, 0x4b, 0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0, 0xf6, 0x24,
    0x1e, 0xab, 0xff, 0xfe, 0xb1, 0x53, 0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab};

static bool fp_decode(blst_fp *out, const uint8_t in[FP_SIZE]) {
    static const uint8_t padding[FP_PADDING];
    if (memcmp(in, padding, FP_PADDING) != 0 || memcmp(in + FP_PADDING, field_modulus, sizeof field_modulus) >= 0) {
        return false;
    }
    blst_fp_from_bendian(out, in + FP_PADDING);
    return true;
}

static void fp_encode(uint8_t out[FP_SIZE], const blst_fp *in) {
    memset(out, 0, FP_PADDING);
    blst_bendian_from_fp(out + FP_PADDING, in);
}

static bool fp2_decode(blst_fp2 *out, const uint8_t in[2 * FP_SIZE]) {
    return fp_decode(&out->fp[0], in) && fp_decode(&out->fp[1], in + FP_SIZE);
}

static void fp2_encode(uint8_t out[2 * FP_SIZE], const blst_fp2 *in) {
    fp_encode(out, &in->fp[0]);
    fp_encode(out + FP_SIZE, &in->fp[1]);
}

/* (0, 0) lies on neither curve, and blst too writes the affine infinity so. */
static bool g1_decode(blst_p1_affine *out, const uint8_t in[G1_SIZE]) {
    return fp_decode(&out->x, in) && fp_decode(&out->y, in + FP_SIZE) &&
           (blst_p1_affine_is_inf(out) || blst_p1_affine_on_curve(out));
}

static bool g2_decode(blst_p2_affine *out, const uint8_t in[G2_SIZE]) {
    return fp2_decode(&out->x, in) && fp2_decode(&out->y, in + 2 * FP_SIZE) &&
           (blst_p2_affine_is_inf(out) || blst_p2_affine_on_curve(out));
}

static bool g1_decode_in_subgroup(blst_p1_affine *out, const uint8_t in[G1_SIZE]) {
    return g1_decode(out, in) && (blst_p1_affine_is_inf(out) || blst_p1_affine_in_g1(out));
}

static bool g2_decode_in_subgroup(blst_p2_affine *out, const uint8_t in[G2_SIZE]) {
    return g2_decode(out, in) && (blst_p2_affine_is_inf(out) || blst_p2_affine_in_g2(out));
}

static void g1_encode(uint8_t out[G1_SIZE], const blst_p1 *in) {
    blst_p1_affine affine;
    if (blst_p1_is_inf(in)) {
        memset(out, 0, G1_SIZE);
        return;
    }
    blst_p1_to_affine(&affine, in);
    fp_encode(out, &affine.x);
    fp_encode(out + FP_SIZE, &affine.y);
}

static void g2_encode(uint8_t out[G2_SIZE], const blst_p2 *in) {
    blst_p2_affine affine;
    if (blst_p2_is_inf(in)) {
        memset(out, 0, G2_SIZE);
        return;
    }
    blst_p2_to_affine(&affine, in);
    fp2_encode(out, &affine.x);
    fp2_encode(out + 2 * FP_SIZE, &affine.y);
}

crypto_result bls12381_g1_add(uint8_t out[128], const uint8_t in[256]) {
    blst_p1_affine a, b;
    blst_p1 sum;
    if (!g1_decode(&a, in) || !g1_decode(&b, in + G1_SIZE)) {
        return CRYPTO_INVALID;
    }
    blst_p1_from_affine(&sum, &a);
    blst_p1_add_or_double_affine(&sum, &sum, &b);
    g1_encode(out, &sum);
    return CRYPTO_OK;
}

crypto_result bls12381_g2_add(uint8_t out[256], const uint8_t in[512]) {
    blst_p2_affine a, b;
    blst_p2 sum;
    if (!g2_decode(&a, in) || !g2_decode(&b, in + G2_SIZE)) {
        return CRYPTO_INVALID;
    }
    blst_p2_from_affine(&sum, &a);
    blst_p2_add_or_double_affine(&sum, &sum, &b);
    g2_encode(out, &sum);
    return CRYPTO_OK;
}

/* Multi-scalar multiplication. Endomorphisms of the two subgroups multiply by powers of a = 0xd201000000010000, the
 * magnitude of the number that BLS12-381 is made from, and the order r is below a^4. So, of many terms, each becomes
 * four (two in G1) whose scalars are the digits to the base a (a^2): more terms with shorter scalars suit the bucket
 * method. Field elements are in blst's form, times 2^384. */

static const weft_u256 a_1 = {{0xd201000000010000}}, a_2 = {{0x100000000, 0xac45a4010001a402}};

/* A cube root of one: (root * x, -y) = a^2 (x, y). */
static const blst_fp g1_root = {{0x30f1361b798a64e8, 0xf3b8ddab7ece5a2a, 0x16a8ca3ac61577f7, 0xc26a2ff874fd029b,
                                 0x3636b76660701c6e, 0x051ba4ab241b6160}};

/* (factor_x * conjugate of x, factor_y * conjugate of y) = a (x, y): 1 / (1 + i)^((p - 1) / 3) and
 * -1 / (1 + i)^((p - 1) / 2). */
static const blst_fp2 g2_factor_x = {{{{0}},
                                      {{0x890dc9e4867545c3, 0x2af322533285a5d5, 0x50880866309b7e2c, 0xa20d1b8c7e881024,
                                        0x14e4f04fe2db9068, 0x14e56d3f1564853a}}}};
static const blst_fp2 g2_factor_y = {{{{0x7bcfa7a25aa30fda, 0xdc17dec12a927e7c, 0x2f088dd86b4ebef1, 0xd1ca2087da74d4a7,
                                        0x2da2596696cebc1d, 0x0e2b7eedbbfd87d2}},
                                      {{0x3e2f585da55c9ad1, 0x4294213d86c18183, 0x382844c88b623732, 0x92ad2afd19103e18,
                                        0x1d794e4fac7cf0b9, 0x0bd592fc7d825ec8}}}};

enum { G1_PARTS = 2, G2_PARTS = 4, G1_SPLIT_FROM = 64, G2_SPLIT_FROM = 16 /* where it begins to pay */ };

/* A scalar below r becomes its digits, each little-endian as the whole was. */
static void scalar_split(blst_scalar *scalar, const weft_u256 *base, size_t digit_size) {
    weft_u256 rest;
    memcpy(rest.limb, scalar->b, SCALAR_SIZE);
    for (size_t offset = 0; offset < SCALAR_SIZE; offset += digit_size) {
        weft_u256 digit = u256_mod(&rest, base);
        memcpy(scalar->b + offset, digit.limb, digit_size);
        rest = u256_div(&rest, base);
    }
}

static void g1_split(blst_p1_affine parts[G1_PARTS], blst_scalar *scalar) {
    blst_fp_mul(&parts[1].x, &parts[0].x, &g1_root);
    blst_fp_cneg(&parts[1].y, &parts[0].y, true);
    scalar_split(scalar, &a_2, SCALAR_SIZE / G1_PARTS);
}

static void g2_split(blst_p2_affine parts[G2_PARTS], blst_scalar *scalar) {
    for (size_t i = 1; i < G2_PARTS; i++) {
        blst_p2_affine conjugate = parts[i - 1];
        blst_fp_cneg(&conjugate.x.fp[1], &conjugate.x.fp[1], true);
        blst_fp_cneg(&conjugate.y.fp[1], &conjugate.y.fp[1], true);
        blst_fp2_mul(&parts[i].x, &conjugate.x, &g2_factor_x);
        blst_fp2_mul(&parts[i].y, &conjugate.y, &g2_factor_y);
    }
    scalar_split(scalar, &a_1, SCALAR_SIZE / G2_PARTS);
}

/* Both drop the terms that add nothing: blst's bucket method is specified for finite points only. Scalars are reduced
 * modulo r, which in the subgroup changes nothing. blst reads arrays of pointers whose NULL means "the next one follows
 * the last in memory". */

crypto_result bls12381_g1_msm(uint8_t out[128], weft_bytes input) {
    const size_t term_size = G1_SIZE + SCALAR_SIZE, term_count = input.size / term_size;
    if (term_count == 0 || input.size % term_size != 0) {
        return CRYPTO_INVALID;
    }
    const size_t part_count = term_count >= G1_SPLIT_FROM ? G1_PARTS : 1;
    const size_t scratch_size = blst_p1s_mult_pippenger_scratch_sizeof(part_count * term_count);
    limb_t *scratch = malloc(scratch_size + term_count * (part_count * sizeof(blst_p1_affine) + sizeof(blst_scalar)));
    if (scratch == NULL) {
        return CRYPTO_NO_MEMORY;
    }
    blst_p1_affine *points = (blst_p1_affine *)((uint8_t *)scratch + scratch_size);
    blst_scalar *scalars = (blst_scalar *)(points + part_count * term_count);
    size_t count = 0;
    for (size_t i = 0; i < term_count; i++) {
        const uint8_t *term = input.data + i * term_size;
        blst_p1_affine *parts = &points[part_count * count];
        if (!g1_decode_in_subgroup(parts, term)) {
            free(scratch);
            return CRYPTO_INVALID;
        }
        if (blst_scalar_from_be_bytes(&scalars[count], term + G1_SIZE, SCALAR_SIZE) && !blst_p1_affine_is_inf(parts)) {
            if (part_count > 1) {
                g1_split(parts, &scalars[count]);
            }
            count++;
        }
    }
    blst_p1 sum;
    memset(&sum, 0, sizeof sum);
    if (count > 0) {
        blst_p1s_mult_pippenger(&sum, (const blst_p1_affine *const[]){points, NULL}, part_count * count,
                                (const uint8_t *const[]){scalars->b, NULL}, part_count > 1 ? 128 : 255, scratch);
    }
    g1_encode(out, &sum);
    free(scratch);
    return CRYPTO_OK;
}

crypto_result bls12381_g2_msm(uint8_t out[256], weft_bytes input) {
    const size_t term_size = G2_SIZE + SCALAR_SIZE, term_count = input.size / term_size;
    if (term_count == 0 || input.size % term_size != 0) {
        return CRYPTO_INVALID;
    }
    const size_t part_count = term_count >= G2_SPLIT_FROM ? G2_PARTS : 1;
    const size_t scratch_size = blst_p2s_mult_pippenger_scratch_sizeof(part_count * term_count);
    limb_t *scratch = malloc(scratch_size + term_count * (part_count * sizeof(blst_p2_affine) + sizeof(blst_scalar)));
    if (scratch == NULL) {
        return CRYPTO_NO_MEMORY;
    }
    blst_p2_affine *points = (blst_p2_affine *)((uint8_t *)scratch + scratch_size);
    blst_scalar *scalars = (blst_scalar *)(points + part_count * term_count);
    size_t count = 0;
    for (size_t i = 0; i < term_count; i++) {
        const uint8_t *term = input.data + i * term_size;
        blst_p2_affine *parts = &points[part_count * count];
        if (!g2_decode_in_subgroup(parts, term)) {
            free(scratch);
            return CRYPTO_INVALID;
        }
        if (blst_scalar_from_be_bytes(&scalars[count], term + G2_SIZE, SCALAR_SIZE) && !blst_p2_affine_is_inf(parts)) {
            if (part_count > 1) {
                g2_split(parts, &scalars[count]);
            }
            count++;
        }
    }
    blst_p2 sum;
    memset(&sum, 0, sizeof sum);
    if (count > 0) {
        blst_p2s_mult_pippenger(&sum, (const blst_p2_affine *const[]){points, NULL}, part_count * count,
                                (const uint8_t *const[]){scalars->b, NULL}, part_count > 1 ? 64 : 255, scratch);
    }
    g2_encode(out, &sum);
    free(scratch);
    return CRYPTO_OK;
}

crypto_result bls12381_pairing_check(bool *is_one, weft_bytes input) {
    const size_t pair_count = input.size / PAIR_SIZE;
    if (pair_count == 0 || input.size % PAIR_SIZE != 0) {
        return CRYPTO_INVALID;
    }
    blst_p1_affine p[PAIR_BATCH];
    blst_p2_affine q[PAIR_BATCH];
    blst_fp12 product = *blst_fp12_one(), batch_product;
    size_t count = 0;
    for (size_t i = 0; i < pair_count; i++) {
        const uint8_t *pair = input.data + i * PAIR_SIZE;
        if (!g1_decode_in_subgroup(&p[count], pair) || !g2_decode_in_subgroup(&q[count], pair + G1_SIZE)) {
            return CRYPTO_INVALID;
        }
        /* Pairing with infinity gives one. */
        count += !blst_p1_affine_is_inf(&p[count]) && !blst_p2_affine_is_inf(&q[count]);
        if (count == PAIR_BATCH || (count > 0 && i + 1 == pair_count)) {
            blst_miller_loop_n(&batch_product, (const blst_p2_affine *const[]){q, NULL},
                               (const blst_p1_affine *const[]){p, NULL}, count);
            blst_fp12_mul(&product, &product, &batch_product);
            count = 0;
        }
    }
    blst_final_exp(&product, &product);
    *is_one = blst_fp12_is_one(&product);
    return CRYPTO_OK;
}

crypto_result bls12381_map_fp_to_g1(uint8_t out[128], const uint8_t in[64]) {
    blst_fp element;
    blst_p1 point;
    if (!fp_decode(&element, in)) {
        return CRYPTO_INVALID;
    }
    blst_map_to_g1(&point, &element, NULL);
    g1_encode(out, &point);
    return CRYPTO_OK;
}

crypto_result bls12381_map_fp2_to_g2(uint8_t out[256], const uint8_t in[128]) {
    blst_fp2 element;
    blst_p2 point;
    if (!fp2_decode(&element, in)) {
        return CRYPTO_INVALID;
    }
    blst_map_to_g2(&point, &element, NULL);
    g2_encode(out, &point);
    return CRYPTO_OK;
}

#else

/* Without blst every operation has this one answer. */
#define UNSUPPORTED_OPERATION(name, out_parameter, in_parameter) \
    crypto_result name(out_parameter, in_parameter) {            \
        (void)out;                                               \
        (void)in;                                                \
        return CRYPTO_UNSUPPORTED;                               \
    }

UNSUPPORTED_OPERATION(bls12381_g1_add, uint8_t out[128], const uint8_t in[256])
UNSUPPORTED_OPERATION(bls12381_g2_add, uint8_t out[256], const uint8_t in[512])
UNSUPPORTED_OPERATION(bls12381_g1_msm, uint8_t out[128], weft_bytes in)
UNSUPPORTED_OPERATION(bls12381_g2_msm, uint8_t out[256], weft_bytes in)
UNSUPPORTED_OPERATION(bls12381_pairing_check, bool *out, weft_bytes in)
UNSUPPORTED_OPERATION(bls12381_map_fp_to_g1, uint8_t out[128], const uint8_t in[64])
UNSUPPORTED_OPERATION(bls12381_map_fp2_to_g2, uint8_t out[256], const uint8_t in[128])

#endif
