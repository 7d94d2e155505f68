/** What the bn254_*.c files share: the field tower, the two groups and the steps of the Miller loop.
 *
 *      Fp   integers modulo p, kept as a * 2^256 mod p (Montgomery form) and always below p
 *      Fp2  = Fp[i]  / (i^2 + 1)       c[0] + c[1] i
 *      Fp6  = Fp2[v] / (v^3 - (9 + i)) c[0] + c[1] v + c[2] v^2
 *      Fp12 = Fp6[w] / (w^2 - v)       c[0] + c[1] w
 *
 *  The curve belongs to the Barreto-Naehrig family; everything about it follows from u = 4965661367192848881:
 *  p = 36u^4 + 36u^3 + 24u^2 + 6u + 1, r = 36u^4 + 36u^3 + 18u^2 + 6u + 1.
 *
 *  Results come first in argument lists and may be the same object as any operand.
 */
#ifndef CRYPTO_BN254_INTERNAL_H
#define CRYPTO_BN254_INTERNAL_H

#include "base/u256.h"

#define BN254_U UINT64_C(0x44e992b44a6909f1)
#define FP_MINUS_MODULUS_INVERSE UINT64_C(0x87d20782e4866389) /* -1/p mod 2^64 */

typedef weft_u256 fp;

typedef struct fp2 {
    fp c[2];
} fp2;

typedef struct fp6 {
    fp2 c[3];
} fp6;

typedef struct fp12 {
    fp6 c[2];
} fp12;

/* ---- Fp: bn254_field.c ---- */

static const fp fp_modulus = {{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029}};
static const fp fp_one = {{0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f}};

/** Read a big-endian number. Returns false unless it is below p. */
bool fp_decode(fp *r, const uint8_t bytes[32]);
void fp_encode(uint8_t bytes[32], const fp *a);
/** 1/a; the inverse of zero is zero. */
void fp_inverse(fp *r, const fp *a);

static inline bool fp_is_zero(const fp *a) {
    return u256_is_zero(a);
}

static inline bool fp_equal(const fp *a, const fp *b) {
    return u256_equal(a, b);
}

/* The same number, but the compiler no longer knows where it comes from: which of two outcomes is right is the toss of a
 * coin, so that a mask should choose, but gcc branches on a carry it recognises. */
static inline uint64_t fp_opaque(uint64_t value) {
    __asm__("" : "+r"(value));
    return value;
}

/** a modulo p, for a < 2p. */
static inline void fp_reduce_once(fp *r, const fp *a) {
    const uint64_t *t = a->limb, *p = fp_modulus.limb;
    unsigned char borrow = 0;
    const uint64_t r0 = limb_sub(t[0], p[0], &borrow), r1 = limb_sub(t[1], p[1], &borrow);
    const uint64_t r2 = limb_sub(t[2], p[2], &borrow), r3 = limb_sub(t[3], p[3], &borrow);
    const uint64_t keep = fp_opaque(0 - (uint64_t)borrow);
    *r = (fp){
        {r0 ^ ((r0 ^ t[0]) & keep), r1 ^ ((r1 ^ t[1]) & keep), r2 ^ ((r2 ^ t[2]) & keep), r3 ^ ((r3 ^ t[3]) & keep)}};
}

/** a + b without reduction, below 2p: good enough as an operand of fp_mul. */
static inline void fp_add_lazy(fp *r, const fp *a, const fp *b) {
    unsigned carry;
    *r = u256_add_carry(a, b, &carry);
}

static inline void fp_add(fp *r, const fp *a, const fp *b) {
    fp sum;
    fp_add_lazy(&sum, a, b);
    fp_reduce_once(r, &sum);
}

/* a - b, to which p is added always or when b > a. */
static inline void fp_sub_masked(fp *r, const fp *a, const fp *b, bool always) {
    unsigned borrow, carry;
    const weft_u256 difference = u256_sub_borrow(a, b, &borrow);
    const uint64_t mask = fp_opaque(0 - (uint64_t)(always || borrow != 0)), *p = fp_modulus.limb;
    const weft_u256 correction = {{p[0] & mask, p[1] & mask, p[2] & mask, p[3] & mask}};
    *r = u256_add_carry(&difference, &correction, &carry);
}

/** a - b + p, in the sense of fp_add_lazy. */
static inline void fp_sub_lazy(fp *r, const fp *a, const fp *b) {
    fp_sub_masked(r, a, b, true);
}

static inline void fp_sub(fp *r, const fp *a, const fp *b) {
    fp_sub_masked(r, a, b, false);
}

static inline void fp_neg(fp *r, const fp *a) {
    static const fp zero;
    fp_sub(r, &zero, a);
}

static inline void fp_double(fp *r, const fp *a) {
    fp_add(r, a, a);
}

/* t += a * b, for a t that has room. */
static inline __attribute__((always_inline)) void fp_row_add(uint64_t t[5], const fp *a, uint64_t b) {
    uint64_t h0, h1, h2, h3;
    const uint64_t l0 = limb_multiply(b, a->limb[0], &h0);
    uint64_t l1 = limb_multiply(b, a->limb[1], &h1), l2 = limb_multiply(b, a->limb[2], &h2);
    uint64_t l3 = limb_multiply(b, a->limb[3], &h3);
    unsigned char carry = 0;
    l1 = limb_add(l1, h0, &carry);
    l2 = limb_add(l2, h1, &carry);
    l3 = limb_add(l3, h2, &carry);
    h3 += carry;
    carry = 0;
    t[0] = limb_add(t[0], l0, &carry);
    t[1] = limb_add(t[1], l1, &carry);
    t[2] = limb_add(t[2], l2, &carry);
    t[3] = limb_add(t[3], l3, &carry);
    t[4] += h3 + carry;
}

/* t becomes (t + m * p) / 2^64, m making the division exact. */
static inline __attribute__((always_inline)) void fp_row_reduce(uint64_t t[5]) {
    fp_row_add(t, &fp_modulus, t[0] * FP_MINUS_MODULUS_INVERSE);
    t[0] = t[1], t[1] = t[2], t[2] = t[3], t[3] = t[4], t[4] = 0;
}

/* One row of Montgomery multiplication: t becomes (t + a * b + m * p) / 2^64. */
static inline __attribute__((always_inline)) void fp_mul_row(uint64_t t[5], const fp *a, uint64_t b) {
    fp_row_add(t, a, b);
    fp_row_reduce(t);
}

/* a < 2p, in the lower limbs of t. */
static inline void fp_set_row(fp *r, const uint64_t t[5]) {
    const fp a = {{t[0], t[1], t[2], t[3]}};
    fp_reduce_once(r, &a);
}

/** a * b. Both may be as large as 2p: since p < 2^254, t stays below 3p < 2^256 and the product below 2p. */
static inline void fp_mul(fp *r, const fp *a, const fp *b) {
    uint64_t t[5] = {0};
    fp_mul_row(t, a, b->limb[0]);
    fp_mul_row(t, a, b->limb[1]);
    fp_mul_row(t, a, b->limb[2]);
    fp_mul_row(t, a, b->limb[3]);
    fp_set_row(r, t);
}

static inline void fp_sqr(fp *r, const fp *a) {
    fp_mul(r, a, a);
}

/* t becomes (t + a * b + c * d + m * p) / 2^64. */
static inline __attribute__((always_inline)) void fp_mul_sum_row(uint64_t t[5], const fp *a, uint64_t b, const fp *c,
                                                                 uint64_t d) {
    fp_row_add(t, a, b);
    fp_row_add(t, c, d);
    fp_row_reduce(t);
}

/** a * b + c * d with one reduction in place of two. Operands may not exceed p; then t stays below 3p as in fp_mul. */
static inline void fp_mul_sum(fp *r, const fp *a, const fp *b, const fp *c, const fp *d) {
    uint64_t t[5] = {0};
    fp_mul_sum_row(t, a, b->limb[0], c, d->limb[0]);
    fp_mul_sum_row(t, a, b->limb[1], c, d->limb[1]);
    fp_mul_sum_row(t, a, b->limb[2], c, d->limb[2]);
    fp_mul_sum_row(t, a, b->limb[3], c, d->limb[3]);
    fp_set_row(r, t);
}

/* ---- Fp2, Fp6, Fp12: bn254_tower.c ---- */

static inline void fp2_add(fp2 *r, const fp2 *a, const fp2 *b) {
    fp_add(&r->c[0], &a->c[0], &b->c[0]);
    fp_add(&r->c[1], &a->c[1], &b->c[1]);
}

static inline void fp2_sub(fp2 *r, const fp2 *a, const fp2 *b) {
    fp_sub(&r->c[0], &a->c[0], &b->c[0]);
    fp_sub(&r->c[1], &a->c[1], &b->c[1]);
}

static inline void fp2_neg(fp2 *r, const fp2 *a) {
    fp_neg(&r->c[0], &a->c[0]);
    fp_neg(&r->c[1], &a->c[1]);
}

static inline void fp2_double(fp2 *r, const fp2 *a) {
    fp2_add(r, a, a);
}

/** a^p, which is c[0] - c[1] i. */
static inline void fp2_conjugate(fp2 *r, const fp2 *a) {
    r->c[0] = a->c[0];
    fp_neg(&r->c[1], &a->c[1]);
}

static inline bool fp2_is_zero(const fp2 *a) {
    return fp_is_zero(&a->c[0]) && fp_is_zero(&a->c[1]);
}

static inline bool fp2_equal(const fp2 *a, const fp2 *b) {
    return fp_equal(&a->c[0], &b->c[0]) && fp_equal(&a->c[1], &b->c[1]);
}

void fp2_mul(fp2 *r, const fp2 *a, const fp2 *b);
void fp2_mul_fp(fp2 *r, const fp2 *a, const fp *b);
void fp2_sqr(fp2 *r, const fp2 *a);
void fp2_inverse(fp2 *r, const fp2 *a);

void fp12_set_one(fp12 *r);
bool fp12_is_one(const fp12 *a);
void fp12_mul(fp12 *r, const fp12 *a, const fp12 *b);
void fp12_sqr(fp12 *r, const fp12 *a);
void fp12_inverse(fp12 *r, const fp12 *a);
/** a * (b0 + b1 w + b3 w^3), the shape of a line. */
void fp12_mul_by_line(fp12 *r, const fp12 *a, const fp2 *b0, const fp2 *b1, const fp2 *b3);
/** a^(p^6), which is c[0] - c[1] w, and the inverse of any `a` in the cyclotomic subgroup. */
void fp12_conjugate(fp12 *r, const fp12 *a);
/** a^2 for `a` in the cyclotomic subgroup, that is with a^(p^4 - p^2 + 1) = 1. */
void fp12_sqr_cyclotomic(fp12 *r, const fp12 *a);
void fp12_frobenius(fp12 *r, const fp12 *a);         /* a^p */
void fp12_frobenius_squared(fp12 *r, const fp12 *a); /* a^(p^2) */

/** (9 + i)^(k (p - 1) / 6) for k = 0 ... 5: what the Frobenius map makes of w^k. */
extern const fp2 fp12_frobenius_factor[6];

/* ---- G1: bn254_g1.c ---- */

/** A point (x, y), or infinity as (0, 0), which is on neither curve. */
typedef struct g1_point {
    fp x, y;
} g1_point;

/** Returns false unless both coordinates are below p and the point is on the curve (or infinity). */
bool g1_decode(g1_point *r, const uint8_t bytes[64]);

static inline bool g1_is_infinity(const g1_point *a) {
    return fp_is_zero(&a->x) && fp_is_zero(&a->y);
}

/* ---- G2 and the steps of the Miller loop: bn254_g2.c ---- */

typedef struct g2_point {
    fp2 x, y;
} g2_point;

/** The point (x/z, y/z). */
typedef struct g2_projective {
    fp2 x, y, z;
} g2_projective;

/** The line through two points of the twisted curve (or the tangent in one), up to a factor in Fp2: its value in a
 *  point (x, y) of G1 is y_factor * y + x_factor * x * w + constant * w^3. */
typedef struct g2_line {
    fp2 y_factor, x_factor, constant;
} g2_line;

/** Returns false unless coordinates are below p and the point is in the subgroup of order r (or infinity). */
bool g2_decode(g2_point *r, const uint8_t bytes[128]);

static inline bool g2_is_infinity(const g2_point *a) {
    return fp2_is_zero(&a->x) && fp2_is_zero(&a->y);
}

void g2_negate(g2_point *r, const g2_point *a);
/** The Frobenius map carried over to the twist; on G2 it multiplies by p. */
void g2_frobenius(g2_point *r, const g2_point *a);
void g2_to_projective(g2_projective *r, const g2_point *a);
/** t = 2t, with the tangent in t. */
void g2_double_step(g2_projective *t, g2_line *line);
/** t = t + a, with the line through both. Wrong when t = a or t = -a: z becomes zero and stays zero in later steps. */
void g2_add_step(g2_projective *t, g2_line *line, const g2_point *a);

#endif
