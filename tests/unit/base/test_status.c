/* Every status and verdict has a text of its own, and values outside the enums are answered too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <weft/status.h>
#include <weft/version.h>

#define COUNT(name, text) +1
enum { STATUS_COUNT = WEFT_STATUS_MAP(COUNT), VERDICT_COUNT = WEFT_VERDICT_MAP(COUNT) };

static void every_status_has_its_own_message(void **state) {
    (void)state;
    const char *unknown = weft_status_message((weft_status)STATUS_COUNT);
    for (int i = 0; i < STATUS_COUNT; i++) {
        const char *message = weft_status_message((weft_status)i);
        assert_non_null(message);
        assert_string_not_equal(message, "");
        assert_string_not_equal(message, unknown);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(message, weft_status_message((weft_status)j));
    }
}

static void every_verdict_has_its_own_name(void **state) {
    (void)state;
    const char *unknown = weft_verdict_name((weft_verdict)VERDICT_COUNT);
    for (int i = 0; i < VERDICT_COUNT; i++) {
        const char *name = weft_verdict_name((weft_verdict)i);
        assert_string_not_equal(name, unknown);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(name, weft_verdict_name((weft_verdict)j));
    }
}

static void verdicts_carry_the_test_suites_names(void **state) {
    (void)state;
    assert_string_equal(weft_verdict_name(WEFT_VALID), "VALID");
    assert_string_equal(weft_verdict_name(WEFT_TX_NONCE_TOO_LOW), "TransactionException.NONCE_MISMATCH_TOO_LOW");
    assert_string_equal(weft_verdict_name(WEFT_BLOCK_STATE_ROOT), "BlockException.INVALID_STATE_ROOT");
    for (int i = 1; i < VERDICT_COUNT; i++) {
        const char *name = weft_verdict_name((weft_verdict)i);
        assert_true(strncmp(name, "TransactionException.", 21) == 0 || strncmp(name, "BlockException.", 15) == 0);
    }
}

static void values_outside_the_enums_are_answered(void **state) {
    (void)state;
    assert_string_equal(weft_status_message((weft_status)12345), "unknown status");
    assert_string_equal(weft_verdict_name((weft_verdict)12345), "unknown verdict");
}

static void version_text_is_made_of_the_version_numbers(void **state) {
    (void)state;
    char expected[32];
    snprintf(expected, sizeof expected, "%d.%d.%d", WEFT_VERSION_MAJOR, WEFT_VERSION_MINOR, WEFT_VERSION_PATCH);
    assert_string_equal(weft_version(), expected);
    assert_string_equal(WEFT_VERSION_STRING, expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_own_message),
        cmocka_unit_test(every_verdict_has_its_own_name),
        cmocka_unit_test(verdicts_carry_the_test_suites_names),
        cmocka_unit_test(values_outside_the_enums_are_answered),
        cmocka_unit_test(version_text_is_made_of_the_version_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
