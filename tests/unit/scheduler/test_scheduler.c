/* Who gets what in single situations. All interleavings of small runs are in test_scheduler_model, threads in
 * test_speculation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scheduler/scheduler.h"
#include "scheduler/scheduler_internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

static scheduler *scheduler_of(uint32_t task_count, unsigned worker_count) {
    scheduler *s = scheduler_create();
    assert_non_null(s);
    assert_true(scheduler_reset(s, task_count, worker_count, 5));
    return s;
}

/* The tasks from..to-1 read and write one location. */
static void predict_chain(scheduler *s, uint32_t from, uint32_t to, uint64_t location) {
    for (uint32_t task = from; task < to; task++) {
        assert_true(scheduler_predict(s, task, location, true, true));
    }
}

static void assert_order(scheduler *s, unsigned worker, scheduler_order expected, uint32_t expected_task) {
    scheduler_order order;
    uint32_t task = UINT32_MAX;
    assert_true(scheduler_try_next(s, worker, &order, &task));
    assert_int_equal(order, expected);
    if (order != SCHEDULER_DONE) {
        assert_int_equal(task, expected_task);
    }
}

static void assert_nothing(scheduler *s, unsigned worker) {
    scheduler_order order;
    uint32_t task;
    assert_false(scheduler_try_next(s, worker, &order, &task));
}

static void assert_parks(scheduler *s, unsigned worker) {
    parking_announce(scheduler_parking(s));
    assert_nothing(s, worker);
}

static void nothing_to_run_is_done(void **state) {
    (void)state;
    scheduler *s = scheduler_of(0, 2);
    assert_order(s, 0, SCHEDULER_DONE, 0);
    assert_order(s, 1, SCHEDULER_DONE, 0);
    scheduler_destroy(s);
}

static void a_single_worker_runs_everything_in_order(void **state) {
    (void)state;
    scheduler *s = scheduler_of(5, 1);
    predict_chain(s, 0, 5, 1);
    assert_false(scheduler_is_speculating(s));
    for (uint32_t task = 0; task < 5; task++) {
        assert_int_equal(scheduler_head(s), task);
        assert_order(s, 0, SCHEDULER_RUN_HEAD, task);
        scheduler_settled(s, 0, task);
    }
    assert_order(s, 0, SCHEDULER_DONE, 0);
    scheduler_destroy(s);
}

static void independent_tasks_are_speculated_in_order(void **state) {
    (void)state;
    scheduler *s = scheduler_of(4, 3);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 0);
    assert_order(s, 1, SCHEDULER_SPECULATE, 1);
    assert_order(s, 2, SCHEDULER_SPECULATE, 2);
    scheduler_executed(s, 2, 2);
    assert_order(s, 2, SCHEDULER_SPECULATE, 3);
    scheduler_settled(s, 0, 0);
    assert_nothing(s, 0);
    scheduler_executed(s, 1, 1);
    assert_order(s, 1, SCHEDULER_SETTLE, 1);
    scheduler_destroy(s);
}

static void a_task_left_to_the_head_is_never_speculated(void **state) {
    (void)state;
    scheduler *s = scheduler_of(4, 2);
    predict_chain(s, 1, 4, 9); /* 1, 2, 3; 2 waits for 1, 3 for 2 */
    scheduler_leave_to_head(s, 2);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 0);
    assert_order(s, 1, SCHEDULER_SPECULATE, 1);
    scheduler_executed(s, 1, 1);
    assert_nothing(s, 1); /* 2 has nothing to wait for any more, and waits for the head all the same */
    scheduler_settled(s, 0, 0);
    assert_order(s, 0, SCHEDULER_SETTLE, 1);
    scheduler_settled(s, 0, 1);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 2);
    assert_nothing(s, 1);
    scheduler_settled(s, 0, 2);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 3);
    scheduler_settled(s, 0, 3);
    assert_order(s, 1, SCHEDULER_DONE, 0);
    scheduler_destroy(s);
}

static void a_successor_waits_and_stays_with_its_predecessor(void **state) {
    (void)state;
    scheduler *s = scheduler_of(5, 3);
    predict_chain(s, 1, 3, 1);
    assert_int_equal(scheduler_edge_count(s), 1);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 0);
    assert_order(s, 1, SCHEDULER_SPECULATE, 1);
    assert_order(s, 2, SCHEDULER_SPECULATE, 3);
    scheduler_executed(s, 1, 1);
    assert_order(s, 1, SCHEDULER_SPECULATE, 2);
    scheduler_destroy(s);
}

static void an_idle_worker_takes_the_successor_of_a_busy_one(void **state) {
    (void)state;
    scheduler *s = scheduler_of(3, 2);
    predict_chain(s, 0, 2, 1);
    predict_chain(s, 0, 1, 2);
    assert_true(scheduler_predict(s, 2, 2, true, false));
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 0);
    assert_nothing(s, 1);
    scheduler_settled(s, 0, 0);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 1);
    assert_order(s, 1, SCHEDULER_SPECULATE, 2);
    scheduler_destroy(s);
}

static void a_waiting_head_is_run_without_its_graph(void **state) {
    (void)state;
    scheduler *s = scheduler_of(3, 2);
    predict_chain(s, 0, 3, 1);
    for (uint32_t task = 0; task < 3; task++) {
        assert_order(s, 1, SCHEDULER_RUN_HEAD, task);
        assert_nothing(s, 0);
        scheduler_settled(s, 1, task);
    }
    assert_order(s, 0, SCHEDULER_DONE, 0);
    scheduler_destroy(s);
}

static void the_role_stays_until_the_next_order(void **state) {
    (void)state;
    scheduler *s = scheduler_of(3, 2);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 0);
    assert_order(s, 1, SCHEDULER_SPECULATE, 1);
    scheduler_executed(s, 1, 1);
    scheduler_settled(s, 0, 0);
    assert_order(s, 1, SCHEDULER_SPECULATE, 2);
    assert_order(s, 0, SCHEDULER_SETTLE, 1);
    scheduler_settled(s, 0, 1);
    assert_nothing(s, 0);
    scheduler_executed(s, 1, 2);
    assert_order(s, 1, SCHEDULER_SETTLE, 2);
    scheduler_destroy(s);
}

static void sleepers_are_woken_for_successors_beyond_the_first(void **state) {
    (void)state;
    scheduler *s = scheduler_of(6, 4);
    assert_true(scheduler_predict(s, 0, 9, false, true));
    for (uint32_t task = 1; task < 4; task++) {
        assert_true(scheduler_predict(s, task, 9, true, false));
    }
    predict_chain(s, 3, 6, 8);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 0);
    for (unsigned worker = 1; worker < 4; worker++) {
        assert_parks(s, worker);
    }
    scheduler_settled(s, 0, 0);
    assert_int_equal(scheduler_parking(s)->tokens, 2);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 1);
    assert_order(s, 1, SCHEDULER_SPECULATE, 2);
    assert_order(s, 2, SCHEDULER_SPECULATE, 3);
    assert_nothing(s, 3);
    scheduler_destroy(s);
}

static void nobody_is_woken_for_a_chain(void **state) {
    (void)state;
    scheduler *s = scheduler_of(6, 2);
    predict_chain(s, 0, 6, 1);
    for (uint32_t task = 0; task < 5; task++) {
        assert_order(s, 0, SCHEDULER_RUN_HEAD, task);
        if (task == 0) {
            assert_parks(s, 1);
        }
        scheduler_settled(s, 0, task);
        assert_int_equal(scheduler_parking(s)->tokens, 0);
    }
    scheduler_destroy(s);
}

static void a_sleeper_is_woken_when_a_kept_successor_is_given_up(void **state) {
    (void)state;
    scheduler *s = scheduler_of(5, 3);
    predict_chain(s, 1, 3, 1);
    predict_chain(s, 3, 5, 2);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 0);
    assert_order(s, 1, SCHEDULER_SPECULATE, 1);
    scheduler_settled(s, 0, 0);
    assert_order(s, 0, SCHEDULER_SPECULATE, 3);
    assert_parks(s, 2);
    scheduler_executed(s, 1, 1); /* keeps 2 */
    scheduler_executed(s, 0, 3); /* keeps 4 */
    assert_order(s, 0, SCHEDULER_SETTLE, 1);
    scheduler_settled(s, 0, 1);
    assert_int_equal(scheduler_parking(s)->tokens, 0);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 2);
    assert_int_equal(scheduler_parking(s)->tokens, 1);
    parking_sleep(scheduler_parking(s));
    assert_order(s, 2, SCHEDULER_SPECULATE, 4);
    scheduler_destroy(s);
}

static void the_window_opens_for_sleepers_only_for_ready_tasks(void **state) {
    (void)state;
    scheduler *s = scheduler_of(8, 2);
    scheduler_set_window(s, 2);
    predict_chain(s, 1, 4, 1);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 0);
    assert_order(s, 1, SCHEDULER_SPECULATE, 1);
    scheduler_executed(s, 1, 1);
    assert_parks(s, 1);
    scheduler_settled(s, 0, 0); /* opens 2, which 1 has made ready */
    assert_int_equal(scheduler_parking(s)->tokens, 1);
    parking_sleep(scheduler_parking(s));
    assert_order(s, 1, SCHEDULER_SPECULATE, 2);
    assert_order(s, 0, SCHEDULER_SETTLE, 1);
    scheduler_settled(s, 0, 1);
    assert_parks(s, 0); /* 3 waits for 2, and 2 is the head */
    scheduler_executed(s, 1, 2);
    assert_int_equal(scheduler_parking(s)->tokens, 0);
    assert_order(s, 1, SCHEDULER_SETTLE, 2);
    scheduler_settled(s, 1, 2); /* opens 4, which waits for nothing */
    assert_int_equal(scheduler_parking(s)->tokens, 1);
    scheduler_destroy(s);
}

static void a_stopped_run_goes_on_at_the_head(void **state) {
    (void)state;
    scheduler *s = scheduler_of(4, 2);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 0);
    assert_order(s, 1, SCHEDULER_SPECULATE, 1);
    scheduler_stop_speculation(s);
    assert_false(scheduler_is_speculating(s));
    scheduler_settled(s, 0, 0);
    assert_nothing(s, 0);
    scheduler_executed(s, 1, 1);
    assert_order(s, 1, SCHEDULER_SETTLE, 1);
    assert_nothing(s, 0);
    scheduler_settled(s, 1, 1);
    assert_order(s, 1, SCHEDULER_RUN_HEAD, 2);
    scheduler_settled(s, 1, 2);
    assert_order(s, 1, SCHEDULER_RUN_HEAD, 3);
    scheduler_settled(s, 1, 3);
    assert_order(s, 0, SCHEDULER_DONE, 0);
    scheduler_destroy(s);
}

static void runs_of_any_size_follow_each_other(void **state) {
    (void)state;
    scheduler *s = scheduler_create();
    assert_non_null(s);
    static const uint32_t sizes[] = {3, 1000, 0, 65, 64, 5000, 1};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_true(scheduler_reset(s, sizes[i], 1 + (unsigned)i, i));
        assert_int_equal(scheduler_edge_count(s), 0);
        predict_chain(s, 0, sizes[i], 1);
        for (uint32_t task = 0; task < sizes[i]; task++) {
            assert_order(s, 0, SCHEDULER_RUN_HEAD, task);
            scheduler_settled(s, 0, task);
        }
        assert_order(s, 0, SCHEDULER_DONE, 0);
    }
    scheduler_destroy(s);
}

typedef struct sleeper {
    scheduler *s;
    atomic_bool back;
} sleeper;

static void *sleeper_run(void *argument) {
    sleeper *me = argument;
    uint32_t task;
    scheduler_order order = scheduler_next(me->s, 1, &task);
    atomic_store(&me->back, true);
    return order == SCHEDULER_DONE ? me : NULL;
}

static void sleep_ms(long ms) {
    (void)nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

/* Worker 1 has to park; `end` must bring it back with SCHEDULER_DONE. */
static void check_sleeper(void (*end)(scheduler *s)) {
    scheduler *s = scheduler_of(1, 2);
    assert_order(s, 0, SCHEDULER_RUN_HEAD, 0);
    sleeper one = {.s = s};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, sleeper_run, &one), 0);
    while (!parking_has_sleepers(scheduler_parking(s))) {
        sleep_ms(1);
    }
    sleep_ms(2);
    assert_false(atomic_load(&one.back));
    end(s);
    void *result;
    pthread_join(thread, &result);
    assert_ptr_equal(result, &one);
    assert_int_equal(scheduler_parking(s)->tokens, 0);
    scheduler_destroy(s);
}

static void end_by_settling(scheduler *s) {
    scheduler_settled(s, 0, 0);
}

static void a_parked_worker_is_woken_by_the_end(void **state) {
    (void)state;
    check_sleeper(end_by_settling);
}

static void a_parked_worker_is_woken_by_cancelling(void **state) {
    (void)state;
    check_sleeper(scheduler_cancel);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_run_is_done),
        cmocka_unit_test(a_single_worker_runs_everything_in_order),
        cmocka_unit_test(independent_tasks_are_speculated_in_order),
        cmocka_unit_test(a_task_left_to_the_head_is_never_speculated),
        cmocka_unit_test(a_successor_waits_and_stays_with_its_predecessor),
        cmocka_unit_test(an_idle_worker_takes_the_successor_of_a_busy_one),
        cmocka_unit_test(a_waiting_head_is_run_without_its_graph),
        cmocka_unit_test(the_role_stays_until_the_next_order),
        cmocka_unit_test(sleepers_are_woken_for_successors_beyond_the_first),
        cmocka_unit_test(nobody_is_woken_for_a_chain),
        cmocka_unit_test(a_sleeper_is_woken_when_a_kept_successor_is_given_up),
        cmocka_unit_test(the_window_opens_for_sleepers_only_for_ready_tasks),
        cmocka_unit_test(a_stopped_run_goes_on_at_the_head),
        cmocka_unit_test(runs_of_any_size_follow_each_other),
        cmocka_unit_test(a_parked_worker_is_woken_by_the_end),
        cmocka_unit_test(a_parked_worker_is_woken_by_cancelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
