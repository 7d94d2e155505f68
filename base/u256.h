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

#include "base/bytes.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

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

/** a + b + carry; the carry, 0 or 1 before and after. Written with what compilers turn into chains of add and adc
 *  whatever surrounds them; sums of 128 bits they keep in memory where registers are scarce. */
static inline uint64_t limb_add(uint64_t a, uint64_t b, unsigned char *carry) {
#ifdef __x86_64__
    unsigned long long sum;
    *carry = _addcarry_u64(*carry, a, b, &sum);
    return sum;
#else
    uint64_t sum;
    unsigned char carried = __builtin_add_overflow(a, b, &sum);
    carried |= __builtin_add_overflow(sum, *carry, &sum);
    *carry = carried;
    return sum;
#endif
}

/** a - b - borrow; the borrow, 0 or 1 before and after. */
static inline uint64_t limb_sub(uint64_t a, uint64_t b, unsigned char *borrow) {
#ifdef __x86_64__
    unsigned long long difference;
    *borrow = _subborrow_u64(*borrow, a, b, &difference);
    return difference;
#else
    uint64_t difference;
    unsigned char borrowed = __builtin_sub_overflow(a, b, &difference);
    borrowed |= __builtin_sub_overflow(difference, *borrow, &difference);
    *borrow = borrowed;
    return difference;
#endif
}

/** a + b; *carry_out (0 or 1) is the lost bit. */
static inline weft_u256 u256_add_carry(const weft_u256 *a, const weft_u256 *b, unsigned *carry_out) {
    unsigned char carry = 0;
    uint64_t r0 = limb_add(a->limb[0], b->limb[0], &carry), r1 = limb_add(a->limb[1], b->limb[1], &carry);
    uint64_t r2 = limb_add(a->limb[2], b->limb[2], &carry), r3 = limb_add(a->limb[3], b->limb[3], &carry);
    *carry_out = carry;
    return (weft_u256){{r0, r1, r2, r3}};
}

/** a - b; *borrow_out is 1 when b > a. */
static inline weft_u256 u256_sub_borrow(const weft_u256 *a, const weft_u256 *b, unsigned *borrow_out) {
    unsigned char borrow = 0;
    uint64_t r0 = limb_sub(a->limb[0], b->limb[0], &borrow), r1 = limb_sub(a->limb[1], b->limb[1], &borrow);
    uint64_t r2 = limb_sub(a->limb[2], b->limb[2], &borrow), r3 = limb_sub(a->limb[3], b->limb[3], &borrow);
    *borrow_out = borrow;
    return (weft_u256){{r0, r1, r2, r3}};
}

static inline bool u256_less(const weft_u256 *a, const weft_u256 *b) {
    unsigned borrow;
    (void)u256_sub_borrow(a, b, &borrow);
    return borrow != 0;
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

/** The lower limb of a * b; *high is the upper. */
static inline uint64_t limb_multiply(uint64_t a, uint64_t b, uint64_t *high) {
    uint128 product = (uint128)a * b;
    *high = (uint64_t)(product >> 64);
    return (uint64_t)product;
}

/** The upper limb of a * b. */
static inline uint64_t limb_multiply_high(uint64_t a, uint64_t b) {
    return (uint64_t)((uint128)a * b >> 64);
}

static inline weft_u256 u256_mul(const weft_u256 *a, const weft_u256 *b) {
    const uint64_t *x = a->limb, *y = b->limb;
    uint64_t h0, h1, h2;
    unsigned char carry = 0;
    uint64_t r0 = limb_multiply(x[0], y[0], &h0), r1 = limb_multiply(x[0], y[1], &h1);
    uint64_t r2 = limb_multiply(x[0], y[2], &h2), r3 = x[0] * y[3] + x[1] * y[2] + x[2] * y[1] + x[3] * y[0];
    r1 = limb_add(r1, h0, &carry);
    r2 = limb_add(r2, h1, &carry);
    r3 += h2 + carry;
    uint64_t l0 = limb_multiply(x[1], y[0], &h0), l1 = limb_multiply(x[1], y[1], &h1);
    carry = 0;
    r1 = limb_add(r1, l0, &carry);
    r2 = limb_add(r2, l1, &carry);
    r3 += h1 + carry;
    l0 = limb_multiply(x[2], y[0], &h1);
    carry = 0;
    r2 = limb_add(r2, h0, &carry);
    r3 += carry;
    carry = 0;
    r2 = limb_add(r2, l0, &carry);
    r3 += h1 + carry;
    return (weft_u256){{r0, r1, r2, r3}};
}

/** row[0..count-1] += a * b[0..count-1] + addend, row[count] = what is carried out; `count` is a constant up to 5, for
 *  which the loops are unrolled. */
static inline __attribute__((always_inline)) void limbs_multiply_row(uint64_t *row, unsigned count, uint64_t a,
                                                                     const uint64_t *b, uint64_t addend) {
    uint64_t low[5], high[6] = {addend};
    unsigned char carry = 0;
    for (unsigned i = 0; i < count; i++) {
        low[i] = limb_multiply(a, b[i], &high[i + 1]);
    }
    for (unsigned i = 0; i < count; i++) {
        low[i] = limb_add(low[i], high[i], &carry);
    }
    uint64_t top = limb_add(high[count], 0, &carry);
    carry = 0; /* as it is: the product of two limbs is below 2^128 - 2^64 */
    for (unsigned i = 0; i < count; i++) {
        row[i] = limb_add(row[i], low[i], &carry);
    }
    row[count] = limb_add(top, 0, &carry);
}

/** The full product, eight limbs, least significant first. */
static inline void u256_mul_wide(uint64_t product[8], const weft_u256 *a, const weft_u256 *b) {
    product[0] = product[1] = product[2] = product[3] = 0;
    for (unsigned i = 0; i < 4; i++) {
        limbs_multiply_row(product + i, 4, a->limb[i], b->limb, 0);
    }
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

/** The upper limb of (high ‖ low) << bits, and the lower of (high ‖ low) >> bits; bits < 64. */
static inline uint64_t limb_shift_left(uint64_t high, uint64_t low, unsigned bits) {
    return high << bits | low >> 1 >> (63 - bits);
}

static inline uint64_t limb_shift_right(uint64_t high, uint64_t low, unsigned bits) {
    return low >> bits | high << 1 << (63 - bits);
}

/** Shifts by any amount; 256 and more give zero (or all sign bits for the arithmetic shift). */
static inline weft_u256 u256_shift_left(const weft_u256 *a, unsigned shift) {
    uint64_t a0 = a->limb[0], a1 = a->limb[1], a2 = a->limb[2], a3 = a->limb[3];
    unsigned bits = shift % 64;
    switch (shift / 64) {
    case 0:
        return (weft_u256){
            {a0 << bits, limb_shift_left(a1, a0, bits), limb_shift_left(a2, a1, bits), limb_shift_left(a3, a2, bits)}};
    case 1: return (weft_u256){{0, a0 << bits, limb_shift_left(a1, a0, bits), limb_shift_left(a2, a1, bits)}};
    case 2: return (weft_u256){{0, 0, a0 << bits, limb_shift_left(a1, a0, bits)}};
    case 3: return (weft_u256){{0, 0, 0, a0 << bits}};
    default: return u256_zero();
    }
}

/** `fill`: a limb of the bits that come in from above. */
static inline weft_u256 u256_shift_right_filling(const weft_u256 *a, unsigned shift, uint64_t fill) {
    uint64_t a0 = a->limb[0], a1 = a->limb[1], a2 = a->limb[2], a3 = a->limb[3];
    unsigned bits = shift % 64;
    switch (shift / 64) {
    case 0:
        return (weft_u256){{limb_shift_right(a1, a0, bits), limb_shift_right(a2, a1, bits),
                            limb_shift_right(a3, a2, bits), limb_shift_right(fill, a3, bits)}};
    case 1:
        return (weft_u256){
            {limb_shift_right(a2, a1, bits), limb_shift_right(a3, a2, bits), limb_shift_right(fill, a3, bits), fill}};
    case 2: return (weft_u256){{limb_shift_right(a3, a2, bits), limb_shift_right(fill, a3, bits), fill, fill}};
    case 3: return (weft_u256){{limb_shift_right(fill, a3, bits), fill, fill, fill}};
    default: return (weft_u256){{fill, fill, fill, fill}};
    }
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

static inline weft_u256 u256_from_bool(bool value) {
    return u256_from_u64(value ? 1 : 0);
}

static inline weft_u256 u256_and(const weft_u256 *a, const weft_u256 *b) {
    return (weft_u256){
        {a->limb[0] & b->limb[0], a->limb[1] & b->limb[1], a->limb[2] & b->limb[2], a->limb[3] & b->limb[3]}};
}

static inline weft_u256 u256_or(const weft_u256 *a, const weft_u256 *b) {
    return (weft_u256){
        {a->limb[0] | b->limb[0], a->limb[1] | b->limb[1], a->limb[2] | b->limb[2], a->limb[3] | b->limb[3]}};
}

static inline weft_u256 u256_xor(const weft_u256 *a, const weft_u256 *b) {
    return (weft_u256){
        {a->limb[0] ^ b->limb[0], a->limb[1] ^ b->limb[1], a->limb[2] ^ b->limb[2], a->limb[3] ^ b->limb[3]}};
}

static inline weft_u256 u256_not(const weft_u256 *a) {
    return (weft_u256){{~a->limb[0], ~a->limb[1], ~a->limb[2], ~a->limb[3]}};
}

/** BYTE: byte `index` of `a`, counted from the most significant one. */
static inline weft_u256 u256_byte(const weft_u256 *a, const weft_u256 *index) {
    if (!u256_fits_u64(index) || index->limb[0] > 31) {
        return u256_zero();
    }
    unsigned shift = 31 - (unsigned)index->limb[0];
    return u256_from_u64(a->limb[shift / 8] >> (shift % 8 * 8) & 0xff);
}

/** A word as a number at most `most`: for operands whose larger values all mean the same. */
static inline unsigned u256_saturate(const weft_u256 *a, unsigned most) {
    return u256_fits_u64(a) && a->limb[0] < most ? (unsigned)a->limb[0] : most;
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
        r.limb[i] = load_be64(bytes + 24 - 8 * i);
    }
    return r;
}

static inline void u256_to_be32(uint8_t bytes[32], const weft_u256 *a) {
    for (int i = 0; i < 4; i++) {
        store_be64(bytes + 24 - 8 * i, a->limb[i]);
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
    const uint8_t *bytes = address->bytes;
    return (weft_u256){{load_be64(bytes + 12), load_be64(bytes + 4), load_be64(bytes) >> 32, 0}};
}

/** The low 20 bytes. */
static inline weft_address u256_to_address(const weft_u256 *a) {
    weft_address r;
    store_be64(r.bytes, a->limb[2] << 32);
    store_be64(r.bytes + 4, a->limb[1]);
    store_be64(r.bytes + 12, a->limb[0]);
    return r;
}

#endif
