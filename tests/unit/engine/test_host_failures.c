/* A host that cannot answer: each of the questions that a block asks is left unanswered in turn, and the block must
 * stay undecided, whatever part of the engine asks. Threading model: serial execution asks the list of questions; then
 * serial execution and the engine's own 2 workers are refused them. Oracle: no question is asked in vain, so without
 * its answer nothing can be known about the block. Bug hunted: a missing answer taken for an empty account, and then
 * for a verdict. */
#include "tests/unit/engine/scene.h"

enum { QUESTIONS_MAX = 256 };

typedef enum question_kind { ASK_ACCOUNT, ASK_CODE, ASK_STORAGE, ASK_HAS_STORAGE, ASK_BLOCK_HASH } question_kind;

typedef struct question {
    question_kind kind;
    weft_address address;
    weft_bytes32 slot;
    uint64_t number;
} question;

typedef struct reticent_host {
    weft_state_view view; /* that knows everything */
    question asked[QUESTIONS_MAX];
    size_t count;
    const question *refused; /* NULL: all is answered, and noted */
} reticent_host;

static bool same_question(const question *a, const question *b) {
    return a->kind == b->kind && address_equal(&a->address, &b->address) && bytes32_equal(&a->slot, &b->slot) &&
           a->number == b->number;
}

static weft_status hear(reticent_host *host, const question *q) {
    if (host->refused != NULL) {
        return same_question(host->refused, q) ? WEFT_STATE_UNAVAILABLE : WEFT_OK;
    }
    for (size_t i = 0; i < host->count; i++) {
        if (same_question(&host->asked[i], q)) {
            return WEFT_OK;
        }
    }
    assert_true(host->count < QUESTIONS_MAX);
    host->asked[host->count++] = *q;
    return WEFT_OK;
}

static weft_status answer_account(void *context, weft_account *out, const weft_address *address) {
    reticent_host *host = context;
    const question q = {.kind = ASK_ACCOUNT, .address = *address};
    weft_status status = hear(host, &q);
    return status == WEFT_OK ? host->view.account(host->view.context, out, address) : status;
}

static weft_status answer_code(void *context, weft_bytes *out, const weft_address *address,
                               const weft_bytes32 *code_hash) {
    reticent_host *host = context;
    const question q = {.kind = ASK_CODE, .slot = *code_hash};
    weft_status status = hear(host, &q);
    return status == WEFT_OK ? host->view.code(host->view.context, out, address, code_hash) : status;
}

static weft_status answer_storage(void *context, weft_u256 *out, const weft_address *address,
                                  const weft_bytes32 *slot) {
    reticent_host *host = context;
    const question q = {.kind = ASK_STORAGE, .address = *address, .slot = *slot};
    weft_status status = hear(host, &q);
    return status == WEFT_OK ? host->view.storage(host->view.context, out, address, slot) : status;
}

static weft_status answer_has_storage(void *context, bool *out, const weft_address *address) {
    reticent_host *host = context;
    const question q = {.kind = ASK_HAS_STORAGE, .address = *address};
    weft_status status = hear(host, &q);
    return status == WEFT_OK ? host->view.has_storage(host->view.context, out, address) : status;
}

static weft_status answer_block_hash(void *context, weft_bytes32 *out, uint64_t number) {
    reticent_host *host = context;
    const question q = {.kind = ASK_BLOCK_HASH, .number = number};
    weft_status status = hear(host, &q);
    return status == WEFT_OK ? host->view.block_hash(host->view.context, out, number) : status;
}

static weft_status execute(const scene *s, reticent_host *host, unsigned threads, weft_verdict *verdict) {
    const weft_engine_config config = {.size = sizeof config, .threads = threads, .force_parallel = threads > 1};
    const weft_execute_options options = {.size = sizeof options, .no_header_checks = true};
    const weft_state_view view = {.context = host,
                                  .account = answer_account,
                                  .code = answer_code,
                                  .storage = answer_storage,
                                  .has_storage = answer_has_storage,
                                  .block_hash = answer_block_hash};
    weft_engine *engine;
    weft_block_result result;
    assert_int_equal(weft_engine_create(&engine, &s->chain, &config), WEFT_OK);
    weft_status status = weft_engine_execute(engine, &result, &s->block, &view, &options);
    *verdict = result.verdict;
    weft_engine_destroy(engine);
    return status;
}

/* Returns: how many questions the block asked. */
static size_t check_all_questions(const scene *s) {
    static reticent_host host;
    weft_verdict verdict;
    host = (reticent_host){.view = weft_memory_state_view(s->state)};
    assert_int_equal(execute(s, &host, 1, &verdict), WEFT_OK);
    assert_string_equal(weft_verdict_name(verdict), weft_verdict_name(WEFT_VALID));
    for (size_t i = 0; i < host.count; i++) {
        host.refused = &host.asked[i];
        for (unsigned threads = 1; threads <= 2; threads++) {
            weft_status status = execute(s, &host, threads, &verdict);
            if (status != WEFT_STATE_UNAVAILABLE) {
                fail_msg("%u workers, question %zu of kind %d about ..%02x%02x: status %d, verdict %s", threads, i,
                         (int)host.asked[i].kind, host.asked[i].address.bytes[18], host.asked[i].address.bytes[19],
                         (int)status, weft_verdict_name(verdict));
            }
        }
    }
    return host.count;
}

static void open_talkative_block(scene *s, weft_fork fork) {
    static const weft_withdrawal withdrawal = {.address = {{0xbb}}, .amount_gwei = 5};
    scene_open(s, fork);
    scene_senders(s, 3, ETHER);
    scene_contract(s, address_of(0x400), 0, "1 SLOAD 1 ADD 1 SSTORE " A("0410") " BALANCE 2 SSTORE");
    scene_contract(s, address_of(0x401), 0, A("0411") " EXTCODESIZE 1 SSTORE 1 NUMBER SUB BLOCKHASH 2 SSTORE");
    scene_contract(s, address_of(0x402), 9,
                   "0 0 0 0 1 " A("0412") " 50000 CALL 0 0 0 CREATE " A("0413") " SELFDESTRUCT");
    scene_contract(s, address_of(0x411), 0, "STOP STOP STOP");
    scene_contract(s, address_of(0x412), 0, "CALLVALUE 7 SSTORE");
    const weft_bytes32 hash = {{1}};
    assert_int_equal(weft_memory_state_set_block_hash(s->state, SCENE_NUMBER - 1, &hash), WEFT_OK);
    for (unsigned i = 0; i < 3; i++) {
        scene_call(s, i, address_of(0x400 + i), 0, 400000);
    }
    s->block.withdrawals = &withdrawal;
    s->block.withdrawal_count = fork >= WEFT_SHANGHAI;
    s->block.has_withdrawals = fork >= WEFT_SHANGHAI;
}

static void question_without_answer_leaves_a_block_undecided(void **state) {
    (void)state;
    static scene s;
    static const weft_fork forks[] = {WEFT_FRONTIER, WEFT_BYZANTIUM, WEFT_BERLIN, WEFT_SHANGHAI};
    for (size_t i = 0; i < sizeof forks / sizeof forks[0]; i++) {
        open_talkative_block(&s, forks[i]);
        assert_in_range(check_all_questions(&s), 15, QUESTIONS_MAX);
        scene_close(&s);
    }
}

/* The contracts that a block itself calls (EIP-4788, EIP-2935, EIP-7002, EIP-7251). */
static void system_contract_that_is_not_known_is_none_that_is_missing(void **state) {
    (void)state;
    static scene s;
    static const weft_address beacon_roots = {{0x00, 0x0f, 0x3d, 0xf6, 0xd7, 0x32, 0x80, 0x7e, 0xf1, 0x31,
                                               0x9f, 0xb7, 0xb8, 0xbb, 0x85, 0x22, 0xd0, 0xbe, 0xac, 0x02}};
    static const weft_address history = {{0x00, 0x00, 0xf9, 0x08, 0x27, 0xf1, 0xc5, 0x3a, 0x10, 0xcb,
                                          0x7a, 0x02, 0x33, 0x5b, 0x17, 0x53, 0x20, 0x00, 0x29, 0x35}};
    open_talkative_block(&s, WEFT_CANCUN); /* without a contract nothing is called */
    assert_in_range(check_all_questions(&s), 15, QUESTIONS_MAX);
    scene_close(&s);
    open_talkative_block(&s, WEFT_OSAKA);
    scene_contract(&s, beacon_roots, 0, "1 1 SSTORE");
    scene_contract(&s, history, 0, "2 SLOAD 2 SSTORE");
    scene_contract(&s, withdrawal_requests, 0, "3 SLOAD 3 SSTORE");
    scene_contract(&s, consolidation_requests, 0, "4 SLOAD 4 SSTORE");
    assert_in_range(check_all_questions(&s), 25, QUESTIONS_MAX);
    scene_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(question_without_answer_leaves_a_block_undecided),
        cmocka_unit_test(system_contract_that_is_not_known_is_none_that_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
