/* Amsterdam, EIP by EIP, with the numbers that their texts and their parameters give. */

#include "tests/unit/engine/scene.h"

#include "engine/chain.h"
#include "engine/state_gas.h"
#include "tests/support/authorize.h"
#include "tests/unit/engine/evm_world.h"

enum {
    TO_SELF = 12000,
    TO_OTHER = 15000,
    VALUE_TO_OTHER = 21000,
    CREATION = 24000,
    NEW_ACCOUNT = 120 * 1530,
    NEW_SLOT = 64 * 1530,
    AUTHORIZATION = 23 * 1530,
    NO_WEI = 0
};

/* The one transaction of a scene of senders 0 to 2 with an ether each. */
static weft_transaction *open_transfer(scene *s, weft_address to, uint64_t value, uint64_t gas) {
    scene_open(s, WEFT_AMSTERDAM);
    scene_senders(s, 3, ETHER);
    return scene_call(s, 0, to, value, gas);
}

static uint64_t check_gas(scene *s, bool success) {
    scene_check(s);
    assert_int_equal(s->result.verdict, WEFT_VALID);
    assert_int_equal(s->result.receipts[0].success, success);
    return s->result.receipts[0].gas_used;
}

static uint64_t close_gas(scene *s) {
    uint64_t gas = check_gas(s, true);
    scene_close(s);
    return gas;
}

/* --- EIP-2780 */

static void a_transaction_pays_for_the_accounts_it_touches(void **state) {
    (void)state;
    scene s;
    open_transfer(&s, address_of(0), 1, 100000);
    assert_int_equal(close_gas(&s), TO_SELF);
    open_transfer(&s, address_of(1), NO_WEI, 100000);
    assert_int_equal(close_gas(&s), TO_OTHER);
    open_transfer(&s, address_of(77), NO_WEI, 100000);
    assert_int_equal(close_gas(&s), TO_OTHER);
    open_transfer(&s, address_of(1), 1, 100000);
    assert_int_equal(close_gas(&s), VALUE_TO_OTHER);
    open_transfer(&s, address_of(77), 1, 300000);
    assert_int_equal(close_gas(&s), VALUE_TO_OTHER + NEW_ACCOUNT);
}

static void a_creation_pays_for_an_account_that_was_not_there(void **state) {
    (void)state;
    static const assembly empty = {.size = 0};
    scene s;
    scene_open(&s, WEFT_AMSTERDAM);
    scene_senders(&s, 1, ETHER);
    scene_create(&s, 0, &empty, 300000);
    assert_int_equal(close_gas(&s), CREATION + NEW_ACCOUNT);

    scene_open(&s, WEFT_AMSTERDAM);
    scene_senders(&s, 1, ETHER);
    weft_address sender = address_of(0);
    scene_balance(&s, evm_create_address(&sender, 0), 1);
    scene_create(&s, 0, &empty, 300000);
    assert_int_equal(close_gas(&s), CREATION);
}

static void a_delegated_recipient_costs_its_delegate(void **state) {
    (void)state;
    static const uint8_t designator[23] = {0xef, 0x01, 0x00, 0xaa, [22] = 0x63};
    weft_u256 wei = u256_from_u64(1);
    weft_address to = address_of(50);
    for (unsigned warm = 0; warm < 2; warm++) {
        scene s;
        weft_transaction *tx = open_transfer(&s, to, NO_WEI, 100000);
        assert_int_equal(weft_memory_state_set_account(s.state, &to, &wei, 1, (weft_bytes){designator, 23}), WEFT_OK);
        weft_access_entry entry = {.address = address_of(0x63)};
        tx->type = warm ? WEFT_TX_ACCESS_LIST : WEFT_TX_LEGACY;
        tx->access_list = &entry;
        tx->access_count = warm;
        assert_int_equal(close_gas(&s), TO_OTHER + (warm ? 100 + 2900 + 20 * 64 : 3000));
    }
}

static void who_cannot_pay_for_a_new_account_is_included_and_fails(void **state) {
    (void)state;
    scene s;
    open_transfer(&s, address_of(77), 5, VALUE_TO_OTHER + NEW_ACCOUNT - 1);
    assert_int_equal(check_gas(&s, false), VALUE_TO_OTHER + NEW_ACCOUNT - 1);
    assert_null(scene_change(&s, address_of(77)));
    assert_int_equal(scene_change(&s, address_of(0))->account.nonce, 1);
    scene_close(&s);
}

static void authorizations_are_paid_for_by_what_they_write(void **state) {
    (void)state;
    for (unsigned exists = 0; exists < 2; exists++) {
        scene s;
        weft_address signer;
        weft_authorization tuples[2] = {authorize(9, 0, address_of(0x55), &signer),
                                        authorize(9, 1, address_of(0x56), &signer)};
        weft_transaction *tx = open_transfer(&s, address_of(1), NO_WEI, 1000000);
        tx->type = WEFT_TX_SET_CODE;
        tx->authorizations = tuples;
        tx->authorization_count = 2;
        if (exists) {
            scene_balance(&s, signer, 1);
        }
        assert_int_equal(close_gas(&s), TO_OTHER + 2 * 7816 + 9000 + AUTHORIZATION + (exists ? 0 : NEW_ACCOUNT));
    }
}

/* --- EIP-8037, EIP-8038: opcodes; with an empty reservoir state gas is part of what a message costs */

static void access_costs_what_eip_8038_says(void **state) {
    (void)state;
    assert_int_equal(gas_of(WEFT_AMSTERDAM, "0 SLOAD 0 SLOAD"), 6 + 2100 + 100);
    assert_int_equal(gas_of(WEFT_AMSTERDAM, CALLEE " BALANCE " CALLEE " BALANCE"), 6 + 3000 + 100);
    assert_int_equal(gas_of(WEFT_AMSTERDAM, CALLEE " EXTCODEHASH"), 3 + 3000);
    assert_int_equal(gas_of(WEFT_AMSTERDAM, CALLEE " EXTCODESIZE " CALLEE " EXTCODESIZE"), 6 + 3100 + 200);
    assert_int_equal(gas_of(WEFT_AMSTERDAM, "0 0 0 " CALLEE " EXTCODECOPY"), 12 + 3100);
    assert_int_equal(gas_of(WEFT_AMSTERDAM, "0 0 0 0 0 " CALLEE " 0 CALL"), 21 + 3000);
    assert_int_equal(gas_of(WEFT_AMSTERDAM, CALLEE " SELFDESTRUCT"), 3 + 5000 + 3000);
}

static void slots_cost_what_eip_8038_says(void **state) {
    (void)state;
    assert_int_equal(gas_of(WEFT_AMSTERDAM, "0 0 SSTORE"), 6 + 2100);
    assert_int_equal(gas_of(WEFT_AMSTERDAM, "0 SLOAD 0 0 SSTORE"), 9 + 2100 + 100);
    assert_int_equal(gas_of(WEFT_AMSTERDAM, "1 0 SSTORE"), 6 + 2100 + 10000 + NEW_SLOT);
    assert_int_equal(gas_of(WEFT_AMSTERDAM, "1 0 SSTORE 2 0 SSTORE"), 12 + 2100 + 10000 + 100 + NEW_SLOT);
    /* What is set and cleared again leaves nothing to pay for. */
    assert_int_equal(gas_of(WEFT_AMSTERDAM, "1 0 SSTORE 0 0 SSTORE"), 12 + 2100 + 10000 + 100);
}

static void slots_refund_what_eip_8038_says(void **state) {
    (void)state;
    static const struct {
        uint64_t original;
        const char *source;
        int64_t refund;
    } cases[] = {
        {0, "1 0 SSTORE", 0},
        {0, "1 0 SSTORE 0 0 SSTORE", 10000},
        {5, "0 0 SSTORE", 11616},
        {5, "0 0 SSTORE 6 0 SSTORE", 0},
        {5, "0 0 SSTORE 5 0 SSTORE", 10000},
        {5, "6 0 SSTORE 5 0 SSTORE", 10000},
        {5, "6 0 SSTORE 0 0 SSTORE", 11616},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world w;
        world_open(&w, WEFT_AMSTERDAM);
        world_contract(&w, contract_address, 0, cases[i].source);
        world_slot(&w, contract_address, 0, cases[i].original);
        assert_int_equal(world_call(&w, WORLD_GAS).status, EVM_SUCCESS);
        if (w.ts.refund != cases[i].refund) {
            fail_msg("%s over %llu refunds %lld", cases[i].source, (unsigned long long)cases[i].original,
                     (long long)w.ts.refund);
        }
        world_close(&w);
    }
}

/* Gas of a call of contract_address, which owns 100 wei. */
static int64_t gas_of_owner(const char *source, evm_status expected) {
    world w;
    world_open(&w, WEFT_AMSTERDAM);
    world_contract(&w, contract_address, 100, source);
    evm_result result = world_call(&w, WORLD_GAS);
    assert_int_equal(result.status, expected);
    world_close(&w);
    return WORLD_GAS - result.gas_left;
}

static void new_accounts_cost_state_gas(void **state) {
    (void)state;
    /* CALL with value: 9000 for the write and the stipend, which an account without code gives back. */
    assert_int_equal(gas_of_owner("0 0 0 0 1 " CALLEE " 0 CALL", EVM_SUCCESS), 21 + 3000 + 9000 + NEW_ACCOUNT);
    assert_int_equal(gas_of_owner("0 0 0 0 1 " CALLEE " 0 CALLCODE", EVM_SUCCESS), 21 + 3000 + 9000);
    assert_int_equal(gas_of_owner("0 0 0 0 101 " CALLEE " 0 CALL", EVM_SUCCESS), 21 + 3000 + 9000);
    assert_int_equal(gas_of_owner("0 0 0 0 1 " CALLEE " 0 CALL 0 0 REVERT", EVM_REVERT), 27 + 3000 + 9000);
    assert_int_equal(gas_of_owner(CALLEE " SELFDESTRUCT", EVM_SUCCESS), 3 + 5000 + 3000 + 9000 + NEW_ACCOUNT);
    assert_int_equal(gas_of_owner("0 0 0 CREATE", EVM_SUCCESS), 9 + 12000 + NEW_ACCOUNT);
    assert_int_equal(gas_of_owner("0 0 101 CREATE", EVM_SUCCESS), 9 + 12000);
    /* Init code REVERT, and init code that returns 33 zero bytes. */
    assert_int_equal(gas_of_owner("0x60006000fd 0 MSTORE 5 27 0 CREATE", EVM_SUCCESS), 6 + 3 + 3 + 9 + 12000 + 2 + 6);
    assert_int_equal(gas_of_owner("0x60216000f3 0 MSTORE 5 27 0 CREATE", EVM_SUCCESS),
                     6 + 3 + 3 + 9 + 12000 + 2 + 6 + 6 + NEW_ACCOUNT + 12 + 33 * 1530);
}

/* The reservoir pays before the message's gas does, goes into calls whole, and is not what GAS tells. */
static void state_gas_comes_from_the_reservoir_first(void **state) {
    (void)state;
    world w;
    world_open(&w, WEFT_AMSTERDAM);
    world_contract(&w, contract_address, 0, "1 0 SSTORE GAS 0 MSTORE 32 0 RETURN");
    world_begin(&w);
    state_gas_begin(&w.ts, NEW_SLOT + 7);
    evm_result result = world_message(&w, EVM_CALL, contract_address, 50000, 0, bytes_of(NULL, 0));
    assert_int_equal(result.status, EVM_SUCCESS);
    assert_int_equal(u256_from_be32(result.output.data).limb[0], 50000 - 6 - 12100 - 2);
    assert_int_equal(state_gas_reservoir(&w.ts), 7);
    assert_int_equal(state_gas_used(&w.ts), NEW_SLOT);
    world_close(&w);
}

/* What had spilled from the reservoir into a frame's gas is the frame's again when it fails: a revert returns it, a halt
 * loses it with the rest. */
static void a_frame_that_fails_takes_back_its_state_gas(void **state) {
    (void)state;
    for (unsigned halts = 0; halts < 2; halts++) {
        world w;
        world_open(&w, WEFT_AMSTERDAM);
        world_contract(&w, callee_address, 0, halts ? "1 0 SSTORE JUMP" : "1 0 SSTORE 0 0 REVERT");
        world_contract(&w, contract_address, 0, "0 0 0 0 0 " CALLEE " 200000 CALL");
        world_begin(&w);
        state_gas_begin(&w.ts, 1000);
        evm_result result = world_message(&w, EVM_CALL, contract_address, WORLD_GAS, 0, bytes_of(NULL, 0));
        assert_int_equal(result.status, EVM_SUCCESS);
        assert_int_equal(WORLD_GAS - result.gas_left, 21 + 3000 + (halts ? 200000 : 6 + 12100 + 6));
        assert_int_equal(state_gas_reservoir(&w.ts), 1000);
        assert_int_equal(state_gas_used(&w.ts), 0);
        world_close(&w);
    }
}

/* --- The block's two pools: EIP-7778, EIP-8037 */

static void the_block_counts_the_fuller_pool_and_no_refunds(void **state) {
    (void)state;
    scene s;
    open_transfer(&s, address_of(77), 1, 300000);
    check_gas(&s, true);
    assert_int_equal(s.result.gas_used, NEW_ACCOUNT);
    scene_close(&s);

    open_transfer(&s, address_of(60), NO_WEI, 100000);
    scene_contract(&s, address_of(60), 0, "0 0 SSTORE");
    scene_slot(&s, address_of(60), 0, 5);
    uint64_t used = TO_OTHER + 6 + 12100;
    assert_int_equal(check_gas(&s, true), used - used / 5);
    assert_int_equal(s.result.gas_used, used);
    scene_close(&s);
}

static void a_transaction_needs_room_in_both_pools(void **state) {
    (void)state;
    scene s;
    open_transfer(&s, address_of(77), 1, 300000);
    scene_call(&s, 1, address_of(1), NO_WEI, 400000);
    s.block.header.gas_limit = NEW_ACCOUNT + 400000;
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    s.block.header.gas_limit--;
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_TX_GAS_ALLOWANCE_EXCEEDED);
    assert_int_equal(s.result.transaction_index, 1);
    scene_close(&s);
}

static void execution_is_capped_and_the_gas_limit_is_not(void **state) {
    (void)state;
    scene s;
    open_transfer(&s, address_of(60), NO_WEI, (1 << 24) + 5000000)->max_fee_per_gas = u256_from_u64(8);
    s.transactions[0].max_priority_fee_per_gas = u256_zero();
    scene_contract(&s, address_of(60), 0, "GAS 0 SSTORE");
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    assert_int_equal(scene_slot_after(&s, address_of(60), 0), (1 << 24) - TO_OTHER - 2);
    s.transactions[0].gas_limit = UINT64_C(1) << 32;
    s.block.header.gas_limit = UINT64_C(1) << 33;
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_TX_GAS_LIMIT_EXCEEDS_MAXIMUM);
    scene_close(&s);
}

/* --- EIP-7976, EIP-7981 */

static void data_and_access_lists_have_a_floor(void **state) {
    (void)state;
    static const uint8_t zeros[100];
    scene s;
    open_transfer(&s, address_of(1), NO_WEI, 100000)->data = (weft_bytes){zeros, sizeof zeros};
    assert_int_equal(close_gas(&s), TO_OTHER + 100 * 64);

    static const weft_bytes32 slots[2];
    const weft_access_entry entry = {.address = {{1}}, .slots = slots, .slot_count = 2};
    weft_transaction *tx = open_transfer(&s, address_of(1), NO_WEI, 100000);
    tx->type = WEFT_TX_ACCESS_LIST;
    tx->access_list = &entry;
    tx->access_count = 1;
    assert_int_equal(close_gas(&s), TO_OTHER + 2900 + 2 * 2000 + 64 * (20 + 2 * 32));
}

/* --- EIP-7708 */

static void assert_transfer(const weft_log *log, weft_address from, weft_address to, uint64_t wei) {
    weft_u256 from_word = u256_from_address(&from), to_word = u256_from_address(&to), amount = u256_from_u64(wei);
    weft_bytes32 words[] = {u256_to_bytes32(&from_word), u256_to_bytes32(&to_word), u256_to_bytes32(&amount)};
    assert_int_equal(log->address.bytes[0], 0xff);
    assert_int_equal(log->address.bytes[19], 0xfe);
    assert_int_equal(log->topic_count, 3);
    assert_int_equal(log->topics[0].bytes[0], 0xdd);
    assert_int_equal(log->topics[0].bytes[31], 0xef);
    assert_true(bytes32_equal(&log->topics[1], &words[0]) && bytes32_equal(&log->topics[2], &words[1]));
    assert_int_equal(log->data.size, 32);
    assert_memory_equal(log->data.data, words[2].bytes, 32);
}

static void ether_that_moves_leaves_a_log(void **state) {
    (void)state;
    scene s;
    open_transfer(&s, address_of(60), 5, 900000);
    scene_contract(&s, address_of(60), 0, "0 0 0 0 2 " A("003d") " 0 CALL 0 0 LOG0 " A("0001") " SELFDESTRUCT");
    check_gas(&s, true);
    const weft_receipt *receipt = &s.result.receipts[0];
    assert_int_equal(receipt->log_count, 4);
    assert_transfer(&receipt->logs[0], address_of(0), address_of(60), 5);
    assert_transfer(&receipt->logs[1], address_of(60), address_of(61), 2);
    assert_int_equal(receipt->logs[2].topic_count, 0);
    assert_transfer(&receipt->logs[3], address_of(60), address_of(1), 3);
    scene_close(&s);
}

static void ether_that_stays_or_comes_back_leaves_none(void **state) {
    (void)state;
    scene s;
    open_transfer(&s, address_of(0), 5, 100000); /* to itself */
    check_gas(&s, true);
    assert_int_equal(s.result.receipts[0].log_count, 0);
    scene_close(&s);
    open_transfer(&s, address_of(60), 5, 100000);
    scene_contract(&s, address_of(60), 0, "0 0 REVERT");
    check_gas(&s, false);
    assert_int_equal(s.result.receipts[0].log_count, 0);
    scene_close(&s);
}

/* --- EIP-8246 */

/* Init code that destroys itself in its own favour, with 5 wei. */
static void what_is_destroyed_keeps_its_balance(void **state) {
    (void)state;
    static const weft_amsterdam_revision revisions[] = {WEFT_AMSTERDAM_FINAL, WEFT_AMSTERDAM_SNOBAL_DEVNET_5};
    static const assembly init = {.bytes = {0x30, 0xff}, .size = 2};
    weft_address sender = address_of(0), created = evm_create_address(&sender, 0);
    for (size_t i = 0; i < 2; i++) {
        scene s;
        scene_open(&s, WEFT_AMSTERDAM);
        s.chain.amsterdam_revision = revisions[i];
        scene_senders(&s, 1, ETHER);
        scene_create(&s, 0, &init, 400000)->value = u256_from_u64(5);
        check_gas(&s, true);
        const weft_account_change *change = scene_change(&s, created);
        const weft_receipt *receipt = &s.result.receipts[0];
        if (revisions[i] == WEFT_AMSTERDAM_FINAL) {
            assert_true(change != NULL && change->account.exists);
            assert_int_equal(change->account.nonce, 0);
            assert_int_equal(change->account.balance.limb[0], 5);
            assert_int_equal(receipt->log_count, 1);
        } else {
            assert_true(change == NULL || !change->account.exists);
            assert_int_equal(receipt->log_count, 2);
            assert_int_equal(receipt->logs[1].topic_count, 2);
            assert_int_equal(receipt->logs[1].topics[0].bytes[0], 0xcc); /* Burn */
        }
        scene_close(&s);
    }
}

/* --- EIP-7843, EIP-8024 */

static void slotnum_is_the_headers(void **state) {
    (void)state;
    scene s;
    open_transfer(&s, address_of(60), NO_WEI, 200000);
    scene_contract(&s, address_of(60), 0, "SLOTNUM 0 SSTORE");
    s.block.header.slot_number = 8191;
    assert_int_equal(check_gas(&s, true), TO_OTHER + 2 + 3 + 12100 + NEW_SLOT);
    assert_int_equal(scene_slot_after(&s, address_of(60), 0), 8191);
    scene_close(&s);
}

/* `count` numbered words, 1 the deepest; the opcode with its operand; then the word `depth` below the top is returned. */
static evm_result run_operand(unsigned count, uint8_t opcode, int operand, unsigned depth, uint64_t *word) {
    assembly a = {.size = 0};
    for (unsigned i = 1; i <= count; i++) {
        const uint8_t number[] = {(uint8_t)i};
        assembly_push(&a, number, 1);
    }
    a.bytes[a.size++] = opcode;
    if (operand >= 0) {
        a.bytes[a.size++] = (uint8_t)operand;
    }
    for (unsigned i = 0; operand >= 0 && i < depth; i++) {
        a.bytes[a.size++] = 0x50;
    }
    static const uint8_t tail[] = {0x60, 0, 0x52, 0x60, 32, 0x60, 0, 0xf3};
    if (operand >= 0) {
        memcpy(a.bytes + a.size, tail, sizeof tail);
        a.size += sizeof tail;
    }
    weft_u256 top;
    evm_result result = run_code(WEFT_AMSTERDAM, bytes_of(a.bytes, a.size), WORLD_GAS, &top);
    *word = top.limb[0];
    return result;
}

static void operands_in_the_code_reach_deep(void **state) {
    (void)state;
    enum { DUPN = 0xe6, SWAPN = 0xe7, EXCHANGE = 0xe8 };
    static const struct {
        uint8_t opcode;
        int operand; /* -1: the code ends */
        unsigned count, depth;
        uint64_t word; /* 0: halts */
    } cases[] = {
        {DUPN, 0x80, 20, 0, 4}, /* the 17th of 20 */
        {DUPN, 0x80, 17, 0, 1},       {DUPN, 0x80, 16, 0, 0},   {DUPN, 0x00, 145, 0, 1},   {DUPN, 90, 235, 0, 1},
        {DUPN, 91, 235, 0, 0},        {DUPN, 127, 235, 0, 0},   {SWAPN, 0x80, 18, 0, 1},   {SWAPN, 0x80, 18, 17, 18},
        {SWAPN, 0x80, 17, 0, 0},      {SWAPN, 0x5b, 240, 0, 0}, {EXCHANGE, 0x8e, 3, 1, 1}, {EXCHANGE, 0x8e, 3, 2, 2},
        {EXCHANGE, 0x8e, 2, 0, 0},    {EXCHANGE, 82, 40, 0, 0}, {EXCHANGE, 127, 40, 0, 0}, {EXCHANGE, 0x8f, 30, 1, 1},
        {EXCHANGE, 0x8f, 30, 29, 29}, /* k = 0: n 1, m 29 */
        {EXCHANGE, 0x8f, 29, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t word;
        evm_result result = run_operand(cases[i].count, cases[i].opcode, cases[i].operand, cases[i].depth, &word);
        bool halts = cases[i].word == 0;
        if ((result.status == EVM_HALT) != halts || (!halts && word != cases[i].word)) {
            fail_msg("0x%02x %d on %u words: status %d, word %llu", cases[i].opcode, cases[i].operand, cases[i].count,
                     (int)result.status, (unsigned long long)word);
        }
    }
    uint64_t word;
    assert_int_equal(run_operand(145, DUPN, -1, 0, &word).gas_left, WORLD_GAS - 145 * 3 - 3); /* the operand is 0 */
}

static void a_jumpdest_in_an_operand_is_one(void **state) {
    (void)state;
    /* PUSH1 4 JUMP DUPN 0x5b STOP */
    static const uint8_t bytes[] = {0x60, 0x04, 0x56, 0xe6, 0x5b, 0x00};
    assert_int_equal(run_code(WEFT_AMSTERDAM, bytes_of(bytes, sizeof bytes), 100, NULL).gas_left, 100 - 3 - 8 - 1);
}

/* --- EIP-8282 */

static void builder_requests_come_last(void **state) {
    (void)state;
    static const weft_address deposits = {{0x00, 0x00, 0xbf, 0xf4, 0x69, 0x84, 0xe3, 0x72, 0x56, 0x91,
                                           0xfa, 0x54, 0x0a, 0x8c, 0x75, 0x89, 0x30, 0x0d, 0x82, 0x82}};
    static const weft_address exits = {{0x00, 0x00, 0x64, 0xd6, 0x78, 0x50, 0x5a, 0xd4, 0x8f, 0x8c,
                                        0xcb, 0x09, 0x3b, 0xc6, 0x56, 0x13, 0x80, 0x0e, 0x82, 0x82}};
    scene s;
    open_transfer(&s, address_of(1), NO_WEI, 100000);
    scene_contract(&s, withdrawal_requests, 0, "STOP");
    scene_contract(&s, consolidation_requests, 0, "STOP");
    scene_contract(&s, deposits, 0, "1 0 MSTORE 32 0 RETURN");
    scene_contract(&s, exits, 0, "2 0 MSTORE 32 0 RETURN");
    check_gas(&s, true);
    const weft_bytes *requests = s.result.requests;
    assert_int_equal(requests[s.result.request_count - 2].data[0], 3);
    assert_int_equal(requests[s.result.request_count - 2].data[32], 1);
    assert_int_equal(requests[s.result.request_count - 1].data[0], 4);
    assert_int_equal(requests[s.result.request_count - 1].data[32], 2);
    scene_close(&s);
}

/* --- Revisions */

static void the_development_network_pays_for_growth_at_a_frames_end(void **state) {
    (void)state;
    scene s;
    open_transfer(&s, address_of(77), 1, 300000);
    s.chain.amsterdam_revision = WEFT_AMSTERDAM_SNOBAL_DEVNET_5;
    assert_int_equal(close_gas(&s), 21000);

    open_transfer(&s, address_of(60), NO_WEI, 100000);
    s.chain.amsterdam_revision = WEFT_AMSTERDAM_SNOBAL_DEVNET_5;
    scene_contract(&s, address_of(60), 0, "1 0 SSTORE");
    assert_int_equal(check_gas(&s, true), 21000 + 6 + 2100 + 2900 + 32 * 1174);
    assert_int_equal(s.result.gas_used, 32 * 1174);
    scene_close(&s);
}

static void sizes_are_those_of_eip_7954(void **state) {
    (void)state;
    assert_int_equal(fork_rules_of(WEFT_AMSTERDAM)->max_code_size, 65536);
    assert_int_equal(fork_rules_of(WEFT_AMSTERDAM)->max_initcode_size, 131072);
    const fork_rules *devnet = fork_rules_of_revision(WEFT_AMSTERDAM, WEFT_AMSTERDAM_SNOBAL_DEVNET_5);
    assert_int_equal(devnet->max_code_size, 32768);
    assert_ptr_equal(fork_rules_of_revision(WEFT_OSAKA, WEFT_AMSTERDAM_SNOBAL_DEVNET_5), fork_rules_of(WEFT_OSAKA));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transaction_pays_for_the_accounts_it_touches),
        cmocka_unit_test(a_creation_pays_for_an_account_that_was_not_there),
        cmocka_unit_test(a_delegated_recipient_costs_its_delegate),
        cmocka_unit_test(who_cannot_pay_for_a_new_account_is_included_and_fails),
        cmocka_unit_test(authorizations_are_paid_for_by_what_they_write),
        cmocka_unit_test(access_costs_what_eip_8038_says),
        cmocka_unit_test(slots_cost_what_eip_8038_says),
        cmocka_unit_test(slots_refund_what_eip_8038_says),
        cmocka_unit_test(new_accounts_cost_state_gas),
        cmocka_unit_test(state_gas_comes_from_the_reservoir_first),
        cmocka_unit_test(a_frame_that_fails_takes_back_its_state_gas),
        cmocka_unit_test(the_block_counts_the_fuller_pool_and_no_refunds),
        cmocka_unit_test(a_transaction_needs_room_in_both_pools),
        cmocka_unit_test(execution_is_capped_and_the_gas_limit_is_not),
        cmocka_unit_test(data_and_access_lists_have_a_floor),
        cmocka_unit_test(ether_that_moves_leaves_a_log),
        cmocka_unit_test(ether_that_stays_or_comes_back_leaves_none),
        cmocka_unit_test(what_is_destroyed_keeps_its_balance),
        cmocka_unit_test(slotnum_is_the_headers),
        cmocka_unit_test(operands_in_the_code_reach_deep),
        cmocka_unit_test(a_jumpdest_in_an_operand_is_one),
        cmocka_unit_test(builder_requests_come_last),
        cmocka_unit_test(the_development_network_pays_for_growth_at_a_frames_end),
        cmocka_unit_test(sizes_are_those_of_eip_7954),
    };
    int failed = 0;
    FOR_EACH_INTERPRETER {
        failed += cmocka_run_group_tests(tests, NULL, NULL);
    }
    return failed;
}
