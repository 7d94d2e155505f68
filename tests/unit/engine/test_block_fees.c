#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/u256.h"
#include "engine/block_fees.h"
#include "engine/block_reward.h"
#include "engine/difficulty.h"
#include "engine/header_codec.h"
#include "tests/support/random.h"
#include <gmp.h>

enum { CANCUN_FIELDS = 20, LONDON_FIELDS = 16 };

static const weft_blob_parameters cancun = {.target = 3, .max = 6, .base_fee_update_fraction = 3338477};
static const weft_blob_parameters bpo2 = {.target = 14, .max = 21, .base_fee_update_fraction = 11684671};

/* The number, or the largest of 256 bits if it has more. */
static weft_u256 saturated(const mpz_t value) {
    weft_u256 result = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    if (mpz_sizeinbase(value, 2) <= 256) {
        result = u256_zero();
        mpz_export(result.limb, NULL, -1, sizeof result.limb[0], 0, 0, value);
    }
    return result;
}

/* EIP-4844's fake_exponential, word for word, on unbounded integers. */
static weft_u256 fake_exponential_unbounded(uint64_t factor, uint64_t numerator, uint64_t denominator) {
    mpz_t term, sum;
    mpz_init_set_ui(term, factor);
    mpz_mul_ui(term, term, denominator);
    mpz_init(sum);
    for (uint64_t i = 1; mpz_sgn(term) > 0; i++) {
        mpz_add(sum, sum, term);
        mpz_mul_ui(term, term, numerator);
        mpz_fdiv_q_ui(term, term, denominator);
        mpz_fdiv_q_ui(term, term, i);
    }
    mpz_fdiv_q_ui(sum, sum, denominator);
    weft_u256 result = saturated(sum);
    mpz_clears(term, sum, NULL);
    return result;
}

static void fake_exponential_is_that_of_unbounded_integers(void **state) {
    (void)state;
    test_random random = {1};
    for (int run = 0; run < 3000; run++) {
        uint64_t seed = random.state;
        uint64_t denominator = 1 + random_u64(&random) % 20000000;
        uint64_t numerator = random_u64(&random) % (denominator * (1 + random_u64(&random) % 400));
        uint64_t factor = 1 + random_u64(&random) % 10;
        weft_u256 expected = fake_exponential_unbounded(factor, numerator, denominator);
        weft_u256 result = fake_exponential(factor, numerator, denominator);
        if (!u256_equal(&result, &expected)) {
            fail_msg("seed %llx", (unsigned long long)seed);
        }
    }
}

static void fake_exponential_stays_at_the_largest_value(void **state) {
    (void)state;
    static const uint64_t arguments[][3] = {
        {1, UINT64_MAX, 1}, {UINT64_MAX, UINT64_MAX, UINT64_MAX / 400}, {1, UINT64_MAX, 5007716}, {UINT64_MAX, 300, 1}};
    for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++) {
        weft_u256 result = fake_exponential(arguments[i][0], arguments[i][1], arguments[i][2]);
        assert_int_equal(u256_bit_length(&result), 256);
        weft_u256 more = u256_add(&result, &(weft_u256){{1, 0, 0, 0}});
        assert_true(u256_is_zero(&more));
    }
}

static void blob_base_fee_starts_at_one_wei(void **state) {
    (void)state;
    weft_u256 fee = blob_base_fee(0, &cancun);
    assert_int_equal(fee.limb[0], 1);
    fee = blob_base_fee(2314057, &cancun); /* where e^(x/fraction) reaches 2 */
    assert_int_equal(fee.limb[0], 1);
    fee = blob_base_fee(2314058, &cancun);
    assert_int_equal(fee.limb[0], 2);
}

/* As EIP-1559 has it, on unbounded integers. */
static weft_u256 base_fee_unbounded(const weft_header *parent) {
    uint64_t target = parent->gas_limit / 2;
    mpz_t fee, change;
    mpz_inits(fee, change, NULL);
    mpz_import(fee, 4, -1, sizeof(uint64_t), 0, 0, parent->base_fee_per_gas.limb);
    mpz_mul_ui(change, fee, parent->gas_used > target ? parent->gas_used - target : target - parent->gas_used);
    mpz_fdiv_q_ui(change, change, target);
    mpz_fdiv_q_ui(change, change, 8);
    if (parent->gas_used > target) {
        if (mpz_sgn(change) == 0) {
            mpz_set_ui(change, 1);
        }
        mpz_add(fee, fee, change);
    } else {
        mpz_sub(fee, fee, change);
    }
    weft_u256 result = saturated(fee);
    mpz_clears(fee, change, NULL);
    return result;
}

static void base_fee_is_that_of_unbounded_integers(void **state) {
    (void)state;
    test_random random = {2};
    for (int run = 0; run < 3000; run++) {
        uint64_t seed = random.state;
        weft_header parent = {.field_count = LONDON_FIELDS};
        parent.gas_limit = 5000 + random_u64(&random) % (run % 2 == 0 ? 60000000 : UINT64_MAX / 2);
        parent.gas_used = random_u64(&random) % (parent.gas_limit + 1);
        unsigned limbs = 1 + (unsigned)(random_u64(&random) % 4);
        for (unsigned i = 0; i < limbs; i++) {
            parent.base_fee_per_gas.limb[i] = random_u64(&random) >> random_u64(&random) % 64;
        }
        weft_u256 expected = base_fee_unbounded(&parent), fee = base_fee_after(&parent);
        if (!u256_equal(&fee, &expected)) {
            fail_msg("seed %llx", (unsigned long long)seed);
        }
    }
}

static void base_fee_begins_at_one_gwei(void **state) {
    (void)state;
    weft_header parent = {.field_count = 15, .gas_limit = 30000000, .gas_used = 30000000};
    weft_u256 fee = base_fee_after(&parent);
    assert_int_equal(fee.limb[0], 1000000000);
    assert_int_equal(parent_gas_limit(&parent), 60000000);
}

static void base_fee_of_a_parent_without_gas_limit_does_not_divide_by_zero(void **state) {
    (void)state;
    weft_header parent = {.field_count = LONDON_FIELDS, .gas_limit = 1, .gas_used = 1};
    parent.base_fee_per_gas = u256_from_u64(7);
    weft_u256 fee = base_fee_after(&parent);
    assert_int_equal(fee.limb[0], 7);
}

static uint64_t excess(uint64_t excess_blob_gas, uint64_t blobs, uint64_t base_fee, const weft_blob_parameters *p,
                       bool reserve) {
    weft_header parent = {
        .field_count = CANCUN_FIELDS,
        .excess_blob_gas = excess_blob_gas,
        .blob_gas_used = blobs * GAS_PER_BLOB,
        .base_fee_per_gas = u256_from_u64(base_fee),
    };
    return excess_blob_gas_after(&parent, p, reserve);
}

static void excess_blob_gas_counts_what_is_above_the_target(void **state) {
    (void)state;
    assert_int_equal(excess(0, 0, 1, &cancun, false), 0);
    assert_int_equal(excess(0, 3, 1, &cancun, false), 0);
    assert_int_equal(excess(0, 6, 1, &cancun, false), 3 * GAS_PER_BLOB);
    assert_int_equal(excess(2 * GAS_PER_BLOB, 0, 1, &cancun, false), 0);
    assert_int_equal(excess(5 * GAS_PER_BLOB + 1, 1, 1, &cancun, false), 3 * GAS_PER_BLOB + 1);
    assert_true(excess(UINT64_MAX, 9, 1, &cancun, false) == UINT64_MAX);
    weft_header shanghai = {.field_count = 17, .excess_blob_gas = 99 * GAS_PER_BLOB};
    assert_int_equal(excess_blob_gas_after(&shanghai, &cancun, true), 0);
}

/* EIP-7918: with a blob price of 1 wei the reserve price begins at a base fee of 17 wei, 2^17 / 2^13 + 1. */
static void excess_blob_gas_falls_slower_below_the_reserve_price(void **state) {
    (void)state;
    uint64_t target = 14 * (uint64_t)GAS_PER_BLOB;
    assert_int_equal(excess(target, 6, 16, &bpo2, true), 6 * GAS_PER_BLOB);
    assert_int_equal(excess(target, 6, 17, &bpo2, true), target + 2 * GAS_PER_BLOB);
    assert_int_equal(excess(target, 6, 17, &bpo2, false), 6 * GAS_PER_BLOB);
    assert_int_equal(excess(target - 1, 0, 17, &bpo2, true), 0);
}

static uint64_t difficulty(uint64_t parent_difficulty, uint64_t number, uint64_t seconds, bool parent_has_ommers,
                           difficulty_rule rule, uint64_t bomb_delay) {
    weft_header parent = {.number = number - 1, .timestamp = 1000, .difficulty = u256_from_u64(parent_difficulty)};
    if (!parent_has_ommers) {
        parent.ommers_hash = ommers_hash_empty;
    }
    weft_u256 result = difficulty_after(&parent, rule, bomb_delay, 1000 + seconds);
    assert_true(u256_fits_u64(&result));
    return result.limb[0];
}

static void difficulty_follows_the_time_since_the_parent(void **state) {
    (void)state;
    enum { STEP = 1000, PARENT = 2048 * STEP };
    assert_int_equal(difficulty(PARENT, 10, 12, false, DIFFICULTY_FRONTIER, 0), PARENT + STEP);
    assert_int_equal(difficulty(PARENT, 10, 13, false, DIFFICULTY_FRONTIER, 0), PARENT - STEP);
    assert_int_equal(difficulty(PARENT, 10, 9, false, DIFFICULTY_HOMESTEAD, 0), PARENT + STEP);
    assert_int_equal(difficulty(PARENT, 10, 10, false, DIFFICULTY_HOMESTEAD, 0), PARENT);
    assert_int_equal(difficulty(PARENT, 10, 999, false, DIFFICULTY_HOMESTEAD, 0), PARENT - 98 * STEP);
    assert_int_equal(difficulty(PARENT, 10, 1000000, true, DIFFICULTY_HOMESTEAD, 0), PARENT - 99 * STEP);
    assert_int_equal(difficulty(PARENT, 10, 8, true, DIFFICULTY_BYZANTIUM, 0), PARENT + 2 * STEP);
    assert_int_equal(difficulty(PARENT, 10, 8, false, DIFFICULTY_BYZANTIUM, 0), PARENT + STEP);
    assert_int_equal(difficulty(PARENT, 10, 18, false, DIFFICULTY_BYZANTIUM, 0), PARENT - STEP);
    assert_int_equal(difficulty(PARENT, 10, 1000000, true, DIFFICULTY_BYZANTIUM, 0), PARENT - 99 * STEP);
    assert_int_equal(difficulty(131072, 10, 100, false, DIFFICULTY_FRONTIER, 0), 131072);
    assert_int_equal(difficulty(PARENT, 10, 1, false, DIFFICULTY_ZERO, 0), 0);
}

static void the_bomb_doubles_every_hundred_thousand_blocks(void **state) {
    (void)state;
    enum { STEP = 1000, PARENT = 2048 * STEP };
    assert_int_equal(difficulty(PARENT, 199999, 13, false, DIFFICULTY_FRONTIER, 0), PARENT - STEP);
    assert_int_equal(difficulty(PARENT, 200000, 13, false, DIFFICULTY_FRONTIER, 0), PARENT - STEP + 1);
    assert_int_equal(difficulty(PARENT, 1200000, 10, false, DIFFICULTY_HOMESTEAD, 0), PARENT + (1 << 10));
    assert_int_equal(difficulty(PARENT, 4370000, 9, false, DIFFICULTY_BYZANTIUM, 3000000), PARENT + (1 << 11));
    assert_int_equal(difficulty(PARENT, 2999999, 9, false, DIFFICULTY_BYZANTIUM, 3000000), PARENT);
}

static void ommers_are_rewarded_by_age(void **state) {
    (void)state;
    const uint64_t ether = UINT64_C(1000000000000000000);
    weft_u256 reward = block_reward_coinbase(5 * ether, 0);
    assert_true(reward.limb[0] == 5 * ether);
    reward = block_reward_coinbase(5 * ether, 2);
    assert_true(reward.limb[0] == 5 * ether + 2 * (5 * ether / 32));
    reward = block_reward_ommer(5 * ether, 100, 99);
    assert_true(reward.limb[0] == 5 * ether / 8 * 7);
    reward = block_reward_ommer(3 * ether, 100, 94);
    assert_true(reward.limb[0] == 3 * ether / 8 * 2);
    static const uint64_t impossible[] = {93, 100, 101, UINT64_MAX};
    for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++) {
        reward = block_reward_ommer(5 * ether, 100, impossible[i]);
        assert_true(u256_is_zero(&reward));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fake_exponential_is_that_of_unbounded_integers),
        cmocka_unit_test(fake_exponential_stays_at_the_largest_value),
        cmocka_unit_test(blob_base_fee_starts_at_one_wei),
        cmocka_unit_test(base_fee_is_that_of_unbounded_integers),
        cmocka_unit_test(base_fee_begins_at_one_gwei),
        cmocka_unit_test(base_fee_of_a_parent_without_gas_limit_does_not_divide_by_zero),
        cmocka_unit_test(excess_blob_gas_counts_what_is_above_the_target),
        cmocka_unit_test(excess_blob_gas_falls_slower_below_the_reserve_price),
        cmocka_unit_test(difficulty_follows_the_time_since_the_parent),
        cmocka_unit_test(the_bomb_doubles_every_hundred_thousand_blocks),
        cmocka_unit_test(ommers_are_rewarded_by_age),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
