/* Messages between frames: what calls and creations pass on, cost, undo and leave behind, fork by fork. */
#include "tests/unit/engine/evm_world.h"

#include "base/hash.h"
#include "tests/support/failing_malloc.h"
#include "tests/support/random.h"

/* A call of CALLEE with everything zero but what is named; operands are pushed last first. */
#define CALL_WITH(gas, value) "32 0 0 0 " value " " CALLEE " " gas " CALL"
#define RETURN_TOP " 0 MSTORE 32 0 RETURN"

static uint64_t output_word(const evm_result *result) {
    assert_int_equal(result->status, EVM_SUCCESS);
    assert_int_equal(result->output.size, 32);
    weft_u256 word = u256_from_be32(result->output.data);
    assert_true(u256_fits_u64(&word));
    return word.limb[0];
}

static uint64_t slot_of(world *w, weft_address address, uint64_t slot) {
    weft_u256 key = u256_from_u64(slot);
    tx_slot *s = tx_account_slot(&w->ts, world_find(w, address), &key);
    assert_non_null(s);
    const weft_u256 *value = tx_slot_value(&w->ts, s);
    assert_non_null(value);
    return value->limb[0];
}

static uint64_t balance_of(world *w, weft_address address) {
    return tx_account_balance(&w->ts, world_find(w, address)).limb[0];
}

static size_t code_size_of(world *w, weft_address address) {
    const code *c = tx_account_code(&w->ts, world_find(w, address));
    assert_non_null(c);
    return c->size;
}

/* A world with contract_address and callee_address, and what calling the former comes to. */
static evm_result call_pair(world *w, weft_fork fork, const char *caller, const char *callee, int64_t gas) {
    world_open(w, fork);
    world_contract(w, contract_address, 1000, caller);
    world_contract(w, callee_address, 0, callee);
    return world_call(w, gas);
}

/* --- Calls */

static void a_call_passes_input_and_output(void **state) {
    (void)state;
    world w;
    evm_result result =
        call_pair(&w, WEFT_OSAKA, "41 0 MSTORE 32 32 32 0 0 " CALLEE " GAS CALL 32 MLOAD ADD" RETURN_TOP,
                  "0 CALLDATALOAD 1 ADD 0 MSTORE 64 0 RETURN", WORLD_GAS);
    assert_int_equal(output_word(&result), 42 + 1);
    world_close(&w);
}

static void output_fills_only_the_room_it_has(void **state) {
    (void)state;
    world w;
    evm_result result = call_pair(&w, WEFT_OSAKA,
                                  "0 NOT 0 MSTORE 2 30 0 0 0 " CALLEE
                                  " GAS CALL POP 32 0 64 RETURNDATACOPY "
                                  "RETURNDATASIZE 0 MLOAD NOT ADD" RETURN_TOP,
                                  "32 0 RETURN", WORLD_GAS);
    assert_int_equal(output_word(&result), 0xffff + 32);
    world_close(&w);
}

static void a_child_gets_all_but_a_64th(void **state) {
    (void)state;
    world w;
    evm_result result =
        call_pair(&w, WEFT_OSAKA, CALL_WITH("0xffffffffff", "0") " 0 MLOAD" RETURN_TOP, "GAS" RETURN_TOP, WORLD_GAS);
    int64_t left = WORLD_GAS - 7 * 3 - 3 - 2600;
    assert_int_equal(output_word(&result), left - left / 64 - 2);
    world_close(&w);
    /* Before EIP-150 what is asked for must be there. */
    assert_int_equal(call_pair(&w, WEFT_HOMESTEAD, CALL_WITH("0xffffffffff", "0"), "STOP", WORLD_GAS).status, EVM_HALT);
    world_close(&w);
    result = call_pair(&w, WEFT_HOMESTEAD, CALL_WITH("1000", "0") " 0 MLOAD" RETURN_TOP, "GAS" RETURN_TOP, WORLD_GAS);
    assert_int_equal(output_word(&result), 1000 - 2);
    world_close(&w);
}

static void value_brings_a_stipend(void **state) {
    (void)state;
    world w;
    evm_result result =
        call_pair(&w, WEFT_OSAKA, CALL_WITH("0", "1") " 0 MLOAD" RETURN_TOP, "GAS" RETURN_TOP, WORLD_GAS);
    assert_int_equal(output_word(&result), 2300 - 2);
    assert_int_equal(balance_of(&w, callee_address), 1);
    assert_int_equal(balance_of(&w, contract_address), 999);
    world_close(&w);
}

static void a_call_that_cannot_begin_gives_its_gas_back(void **state) {
    (void)state;
    world w;
    evm_result result =
        call_pair(&w, WEFT_OSAKA, CALL_WITH("50000", "1001") " RETURNDATASIZE ADD" RETURN_TOP, "1 0 REVERT", WORLD_GAS);
    assert_int_equal(output_word(&result), 0);
    int64_t call_gas = 7 * 3 + 3 + 2600 + 9000 - 2300;
    assert_int_equal(WORLD_GAS - result.gas_left, call_gas + 2 + 3 + 3 + 3 + 3 + 3);
    world_close(&w);
}

static void new_accounts_cost_more(void **state) {
    (void)state;
    /* CALLEE does not exist in these worlds. */
    int64_t plain = 7 * 3 + 3;
    assert_int_equal(gas_of(WEFT_HOMESTEAD, CALL_WITH("0", "0")), plain + 40 + 25000);
    assert_int_equal(gas_of(WEFT_TANGERINE_WHISTLE, CALL_WITH("0", "0")), plain + 700 + 25000);
    assert_int_equal(gas_of(WEFT_SPURIOUS_DRAGON, CALL_WITH("0", "0")), plain + 700);
    assert_int_equal(gas_of(WEFT_OSAKA, CALL_WITH("0", "0")), plain + 2600);
    assert_int_equal(gas_of(WEFT_OSAKA, CALL_WITH("0", "1")), plain + 2600 + 9000 + 25000 - 2300);
    assert_int_equal(gas_of(WEFT_OSAKA, "0 0 0 0 1 " CALLEE " 0 CALLCODE"), 7 * 3 + 2600 + 9000 - 2300);
}

static void a_second_touch_is_warm(void **state) {
    (void)state;
    assert_int_equal(gas_of(WEFT_OSAKA, CALLEE " BALANCE " CALLEE " EXTCODESIZE"), 3 + 2600 + 3 + 100);
    assert_int_equal(gas_of(WEFT_OSAKA, "4 BALANCE"), 3 + 100); /* precompiles are never cold */
    assert_int_equal(gas_of(WEFT_BERLIN, "0x0100 BALANCE"), 3 + 2600);
    assert_int_equal(gas_of(WEFT_OSAKA, "0x0100 BALANCE"), 3 + 100);
    assert_int_equal(gas_of(WEFT_ISTANBUL, CALLEE " BALANCE " CALLEE " EXTCODEHASH"), 3 + 700 + 3 + 700);
    assert_int_equal(gas_of(WEFT_FRONTIER, CALLEE " BALANCE " CALLEE " EXTCODESIZE"), 3 + 20 + 3 + 20);
}

static void calls_nest_to_depth_1024(void **state) {
    (void)state;
    world w;
    world_open(&w, WEFT_ISTANBUL);
    world_contract(&w, contract_address, 0, "0 SLOAD 1 ADD 0 SSTORE 0 0 0 0 0 ADDRESS GAS CALL");
    evm_result result = world_call(&w, INT64_C(1000000000000000));
    assert_int_equal(result.status, EVM_SUCCESS);
    assert_int_equal(slot_of(&w, contract_address, 0), 1025);
    world_close(&w);
    world_open(&w, WEFT_ISTANBUL);
    /* Init code that creates itself: it copies its own code and so on. */
    world_contract(&w, contract_address, 0, "CODESIZE 0 0 CODECOPY CODESIZE 0 0 CREATE 0 SSTORE");
    assert_int_equal(world_call(&w, INT64_C(1000000000000000)).status, EVM_SUCCESS);
    assert_int_equal(tx_account_nonce(&w.ts, world_find(&w, contract_address)), 2);
    world_close(&w);
}

static void calls_differ_in_whom_the_callee_is(void **state) {
    (void)state;
    static const struct {
        const char *call;
        uint64_t value;
        weft_address address, caller;
    } cases[] = {
        {CALL_WITH("GAS", "5"), 5, {{[0] = 0xca, [19] = 3}}, {{[0] = 0xc0, [19] = 2}}},
        {"32 0 0 0 5 " CALLEE " GAS CALLCODE", 5, {{[0] = 0xc0, [19] = 2}}, {{[0] = 0xc0, [19] = 2}}},
        {"32 0 0 0 " CALLEE " GAS DELEGATECALL", 9, {{[0] = 0xc0, [19] = 2}}, {{[0] = 0x5e, [19] = 1}}},
        {"32 0 0 0 " CALLEE " GAS STATICCALL", 0, {{[0] = 0xca, [19] = 3}}, {{[0] = 0xc0, [19] = 2}}},
    };
    static const char *const questions[] = {"CALLVALUE", "ADDRESS", "CALLER"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        weft_u256 expected[] = {u256_from_u64(cases[i].value), u256_from_address(&cases[i].address),
                                u256_from_address(&cases[i].caller)};
        for (size_t j = 0; j < 3; j++) {
            char caller[256], callee[64];
            (void)snprintf(caller, sizeof caller, "%s POP 32 0 RETURN", cases[i].call);
            (void)snprintf(callee, sizeof callee, "%s" RETURN_TOP, questions[j]);
            world w;
            world_open(&w, WEFT_OSAKA);
            world_account(&w, sender_address, 100, 0, bytes_of(NULL, 0));
            world_contract(&w, contract_address, 1000, caller);
            world_contract(&w, callee_address, 0, callee);
            world_begin(&w);
            evm_result result = world_message(&w, EVM_CALL, contract_address, WORLD_GAS, 9, bytes_of(NULL, 0));
            assert_int_equal(result.output.size, 32);
            weft_u256 answer = u256_from_be32(result.output.data);
            if (!u256_equal(&answer, &expected[j])) {
                fail_msg("%s in %s", questions[j], cases[i].call);
            }
            world_close(&w);
        }
    }
}

static void static_calls_change_nothing(void **state) {
    (void)state;
    static const struct {
        const char *callee;
        uint64_t success;
    } cases[] = {
        {"1 0 SSTORE", 0},         {"1 0 TSTORE", 0},
        {"0 0 LOG0", 0},           {"0 0 0 0 0 0 LOG4", 0},
        {"0 0 0 CREATE", 0},       {"0 0 0 0 CREATE2", 0},
        {"0 SELFDESTRUCT", 0},     {"0 0 0 0 1 0 0 CALL", 0},
        {"0 0 0 0 0 0 0 CALL", 1}, {"0 0 0 0 1 0 0 CALLCODE", 1}, /* no value leaves the account */
        {"0 SLOAD 0 TLOAD", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world w;
        evm_result result =
            call_pair(&w, WEFT_OSAKA, "0 0 0 0 " CALLEE " 100000 STATICCALL" RETURN_TOP, cases[i].callee, WORLD_GAS);
        if (output_word(&result) != cases[i].success) {
            fail_msg("%s", cases[i].callee);
        }
        world_close(&w);
    }
    /* What a static call calls is static too. */
    world w;
    world_open(&w, WEFT_OSAKA);
    world_contract(&w, contract_address, 0,
                   "CALLER ADDRESS EQ @self JUMPI 32 0 0 0 ADDRESS GAS STATICCALL POP 32 0 RETURN "
                   ":self 0 0 0 0 0 " CALLEE " GAS CALL" RETURN_TOP);
    world_contract(&w, callee_address, 0, "1 0 SSTORE");
    evm_result result = world_call(&w, WORLD_GAS);
    assert_int_equal(output_word(&result), 0);
    world_close(&w);
}

static void a_failed_call_leaves_no_trace(void **state) {
    (void)state;
    static const char *const ends[] = {"0 0 REVERT", "JUMP"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char callee[128];
        (void)snprintf(callee, sizeof callee, "0 0 SSTORE 0 0 LOG0 0xee BALANCE 7 0 TSTORE 0 0 0 CREATE %s", ends[i]);
        world w;
        world_open(&w, WEFT_OSAKA);
        world_contract(&w, contract_address, 1000,
                       CALL_WITH("100000", "5") " GAS 0xee BALANCE GAS SWAP1 POP SWAP1 SUB ADD" RETURN_TOP);
        world_contract(&w, callee_address, 0, callee);
        world_slot(&w, callee_address, 0, 1);
        evm_result result = world_call(&w, WORLD_GAS);
        assert_int_equal(output_word(&result), 3 + 2600 + 2); /* the call's 0; and 0xee is cold again */
        assert_int_equal(slot_of(&w, callee_address, 0), 1);
        assert_int_equal(balance_of(&w, callee_address), 0);
        assert_int_equal(tx_account_nonce(&w.ts, world_find(&w, callee_address)), 1);
        assert_int_equal(w.ts.log_count, 0);
        assert_int_equal(w.ts.refund, 0);
        weft_u256 key = u256_zero(), value;
        assert_true(tx_transient_load(&w.ts, world_find(&w, callee_address), &key, &value));
        assert_true(u256_is_zero(&value));
        world_close(&w);
    }
}

static void return_data_is_of_the_last_call(void **state) {
    (void)state;
    world w;
    evm_result result =
        call_pair(&w, WEFT_OSAKA, CALL_WITH("GAS", "0") " RETURNDATASIZE ADD" RETURN_TOP, "7 0 REVERT", WORLD_GAS);
    assert_int_equal(output_word(&result), 7);
    world_close(&w);
    /* A halt has no output, and neither has a call that could not begin after one that had. */
    result = call_pair(&w, WEFT_OSAKA, CALL_WITH("1000", "0") " RETURNDATASIZE ADD" RETURN_TOP, "JUMP", WORLD_GAS);
    assert_int_equal(output_word(&result), 0);
    world_close(&w);
    result = call_pair(&w, WEFT_OSAKA,
                       CALL_WITH("GAS", "0") " " CALL_WITH("GAS", "9999") " POP POP RETURNDATASIZE" RETURN_TOP,
                       "7 0 RETURN", WORLD_GAS);
    assert_int_equal(output_word(&result), 0);
    world_close(&w);
}

/* --- Precompiles */

static void precompiles_are_called_like_contracts(void **state) {
    (void)state;
    assert_int_equal(top_of(WEFT_OSAKA, "77 0 MSTORE 32 32 32 0 0 4 GAS CALL 32 MLOAD ADD RETURNDATASIZE ADD"),
                     77 + 1 + 32);
    /* Identity of one word: 15 + 3; and one gas less is a failure that costs all that was given. */
    assert_int_equal(gas_of(WEFT_OSAKA, "0 0 32 0 0 4 18 CALL"), 7 * 3 + 3 + 100 + 18);
    assert_int_equal(gas_of(WEFT_OSAKA, "0 0 32 0 0 4 17 CALL"), 7 * 3 + 3 + 100 + 17);
    assert_int_equal(top_of(WEFT_OSAKA, "0 0 32 0 0 4 17 CALL"), 0);
}

static void a_failed_precompile_returns_the_value(void **state) {
    (void)state;
    world w;
    world_open(&w, WEFT_OSAKA);
    /* (1, 1) is not on the curve. */
    world_contract(&w, contract_address, 10,
                   "1 0 MSTORE 1 32 MSTORE 0 0 64 0 3 6 1000 CALL RETURNDATASIZE ADD" RETURN_TOP);
    evm_result result = world_call(&w, WORLD_GAS);
    assert_int_equal(output_word(&result), 0);
    assert_int_equal(balance_of(&w, contract_address), 10);
    world_close(&w);
}

/* --- Creations */

static void creation_addresses_are_those_of_the_specification(void **state) {
    (void)state;
    weft_address sender;
    assert_true(hex_decode(sender.bytes, 20, "6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0", 40));
    static const char *const expected[] = {
        "cd234a471b72ba2f1ccf0a70fcaba648a5eecd8d", "343c43a37d37dff08ae8c4a11544c718abb4fcf8",
        "f778b86fa74e846c4f0a1fbd1335fe81c00a0c91", "fffd933a0bc612844eaf0c6fe3e5b8e9b6c1d19c"};
    for (uint64_t nonce = 0; nonce < 4; nonce++) {
        char text[41];
        weft_address address = evm_create_address(&sender, nonce);
        hex_encode(text, address.bytes, sizeof address.bytes);
        assert_string_equal(text, expected[nonce]);
    }
    /* EIP-1014, examples 1 and 2: init code 0x00, salt 0. */
    static const char *const creators[] = {"0000000000000000000000000000000000000000",
                                           "deadbeef00000000000000000000000000000000"};
    static const char *const created[] = {"4d1a2e2bb4f88f0250f26ffff098b0b30b26bf38",
                                          "b928f69bb1d91cd65274e3c79d8986362984fda3"};
    for (size_t i = 0; i < 2; i++) {
        weft_address creator;
        assert_true(hex_decode(creator.bytes, 20, creators[i], 40));
        world w;
        world_open(&w, WEFT_OSAKA);
        world_contract(&w, creator, 0, "0 1 0 0 CREATE2" RETURN_TOP);
        world_begin(&w);
        evm_result result = world_message(&w, EVM_CALL, creator, WORLD_GAS, 0, bytes_of(NULL, 0));
        char text[41];
        hex_encode(text, result.output.data + 12, 20);
        assert_string_equal(text, created[i]);
        world_close(&w);
    }
}

/* CREATE with this init code, which must fit a word, and then `rest`. */
static const char *creating(char text[512], const char *init_source, const char *rest) {
    assembly init = assemble(init_source);
    char hex[65];
    assert_true(init.size > 0 && init.size <= 32);
    hex_encode(hex, init.bytes, init.size);
    (void)snprintf(text, 512, "0x%s 0 MSTORE %zu %zu 0 CREATE %s", hex, init.size, 32 - init.size, rest);
    return text;
}

static void a_creation_deposits_code_and_counts(void **state) {
    (void)state;
    world w;
    world_open(&w, WEFT_OSAKA);
    char text[512];
    world_contract(&w, contract_address, 0, creating(text, "5 0 RETURN", "EXTCODESIZE RETURNDATASIZE ADD" RETURN_TOP));
    evm_result result = world_call(&w, WORLD_GAS);
    assert_int_equal(output_word(&result), 5);
    weft_address created = evm_create_address(&contract_address, 1);
    assert_int_equal(tx_account_nonce(&w.ts, world_find(&w, contract_address)), 2);
    assert_int_equal(tx_account_nonce(&w.ts, world_find(&w, created)), 1);
    assert_true(tx_account_is_created(world_find(&w, created)));
    /* 3 + 3 + 3 (MSTORE) 3 * 3, 32000 and a word of init code; init: 3 + 3 + 3 and 5 * 200; created is warm: 100. */
    assert_int_equal(WORLD_GAS - result.gas_left, 9 + 3 + 9 + 32000 + 2 + 9 + 1000 + 100 + 2 + 3 + 3 + 3 + 3 + 3);
    world_close(&w);
}

static void a_reverted_creation_hands_its_data_on(void **state) {
    (void)state;
    world w;
    world_open(&w, WEFT_OSAKA);
    char text[512];
    world_contract(&w, contract_address, 0, creating(text, "5 0 REVERT", "RETURNDATASIZE ADD" RETURN_TOP));
    evm_result result = world_call(&w, WORLD_GAS);
    assert_int_equal(output_word(&result), 5);
    assert_int_equal(tx_account_nonce(&w.ts, world_find(&w, contract_address)), 2);
    assert_true(tx_account_is_dead(&w.ts, world_find(&w, evm_create_address(&contract_address, 1))));
    world_close(&w);
}

static evm_result create_message(world *w, weft_fork fork, const char *init_source, int64_t gas, weft_address created) {
    world_open(w, fork);
    world_begin(w);
    assembly init = assemble(init_source);
    return world_message(w, EVM_CREATE, created, gas, 0, bytes_of(init.bytes, init.size));
}

static void code_that_is_not_paid_for(void **state) {
    (void)state;
    world w;
    evm_result result = create_message(&w, WEFT_FRONTIER, "5 0 RETURN", 9 + 999, callee_address);
    assert_int_equal(result.status, EVM_SUCCESS);
    assert_int_equal(result.gas_left, 999);
    assert_int_equal(code_size_of(&w, callee_address), 0);
    assert_true(tx_account_exists(&w.ts, world_find(&w, callee_address)));
    world_close(&w);
    result = create_message(&w, WEFT_HOMESTEAD, "5 0 RETURN", 9 + 999, callee_address);
    assert_int_equal(result.status, EVM_HALT);
    assert_int_equal(result.gas_left, 0);
    assert_false(tx_account_exists(&w.ts, world_find(&w, callee_address)));
    world_close(&w);
    result = create_message(&w, WEFT_HOMESTEAD, "5 0 RETURN", 9 + 1000, callee_address);
    assert_int_equal(result.status, EVM_SUCCESS);
    assert_int_equal(code_size_of(&w, callee_address), 5);
    world_close(&w);
}

static void code_that_may_not_be(void **state) {
    (void)state;
    static const struct {
        const char *init;
        weft_fork fork;
        evm_status status;
    } cases[] = {
        {"24576 0 RETURN", WEFT_SPURIOUS_DRAGON, EVM_SUCCESS},
        {"24577 0 RETURN", WEFT_SPURIOUS_DRAGON, EVM_HALT}, /* EIP-170 */
        {"24577 0 RETURN", WEFT_TANGERINE_WHISTLE, EVM_SUCCESS},
        {"0xef 0 MSTORE8 1 0 RETURN", WEFT_BERLIN, EVM_SUCCESS},
        {"0xef 0 MSTORE8 1 0 RETURN", WEFT_LONDON, EVM_HALT}, /* EIP-3541 */
        {"0xef 1 MSTORE8 2 0 RETURN", WEFT_LONDON, EVM_SUCCESS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world w;
        evm_result result = create_message(&w, cases[i].fork, cases[i].init, 10000000, callee_address);
        if (result.status != cases[i].status) {
            fail_msg("%s under %s: status %d", cases[i].init, weft_fork_name(cases[i].fork), (int)result.status);
        }
        world_close(&w);
    }
    /* EIP-3860, for CREATE; whole transactions are refused before they come here. */
    assert_int_equal(run_source(WEFT_SHANGHAI, "49152 0 0 CREATE", WORLD_GAS, NULL).status, EVM_SUCCESS);
    assert_int_equal(run_source(WEFT_SHANGHAI, "49153 0 0 CREATE", WORLD_GAS, NULL).status, EVM_HALT);
    assert_int_equal(run_source(WEFT_PARIS, "49153 0 0 CREATE", WORLD_GAS, NULL).status, EVM_SUCCESS);
}

static void nothing_is_created_over_a_contract(void **state) {
    (void)state;
    static const struct {
        uint64_t wei, nonce, slot;
        size_t code_size;
        evm_status status;
    } cases[] = {
        {5, 0, 0, 0, EVM_SUCCESS},
        {0, 1, 0, 0, EVM_HALT},
        {0, 0, 0, 1, EVM_HALT},
        {5, 0, 7, 0, EVM_HALT}, /* EIP-7610 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world w;
        world_open(&w, WEFT_OSAKA);
        const uint8_t stop = 0;
        world_account(&w, callee_address, cases[i].wei, cases[i].nonce, bytes_of(&stop, cases[i].code_size));
        if (cases[i].slot != 0) {
            world_slot(&w, callee_address, 0, cases[i].slot);
        }
        world_begin(&w);
        assembly init = assemble("1 0 RETURN");
        evm_result result =
            world_message(&w, EVM_CREATE, callee_address, WORLD_GAS, 0, bytes_of(init.bytes, init.size));
        assert_int_equal(result.status, cases[i].status);
        assert_int_equal(balance_of(&w, callee_address), cases[i].wei);
        assert_int_equal(result.gas_left != 0, cases[i].status == EVM_SUCCESS);
        world_close(&w);
    }
}

static void init_code_sees_no_call_data(void **state) {
    (void)state;
    world w;
    evm_result result = create_message(&w, WEFT_OSAKA, "CALLDATASIZE 0 CALLDATALOAD ADD CODESIZE ADD 0 RETURN",
                                       WORLD_GAS, callee_address);
    assert_int_equal(result.status, EVM_SUCCESS);
    assert_int_equal(code_size_of(&w, callee_address), 10);
    world_close(&w);
}

/* --- SELFDESTRUCT */

static void selfdestruct_moves_the_balance_and_ends(void **state) {
    (void)state;
    static const struct {
        weft_fork fork;
        int64_t gas, refund;
        bool is_destroyed;
    } cases[] = {
        {WEFT_FRONTIER, 0, 24000, true},
        {WEFT_TANGERINE_WHISTLE, 5000 + 25000, 24000, true},
        {WEFT_ISTANBUL, 5000 + 25000, 24000, true},
        {WEFT_BERLIN, 5000 + 25000 + 2600, 24000, true},
        {WEFT_LONDON, 5000 + 25000 + 2600, 0, true},
        {WEFT_CANCUN, 5000 + 25000 + 2600, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world w;
        world_open(&w, cases[i].fork);
        world_contract(&w, contract_address, 50, CALLEE " SELFDESTRUCT JUMP");
        evm_result result = world_call(&w, WORLD_GAS);
        assert_int_equal(result.status, EVM_SUCCESS);
        assert_int_equal(WORLD_GAS - result.gas_left, 3 + cases[i].gas);
        assert_int_equal(w.ts.refund, cases[i].refund);
        assert_int_equal(world_find(&w, contract_address)->now.destroyed, cases[i].is_destroyed);
        assert_int_equal(balance_of(&w, contract_address), 0);
        assert_int_equal(balance_of(&w, callee_address), 50);
        world_close(&w);
    }
}

static void selfdestruct_in_ones_own_favour(void **state) {
    (void)state;
    world w;
    world_open(&w, WEFT_SHANGHAI);
    world_contract(&w, contract_address, 50, "ADDRESS SELFDESTRUCT");
    assert_int_equal(world_call(&w, WORLD_GAS).status, EVM_SUCCESS);
    assert_int_equal(balance_of(&w, contract_address), 0); /* burnt */
    world_close(&w);
    world_open(&w, WEFT_CANCUN);
    world_contract(&w, contract_address, 50, "ADDRESS SELFDESTRUCT");
    assert_int_equal(world_call(&w, WORLD_GAS).status, EVM_SUCCESS);
    assert_int_equal(balance_of(&w, contract_address), 50); /* EIP-6780 */
    world_close(&w);
    /* Created by this very transaction: destroyed even so. */
    assert_int_equal(create_message(&w, WEFT_CANCUN, "ADDRESS SELFDESTRUCT", WORLD_GAS, callee_address).status,
                     EVM_SUCCESS);
    assert_true(world_find(&w, callee_address)->now.destroyed);
    world_close(&w);
}

static void a_second_selfdestruct_refunds_nothing(void **state) {
    (void)state;
    world w;
    evm_result result =
        call_pair(&w, WEFT_ISTANBUL, CALL_WITH("50000", "0") " " CALL_WITH("50000", "0"), "0 SELFDESTRUCT", WORLD_GAS);
    assert_int_equal(result.status, EVM_SUCCESS);
    assert_int_equal(w.ts.refund, 24000);
    world_close(&w);
}

/* --- Delegation (EIP-7702) */

/* contract_address calls callee_address, which delegates to `delegate`. The code at 0xde00... answers with the last
 * byte of the address it runs as, and the size of what it holds for its own code. */
static evm_result call_delegation(world *w, weft_fork fork, const char *caller, weft_address delegate) {
    uint8_t designator[23] = {0xef, 0x01, 0x00};
    memcpy(designator + 3, delegate.bytes, sizeof delegate.bytes);
    world_open(w, fork);
    world_contract(w, contract_address, 0, caller);
    world_account(w, callee_address, 0, 1, bytes_of(designator, sizeof designator));
    world_contract(w, (weft_address){{[0] = 0xde}}, 0, "ADDRESS 0xff AND CODESIZE 8 SHL OR" RETURN_TOP);
    return world_call(w, WORLD_GAS);
}

static void a_delegation_lends_its_code(void **state) {
    (void)state;
    const weft_address delegate = {{[0] = 0xde}};
    const char *caller = CALL_WITH("GAS", "0") " POP 32 0 RETURN";
    world w;
    evm_result result = call_delegation(&w, WEFT_PRAGUE, caller, delegate);
    assert_int_equal(output_word(&result), 17 << 8 | 3);
    world_close(&w);
    /* Two cold accounts, then two warm ones. */
    result = call_delegation(&w, WEFT_PRAGUE, "0 0 0 0 0 " CALLEE " 0 CALL 0 0 0 0 " CALLEE " 0 STATICCALL", delegate);
    assert_int_equal(WORLD_GAS - result.gas_left, 7 * 3 + 2 * 2600 + 6 * 3 + 2 * 100);
    world_close(&w);
    /* The designator is what others see. */
    result = call_delegation(&w, WEFT_PRAGUE, CALLEE " EXTCODESIZE" RETURN_TOP, delegate);
    assert_int_equal(output_word(&result), 23);
    world_close(&w);
    /* Before, it is code that begins with an opcode nobody has. */
    result = call_delegation(&w, WEFT_CANCUN, CALL_WITH("1000", "0") RETURN_TOP, delegate);
    assert_int_equal(output_word(&result), 0);
    world_close(&w);
}

static void a_delegation_is_followed_once(void **state) {
    (void)state;
    world w;
    const char *caller = CALL_WITH("1000", "0") RETURN_TOP;
    /* To itself: the designator runs as code, and fails. */
    evm_result result = call_delegation(&w, WEFT_PRAGUE, caller, callee_address);
    assert_int_equal(output_word(&result), 0);
    world_close(&w);
    /* To a precompile: there is no code, which succeeds; identity would have output. */
    result = call_delegation(&w, WEFT_PRAGUE, "32 0 32 0 0 " CALLEE " 1000 CALL RETURNDATASIZE ADD" RETURN_TOP,
                             (weft_address){{[19] = 4}});
    assert_int_equal(output_word(&result), 1);
    world_close(&w);
}

static void the_delegate_of_the_top_callee_is_warm_for_free(void **state) {
    (void)state;
    const weft_address delegate = {{[0] = 0xde}};
    world w;
    (void)call_delegation(&w, WEFT_PRAGUE, "STOP", delegate);
    world_contract(&w, delegate, 0, "ADDRESS EXTCODESIZE 0xde00000000000000000000000000000000000000 EXTCODESIZE");
    world_begin(&w);
    evm_result result = world_message(&w, EVM_CALL, callee_address, WORLD_GAS, 0, bytes_of(NULL, 0));
    assert_int_equal(result.status, EVM_SUCCESS);
    /* Who runs was warmed by the transaction, which this test left out. */
    assert_int_equal(WORLD_GAS - result.gas_left, 2 + 2600 + 3 + 100);
    world_close(&w);
}

/* --- Failures of the host */

static weft_status (*whole_account)(void *context, weft_account *out, const weft_address *address);

static weft_status account_but_callee(void *context, weft_account *out, const weft_address *address) {
    return address_equal(address, &callee_address) ? WEFT_STATE_UNAVAILABLE : whole_account(context, out, address);
}

static void a_state_that_cannot_answer_gives_no_verdict(void **state) {
    (void)state;
    /* The last one asks for a block that the memory state was never told of. */
    static const char *const sources[] = {CALLEE " BALANCE", CALLEE " EXTCODEHASH", CALL_WITH("GAS", "0"),
                                          CALLEE " SELFDESTRUCT", "999 BLOCKHASH"};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        world w;
        world_open(&w, WEFT_OSAKA);
        world_contract(&w, contract_address, 1, sources[i]);
        world_begin(&w);
        whole_account = w.cells.view.account;
        w.cells.view.account = account_but_callee;
        evm_result result = world_message(&w, EVM_CALL, contract_address, WORLD_GAS, 0, bytes_of(NULL, 0));
        if (result.status != EVM_HOST_FAILURE || tx_state_status(&w.ts) == WEFT_OK) {
            fail_msg("%s: status %d", sources[i], (int)result.status);
        }
        world_close(&w);
    }
}

static void running_out_of_memory_gives_no_verdict(void **state) {
    (void)state;
#if FAILING_MALLOC
    for (size_t allowed = 0;; allowed++) {
        world w;
        world_open(&w, WEFT_OSAKA);
        char text[512];
        world_contract(&w, contract_address, 100,
                       creating(text, "1024 0 RETURN",
                                "POP 0x020000 MLOAD POP 0 0 LOG0 1 0 SSTORE 1 0 TSTORE "
                                "0x020000 0 0 0 0 4 GAS CALL POP 0x8000 0 RETURN"));
        world_begin(&w);
        malloc_left = allowed;
        evm_result result = world_message(&w, EVM_CALL, contract_address, 10 * WORLD_GAS, 0, bytes_of(NULL, 0));
        malloc_left = SIZE_MAX;
        bool is_over = result.status == EVM_SUCCESS;
        if (!is_over) {
            assert_int_equal(result.status, EVM_HOST_FAILURE);
            assert_int_equal(tx_state_status(&w.ts), WEFT_NO_MEMORY);
        }
        world_close(&w);
        if (is_over) {
            assert_true(allowed > 5);
            break;
        }
    }
#endif
}

/* --- Anything goes */

/* Code that is likely to get somewhere: small numbers, every opcode, and calls to itself and its neighbours. */
static assembly random_code(test_random *random) {
    assembly a = {.size = 0};
    size_t count = 20 + random_below(random, 150);
    for (size_t i = 0; i < count && a.size < sizeof a.bytes - 21; i++) {
        uint8_t number = (uint8_t)(random_below(random, 4) == 0 ? random_u64(random) : random_below(random, 5));
        switch (random_below(random, 12)) {
        case 0: assembly_push(&a, contract_address.bytes, 20); break;
        case 1: assembly_push(&a, callee_address.bytes, 20); break;
        case 2: a.bytes[a.size++] = (uint8_t)(0xf0 + random_below(random, 16)); break;
        case 3:
        case 4: a.bytes[a.size++] = (uint8_t)random_u64(random); break;
        case 5: a.bytes[a.size++] = 0x5b; break;
        default: assembly_push(&a, &number, 1); break;
        }
    }
    return a;
}

/* What a message came to, in a form that compares: five words without gaps. */
typedef struct result_digest {
    int64_t status, gas_left;
    uint64_t output, log_count;
    int64_t refund;
} result_digest;

static result_digest digest_of(world *w, weft_fork fork, const evm_result *result) {
    if (result->gas_left < 0 || result->gas_left > WORLD_GAS || (result->status == EVM_HALT && result->gas_left != 0)) {
        fail_msg("under %s: status %d, %lld gas left", weft_fork_name(fork), (int)result->status,
                 (long long)result->gas_left);
    }
    return (result_digest){result->status, result->gas_left, hash_bytes(1, result->output.data, result->output.size),
                           w->ts.log_count, w->ts.refund};
}

static void a_machine_keeps_nothing_between_messages(void **state) {
    (void)state;
    unsigned successes = 0;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        test_random random = {seed};
        weft_fork fork = (weft_fork)random_below(&random, WEFT_FORK_COUNT);
        assembly codes[] = {random_code(&random), random_code(&random)};
        world w;
        world_open(&w, fork);
        world_account(&w, sender_address, 1000, 0, bytes_of(NULL, 0));
        world_account(&w, contract_address, 1000, 1, bytes_of(codes[0].bytes, codes[0].size));
        world_account(&w, callee_address, 1000, 1, bytes_of(codes[1].bytes, codes[1].size));
        result_digest digests[3];
        for (size_t i = 0; i < 3; i++) {
            world_begin(&w);
            evm_result result =
                world_message(&w, EVM_CALL, contract_address, WORLD_GAS, i == 1 ? 1 : 0, bytes_of(NULL, 0));
            digests[i] = digest_of(&w, fork, &result);
        }
        successes += digests[0].status == EVM_SUCCESS;
        if (memcmp(&digests[0], &digests[2], sizeof digests[0]) != 0) {
            fail_msg("seed %llu: the third run differs from the first", (unsigned long long)seed);
        }
        world_close(&w);
    }
    assert_true(successes > 100); /* else the programs are no test */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_passes_input_and_output),
        cmocka_unit_test(output_fills_only_the_room_it_has),
        cmocka_unit_test(a_child_gets_all_but_a_64th),
        cmocka_unit_test(value_brings_a_stipend),
        cmocka_unit_test(a_call_that_cannot_begin_gives_its_gas_back),
        cmocka_unit_test(new_accounts_cost_more),
        cmocka_unit_test(a_second_touch_is_warm),
        cmocka_unit_test(calls_nest_to_depth_1024),
        cmocka_unit_test(calls_differ_in_whom_the_callee_is),
        cmocka_unit_test(static_calls_change_nothing),
        cmocka_unit_test(a_failed_call_leaves_no_trace),
        cmocka_unit_test(return_data_is_of_the_last_call),
        cmocka_unit_test(precompiles_are_called_like_contracts),
        cmocka_unit_test(a_failed_precompile_returns_the_value),
        cmocka_unit_test(creation_addresses_are_those_of_the_specification),
        cmocka_unit_test(a_creation_deposits_code_and_counts),
        cmocka_unit_test(a_reverted_creation_hands_its_data_on),
        cmocka_unit_test(code_that_is_not_paid_for),
        cmocka_unit_test(code_that_may_not_be),
        cmocka_unit_test(nothing_is_created_over_a_contract),
        cmocka_unit_test(init_code_sees_no_call_data),
        cmocka_unit_test(selfdestruct_moves_the_balance_and_ends),
        cmocka_unit_test(selfdestruct_in_ones_own_favour),
        cmocka_unit_test(a_second_selfdestruct_refunds_nothing),
        cmocka_unit_test(a_delegation_lends_its_code),
        cmocka_unit_test(a_delegation_is_followed_once),
        cmocka_unit_test(the_delegate_of_the_top_callee_is_warm_for_free),
        cmocka_unit_test(a_state_that_cannot_answer_gives_no_verdict),
        cmocka_unit_test(running_out_of_memory_gives_no_verdict),
        cmocka_unit_test(a_machine_keeps_nothing_between_messages),
    };
    int failed = 0;
    FOR_EACH_INTERPRETER {
        failed += cmocka_run_group_tests(tests, NULL, NULL);
    }
    return failed;
}
