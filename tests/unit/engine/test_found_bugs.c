/* Consensus bugs that the official test suites found in this engine, one test each. Threading model: the engine's own
 * workers. Oracle: what the test says of the bug. */
#include "tests/unit/engine/scene.h"

#include "engine/dao_fork.h"

static weft_memory_state *copy_of(weft_memory_state *state) {
    weft_memory_state *copy;
    weft_state_delta everything;
    assert_int_equal(weft_memory_state_delta(state, &everything), WEFT_OK);
    assert_int_equal(weft_memory_state_create(&copy, NULL), WEFT_OK);
    assert_int_equal(weft_memory_state_apply(copy, &everything), WEFT_OK);
    return copy;
}

static weft_status root_after(void *context, weft_bytes32 *root, const weft_state_delta *changes) {
    weft_status status = weft_memory_state_apply(context, changes);
    return status == WEFT_OK ? weft_memory_state_root(context, root) : status;
}

/* The root that the receipt of the last transaction must hold: nothing comes after it but rewards, and there are none. */
static weft_bytes32 root_after_block(const scene *s, const weft_state_delta *delta) {
    weft_bytes32 root;
    weft_memory_state *after = copy_of(s->state);
    assert_int_equal(root_after(after, &root, delta), WEFT_OK);
    weft_memory_state_destroy(after);
    return root;
}

static void check_last_root(const scene *s, unsigned threads) {
    weft_memory_state *tracked = copy_of(s->state);
    const weft_engine_config config = {.size = sizeof config, .threads = threads, .force_parallel = threads > 1};
    const weft_execute_options options = {.size = sizeof options,
                                          .no_header_checks = true,
                                          .intermediate_root = root_after,
                                          .intermediate_root_context = tracked};
    weft_engine *engine;
    weft_block_result result;
    assert_int_equal(weft_engine_create(&engine, &s->chain, &config), WEFT_OK);
    weft_state_view view = weft_memory_state_view(s->state);
    assert_int_equal(weft_engine_execute(engine, &result, &s->block, &view, &options), WEFT_OK);
    assert_int_equal(result.verdict, WEFT_VALID);
    weft_bytes32 expected = root_after_block(s, &result.delta);
    const weft_receipt *last = &result.receipts[result.receipt_count - 1];
    assert_true(last->has_intermediate_root);
    assert_memory_equal(&last->intermediate_root, &expected, sizeof expected);
    weft_engine_destroy(engine);
    weft_memory_state_destroy(tracked);
}

/* TransitionTests/bcHomesteadToDao: the host was told what transactions change, but not of the irregular change before
 * them, so that every receipt of the DAO fork's block held a wrong root. */
static void receipts_of_the_dao_block_hold_roots_with_the_irregular_change(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_HOMESTEAD);
    s.chain.dao_fork_block = SCENE_NUMBER;
    s.chain.no_block_reward = true;
    scene_senders(&s, 4, ETHER);
    for (size_t i = 0; i < DAO_ACCOUNT_COUNT; i++) {
        scene_balance(&s, dao_accounts[i], 1 + i);
    }
    for (unsigned i = 0; i < 4; i++) {
        scene_call(&s, i, address_of(100 + i), 1, 21000);
    }
    check_last_root(&s, 1);
    check_last_root(&s, 3);
    scene_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receipts_of_the_dao_block_hold_roots_with_the_irregular_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
