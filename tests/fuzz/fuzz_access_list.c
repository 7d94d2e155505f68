/* Block access lists (EIP-7928): the first byte says of which block (scenes.h), the rest is the list in RLP. What is decoded
 * encodes to the same bytes. As a hint under Osaka, any list at all leaves the result what serial execution without one
 * gives. Under Amsterdam, where the header commits to the list given, only the list that execution leads to is valid, however
 * many workers there are. */
#include "tests/fuzz/scenes.h"
#include "tools/runner.h"

enum { WORKERS = 3 };

/* --- The codec */

static void check_codec(weft_bytes rlp) {
    weft_decoder *decoder = fuzz_decoder();
    weft_block_access_list list;
    weft_error error = {.message = ""};
    weft_status status = weft_block_access_list_decode(decoder, &list, rlp, &error);
    fuzz_check_decoded(status, &error, rlp.size);
    if (status == WEFT_OK) {
        weft_bytes encoded;
        FUZZ_CHECK(weft_block_access_list_encode(decoder, &encoded, &list) == WEFT_OK, "out of memory");
        FUZZ_CHECK(fuzz_equal(encoded, rlp), "encoded to other bytes");
    }
}

/* --- Execution */

typedef struct outcome {
    weft_block_result result; /* in the engine */
    weft_bytes32 delta_digest;
} outcome;

static void execute(weft_engine **engine, unsigned threads, const evm_case *c, weft_bytes list, outcome *out) {
    const weft_engine_config config = {.size = sizeof config, .threads = threads, .force_parallel = true, .seed = 1};
    const weft_execute_options options = {.size = sizeof options,
                                          .no_header_checks = c->block.header.field_count == 0,
                                          .partial_state = true,
                                          .block_access_list = list,
                                          .build_block_access_list = true};
    weft_state_view view = evm_case_view(c);
    weft_status status =
        *engine != NULL ? weft_engine_set_chain(*engine, &c->chain) : weft_engine_create(engine, &c->chain, &config);
    status = status == WEFT_OK ? weft_engine_execute(*engine, &out->result, &c->block, &view, &options) : status;
    status = status == WEFT_OK ? weft_state_delta_digest(&out->delta_digest, &out->result.delta) : status;
    FUZZ_CHECK(status == WEFT_OK, "status %d", (int)status);
}

/* A scene with what serial execution without a list comes to. */
typedef struct subject {
    evm_case c;
    weft_engine *engine; /* lives on, and with it the outcome */
    outcome expected;
    bool is_committed; /* the header says which list it is */
} subject;

/* Give the block a header that its execution agrees with. Only the hash of the list is open. */
static void seal(evm_case *c, const weft_block_result *result) {
    static const uint8_t empty_list[] = {0xc0};
    static weft_decoder *encodings; /* of the transactions of all scenes */
    weft_block *block = &c->block;
    weft_header *h = &block->header;
    FUZZ_CHECK(encodings != NULL || weft_decoder_create(&encodings) == WEFT_OK, "out of memory");
    h->field_count = 23;
    h->ommers_hash = weft_keccak256((weft_bytes){empty_list, sizeof empty_list});
    h->gas_used = result->gas_used;
    h->receipts_root = result->receipts_root;
    h->logs_bloom = result->logs_bloom;
    h->requests_hash = result->requests_hash;
    h->blob_gas_used = 0;
    for (size_t i = 0; i < block->transaction_count; i++) {
        h->blob_gas_used += block->transactions[i].blob_count << 17;
        FUZZ_CHECK(weft_transaction_encode(encodings, &c->transactions[i]) == WEFT_OK, "out of memory");
    }
    FUZZ_CHECK(weft_transactions_root(&h->transactions_root, block) == WEFT_OK &&
                   weft_withdrawals_root(&h->withdrawals_root, block) == WEFT_OK,
               "out of memory");
}

static subject *subject_of(unsigned scene) {
    static subject subjects[SCENE_COUNT];
    subject *s = &subjects[scene];
    if (s->engine == NULL) {
        scene_read(&s->c, scene);
        execute(&s->engine, 1, &s->c, (weft_bytes){NULL, 0}, &s->expected);
        FUZZ_CHECK(s->expected.result.verdict == WEFT_VALID, "a scene is invalid");
        s->is_committed = s->c.chain.activation_time[WEFT_AMSTERDAM] != WEFT_NEVER;
        if (s->is_committed) {
            seal(&s->c, &s->expected.result);
        }
    }
    return s;
}

static void check_execution(subject *s, unsigned threads, weft_bytes list) {
    static weft_engine *engines[WORKERS + 1];
    outcome found;
    if (s->is_committed) {
        s->c.block.header.block_access_list_hash = weft_keccak256(list);
    }
    execute(&engines[threads], threads, &s->c, list, &found);
    if (!s->is_committed || fuzz_equal(list, s->expected.result.block_access_list)) {
        const char *difference = runner_difference(&s->expected.result, &found.result);
        FUZZ_CHECK(difference == NULL, "%u workers: %s differs: %s %s", threads, difference,
                   weft_verdict_name(found.result.verdict), found.result.explanation);
        FUZZ_CHECK(fuzz_hash_equal(&s->expected.delta_digest, &found.delta_digest), "%u workers: the delta differs",
                   threads);
    } else {
        FUZZ_CHECK(found.result.verdict != WEFT_VALID, "%u workers: a wrong list is accepted", threads);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, size};
    unsigned scene = input_below(&input, SCENE_COUNT);
    weft_bytes list = {input.data, input.size};
    check_codec(list);
    check_execution(subject_of(scene), 1, list);
    check_execution(subject_of(scene), 2 + scene / 2 % 2, list);
    return 0;
}
