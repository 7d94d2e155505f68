/* The fuzz targets' inputs for precompiles are well-formed: most calls with them succeed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/fuzz/evm_case.h"

enum { ROUNDS = 64 };

/* A transaction that calls the precompile. Returns: whether that succeeds. Skips the test if the precompile is not built in. */
static bool call(weft_engine *engine, weft_memory_state *state, const weft_address *precompile, weft_bytes input) {
    weft_block_result result;
    weft_transaction tx = {.has_sender = true, .gas_limit = 1000000, .to = *precompile, .data = input};
    const weft_block block = {.header = {.number = 1, .timestamp = 1, .gas_limit = 1000000},
                              .transactions = &tx,
                              .transaction_count = 1,
                              .has_withdrawals = true};
    const weft_execute_options options = {.size = sizeof options, .no_header_checks = true, .partial_state = true};
    weft_state_view view = weft_memory_state_view(state);
    weft_status status = weft_engine_execute(engine, &result, &block, &view, &options);
    if (status == WEFT_UNSUPPORTED) {
        skip();
    }
    assert_int_equal(status, WEFT_OK);
    assert_int_equal(result.verdict, WEFT_VALID);
    return result.receipts[0].success;
}

static void most_calls_succeed(void **state) {
    (void)state;
    evm_case c = {.state = NULL};
    weft_engine *engine;
    const uint8_t under_osaka[] = {WEFT_OSAKA};
    const weft_engine_config config = {.size = sizeof config, .threads = 1};
    test_random random = {1};
    evm_case_read(&c, under_osaka, sizeof under_osaka);
    assert_int_equal(weft_engine_create(&engine, &c.chain, &config), WEFT_OK);
    for (unsigned number = 1; number <= PRECOMPILE_COUNT; number++) {
        weft_address address = evm_address(EVM_PRECOMPILES + number - 1);
        unsigned success_count = 0;
        for (unsigned i = 0; i < ROUNDS; i++) {
            uint8_t data[PRECOMPILE_INPUT_SIZE_MAX];
            size_t size = precompile_input(&random, data, number);
            assert_true(size <= EVM_DATA_WORDS_FROM || (size <= sizeof data && size % 32 == 0));
            success_count += call(engine, c.state, &address, (weft_bytes){data, size});
        }
        print_message("precompile 0x%x: %u of %d calls\n", number, success_count, ROUNDS);
        assert_true(success_count > ROUNDS / 2);
    }
    weft_engine_destroy(engine);
    weft_memory_state_destroy(c.state);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(most_calls_succeed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
