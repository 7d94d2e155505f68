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

/* u[0..n] -= q * v[0..n-1]. Returns: whether the result is negative. */
static bool limbs_subtract_product(uint64_t *u, const uint64_t *v, unsigned n, uint64_t q) {
    uint64_t carry = 0;
    for (unsigned i = 0; i < n; i++) {
        uint128 product = (uint128)q * v[i] + carry;
        carry = (uint64_t)(product >> 64) + (u[i] < (uint64_t)product);
        u[i] -= (uint64_t)product;
    }
    bool negative = u[n] < carry;
    u[n] -= carry;
    return negative;
}

static void limbs_add(uint64_t *u, const uint64_t *v, unsigned n) {
    uint128 sum = 0;
    for (unsigned i = 0; i < n; i++) {
        sum += (uint128)u[i] + v[i];
        u[i] = (uint64_t)sum;
        sum >>= 64;
    }
    u[n] += (uint64_t)sum;
}

/* One quotient limb of u[0..n] / v[0..n-1], n >= 2, v normalised; leaves the remainder in u (Knuth, TAOCP volume 2,
 * section 4.3.1, algorithm D, steps D3 to D6). */
static uint64_t limbs_divide_step(uint64_t *u, const uint64_t *v, unsigned n, uint64_t reciprocal) {
    uint64_t top = v[n - 1], q = UINT64_MAX, r;
    bool r_fits = true;
    if (u[n] < top) {
        q = limb_divide(&r, u[n], u[n - 1], top, reciprocal);
    } else {
        r_fits = !__builtin_add_overflow(u[n - 1], top, &r);
    }
    while (r_fits && (uint128)q * v[n - 2] > ((uint128)r << 64 | u[n - 2])) {
        q--;
        r_fits = !__builtin_add_overflow(r, top, &r);
    }
    if (limbs_subtract_product(u, v, n, q)) {
        q--;
        limbs_add(u, v, n);
    }
    return q;
}

/* numerator[0..count-1] / divisor, count <= 8, divisor not zero. quotient[0..count-1] is written.
 * Returns: the remainder. */
static weft_u256 limbs_divide(uint64_t *quotient, const uint64_t *numerator, unsigned count, const weft_u256 *divisor) {
    unsigned n = (u256_bit_length(divisor) + 63) / 64;
    unsigned shift = (unsigned)__builtin_clzll(divisor->limb[n - 1]);
    weft_u256 v = u256_shift_left(divisor, shift);
    uint64_t u[9] = {0};
    for (unsigned i = 0; i < count; i++) {
        u[i] |= numerator[i] << shift;
        u[i + 1] = shift == 0 ? 0 : numerator[i] >> (64 - shift);
    }
    uint64_t reciprocal = limb_reciprocal(v.limb[n - 1]);
    memset(quotient, 0, count * sizeof quotient[0]);
    weft_u256 remainder = u256_zero();
    if (n == 1) {
        uint64_t r = u[count];
        for (unsigned i = count; i-- > 0;) {
            quotient[i] = limb_divide(&r, r, u[i], v.limb[0], reciprocal);
        }
        remainder.limb[0] = r;
    } else {
        for (unsigned i = count - n + 1; i-- > 0;) {
            quotient[i] = limbs_divide_step(u + i, v.limb, n, reciprocal);
        }
        memcpy(remainder.limb, u, n * sizeof u[0]);
    }
    return u256_shift_right(&remainder, shift);
}

static bool is_power_of_two(const weft_u256 *a) {
    int ones = 0;
    for (int i = 0; i < 4; i++) {
        ones += __builtin_popcountll(a->limb[i]);
    }
    return ones == 1;
}

/* a mod 2^k for modulus = 2^k. */
static weft_u256 mask_below(const weft_u256 *a, const weft_u256 *modulus) {
    weft_u256 one = u256_from_u64(1), mask = u256_sub(modulus, &one), r;
    for (int i = 0; i < 4; i++) {
        r.limb[i] = a->limb[i] & mask.limb[i];
    }
    return r;
}

weft_u256 u256_div(const weft_u256 *a, const weft_u256 *b) {
    if (u256_is_zero(b) || u256_less(a, b)) {
        return u256_zero();
    }
    if (u256_fits_u64(a)) {
        return u256_from_u64(a->limb[0] / b->limb[0]);
    }
    if (is_power_of_two(b)) {
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
    if (is_power_of_two(b)) {
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
    if (carry == 0 || u256_is_zero(m)) {
        return u256_mod(&sum, m);
    }
    uint64_t wide[5] = {sum.limb[0], sum.limb[1], sum.limb[2], sum.limb[3], carry}, quotient[5];
    return limbs_divide(quotient, wide, 5, m);
}

weft_u256 u256_mulmod(const weft_u256 *a, const weft_u256 *b, const weft_u256 *m) {
    uint64_t product[8], quotient[8];
    u256_mul_wide(product, a, b);
    weft_u256 low;
    memcpy(low.limb, product, sizeof low.limb);
    if (u256_is_zero(m) || (product[4] | product[5] | product[6] | product[7]) == 0) {
        return u256_mod(&low, m);
    }
    if (is_power_of_two(m)) {
        return mask_below(&low, m);
    }
    return limbs_divide(quotient, product, 8, m);
}
