/* State tests: a state, an environment, a transaction with choices; per fork, the state root and the hash of the logs
 * that each choice must lead to. The rules around the transaction are geth's:
 *
 * - the block is nothing but the environment: no system calls, no withdrawals, no reward;
 * - the coinbase is touched, even if it earns nothing, before EIP-161 removes what is empty;
 * - a transaction that is refused leaves the state before it. */
#include "tools/hex.h"
#include "tools/logs_hash.h"
#include "tools/suite/expectation.h"
#include "tools/suite/fixture_kinds.h"
#include "tools/suite/state_case.h"
#include "tools/suite/state_details.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BENCH_RUNS_MAX = 1000 };

/* What all cases of a test have in common. */
typedef struct state_test {
    fixture_run *run;
    const json_value *test;
    state_setting setting;
} state_test;

/* One case on trial. */
typedef struct trial {
    const state_test *of;
    const json_value *post; /* what it must lead to */
    fixture_case report;
    char error[512];
    state_case input;
    variant_outcome outcome;
    state_cost cost;
    char *details;
} trial;

static void fail(trial *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The case fails under every variant, for the first reason that is found. */
static void fail(trial *c, const char *format, ...) {
    va_list values;
    c->report.passed = 0;
    if (c->error[0] == '\0') {
        va_start(values, format);
        (void)vsnprintf(c->error, sizeof c->error, format, values);
        va_end(values);
    }
}

/* --- Execution */

static weft_status execute(trial *c) {
    weft_block block = state_case_block(&c->input, &c->of->setting);
    weft_execute_options options = {.size = sizeof options, .partial_state = true, .no_header_checks = true};
    weft_state_view view = state_case_view(&c->input);
    const json_trace_options *wanted = c->of->run->hooks->trace;
    json_trace trace = {0};
    if (wanted != NULL && !json_trace_open(&trace, stderr, wanted)) {
        return WEFT_NO_MEMORY;
    }
    options.tracer = wanted != NULL ? &trace.tracer : NULL;
    weft_status status =
        variants_execute(c->of->run->engines, &c->outcome, &c->input.chain, &block, &view, &options, NULL, NULL);
    json_trace_close(&trace);
    return status;
}

/* --- Judgement */

static bool expected_hash(const trial *c, const char *key, weft_bytes32 *expected) {
    *expected = (weft_bytes32){{0}};
    return json_bytes32(c->of->run->document, c->post, key, expected);
}

/* A fuzzer's test has a hash of zero until somebody fills in the right one: nothing is expected of it. */
static bool is_unfilled(const trial *c) {
    static const weft_bytes32 zero;
    weft_bytes32 expected;
    return !c->of->run->hooks->like_evm && expected_hash(c, "hash", &expected) &&
           memcmp(&expected, &zero, sizeof zero) == 0;
}

static void check_refusal(trial *c, const char *expected, weft_verdict found, const char *explanation) {
    if (expected == NULL && !is_unfilled(c)) {
        fail(c, "%s: %s", weft_verdict_name(found), explanation);
    } else if (expected != NULL && !expectation_is_met(expected, found)) {
        fail(c, "expected %s, got %s: %s", expected, weft_verdict_name(found), explanation);
    }
}

static void check_hash(trial *c, const char *what, const char *key, const weft_bytes32 *found) {
    weft_bytes32 expected;
    if (!expected_hash(c, key, &expected)) {
        fail(c, "%s", c->of->run->document->failure->message);
    } else if (!is_unfilled(c) && memcmp(&expected, found, sizeof expected) != 0) {
        char found_text[HEX_BYTES32_TEXT_SIZE], expected_text[HEX_BYTES32_TEXT_SIZE];
        fail(c, "post state %s mismatch: got %s, want %s", what, hex_encode(found_text, found->bytes, 32) + 2,
             hex_encode(expected_text, expected.bytes, 32) + 2);
    }
}

/* The root after a refused transaction is the one before it. Before EIP-161, touching an account that does not exist
 * creates it, and retesteth's suites hold the root after their filler touched the coinbase of a refused transaction,
 * too; the execution-spec-tests do not. Both are taken. */
static weft_status find_root_after_refusal(trial *c) {
    const weft_header *h = &c->of->setting.header;
    weft_state_view view = weft_memory_state_view(c->input.state);
    weft_account coinbase;
    weft_bytes32 expected;
    weft_status status = weft_memory_state_root(c->input.state, &c->report.root);
    if (status != WEFT_OK || !expected_hash(c, "hash", &expected) ||
        memcmp(&expected, &c->report.root, sizeof expected) == 0 ||
        weft_chain_fork(&c->input.chain, h->number, h->timestamp, false) >= WEFT_SPURIOUS_DRAGON) {
        return status;
    }
    status = view.account(view.context, &coinbase, &h->coinbase);
    if (status == WEFT_OK && !coinbase.exists) {
        status =
            weft_memory_state_set_account(c->input.state, &h->coinbase, &coinbase.balance, 0, (weft_bytes){NULL, 0});
    }
    return status == WEFT_OK ? weft_memory_state_root(c->input.state, &c->report.root) : status;
}

static weft_status judge_refused(trial *c, const char *expected) {
    const weft_block_result *result = &c->outcome.result;
    if (c->input.is_encodable) {
        check_refusal(c, expected, result->verdict, result->explanation);
    } else if (expected == NULL || !expectation_is_transaction_encoding(expected)) {
        fail(c, "expected %s, got a field that is larger than a transaction can hold",
             expected != NULL ? expected : "no exception");
    }
    return find_root_after_refusal(c);
}

static weft_status judge_executed(trial *c, const char *expected) {
    if (expected != NULL) {
        fail(c, "expected %s, but the transaction was executed", expected);
    }
    weft_status status = weft_memory_state_apply(c->input.state, &c->outcome.result.delta);
    return status == WEFT_OK ? weft_memory_state_root(c->input.state, &c->report.root) : status;
}

static weft_status judge(trial *c) {
    const json_value *exception = json_get(c->post, "expectException");
    const char *expected = exception != NULL && exception->kind == JSON_STRING ? exception->text : NULL;
    bool is_refused = !c->input.is_encodable || c->outcome.result.verdict != WEFT_VALID;
    weft_status status = is_refused ? judge_refused(c, expected) : judge_executed(c, expected);
    weft_bytes32 logs;
    c->report.has_root = status == WEFT_OK;
    if (status == WEFT_OK) {
        check_hash(c, "root", "hash", &c->report.root);
        status = is_refused ? WEFT_OK : logs_hash(&logs, &c->outcome.result);
    }
    if (status == WEFT_OK && !is_refused) {
        check_hash(c, "logs hash", "logs", &logs);
    }
    return status;
}

/* --- A case, a test */

/* To time it, the execution is repeated for about a second. */
static weft_status execute_measured(trial *c) {
    double total = 0;
    unsigned runs = 0;
    weft_status status;
    do {
        status = execute(c);
        const weft_execution_stats *stats = &c->outcome.result.stats;
        total += stats->recover_seconds + stats->execute_seconds + stats->finish_seconds;
        runs++;
    } while (status == WEFT_OK && c->of->run->hooks->bench && total < 1 && runs < BENCH_RUNS_MAX);
    c->cost = (state_cost){.seconds = total / runs, .gas = c->outcome.result.gas_used};
    return status;
}

static void run_prepared(trial *c) {
    weft_status status = WEFT_OK;
    c->report.passed = variants_all(&c->of->run->engines->list);
    if (c->input.is_encodable) {
        status = execute_measured(c);
        c->report.passed &= c->outcome.agreeing;
        (void)snprintf(c->error, sizeof c->error, "%s", c->outcome.difference);
    }
    if (status == WEFT_OK) {
        status = judge(c);
    }
    if (status == WEFT_OK) {
        status = state_details_make(&c->details, c->of->run->hooks, c->input.state, &c->report.root, &c->cost);
    }
    if (status != WEFT_OK) {
        fail(c, "undecided: %s", weft_status_message(status));
    }
}

static bool run_case(const state_test *t, const json_value *post, const char *fork) {
    trial c = {.of = t, .post = post, .report = {.test = t->test->key, .fork = fork}};
    bool is_ready = state_case_read(&c.input, &t->setting, post, fork);
    c.report.is_excusable = c.input.is_of_unknown_draft;
    if (is_ready) {
        run_prepared(&c);
    } else {
        fail(&c, "%s", t->run->document->failure->message);
    }
    state_case_free(&c.input);
    c.report.error = c.error;
    c.report.details = c.details;
    bool is_reported = fixture_report(t->run, &c.report);
    free(c.details);
    return is_reported;
}

static bool run(fixture_run *fixture, const json_value *test) {
    state_test t = {.run = fixture, .test = test};
    size_t index = 0;
    if (!state_setting_read(&t.setting, fixture->document, test)) {
        return false;
    }
    for (const json_value *fork = json_first(json_get(test, "post")); fork != NULL; fork = fork->next) {
        for (const json_value *post = json_first(fork); post != NULL; post = post->next, index++) {
            if (fork->key != NULL && fixture_wants(fixture, fork->key, index) && !run_case(&t, post, fork->key)) {
                return false;
            }
        }
    }
    return true;
}

static bool recognises(const json_value *test) {
    return json_get(test, "transaction") != NULL && json_get(test, "post") != NULL && json_get(test, "env") != NULL;
}

static size_t count(const json_value *test) {
    size_t cases = 0;
    for (const json_value *fork = json_first(json_get(test, "post")); fork != NULL; fork = fork->next) {
        cases += fork->child_count;
    }
    return cases;
}

const fixture_kind state_test_kind = {
    .name = "state", .is_timed = true, .recognises = recognises, .count = count, .run = run};
