/* Corners of the engine found by reading it: states that a block rarely leads to, numbers at the end of their range,
 * hosts that cannot answer what need not be asked. Threading model: the engine's own workers, 2, 3 and 8. Oracle: serial
 * execution of the same block, and the facts asserted by hand. */
#include "tests/unit/engine/scene.h"

enum { SLOW = 0x400, PAYER_A, PAYER_B, VAULT, SPENDER };

/* Some milliseconds of work, so that the transactions behind the first are speculated about before its end. */
#define DELAY "100000 :loop 1 SWAP1 SUB DUP1 @loop JUMPI POP "

static weft_u256 power_of_two(unsigned exponent) {
    weft_u256 value = u256_zero();
    value.limb[exponent / 64] = UINT64_C(1) << exponent % 64;
    return value;
}

static void place(scene *s, weft_address address, const weft_u256 *balance, uint64_t nonce, const char *source) {
    assembly a = assemble(source);
    assert_int_equal(weft_memory_state_set_account(s->state, &address, balance, nonce, (weft_bytes){a.bytes, a.size}),
                     WEFT_OK);
}

/* --- What is removed has no nonce left, whatever the nonce was */

static void destroyed_contract_forgets_a_nonce_it_did_not_look_at(void **state) {
    (void)state;
    static scene s;
    static const uint8_t any = 1;
    const weft_u256 nothing = u256_zero();
    scene_open(&s, WEFT_HOMESTEAD);
    scene_senders(&s, 3, ETHER);
    /* Before EIP-161 a contract begins with nonce 0. This one creates, or, given data, dies. */
    place(&s, address_of(SLOW), &nothing, 0,
          "CALLDATASIZE @die JUMPI " DELAY "0 0 0 CREATE STOP :die CALLER SELFDESTRUCT");
    scene_call(&s, 0, address_of(SLOW), 0, 5000000);
    scene_call(&s, 1, address_of(SLOW), 0, 100000)->data = (weft_bytes){&any, 1};
    scene_call(&s, 2, address_of(SLOW), 5, 21000);
    scene_check(&s);
    const weft_account_change *change = scene_change(&s, address_of(SLOW));
    assert_non_null(change);
    assert_true(change->account.exists && change->account.nonce == 0 && change->account.balance.limb[0] == 5);
    scene_close(&s);
}

/* --- Numbers at the end of their range */

static void cost_beyond_256_bits_is_more_than_anybody_has(void **state) {
    (void)state;
    static scene s;
    const weft_u256 everything = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    scene_open(&s, WEFT_CANCUN);
    place(&s, address_of(0), &everything, 0, "");
    weft_transaction *tx = scene_call(&s, 0, address_of(100), 1, 21000);
    tx->max_fee_per_gas = power_of_two(250);
    scene_call(&s, 0, address_of(101), 1, 21000);
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_TX_INSUFFICIENT_FUNDS);
    assert_int_equal(s.result.transaction_index, 0);
    scene_close(&s);
}

/* The vault holds one wei and receives 2^256 - 2. It can then pay 2^255, unless it held two: the sum wraps around. */
static void balance_that_wraps_around_is_compared_exactly(void **state) {
    (void)state;
    static scene s;
    const weft_u256 half = power_of_two(255), two = u256_from_u64(2), half_less_two = u256_sub(&half, &two);
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 2, ETHER);
    place(&s, address_of(PAYER_A), &half, 1, "0 0 0 0 SELFBALANCE " A("0403") " 50000 CALL STOP");
    place(&s, address_of(PAYER_B), &half_less_two, 1, "0 0 0 0 SELFBALANCE " A("0403") " 50000 CALL STOP");
    scene_contract(&s, address_of(VAULT), 1,
                   "CALLDATASIZE @pay JUMPI STOP :pay 0 0 0 0 1 255 SHL " A("0500") " 50000 CALL 0 SSTORE");
    scene_contract(&s, address_of(SPENDER), 0,
                   "0 0 0 0 0 " A("0401") " 90000 CALL 0 0 0 0 0 " A("0402") " 90000 CALL "
                   "0 0 1 0 0 " A("0403") " 90000 CALL");
    scene_contract(&s, address_of(SLOW), 1, DELAY "0 0 0 0 1 " A("0403") " 50000 CALL");
    scene_call(&s, 0, address_of(SLOW), 0, 5000000);
    scene_call(&s, 1, address_of(SPENDER), 0, 400000);
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    assert_null(scene_change(&s, address_of(0x500)));
    scene_close(&s);
}

/* --- EIP-779: a drained account that was not there is there afterwards, as with every client */

static void dao_fork_brings_absent_accounts_into_being(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_HOMESTEAD);
    s.chain.dao_fork_block = SCENE_NUMBER;
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    assert_int_equal(s.result.delta.account_count, 116 + 1 + 1); /* drained, refund contract, coinbase */
    for (size_t i = 0; i < s.result.delta.account_count; i++) {
        assert_true(s.result.delta.accounts[i].account.exists);
    }
    scene_close(&s);
}

static void dao_fork_never_comes_to_a_chain_without(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_HOMESTEAD);
    s.block.header.number = WEFT_NEVER;
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    assert_int_equal(s.result.delta.account_count, 1); /* the coinbase */
    scene_close(&s);
}

/* --- A host that has only what the block needs */

static weft_status no_account(void *context, weft_account *out, const weft_address *address) {
    (void)context, (void)out, (void)address;
    return WEFT_STATE_UNAVAILABLE;
}

static void block_without_transactions_needs_no_coinbase(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_SHANGHAI);
    weft_state_view view = weft_memory_state_view(s.state);
    view.account = no_account;
    const weft_execute_options options = {.size = sizeof options, .no_header_checks = true, .partial_state = true};
    weft_engine *engine;
    weft_block_result result;
    assert_int_equal(weft_engine_create(&engine, &s.chain, NULL), WEFT_OK);
    assert_int_equal(weft_engine_execute(engine, &result, &s.block, &view, &options), WEFT_OK);
    assert_int_equal(result.verdict, WEFT_VALID);
    weft_engine_destroy(engine);
    scene_close(&s);
}

/* --- Chains that make no sense */

static void chain_with_an_unusable_blob_schedule_is_refused(void **state) {
    (void)state;
    weft_chain chain = chain_under(WEFT_CANCUN);
    weft_engine *engine;
    chain.blob_schedule[0].base_fee_update_fraction = 0; /* a divisor */
    assert_int_equal(weft_engine_create(&engine, &chain, NULL), WEFT_INVALID_ARGUMENT);
    chain = chain_under(WEFT_CANCUN);
    chain.blob_schedule_count = WEFT_BLOB_SCHEDULE_MAX + 1;
    assert_int_equal(weft_engine_create(&engine, &chain, NULL), WEFT_INVALID_ARGUMENT);
}

static void engine_takes_the_rules_of_another_chain(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_BERLIN);
    scene_senders(&s, 1, ETHER);
    scene_call(&s, 0, address_of(100), 1, 21000);
    s.transactions[0].type = WEFT_TX_DYNAMIC_FEE;
    const weft_execute_options options = {.size = sizeof options, .no_header_checks = true};
    const weft_chain london = chain_under(WEFT_LONDON);
    weft_chain unusable = chain_under(WEFT_CANCUN);
    unusable.blob_schedule[0].base_fee_update_fraction = 0;
    weft_state_view view = weft_memory_state_view(s.state);
    weft_engine *engine;
    weft_block_result result;
    assert_int_equal(weft_engine_create(&engine, &s.chain, NULL), WEFT_OK);
    assert_int_equal(weft_engine_execute(engine, &result, &s.block, &view, &options), WEFT_OK);
    assert_int_equal(result.verdict, WEFT_TX_TYPE_2_PRE_FORK);
    assert_int_equal(weft_engine_set_chain(engine, &london), WEFT_OK);
    assert_int_equal(weft_engine_set_chain(engine, &unusable), WEFT_INVALID_ARGUMENT);
    assert_int_equal(weft_engine_execute(engine, &result, &s.block, &view, &options), WEFT_OK);
    assert_int_equal(result.verdict, WEFT_VALID);
    weft_engine_destroy(engine);
    scene_close(&s);
}

/* --- Hosts that do not keep their side of the contract */

static weft_status answer_oddly(void *context, weft_account *out, const weft_address *address) {
    (void)context, (void)out, (void)address;
    return (weft_status)77;
}

static void incomplete_or_odd_host_is_no_crash_and_no_verdict(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 8, ETHER);
    for (unsigned i = 0; i < 8; i++) {
        scene_call(&s, i, address_of(100 + i), 1, 21000);
    }
    const weft_execute_options options = {.size = sizeof options, .no_header_checks = true};
    weft_engine *engine;
    weft_block_result result;
    assert_int_equal(weft_engine_create(&engine, &s.chain, NULL), WEFT_OK);
    weft_state_view view = weft_memory_state_view(s.state);
    view.account = NULL;
    assert_int_equal(weft_engine_execute(engine, &result, &s.block, &view, &options), WEFT_INVALID_ARGUMENT);
    view.account = answer_oddly;
    assert_int_equal(weft_engine_execute(engine, &result, &s.block, &view, &options), WEFT_STATE_UNAVAILABLE);
    weft_engine_destroy(engine);
    scene_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(destroyed_contract_forgets_a_nonce_it_did_not_look_at),
        cmocka_unit_test(cost_beyond_256_bits_is_more_than_anybody_has),
        cmocka_unit_test(balance_that_wraps_around_is_compared_exactly),
        cmocka_unit_test(dao_fork_brings_absent_accounts_into_being),
        cmocka_unit_test(dao_fork_never_comes_to_a_chain_without),
        cmocka_unit_test(block_without_transactions_needs_no_coinbase),
        cmocka_unit_test(chain_with_an_unusable_blob_schedule_is_refused),
        cmocka_unit_test(engine_takes_the_rules_of_another_chain),
        cmocka_unit_test(incomplete_or_odd_host_is_no_crash_and_no_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
