/* The model of parallel execution, on blocks that were never measured: what they must come to is known by construction.
 * Threading model: none, simulated workers take turns on one thread. Bug hunted: a model that flatters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bench/simulation.h"
#include "tests/support/random.h"

enum { COUNT = 400 };

static const machine_costs free_machine = {.region = 0};
static const machine_costs real_machine = {
    .region = 1e-6, .order = 15e-9, .fetch = 60e-9, .spin = 6e-6, .wake = 15e-6, .waking = 8e-6};

/* A block whose arrays may be changed. */
typedef struct made_block {
    tx_costs costs;
    tx_cost txs[COUNT];
    weft_dependencies needs[COUNT];
    weft_dependency needed[COUNT];
    weft_receipt receipts[COUNT];
    weft_transaction_profile profiles[COUNT];
    weft_predicted_access predicted[COUNT];
} made_block;

static made_block block;

/* Transactions of 100 µs that need nothing. */
static void make_independent(size_t count) {
    memset(&block, 0, sizeof block);
    for (size_t i = 0; i < count; i++) {
        block.txs[i] = (tx_cost){.serial = 100e-6, .ahead = 100e-6, .settle = 0.2e-6};
        block.receipts[i].gas_used = 100000;
        block.profiles[i].location_count = 4;
    }
    block.costs = (tx_costs){.count = count,
                             .txs = block.txs,
                             .dependencies = block.needs,
                             .receipts = block.receipts,
                             .profiles = block.profiles};
}

static void need(size_t transaction, size_t earlier, bool is_hidden) {
    block.needed[transaction] = (weft_dependency){(uint32_t)earlier, is_hidden};
    block.needs[transaction] = (weft_dependencies){&block.needed[transaction], 1};
}

/* Each needs the one before. In: is_predicted   and the scheduler is told. */
static void make_chain(size_t count, bool is_predicted) {
    make_independent(count);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            need(i, i - 1, false);
        }
        block.predicted[i] = (weft_predicted_access){.location = 1, .reads = true, .writes = true};
        block.profiles[i].predicted = &block.predicted[i];
        block.profiles[i].predicted_count = is_predicted ? 1 : 0;
    }
}

static simulated run(const machine_costs *machine, unsigned workers) {
    simulated result;
    assert_int_equal(simulate(&result, &block.costs, machine, workers, false), WEFT_OK);
    assert_int_equal(result.workers, workers);
    return result;
}

static double speed_up(const machine_costs *machine, unsigned workers) {
    return run(machine, 1).execute / run(machine, workers).execute;
}

static void expect_between(double found, double low, double high) {
    if (found < low || found > high) {
        fail_msg("%g is not between %g and %g", found, low, high);
    }
}

/* --- Cases */

static void one_worker_takes_the_sum(void **state) {
    (void)state;
    make_independent(10);
    block.costs.edges = 5e-6;
    block.costs.plan = 400e-6;
    block.costs.finish = 30e-6;
    block.costs.share = 1; /* nothing is shared */
    simulated one = run(&real_machine, 1);
    expect_between(one.execute, 1004.999e-6, 1005.001e-6);
    expect_between(one.total, 1434.999e-6, 1435.001e-6);
    assert_int_equal(one.reexecutions, 0);
}

static void independent_transactions_scale(void **state) {
    (void)state;
    make_independent(COUNT);
    for (unsigned workers = 2; workers <= 64; workers *= 2) {
        expect_between(speed_up(&free_machine, workers), 0.85 * workers, workers);
        expect_between(speed_up(&real_machine, workers), 0.70 * workers, workers);
        assert_int_equal(run(&real_machine, workers).reexecutions, 0);
    }
}

static void a_chain_does_not(void **state) {
    (void)state;
    for (unsigned workers = 2; workers <= 64; workers *= 2) {
        make_chain(COUNT, true);
        expect_between(speed_up(&real_machine, workers), 0.9, 1.01);
        assert_int_equal(run(&real_machine, workers).reexecutions, 0);
        make_chain(COUNT, false);
        expect_between(speed_up(&real_machine, workers), 0.7, 1.01);
        assert_true(run(&real_machine, workers).reexecutions > 0);
    }
}

static void speculation_that_does_not_pay_is_given_up(void **state) {
    (void)state;
    simulated forced;
    make_chain(COUNT, false);
    simulated two = run(&free_machine, 2);
    assert_true(two.fell_back);
    assert_int_equal(simulate(&forced, &block.costs, &free_machine, 2, true), WEFT_OK);
    assert_false(forced.fell_back);
    assert_true(forced.reexecutions > two.reexecutions);
    make_independent(COUNT);
    assert_false(run(&free_machine, 2).fell_back);
}

static void hidden_changes_are_always_missed(void **state) {
    (void)state;
    make_independent(COUNT);
    need(COUNT / 2, 0, true);
    need(COUNT / 2 + 1, 0, false);
    assert_int_equal(run(&free_machine, 2).reexecutions, 1);
    block.costs.shared_from = 1; /* now the change was there before parallel execution began */
    assert_int_equal(run(&free_machine, 2).reexecutions, 0);
}

static void what_stays_at_the_head_is_not_shared(void **state) {
    (void)state;
    make_independent(COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        block.profiles[i].stays_at_head = true;
    }
    expect_between(speed_up(&free_machine, 8), 0.999, 1.001);
    block.costs.shared_from = COUNT;
    expect_between(speed_up(&real_machine, 8), 1, 1);
}

static void the_longest_transaction_bounds(void **state) {
    (void)state;
    make_independent(100);
    block.txs[50].serial = block.txs[50].ahead = 9900e-6;
    expect_between(speed_up(&free_machine, 64), 1.9, 2);
}

/* Whatever needs what: nobody works more than all the time, and the same question has the same answer. */
static void random_blocks_are_within_bounds(void **state) {
    (void)state;
    seed_range seeds = seed_range_read(200);
    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++) {
        test_random r = {seed};
        make_independent(COUNT);
        double work = 0;
        for (size_t i = 0; i < COUNT; i++) {
            block.txs[i].serial = block.txs[i].ahead = 1e-6 * (double)(1 + random_below(&r, 200));
            work += block.txs[i].serial;
            if (i > 0 && random_below(&r, 3) == 0) {
                need(i, random_below(&r, i), random_below(&r, 10) == 0);
            }
            block.predicted[i] = (weft_predicted_access){random_below(&r, 40), true, true};
            block.profiles[i].predicted = &block.predicted[i];
            block.profiles[i].predicted_count = random_below(&r, 2);
            block.profiles[i].stays_at_head = random_below(&r, 10) == 0;
        }
        unsigned workers = 2 + (unsigned)random_below(&r, 63);
        simulated a = run(&real_machine, workers), b = run(&real_machine, workers);
        if (a.execute < work / workers || a.execute != b.execute || a.execute > 3 * work) {
            fail_msg("seed %llu: %u workers take %g and %g s for %g s of work", (unsigned long long)seed, workers,
                     a.execute, b.execute, work);
        }
    }
}

static void this_machine_costs_something_and_not_much(void **state) {
    (void)state;
    machine_costs costs;
    machine_costs_measure(&costs);
    assert_true(costs.order > 0 && costs.order < 1e-4);
    assert_true(costs.spin > 0 && costs.spin < 1e-2);
    assert_true(costs.region >= 0 && costs.fetch >= 0 && costs.wake >= 0 && costs.waking >= 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_worker_takes_the_sum),
        cmocka_unit_test(independent_transactions_scale),
        cmocka_unit_test(a_chain_does_not),
        cmocka_unit_test(speculation_that_does_not_pay_is_given_up),
        cmocka_unit_test(hidden_changes_are_always_missed),
        cmocka_unit_test(what_stays_at_the_head_is_not_shared),
        cmocka_unit_test(the_longest_transaction_bounds),
        cmocka_unit_test(random_blocks_are_within_bounds),
        cmocka_unit_test(this_machine_costs_something_and_not_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
