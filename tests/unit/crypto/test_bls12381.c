/* BLS12-381: vectors of an independent implementation, and the parts of the interface against each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/bls12381.h"
#include "tests/support/random.h"
#include "tests/vectors/bls12381_vectors.h"

#include <stdlib.h>
#include <string.h>

#define INPUT_SIZE_MAX (12 * 384)
#define OUTPUT_SIZE_MAX 256
#define SEED 0x626c73u
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* Every operation as one kind of function, with the precompile's check of the input size. */
typedef crypto_result operation_function(uint8_t *out, weft_bytes input);

static crypto_result g1_add(uint8_t *out, weft_bytes input) {
    return input.size == 256 ? bls12381_g1_add(out, input.data) : CRYPTO_INVALID;
}

static crypto_result g2_add(uint8_t *out, weft_bytes input) {
    return input.size == 512 ? bls12381_g2_add(out, input.data) : CRYPTO_INVALID;
}

static crypto_result map_fp_to_g1(uint8_t *out, weft_bytes input) {
    return input.size == 64 ? bls12381_map_fp_to_g1(out, input.data) : CRYPTO_INVALID;
}

static crypto_result map_fp2_to_g2(uint8_t *out, weft_bytes input) {
    return input.size == 128 ? bls12381_map_fp2_to_g2(out, input.data) : CRYPTO_INVALID;
}

static crypto_result pairing_check(uint8_t *out, weft_bytes input) {
    bool is_one = false;
    crypto_result result = bls12381_pairing_check(&is_one, input);
    memset(out, 0, 32);
    out[31] = is_one;
    return result;
}

static void skip_without_blst(void) {
    uint8_t in[64] = {0}, out[128];
    if (bls12381_map_fp_to_g1(out, in) == CRYPTO_UNSUPPORTED) {
        skip();
    }
}

static size_t decode(uint8_t *bytes, size_t size_max, const char *hex) {
    const size_t size = strlen(hex) / 2;
    assert_true(size <= size_max);
    assert_true(hex_decode(bytes, size, hex, 2 * size));
    return size;
}

static void assert_vectors_hold(operation_function *operation, const bls12381_vector *vectors, size_t count) {
    skip_without_blst();
    for (size_t i = 0; i < count; i++) {
        uint8_t in[INPUT_SIZE_MAX], out[OUTPUT_SIZE_MAX], expected[OUTPUT_SIZE_MAX];
        const size_t size = decode(in, sizeof in, vectors[i].input);
        crypto_result result = operation(out, (weft_bytes){in, size});
        if (result != (vectors[i].expected == NULL ? CRYPTO_INVALID : CRYPTO_OK)) {
            fail_msg("%s: result %d", vectors[i].what, (int)result);
        }
        if (vectors[i].expected != NULL &&
            memcmp(out, expected, decode(expected, sizeof expected, vectors[i].expected)) != 0) {
            fail_msg("%s: wrong output", vectors[i].what);
        }
    }
}

static void additions_agree_with_vectors(void **state) {
    (void)state;
    assert_vectors_hold(g1_add, bls12381_g1_add_vectors, COUNT_OF(bls12381_g1_add_vectors));
    assert_vectors_hold(g2_add, bls12381_g2_add_vectors, COUNT_OF(bls12381_g2_add_vectors));
}

static void multiplications_agree_with_vectors(void **state) {
    (void)state;
    assert_vectors_hold(bls12381_g1_msm, bls12381_g1_msm_vectors, COUNT_OF(bls12381_g1_msm_vectors));
    assert_vectors_hold(bls12381_g2_msm, bls12381_g2_msm_vectors, COUNT_OF(bls12381_g2_msm_vectors));
}

static void pairing_agrees_with_vectors(void **state) {
    (void)state;
    assert_vectors_hold(pairing_check, bls12381_pairing_vectors, COUNT_OF(bls12381_pairing_vectors));
}

static void maps_agree_with_vectors(void **state) {
    (void)state;
    assert_vectors_hold(map_fp_to_g1, bls12381_map_fp_to_g1_vectors, COUNT_OF(bls12381_map_fp_to_g1_vectors));
    assert_vectors_hold(map_fp2_to_g2, bls12381_map_fp2_to_g2_vectors, COUNT_OF(bls12381_map_fp2_to_g2_vectors));
}

/* Points come from the maps; the terms of one big multiplication are then multiplied one by one and added up. */

static void random_point(uint8_t *point, operation_function *map, size_t field_size, test_random *random) {
    uint8_t field[128] = {0};
    for (size_t i = 16; i < field_size; i += 64) {
        random_fill(random, field + i + 1, 47); /* first byte zero: below p */
    }
    assert_int_equal(map(point, (weft_bytes){field, field_size}), CRYPTO_OK);
}

static void assert_msm_is_sum_of_products(operation_function *msm, operation_function *add, operation_function *map,
                                          size_t point_size) {
    static const size_t counts[] = {1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 130};
    const size_t term_size = point_size + 32;
    skip_without_blst();
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        test_random random = {SEED + i};
        uint8_t *terms = calloc(counts[i], term_size), sum[2 * OUTPUT_SIZE_MAX] = {0}, whole[OUTPUT_SIZE_MAX];
        assert_non_null(terms);
        for (size_t k = 0; k < counts[i]; k++) {
            uint8_t *term = terms + k * term_size;
            if (k > 0 && random_below(&random, 4) == 0) {
                memcpy(term, term - term_size, point_size);
            } else {
                random_point(term, map, point_size / 2, &random);
            }
            size_t leading_zeros = random_below(&random, 2) == 0 ? 0 : random_below(&random, 33);
            random_fill(&random, term + point_size + leading_zeros, 32 - leading_zeros);
            assert_int_equal(msm(sum + point_size, (weft_bytes){term, term_size}), CRYPTO_OK);
            assert_int_equal(add(sum, (weft_bytes){sum, 2 * point_size}), CRYPTO_OK);
        }
        assert_int_equal(msm(whole, (weft_bytes){terms, counts[i] * term_size}), CRYPTO_OK);
        if (memcmp(whole, sum, point_size) != 0) {
            fail_msg("%zu terms, seed 0x%zx", counts[i], SEED + i);
        }
        free(terms);
    }
}

static void multi_scalar_multiplication_is_the_sum_of_its_terms(void **state) {
    (void)state;
    assert_msm_is_sum_of_products(bls12381_g1_msm, g1_add, map_fp_to_g1, 128);
    assert_msm_is_sum_of_products(bls12381_g2_msm, g2_add, map_fp2_to_g2, 256);
}

/* e(P, Q)^1 e(P, Q)^2 ... e(P, Q)^(n - 1) e(-n(n - 1)/2 P, Q) = 1, for counts around the batches of the loop. */
static void pairing_product_is_one_for_any_count(void **state) {
    static const weft_u256 order = {{0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48}};
    (void)state;
    skip_without_blst();
    for (size_t count = 2; count <= 17; count++) {
        test_random random = {SEED + count};
        uint8_t pairs[17 * 384], p[160] = {0}, q[256];
        bool is_one = false;
        random_point(p, map_fp_to_g1, 64, &random);
        random_point(q, map_fp2_to_g2, 128, &random);
        for (size_t i = 1; i <= count; i++) {
            const weft_u256 sum = u256_from_u64(count * (count - 1) / 2), minus_sum = u256_sub(&order, &sum);
            const weft_u256 scalar = i < count ? u256_from_u64(i) : minus_sum;
            u256_to_be32(p + 128, &scalar);
            assert_int_equal(bls12381_g1_msm(pairs + (i - 1) * 384, (weft_bytes){p, 160}), CRYPTO_OK);
            memcpy(pairs + (i - 1) * 384 + 128, q, 256);
        }
        assert_int_equal(bls12381_pairing_check(&is_one, (weft_bytes){pairs, count * 384}), CRYPTO_OK);
        if (!is_one) {
            fail_msg("%zu pairs, seed 0x%zx", count, SEED + count);
        }
        assert_int_equal(bls12381_pairing_check(&is_one, (weft_bytes){pairs, (count - 1) * 384}), CRYPTO_OK);
        assert_false(is_one);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(additions_agree_with_vectors),
        cmocka_unit_test(multiplications_agree_with_vectors),
        cmocka_unit_test(pairing_agrees_with_vectors),
        cmocka_unit_test(maps_agree_with_vectors),
        cmocka_unit_test(multi_scalar_multiplication_is_the_sum_of_its_terms),
        cmocka_unit_test(pairing_product_is_one_for_any_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
