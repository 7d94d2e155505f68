/** 256-bit unsigned arithmetic modulo 2^256 (Yellow Paper section 9.1), and its big-endian encodings.
 *
 *  Operations of a few instructions are inline; division and its relatives live in u256_div.c, repeated products modulo
 *  the same number in u256_modulus.h. Signed operations read the same bits as two's complement. Nothing here fails: a
 *  division by zero gives zero, as the EVM wants it.
 */
#ifndef BASE_U256_H
#define BASE_U256_H

#include <weft/types.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

static inline weft_u256 u256_zero(void) {
    return (weft_u256){{0, 0, 0, 0}};
}

static inline weft_u256 u256_from_u64(uint64_t value) {
    return (weft_u256){{value, 0, 0, 0}};
}

static inline bool u256_is_zero(const weft_u256 *a) {
    return (a->limb[0] | a->limb[1] | a->limb[2] | a->limb[3]) == 0;
}

static inline bool u256_equal(const weft_u256 *a, const weft_u256 *b) {
    return ((a->limb[0] ^ b->limb[0]) | (a->limb[1] ^ b->limb[1]) | (a->limb[2] ^ b->limb[2]) |
            (a->limb[3] ^ b->limb[3])) == 0;
}

/** Whether the value fits 64 bits; it is then limb[0]. */
static inline bool u256_fits_u64(const weft_u256 *a) {
    return (a->limb[1] | a->limb[2] | a->limb[3]) == 0;
}

/** Limbs 0 and 1, and 2 and 3. Sums and comparisons are written with them: halves are what compilers turn into plain
 *  chains of add and adc, limbs are not. */
static inline uint128 u256_low(const weft_u256 *a) {
    return (uint128)a->limb[1] << 64 | a->limb[0];
}

static inline uint128 u256_high(const weft_u256 *a) {
    return (uint128)a->limb[3] << 64 | a->limb[2];
}

static inline weft_u256 u256_from_halves(uint128 low, uint128 high) {
    return (weft_u256){{(uint64_t)low, (uint64_t)(low >> 64), (uint64_t)high, (uint64_t)(high >> 64)}};
}

/** a + b; *carry_out (0 or 1) is the lost bit. */
static inline weft_u256 u256_add_carry(const weft_u256 *a, const weft_u256 *b, unsigned *carry_out) {
    uint128 low = u256_low(a) + u256_low(b), high = u256_high(a) + u256_high(b);
    bool carry = low < u256_low(a), carried_out = high < u256_high(a);
    high += carry;
    *carry_out = carried_out | (high < carry);
    return u256_from_halves(low, high);
}

static inline bool u256_less(const weft_u256 *a, const weft_u256 *b) {
    unsigned high_less = u256_high(a) < u256_high(b), high_equal = u256_high(a) == u256_high(b);
    unsigned low_less = u256_low(a) < u256_low(b);
    return (high_less | (high_equal & low_less)) != 0;
}

/** a - b; *borrow_out is 1 when b > a. */
static inline weft_u256 u256_sub_borrow(const weft_u256 *a, const weft_u256 *b, unsigned *borrow_out) {
    bool borrow = u256_low(a) < u256_low(b);
    *borrow_out = u256_less(a, b);
    return u256_from_halves(u256_low(a) - u256_low(b), u256_high(a) - u256_high(b) - borrow);
}

static inline weft_u256 u256_add(const weft_u256 *a, const weft_u256 *b) {
    unsigned carry;
    return u256_add_carry(a, b, &carry);
}

static inline weft_u256 u256_sub(const weft_u256 *a, const weft_u256 *b) {
    unsigned borrow;
    return u256_sub_borrow(a, b, &borrow);
}

static inline bool u256_is_power_of_two(const weft_u256 *a) {
    weft_u256 one = u256_from_u64(1), below = u256_sub(a, &one);
    bool one_bit_at_most = ((a->limb[0] & below.limb[0]) | (a->limb[1] & below.limb[1]) | (a->limb[2] & below.limb[2]) |
                            (a->limb[3] & below.limb[3])) == 0;
    return one_bit_at_most && !u256_is_zero(a);
}

static inline bool u256_is_negative(const weft_u256 *a) {
    return a->limb[3] >> 63 != 0;
}

/** a < b as two's complement. */
static inline bool u256_signed_less(const weft_u256 *a, const weft_u256 *b) {
    bool a_negative = u256_is_negative(a), b_negative = u256_is_negative(b);
    return a_negative != b_negative ? a_negative : u256_less(a, b);
}

static inline weft_u256 u256_negate(const weft_u256 *a) {
    weft_u256 zero = u256_zero();
    return u256_sub(&zero, a);
}

/** a * b + addend + *carry, which cannot overflow; the upper limb becomes *carry. Returns: the lower. */
static inline uint64_t limb_multiply_add(uint64_t a, uint64_t b, uint64_t addend, uint64_t *carry) {
    uint128 sum = (uint128)a * b + addend + *carry;
    *carry = (uint64_t)(sum >> 64);
    return (uint64_t)sum;
}

static inline weft_u256 u256_mul(const weft_u256 *a, const weft_u256 *b) {
    const uint64_t *x = a->limb, *y = b->limb;
    uint64_t r0, r1, r2, r3, carry = 0;
    r0 = limb_multiply_add(x[0], y[0], 0, &carry);
    r1 = limb_multiply_add(x[0], y[1], 0, &carry);
    r2 = limb_multiply_add(x[0], y[2], 0, &carry);
    r3 = x[0] * y[3] + carry;
    carry = 0;
    r1 = limb_multiply_add(x[1], y[0], r1, &carry);
    r2 = limb_multiply_add(x[1], y[1], r2, &carry);
    r3 += x[1] * y[2] + carry;
    carry = 0;
    r2 = limb_multiply_add(x[2], y[0], r2, &carry);
    r3 += x[2] * y[1] + x[3] * y[0] + carry;
    return (weft_u256){{r0, r1, r2, r3}};
}

/** row[0..3] += a * b, row[4] = what is carried out. */
static inline void limb_multiply_row(uint64_t row[5], uint64_t a, const weft_u256 *b) {
    uint64_t carry = 0;
    row[0] = limb_multiply_add(a, b->limb[0], row[0], &carry);
    row[1] = limb_multiply_add(a, b->limb[1], row[1], &carry);
    row[2] = limb_multiply_add(a, b->limb[2], row[2], &carry);
    row[3] = limb_multiply_add(a, b->limb[3], row[3], &carry);
    row[4] = carry;
}

/** The full product, eight limbs, least significant first. */
static inline void u256_mul_wide(uint64_t product[8], const weft_u256 *a, const weft_u256 *b) {
    product[0] = product[1] = product[2] = product[3] = 0;
    limb_multiply_row(product, a->limb[0], b);
    limb_multiply_row(product + 1, a->limb[1], b);
    limb_multiply_row(product + 2, a->limb[2], b);
    limb_multiply_row(product + 3, a->limb[3], b);
}

weft_u256 u256_div(const weft_u256 *a, const weft_u256 *b);
weft_u256 u256_mod(const weft_u256 *a, const weft_u256 *b);
/** The quotient and remainder of the eight limbs of `numerator`, least significant first; the divisor is not zero.
 *  Returns: the remainder. */
weft_u256 u256_div_wide(uint64_t quotient[8], const uint64_t numerator[8], const weft_u256 *divisor);
weft_u256 u256_signed_div(const weft_u256 *a, const weft_u256 *b);
/** The remainder takes the sign of `a` (SMOD). */
weft_u256 u256_signed_mod(const weft_u256 *a, const weft_u256 *b);
/** (a + b) mod m and (a * b) mod m with unbounded intermediate results; zero when m is zero. */
weft_u256 u256_addmod(const weft_u256 *a, const weft_u256 *b, const weft_u256 *m);
weft_u256 u256_mulmod(const weft_u256 *a, const weft_u256 *b, const weft_u256 *m);
weft_u256 u256_exp(const weft_u256 *base, const weft_u256 *exponent);

/** Shifts by any amount; 256 and more give zero (or all sign bits for the arithmetic shift). Without branches: the
 *  limbs are read from a row of them that goes on with zeros (or sign bits). */
static inline weft_u256 u256_shift_left(const weft_u256 *a, unsigned shift) {
    const uint64_t row[9] = {0, 0, 0, 0, 0, a->limb[0], a->limb[1], a->limb[2], a->limb[3]};
    const uint64_t *lower = row + 4 - (shift < 256 ? shift : 256) / 64;
    unsigned bits = shift % 64, rest = 63 - bits;
    return (weft_u256){{lower[1] << bits | lower[0] >> 1 >> rest, lower[2] << bits | lower[1] >> 1 >> rest,
                        lower[3] << bits | lower[2] >> 1 >> rest, lower[4] << bits | lower[3] >> 1 >> rest}};
}

/** `fill`: a limb of the bits that come in from above. */
static inline weft_u256 u256_shift_right_filling(const weft_u256 *a, unsigned shift, uint64_t fill) {
    const uint64_t row[9] = {a->limb[0], a->limb[1], a->limb[2], a->limb[3], fill, fill, fill, fill, fill};
    const uint64_t *limb = row + (shift < 256 ? shift : 256) / 64;
    unsigned bits = shift % 64, rest = 63 - bits;
    return (weft_u256){{limb[0] >> bits | limb[1] << 1 << rest, limb[1] >> bits | limb[2] << 1 << rest,
                        limb[2] >> bits | limb[3] << 1 << rest, limb[3] >> bits | limb[4] << 1 << rest}};
}

static inline weft_u256 u256_shift_right(const weft_u256 *a, unsigned shift) {
    return u256_shift_right_filling(a, shift, 0);
}

static inline weft_u256 u256_shift_right_arithmetic(const weft_u256 *a, unsigned shift) {
    return u256_shift_right_filling(a, shift, 0 - (a->limb[3] >> 63));
}

/** SIGNEXTEND: extend the two's complement number in the lowest `byte_index` + 1 bytes; 31 and more change nothing. */
static inline weft_u256 u256_sign_extend(const weft_u256 *a, unsigned byte_index) {
    unsigned top = (byte_index < 31 ? byte_index : 31) / 8, sign_bit = byte_index < 31 ? byte_index % 8 * 8 + 7 : 63;
    uint64_t sign = 0 - (a->limb[top] >> sign_bit & 1), above = ~(uint64_t)1 << sign_bit;
    uint64_t extended = (a->limb[top] & ~above) | (sign & above);
    return (weft_u256){{top == 0 ? extended : a->limb[0],
                        top == 1  ? extended
                        : top < 1 ? sign
                                  : a->limb[1],
                        top == 2  ? extended
                        : top < 2 ? sign
                                  : a->limb[2],
                        top == 3 ? extended : sign}};
}

/** Number of significant bits, 0 for zero, 256 at most. */
static inline unsigned u256_bit_length(const weft_u256 *a) {
    for (int i = 3; i >= 0; i--) {
        if (a->limb[i] != 0) {
            return (unsigned)(64 * (i + 1) - __builtin_clzll(a->limb[i]));
        }
    }
    return 0;
}

/** Number of significant bytes, 0 for zero, 32 at most. */
static inline unsigned u256_byte_length(const weft_u256 *a) {
    return (u256_bit_length(a) + 7) / 8;
}

static inline weft_u256 u256_from_be32(const uint8_t bytes[32]) {
    weft_u256 r;
    for (int i = 0; i < 4; i++) {
        uint64_t limb;
        memcpy(&limb, bytes + 24 - 8 * i, 8);
        r.limb[i] = __builtin_bswap64(limb);
    }
    return r;
}

static inline void u256_to_be32(uint8_t bytes[32], const weft_u256 *a) {
    for (int i = 0; i < 4; i++) {
        uint64_t limb = __builtin_bswap64(a->limb[i]);
        memcpy(bytes + 24 - 8 * i, &limb, 8);
    }
}

/** The big-endian number in `size` bytes, size <= 32. */
weft_u256 u256_from_be(const uint8_t *bytes, size_t size);

static inline weft_u256 u256_from_bytes32(const weft_bytes32 *bytes) {
    return u256_from_be32(bytes->bytes);
}

static inline weft_bytes32 u256_to_bytes32(const weft_u256 *a) {
    weft_bytes32 r;
    u256_to_be32(r.bytes, a);
    return r;
}

static inline weft_u256 u256_from_address(const weft_address *address) {
    return u256_from_be(address->bytes, sizeof address->bytes);
}

/** The low 20 bytes. */
static inline weft_address u256_to_address(const weft_u256 *a) {
    weft_address r;
    uint8_t bytes[32];
    u256_to_be32(bytes, a);
    memcpy(r.bytes, bytes + 12, sizeof r.bytes);
    return r;
}

#endif
