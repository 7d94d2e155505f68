#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scheduler/parking.h"

static parking parking_make(void) {
    parking p;
    assert_true(parking_init(&p));
    return p;
}

static void waking_nobody_leaves_nothing(void **state) {
    (void)state;
    parking p = parking_make();
    assert_false(parking_has_sleepers(&p));
    parking_wake_one(&p);
    parking_wake_all(&p);
    assert_int_equal(p.tokens, 0);
    parking_destroy(&p);
}

static void a_wake_up_before_the_sleep_is_kept(void **state) {
    (void)state;
    parking p = parking_make();
    parking_announce(&p);
    assert_true(parking_has_sleepers(&p));
    parking_wake_one(&p);
    assert_false(parking_has_sleepers(&p));
    parking_sleep(&p); /* returns at once, or the test hangs */
    assert_int_equal(p.tokens, 0);
    parking_destroy(&p);
}

static void one_wake_up_counts_for_one(void **state) {
    (void)state;
    parking p = parking_make();
    parking_announce(&p);
    parking_announce(&p);
    parking_wake_one(&p);
    assert_true(parking_has_sleepers(&p));
    assert_int_equal(p.tokens, 1);
    parking_wake_all(&p);
    assert_false(parking_has_sleepers(&p));
    assert_int_equal(p.tokens, 2);
    parking_sleep(&p);
    parking_sleep(&p);
    parking_destroy(&p);
}

static void cancelling_takes_back_the_announcement_or_its_token(void **state) {
    (void)state;
    parking p = parking_make();
    parking_announce(&p);
    parking_cancel(&p);
    assert_false(parking_has_sleepers(&p));
    parking_announce(&p);
    parking_wake_one(&p);
    parking_cancel(&p);
    assert_int_equal(p.tokens, 0);
    parking_destroy(&p);
}

static void cancelling_leaves_the_token_of_another(void **state) {
    (void)state;
    parking p = parking_make();
    parking_announce(&p);
    parking_announce(&p);
    parking_wake_one(&p);
    parking_cancel(&p);
    assert_false(parking_has_sleepers(&p));
    parking_sleep(&p);
    assert_int_equal(p.tokens, 0);
    parking_destroy(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waking_nobody_leaves_nothing),
        cmocka_unit_test(a_wake_up_before_the_sleep_is_kept),
        cmocka_unit_test(one_wake_up_counts_for_one),
        cmocka_unit_test(cancelling_takes_back_the_announcement_or_its_token),
        cmocka_unit_test(cancelling_leaves_the_token_of_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
