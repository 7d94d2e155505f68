#include "crypto/modexp.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(mp_limb_t) == 8 && GMP_NUMB_BITS == 64, "limbs are read and written as whole 64-bit words");

enum {
    LIMB_SIZE = 8,
    LIMB_BITS = 64,
    STACK_LIMBS = 512,   /* up to this size mpn_mul_n(), mpn_sqr() and mpn_tdiv_qr() need little stack and no heap */
    DIVISION_LIMBS = 96, /* from this size up to STACK_LIMBS a division, by then subquadratic, beats Montgomery */
    WINDOW_BITS_MAX = 5,
    OPERAND_SIZE_MAX_SHIFT = 8 /* operands above SIZE_MAX >> 8 bytes cannot be in memory with their scratch space */
};

/* The integers modulo an n-limb modulus whose top limb is not zero. In Montgomery form x stands as x * 2^(64n) mod m, and
 * reduction needs no quotients; only an odd modulus has such a form. */
typedef struct modexp_ring {
    const mp_limb_t *modulus;
    size_t n;
    bool montgomery;
    mp_limb_t negated_inverse; /* -1 / modulus mod 2^64, Montgomery form only */
    mp_limb_t *product;        /* 2n limbs: what ring_reduce() reads and destroys */
    mp_limb_t *scratch;        /* for the mpn_sec functions, or a quotient of n + 1 limbs */
} modexp_ring;

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

/* ring->product mod modulus, divided by 2^(64n) in Montgomery form. Each turn makes the lowest limb zero by adding a
 * multiple of the modulus; its carry moves into the limb that became free (Montgomery 1985). */
static void ring_reduce(const modexp_ring *ring, mp_limb_t *result) {
    const mp_size_t n = (mp_size_t)ring->n;
    mp_limb_t *t = ring->product;
    if (!ring->montgomery && n <= STACK_LIMBS) {
        mpn_tdiv_qr(ring->scratch, result, 0, t, 2 * n, ring->modulus, n);
        return;
    }
    if (!ring->montgomery) {
        mpn_sec_div_r(t, 2 * n, ring->modulus, n, ring->scratch);
        mpn_copyi(result, t, n);
        return;
    }
    for (mp_size_t i = 0; i < n; i++) {
        t[i] = mpn_addmul_1(t + i, ring->modulus, n, t[i] * ring->negated_inverse);
    }
    mp_limb_t carry = mpn_add_n(result, t + n, t, n);
    if (carry != 0 || mpn_cmp(result, ring->modulus, n) >= 0) {
        mpn_sub_n(result, result, ring->modulus, n);
    }
}

static void ring_multiply(const modexp_ring *ring, mp_limb_t *result, const mp_limb_t *a, const mp_limb_t *b) {
    const mp_size_t n = (mp_size_t)ring->n;
    if (n <= STACK_LIMBS) {
        mpn_mul_n(ring->product, a, b, n);
    } else {
        mpn_sec_mul(ring->product, a, n, b, n, ring->scratch);
    }
    ring_reduce(ring, result);
}

static void ring_square(const modexp_ring *ring, mp_limb_t *a) {
    const mp_size_t n = (mp_size_t)ring->n;
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
    size_t skipped = ring->montgomery ? 0 : ring->n, size = ring->n + value_count - skipped;
    if (size >= ring->n) {
        mpn_sec_div_r(value + skipped, (mp_size_t)size, ring->modulus, (mp_size_t)ring->n, ring->scratch);
        size = ring->n;
    }
    memcpy(result, value + skipped, size * LIMB_SIZE);
    memset(result + size, 0, (ring->n - size) * LIMB_SIZE);
}

static void ring_leave(const modexp_ring *ring, mp_limb_t *a) {
    if (ring->montgomery) {
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

/* Modulus and exponent are above zero and have no leading zeros. */
static crypto_result modexp_trimmed(uint8_t *out, size_t out_size, weft_bytes base, weft_bytes exponent,
                                    weft_bytes modulus) {
    const size_t n = limb_count_of(modulus), base_count = limb_count_of(base);
    const unsigned window_bits = window_bits_for(8 * exponent.size);
    const size_t table_count = n << window_bits, scratch_count = scratch_limb_count(n, base_count);
    const size_t limb_count = n + n + 2 * n + (base_count + n) + table_count + scratch_count;
    mp_limb_t *modulus_limbs = malloc(limb_count * LIMB_SIZE);
    if (modulus_limbs == NULL) {
        return CRYPTO_NO_MEMORY;
    }
    mp_limb_t *result = modulus_limbs + n, *product = result + n, *base_limbs = product + 2 * n;
    mp_limb_t *table = base_limbs + base_count + n, *scratch = table + table_count;
    limbs_from_be(modulus_limbs, modulus);
    memset(base_limbs, 0, n * LIMB_SIZE);
    limbs_from_be(base_limbs + n, base);
    const modexp_ring ring = {
        .modulus = modulus_limbs,
        .n = n,
        .montgomery = (modulus_limbs[0] & 1) != 0 && (n < DIVISION_LIMBS || n > STACK_LIMBS),
        .negated_inverse = limb_negated_inverse(modulus_limbs[0]),
        .product = product,
        .scratch = scratch,
    };
    ring_enter(&ring, table + n, base_limbs, base_count);
    ring_power(&ring, result, table, exponent, window_bits);
    ring_leave(&ring, result);
    limbs_to_be(out, out_size, result, n);
    free(modulus_limbs);
    return CRYPTO_OK;
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
