#include "bench/state_test_cases.h"

#include <stdio.h>

#include <weft/transaction.h>

#include "tools/suite/state_case.h"

/* Peers decode the block: its transaction is signed and encoded where the test has the key. */
static weft_status encode(weft_decoder *decoder, weft_transaction *tx, const state_setting *setting) {
    weft_bytes32 key;
    const json_value *transaction = json_get(setting->test, "transaction");
    if (json_get(transaction, "secretKey") == NULL) {
        return WEFT_OK;
    }
    if (!json_bytes32(setting->document, transaction, "secretKey", &key)) {
        return WEFT_DECODE;
    }
    weft_status status = weft_transaction_sign(tx, &key);
    return status == WEFT_OK ? weft_transaction_encode(decoder, tx) : status;
}

/* How many fields a header has, which the environment leaves open and peers look at. */
static unsigned field_count(weft_fork fork) {
    return fork >= WEFT_PRAGUE     ? 21
           : fork >= WEFT_CANCUN   ? 20
           : fork >= WEFT_SHANGHAI ? 17
           : fork >= WEFT_LONDON   ? 16
                                   : 15;
}

static void time_prepared(bench *b, state_case *c, const state_setting *setting, const char *name) {
    weft_block block = state_case_block(c, setting);
    weft_fork fork = weft_chain_fork(&c->chain, block.header.number, block.header.timestamp, false);
    block.header.field_count = field_count(fork);
    block.has_withdrawals = fork >= WEFT_SHANGHAI;
    const weft_state_view view = state_case_view(c);
    const weft_execute_options options = {.size = sizeof options, .partial_state = true, .no_header_checks = true};
    const bench_block timed = {.chain = &c->chain, .block = &block, .view = &view, .options = &options};
    const bench_title title = {.workload = name, .name = name, .label = "", .state = "memory"};
    if (bench_create_engines(b, &c->chain)) {
        (void)bench_time_block(b, &title, &timed);
        bench_destroy_engines(b);
    }
}

/* Returns: false with the document's failure set. */
static bool time_case(bench *b, const state_setting *setting, const json_value *post, const char *fork,
                      const char *name) {
    state_case c;
    weft_decoder *decoder = NULL;
    bool is_read = state_case_read(&c, setting, post, fork);
    weft_status status = is_read ? weft_decoder_create(&decoder) : WEFT_OK;
    if (is_read && status == WEFT_OK) {
        status = encode(decoder, &c.tx, setting);
    }
    if (is_read && status == WEFT_OK) {
        time_prepared(b, &c, setting, name);
    } else if (is_read) {
        is_read = json_fail(setting->document, status);
    }
    weft_decoder_destroy(decoder);
    state_case_free(&c);
    return is_read;
}

static bool time_test(bench *b, json_document *document, const json_value *test) {
    state_setting setting;
    const json_value *fork = NULL;
    for (const json_value *v = json_first(json_get(test, "post")); v != NULL; v = v->next) {
        fork = v;
    }
    if (fork == NULL || fork->key == NULL) {
        return json_refuse(document, test, "must be a state test");
    }
    bool is_well = state_setting_read(&setting, document, test);
    size_t index = 0;
    for (const json_value *post = json_first(fork); post != NULL && is_well; post = post->next, index++) {
        char name[96];
        if (fork->child_count > 1) {
            (void)snprintf(name, sizeof name, "%.80s/%zu", test->key, index);
        } else {
            (void)snprintf(name, sizeof name, "%.95s", test->key);
        }
        is_well = time_case(b, &setting, post, fork->key, name);
    }
    return is_well;
}

void state_test_cases_time(bench *b, json_document *document) {
    for (const json_value *test = json_first(document->root); test != NULL; test = test->next) {
        if (test->key == NULL || !time_test(b, document, test)) {
            bench_fail(b, document->failure);
            break;
        }
    }
}
