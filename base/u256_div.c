#include "base/assert.h"
#include "base/u256.h"

/* floor((2^128 - 1) / d) - 2^64 for a divisor with its top bit set. One hardware division here replaces one per
 * quotient limb (N. Möller, T. Granlund, "Improved division by invariant integers", 2011). */
static uint64_t limb_reciprocal(uint64_t d) {
    return (uint64_t)(((uint128)~d << 64 | UINT64_MAX) / d);
}

/* (high, low) / d for high < d and `reciprocal` that of d: algorithm 4 of the same paper. */
static uint64_t limb_divide(uint64_t *remainder, uint64_t high, uint64_t low, uint64_t d, uint64_t reciprocal) {
    uint128 estimate = (uint128)reciprocal * high + ((uint128)high << 64 | low);
    uint64_t quotient = (uint64_t)(estimate >> 64) + 1;
    uint64_t r = low - quotient * d;
    if (r > (uint64_t)estimate) {
        quotient--;
        r += d;
    }
    if (r >= d) {
        quotient++;
        r -= d;
    }
    *remainder = r;
    return quotient;
}

/* floor((2^192 - 1) / d) - 2^64 for a divisor of two limbs with its top bit set: algorithm 6 of the same paper. */
static uint64_t two_limb_reciprocal(uint128 d) {
    uint64_t d1 = (uint64_t)(d >> 64), d0 = (uint64_t)d, reciprocal = limb_reciprocal(d1);
    uint64_t p = d1 * reciprocal + d0;
    if (p < d0) {
        reciprocal--;
        if (p >= d1) {
            reciprocal--;
            p -= d1;
        }
        p -= d1;
    }
    uint128 t = (uint128)reciprocal * d0;
    uint64_t t1 = (uint64_t)(t >> 64), t0 = (uint64_t)t;
    p += t1;
    if (p < t1) {
        reciprocal--;
        if (((uint128)p << 64 | t0) >= d) {
            reciprocal--;
        }
    }
    return reciprocal;
}

/* (high, low) / d for high < d of two limbs and `reciprocal` that of d: algorithm 5 of the same paper. */
static inline uint64_t two_limb_divide(uint128 *remainder, uint128 high, uint64_t low, uint128 d, uint64_t reciprocal) {
    uint128 estimate = (uint128)reciprocal * (uint64_t)(high >> 64) + high;
    uint64_t quotient = (uint64_t)(estimate >> 64);
    uint64_t upper = (uint64_t)high - quotient * (uint64_t)(d >> 64);
    uint128 r = ((uint128)upper << 64 | low) - (uint128)quotient * (uint64_t)d - d;
    quotient++;
    bool is_too_large = (uint64_t)(r >> 64) >= (uint64_t)estimate;
    quotient -= is_too_large;
    r += is_too_large ? d : 0;
    if (WEFT_UNLIKELY(r >= d)) {
        quotient++;
        r -= d;
    }
    *remainder = r;
    return quotient;
}

/* u[0..n-1] -= q * v[0..n-1]. Returns: what is borrowed from u[n]. */
static inline uint64_t limbs_subtract_product(uint64_t *u, const uint64_t *v, unsigned n, uint64_t q) {
    uint64_t borrow = 0;
    for (unsigned i = 0; i < n; i++) {
        uint128 product = (uint128)q * v[i] + borrow;
        borrow = (uint64_t)(product >> 64) + (u[i] < (uint64_t)product);
        u[i] -= (uint64_t)product;
    }
    return borrow;
}

static void limbs_add(uint64_t *u, const uint64_t *v, unsigned n) {
    uint128 sum = 0;
    for (unsigned i = 0; i < n; i++) {
        sum += (uint128)u[i] + v[i];
        u[i] = (uint64_t)sum;
        sum >>= 64;
    }
}

/* One quotient limb of u[0..n] / v[0..n-1], n >= 2, v normalised, `top` its upper two limbs; leaves the remainder in
 * u[0..n-1] (Knuth, TAOCP volume 2, section 4.3.1, algorithm D, steps D3 to D6). An estimate by three limbs over two is
 * at most one too large, and almost never that. */
static inline uint64_t limbs_divide_step(uint64_t *u, const uint64_t *v, unsigned n, uint128 top, uint64_t reciprocal) {
    uint128 high = (uint128)u[n] << 64 | u[n - 1], rest;
    uint64_t q;
    bool is_too_large;
    if (WEFT_UNLIKELY(high == top)) {
        q = UINT64_MAX;
        is_too_large = limbs_subtract_product(u, v, n, q) > u[n];
    } else {
        q = two_limb_divide(&rest, high, u[n - 2], top, reciprocal);
        uint64_t borrow = limbs_subtract_product(u, v, n - 2, q);
        is_too_large = rest < borrow;
        rest -= borrow;
        u[n - 2] = (uint64_t)rest;
        u[n - 1] = (uint64_t)(rest >> 64);
    }
    if (WEFT_UNLIKELY(is_too_large)) {
        q--;
        limbs_add(u, v, n);
    }
    return q;
}

/* All quotient limbs of u[0..count] / v[0..n-1]; inlined for each n, which unrolls the loops over limbs of v. */
static inline void limbs_divide_steps(uint64_t *quotient, uint64_t *u, unsigned count, const uint64_t *v, unsigned n) {
    uint128 top = (uint128)v[n - 1] << 64 | v[n - 2];
    uint64_t reciprocal = two_limb_reciprocal(top);
    for (unsigned i = count - n + 1; i-- > 0;) {
        quotient[i] = limbs_divide_step(u + i, v, n, top, reciprocal);
    }
}

static void limbs_divide_by_one(uint64_t *quotient, uint64_t *u, unsigned count, uint64_t v) {
    uint64_t reciprocal = limb_reciprocal(v), r = u[count];
    for (unsigned i = count; i-- > 0;) {
        quotient[i] = limb_divide(&r, r, u[i], v, reciprocal);
    }
    u[0] = r;
}

/* numerator[0..count-1] / divisor, count <= 8, divisor not zero. quotient[0..count-1] is written.
 * Returns: the remainder. */
static weft_u256 limbs_divide(uint64_t *quotient, const uint64_t *numerator, unsigned count, const weft_u256 *divisor) {
    unsigned n = (u256_bit_length(divisor) + 63) / 64;
    unsigned shift = (unsigned)__builtin_clzll(divisor->limb[n - 1]);
    weft_u256 v = u256_shift_left(divisor, shift);
    memset(quotient, 0, count * sizeof quotient[0]);
    while (count > n && numerator[count - 1] == 0) {
        count--;
    }
    uint64_t u[9] = {0};
    for (unsigned i = 0; i < count; i++) {
        u[i] |= numerator[i] << shift;
        u[i + 1] = numerator[i] >> 1 >> (63 - shift);
    }
    switch (n) {
    case 1: limbs_divide_by_one(quotient, u, count, v.limb[0]); break;
    case 2: limbs_divide_steps(quotient, u, count, v.limb, 2); break;
    case 3: limbs_divide_steps(quotient, u, count, v.limb, 3); break;
    default: limbs_divide_steps(quotient, u, count, v.limb, 4); break;
    }
    weft_u256 remainder = {{u[0], n > 1 ? u[1] : 0, n > 2 ? u[2] : 0, n > 3 ? u[3] : 0}};
    return u256_shift_right(&remainder, shift);
}

weft_u256 u256_div_wide(uint64_t quotient[8], const uint64_t numerator[8], const weft_u256 *divisor) {
    return limbs_divide(quotient, numerator, 8, divisor);
}

/* a mod 2^k for modulus = 2^k. */
static weft_u256 mask_below(const weft_u256 *a, const weft_u256 *modulus) {
    weft_u256 one = u256_from_u64(1), mask = u256_sub(modulus, &one), r;
    for (int i = 0; i < 4; i++) {
        r.limb[i] = a->limb[i] & mask.limb[i];
    }
    return r;
}

/* The lower and the upper half. */
static uint128 u256_low(const weft_u256 *a) {
    return (uint128)a->limb[1] << 64 | a->limb[0];
}

static uint128 u256_high(const weft_u256 *a) {
    return (uint128)a->limb[3] << 64 | a->limb[2];
}

static weft_u256 u256_from_low(uint128 low) {
    return (weft_u256){{(uint64_t)low, (uint64_t)(low >> 64), 0, 0}};
}

weft_u256 u256_div(const weft_u256 *a, const weft_u256 *b) {
    if (u256_is_zero(b) || u256_less(a, b)) {
        return u256_zero();
    }
    if (u256_fits_u64(a)) {
        return u256_from_u64(a->limb[0] / b->limb[0]);
    }
    if (u256_high(a) == 0) {
        return u256_from_low(u256_low(a) / u256_low(b));
    }
    if (u256_is_power_of_two(b)) {
        return u256_shift_right(a, u256_bit_length(b) - 1);
    }
    weft_u256 quotient;
    (void)limbs_divide(quotient.limb, a->limb, 4, b);
    return quotient;
}

weft_u256 u256_mod(const weft_u256 *a, const weft_u256 *b) {
    if (u256_is_zero(b)) {
        return u256_zero();
    }
    if (u256_less(a, b)) {
        return *a;
    }
    if (u256_fits_u64(a)) {
        return u256_from_u64(a->limb[0] % b->limb[0]);
    }
    if (u256_high(a) == 0) {
        return u256_from_low(u256_low(a) % u256_low(b));
    }
    if (u256_is_power_of_two(b)) {
        return mask_below(a, b);
    }
    uint64_t quotient[4];
    return limbs_divide(quotient, a->limb, 4, b);
}

static weft_u256 magnitude(const weft_u256 *a) {
    return u256_is_negative(a) ? u256_negate(a) : *a;
}

weft_u256 u256_signed_div(const weft_u256 *a, const weft_u256 *b) {
    weft_u256 a_magnitude = magnitude(a), b_magnitude = magnitude(b);
    weft_u256 quotient = u256_div(&a_magnitude, &b_magnitude);
    return u256_is_negative(a) != u256_is_negative(b) ? u256_negate(&quotient) : quotient;
}

weft_u256 u256_signed_mod(const weft_u256 *a, const weft_u256 *b) {
    weft_u256 a_magnitude = magnitude(a), b_magnitude = magnitude(b);
    weft_u256 remainder = u256_mod(&a_magnitude, &b_magnitude);
    return u256_is_negative(a) ? u256_negate(&remainder) : remainder;
}

weft_u256 u256_addmod(const weft_u256 *a, const weft_u256 *b, const weft_u256 *m) {
    unsigned carry;
    weft_u256 sum = u256_add_carry(a, b, &carry);
    if (u256_less(a, m) && u256_less(b, m)) {
        return carry != 0 || !u256_less(&sum, m) ? u256_sub(&sum, m) : sum;
    }
    if (carry == 0 || u256_is_zero(m)) {
        return u256_mod(&sum, m);
    }
    uint64_t wide[5] = {sum.limb[0], sum.limb[1], sum.limb[2], sum.limb[3], carry}, quotient[5];
    return limbs_divide(quotient, wide, 5, m);
}

weft_u256 u256_mulmod(const weft_u256 *a, const weft_u256 *b, const weft_u256 *m) {
    uint64_t product[8], quotient[8];
    u256_mul_wide(product, a, b);
    weft_u256 low = {{product[0], product[1], product[2], product[3]}};
    if (u256_is_zero(m) || (product[4] | product[5] | product[6] | product[7]) == 0) {
        return u256_mod(&low, m);
    }
    if (u256_is_power_of_two(m)) {
        return mask_below(&low, m);
    }
    return u256_div_wide(quotient, product, m);
}
