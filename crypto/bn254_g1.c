#include "crypto/bn254.h"
#include "crypto/bn254_internal.h"

/* (x / z^2, y / z^3); infinity has z = 0. */
typedef struct g1_jacobian {
    fp x, y, z;
} g1_jacobian;

/* Non-adjacent forms of half-length scalars. */
enum {
    WINDOW = 5,
    TABLE_COUNT = 1 << (WINDOW - 2), /* P, 3P, 5P ... 15P */
    DIGIT_COUNT = 130
};

bool g1_decode(g1_point *r, const uint8_t bytes[64]) {
    static const fp three = {{0x7a17caa950ad28d7, 0x1f6ac17ae15521b9, 0x334bea4e696bd284, 0x2a1f6744ce179d8e}};
    if (!fp_decode(&r->x, bytes) || !fp_decode(&r->y, bytes + 32)) {
        return false;
    }
    fp y_square, x_cube;
    fp_sqr(&y_square, &r->y);
    fp_sqr(&x_cube, &r->x);
    fp_mul(&x_cube, &x_cube, &r->x);
    fp_add(&x_cube, &x_cube, &three);
    return g1_is_infinity(r) || fp_equal(&y_square, &x_cube);
}

static void g1_encode(uint8_t bytes[64], const g1_point *a) {
    fp_encode(bytes, &a->x);
    fp_encode(bytes + 32, &a->y);
}

/* The chord's slope, or the tangent's, whose denominator 2y is not zero: the group's order is odd. */
static void g1_slope(fp *r, const g1_point *a, const g1_point *b) {
    fp numerator, denominator;
    if (fp_equal(&a->x, &b->x)) {
        fp_sqr(&denominator, &a->x);
        fp_double(&numerator, &denominator);
        fp_add(&numerator, &numerator, &denominator);
        fp_double(&denominator, &a->y);
    } else {
        fp_sub(&numerator, &b->y, &a->y);
        fp_sub(&denominator, &b->x, &a->x);
    }
    fp_inverse(&denominator, &denominator);
    fp_mul(r, &numerator, &denominator);
}

static g1_point g1_add(const g1_point *a, const g1_point *b) {
    static const g1_point infinity;
    if (g1_is_infinity(a)) {
        return *b;
    }
    if (g1_is_infinity(b)) {
        return *a;
    }
    if (fp_equal(&a->x, &b->x) && !fp_equal(&a->y, &b->y)) {
        return infinity;
    }
    fp slope;
    g1_point sum;
    g1_slope(&slope, a, b);
    fp_sqr(&sum.x, &slope);
    fp_sub(&sum.x, &sum.x, &a->x);
    fp_sub(&sum.x, &sum.x, &b->x);
    fp_sub(&sum.y, &a->x, &sum.x);
    fp_mul(&sum.y, &sum.y, &slope);
    fp_sub(&sum.y, &sum.y, &a->y);
    return sum;
}

/* dbl-2009-l of the Explicit-Formulas Database, for curves without a linear term. */
static void g1_jacobian_double(g1_jacobian *r, const g1_jacobian *a) {
    fp x2, y2, y4, d, e, f;
    fp_sqr(&x2, &a->x);
    fp_sqr(&y2, &a->y);
    fp_sqr(&y4, &y2);
    fp_add_lazy(&d, &a->x, &y2);
    fp_sqr(&d, &d);
    fp_sub(&d, &d, &x2);
    fp_sub(&d, &d, &y4);
    fp_double(&d, &d);
    fp_double(&e, &x2);
    fp_add(&e, &e, &x2);
    fp_sqr(&f, &e);

    fp_mul(&r->z, &a->y, &a->z);
    fp_double(&r->z, &r->z);
    fp_sub(&r->x, &f, &d);
    fp_sub(&r->x, &r->x, &d);
    fp_sub_lazy(&d, &d, &r->x);
    fp_mul(&r->y, &e, &d);
    for (int i = 0; i < 3; i++) {
        fp_double(&y4, &y4);
    }
    fp_sub(&r->y, &r->y, &y4);
}

/* add-1998-cmo-2 of the same. */
static void g1_jacobian_add(g1_jacobian *r, const g1_jacobian *a, const g1_jacobian *b) {
    if (fp_is_zero(&a->z)) {
        *r = *b;
        return;
    }
    if (fp_is_zero(&b->z)) {
        *r = *a;
        return;
    }
    fp az2, bz2, u1, u2, s1, s2, h, h2, h3, slope;
    fp_sqr(&az2, &a->z);
    fp_sqr(&bz2, &b->z);
    fp_mul(&u1, &a->x, &bz2);
    fp_mul(&u2, &b->x, &az2);
    fp_mul(&s1, &a->y, &bz2);
    fp_mul(&s1, &s1, &b->z);
    fp_mul(&s2, &b->y, &az2);
    fp_mul(&s2, &s2, &a->z);
    fp_sub(&h, &u2, &u1);
    fp_sub(&slope, &s2, &s1);
    if (fp_is_zero(&h) && fp_is_zero(&slope)) {
        g1_jacobian_double(r, a);
        return;
    }
    fp_sqr(&h2, &h);
    fp_mul(&h3, &h2, &h);
    fp_mul(&u1, &u1, &h2);
    fp_mul(&r->z, &a->z, &b->z);
    fp_mul(&r->z, &r->z, &h);
    fp_sqr(&r->x, &slope);
    fp_sub(&r->x, &r->x, &h3);
    fp_sub(&r->x, &r->x, &u1);
    fp_sub(&r->x, &r->x, &u1);
    fp_sub(&u1, &u1, &r->x);
    fp_mul(&r->y, &slope, &u1);
    fp_mul(&s1, &s1, &h3);
    fp_sub(&r->y, &r->y, &s1);
}

static g1_point g1_to_affine(const g1_jacobian *a) {
    fp z_inverse, z_inverse2;
    g1_point r;
    fp_inverse(&z_inverse, &a->z);
    fp_sqr(&z_inverse2, &z_inverse);
    fp_mul(&r.x, &a->x, &z_inverse2);
    fp_mul(&r.y, &a->y, &z_inverse2);
    fp_mul(&r.y, &r.y, &z_inverse);
    return r;
}

/* A multiplication by one long scalar becomes a simultaneous one by two half as long (Gallant, Lambert and Vanstone):
 * (x, y) -> (beta x, y), beta a cube root of one, multiplies points of G1 by some lambda. The pairs (a, s) and (-s, b)
 * with s = 2u + 1, a = 6u^2 + 4u + 1, b = 6u^2 + 2u span all (m, n) with m + n lambda = 0 mod r. Taking from (k, 0) the
 * multiples floor(k b / r) and -floor(k s / r) of them leaves a short (first, second). */
typedef struct g1_split {
    weft_u256 first, second; /* k = first + second * lambda mod r, both below 2^128 in size */
    bool second_is_negative; /* and then `second` holds its size */
} g1_split;

static weft_u256 product_high(const weft_u256 *a, const weft_u256 *b) {
    uint64_t product[8];
    u256_mul_wide(product, a, b);
    return (weft_u256){{product[4], product[5], product[6], product[7]}};
}

static g1_split g1_split_scalar(const weft_u256 *scalar) {
    static const weft_u256 order = {{0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029}};
    static const weft_u256 a = {{0x0be4e1541221250b, 0x6f4d8248eeb859fd, 0, 0}};
    static const weft_u256 b = {{0x8211bbeb7d4f1128, 0x6f4d8248eeb859fc, 0, 0}};
    static const weft_u256 s = {{0x89d3256894d213e3, 0, 0, 0}};
    /* floor(2^256 b / r) and floor(2^256 s / r) */
    static const weft_u256 b_reciprocal = {{0x7a7bd9d4391eb18d, 0x4ccef014a773d2cf, 2, 0}};
    static const weft_u256 s_reciprocal = {{0xd91d232ec7e0b3d7, 2, 0, 0}};
    weft_u256 k = u256_mod(scalar, &order);
    weft_u256 b_multiple = product_high(&k, &b_reciprocal), s_multiple = product_high(&k, &s_reciprocal);
    weft_u256 b_part = u256_mul(&b_multiple, &a), s_part = u256_mul(&s_multiple, &s);
    g1_split split;
    split.first = u256_sub(&k, &b_part);
    split.first = u256_sub(&split.first, &s_part);
    b_part = u256_mul(&b_multiple, &s);
    s_part = u256_mul(&s_multiple, &b);
    split.second = u256_sub(&s_part, &b_part);
    split.second_is_negative = u256_is_negative(&split.second);
    if (split.second_is_negative) {
        split.second = u256_negate(&split.second);
    }
    return split;
}

/* Width-5 non-adjacent form: k = sum of digits[i] 2^i, each digit zero or odd and at most 15 in size. */
static void scalar_digits(int8_t digits[DIGIT_COUNT], weft_u256 k) {
    for (int i = 0; i < DIGIT_COUNT; i++) {
        digits[i] = 0;
        if (k.limb[0] & 1) {
            int window = (int)(k.limb[0] & ((1 << WINDOW) - 1));
            bool is_negative = window >> (WINDOW - 1) != 0;
            weft_u256 step = u256_from_u64((uint64_t)(is_negative ? (1 << WINDOW) - window : window));
            digits[i] = (int8_t)(is_negative ? window - (1 << WINDOW) : window);
            k = is_negative ? u256_add(&k, &step) : u256_sub(&k, &step);
        }
        k = u256_shift_right(&k, 1);
    }
}

static void g1_add_digit(g1_jacobian *sum, const g1_jacobian table[TABLE_COUNT], int digit, bool negate) {
    if (digit == 0) {
        return;
    }
    g1_jacobian term = table[(digit < 0 ? -digit : digit) / 2];
    if ((digit < 0) != negate) {
        fp_neg(&term.y, &term.y);
    }
    g1_jacobian_add(sum, sum, &term);
}

static g1_point g1_mul(const g1_point *a, const weft_u256 *scalar) {
    static const fp beta = {{0x71930c11d782e155, 0xa6bb947cffbe3323, 0xaa303344d4741444, 0x2c3b3f0d26594943}};
    static const g1_point infinity;
    if (g1_is_infinity(a)) {
        return infinity;
    }
    g1_jacobian table[TABLE_COUNT], beta_table[TABLE_COUNT], twice, sum = {0};
    table[0] = (g1_jacobian){a->x, a->y, fp_one};
    g1_jacobian_double(&twice, &table[0]);
    for (int i = 1; i < TABLE_COUNT; i++) {
        g1_jacobian_add(&table[i], &table[i - 1], &twice);
    }
    for (int i = 0; i < TABLE_COUNT; i++) {
        beta_table[i] = table[i];
        fp_mul(&beta_table[i].x, &table[i].x, &beta);
    }
    const g1_split split = g1_split_scalar(scalar);
    int8_t first_digits[DIGIT_COUNT], second_digits[DIGIT_COUNT];
    scalar_digits(first_digits, split.first);
    scalar_digits(second_digits, split.second);
    for (int i = DIGIT_COUNT - 1; i >= 0; i--) {
        g1_jacobian_double(&sum, &sum);
        g1_add_digit(&sum, table, first_digits[i], false);
        g1_add_digit(&sum, beta_table, second_digits[i], split.second_is_negative);
    }
    return g1_to_affine(&sum);
}

crypto_result bn254_add(uint8_t out[64], const uint8_t in[128]) {
    g1_point a, b, sum;
    if (!g1_decode(&a, in) || !g1_decode(&b, in + 64)) {
        return CRYPTO_INVALID;
    }
    sum = g1_add(&a, &b);
    g1_encode(out, &sum);
    return CRYPTO_OK;
}

crypto_result bn254_mul(uint8_t out[64], const uint8_t in[96]) {
    g1_point a, product;
    if (!g1_decode(&a, in)) {
        return CRYPTO_INVALID;
    }
    weft_u256 scalar = u256_from_be32(in + 64);
    product = g1_mul(&a, &scalar);
    g1_encode(out, &product);
    return CRYPTO_OK;
}
