/** 256-bit unsigned arithmetic modulo 2^256 (Yellow Paper section 9.1), and its big-endian encodings.
 *
 *  Cheap operations are inline; division and its relatives live in u256_div.c. Signed operations read the same bits as
 *  two's complement. Nothing here fails: a division by zero gives zero, as the EVM wants it.
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

/** a + b; *carry_out (0 or 1) is the lost bit. */
static inline weft_u256 u256_add_carry(const weft_u256 *a, const weft_u256 *b, unsigned *carry_out) {
    weft_u256 r;
    uint128 sum = 0;
    for (int i = 0; i < 4; i++) {
        sum += (uint128)a->limb[i] + b->limb[i];
        r.limb[i] = (uint64_t)sum;
        sum >>= 64;
    }
    *carry_out = (unsigned)sum;
    return r;
}

/** a - b; *borrow_out is 1 when b > a. */
static inline weft_u256 u256_sub_borrow(const weft_u256 *a, const weft_u256 *b, unsigned *borrow_out) {
    weft_u256 r;
    uint64_t borrow = 0;
    for (int i = 0; i < 4; i++) {
        uint128 difference = (uint128)a->limb[i] - b->limb[i] - borrow;
        r.limb[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
    *borrow_out = (unsigned)borrow;
    return r;
}

static inline weft_u256 u256_add(const weft_u256 *a, const weft_u256 *b) {
    unsigned carry;
    return u256_add_carry(a, b, &carry);
}

static inline weft_u256 u256_sub(const weft_u256 *a, const weft_u256 *b) {
    unsigned borrow;
    return u256_sub_borrow(a, b, &borrow);
}

static inline bool u256_less(const weft_u256 *a, const weft_u256 *b) {
    unsigned borrow;
    (void)u256_sub_borrow(a, b, &borrow);
    return borrow != 0;
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

weft_u256 u256_mul(const weft_u256 *a, const weft_u256 *b);
/** The full product, eight limbs, least significant first. */
void u256_mul_wide(uint64_t product[8], const weft_u256 *a, const weft_u256 *b);

weft_u256 u256_div(const weft_u256 *a, const weft_u256 *b);
weft_u256 u256_mod(const weft_u256 *a, const weft_u256 *b);
weft_u256 u256_signed_div(const weft_u256 *a, const weft_u256 *b);
/** The remainder takes the sign of `a` (SMOD). */
weft_u256 u256_signed_mod(const weft_u256 *a, const weft_u256 *b);
/** (a + b) mod m and (a * b) mod m with unbounded intermediate results; zero when m is zero. */
weft_u256 u256_addmod(const weft_u256 *a, const weft_u256 *b, const weft_u256 *m);
weft_u256 u256_mulmod(const weft_u256 *a, const weft_u256 *b, const weft_u256 *m);
weft_u256 u256_exp(const weft_u256 *base, const weft_u256 *exponent);

/** Shifts by any amount; 256 and more give zero (or all sign bits for the arithmetic shift). */
weft_u256 u256_shift_left(const weft_u256 *a, unsigned shift);
weft_u256 u256_shift_right(const weft_u256 *a, unsigned shift);
weft_u256 u256_shift_right_arithmetic(const weft_u256 *a, unsigned shift);
/** SIGNEXTEND: extend the two's complement number in the lowest `byte_index` + 1 bytes; 31 and more change nothing. */
weft_u256 u256_sign_extend(const weft_u256 *a, unsigned byte_index);

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
