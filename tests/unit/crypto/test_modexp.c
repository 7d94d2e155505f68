/* modexp: known results, GMP's own mpz_powm on random operands, and the promise that GMP never allocates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "crypto/modexp.h"
#include "tests/support/random.h"
#include "tests/vectors/modexp_vectors.h"

#include <gmp.h>
#include <stdlib.h>

#define SIZE_MAX_OF_VECTORS 300
#define SMALL_SIZE_MAX 90
#define LARGE_SIZE_MAX 9000 /* well above the size up to which products use the stack */
#define EVEN_SIZE_MAX 560   /* somewhat above the size from which even moduli are not split */
#define HUGE_SIZE 48000     /* where GMP would multiply by FFT, on its heap */
#define SMALL_ROUNDS 3000
#define LARGE_ROUNDS 12
#define SEED 0x6d6f64657870u

static weft_bytes bytes_from_hex(uint8_t buffer[SIZE_MAX_OF_VECTORS], const char *hex) {
    const size_t size = strlen(hex) / 2;
    assert_true(size <= SIZE_MAX_OF_VECTORS);
    assert_true(hex_decode(buffer, size, hex, strlen(hex)));
    return bytes_of(buffer, size);
}

static void results_are_the_known_ones(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof modexp_vectors / sizeof modexp_vectors[0]; i++) {
        uint8_t buffers[4][SIZE_MAX_OF_VECTORS], out[SIZE_MAX_OF_VECTORS];
        const weft_bytes base = bytes_from_hex(buffers[0], modexp_vectors[i].base);
        const weft_bytes exponent = bytes_from_hex(buffers[1], modexp_vectors[i].exponent);
        const weft_bytes modulus = bytes_from_hex(buffers[2], modexp_vectors[i].modulus);
        const weft_bytes expected = bytes_from_hex(buffers[3], modexp_vectors[i].result);
        assert_int_equal(modexp(out, base, exponent, modulus), CRYPTO_OK);
        if (!bytes_equal(bytes_of(out, modulus.size), expected)) {
            fail_msg("wrong result: %s", modexp_vectors[i].what);
        }
    }
}

static void empty_operands_need_no_pointer(void **state) {
    (void)state;
    const weft_bytes empty = {NULL, 0};
    uint8_t seven = 7, out = 0xff;
    assert_int_equal(modexp(NULL, empty, empty, empty), CRYPTO_OK);
    assert_int_equal(modexp(&out, empty, empty, bytes_of(&seven, 1)), CRYPTO_OK);
    assert_int_equal(out, 1);
    assert_int_equal(modexp(&out, empty, bytes_of(&seven, 1), bytes_of(&seven, 1)), CRYPTO_OK);
    assert_int_equal(out, 0);
}

static void operands_beyond_any_memory_are_refused(void **state) {
    (void)state;
    uint8_t byte = 3, out = 0;
    const weft_bytes one_byte = bytes_of(&byte, 1), endless = {&byte, SIZE_MAX};
    assert_int_equal(modexp(&out, endless, one_byte, one_byte), CRYPTO_NO_MEMORY);
    assert_int_equal(modexp(&out, one_byte, endless, one_byte), CRYPTO_NO_MEMORY);
    assert_int_equal(modexp(&out, one_byte, one_byte, endless), CRYPTO_NO_MEMORY);
}

/* Numbers with runs of zeros and ones, short ones and leading zeros, beside uniform ones. */
static weft_bytes operand_draw(test_random *random, uint8_t *buffer, size_t size_max) {
    const size_t size = random_below(random, size_max + 1);
    random_fill(random, buffer, size);
    if (size != 0 && random_below(random, 3) == 0) {
        const size_t start = random_below(random, size);
        memset(buffer + start, random_below(random, 2) ? 0xff : 0x00, random_below(random, size - start) + 1);
    }
    if (size != 0 && random_below(random, 4) == 0) {
        memset(buffer, 0, random_below(random, size));
    }
    return bytes_of(buffer, size);
}

static void expect_as_gmp(weft_bytes base, weft_bytes exponent, weft_bytes modulus, uint64_t seed) {
    static uint8_t out[LARGE_SIZE_MAX], expected[LARGE_SIZE_MAX];
    mpz_t b, e, m, r;
    mpz_inits(b, e, m, r, NULL);
    mpz_import(b, base.size, 1, 1, 0, 0, base.data);
    mpz_import(e, exponent.size, 1, 1, 0, 0, exponent.data);
    mpz_import(m, modulus.size, 1, 1, 0, 0, modulus.data);
    if (mpz_sgn(m) != 0) {
        mpz_powm(r, b, e, m);
    }
    const size_t result_size = mpz_sgn(r) == 0 ? 0 : (mpz_sizeinbase(r, 2) + 7) / 8;
    memset(expected, 0, modulus.size);
    mpz_export(expected + modulus.size - result_size, NULL, 1, 1, 0, 0, r);
    mpz_clears(b, e, m, r, NULL);
    assert_int_equal(modexp(out, base, exponent, modulus), CRYPTO_OK);
    if (memcmp(out, expected, modulus.size) != 0) {
        fail_msg("differs from mpz_powm, seed 0x%llx", (unsigned long long)seed);
    }
}

static void check_against_gmp(uint64_t seed, size_t size_max, size_t exponent_size_max) {
    static uint8_t buffers[3][LARGE_SIZE_MAX];
    test_random random = {seed};
    const weft_bytes base = operand_draw(&random, buffers[0], size_max);
    const weft_bytes exponent = operand_draw(&random, buffers[1], exponent_size_max);
    const weft_bytes modulus = operand_draw(&random, buffers[2], size_max);
    expect_as_gmp(base, exponent, modulus, seed);
}

static void random_operands_agree_with_gmp(void **state) {
    (void)state;
    for (uint64_t round = 0; round < SMALL_ROUNDS; round++) {
        check_against_gmp(SEED + round, SMALL_SIZE_MAX, SMALL_SIZE_MAX);
    }
}

static void large_operands_agree_with_gmp(void **state) {
    (void)state;
    for (uint64_t round = 0; round < LARGE_ROUNDS; round++) {
        check_against_gmp(SEED + round, LARGE_SIZE_MAX, 4);
    }
}

/* Powers of two up to the size at which divisions begin, times one and times odd numbers of all sizes. */
static void even_moduli_agree_with_gmp(void **state) {
    (void)state;
    for (size_t zero_bits = 0; zero_bits < 8 * EVEN_SIZE_MAX; zero_bits += zero_bits < 300 ? 1 : 13) {
        const uint64_t seed = SEED + zero_bits;
        test_random random = {seed};
        uint8_t base[EVEN_SIZE_MAX], exponent[9], modulus[EVEN_SIZE_MAX] = {0};
        const size_t zero_bytes = zero_bits / 8;
        const size_t odd_size = 1 + random_below(&random, EVEN_SIZE_MAX - zero_bytes);
        uint8_t *odd = modulus + EVEN_SIZE_MAX - zero_bytes - odd_size;
        if (random_below(&random, 4) > 0) {
            random_fill(&random, odd, odd_size);
        }
        odd[odd_size - 1] = (uint8_t)((odd[odd_size - 1] | 1u) << zero_bits % 8);
        random_fill(&random, base, sizeof base);
        random_fill(&random, exponent, sizeof exponent);
        const size_t base_size = random_below(&random, EVEN_SIZE_MAX + 1), size = zero_bytes + odd_size;
        expect_as_gmp(bytes_of(base, base_size), bytes_of(exponent, 1 + random_below(&random, 9)), bytes_of(odd, size),
                      seed);
    }
}

static size_t gmp_allocation_count;

static void *allocate_counted(size_t size) {
    gmp_allocation_count++;
    return malloc(size);
}

static void *reallocate_counted(void *block, size_t old_size, size_t new_size) {
    (void)old_size;
    gmp_allocation_count++;
    return realloc(block, new_size);
}

static void free_counted(void *block, size_t size) {
    (void)size;
    free(block);
}

/* Odd and even, because they are reduced in different ways. */
static void check_without_gmp_heap(uint8_t *base, uint8_t *modulus, size_t size) {
    static uint8_t out[HUGE_SIZE];
    const uint8_t exponent = 11;
    for (uint8_t low_bit = 0; low_bit <= 1; low_bit++) {
        modulus[size - 1] = (uint8_t)(modulus[size - 1] & ~1u) | low_bit;
        const weft_bytes b = bytes_of(base, size), m = bytes_of(modulus, size);
        gmp_allocation_count = 0;
        mp_set_memory_functions(allocate_counted, reallocate_counted, free_counted);
        const crypto_result result = modexp(out, b, bytes_of(&exponent, 1), m);
        mp_set_memory_functions(NULL, NULL, NULL);
        assert_int_equal(result, CRYPTO_OK);
        if (gmp_allocation_count != 0) {
            fail_msg("GMP allocated for a modulus of %zu bytes", size);
        }
    }
}

static void gmp_never_allocates(void **state) {
    (void)state;
    static uint8_t base[HUGE_SIZE], modulus[HUGE_SIZE];
    test_random random = {SEED};
    random_fill(&random, base, sizeof base);
    random_fill(&random, modulus, sizeof modulus);
    for (size_t size = 8; size < LARGE_SIZE_MAX; size += size < 1200 ? 8 : 104) {
        check_without_gmp_heap(base, modulus, size);
    }
    check_without_gmp_heap(base, modulus, HUGE_SIZE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_the_known_ones),
        cmocka_unit_test(empty_operands_need_no_pointer),
        cmocka_unit_test(operands_beyond_any_memory_are_refused),
        cmocka_unit_test(random_operands_agree_with_gmp),
        cmocka_unit_test(large_operands_agree_with_gmp),
        cmocka_unit_test(even_moduli_agree_with_gmp),
        cmocka_unit_test(gmp_never_allocates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
