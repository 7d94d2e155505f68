#include "base/u256_modulus.h"

#include "base/assert.h"

/* For a value of more than 224 bits. */
static void prepare(u256_modulus *known) {
    const uint64_t ones[8] = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
                              UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
    uint64_t upper[8], lower[8];
    weft_u256 rest = u256_div_wide(upper, ones, &known->value);
    const uint64_t last[8] = {UINT64_MAX, rest.limb[0], rest.limb[1], rest.limb[2], rest.limb[3]};
    (void)u256_div_wide(lower, last, &known->value);
    known->reciprocal[0] = lower[0];
    memcpy(known->reciprocal + 1, upper, 5 * sizeof upper[0]);
    unsigned shift = (unsigned)__builtin_clzll(known->value.limb[3]);
    known->error = ((uint64_t)2 << shift) + 12;
    known->is_prepared = true;
}

/* quotient[1..4] = floor(product / value) modulo 2^256, or one more; quotient[0] = the estimate's fraction in units of
 * 2^-64. It is the product without its three lowest limbs times the reciprocal, of which only what reaches the fraction
 * is computed: too small by less than 2^256 / value units for the three limbs, and 12 for the reciprocal's own fraction
 * and the columns left out. It begins with that error, and so is never too small. */
static inline void estimate_quotient(uint64_t quotient[6], const uint64_t product[8], const u256_modulus *known) {
    const uint64_t *p = product, *v = known->reciprocal;
    quotient[0] = known->error;
    limbs_multiply_row(quotient, 1, p[3], v + 5, limb_multiply_high(p[3], v[4]));
    limbs_multiply_row(quotient, 2, p[4], v + 4, limb_multiply_high(p[4], v[3]));
    limbs_multiply_row(quotient, 3, p[5], v + 3, limb_multiply_high(p[5], v[2]));
    limbs_multiply_row(quotient, 4, p[6], v + 2, limb_multiply_high(p[6], v[1]));
    limbs_multiply_row(quotient, 5, p[7], v + 1, limb_multiply_high(p[7], v[0]));
}

weft_u256 u256_modulus_multiply(u256_modulus *known, const weft_u256 *a, const weft_u256 *b, const weft_u256 *m) {
    if (WEFT_UNLIKELY(!u256_equal(m, &known->value))) {
        known->value = *m;
        known->is_prepared = false;
        return u256_mulmod(a, b, m);
    }
    if (WEFT_UNLIKELY(!known->is_prepared)) {
        if (m->limb[3] >> 32 == 0) {
            return u256_mulmod(a, b, m);
        }
        prepare(known);
    }
    uint64_t product[8], quotient[6];
    u256_mul_wide(product, a, b);
    estimate_quotient(quotient, product, known);
    /* The remainder fits 256 bits, so what is above them need not be computed. */
    weft_u256 low = {{product[0], product[1], product[2], product[3]}};
    weft_u256 whole = {{quotient[1], quotient[2], quotient[3], quotient[4]}};
    weft_u256 multiple = u256_mul(&whole, m), r = u256_sub(&low, &multiple);
    /* Only with such a fraction can the quotient be one too large. The product is close to a multiple then, and the
     * remainder a small number, or one below zero. */
    bool is_close = quotient[0] < known->error;
    return WEFT_UNLIKELY(is_close) && u256_is_negative(&r) ? u256_add(&r, m) : r;
}
