#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scheduler/policy.h"

enum { TASKS = 200, WORKERS = 4 };

/* Settle `count` speculative tasks of equal cost, every `period`-th of them valid (0: none). */
static void note_many(policy *p, unsigned count, unsigned period) {
    for (unsigned i = 0; i < count; i++) {
        policy_note(p, true, period != 0 && i % period == 0, 21000);
    }
}

static void a_hopeless_block_is_stopped(void **state) {
    (void)state;
    policy p;
    policy_reset(&p, TASKS, WORKERS);
    note_many(&p, 32, 0);
    assert_true(policy_should_stop(&p));
}

static void a_handful_of_failures_is_no_evidence(void **state) {
    (void)state;
    policy p;
    policy_reset(&p, TASKS, WORKERS);
    note_many(&p, 15, 0);
    assert_false(policy_should_stop(&p));
}

static void a_third_of_valid_work_is_worth_it(void **state) {
    (void)state;
    policy p;
    policy_reset(&p, TASKS, WORKERS);
    note_many(&p, TASKS, 3);
    assert_false(policy_should_stop(&p));
}

static void one_in_twenty_is_not(void **state) {
    (void)state;
    policy p;
    policy_reset(&p, TASKS, WORKERS);
    note_many(&p, TASKS, 20);
    assert_true(policy_should_stop(&p));
}

static void cost_counts_and_not_the_number_of_tasks(void **state) {
    (void)state;
    policy p;
    policy_reset(&p, TASKS, WORKERS);
    for (unsigned i = 0; i < TASKS; i++) {
        policy_note(&p, true, i % 20 == 0, i % 20 == 0 ? 1000000 : 21000);
    }
    assert_false(policy_should_stop(&p));
}

static void a_short_block_is_judged_soon(void **state) {
    (void)state;
    policy p;
    policy_reset(&p, 9, 2);
    note_many(&p, 3, 0);
    assert_false(policy_should_stop(&p));
    note_many(&p, 1, 0);
    assert_true(policy_should_stop(&p));
}

static void tasks_run_at_the_head_say_nothing(void **state) {
    (void)state;
    policy p;
    policy_reset(&p, TASKS, WORKERS);
    for (unsigned i = 0; i < TASKS; i++) {
        policy_note(&p, false, false, 16000000);
    }
    assert_false(policy_should_stop(&p));
}

static void a_block_that_turns_hopeless_is_stopped(void **state) {
    (void)state;
    policy p;
    policy_reset(&p, 1000, WORKERS);
    note_many(&p, 500, 1);
    assert_false(policy_should_stop(&p));
    note_many(&p, 300, 0);
    assert_true(policy_should_stop(&p));
}

static void the_decision_is_final_until_the_next_block(void **state) {
    (void)state;
    policy p;
    policy_reset(&p, TASKS, WORKERS);
    note_many(&p, 64, 0);
    note_many(&p, 1000, 1);
    assert_true(policy_should_stop(&p));
    policy_reset(&p, TASKS, WORKERS);
    assert_false(policy_should_stop(&p));
}

static void more_workers_need_more_evidence(void **state) {
    (void)state;
    policy p;
    policy_reset(&p, TASKS, 64);
    note_many(&p, 127, 0);
    assert_false(policy_should_stop(&p));
    note_many(&p, 1, 0);
    assert_true(policy_should_stop(&p));
}

static void huge_and_zero_costs_do_not_overflow(void **state) {
    (void)state;
    policy p;
    policy_reset(&p, UINT32_MAX, 1u << 16);
    for (unsigned i = 0; i < 1u << 19; i++) {
        policy_note(&p, true, true, UINT64_MAX);
    }
    assert_false(policy_should_stop(&p));
    policy_reset(&p, 0, 1);
    for (unsigned i = 0; i < 100; i++) {
        policy_note(&p, true, false, 0);
    }
    assert_true(policy_should_stop(&p));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hopeless_block_is_stopped),
        cmocka_unit_test(a_handful_of_failures_is_no_evidence),
        cmocka_unit_test(a_third_of_valid_work_is_worth_it),
        cmocka_unit_test(one_in_twenty_is_not),
        cmocka_unit_test(cost_counts_and_not_the_number_of_tasks),
        cmocka_unit_test(a_short_block_is_judged_soon),
        cmocka_unit_test(tasks_run_at_the_head_say_nothing),
        cmocka_unit_test(a_block_that_turns_hopeless_is_stopped),
        cmocka_unit_test(the_decision_is_final_until_the_next_block),
        cmocka_unit_test(more_workers_need_more_evidence),
        cmocka_unit_test(huge_and_zero_costs_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
