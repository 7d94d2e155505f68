/* The JSON reader of the tool: what it accepts, and that what it refuses is named by file, line, byte, key and rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tools/json.h"

static failure last;

static json_document parse(const char *text) {
    json_document document;
    last = (failure){.status = WEFT_OK};
    if (json_parse(&document, "file.json", text, strlen(text), &last) != WEFT_OK) {
        fail_msg("%s", last.message);
    }
    return document;
}

static void expect_refusal(const char *text, const char *words) {
    json_document document;
    last = (failure){.status = WEFT_OK};
    assert_int_equal(json_parse(&document, "file.json", text, strlen(text), &last), WEFT_DECODE);
    if (strstr(last.message, words) == NULL) {
        fail_msg("'%s' does not say '%s'", last.message, words);
    }
}

static void kinds_and_order_are_kept(void **state) {
    (void)state;
    json_document document = parse("{\"a\": [1, \"two\", true, null, {}], \"b\": -0.5e3}");
    const json_value *a = json_get(document.root, "a"), *v = json_first(a);
    assert_int_equal(a->child_count, 5);
    const json_kind kinds[] = {JSON_NUMBER, JSON_STRING, JSON_BOOLEAN, JSON_NULL, JSON_OBJECT};
    for (size_t i = 0; i < 5; i++, v = v->next) {
        assert_int_equal(v->kind, kinds[i]);
    }
    assert_null(v);
    assert_string_equal(json_get(document.root, "b")->text, "-0.5e3");
    json_free(&document);
}

static void the_last_of_equal_keys_counts_and_case_does_not(void **state) {
    (void)state;
    json_document document = parse("{\"chainId\": 1, \"ChainID\": 2, \"gone\": null}");
    uint64_t value = 0;
    assert_true(json_u64(&document, document.root, "chainid", &value));
    assert_int_equal(value, 2);
    assert_null(json_get(document.root, "gone"));
    assert_null(json_get(document.root, "absent"));
    assert_null(json_get(NULL, "a"));
    json_free(&document);
}

static void numbers_are_decimal_or_hex_and_bounded(void **state) {
    (void)state;
    json_document document = parse(
        "{\"d\": 18446744073709551615, \"s\": \"18446744073709551615\", \"h\": \"0xFfffffffffffffff\","
        "\"over\": \"18446744073709551616\", \"max\": "
        "\"115792089237316195423570985008687907853269984665640564039457584007913129639935\", \"above\": "
        "\"115792089237316195423570985008687907853269984665640564039457584007913129639936\","
        "\"minus\": -1, \"half\": 0.5, \"empty\": \"\", \"prefix\": \"0x\", \"word\": \"ten\", \"list\": [1]}");
    static const char *const right[] = {"d", "s", "h"};
    for (size_t i = 0; i < 3; i++) {
        uint64_t value = 0;
        assert_true(json_u64(&document, document.root, right[i], &value));
        assert_true(value == UINT64_MAX);
    }
    uint64_t untouched = 7;
    assert_true(json_u64(&document, document.root, "absent", &untouched));
    assert_int_equal(untouched, 7);
    weft_u256 wide = {{0}};
    assert_true(json_u256(&document, document.root, "max", &wide));
    assert_true((wide.limb[0] & wide.limb[1] & wide.limb[2] & wide.limb[3]) == UINT64_MAX);
    static const char *const wrong[] = {"over", "above", "minus", "half", "empty", "prefix", "word", "list"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(json_u64(&document, document.root, wrong[i], &untouched));
        assert_non_null(strstr(last.message, wrong[i]));
        assert_int_equal(last.status, WEFT_DECODE);
    }
    assert_int_equal(untouched, 7);
    json_free(&document);
}

static void bytes_come_with_or_without_prefix(void **state) {
    (void)state;
    json_document document = parse(
        "{\"a\": \"0x00112233445566778899aabbccddeeff00112233\", \"b\": "
        "\"00112233445566778899AABBCCDDEEFF00112233\", \"short\": \"0x0011\","
        "\"odd\": \"0x123\", \"none\": \"0x\", \"slot\": \"0x1ff\", \"bad\": \"0xzz\"}");
    weft_address a = {{0}}, b = {{1}};
    assert_true(json_address(&document, document.root, "a", &a));
    assert_true(json_address(&document, document.root, "b", &b));
    assert_memory_equal(&a, &b, sizeof a);
    assert_false(json_address(&document, document.root, "short", &a));
    weft_bytes bytes = {0};
    assert_true(json_bytes(&document, document.root, "short", &bytes));
    assert_int_equal(bytes.size, 2);
    assert_int_equal(bytes.data[1], 0x11);
    assert_true(json_bytes(&document, document.root, "none", &bytes));
    assert_int_equal(bytes.size, 0);
    assert_false(json_bytes(&document, document.root, "odd", &bytes));
    assert_false(json_bytes(&document, document.root, "bad", &bytes));
    weft_bytes32 slot;
    assert_true(json_value_padded32(&document, json_get(document.root, "slot"), &slot));
    assert_int_equal(slot.bytes[30], 1);
    assert_int_equal(slot.bytes[31], 0xff);
    json_free(&document);
}

static void a_refusal_names_file_line_byte_key_and_rule(void **state) {
    (void)state;
    json_document document = parse("{\n  \"gasLimit\":\n    \"many\"}");
    uint64_t value;
    assert_false(json_u64(&document, document.root, "gasLimit", &value));
    assert_non_null(strstr(last.message, "file.json:3 (byte "));
    assert_non_null(strstr(last.message, "gasLimit: must be a number"));
    json_free(&document);
}

static void broken_grammar_is_refused(void **state) {
    (void)state;
    expect_refusal("", "file.json:1");
    expect_refusal("{\"a\": 1,}", "file.json:1");
    expect_refusal("{\n\"a\": 1", "file.json:2");
    expect_refusal("[1] [2]", "file.json");
    expect_refusal("{\"a\"; 1}", "file.json");
    expect_refusal("[01]", "file.json");
    expect_refusal("\"\\u00zz\"", "file.json");
    expect_refusal("[\"unfinished", "file.json");
}

static void depth_is_bounded(void **state) {
    (void)state;
    char deep[200];
    memset(deep, '[', 100);
    memset(deep + 100, ']', 99);
    deep[199] = '\0';
    expect_refusal(deep, "nested deeper than 64 levels");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_and_order_are_kept),
        cmocka_unit_test(the_last_of_equal_keys_counts_and_case_does_not),
        cmocka_unit_test(numbers_are_decimal_or_hex_and_bounded),
        cmocka_unit_test(bytes_come_with_or_without_prefix),
        cmocka_unit_test(a_refusal_names_file_line_byte_key_and_rule),
        cmocka_unit_test(broken_grammar_is_refused),
        cmocka_unit_test(depth_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
