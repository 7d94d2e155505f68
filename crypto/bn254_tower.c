#include "crypto/bn254_internal.h"

const fp2 fp12_frobenius_factor[6] = {
    {{{{0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f}}, {{0, 0, 0, 0}}}},
    {{{{0xaf9ba69633144907, 0xca6b1d7387afb78a, 0x11bded5ef08a2087, 0x02f34d751a1f3a7c}},
      {{0xa222ae234c492d72, 0xd00f02a4565de15b, 0xdc2ff3a253dfc926, 0x10a75716b3899551}}}},
    {{{{0xb5773b104563ab30, 0x347f91c8a9aa6454, 0x7a007127242e0991, 0x1956bcd8118214ec}},
      {{0x6e849f1ea0aa4757, 0xaa1c7b6d89f89141, 0xb6e713cdfae0ca3a, 0x26694fbb4e82ebc3}}}},
    {{{{0xe4bbdd0c2936b629, 0xbb30f162e133bacb, 0x31a9d1b6f9645366, 0x253570bea500f8dd}},
      {{0xa1d77ce45ffe77c7, 0x07affd117826d1db, 0x6d16bd27bb7edc6b, 0x2c87200285defecc}}}},
    {{{{0x7361d77f843abe92, 0xa5bb2bd3273411fb, 0x9c941f314b3e2399, 0x15df9cddbb9fd3ec}},
      {{0x5dddfd154bd8c949, 0x62cb29a5a4445b60, 0x37bc870a0c7dd2b9, 0x24830a9d3171f0fd}}}},
    {{{{0xc970692f41690fe7, 0xe240342127694b0b, 0x32bee66b83c459e8, 0x12aabced0ab08841}},
      {{0x0d485d2340aebfa9, 0x05193418ab2fcc57, 0xd3b0a40b8a4910f5, 0x2f21ebb535d2925a}}}},
};

/* (9 + i)^(k (p^2 - 1) / 6): the norms of the factors above, all in Fp. */
static const fp frobenius_squared_factor[6] = {
    {{0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f}},
    {{0xca8d800500fa1bf2, 0xf0c5d61468b39769, 0x0e201271ad0d4418, 0x04290f65bad856e6}},
    {{0x3350c88e13e80b9c, 0x7dce557cdb5e56b9, 0x6001b4b8b615564a, 0x2682e617020217e0}},
    {{0x68c3488912edefaa, 0x8d087f6872aabf4f, 0x51e1a24709081231, 0x2259d6b14729c0fa}},
    {{0x71930c11d782e155, 0xa6bb947cffbe3323, 0xaa303344d4741444, 0x2c3b3f0d26594943}},
    {{0x08cfc388c494f1ab, 0x19b315148d1373d4, 0x584e90fdcb6c0213, 0x09e1685bdf2f8849}},
};

/* ---- Fp2 ---- */

void fp2_mul(fp2 *r, const fp2 *a, const fp2 *b) {
    fp minus_a1, real;
    fp_neg(&minus_a1, &a->c[1]);
    fp_mul_sum(&real, &a->c[0], &b->c[0], &minus_a1, &b->c[1]);
    fp_mul_sum(&r->c[1], &a->c[0], &b->c[1], &a->c[1], &b->c[0]);
    r->c[0] = real;
}

void fp2_mul_fp(fp2 *r, const fp2 *a, const fp *b) {
    fp_mul(&r->c[0], &a->c[0], b);
    fp_mul(&r->c[1], &a->c[1], b);
}

/* (a0 + a1 i)^2 = (a0 + a1)(a0 - a1) + 2 a0 a1 i. */
void fp2_sqr(fp2 *r, const fp2 *a) {
    fp sum, difference, twice;
    fp_add_lazy(&sum, &a->c[0], &a->c[1]);
    fp_sub_lazy(&difference, &a->c[0], &a->c[1]);
    fp_add_lazy(&twice, &a->c[0], &a->c[0]);
    fp_mul(&r->c[1], &twice, &a->c[1]);
    fp_mul(&r->c[0], &sum, &difference);
}

/* The conjugate divided by the norm. */
void fp2_inverse(fp2 *r, const fp2 *a) {
    fp norm;
    fp_mul_sum(&norm, &a->c[0], &a->c[0], &a->c[1], &a->c[1]);
    fp_inverse(&norm, &norm);
    fp2_conjugate(r, a);
    fp2_mul_fp(r, r, &norm);
}

/* 9a + b for b <= p. The sum is below 10p. An estimate of its quotient by p from the bits above 2^250 (21/256 is a
 * little less than 2^250/p) is never too large and at most one too small. */
static void fp_mul9_add(fp *r, const fp *a, const fp *b) {
    uint64_t sum[4], carry = 0;
    for (int i = 0; i < 4; i++) {
        sum[i] = limb_multiply_add(a->limb[i], 9, b->limb[i], &carry);
    }
    const uint64_t quotient = (carry << 6 | sum[3] >> 58) * 21 >> 8;
    fp multiple, remainder = {{sum[0], sum[1], sum[2], sum[3]}};
    carry = 0;
    for (int i = 0; i < 4; i++) {
        multiple.limb[i] = limb_multiply_add(fp_modulus.limb[i], quotient, 0, &carry);
    }
    remainder = u256_sub(&remainder, &multiple);
    fp_reduce_once(r, &remainder);
}

/* (9 + i) a: what v^3 turns into. */
static void fp2_mul_xi(fp2 *r, const fp2 *a) {
    fp minus_a1, real;
    fp_neg(&minus_a1, &a->c[1]);
    fp_mul9_add(&real, &a->c[0], &minus_a1);
    fp_mul9_add(&r->c[1], &a->c[1], &a->c[0]);
    r->c[0] = real;
}

/* ---- Fp6 ---- */

static void fp6_add(fp6 *r, const fp6 *a, const fp6 *b) {
    for (int i = 0; i < 3; i++) {
        fp2_add(&r->c[i], &a->c[i], &b->c[i]);
    }
}

static void fp6_sub(fp6 *r, const fp6 *a, const fp6 *b) {
    for (int i = 0; i < 3; i++) {
        fp2_sub(&r->c[i], &a->c[i], &b->c[i]);
    }
}

static void fp6_neg(fp6 *r, const fp6 *a) {
    for (int i = 0; i < 3; i++) {
        fp2_neg(&r->c[i], &a->c[i]);
    }
}

/* v a */
static void fp6_mul_v(fp6 *r, const fp6 *a) {
    fp2 wrapped;
    fp2_mul_xi(&wrapped, &a->c[2]);
    r->c[2] = a->c[1];
    r->c[1] = a->c[0];
    r->c[0] = wrapped;
}

/* (a0 + a1)(b0 + b1) - low - high, where low = a0 b0 and high = a1 b1: Karatsuba's a0 b1 + a1 b0. */
static void fp2_cross_product(fp2 *r, const fp2 *a0, const fp2 *a1, const fp2 *b0, const fp2 *b1, const fp2 *low,
                              const fp2 *high) {
    fp2 a_sum, b_sum;
    fp2_add(&a_sum, a0, a1);
    fp2_add(&b_sum, b0, b1);
    fp2_mul(r, &a_sum, &b_sum);
    fp2_sub(r, r, low);
    fp2_sub(r, r, high);
}

static void fp6_mul(fp6 *r, const fp6 *a, const fp6 *b) {
    fp2 square[3], cross01, cross02, cross12;
    for (int i = 0; i < 3; i++) {
        fp2_mul(&square[i], &a->c[i], &b->c[i]);
    }
    fp2_cross_product(&cross01, &a->c[0], &a->c[1], &b->c[0], &b->c[1], &square[0], &square[1]);
    fp2_cross_product(&cross02, &a->c[0], &a->c[2], &b->c[0], &b->c[2], &square[0], &square[2]);
    fp2_cross_product(&cross12, &a->c[1], &a->c[2], &b->c[1], &b->c[2], &square[1], &square[2]);
    fp2_mul_xi(&cross12, &cross12);
    fp2_mul_xi(&square[2], &square[2]);
    fp2_add(&r->c[0], &square[0], &cross12);
    fp2_add(&r->c[1], &cross01, &square[2]);
    fp2_add(&r->c[2], &cross02, &square[1]);
}

/* a (b0 + b1 v) */
static void fp6_mul_by_01(fp6 *r, const fp6 *a, const fp2 *b0, const fp2 *b1) {
    fp2 square0, square1, cross01, a2_b0, a2_b1;
    fp2_mul(&square0, &a->c[0], b0);
    fp2_mul(&square1, &a->c[1], b1);
    fp2_mul(&a2_b0, &a->c[2], b0);
    fp2_mul(&a2_b1, &a->c[2], b1);
    fp2_cross_product(&cross01, &a->c[0], &a->c[1], b0, b1, &square0, &square1);
    fp2_mul_xi(&a2_b1, &a2_b1);
    fp2_add(&r->c[0], &square0, &a2_b1);
    r->c[1] = cross01;
    fp2_add(&r->c[2], &square1, &a2_b0);
}

static void fp6_inverse(fp6 *r, const fp6 *a) {
    fp6 adjoint;
    fp2 product, norm;
    fp2_sqr(&adjoint.c[0], &a->c[0]);
    fp2_mul(&product, &a->c[1], &a->c[2]);
    fp2_mul_xi(&product, &product);
    fp2_sub(&adjoint.c[0], &adjoint.c[0], &product);
    fp2_sqr(&adjoint.c[1], &a->c[2]);
    fp2_mul_xi(&adjoint.c[1], &adjoint.c[1]);
    fp2_mul(&product, &a->c[0], &a->c[1]);
    fp2_sub(&adjoint.c[1], &adjoint.c[1], &product);
    fp2_sqr(&adjoint.c[2], &a->c[1]);
    fp2_mul(&product, &a->c[0], &a->c[2]);
    fp2_sub(&adjoint.c[2], &adjoint.c[2], &product);

    fp2_mul(&norm, &a->c[2], &adjoint.c[1]);
    fp2_mul(&product, &a->c[1], &adjoint.c[2]);
    fp2_add(&norm, &norm, &product);
    fp2_mul_xi(&norm, &norm);
    fp2_mul(&product, &a->c[0], &adjoint.c[0]);
    fp2_add(&norm, &norm, &product);
    fp2_inverse(&norm, &norm);
    for (int i = 0; i < 3; i++) {
        fp2_mul(&r->c[i], &adjoint.c[i], &norm);
    }
}

/* ---- Fp12 ---- */

void fp12_set_one(fp12 *r) {
    memset(r, 0, sizeof *r);
    r->c[0].c[0].c[0] = fp_one;
}

bool fp12_is_one(const fp12 *a) {
    fp12 one;
    fp12_set_one(&one);
    return memcmp(a, &one, sizeof one) == 0;
}

void fp12_mul(fp12 *r, const fp12 *a, const fp12 *b) {
    fp6 low, high, a_sum, b_sum;
    fp6_mul(&low, &a->c[0], &b->c[0]);
    fp6_mul(&high, &a->c[1], &b->c[1]);
    fp6_add(&a_sum, &a->c[0], &a->c[1]);
    fp6_add(&b_sum, &b->c[0], &b->c[1]);
    fp6_mul(&r->c[1], &a_sum, &b_sum);
    fp6_sub(&r->c[1], &r->c[1], &low);
    fp6_sub(&r->c[1], &r->c[1], &high);
    fp6_mul_v(&high, &high);
    fp6_add(&r->c[0], &low, &high);
}

/* a0^2 + v a1^2 = (a0 + a1)(a0 + v a1) - a0 a1 - v a0 a1. */
void fp12_sqr(fp12 *r, const fp12 *a) {
    fp6 product, sum, twisted_sum;
    fp6_mul(&product, &a->c[0], &a->c[1]);
    fp6_add(&sum, &a->c[0], &a->c[1]);
    fp6_mul_v(&twisted_sum, &a->c[1]);
    fp6_add(&twisted_sum, &twisted_sum, &a->c[0]);
    fp6_mul(&r->c[0], &sum, &twisted_sum);
    fp6_sub(&r->c[0], &r->c[0], &product);
    fp6_add(&r->c[1], &product, &product);
    fp6_mul_v(&product, &product);
    fp6_sub(&r->c[0], &r->c[0], &product);
}

/* The conjugate divided by the norm a0^2 - v a1^2. */
void fp12_inverse(fp12 *r, const fp12 *a) {
    fp6 norm, square;
    fp6_mul(&norm, &a->c[0], &a->c[0]);
    fp6_mul(&square, &a->c[1], &a->c[1]);
    fp6_mul_v(&square, &square);
    fp6_sub(&norm, &norm, &square);
    fp6_inverse(&norm, &norm);
    fp12_conjugate(r, a);
    fp6_mul(&r->c[0], &r->c[0], &norm);
    fp6_mul(&r->c[1], &r->c[1], &norm);
}

void fp12_mul_by_line(fp12 *r, const fp12 *a, const fp2 *b0, const fp2 *b1, const fp2 *b3) {
    fp6 low, high, a_sum;
    fp2 b_sum;
    for (int i = 0; i < 3; i++) {
        fp2_mul(&low.c[i], &a->c[0].c[i], b0);
    }
    fp6_mul_by_01(&high, &a->c[1], b1, b3);
    fp6_add(&a_sum, &a->c[0], &a->c[1]);
    fp2_add(&b_sum, b0, b1);
    fp6_mul_by_01(&r->c[1], &a_sum, &b_sum, b3);
    fp6_sub(&r->c[1], &r->c[1], &low);
    fp6_sub(&r->c[1], &r->c[1], &high);
    fp6_mul_v(&high, &high);
    fp6_add(&r->c[0], &low, &high);
}

void fp12_conjugate(fp12 *r, const fp12 *a) {
    r->c[0] = a->c[0];
    fp6_neg(&r->c[1], &a->c[1]);
}

/* (a + b s)^2 = even + odd s, in Fp4 = Fp2[s] / (s^2 - (9 + i)). */
static void fp4_sqr(fp2 *even, fp2 *odd, const fp2 *a, const fp2 *b) {
    fp2 a_square, b_square;
    fp2_sqr(&a_square, a);
    fp2_sqr(&b_square, b);
    fp2_add(odd, a, b);
    fp2_sqr(odd, odd);
    fp2_sub(odd, odd, &a_square);
    fp2_sub(odd, odd, &b_square);
    fp2_mul_xi(&b_square, &b_square);
    fp2_add(even, &a_square, &b_square);
}

/* 3a - 2b, and 3a + 2b. */
static void fp2_triple_minus_double(fp2 *r, const fp2 *a, const fp2 *b) {
    fp2 t;
    fp2_sub(&t, a, b);
    fp2_double(&t, &t);
    fp2_add(r, &t, a);
}

static void fp2_triple_plus_double(fp2 *r, const fp2 *a, const fp2 *b) {
    fp2 t;
    fp2_add(&t, a, b);
    fp2_double(&t, &t);
    fp2_add(r, &t, a);
}

/* Granger and Scott, "Faster squaring in the cyclotomic subgroup of sixth degree extensions", section 3.2: three
 * squarings in Fp4, with s = w^3. */
void fp12_sqr_cyclotomic(fp12 *r, const fp12 *a) {
    const fp2 *g = a->c[0].c, *h = a->c[1].c;
    fp2 even0, odd0, even1, odd1, even2, odd2;
    fp4_sqr(&even0, &odd0, &g[0], &h[1]);
    fp4_sqr(&even1, &odd1, &h[0], &g[2]);
    fp4_sqr(&even2, &odd2, &g[1], &h[2]);
    fp2_mul_xi(&odd2, &odd2);
    fp2_triple_minus_double(&r->c[0].c[0], &even0, &g[0]);
    fp2_triple_minus_double(&r->c[0].c[1], &even1, &g[1]);
    fp2_triple_minus_double(&r->c[0].c[2], &even2, &g[2]);
    fp2_triple_plus_double(&r->c[1].c[0], &odd2, &h[0]);
    fp2_triple_plus_double(&r->c[1].c[1], &odd0, &h[1]);
    fp2_triple_plus_double(&r->c[1].c[2], &odd1, &h[2]);
}

/* The coefficient of v^k w^j belongs to w^(2k + j). */

void fp12_frobenius(fp12 *r, const fp12 *a) {
    for (int j = 0; j < 2; j++) {
        for (int k = 0; k < 3; k++) {
            fp2_conjugate(&r->c[j].c[k], &a->c[j].c[k]);
            fp2_mul(&r->c[j].c[k], &r->c[j].c[k], &fp12_frobenius_factor[2 * k + j]);
        }
    }
}

void fp12_frobenius_squared(fp12 *r, const fp12 *a) {
    for (int j = 0; j < 2; j++) {
        for (int k = 0; k < 3; k++) {
            fp2_mul_fp(&r->c[j].c[k], &a->c[j].c[k], &frobenius_squared_factor[2 * k + j]);
        }
    }
}
