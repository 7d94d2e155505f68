/* What a fixture calls a fault, against the verdict that weft gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tools/suite/expectation.h"

static void an_official_name_means_its_verdict(void **state) {
    (void)state;
    for (int verdict = WEFT_VALID + 1; verdict <= WEFT_BLOCK_STATE_ROOT; verdict++) {
        assert_true(expectation_is_met(weft_verdict_name((weft_verdict)verdict), (weft_verdict)verdict));
    }
    assert_true(expectation_is_met("BlockException.INVALID_GASLIMIT", WEFT_BLOCK_GAS_LIMIT));
    assert_false(expectation_is_met("BlockException.INVALID_GASLIMIT", WEFT_BLOCK_GAS_USED));
}

static void any_of_several_names_will_do(void **state) {
    (void)state;
    const char *either = "TransactionException.NONCE_IS_MAX|TransactionException.SENDER_NOT_EOA";
    assert_true(expectation_is_met(either, WEFT_TX_NONCE_IS_MAX));
    assert_true(expectation_is_met(either, WEFT_TX_SENDER_NOT_EOA));
    assert_false(expectation_is_met(either, WEFT_TX_NONCE_TOO_LOW));
}

static void older_names_mean_verdicts(void **state) {
    (void)state;
    assert_true(expectation_is_met("TR_NoFunds", WEFT_TX_INSUFFICIENT_FUNDS));
    assert_false(expectation_is_met("TR_NoFunds", WEFT_TX_INTRINSIC_GAS_TOO_LOW));
    assert_true(expectation_is_met("TR_NoFundsOrGas", WEFT_TX_INTRINSIC_GAS_TOO_LOW));
    assert_true(expectation_is_met("TR_TypeNotSupported", WEFT_TX_TYPE_3_PRE_FORK));
    assert_true(expectation_is_met("TransactionException.NONCE_TOO_BIG|TR_NonceTooLow", WEFT_TX_NONCE_TOO_LOW));
}

static void a_name_is_compared_whole(void **state) {
    (void)state;
    assert_false(expectation_is_met("TR_NoFund", WEFT_TX_INSUFFICIENT_FUNDS));
    assert_false(expectation_is_met("BlockException.INVALID_GASLIMIT2", WEFT_BLOCK_GAS_LIMIT));
    assert_false(expectation_is_met("", WEFT_BLOCK_GAS_LIMIT));
    assert_false(expectation_is_met("|", WEFT_BLOCK_GAS_LIMIT));
}

static void no_fault_meets_no_expectation(void **state) {
    (void)state;
    static const char *const names[] = {"TR_NoFunds", "BlockException.INVALID_GASLIMIT", "UnknownParent", "", "|"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_false(expectation_is_met(names[i], WEFT_VALID));
    }
}

static void faults_of_proof_of_work_are_known(void **state) {
    (void)state;
    assert_true(expectation_is_proof_of_work("InvalidBlockNonce"));
    assert_true(expectation_is_proof_of_work("InvalidBlockMixHash"));
    assert_false(expectation_is_proof_of_work("InvalidDifficulty"));
}

static void faults_of_an_encoding_are_known(void **state) {
    (void)state;
    assert_true(expectation_is_transaction_encoding("TransactionException.RLP_TOO_MANY_ELEMENTS"));
    assert_true(expectation_is_transaction_encoding("TransactionException.GASLIMIT_OVERFLOW"));
    assert_false(expectation_is_transaction_encoding("TransactionException.GASLIMIT_PRICE_PRODUCT_OVERFLOW"));
    assert_false(expectation_is_transaction_encoding("RLP_TOO_MANY_ELEMENTS"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_official_name_means_its_verdict), cmocka_unit_test(any_of_several_names_will_do),
        cmocka_unit_test(older_names_mean_verdicts),          cmocka_unit_test(a_name_is_compared_whole),
        cmocka_unit_test(no_fault_meets_no_expectation),      cmocka_unit_test(faults_of_proof_of_work_are_known),
        cmocka_unit_test(faults_of_an_encoding_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
