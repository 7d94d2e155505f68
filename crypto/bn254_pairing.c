/* The optimal ate pairing (Vercauteren 2008): for Q in G2 and P in G1
 *
 *     e(P, Q) = (f(6u+2, Q)(P) * l([6u+2]Q, F(Q))(P) * l([6u+2]Q + F(Q), -F^2(Q))(P)) ^ ((p^12 - 1) / r)
 *
 * where f is what Miller's loop collects, l a line and F the Frobenius map. Factors from Fp2, such as the scale of a
 * line, vanish in the final exponentiation. A product of pairings shares one exponentiation and, a batch at a time, the
 * squarings of the loop. */

#include "crypto/bn254.h"
#include "crypto/bn254_internal.h"

enum { PAIR_SIZE = 192, PAIR_BATCH = 8 };

typedef struct loop_pair {
    g1_point p;
    g2_point q, minus_q;
    g2_projective t; /* the multiple of q reached so far */
} loop_pair;

/* 6u + 2 = 29793968203157093288 in non-adjacent form, most significant digit (always 1) left out. */
static const int8_t loop_digits[65] = {0, -1, 0, 1,  0, 0, 0, -1, 0, -1, 0,  0, 0,  -1, 0, 1, 0, -1, 0, 0, -1, 0,
                                       0, 0,  0, 0,  1, 0, 0, -1, 0, 1,  0,  0, -1, 0,  0, 0, 0, -1, 0, 1, 0,  0,
                                       0, -1, 0, -1, 0, 0, 1, 0,  0, 0,  -1, 0, 0,  -1, 0, 1, 0, 1,  0, 0, 0};

static void multiply_by_line(fp12 *f, const g2_line *line, const g1_point *p) {
    fp2 at_y, at_x;
    fp2_mul_fp(&at_y, &line->y_factor, &p->y);
    fp2_mul_fp(&at_x, &line->x_factor, &p->x);
    fp12_mul_by_line(f, f, &at_y, &at_x, &line->constant);
}

static void pair_double(fp12 *f, loop_pair *pair) {
    g2_line line;
    g2_double_step(&pair->t, &line);
    multiply_by_line(f, &line, &pair->p);
}

static void pair_add(fp12 *f, loop_pair *pair, const g2_point *q) {
    g2_line line;
    g2_add_step(&pair->t, &line, q);
    multiply_by_line(f, &line, &pair->p);
}

static void pair_add_frobenius(fp12 *f, loop_pair *pair) {
    g2_point q;
    g2_frobenius(&q, &pair->q);
    pair_add(f, pair, &q);
    g2_frobenius(&q, &q);
    g2_negate(&q, &q);
    pair_add(f, pair, &q);
}

/* Multiply `product` by the Miller values of the pairs, all of whose points are finite. */
static void miller_loop(fp12 *product, loop_pair *pairs, size_t count) {
    fp12 f;
    fp12_set_one(&f);
    for (size_t i = 0; i < count; i++) {
        g2_to_projective(&pairs[i].t, &pairs[i].q);
        g2_negate(&pairs[i].minus_q, &pairs[i].q);
    }
    for (size_t digit = 0; digit < sizeof loop_digits; digit++) {
        fp12_sqr(&f, &f);
        for (size_t i = 0; i < count; i++) {
            pair_double(&f, &pairs[i]);
            if (loop_digits[digit] != 0) {
                pair_add(&f, &pairs[i], loop_digits[digit] > 0 ? &pairs[i].q : &pairs[i].minus_q);
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        pair_add_frobenius(&f, &pairs[i]);
    }
    fp12_mul(product, product, &f);
}

/* a^u in the cyclotomic subgroup, where inversion is free. The digits are u's non-adjacent form of width 4, most
 * significant digit (a one) left out. */
static void power_u(fp12 *r, const fp12 *a) {
    static const int8_t digits[62] = {0, 0, 0,  0,  0, 5, 0,  0, 0, 0, -3, 0, 0, 0, 3, 0,  0, 0, 0, 5, 0,
                                      0, 0, -5, 0,  0, 0, -3, 0, 0, 0, 1,  0, 0, 0, 0, 5,  0, 0, 0, 0, 7,
                                      0, 0, 0,  -7, 0, 0, 0,  0, 0, 0, 5,  0, 0, 0, 0, -1, 0, 0, 0, 1};
    fp12 odd_powers[4], square, power = *a, inverse;
    odd_powers[0] = *a;
    fp12_sqr_cyclotomic(&square, a);
    for (int i = 1; i < 4; i++) {
        fp12_mul(&odd_powers[i], &odd_powers[i - 1], &square);
    }
    for (size_t i = 0; i < sizeof digits; i++) {
        fp12_sqr_cyclotomic(&power, &power);
        if (digits[i] > 0) {
            fp12_mul(&power, &power, &odd_powers[digits[i] / 2]);
        } else if (digits[i] < 0) {
            fp12_conjugate(&inverse, &odd_powers[-digits[i] / 2]);
            fp12_mul(&power, &power, &inverse);
        }
    }
    *r = power;
}

/* Whether f^((p^12 - 1) / r) is one. (p^12 - 1) / r = (p^6 - 1)(p^2 + 1) * (p^4 - p^2 + 1) / r, and the last factor may
 * be replaced by its multiple by 2u (6u^2 + 3u + 1), which has no factor r (Fuentes-Castaneda, Knapp and
 * Rodriguez-Henriquez 2011). In base p that multiple has the digits 1 + 6u + 12u^2 + 12u^3, 4u + 6u^2 + 12u^3, 6u +
 * 6u^2 + 12u^3 and -1 + 4u + 6u^2 + 12u^3. */
static bool final_power_is_one(const fp12 *f) {
    fp12 m, t, u2, u4, u6, a, b;
    /* f^((p^6 - 1)(p^2 + 1)), in the cyclotomic subgroup from here on. */
    fp12_conjugate(&m, f);
    fp12_inverse(&t, f);
    fp12_mul(&m, &m, &t);
    fp12_frobenius_squared(&t, &m);
    fp12_mul(&m, &m, &t);

    power_u(&u2, &m);
    fp12_sqr_cyclotomic(&u2, &u2); /* 2u */
    fp12_sqr_cyclotomic(&u4, &u2);
    fp12_mul(&u6, &u4, &u2); /* 6u */
    power_u(&t, &u6);        /* 6u^2 */
    fp12_sqr_cyclotomic(&a, &t);
    power_u(&a, &a); /* 12u^3 */
    fp12_mul(&a, &a, &t);
    fp12_mul(&a, &a, &u6); /* 6u + 6u^2 + 12u^3 */
    fp12_conjugate(&b, &u2);
    fp12_mul(&b, &b, &a); /* 4u + 6u^2 + 12u^3 */

    fp12_mul(&t, &t, &a);
    fp12_mul(&t, &t, &m);
    fp12_frobenius_squared(&a, &a);
    fp12_mul(&t, &t, &a);
    fp12_conjugate(&m, &m);
    fp12_mul(&m, &m, &b);
    fp12_frobenius_squared(&m, &m);
    fp12_mul(&m, &m, &b);
    fp12_frobenius(&m, &m);
    fp12_mul(&t, &t, &m);
    return fp12_is_one(&t);
}

crypto_result bn254_pairing_check(bool *is_one, weft_bytes input) {
    if (input.size % PAIR_SIZE != 0) {
        return CRYPTO_INVALID;
    }
    loop_pair pairs[PAIR_BATCH];
    size_t count = 0;
    fp12 product;
    fp12_set_one(&product);
    for (size_t offset = 0; offset < input.size; offset += PAIR_SIZE) {
        loop_pair *pair = &pairs[count];
        if (!g1_decode(&pair->p, input.data + offset) || !g2_decode(&pair->q, input.data + offset + 64)) {
            return CRYPTO_INVALID;
        }
        /* Pairing with infinity gives one. */
        count += !g1_is_infinity(&pair->p) && !g2_is_infinity(&pair->q);
        if (count == PAIR_BATCH) {
            miller_loop(&product, pairs, count);
            count = 0;
        }
    }
    if (count > 0) {
        miller_loop(&product, pairs, count);
    }
    *is_one = final_power_is_one(&product);
    return CRYPTO_OK;
}
