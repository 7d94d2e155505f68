#include "base/u256.h"

/* 2^(k * exponent), for a base of 2^k. */
static weft_u256 power_of_power_of_two(unsigned k, const weft_u256 *exponent) {
    weft_u256 one = u256_from_u64(1);
    bool fits = u256_fits_u64(exponent) && exponent->limb[0] < 256;
    return u256_shift_left(&one, fits ? k * (unsigned)exponent->limb[0] : k == 0 ? 0 : 256);
}

weft_u256 u256_exp(const weft_u256 *base, const weft_u256 *exponent) {
    if (u256_is_zero(exponent)) {
        return u256_from_u64(1);
    }
    if (u256_is_power_of_two(base)) {
        return power_of_power_of_two(u256_bit_length(base) - 1, exponent);
    }
    /* Every squaring of an even number doubles its trailing zero bits. */
    if ((base->limb[0] & 1) == 0 && !(u256_fits_u64(exponent) && exponent->limb[0] < 256)) {
        return u256_zero();
    }
    weft_u256 result = *base;
    for (unsigned bit = u256_bit_length(exponent) - 1; bit-- > 0;) {
        result = u256_mul(&result, &result);
        if (exponent->limb[bit / 64] >> bit % 64 & 1) {
            result = u256_mul(&result, base);
        }
    }
    return result;
}

weft_u256 u256_from_be(const uint8_t *bytes, size_t size) {
    uint8_t padded[32] = {0};
    if (size != 0) {
        memcpy(padded + 32 - size, bytes, size);
    }
    return u256_from_be32(padded);
}
