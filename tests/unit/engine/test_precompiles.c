/* Which precompiles a fork has, what they charge, and how they treat inputs that are too short, too long or wrong. What
 * they compute is the crypto box's business; vectors of other implementations are in test_precompile_vectors.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/u256.h"
#include "engine/evm.h"
#include "engine/precompiles.h"

static weft_address address_of(unsigned number) {
    return (weft_address){{[18] = (uint8_t)(number >> 8), [19] = (uint8_t)number}};
}

static const precompile *precompile_at(unsigned number, weft_fork fork) {
    weft_address address = address_of(number);
    const precompile *p = precompile_find(fork, &address);
    assert_non_null(p);
    return p;
}

static uint64_t gas_of_size(unsigned number, weft_fork fork, size_t size) {
    static const uint8_t zeros[100000];
    assert_true(size <= sizeof zeros);
    return precompile_gas(precompile_at(number, fork), fork_rules_of(fork), bytes_of(zeros, size));
}

static void forks_have_their_precompiles(void **state) {
    (void)state;
    static const struct {
        weft_fork fork;
        unsigned count;
    } cases[] = {{WEFT_FRONTIER, 4},   {WEFT_SPURIOUS_DRAGON, 4}, {WEFT_BYZANTIUM, 8},
                 {WEFT_PETERSBURG, 8}, {WEFT_ISTANBUL, 9},        {WEFT_SHANGHAI, 9},
                 {WEFT_CANCUN, 10},    {WEFT_PRAGUE, 17},         {WEFT_OSAKA, 17}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (unsigned number = 0; number < 0x200; number++) {
            weft_address address = address_of(number);
            bool expected =
                (number >= 1 && number <= cases[i].count) || (number == 0x100 && cases[i].fork == WEFT_OSAKA);
            assert_int_equal(precompile_find(cases[i].fork, &address) != NULL, expected);
        }
    }
    weft_address high = {{[0] = 1, [19] = 1}};
    assert_null(precompile_find(WEFT_OSAKA, &high));
}

static void prices_per_word_and_pair(void **state) {
    (void)state;
    assert_int_equal(gas_of_size(0x01, WEFT_FRONTIER, 0), 3000);
    assert_int_equal(gas_of_size(0x02, WEFT_FRONTIER, 0), 60);
    assert_int_equal(gas_of_size(0x02, WEFT_FRONTIER, 33), 60 + 2 * 12);
    assert_int_equal(gas_of_size(0x03, WEFT_FRONTIER, 32), 600 + 120);
    assert_int_equal(gas_of_size(0x04, WEFT_FRONTIER, 1), 15 + 3);
    assert_int_equal(gas_of_size(0x06, WEFT_PETERSBURG, 128), 500);
    assert_int_equal(gas_of_size(0x06, WEFT_ISTANBUL, 128), 150);
    assert_int_equal(gas_of_size(0x07, WEFT_PETERSBURG, 96), 40000);
    assert_int_equal(gas_of_size(0x07, WEFT_ISTANBUL, 96), 6000);
    assert_int_equal(gas_of_size(0x08, WEFT_PETERSBURG, 384), 100000 + 2 * 80000);
    assert_int_equal(gas_of_size(0x08, WEFT_ISTANBUL, 384), 45000 + 2 * 34000);
    assert_int_equal(gas_of_size(0x0a, WEFT_CANCUN, 192), 50000);
    assert_int_equal(gas_of_size(0x0b, WEFT_PRAGUE, 256), 375);
    assert_int_equal(gas_of_size(0x0d, WEFT_PRAGUE, 512), 600);
    assert_int_equal(gas_of_size(0x0f, WEFT_PRAGUE, 2 * 384), 37700 + 2 * 32600);
    assert_int_equal(gas_of_size(0x10, WEFT_PRAGUE, 64), 5500);
    assert_int_equal(gas_of_size(0x11, WEFT_PRAGUE, 128), 23800);
    assert_int_equal(gas_of_size(0x100, WEFT_OSAKA, 160), 6900);
}

static void multiplications_in_bulk_are_discounted(void **state) {
    (void)state;
    static const struct {
        size_t points;
        uint64_t g1, g2;
    } cases[] = {
        {1, 12000, 22500},
        {2, 22776, 45000},
        {16, 16 * 12000 * 677 / 1000, 16 * 22500 * 717 / 1000},
        {128, 128 * 12000 * 519 / 1000, UINT64_C(128) * 22500 * 524 / 1000},
        {200, UINT64_C(200) * 12000 * 519 / 1000, UINT64_C(200) * 22500 * 524 / 1000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(gas_of_size(0x0c, WEFT_PRAGUE, cases[i].points * 160), cases[i].g1);
        assert_int_equal(gas_of_size(0x0e, WEFT_PRAGUE, cases[i].points * 288), cases[i].g2);
    }
}

/* --- Inputs of the wrong size */

static crypto_result run(unsigned number, weft_fork fork, weft_bytes input, buffer *output) {
    const precompile *p = precompile_at(number, fork);
    bool is_payable = precompile_gas(p, fork_rules_of(fork), input) != UINT64_MAX;
    return is_payable ? precompile_run(p, input, output) : CRYPTO_INVALID;
}

static void sizes_that_fail(void **state) {
    (void)state;
    static const struct {
        unsigned number;
        size_t size;
    } cases[] = {{0x08, 191}, {0x08, 193}, {0x09, 0},   {0x09, 212}, {0x09, 214}, {0x0a, 191}, {0x0a, 193},
                 {0x0b, 255}, {0x0b, 257}, {0x0c, 0},   {0x0c, 159}, {0x0c, 161}, {0x0d, 511}, {0x0e, 0},
                 {0x0e, 289}, {0x0f, 0},   {0x0f, 383}, {0x10, 63},  {0x10, 65},  {0x11, 127}, {0x11, 129}};
    static const uint8_t zeros[1024];
    buffer output = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        crypto_result result = run(cases[i].number, WEFT_OSAKA, bytes_of(zeros, cases[i].size), &output);
        if (result != CRYPTO_INVALID && result != CRYPTO_UNSUPPORTED) {
            fail_msg("precompile 0x%02x accepts %zu bytes", cases[i].number, cases[i].size);
        }
    }
    buffer_free(&output);
}

static void sizes_that_are_made_fit(void **state) {
    (void)state;
    uint8_t bytes[300] = {0};
    buffer output = {0};
    /* Infinity plus infinity; times anything; and the empty product of pairings. */
    for (size_t size = 0; size <= sizeof bytes; size += 50) {
        assert_int_equal(run(0x06, WEFT_OSAKA, bytes_of(bytes, size), &output), CRYPTO_OK);
        assert_int_equal(output.size, 64);
        assert_int_equal(run(0x07, WEFT_OSAKA, bytes_of(bytes, size), &output), CRYPTO_OK);
        assert_int_equal(output.size, 64);
    }
    assert_int_equal(run(0x08, WEFT_OSAKA, bytes_of(bytes, 0), &output), CRYPTO_OK);
    assert_int_equal(output.size, 32);
    assert_int_equal(output.bytes[31], 1);
    /* No signature is no failure. */
    bytes[63] = 27;
    assert_int_equal(run(0x01, WEFT_OSAKA, bytes_of(bytes, 128), &output), CRYPTO_OK);
    assert_int_equal(output.size, 0);
    assert_int_equal(run(0x100, WEFT_OSAKA, bytes_of(bytes, 159), &output), CRYPTO_OK);
    assert_int_equal(output.size, 0);
    assert_int_equal(run(0x100, WEFT_OSAKA, bytes_of(bytes, 160), &output), CRYPTO_OK);
    assert_int_equal(output.size, 0);
    assert_int_equal(run(0x04, WEFT_OSAKA, bytes_of(bytes, 0), &output), CRYPTO_OK);
    assert_int_equal(output.size, 0);
    buffer_free(&output);
}

static void ecrecover_wants_27_or_28_in_a_whole_word(void **state) {
    (void)state;
    uint8_t bytes[130];
    assert_true(hex_decode(bytes, 128,
                           "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"
                           "000000000000000000000000000000000000000000000000000000000000001c"
                           "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
                           "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549",
                           256));
    buffer output = {0};
    assert_int_equal(run(0x01, WEFT_OSAKA, bytes_of(bytes, 128), &output), CRYPTO_OK);
    assert_int_equal(output.size, 32);
    char text[41];
    hex_encode(text, output.bytes + 12, 20);
    assert_string_equal(text, "a94f5374fce5edbc8e2a8697c15331677e6ebf0b");
    assert_int_equal(run(0x01, WEFT_OSAKA, bytes_of(bytes, 130), &output), CRYPTO_OK);
    assert_int_equal(output.size, 32); /* what follows is not looked at */
    bytes[32] = 1;                     /* v = 2^248 + 28 */
    assert_int_equal(run(0x01, WEFT_OSAKA, bytes_of(bytes, 128), &output), CRYPTO_OK);
    assert_int_equal(output.size, 0);
    buffer_free(&output);
}

/* --- MODEXP */

typedef struct modexp_input {
    uint8_t bytes[96 + 64];
} modexp_input;

/* Sizes as 64-bit numbers; the operands are the 64 bytes `fill`. */
static modexp_input modexp_of(uint64_t base, uint64_t exponent, uint64_t modulus, uint8_t fill) {
    modexp_input in;
    memset(in.bytes, 0, 96);
    memset(in.bytes + 96, fill, sizeof in.bytes - 96);
    store_be64(in.bytes + 24, base);
    store_be64(in.bytes + 56, exponent);
    store_be64(in.bytes + 88, modulus);
    return in;
}

static void modexp_is_priced_by_fork(void **state) {
    (void)state;
    static const struct {
        uint64_t base, exponent, modulus;
        uint8_t fill;
        uint64_t eip198, eip2565, eip7883;
    } cases[] = {
        {0, 0, 0, 0, 0, 200, 500},
        {1, 1, 1, 0xff, 0, 200, 500},                                  /* 7 squarings of one byte */
        {32, 32, 32, 0xff, 1024 * 255 / 20, 16 * 255 / 3, 16 * 255},   /* a full word */
        {64, 1, 0, 0xff, 4096 / 20, 200, 2 * 64},                      /* the exponent is past the input: zero */
        {64, 40, 64, 0, 4096 * 64 / 20, 64 * 64 / 3, 2 * 64 * 16 * 8}, /* only its size counts */
        {1024, 1, 1024, 0, (262144 + 98304 - 3072) / 20, 128 * 128 / 3, 2 * 128 * 128},
        {1025, 1, 1, 0, (1025 * 1025 / 16 + 480 * 1025 - 199680) / 20, 129 * 129 / 3, UINT64_MAX}, /* EIP-7823 */
        {0, UINT64_C(1) << 60, 0, 0, 0, 200, UINT64_MAX},
        {UINT64_C(1) << 32, 0, 1, 0, UINT64_MAX, UINT64_MAX, UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        modexp_input in = modexp_of(cases[i].base, cases[i].exponent, cases[i].modulus, cases[i].fill);
        weft_bytes bytes = bytes_of(in.bytes, sizeof in.bytes);
        uint64_t expected[] = {cases[i].eip198, cases[i].eip2565, cases[i].eip7883};
        static const weft_fork forks[] = {WEFT_BYZANTIUM, WEFT_BERLIN, WEFT_OSAKA};
        for (size_t j = 0; j < 3; j++) {
            uint64_t gas = precompile_gas(precompile_at(0x05, forks[j]), fork_rules_of(forks[j]), bytes);
            uint64_t least = j == 2 ? 500 : j == 1 ? 200 : 0;
            uint64_t wanted = expected[j] > least ? expected[j] : least;
            if (gas != wanted) {
                fail_msg("case %zu under %s: %llu gas", i, weft_fork_name(forks[j]), (unsigned long long)gas);
            }
        }
    }
}

static void modexp_without_modulus_is_empty(void **state) {
    (void)state;
    buffer output = {0};
    modexp_input in = modexp_of(0, UINT64_C(1) << 60, 0, 0); /* an exponent nobody could hold */
    assert_int_equal(run(0x05, WEFT_BERLIN, bytes_of(in.bytes, sizeof in.bytes), &output), CRYPTO_OK);
    assert_int_equal(output.size, 0);
    in = modexp_of(1, 1, 2, 0); /* modulus zero */
    assert_int_equal(run(0x05, WEFT_BERLIN, bytes_of(in.bytes, sizeof in.bytes), &output), CRYPTO_OK);
    assert_int_equal(output.size, 2);
    assert_int_equal(output.bytes[0] | output.bytes[1], 0);
    in = modexp_of(1, 1, 1, 0);
    in.bytes[96] = 3;
    in.bytes[97] = 5;
    in.bytes[98] = 100; /* 3 ^ 5 mod 100 */
    assert_int_equal(run(0x05, WEFT_OSAKA, bytes_of(in.bytes, sizeof in.bytes), &output), CRYPTO_OK);
    assert_int_equal(output.size, 1);
    assert_int_equal(output.bytes[0], 43);
    assert_int_equal(run(0x05, WEFT_OSAKA, bytes_of(in.bytes, 98), &output), CRYPTO_OK); /* cut short: modulus 0 */
    assert_int_equal(output.bytes[0], 0);
    buffer_free(&output);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forks_have_their_precompiles),
        cmocka_unit_test(prices_per_word_and_pair),
        cmocka_unit_test(multiplications_in_bulk_are_discounted),
        cmocka_unit_test(sizes_that_fail),
        cmocka_unit_test(sizes_that_are_made_fit),
        cmocka_unit_test(ecrecover_wants_27_or_28_in_a_whole_word),
        cmocka_unit_test(modexp_is_priced_by_fork),
        cmocka_unit_test(modexp_without_modulus_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
