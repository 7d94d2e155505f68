#include "base/u256.h"

weft_u256 u256_mul(const weft_u256 *a, const weft_u256 *b) {
    weft_u256 r = u256_zero();
    for (int i = 0; i < 4; i++) {
        uint128 carry = 0;
        for (int j = 0; i + j < 4; j++) {
            carry += (uint128)a->limb[i] * b->limb[j] + r.limb[i + j];
            r.limb[i + j] = (uint64_t)carry;
            carry >>= 64;
        }
    }
    return r;
}

void u256_mul_wide(uint64_t product[8], const weft_u256 *a, const weft_u256 *b) {
    memset(product, 0, 8 * sizeof product[0]);
    for (int i = 0; i < 4; i++) {
        uint128 carry = 0;
        for (int j = 0; j < 4; j++) {
            carry += (uint128)a->limb[i] * b->limb[j] + product[i + j];
            product[i + j] = (uint64_t)carry;
            carry >>= 64;
        }
        product[i + 4] = (uint64_t)carry;
    }
}

weft_u256 u256_exp(const weft_u256 *base, const weft_u256 *exponent) {
    weft_u256 result = u256_from_u64(1);
    weft_u256 two = u256_from_u64(2);
    if (u256_equal(base, &two)) {
        return u256_shift_left(&result,
                               u256_fits_u64(exponent) && exponent->limb[0] < 256 ? (unsigned)exponent->limb[0] : 256);
    }
    for (unsigned bit = u256_bit_length(exponent); bit-- > 0;) {
        result = u256_mul(&result, &result);
        if (exponent->limb[bit / 64] >> bit % 64 & 1) {
            result = u256_mul(&result, base);
        }
    }
    return result;
}

weft_u256 u256_shift_left(const weft_u256 *a, unsigned shift) {
    weft_u256 r = u256_zero();
    if (shift >= 256) {
        return r;
    }
    unsigned limbs = shift / 64, bits = shift % 64;
    for (unsigned i = limbs; i < 4; i++) {
        r.limb[i] = a->limb[i - limbs] << bits;
        if (bits != 0 && i > limbs) {
            r.limb[i] |= a->limb[i - limbs - 1] >> (64 - bits);
        }
    }
    return r;
}

weft_u256 u256_shift_right(const weft_u256 *a, unsigned shift) {
    weft_u256 r = u256_zero();
    if (shift >= 256) {
        return r;
    }
    unsigned limbs = shift / 64, bits = shift % 64;
    for (unsigned i = 0; i + limbs < 4; i++) {
        r.limb[i] = a->limb[i + limbs] >> bits;
        if (bits != 0 && i + limbs < 3) {
            r.limb[i] |= a->limb[i + limbs + 1] << (64 - bits);
        }
    }
    return r;
}

/* All bits from `from` upwards set. */
static weft_u256 high_bits(unsigned from) {
    weft_u256 ones = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    return u256_shift_left(&ones, from);
}

static weft_u256 bits_or(const weft_u256 *a, const weft_u256 *b) {
    return (weft_u256){
        {a->limb[0] | b->limb[0], a->limb[1] | b->limb[1], a->limb[2] | b->limb[2], a->limb[3] | b->limb[3]}};
}

weft_u256 u256_shift_right_arithmetic(const weft_u256 *a, unsigned shift) {
    weft_u256 shifted = u256_shift_right(a, shift);
    if (!u256_is_negative(a)) {
        return shifted;
    }
    weft_u256 sign = high_bits(shift >= 256 ? 0 : 256 - shift);
    return bits_or(&shifted, &sign);
}

weft_u256 u256_sign_extend(const weft_u256 *a, unsigned byte_index) {
    if (byte_index >= 31) {
        return *a;
    }
    unsigned unused = 248 - 8 * byte_index;
    weft_u256 top_aligned = u256_shift_left(a, unused);
    return u256_shift_right_arithmetic(&top_aligned, unused);
}

weft_u256 u256_from_be(const uint8_t *bytes, size_t size) {
    uint8_t padded[32] = {0};
    if (size != 0) {
        memcpy(padded + 32 - size, bytes, size);
    }
    return u256_from_be32(padded);
}
