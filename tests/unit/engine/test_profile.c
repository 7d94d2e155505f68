/* What is told of a block for bounds and models: which transaction needed which, and what each cost. Threading model: none,
 * a profile is of one thread. Oracle: dependencies known by construction, and the result of serial execution.
 * Bugs hunted: an edge that is missing makes bounds that no machine can be blamed for; one too many hides a gain. */
#include "tests/unit/engine/scene.h"

enum { COUNTER = 0x400, SLOT_READER, BALANCE_READER };

#define COUNTER_SOURCE "0 SLOAD 1 ADD 0 SSTORE"

static weft_engine *engine;

/* Execute the scene's block with the critical path and a profile. */
static weft_block_result profile(scene *s, unsigned threads, bool force_parallel) {
    const weft_engine_config config = {
        .size = sizeof config, .threads = threads, .force_parallel = force_parallel, .seed = 1};
    const weft_execute_options options = {.size = sizeof options,
                                          .no_header_checks = true,
                                          .partial_state = true,
                                          .measure_critical_path = true,
                                          .profile = true};
    weft_block_result result;
    weft_state_view view = weft_memory_state_view(s->state);
    assert_int_equal(weft_engine_create(&engine, &s->chain, &config), WEFT_OK);
    assert_int_equal(weft_engine_execute(engine, &result, &s->block, &view, &options), WEFT_OK);
    assert_int_equal(result.verdict, WEFT_VALID);
    return result;
}

static void expect_alone(const weft_block_result *result, size_t transaction) {
    assert_int_equal(result->dependencies[transaction].count, 0);
}

static void expect_after(const weft_block_result *result, size_t transaction, uint32_t earlier, bool is_hidden) {
    assert_int_equal(result->dependencies[transaction].count, 1);
    assert_int_equal(result->dependencies[transaction].list[0].transaction, earlier);
    assert_int_equal(result->dependencies[transaction].list[0].is_hidden, is_hidden);
}

static void payments_out_of_what_was_there_are_independent(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 2, ETHER);
    scene_balance(&s, address_of(100), 1); /* who comes into being is seen by the next */
    scene_call(&s, 0, address_of(100), 1, 21000);
    scene_call(&s, 0, address_of(100), 1, 21000); /* the same payer and payee */
    scene_call(&s, 1, address_of(0), 1, 21000);
    weft_block_result result = profile(&s, 1, false);
    for (size_t i = 0; i < 3; i++) {
        expect_alone(&result, i);
    }
    assert_int_equal(result.stats.critical_path_gas, 21000);
    weft_engine_destroy(engine);
    scene_close(&s);
}

static void a_payment_out_of_what_came_needs_the_one_that_brought_it(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 1, ETHER);
    scene_call(&s, 0, address_of(1), ETHER / 2, 21000);
    scene_call(&s, 1, address_of(2), ETHER / 4, 21000);
    weft_block_result result = profile(&s, 1, false);
    expect_alone(&result, 0);
    expect_after(&result, 1, 0, false);
    assert_int_equal(result.stats.critical_path_gas, 42000);
    weft_engine_destroy(engine);
    scene_close(&s);
}

static void readers_need_the_last_writer_and_writers_of_nothing_are_none(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 5, ETHER);
    scene_contract(&s, address_of(COUNTER), 0, COUNTER_SOURCE);
    scene_contract(&s, address_of(SLOT_READER), 0, "5 0 SSTORE"); /* writes what is there */
    scene_slot(&s, address_of(SLOT_READER), 0, 5);
    scene_call(&s, 0, address_of(COUNTER), 0, 100000);
    scene_call(&s, 1, address_of(SLOT_READER), 0, 100000);
    scene_call(&s, 2, address_of(COUNTER), 0, 100000);
    scene_call(&s, 3, address_of(SLOT_READER), 0, 100000);
    scene_call(&s, 4, address_of(COUNTER), 0, 100000);
    weft_block_result result = profile(&s, 1, false);
    expect_alone(&result, 0);
    expect_alone(&result, 1);
    expect_after(&result, 2, 0, false);
    expect_alone(&result, 3);
    expect_after(&result, 4, 2, false);
    uint64_t chain = result.receipts[0].gas_used + result.receipts[2].gas_used + result.receipts[4].gas_used;
    assert_int_equal(result.stats.critical_path_gas, chain);
    weft_engine_destroy(engine);
    scene_close(&s);
}

/* A payer's balance is not published: whoever reads it exactly sees it too late. */
static void what_is_not_published_is_hidden(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 2, ETHER);
    scene_contract(&s, address_of(BALANCE_READER), 0, A("0000") " BALANCE 0 SSTORE");
    scene_call(&s, 0, address_of(100), 1, 21000);
    scene_call(&s, 1, address_of(BALANCE_READER), 0, 100000);
    weft_block_result result = profile(&s, 1, false);
    expect_after(&result, 1, 0, true);
    weft_engine_destroy(engine);
    scene_close(&s);
}

static void the_critical_path_is_the_heaviest_chain(void **state) {
    (void)state;
    const weft_dependency on_0 = {0, false}, on_0_and_2[] = {{0, false}, {2, false}};
    const weft_dependencies diamond[] = {{NULL, 0}, {&on_0, 1}, {&on_0, 1}, {on_0_and_2, 2}, {NULL, 0}};
    double path, weights[] = {1, 10, 2, 3, 5};
    assert_int_equal(weft_critical_path(&path, diamond, weights, 5), WEFT_OK);
    assert_true(path == 11); /* 0, 1 */
    weights[3] = 9;
    assert_int_equal(weft_critical_path(&path, diamond, weights, 5), WEFT_OK);
    assert_true(path == 12); /* 0, 2, 3 */
    assert_int_equal(weft_critical_path(&path, diamond, weights, 0), WEFT_OK);
    assert_true(path == 0);
}

/* --- Times */

static void open_mixed(scene *s) {
    scene_open(s, WEFT_CANCUN);
    scene_senders(s, 20, ETHER);
    scene_contract(s, address_of(COUNTER), 0, COUNTER_SOURCE);
    for (unsigned i = 0; i < 20; i++) {
        bool calls = i % 2 == 0;
        weft_transaction *tx = scene_call(s, i, address_of(calls ? COUNTER : 100), 0, calls ? 100000 : 21000);
        tx->data = calls ? (weft_bytes){(const uint8_t *)"call", 4} : tx->data;
    }
}

static void serial_profiles_have_every_transaction_at_the_head(void **state) {
    (void)state;
    static scene s;
    open_mixed(&s);
    weft_block_result result = profile(&s, 1, false);
    double sum = 0;
    assert_int_equal(result.profile.shared_from, 20);
    for (size_t i = 0; i < 20; i++) {
        const weft_transaction_profile *t = &result.profile.transactions[i];
        assert_true(t->head_seconds > 0 && t->ahead_seconds == 0 && t->settle_seconds == 0);
        sum += t->head_seconds;
    }
    assert_true(sum <= result.stats.execute_seconds);
    weft_engine_destroy(engine);
    scene_close(&s);
}

static void shared_profiles_run_ahead_and_settle_with_the_same_result(void **state) {
    (void)state;
    static scene s;
    open_mixed(&s);
    weft_block_result serial, shared;
    assert_int_equal(scene_execute(&s, 1, &s.serial, &serial), WEFT_OK);
    shared = profile(&s, 3, true);
    scene_compare(&s, &serial, &shared, 3);
    assert_int_equal(shared.stats.threads, 1);
    assert_int_equal(shared.stats.reexecutions, 0); /* each sees all that was published before */
    assert_int_equal(shared.profile.shared_from, 0);
    assert_true(shared.profile.share_seconds > 0);
    for (size_t i = 0; i < 20; i++) {
        const weft_transaction_profile *t = &shared.profile.transactions[i];
        assert_true(t->ahead_seconds > 0 && t->settle_seconds > 0 && t->head_seconds == 0 && !t->stays_at_head);
        assert_true(t->predicted_count > 0); /* the sender's ether */
    }
    weft_engine_destroy(engine);
    scene_close(&s);
}

static void a_short_block_is_not_shared(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 3, ETHER);
    for (unsigned i = 0; i < 3; i++) {
        scene_call(&s, i, address_of(100), 1, 21000);
    }
    weft_block_result result = profile(&s, 2, false);
    assert_int_equal(result.profile.shared_from, 3);
    weft_engine_destroy(engine);
    scene_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payments_out_of_what_was_there_are_independent),
        cmocka_unit_test(a_payment_out_of_what_came_needs_the_one_that_brought_it),
        cmocka_unit_test(readers_need_the_last_writer_and_writers_of_nothing_are_none),
        cmocka_unit_test(what_is_not_published_is_hidden),
        cmocka_unit_test(the_critical_path_is_the_heaviest_chain),
        cmocka_unit_test(serial_profiles_have_every_transaction_at_the_head),
        cmocka_unit_test(shared_profiles_run_ahead_and_settle_with_the_same_result),
        cmocka_unit_test(a_short_block_is_not_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
