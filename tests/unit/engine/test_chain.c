#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "engine/chain.h"
#include "engine/dao_fork.h"
#include "engine/fork_rules.h"

static void mainnet_forks_begin_at_their_blocks_and_times(void **state) {
    (void)state;
    static const struct {
        uint64_t number, timestamp;
        weft_fork before, from;
    } boundaries[] = {
        {1150000, 0, WEFT_FRONTIER, WEFT_HOMESTEAD},
        {2463000, 0, WEFT_HOMESTEAD, WEFT_TANGERINE_WHISTLE},
        {2675000, 0, WEFT_TANGERINE_WHISTLE, WEFT_SPURIOUS_DRAGON},
        {4370000, 0, WEFT_SPURIOUS_DRAGON, WEFT_BYZANTIUM},
        {7280000, 0, WEFT_BYZANTIUM, WEFT_PETERSBURG},
        {9069000, 0, WEFT_PETERSBURG, WEFT_ISTANBUL},
        {12244000, 0, WEFT_ISTANBUL, WEFT_BERLIN},
        {12965000, 0, WEFT_BERLIN, WEFT_LONDON},
        {15537394, 0, WEFT_LONDON, WEFT_PARIS},
        {17034870, 1681338455, WEFT_PARIS, WEFT_SHANGHAI},
        {19426587, 1710338135, WEFT_SHANGHAI, WEFT_CANCUN},
        {22431084, 1746612311, WEFT_CANCUN, WEFT_PRAGUE},
        {23935694, 1764798551, WEFT_PRAGUE, WEFT_OSAKA},
    };
    const weft_chain *chain = weft_chain_mainnet();
    assert_int_equal(weft_chain_fork(chain, 0, 0, false), WEFT_FRONTIER);
    for (size_t i = 0; i < sizeof boundaries / sizeof boundaries[0]; i++) {
        uint64_t number = boundaries[i].number, timestamp = boundaries[i].timestamp;
        uint64_t before = timestamp != 0 ? timestamp - 1 : 0;
        assert_int_equal(weft_chain_fork(chain, number - 1, before, number > 15537394), boundaries[i].before);
        assert_int_equal(weft_chain_fork(chain, number, timestamp, number >= 15537394), boundaries[i].from);
    }
    assert_int_equal(weft_chain_fork(chain, UINT64_MAX, UINT64_MAX, true), WEFT_OSAKA);
}

static void timestamps_do_not_matter_before_paris(void **state) {
    (void)state;
    assert_int_equal(weft_chain_fork(weft_chain_mainnet(), 100, UINT64_MAX, false), WEFT_FRONTIER);
}

static void paris_is_told_by_difficulty_where_the_chain_says_so(void **state) {
    (void)state;
    weft_chain chain = *weft_chain_mainnet();
    chain.paris_by_difficulty = true;
    assert_int_equal(weft_chain_fork(&chain, 15537393, 0, true), WEFT_LONDON);
    chain.activation_block[WEFT_PARIS] = WEFT_NEVER;
    assert_int_equal(weft_chain_fork(&chain, 13000000, 0, true), WEFT_PARIS);
    assert_int_equal(weft_chain_fork(&chain, 13000000, 0, false), WEFT_LONDON);
    assert_int_equal(weft_chain_fork(&chain, 12964999, 0, true), WEFT_BERLIN);
    chain.paris_by_difficulty = false;
    assert_int_equal(weft_chain_fork(&chain, UINT64_MAX - 1, UINT64_MAX - 1, true), WEFT_LONDON);
}

static void what_never_begins_has_not_begun_at_the_last_moment(void **state) {
    (void)state;
    weft_chain chain = *weft_chain_mainnet();
    chain.activation_time[WEFT_PRAGUE] = WEFT_NEVER;
    chain.activation_time[WEFT_OSAKA] = WEFT_NEVER;
    assert_int_equal(weft_chain_fork(&chain, 20000000, UINT64_MAX, true), WEFT_CANCUN);
    chain.activation_block[WEFT_PARIS] = WEFT_NEVER;
    chain.activation_block[WEFT_LONDON] = WEFT_NEVER;
    chain.gray_glacier_block = WEFT_NEVER;
    chain.dao_fork_block = WEFT_NEVER;
    assert_int_equal(weft_chain_fork(&chain, UINT64_MAX, 0, false), WEFT_BERLIN);
    assert_int_equal(chain_bomb_delay(&chain, UINT64_MAX), 10700000);
    assert_false(chain_is_dao_marked(&chain, UINT64_MAX));
}

static void public_chains_are_found_by_id(void **state) {
    (void)state;
    assert_ptr_equal(weft_chain_by_id(1), weft_chain_mainnet());
    assert_ptr_equal(weft_chain_by_id(11155111), weft_chain_sepolia());
    assert_ptr_equal(weft_chain_by_id(17000), weft_chain_holesky());
    assert_ptr_equal(weft_chain_by_id(560048), weft_chain_hoodi());
    assert_null(weft_chain_by_id(2));
    assert_int_equal(weft_chain_fork(weft_chain_sepolia(), 1450408, 1661130096, false), WEFT_LONDON);
    assert_int_equal(weft_chain_fork(weft_chain_sepolia(), 1450409, 1661130108, true), WEFT_PARIS);
    assert_int_equal(weft_chain_fork(weft_chain_sepolia(), 9000000, 1791294815, true), WEFT_OSAKA);
    assert_int_equal(weft_chain_fork(weft_chain_sepolia(), 9000000, 1791294816, true), WEFT_AMSTERDAM);
    assert_int_equal(weft_chain_fork(weft_chain_holesky(), 1, 1695902424, true), WEFT_PARIS);
    assert_int_equal(weft_chain_fork(weft_chain_hoodi(), 1, 1742213412, true), WEFT_CANCUN);
}

static void blob_parameters_are_those_of_the_time(void **state) {
    (void)state;
    const weft_chain *chain = weft_chain_mainnet();
    assert_null(chain_blob_parameters(chain, 1710338134));
    assert_int_equal(chain_blob_parameters(chain, 1710338135)->target, 3);
    assert_int_equal(chain_blob_parameters(chain, 1746612310)->max, 6);
    assert_int_equal(chain_blob_parameters(chain, 1746612311)->max, 9);
    assert_int_equal(chain_blob_parameters(chain, 1764798551)->base_fee_update_fraction, 5007716); /* Osaka */
    assert_int_equal(chain_blob_parameters(chain, 1765290071)->target, 10);                        /* BPO1 */
    assert_int_equal(chain_blob_parameters(chain, UINT64_MAX)->max, 21);                           /* BPO2 */
}

static void the_bomb_is_delayed_by_number(void **state) {
    (void)state;
    static const struct {
        uint64_t number, delay;
    } steps[] = {{4370000, 3000000},  {7280000, 5000000},   {9200000, 9000000},
                 {12965000, 9700000}, {13773000, 10700000}, {15050000, 11400000}};
    const weft_chain *chain = weft_chain_mainnet();
    uint64_t before = 0;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        assert_int_equal(chain_bomb_delay(chain, steps[i].number - 1), before);
        assert_int_equal(chain_bomb_delay(chain, steps[i].number), steps[i].delay);
        before = steps[i].delay;
    }
}

static void ten_blocks_carry_the_dao_mark(void **state) {
    (void)state;
    const weft_chain *chain = weft_chain_mainnet();
    assert_false(chain_is_dao_marked(chain, 1919999));
    assert_true(chain_is_dao_marked(chain, 1920000));
    assert_true(chain_is_dao_marked(chain, 1920009));
    assert_false(chain_is_dao_marked(chain, 1920010));
    assert_false(chain_is_dao_marked(weft_chain_sepolia(), 1920000));
}

static void drained_accounts_are_distinct(void **state) {
    (void)state;
    for (size_t i = 1; i < DAO_ACCOUNT_COUNT; i++) {
        assert_true(address_compare(&dao_accounts[i - 1], &dao_accounts[i]) < 0);
    }
}

static void every_fork_has_a_name_and_rules(void **state) {
    (void)state;
    assert_string_equal(weft_fork_name(WEFT_TANGERINE_WHISTLE), "EIP150");
    assert_string_equal(weft_fork_name(WEFT_OSAKA), "Osaka");
    assert_string_equal(weft_fork_name(WEFT_FORK_COUNT), "unknown fork");
    for (unsigned fork = WEFT_FRONTIER; fork < WEFT_FORK_COUNT; fork++) {
        const fork_rules *rules = fork_rules_of((weft_fork)fork);
        assert_true(rules->header_field_count >= 15);
        assert_int_equal(rules->has_access_lists, rules->gas_sload == 0);
        assert_int_equal(rules->is_proof_of_stake, rules->block_reward == 0);
        assert_int_equal(rules->has_state_clearing, rules->new_contract_nonce == 1);
        assert_int_equal(rules->has_access_lists, rules->sstore == SSTORE_EIP2929);
    }
}

/* One fact per fork that its neighbour below lacks, so that a column in the wrong place shows. */
static void rules_change_where_their_fork_says(void **state) {
    (void)state;
    assert_int_equal(fork_rules_of(WEFT_FRONTIER)->gas_tx_creation, 0);
    assert_int_equal(fork_rules_of(WEFT_HOMESTEAD)->gas_tx_creation, 32000);
    assert_int_equal(fork_rules_of(WEFT_TANGERINE_WHISTLE)->gas_sload, 200);
    assert_int_equal(fork_rules_of(WEFT_TANGERINE_WHISTLE)->gas_exp_byte, 10);
    assert_int_equal(fork_rules_of(WEFT_SPURIOUS_DRAGON)->max_code_size, 24576);
    assert_false(fork_rules_of(WEFT_SPURIOUS_DRAGON)->has_receipt_status);
    assert_true(fork_rules_of(WEFT_BYZANTIUM)->block_reward == UINT64_C(3000000000000000000));
    assert_int_equal(fork_rules_of(WEFT_CONSTANTINOPLE)->sstore, SSTORE_EIP1283);
    assert_int_equal(fork_rules_of(WEFT_PETERSBURG)->sstore, SSTORE_SIMPLE);
    assert_int_equal(fork_rules_of(WEFT_ISTANBUL)->gas_tx_nonzero_byte, 16);
    assert_int_equal(fork_rules_of(WEFT_ISTANBUL)->tx_type_max, 0);
    assert_int_equal(fork_rules_of(WEFT_BERLIN)->tx_type_max, 1);
    assert_int_equal(fork_rules_of(WEFT_BERLIN)->refund_quotient, 2);
    assert_int_equal(fork_rules_of(WEFT_LONDON)->sstore_clear_refund, 4800);
    assert_int_equal(fork_rules_of(WEFT_PARIS)->difficulty, DIFFICULTY_ZERO);
    assert_false(fork_rules_of(WEFT_PARIS)->warm_coinbase);
    assert_int_equal(fork_rules_of(WEFT_SHANGHAI)->max_initcode_size, 49152);
    assert_int_equal(fork_rules_of(WEFT_CANCUN)->header_field_count, 20);
    assert_int_equal(fork_rules_of(WEFT_CANCUN)->floor_gas_nonzero_byte, 0);
    assert_true(fork_rules_of(WEFT_PRAGUE)->has_delegation);
    assert_int_equal(fork_rules_of(WEFT_PRAGUE)->tx_gas_limit_max, 0);
    assert_int_equal(fork_rules_of(WEFT_OSAKA)->tx_gas_limit_max, 16777216);
    assert_int_equal(fork_rules_of(WEFT_OSAKA)->block_size_max, 8388608);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mainnet_forks_begin_at_their_blocks_and_times),
        cmocka_unit_test(timestamps_do_not_matter_before_paris),
        cmocka_unit_test(paris_is_told_by_difficulty_where_the_chain_says_so),
        cmocka_unit_test(what_never_begins_has_not_begun_at_the_last_moment),
        cmocka_unit_test(public_chains_are_found_by_id),
        cmocka_unit_test(blob_parameters_are_those_of_the_time),
        cmocka_unit_test(the_bomb_is_delayed_by_number),
        cmocka_unit_test(ten_blocks_carry_the_dao_mark),
        cmocka_unit_test(drained_accounts_are_distinct),
        cmocka_unit_test(every_fork_has_a_name_and_rules),
        cmocka_unit_test(rules_change_where_their_fork_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
