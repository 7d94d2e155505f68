#include "base/u256_modulus.h"

#include "base/assert.h"

/* For a value of four limbs. */
static void prepare(u256_modulus *known) {
    known->shift = (unsigned)__builtin_clzll(known->value.limb[3]);
    known->normalised = u256_shift_left(&known->value, known->shift);
    const uint64_t *d = known->normalised.limb;
    const uint64_t numerator[8] = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, ~d[0], ~d[1], ~d[2], ~d[3]};
    uint64_t quotient[8];
    (void)u256_div_wide(quotient, numerator, &known->normalised);
    known->reciprocal = (weft_u256){{quotient[0], quotient[1], quotient[2], quotient[3]}};
    known->is_prepared = true;
}

/* (high, low) mod the normalised modulus, for high below it: algorithm 4 of N. Möller, T. Granlund, "Improved division
 * by invariant integers" (2011), with words of 256 bits. */
static inline weft_u256 reduce(const u256_modulus *known, const weft_u256 *high, const weft_u256 *low) {
    const weft_u256 *d = &known->normalised;
    uint64_t product[8];
    u256_mul_wide(product, &known->reciprocal, high);
    weft_u256 lower = {{product[0], product[1], product[2], product[3]}};
    weft_u256 quotient = {{product[4], product[5], product[6], product[7]}};
    unsigned carry;
    lower = u256_add_carry(&lower, low, &carry);
    weft_u256 carried = u256_from_u64(1 + carry);
    quotient = u256_add(&quotient, high);
    quotient = u256_add(&quotient, &carried);
    weft_u256 multiple = u256_mul(&quotient, d), r = u256_sub(low, &multiple);
    /* The quotient is one too large about every other time: no branch. */
    uint64_t mask = 0 - (uint64_t)u256_less(&lower, &r);
    weft_u256 correction = {{d->limb[0] & mask, d->limb[1] & mask, d->limb[2] & mask, d->limb[3] & mask}};
    r = u256_add(&r, &correction);
    return WEFT_UNLIKELY(!u256_less(&r, d)) ? u256_sub(&r, d) : r;
}

/* (a mod value) << shift. */
static inline weft_u256 reduce_word(const u256_modulus *known, const weft_u256 *a) {
    unsigned shift = known->shift, rest = 63 - shift;
    const uint64_t *limb = a->limb;
    weft_u256 low = {{limb[0] << shift, limb[1] << shift | limb[0] >> 1 >> rest,
                      limb[2] << shift | limb[1] >> 1 >> rest, limb[3] << shift | limb[2] >> 1 >> rest}};
    if (WEFT_LIKELY(u256_less(a, &known->value))) {
        return low;
    }
    weft_u256 high = u256_from_u64(limb[3] >> 1 >> rest);
    return reduce(known, &high, &low);
}

weft_u256 u256_modulus_multiply(u256_modulus *known, const weft_u256 *a, const weft_u256 *b, const weft_u256 *m) {
    if (WEFT_UNLIKELY(!u256_equal(m, &known->value))) {
        known->value = *m;
        known->is_prepared = false;
        return u256_mulmod(a, b, m);
    }
    if (WEFT_UNLIKELY(!known->is_prepared)) {
        if (m->limb[3] == 0) {
            return u256_mulmod(a, b, m);
        }
        prepare(known);
    }
    weft_u256 factor = reduce_word(known, a);
    uint64_t product[8];
    u256_mul_wide(product, &factor, b);
    weft_u256 low = {{product[0], product[1], product[2], product[3]}};
    weft_u256 high = {{product[4], product[5], product[6], product[7]}};
    weft_u256 r = reduce(known, &high, &low);
    unsigned shift = known->shift, rest = 63 - shift;
    return (weft_u256){{r.limb[0] >> shift | r.limb[1] << 1 << rest, r.limb[1] >> shift | r.limb[2] << 1 << rest,
                        r.limb[2] >> shift | r.limb[3] << 1 << rest, r.limb[3] >> shift}};
}
