#include "tests/fuzz/scenes.h"

#include "tests/fuzz/evm_generator.h"

typedef struct scene {
    uint8_t data[SCENE_SIZE_MAX];
    size_t size;
} scene;

/* Whether a transaction goes to a precompile that computes pairings, which take longer than all else that a block does. */
static bool has_pairing(const evm_case *c) {
    enum { BN254_PAIRING = 0x08, BLS12381_PAIRING = 0x0f };
    for (size_t i = 0; i < c->block.transaction_count; i++) {
        const weft_address *to = &c->transactions[i].to;
        const weft_address slow[] = {evm_address(EVM_PRECOMPILES + BN254_PAIRING - 1),
                                     evm_address(EVM_PRECOMPILES + BLS12381_PAIRING - 1)};
        if (memcmp(to, &slow[0], sizeof *to) == 0 || memcmp(to, &slow[1], sizeof *to) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a block is worth while: valid, with changes and with calls that fail. */
static bool is_worth_while(evm_case *c) {
    weft_engine *engine;
    weft_block_result result;
    weft_state_view view = evm_case_view(c);
    const weft_engine_config config = {.size = sizeof config, .threads = 1};
    const weft_execute_options options = {.size = sizeof options, .no_header_checks = true, .partial_state = true};
    FUZZ_CHECK(weft_engine_create(&engine, &c->chain, &config) == WEFT_OK &&
                   weft_engine_execute(engine, &result, &c->block, &view, &options) == WEFT_OK,
               "a scene cannot be executed");
    bool is_valid = result.verdict == WEFT_VALID && result.receipt_count >= 4 && result.delta.account_count >= 6;
    weft_engine_destroy(engine);
    return is_valid;
}

static void find_scenes(evm_case *c, scene *scenes) {
    test_random random = {1};
    for (unsigned found = 0; found < SCENE_COUNT;) {
        scene *s = &scenes[found];
        s->size = evm_generate(&random, s->data, sizeof s->data);
        s->data[0] = found % 2 == 0 ? WEFT_OSAKA : WEFT_AMSTERDAM;
        evm_case_read(c, s->data, s->size);
        found += is_worth_while(c) && !has_pairing(c);
    }
}

void scene_read(evm_case *c, unsigned number) {
    static scene scenes[SCENE_COUNT];
    if (scenes[0].size == 0) {
        find_scenes(c, scenes);
    }
    evm_case_read(c, scenes[number].data, scenes[number].size);
}
