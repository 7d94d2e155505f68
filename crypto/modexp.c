#include "crypto/modexp.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(mp_limb_t) == 8 && GMP_NUMB_BITS == 64, "limbs are read and written as whole 64-bit words");

__extension__ typedef unsigned __int128 uint128;

enum {
    LIMB_SIZE = 8,
    LIMB_BITS = 64,
    SMALL_LIMBS = 4,     /* up to this size calls of GMP take longer than what they do */
    SPLIT_LIMBS = 65,    /* from this size up a division beats two powers for an even modulus */
    STACK_LIMBS = 512,   /* up to this size mpn_mul_n(), mpn_sqr() and mpn_tdiv_qr() need little stack and no heap */
    DIVISION_LIMBS = 96, /* from this size up to STACK_LIMBS a division, by then subquadratic, beats Montgomery */
    WINDOW_BITS_MAX = 5,
    OPERAND_SIZE_MAX_SHIFT = 8 /* operands above SIZE_MAX >> 8 bytes cannot be in memory with their scratch space */
};

/* How products become elements of a ring again. In Montgomery form x stands as x * 2^(64n) mod m, and reduction needs no
 * quotients; only an odd modulus has such a form. */
typedef enum reduction { REDUCE_BY_DIVISION, REDUCE_BY_MONTGOMERY, REDUCE_BY_TRUNCATION } reduction;

typedef struct modexp_ring modexp_ring;

/* result = a * b, both elements of the ring; any two may be the same. */
typedef void multiply_small(const modexp_ring *ring, mp_limb_t *result, const mp_limb_t *a, const mp_limb_t *b);

/* The integers modulo an n-limb modulus whose top limb is not zero, or modulo a power of two. */
struct modexp_ring {
    reduction reduction;
    const mp_limb_t *modulus; /* not of truncation */
    size_t n;
    mp_limb_t top_mask;        /* truncation: the bits of limb n - 1 that are kept */
    mp_limb_t negated_inverse; /* Montgomery form: -1 / modulus mod 2^64 */
    mp_limb_t *product;        /* 2n limbs: what ring_reduce() reads and destroys */
    mp_limb_t *scratch;        /* for the mpn_sec functions, or a quotient of n + 1 limbs */
    multiply_small *multiply;  /* NULL: by GMP's functions */
};

static weft_bytes bytes_without_leading_zeros(weft_bytes bytes) {
    while (bytes.size > 0 && bytes.data[0] == 0) {
        bytes.data++;
        bytes.size--;
    }
    return bytes;
}

static size_t limb_count_of(weft_bytes bytes) {
    return (bytes.size + LIMB_SIZE - 1) / LIMB_SIZE;
}

static void limbs_from_be(mp_limb_t *limbs, weft_bytes bytes) {
    memset(limbs, 0, limb_count_of(bytes) * LIMB_SIZE);
    for (size_t i = 0; i < bytes.size; i++) {
        limbs[i / LIMB_SIZE] |= (mp_limb_t)bytes.data[bytes.size - 1 - i] << 8 * (i % LIMB_SIZE);
    }
}

static void limbs_to_be(uint8_t *out, size_t out_size, const mp_limb_t *limbs, size_t limb_count) {
    for (size_t i = 0; i < out_size; i++) {
        size_t limb = i / LIMB_SIZE;
        out[out_size - 1 - i] = (uint8_t)(limb < limb_count ? limbs[limb] >> 8 * (i % LIMB_SIZE) : 0);
    }
}

/* -1 / odd mod 2^64. An odd number is its own inverse modulo 8; each Newton step doubles the number of right bits. */
static mp_limb_t limb_negated_inverse(mp_limb_t odd) {
    mp_limb_t inverse = odd;
    for (int right_bits = 3; right_bits < LIMB_BITS; right_bits *= 2) {
        inverse *= 2 - odd * inverse;
    }
    return -inverse;
}

static void ring_truncate(const modexp_ring *ring, mp_limb_t *result) {
    mpn_copyi(result, ring->product, (mp_size_t)ring->n);
    result[ring->n - 1] &= ring->top_mask;
}

static void ring_divide(const modexp_ring *ring, mp_limb_t *result) {
    const mp_size_t n = (mp_size_t)ring->n;
    if (n <= STACK_LIMBS) {
        mpn_tdiv_qr(ring->scratch, result, 0, ring->product, 2 * n, ring->modulus, n);
    } else {
        mpn_sec_div_r(ring->product, 2 * n, ring->modulus, n, ring->scratch);
        mpn_copyi(result, ring->product, n);
    }
}

/* Divides by 2^(64n), too. Each turn makes the lowest limb zero by adding a multiple of the modulus; its carry moves into
 * the limb that became free (Montgomery 1985). */
static void ring_divide_montgomery(const modexp_ring *ring, mp_limb_t *result) {
    const mp_size_t n = (mp_size_t)ring->n;
    mp_limb_t *t = ring->product;
    for (mp_size_t i = 0; i < n; i++) {
        t[i] = mpn_addmul_1(t + i, ring->modulus, n, t[i] * ring->negated_inverse);
    }
    mp_limb_t carry = mpn_add_n(result, t + n, t, n);
    if (carry != 0 || mpn_cmp(result, ring->modulus, n) >= 0) {
        mpn_sub_n(result, result, ring->modulus, n);
    }
}

/* ring->product as an element of the ring. */
static void ring_reduce(const modexp_ring *ring, mp_limb_t *result) {
    switch (ring->reduction) {
    case REDUCE_BY_DIVISION: ring_divide(ring, result); break;
    case REDUCE_BY_MONTGOMERY: ring_divide_montgomery(ring, result); break;
    case REDUCE_BY_TRUNCATION: ring_truncate(ring, result); break;
    }
}

/* limb + a * b + *carry, whose high half becomes the new carry. */
static inline mp_limb_t multiply_add(mp_limb_t limb, mp_limb_t a, mp_limb_t b, mp_limb_t *carry) {
    const uint128 sum = (uint128)a * b + limb + *carry;
    *carry = (mp_limb_t)(sum >> LIMB_BITS);
    return (mp_limb_t)sum;
}

/* The steps of ring_divide_montgomery() between those of the multiplication, for an n that the compiler knows: few limbs stay
 * in registers, and no function is called. */
static inline __attribute__((always_inline)) void multiply_montgomery(const modexp_ring *ring, mp_limb_t *result,
                                                                      const mp_limb_t *a, const mp_limb_t *b,
                                                                      const size_t n) {
    mp_limb_t t[SMALL_LIMBS + 1] = {0}, reduced[SMALL_LIMBS];
    for (size_t i = 0; i < n; i++) {
        mp_limb_t carry = 0;
        for (size_t k = 0; k < n; k++) {
            t[k] = multiply_add(t[k], a[k], b[i], &carry);
        }
        const mp_limb_t overflow = __builtin_add_overflow(t[n], carry, &t[n]);
        const mp_limb_t factor = t[0] * ring->negated_inverse;
        carry = 0;
        (void)multiply_add(t[0], factor, ring->modulus[0], &carry);
        for (size_t k = 1; k < n; k++) {
            t[k - 1] = multiply_add(t[k], factor, ring->modulus[k], &carry);
        }
        t[n] = overflow + __builtin_add_overflow(t[n], carry, &t[n - 1]);
    }
    mp_limb_t borrow = 0;
    for (size_t k = 0; k < n; k++) {
        const uint128 difference = (uint128)t[k] - ring->modulus[k] - borrow;
        reduced[k] = (mp_limb_t)difference;
        borrow = (mp_limb_t)(difference >> LIMB_BITS) & 1;
    }
    memcpy(result, t[n] >= borrow ? reduced : t, n * LIMB_SIZE);
}

static inline __attribute__((always_inline)) void multiply_truncated(const modexp_ring *ring, mp_limb_t *result,
                                                                     const mp_limb_t *a, const mp_limb_t *b,
                                                                     const size_t n) {
    mp_limb_t t[SMALL_LIMBS] = {0};
    for (size_t i = 0; i < n; i++) {
        mp_limb_t carry = 0;
        for (size_t k = 0; k + i < n; k++) {
            t[k + i] = multiply_add(t[k + i], a[k], b[i], &carry);
        }
    }
    t[n - 1] &= ring->top_mask;
    memcpy(result, t, n * LIMB_SIZE);
}

#define MULTIPLY_SMALL_DEFINE(n)                                                                        \
    static void multiply_montgomery_##n(const modexp_ring *ring, mp_limb_t *result, const mp_limb_t *a, \
                                        const mp_limb_t *b) {                                           \
        multiply_montgomery(ring, result, a, b, n);                                                     \
    }                                                                                                   \
    static void multiply_truncated_##n(const modexp_ring *ring, mp_limb_t *result, const mp_limb_t *a,  \
                                       const mp_limb_t *b) {                                            \
        multiply_truncated(ring, result, a, b, n);                                                      \
    }
MULTIPLY_SMALL_DEFINE(1)
MULTIPLY_SMALL_DEFINE(2)
MULTIPLY_SMALL_DEFINE(3)
MULTIPLY_SMALL_DEFINE(4)

/* NULL: there is none for this ring. */
static multiply_small *multiply_small_of(const modexp_ring *ring) {
    static multiply_small *const all[][SMALL_LIMBS] = {
        [REDUCE_BY_MONTGOMERY] = {multiply_montgomery_1, multiply_montgomery_2, multiply_montgomery_3,
                                  multiply_montgomery_4},
        [REDUCE_BY_TRUNCATION] = {multiply_truncated_1, multiply_truncated_2, multiply_truncated_3,
                                  multiply_truncated_4},
    };
    return ring->n <= SMALL_LIMBS ? all[ring->reduction][ring->n - 1] : NULL;
}

static void ring_multiply(const modexp_ring *ring, mp_limb_t *result, const mp_limb_t *a, const mp_limb_t *b) {
    const mp_size_t n = (mp_size_t)ring->n;
    if (ring->multiply != NULL) {
        ring->multiply(ring, result, a, b);
        return;
    }
    if (n <= STACK_LIMBS) {
        mpn_mul_n(ring->product, a, b, n);
    } else {
        mpn_sec_mul(ring->product, a, n, b, n, ring->scratch);
    }
    ring_reduce(ring, result);
}

static void ring_square(const modexp_ring *ring, mp_limb_t *a) {
    const mp_size_t n = (mp_size_t)ring->n;
    if (ring->multiply != NULL) {
        ring->multiply(ring, a, a, a);
        return;
    }
    if (n <= STACK_LIMBS) {
        mpn_sqr(ring->product, a, n);
    } else {
        mpn_sec_sqr(ring->product, a, n, ring->scratch);
    }
    ring_reduce(ring, a);
}

/* result = value as an element of the ring. value has value_count + n limbs; the upper value_count limbs hold the number
 * and the lower n are zero, which is the multiplication that the Montgomery form asks for. */
static void ring_enter(const modexp_ring *ring, mp_limb_t *result, mp_limb_t *value, size_t value_count) {
    const size_t n = ring->n, skipped = ring->reduction == REDUCE_BY_MONTGOMERY ? 0 : n;
    size_t size = n + value_count - skipped;
    if (size >= n) {
        if (ring->reduction != REDUCE_BY_TRUNCATION) {
            mpn_sec_div_r(value + skipped, (mp_size_t)size, ring->modulus, (mp_size_t)n, ring->scratch);
        }
        size = n;
    }
    memcpy(result, value + skipped, size * LIMB_SIZE);
    memset(result + size, 0, (n - size) * LIMB_SIZE);
    if (ring->reduction == REDUCE_BY_TRUNCATION) {
        result[n - 1] &= ring->top_mask;
    }
}

static void ring_leave(const modexp_ring *ring, mp_limb_t *a) {
    if (ring->reduction == REDUCE_BY_MONTGOMERY) {
        memcpy(ring->product, a, ring->n * LIMB_SIZE);
        memset(ring->product + ring->n, 0, ring->n * LIMB_SIZE);
        ring_reduce(ring, a);
    }
}

/* The window that needs the fewest multiplications: 2^bits - 2 for the table and one per window of the exponent. */
static unsigned window_bits_for(size_t exponent_bits) {
    unsigned bits = 1;
    while (bits < WINDOW_BITS_MAX &&
           ((size_t)2 << bits) + exponent_bits / (bits + 1) < ((size_t)1 << bits) + exponent_bits / bits) {
        bits++;
    }
    return bits;
}

static unsigned exponent_bits_at(weft_bytes exponent, size_t position, unsigned count) {
    unsigned bits = 0;
    for (unsigned i = count; i-- > 0;) {
        size_t bit = position + i, byte = bit / 8;
        unsigned value = byte < exponent.size ? exponent.data[exponent.size - 1 - byte] >> bit % 8 & 1u : 0;
        bits = bits << 1 | value;
    }
    return bits;
}

/* result = table[1] ^ exponent for an exponent above zero. The table has room for 2^window_bits elements of n limbs;
 * element 0 is never read. */
static void ring_power(const modexp_ring *ring, mp_limb_t *result, mp_limb_t *table, weft_bytes exponent,
                       unsigned window_bits) {
    const size_t n = ring->n;
    for (size_t i = 2; i < (size_t)1 << window_bits; i++) {
        ring_multiply(ring, table + i * n, table + (i - 1) * n, table + n);
    }
    size_t window_count = (8 * exponent.size + window_bits - 1) / window_bits;
    bool started = false;
    while (window_count-- > 0) {
        for (unsigned i = 0; i < window_bits && started; i++) {
            ring_square(ring, result);
        }
        unsigned window = exponent_bits_at(exponent, window_count * window_bits, window_bits);
        if (window != 0 && started) {
            ring_multiply(ring, result, result, table + window * n);
        } else if (window != 0) {
            memcpy(result, table + window * n, n * LIMB_SIZE);
            started = true;
        }
    }
}

static size_t scratch_limb_count(size_t n, size_t base_count) {
    const mp_size_t size = (mp_size_t)n;
    const mp_size_t needs[] = {mpn_sec_mul_itch(size, size), mpn_sec_sqr_itch(size), mpn_sec_div_r_itch(2 * size, size),
                               mpn_sec_div_r_itch((mp_size_t)base_count + size, size)};
    size_t most = n + 1;
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        most = (size_t)needs[i] > most ? (size_t)needs[i] : most;
    }
    return most;
}

/* result = base ^ exponent in the ring, which is given without its memory. */
static crypto_result ring_compute(modexp_ring ring, mp_limb_t *result, weft_bytes base, weft_bytes exponent) {
    const size_t n = ring.n, base_count = limb_count_of(base);
    const unsigned window_bits = window_bits_for(8 * exponent.size);
    const size_t table_count = n << window_bits, scratch_count = scratch_limb_count(n, base_count);
    mp_limb_t *base_limbs = malloc((base_count + n + 2 * n + table_count + scratch_count) * LIMB_SIZE);
    if (base_limbs == NULL) {
        return CRYPTO_NO_MEMORY;
    }
    ring.multiply = multiply_small_of(&ring);
    ring.product = base_limbs + base_count + n;
    mp_limb_t *table = ring.product + 2 * n;
    ring.scratch = table + table_count;
    memset(base_limbs, 0, n * LIMB_SIZE);
    limbs_from_be(base_limbs + n, base);
    ring_enter(&ring, table + n, base_limbs, base_count);
    ring_power(&ring, result, table, exponent, window_bits);
    ring_leave(&ring, result);
    free(base_limbs);
    return CRYPTO_OK;
}

/* Modulo an odd number, or any for which a division beats what follows. */
static crypto_result power_whole(mp_limb_t *result, const mp_limb_t *modulus, size_t n, weft_bytes base,
                                 weft_bytes exponent) {
    const bool is_odd = (modulus[0] & 1) != 0;
    const modexp_ring ring = {
        .reduction = is_odd && (n < DIVISION_LIMBS || n > STACK_LIMBS) ? REDUCE_BY_MONTGOMERY : REDUCE_BY_DIVISION,
        .modulus = modulus,
        .n = n,
        .negated_inverse = is_odd ? limb_negated_inverse(modulus[0]) : 0,
    };
    return ring_compute(ring, result, base, exponent);
}

/* An even modulus of few limbs as 2^bits * odd. */
typedef struct even_modulus {
    size_t odd_count, low_count; /* limbs of the odd part, and of a number below 2^bits */
    mp_limb_t low_mask;          /* the bits of such a number's highest limb */
    mp_limb_t odd[SPLIT_LIMBS];
} even_modulus;

static even_modulus even_modulus_split(const mp_limb_t *modulus, size_t n) {
    even_modulus m;
    const size_t bits = mpn_scan1(modulus, 0), whole = bits / LIMB_BITS;
    m.odd_count = n - whole;
    if (bits % LIMB_BITS == 0) {
        mpn_copyi(m.odd, modulus + whole, (mp_size_t)m.odd_count);
    } else {
        mpn_rshift(m.odd, modulus + whole, (mp_size_t)m.odd_count, (unsigned)(bits % LIMB_BITS));
    }
    m.odd_count -= m.odd[m.odd_count - 1] == 0;
    m.low_count = (bits + LIMB_BITS - 1) / LIMB_BITS;
    m.low_mask = UINT64_MAX >> (m.low_count * LIMB_BITS - bits);
    return m;
}

/* result = 1 / odd mod 2^(64 count). Each Newton step doubles the number of right limbs. */
static void invert_odd(mp_limb_t *result, const mp_limb_t *odd, size_t count) {
    mp_limb_t product[2 * SPLIT_LIMBS], correction[SPLIT_LIMBS];
    memset(result, 0, count * LIMB_SIZE);
    result[0] = 0 - limb_negated_inverse(odd[0]);
    for (size_t right = 1; right < count; right *= 2) {
        mpn_mul_n(product, odd, result, (mp_size_t)count);
        mpn_neg(correction, product, (mp_size_t)count);
        mpn_add_1(correction, correction, (mp_size_t)count, 2);
        mpn_mul_n(product, result, correction, (mp_size_t)count);
        mpn_copyi(result, product, (mp_size_t)count);
    }
}

/* The number that is `result` modulo the odd part and `low` modulo the power of two (Chinese remainder theorem): result +
 * odd * ((low - result) / odd mod 2^bits). */
static void combine(mp_limb_t *result, size_t n, const even_modulus *m, const mp_limb_t *low) {
    const mp_size_t low_count = (mp_size_t)m->low_count, odd_count = (mp_size_t)m->odd_count;
    mp_limb_t padded[2 * SPLIT_LIMBS] = {0}, factor[SPLIT_LIMBS], product[2 * SPLIT_LIMBS];
    mpn_copyi(padded, m->odd, odd_count);
    invert_odd(factor, padded, m->low_count);
    mpn_zero(result + odd_count, (mp_size_t)n - odd_count);
    mpn_sub_n(padded, low, result, low_count);
    mpn_mul_n(product, padded, factor, low_count);
    mpn_copyi(factor, product, low_count);
    factor[low_count - 1] &= m->low_mask;
    if (odd_count >= low_count) {
        mpn_mul(product, m->odd, odd_count, factor, low_count);
    } else {
        mpn_mul(product, factor, low_count, m->odd, odd_count);
    }
    mpn_add_n(result, result, product, (mp_size_t)n);
}

/* Modulo an even number, as powers modulo its odd part and modulo the power of two: neither needs divisions. */
static crypto_result power_split(mp_limb_t *result, const mp_limb_t *modulus, size_t n, weft_bytes base,
                                 weft_bytes exponent) {
    const even_modulus m = even_modulus_split(modulus, n);
    const modexp_ring low_ring = {.reduction = REDUCE_BY_TRUNCATION, .n = m.low_count, .top_mask = m.low_mask};
    mp_limb_t low[SPLIT_LIMBS];
    crypto_result status = ring_compute(low_ring, low, base, exponent);
    if (status == CRYPTO_OK) {
        status = power_whole(result, m.odd, m.odd_count, base, exponent);
    }
    if (status == CRYPTO_OK) {
        combine(result, n, &m, low);
    }
    return status;
}

/* Modulus and exponent are above zero and have no leading zeros. */
static crypto_result modexp_trimmed(uint8_t *out, size_t out_size, weft_bytes base, weft_bytes exponent,
                                    weft_bytes modulus) {
    const size_t n = limb_count_of(modulus);
    mp_limb_t *modulus_limbs = malloc(2 * n * LIMB_SIZE);
    if (modulus_limbs == NULL) {
        return CRYPTO_NO_MEMORY;
    }
    mp_limb_t *result = modulus_limbs + n;
    limbs_from_be(modulus_limbs, modulus);
    const bool is_split = (modulus_limbs[0] & 1) == 0 && n < SPLIT_LIMBS;
    crypto_result status = (is_split ? power_split : power_whole)(result, modulus_limbs, n, base, exponent);
    if (status == CRYPTO_OK) {
        limbs_to_be(out, out_size, result, n);
    }
    free(modulus_limbs);
    return status;
}

crypto_result modexp(uint8_t *out, weft_bytes base, weft_bytes exponent, weft_bytes modulus) {
    const size_t out_size = modulus.size, size_max = SIZE_MAX >> OPERAND_SIZE_MAX_SHIFT;
    if (base.size > size_max || exponent.size > size_max || modulus.size > size_max) {
        return CRYPTO_NO_MEMORY;
    }
    base = bytes_without_leading_zeros(base);
    exponent = bytes_without_leading_zeros(exponent);
    modulus = bytes_without_leading_zeros(modulus);
    if (out_size == 0) {
        return CRYPTO_OK;
    }
    const bool modulus_is_one = modulus.size == 1 && modulus.data[0] == 1;
    if (modulus.size == 0 || modulus_is_one || exponent.size == 0 || base.size == 0) {
        memset(out, 0, out_size);
        out[out_size - 1] = exponent.size == 0 && modulus.size != 0 && !modulus_is_one;
        return CRYPTO_OK;
    }
    return modexp_trimmed(out, out_size, base, exponent, modulus);
}
