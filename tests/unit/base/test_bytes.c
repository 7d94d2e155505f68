#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"

static void hex_round_trips(void **state) {
    (void)state;
    uint8_t bytes[256], back[256];
    for (unsigned i = 0; i < 256; i++) {
        bytes[i] = (uint8_t)i;
    }
    char text[513];
    hex_encode(text, bytes, 256);
    assert_int_equal(strlen(text), 512);
    assert_memory_equal(text, "000102", 6);
    assert_string_equal(text + 506, "fdfeff");
    assert_true(hex_decode(back, 256, text, 512));
    assert_memory_equal(back, bytes, 256);
}

static void hex_accepts_prefix_and_both_cases(void **state) {
    (void)state;
    uint8_t bytes[2];
    assert_true(hex_decode(bytes, 2, "0xAbcD", 6));
    assert_int_equal(bytes[0] << 8 | bytes[1], 0xabcd);
    assert_true(hex_decode(bytes, 2, "0X0aF0", 6));
    assert_int_equal(bytes[0] << 8 | bytes[1], 0x0af0);
    assert_true(hex_decode(bytes, 0, "0x", 2));
    assert_true(hex_decode(bytes, 0, "", 0));
}

static void hex_refuses_anything_else(void **state) {
    (void)state;
    static const char *const wrong[] = {"",
                                        "0x",
                                        "0xabc",
                                        "abc",
                                        "abcde",
                                        "0xabcdef",
                                        "abcg",
                                        "ab/0",
                                        "ab:0",
                                        "ab@0",
                                        "abG0",
                                        "ab`0",
                                        "0x0xabcd",
                                        " abc",
                                        "+abc",
                                        ("\xe4"
                                         "abc"),
                                        "0xab cd"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint8_t bytes[8];
        if (hex_decode(bytes, 2, wrong[i], strlen(wrong[i]))) {
            fail_msg("accepted \"%s\" as two bytes", wrong[i]);
        }
    }
}

static void comparison_follows_the_bytes(void **state) {
    (void)state;
    weft_address a = {{0}}, b = {{0}};
    assert_true(address_equal(&a, &b) && address_is_zero(&a));
    b.bytes[19] = 1;
    assert_true(address_compare(&a, &b) < 0 && !address_equal(&a, &b) && !address_is_zero(&b));
    a.bytes[0] = 1;
    assert_true(address_compare(&a, &b) > 0);
    weft_bytes32 x = {{0}}, y = {{0}};
    assert_true(bytes32_equal(&x, &y) && bytes32_is_zero(&x));
    y.bytes[31] = 0x80;
    assert_true(bytes32_compare(&x, &y) < 0 && !bytes32_equal(&x, &y) && !bytes32_is_zero(&y));
    assert_true(bytes_equal(bytes_of(NULL, 0), bytes_of("x", 0)));
    assert_false(bytes_equal(bytes_of("x", 1), bytes_of("y", 1)));
    assert_false(bytes_equal(bytes_of("xy", 2), bytes_of("xy", 1)));
}

static void big_endian_words_round_trip_unaligned(void **state) {
    (void)state;
    uint8_t bytes[12] = {0};
    store_be64(bytes + 3, 0x0102030405060708u);
    assert_memory_equal(bytes, "\0\0\0\1\2\3\4\5\6\7\10\0", 12);
    assert_int_equal(load_be64(bytes + 3), 0x0102030405060708u);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex_round_trips),
        cmocka_unit_test(hex_accepts_prefix_and_both_cases),
        cmocka_unit_test(hex_refuses_anything_else),
        cmocka_unit_test(comparison_follows_the_bytes),
        cmocka_unit_test(big_endian_words_round_trip_unaligned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
