/* What `--check` rests on: the comparison of two results sees a difference in every part, and the tracker of state
 * roots gives equal roots to equal executions only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tools/root_tracker.h"
#include "tools/runner.h"

/* --- runner_difference */

typedef struct sample {
    weft_block_result result;
    weft_receipt receipts[2];
    weft_bytes encoded[2];
} sample;

static void sample_init(sample *s) {
    *s = (sample){.encoded = {{(const uint8_t *)"\xc0", 1}, {(const uint8_t *)"\xc1\x01", 2}}};
    s->result.transaction_index = SIZE_MAX;
    s->result.receipts = s->receipts;
    s->result.encoded_receipts = s->encoded;
    s->result.receipt_count = 2;
}

static void expect_difference(const sample *a, const sample *b, const char *what) {
    const char *found = runner_difference(&a->result, &b->result);
    assert_non_null(found);
    assert_string_equal(found, what);
}

static void a_difference_in_any_part_is_seen(void **state) {
    (void)state;
    sample a, b;
    sample_init(&a);
    sample_init(&b);
    assert_null(runner_difference(&a.result, &b.result));
    b.result.verdict = WEFT_TX_NONCE_TOO_LOW;
    expect_difference(&a, &b, "verdict");
    sample_init(&b);
    b.result.transaction_index = 1;
    expect_difference(&a, &b, "transaction that the verdict is about");
    sample_init(&b);
    b.result.gas_used = 1;
    expect_difference(&a, &b, "gas used");
    sample_init(&b);
    b.encoded[1] = (weft_bytes){(const uint8_t *)"\xc1\x02", 2};
    expect_difference(&a, &b, "receipts");
    sample_init(&b);
    b.result.receipt_count = 1;
    expect_difference(&a, &b, "receipts");
    sample_init(&b);
    b.receipts[0].contract_address.bytes[3] = 1;
    expect_difference(&a, &b, "receipts");
    sample_init(&b);
    b.result.receipts_root.bytes[31] = 1;
    expect_difference(&a, &b, "receipts root");
    sample_init(&b);
    b.result.logs_bloom.bytes[255] = 1;
    expect_difference(&a, &b, "logs bloom");
    sample_init(&b);
    b.result.requests_hash.bytes[0] = 1;
    expect_difference(&a, &b, "requests hash");
}

/* --- root_tracker */

static weft_account_change change_of(uint8_t tag, uint64_t balance) {
    weft_account_change change = {.account = {.balance = {{balance}}, .exists = true}};
    static const weft_bytes32 no_code = {{0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d,
                                          0xb2, 0xdc, 0xc7, 0x03, 0xc0, 0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82,
                                          0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70}};
    change.account.code_hash = no_code;
    change.address.bytes[19] = tag;
    return change;
}

static weft_state_delta delta_of(const weft_account_change *change) {
    return (weft_state_delta){.accounts = change, .account_count = 1};
}

/* The root of a state with these two balances (an absent account for 0). */
static weft_bytes32 root_of(uint64_t first, uint64_t second) {
    weft_memory_state *memory;
    weft_bytes32 root;
    const uint64_t balances[] = {first, second};
    assert_int_equal(weft_memory_state_create(&memory, NULL), WEFT_OK);
    for (size_t i = 0; i < 2; i++) {
        weft_address address = {{0}};
        address.bytes[19] = (uint8_t)(i + 1);
        if (balances[i] != 0) {
            weft_u256 balance = {{balances[i]}};
            assert_int_equal(weft_memory_state_set_account(memory, &address, &balance, 0, (weft_bytes){0}), WEFT_OK);
        }
    }
    assert_int_equal(weft_memory_state_root(memory, &root), WEFT_OK);
    weft_memory_state_destroy(memory);
    return root;
}

static void roots_follow_transactions_and_repeat_for_equal_executions(void **state) {
    (void)state;
    const weft_account_change start = change_of(1, 5), first = change_of(1, 6), second = change_of(2, 7);
    const weft_account_change other = change_of(2, 8), reward = change_of(2, 9);
    const weft_state_delta start_delta = delta_of(&start), first_delta = delta_of(&first);
    const weft_state_delta second_delta = delta_of(&second), other_delta = delta_of(&other);
    const weft_account_change whole_block[] = {first, reward};
    const weft_state_delta block_delta = {.accounts = whole_block, .account_count = 2};
    const weft_bytes32 after_first = root_of(6, 0), after_second = root_of(6, 7), after_block = root_of(6, 9);
    root_tracker tracker;
    weft_bytes32 root;
    assert_int_equal(root_tracker_create(&tracker, &start_delta, 1), WEFT_OK);
    root_tracker_begin_block(&tracker);
    for (size_t execution = 0; execution < 2; execution++) {
        root_tracker_begin_execution(&tracker);
        assert_int_equal(root_tracker_after_transaction(&tracker, &root, &first_delta), WEFT_OK);
        assert_memory_equal(&root, &after_first, sizeof root);
        assert_int_equal(root_tracker_after_transaction(&tracker, &root, &second_delta), WEFT_OK);
        assert_memory_equal(&root, &after_second, sizeof root);
    }
    root_tracker_begin_execution(&tracker);
    assert_int_equal(root_tracker_after_transaction(&tracker, &root, &first_delta), WEFT_OK);
    assert_int_equal(root_tracker_after_transaction(&tracker, &root, &other_delta), WEFT_OK);
    assert_memory_not_equal(&root, &after_second, sizeof root);
    assert_int_equal(root_tracker_after_block(&tracker, &root, &block_delta), WEFT_OK);
    assert_memory_equal(&root, &after_block, sizeof root);
    root_tracker_free(&tracker);
}

/* Of an empty state everything is proved without a node. */
static void witness_gives_the_roots_of_transactions_and_of_the_block(void **state) {
    (void)state;
    const weft_account_change first = change_of(1, 6), second = change_of(2, 7), reward = change_of(2, 9);
    const weft_state_delta first_delta = delta_of(&first), second_delta = delta_of(&second);
    const weft_account_change whole_block[] = {first, reward};
    const weft_state_delta block_delta = {.accounts = whole_block, .account_count = 2};
    const weft_bytes32 nothing = root_of(0, 0), after_second = root_of(6, 7), after_block = root_of(6, 9);
    weft_witness *witness;
    weft_bytes32 root;
    assert_int_equal(weft_witness_create(&witness, &nothing, NULL, 0, NULL, 0), WEFT_OK);
    root_tracker tracker;
    root_tracker_of_witness(&tracker, witness, 1);
    for (size_t execution = 0; execution < 2; execution++) {
        root_tracker_begin_execution(&tracker);
        assert_int_equal(root_tracker_after_transaction(&tracker, &root, &first_delta), WEFT_OK);
        assert_int_equal(root_tracker_after_transaction(&tracker, &root, &second_delta), WEFT_OK);
        assert_memory_equal(&root, &after_second, sizeof root);
    }
    assert_int_equal(root_tracker_after_block(&tracker, &root, &block_delta), WEFT_OK);
    assert_memory_equal(&root, &after_block, sizeof root);
    assert_false(tracker.is_stuck);
    root_tracker_free(&tracker);
    weft_witness_destroy(witness);
}

static void witness_without_the_nodes_gives_no_root(void **state) {
    (void)state;
    const weft_account_change first = change_of(1, 6);
    const weft_state_delta delta = delta_of(&first);
    const weft_bytes32 unknown = {{1}};
    weft_witness *witness;
    weft_bytes32 root;
    assert_int_equal(weft_witness_create(&witness, &unknown, NULL, 0, NULL, 0), WEFT_OK);
    root_tracker tracker;
    root_tracker_of_witness(&tracker, witness, 1);
    root_tracker_begin_execution(&tracker);
    assert_int_equal(root_tracker_after_transaction(&tracker, &root, &delta), WEFT_STATE_UNAVAILABLE);
    assert_true(tracker.is_stuck);
    assert_int_equal(root_tracker_after_block(&tracker, &root, &delta), WEFT_STATE_UNAVAILABLE);
    assert_non_null(strstr(tracker.error.message, "is missing"));
    root_tracker_free(&tracker);
    weft_witness_destroy(witness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_difference_in_any_part_is_seen),
        cmocka_unit_test(roots_follow_transactions_and_repeat_for_equal_executions),
        cmocka_unit_test(witness_gives_the_roots_of_transactions_and_of_the_block),
        cmocka_unit_test(witness_without_the_nodes_gives_no_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
