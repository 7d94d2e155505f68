#include "crypto/bn254_internal.h"

__extension__ typedef __int128 int128;

static const fp montgomery_square = {{0xf32cfc5b538afa89, 0xb5e71911d44501fb, 0x47ab1eff0a417ff6, 0x06d89f71cab8351f}};

bool fp_decode(fp *r, const uint8_t bytes[32]) {
    fp plain = u256_from_be32(bytes);
    if (!u256_less(&plain, &fp_modulus)) {
        return false;
    }
    fp_mul(r, &plain, &montgomery_square);
    return true;
}

void fp_encode(uint8_t bytes[32], const fp *a) {
    static const fp plain_one = {{1, 0, 0, 0}};
    fp plain;
    fp_mul(&plain, a, &plain_one);
    u256_to_be32(bytes, &plain);
}

/* Inversion after Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (2019), in the variant
 * that starts with delta = 1/2. A division step takes a pair f (odd), g to
 *
 *      g, (g - f) / 2    delta becomes 1 - delta    when delta > 0 and g is odd
 *      f, g / 2          delta becomes 1 + delta    when g is even
 *      f, (g + f) / 2    delta becomes 1 + delta    otherwise
 *
 * and 590 of them (Wuille's bound for f and g of 256 bits) bring f = p, g = a to f = 1 or -1, g = 0. More change
 * nothing. Only the lowest bits decide, so 62 steps at a time are worked out on single words, as a matrix that is then
 * applied to the long numbers:
 *
 *      f' = (u f + v g) / 2^62        g' = (q f + r g) / 2^62        |u| + |v| <= 2^62, |q| + |r| <= 2^62 */

enum {
    STEPS = 62,
    ROUNDS = 10 /* 590 steps and some */
};

typedef struct step_matrix {
    int64_t u, v, q, r;
} step_matrix;

static void swap_negating(uint64_t *f, uint64_t *g) {
    const uint64_t old_f = *f;
    *f = *g;
    *g = 0 - old_f;
}

/* The matrix of the next steps from the low words of f and g. zeta = -(delta + 1/2), and its new value is returned. */
static int64_t divide_steps(step_matrix *matrix, int64_t zeta, uint64_t f, uint64_t g) {
    uint64_t u = 1, v = 0, q = 0, r = 1;
    for (int steps_left = STEPS;;) {
        /* The even steps, all at once; they double f's row in place of halving g's. */
        const int zeros = __builtin_ctzll(g | UINT64_MAX << steps_left);
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        zeta -= zeros;
        steps_left -= zeros;
        if (steps_left == 0) {
            break;
        }
        if (zeta < 0) {
            zeta = -zeta - 1;
            swap_negating(&f, &g);
            swap_negating(&u, &q);
            swap_negating(&v, &r);
        }
        /* No swap comes in the next zeta + 1 steps, so the multiple of f that clears that many bits of g (six at most,
         * for f (2 - f^2) is 1/f modulo 2^6) does their additions together. */
        const int64_t bits = zeta + 1 < steps_left ? zeta + 1 : steps_left;
        const uint64_t mask = bits < 6 ? (UINT64_C(1) << bits) - 1 : 63;
        const uint64_t multiple = g * f * (f * f - 2) & mask;
        g += f * multiple;
        q += u * multiple;
        r += v * multiple;
    }
    *matrix = (step_matrix){(int64_t)u, (int64_t)v, (int64_t)q, (int64_t)r};
    return zeta;
}

/* (u f + v g) / 2^62 on two's complement numbers; the division is exact. */
static weft_u256 combine_exact(int64_t u, const weft_u256 *f, int64_t v, const weft_u256 *g) {
    uint64_t product[5];
    int128 sum = 0;
    for (int i = 0; i < 3; i++) {
        sum += (int128)u * f->limb[i] + (int128)v * g->limb[i];
        product[i] = (uint64_t)sum;
        sum >>= 64;
    }
    sum += (int128)u * (int64_t)f->limb[3] + (int128)v * (int64_t)g->limb[3];
    product[3] = (uint64_t)sum;
    product[4] = (uint64_t)(sum >> 64);
    weft_u256 quotient;
    for (int i = 0; i < 4; i++) {
        quotient.limb[i] = product[i] >> STEPS | product[i + 1] << (64 - STEPS);
    }
    return quotient;
}

/* (u d + v e) / 2^64 modulo p: one row of Montgomery multiplication. */
static fp combine_modular(int64_t u, const fp *d, int64_t v, const fp *e) {
    fp signed_d = *d, signed_e = *e, sum;
    uint64_t row[5] = {0};
    if (u < 0) {
        fp_neg(&signed_d, d);
    }
    if (v < 0) {
        fp_neg(&signed_e, e);
    }
    fp_mul_sum_row(row, &signed_d, (uint64_t)(u < 0 ? -u : u), &signed_e, (uint64_t)(v < 0 ? -v : v));
    fp_set_row(&sum, row);
    return sum;
}

/* Kept throughout: a d = f and a e = g modulo p, up to a factor. The factor starts as 4^10 * 2^512, for every round
 * divides d and e by 2^64 but f and g by 2^62; 1/a in Montgomery form is 2^512 over the Montgomery form of a. */
void fp_inverse(fp *r, const fp *a) {
    weft_u256 f = fp_modulus, g = *a;
    fp d = {{0, 0, 0, 0}}, e = {{0x815aca29cc27b72a, 0xa9699bcafc673c83, 0x8c03a436bceb942d, 0x09e17570c30fcaf2}};
    int64_t zeta = -1;
    for (int round = 0; round < ROUNDS; round++) {
        step_matrix m;
        zeta = divide_steps(&m, zeta, f.limb[0], g.limb[0]);
        const weft_u256 next_f = combine_exact(m.u, &f, m.v, &g);
        g = combine_exact(m.q, &f, m.r, &g);
        f = next_f;
        const fp next_d = combine_modular(m.u, &d, m.v, &e);
        e = combine_modular(m.q, &d, m.r, &e);
        d = next_d;
    }
    if (u256_is_negative(&f)) {
        fp_neg(r, &d);
    } else {
        *r = d;
    }
}
