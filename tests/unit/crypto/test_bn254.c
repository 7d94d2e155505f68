/* bn254: vectors of an independent implementation, the laws of the groups and of the pairing on random points, and the
 * field tower against slow arithmetic modulo p. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "crypto/bn254.h"
#include "crypto/bn254_internal.h"
#include "tests/support/random.h"
#include "tests/vectors/bn254_vectors.h"

#define INPUT_SIZE_MAX (12 * 192)
#define ROUNDS 100
#define SEED 0x626e323534u
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static size_t decode(uint8_t *bytes, size_t size_max, const char *hex) {
    const size_t size = strlen(hex) / 2;
    assert_true(size <= size_max);
    assert_true(hex_decode(bytes, size, hex, 2 * size));
    return size;
}

static void assert_outcome(const bn254_vector *vector, crypto_result result, const uint8_t *out, size_t out_size) {
    uint8_t expected[64];
    if (result != (vector->expected == NULL ? CRYPTO_INVALID : CRYPTO_OK)) {
        fail_msg("%s: result %d", vector->what, (int)result);
    }
    if (vector->expected != NULL) {
        assert_int_equal(decode(expected, sizeof expected, vector->expected), out_size);
        if (memcmp(out, expected, out_size) != 0) {
            fail_msg("%s: wrong output", vector->what);
        }
    }
}

static void addition_agrees_with_vectors(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bn254_add_vectors); i++) {
        uint8_t in[128], out[64];
        assert_int_equal(decode(in, sizeof in, bn254_add_vectors[i].input), sizeof in);
        crypto_result result = bn254_add(out, in);
        assert_outcome(&bn254_add_vectors[i], result, out, sizeof out);
    }
}

static void multiplication_agrees_with_vectors(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bn254_mul_vectors); i++) {
        uint8_t in[96], out[64];
        assert_int_equal(decode(in, sizeof in, bn254_mul_vectors[i].input), sizeof in);
        crypto_result result = bn254_mul(out, in);
        assert_outcome(&bn254_mul_vectors[i], result, out, sizeof out);
    }
}

static void pairing_agrees_with_vectors(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bn254_pairing_vectors); i++) {
        uint8_t in[INPUT_SIZE_MAX], word[32] = {0};
        const size_t size = decode(in, sizeof in, bn254_pairing_vectors[i].input);
        bool is_one = false;
        crypto_result result = bn254_pairing_check(&is_one, (weft_bytes){in, size});
        word[31] = is_one;
        assert_outcome(&bn254_pairing_vectors[i], result, word, sizeof word);
    }
}

static void empty_product_of_pairings_is_one_without_memory(void **state) {
    (void)state;
    bool is_one = false;
    assert_int_equal(bn254_pairing_check(&is_one, (weft_bytes){NULL, 0}), CRYPTO_OK);
    assert_true(is_one);
}

/* ---- Laws ---- */

static void multiply(uint8_t out[64], const uint8_t point[64], const uint8_t scalar[32]) {
    uint8_t in[96];
    memcpy(in, point, 64);
    memcpy(in + 64, scalar, 32);
    assert_int_equal(bn254_mul(out, in), CRYPTO_OK);
}

static void add(uint8_t out[64], const uint8_t a[64], const uint8_t b[64]) {
    uint8_t in[128];
    memcpy(in, a, 64);
    memcpy(in + 64, b, 64);
    assert_int_equal(bn254_add(out, in), CRYPTO_OK);
}

static void random_point(uint8_t out[64], test_random *random) {
    uint8_t generator[64] = {[31] = 1, [63] = 2}, scalar[32];
    random_fill(random, scalar, sizeof scalar);
    multiply(out, generator, scalar);
}

static void random_u256(weft_u256 *r, test_random *random) {
    for (int i = 0; i < 4; i++) {
        r->limb[i] = random_u64(random);
    }
    /* Small and sparse scalars too. */
    *r = u256_shift_right(r, (unsigned)random_below(random, 256));
}

static void addition_is_commutative_and_associative(void **state) {
    (void)state;
    for (uint64_t seed = SEED; seed < SEED + ROUNDS; seed++) {
        test_random random = {seed};
        uint8_t a[64], b[64], c[64], ab[64], ba[64], bc[64], left[64], right[64];
        random_point(a, &random);
        random_point(b, &random);
        random_point(c, &random);
        add(ab, a, b);
        add(ba, b, a);
        add(bc, b, c);
        add(left, ab, c);
        add(right, a, bc);
        if (memcmp(ab, ba, 64) != 0 || memcmp(left, right, 64) != 0) {
            fail_msg("seed 0x%llx", (unsigned long long)seed);
        }
    }
}

/* Double and add with affine additions only: no endomorphism, no window, no Jacobian coordinates. */
static void multiply_slowly(uint8_t out[64], const uint8_t point[64], const weft_u256 *scalar) {
    memset(out, 0, 64);
    for (int i = 255; i >= 0; i--) {
        add(out, out, out);
        if (scalar->limb[i / 64] >> (i % 64) & 1) {
            add(out, out, point);
        }
    }
}

static void multiplication_is_repeated_addition(void **state) {
    (void)state;
    for (uint64_t seed = SEED; seed < SEED + ROUNDS; seed++) {
        test_random random = {seed};
        uint8_t point[64], scalar_bytes[32], fast[64], slow[64];
        weft_u256 scalar;
        random_point(point, &random);
        random_u256(&scalar, &random);
        u256_to_be32(scalar_bytes, &scalar);
        multiply(fast, point, scalar_bytes);
        multiply_slowly(slow, point, &scalar);
        if (memcmp(fast, slow, 64) != 0) {
            fail_msg("seed 0x%llx", (unsigned long long)seed);
        }
    }
}

/* The G2 point of the vector "one pair". */
static void some_g2_point(uint8_t out[128]) {
    uint8_t pair[192];
    assert_string_equal(bn254_pairing_vectors[1].what, "one pair");
    decode(pair, sizeof pair, bn254_pairing_vectors[1].input);
    memcpy(out, pair + 64, 128);
}

/* e(A, Q) e(B, Q) = e(A + B, Q), the right side moved over with y negated. */
static void pairing_is_additive_in_g1(void **state) {
    (void)state;
    for (uint64_t seed = SEED; seed < SEED + 5; seed++) {
        test_random random = {seed};
        uint8_t in[3 * 192], sum[64];
        bool is_one = false;
        for (size_t i = 0; i < 3; i++) {
            some_g2_point(in + 192 * i + 64);
        }
        random_point(in, &random);
        random_point(in + 192, &random);
        add(sum, in, in + 192);
        weft_u256 y = u256_from_be32(sum + 32), minus_y = u256_sub(&fp_modulus, &y);
        u256_to_be32(sum + 32, &minus_y);
        memcpy(in + 384, sum, 64);
        assert_int_equal(bn254_pairing_check(&is_one, (weft_bytes){in, sizeof in}), CRYPTO_OK);
        if (!is_one) {
            fail_msg("seed 0x%llx", (unsigned long long)seed);
        }
        assert_int_equal(bn254_pairing_check(&is_one, (weft_bytes){in, 384}), CRYPTO_OK);
        assert_false(is_one);
    }
}

/* ---- The tower ---- */

/* Random elements, and often those next to 0 and p, where a missing reduction would show. */
static void random_fp(fp *r, test_random *random) {
    uint8_t bytes[32];
    weft_u256 value = u256_from_u64(random_below(random, 3)), distance = value;
    switch (random_below(random, 4)) {
    case 0: break;
    case 1:
        distance = u256_from_u64(1 + random_below(random, 3));
        value = u256_sub(&fp_modulus, &distance);
        break;
    default:
        random_u256(&value, random);
        value = u256_mod(&value, &fp_modulus);
        break;
    }
    u256_to_be32(bytes, &value);
    assert_true(fp_decode(r, bytes));
}

static weft_u256 plain(const fp *a) {
    uint8_t bytes[32];
    fp_encode(bytes, a);
    return u256_from_be32(bytes);
}

static void random_fp12(fp12 *r, test_random *random) {
    for (int i = 0; i < 12; i++) {
        random_fp(&r->c[i / 6].c[i / 2 % 3].c[i % 2], random);
    }
}

static bool fp12_equal(const fp12 *a, const fp12 *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

static void field_agrees_with_slow_arithmetic(void **state) {
    (void)state;
    for (uint64_t seed = SEED; seed < SEED + 100 * ROUNDS; seed++) {
        test_random random = {seed};
        fp a, b, sum, difference, product, sum_of_products;
        random_fp(&a, &random);
        random_fp(&b, &random);
        const weft_u256 x = plain(&a), y = plain(&b), minus_y = u256_sub(&fp_modulus, &y);
        const weft_u256 x_plus_y = u256_addmod(&x, &y, &fp_modulus), x_minus_y = u256_addmod(&x, &minus_y, &fp_modulus);
        const weft_u256 xy = u256_mulmod(&x, &y, &fp_modulus), xx = u256_mulmod(&x, &x, &fp_modulus);
        const weft_u256 xx_plus_xy = u256_addmod(&xx, &xy, &fp_modulus);
        fp_add(&sum, &a, &b);
        fp_sub(&difference, &a, &b);
        fp_mul(&product, &a, &b);
        fp_mul_sum(&sum_of_products, &a, &a, &a, &b);
        sum = plain(&sum), difference = plain(&difference), product = plain(&product);
        sum_of_products = plain(&sum_of_products);
        if (!u256_equal(&sum, &x_plus_y) || !u256_equal(&difference, &x_minus_y) || !u256_equal(&product, &xy) ||
            !u256_equal(&sum_of_products, &xx_plus_xy)) {
            fail_msg("seed 0x%llx", (unsigned long long)seed);
        }
    }
}

static void lazy_sums_are_good_factors(void **state) {
    (void)state;
    for (uint64_t seed = SEED; seed < SEED + 100 * ROUNDS; seed++) {
        test_random random = {seed};
        fp a, b, sum, difference, lazy_sum, lazy_difference, expected, actual;
        random_fp(&a, &random);
        random_fp(&b, &random);
        fp_add(&sum, &a, &b);
        fp_sub(&difference, &a, &b);
        fp_mul(&expected, &sum, &difference);
        fp_add_lazy(&lazy_sum, &a, &b);
        fp_sub_lazy(&lazy_difference, &a, &b);
        fp_mul(&actual, &lazy_sum, &lazy_difference);
        if (!fp_equal(&actual, &expected)) {
            fail_msg("seed 0x%llx", (unsigned long long)seed);
        }
    }
}

static void inverse_times_element_is_one(void **state) {
    (void)state;
    for (uint64_t seed = SEED; seed < SEED + 100 * ROUNDS; seed++) {
        test_random random = {seed};
        fp a, inverse;
        random_fp(&a, &random);
        fp_inverse(&inverse, &a);
        fp_mul(&inverse, &inverse, &a);
        if (!(fp_is_zero(&a) ? fp_is_zero(&inverse) : fp_equal(&inverse, &fp_one))) {
            fail_msg("seed 0x%llx", (unsigned long long)seed);
        }
    }
    for (uint64_t seed = SEED; seed < SEED + ROUNDS; seed++) {
        test_random random = {seed};
        fp12 a, inverse;
        random_fp12(&a, &random);
        fp12_inverse(&inverse, &a);
        fp12_mul(&inverse, &inverse, &a);
        if (!fp12_is_one(&inverse)) {
            fail_msg("seed 0x%llx", (unsigned long long)seed);
        }
    }
}

static void tower_is_a_commutative_ring(void **state) {
    (void)state;
    for (uint64_t seed = SEED; seed < SEED + ROUNDS; seed++) {
        test_random random = {seed};
        fp12 a, b, c, ab, ba, bc, left, right, square;
        random_fp12(&a, &random);
        random_fp12(&b, &random);
        random_fp12(&c, &random);
        fp12_mul(&ab, &a, &b);
        fp12_mul(&ba, &b, &a);
        fp12_mul(&bc, &b, &c);
        fp12_mul(&left, &ab, &c);
        fp12_mul(&right, &a, &bc);
        fp12_sqr(&square, &a);
        fp12_mul(&a, &a, &a);
        if (!fp12_equal(&ab, &ba) || !fp12_equal(&left, &right) || !fp12_equal(&square, &a)) {
            fail_msg("seed 0x%llx", (unsigned long long)seed);
        }
    }
}

static void product_with_a_line_is_a_product(void **state) {
    (void)state;
    for (uint64_t seed = SEED; seed < SEED + ROUNDS; seed++) {
        test_random random = {seed};
        fp12 a, line;
        random_fp12(&a, &random);
        random_fp12(&line, &random);
        memset(&line.c[0].c[1], 0, 2 * sizeof(fp2));
        memset(&line.c[1].c[2], 0, sizeof(fp2));
        fp12 expected, actual;
        fp12_mul(&expected, &a, &line);
        fp12_mul_by_line(&actual, &a, &line.c[0].c[0], &line.c[1].c[0], &line.c[1].c[1]);
        if (!fp12_equal(&actual, &expected)) {
            fail_msg("seed 0x%llx", (unsigned long long)seed);
        }
    }
}

/* a^p by square and multiply. */
static void fp12_power_p(fp12 *r, const fp12 *a) {
    fp12 power;
    fp12_set_one(&power);
    for (int i = 253; i >= 0; i--) {
        fp12_sqr(&power, &power);
        if (fp_modulus.limb[i / 64] >> (i % 64) & 1) {
            fp12_mul(&power, &power, a);
        }
    }
    *r = power;
}

static void frobenius_maps_are_powers_of_p(void **state) {
    (void)state;
    for (uint64_t seed = SEED; seed < SEED + 5; seed++) {
        test_random random = {seed};
        fp12 a, power, mapped;
        random_fp12(&a, &random);
        fp12_power_p(&power, &a);
        fp12_frobenius(&mapped, &a);
        assert_true(fp12_equal(&power, &mapped));
        fp12_power_p(&power, &power);
        fp12_frobenius_squared(&mapped, &a);
        assert_true(fp12_equal(&power, &mapped));
        fp12_frobenius_squared(&mapped, &mapped);
        fp12_frobenius_squared(&mapped, &mapped);
        fp12_conjugate(&power, &a);
        assert_true(fp12_equal(&power, &mapped));
    }
}

static void cyclotomic_square_is_a_square_in_its_subgroup(void **state) {
    (void)state;
    for (uint64_t seed = SEED; seed < SEED + ROUNDS; seed++) {
        test_random random = {seed};
        fp12 a, b;
        random_fp12(&a, &random);
        fp12_inverse(&b, &a);
        fp12_conjugate(&a, &a);
        fp12_mul(&a, &a, &b);
        fp12_frobenius_squared(&b, &a);
        fp12_mul(&a, &a, &b); /* a^((p^6 - 1)(p^2 + 1)) */
        fp12_sqr(&b, &a);
        fp12_sqr_cyclotomic(&a, &a);
        if (!fp12_equal(&a, &b)) {
            fail_msg("seed 0x%llx", (unsigned long long)seed);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addition_agrees_with_vectors),
        cmocka_unit_test(multiplication_agrees_with_vectors),
        cmocka_unit_test(pairing_agrees_with_vectors),
        cmocka_unit_test(empty_product_of_pairings_is_one_without_memory),
        cmocka_unit_test(addition_is_commutative_and_associative),
        cmocka_unit_test(multiplication_is_repeated_addition),
        cmocka_unit_test(pairing_is_additive_in_g1),
        cmocka_unit_test(field_agrees_with_slow_arithmetic),
        cmocka_unit_test(lazy_sums_are_good_factors),
        cmocka_unit_test(inverse_times_element_is_one),
        cmocka_unit_test(tower_is_a_commutative_ring),
        cmocka_unit_test(product_with_a_line_is_a_product),
        cmocka_unit_test(frobenius_maps_are_powers_of_p),
        cmocka_unit_test(cyclotomic_square_is_a_square_in_its_subgroup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
