/* Blockchain tests: a genesis, blocks to import one after the other, and where that must lead; and engine tests, the same
 * with blocks as a consensus client hands them over.
 *
 * Blocks are imported from their RLP. A valid one must be accepted with its state root; an invalid one refused, for the
 * reason the fixture names. In the end the head and the state must be the fixture's. Proof of work is not checked. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/hex.h"
#include "tools/suite/block_case.h"
#include "tools/suite/block_tree.h"
#include "tools/suite/expectation.h"
#include "tools/suite/fixture_kinds.h"
#include "tools/suite/header_json.h"
#include "tools/suite/payload.h"
#include "tools/suite/state_details.h"
#include "tools/suite/stateless.h"

typedef struct block_test {
    fixture_run *run;
    block_case given;
    fixture_case report;
    char error[512];
    block_tree *tree;
    json_trace trace;
    char *details;
} block_test;

/* The test does not pass, under no variant. Returns: false. */
__attribute__((format(printf, 2, 3))) static bool fail(block_test *t, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(t->error, sizeof t->error, format, arguments);
    va_end(arguments);
    t->report.passed = 0;
    return false;
}

/* The host failed: the test is undecided. Returns: false. */
static bool give_up(block_test *t, weft_status status) {
    return fail(t, "undecided: %s", weft_status_message(status));
}

/* --- Beginning */

static bool fail_hash(block_test *t, const char *what, const weft_bytes32 *found, const weft_bytes32 *expected) {
    char found_text[HEX_BYTES32_TEXT_SIZE], expected_text[HEX_BYTES32_TEXT_SIZE];
    return fail(t, "%s is %s, the fixture says %s", what, hex_encode(found_text, found->bytes, sizeof found->bytes),
                hex_encode(expected_text, expected->bytes, sizeof expected->bytes));
}

/* What the fixture says in JSON of a block that it gives as RLP. In: what   to call it in the message. */
static bool check_stated(block_test *t, const json_value *header, const weft_block *block, const char *what) {
    const char *field;
    if (header == NULL) {
        return true;
    }
    if (!header_json_compare(t->given.document, header, block, &field)) {
        return false;
    }
    return field == NULL || fail(t, "%s of %s is not what the fixture says beside its RLP", field, what);
}

static bool begin(block_test *t) {
    weft_memory_state *state;
    weft_bytes32 root;
    if (!block_case_read_state(&t->given, json_get(t->given.test, "pre"), &state)) {
        return false;
    }
    weft_status status = weft_memory_state_root(state, &root);
    if (status == WEFT_OK) {
        status = block_tree_create(&t->tree, &t->given.chain, t->run->engines, &t->given.genesis, state);
    } else {
        weft_memory_state_destroy(state);
    }
    if (status != WEFT_OK) {
        return give_up(t, status);
    }
    if (memcmp(&root, &t->given.genesis.header.state_root, sizeof root) != 0) {
        return fail_hash(t, "the genesis state root", &root, &t->given.genesis.header.state_root);
    }
    return check_stated(t, json_get(t->given.test, "genesisBlockHeader"), &t->given.genesis, "the genesis");
}

/* --- Importing */

static bool is_parent_needed_later(const block_test *t, size_t index) {
    for (size_t i = index + 1; i < t->given.step_count; i++) {
        if (memcmp(&t->given.steps[i].block.header.parent_hash, &t->given.steps[index].block.header.parent_hash,
                   sizeof(weft_bytes32)) == 0) {
            return true;
        }
    }
    return false;
}

static bool import_step(block_test *t, size_t index, block_import *outcome) {
    const block_step *s = &t->given.steps[index];
    if (!s->is_decoded) {
        *outcome = (block_import){.verdict = s->decode_error.verdict, .agreeing = t->report.passed};
        (void)snprintf(outcome->explanation, sizeof outcome->explanation, "%s", s->decode_error.message);
        return true;
    }
    weft_status status =
        block_tree_import(t->tree, &s->block, s->access_list, !is_parent_needed_later(t, index), outcome);
    return status == WEFT_OK || give_up(t, status);
}

static bool check_refusal(block_test *t, size_t index, const block_import *outcome) {
    const char *expected = t->given.steps[index].expected, *found = weft_verdict_name(outcome->verdict);
    if (outcome->verdict == WEFT_VALID) {
        return fail(t, "block %zu was accepted, expected %s", index, expected[0] != '\0' ? expected : "a refusal");
    }
    if (expected[0] == '\0' || expectation_is_met(expected, outcome->verdict)) {
        return true;
    }
    t->report.is_excusable |= expectation_is_proof_of_work(expected);
    return fail(t, "block %zu was refused for %s (%s), expected %s", index, found, outcome->explanation, expected);
}

static void take_difference(block_test *t, size_t index, unsigned agreeing, const char *difference) {
    t->report.passed &= agreeing;
    if (difference[0] != '\0' && t->error[0] == '\0') {
        (void)snprintf(t->error, sizeof t->error, "block %zu: %s", index, difference);
    }
}

/* Once more from the witness alone, if the fixture has one. */
static bool run_stateless(block_test *t, size_t index) {
    const block_step *s = &t->given.steps[index];
    stateless_outcome outcome;
    bool expected;
    if (!s->is_decoded || !stateless_is_given(s->json, &expected)) {
        return true;
    }
    weft_status status = stateless_execute(&outcome, t->given.document, s->json, &t->given.chain,
                                           &t->run->engines->list, &s->block, s->access_list);
    if (status != WEFT_OK) {
        return give_up(t, status);
    }
    take_difference(t, index, outcome.agreeing, outcome.difference);
    if (outcome.is_proved == expected) {
        return true;
    }
    return expected ? fail(t, "block %zu could not be proved from its witness: %s", index, outcome.why)
                    : fail(t, "block %zu was proved from a witness that must not suffice", index);
}

static bool run_step(block_test *t, size_t index) {
    const block_step *s = &t->given.steps[index];
    block_import outcome;
    if (s->error_code != s->expected_code) {
        return fail(t, "payload %zu is answered with error %d, expected %d", index, s->error_code, s->expected_code);
    }
    if (s->error_code != PAYLOAD_ACCEPTABLE) {
        return true;
    }
    if (!run_stateless(t, index)) {
        return false;
    }
    if (!import_step(t, index, &outcome)) {
        return false;
    }
    take_difference(t, index, outcome.agreeing, outcome.difference);
    if (t->given.steps[index].expected != NULL) {
        return check_refusal(t, index, &outcome);
    }
    if (outcome.verdict != WEFT_VALID) {
        return fail(t, "block %zu was refused for %s: %s", index, weft_verdict_name(outcome.verdict),
                    outcome.explanation);
    }
    char name[32];
    (void)snprintf(name, sizeof name, "block %zu", index);
    return check_stated(t, json_get(s->json, "blockHeader"), &s->block, name);
}

/* --- Where it led */

/* The fixture's own state must have the head's root, which execution has reproduced. */
static bool check_state(block_test *t, const weft_header *head) {
    weft_bytes32 expected = head->state_root;
    const json_value *accounts = json_get(t->given.test, "postState");
    if (accounts == NULL || accounts->kind != JSON_OBJECT) {
        if (!json_bytes32(t->given.document, t->given.test, "postStateHash", &expected)) {
            return false;
        }
    } else {
        weft_memory_state *state;
        if (!block_case_read_state(&t->given, accounts, &state)) {
            return false;
        }
        weft_status status = weft_memory_state_root(state, &expected);
        weft_memory_state_destroy(state);
        if (status != WEFT_OK) {
            return give_up(t, status);
        }
    }
    return memcmp(&expected, &head->state_root, sizeof expected) == 0 ||
           fail_hash(t, "the state root", &head->state_root, &expected);
}

static bool check_head(block_test *t) {
    const weft_block *head = block_tree_head(t->tree);
    weft_bytes32 expected = head->hash;
    t->report.has_root = true;
    t->report.root = head->header.state_root;
    if (!json_bytes32(t->given.document, t->given.test, "lastblockhash", &expected)) {
        return false;
    }
    if (memcmp(&expected, &head->hash, sizeof expected) != 0) {
        return fail_hash(t, "the last block's hash", &head->hash, &expected);
    }
    return check_state(t, &head->header);
}

static bool run_steps(block_test *t) {
    const json_trace_options *wanted = t->run->hooks->trace;
    if (wanted != NULL) {
        if (!json_trace_open(&t->trace, stderr, wanted)) {
            return give_up(t, WEFT_NO_MEMORY);
        }
        block_tree_trace(t->tree, &t->trace.tracer);
    }
    for (size_t i = 0; i < t->given.step_count; i++) {
        if (!run_step(t, i)) {
            return false;
        }
    }
    return true;
}

static bool add_details(block_test *t) {
    static const state_cost no_cost;
    weft_memory_state *state = block_tree_head_state(t->tree);
    weft_status status =
        state_details_make(&t->details, t->run->hooks, state, &block_tree_head(t->tree)->header.state_root, &no_cost);
    return status == WEFT_OK || give_up(t, status);
}

/* --- The kind */

static bool run_test(block_test *t) {
    return block_case_read(&t->given) && begin(t) && run_steps(t) && add_details(t) && check_head(t);
}

static bool run(fixture_run *fixture, const json_value *test) {
    block_test t = {.run = fixture, .report = {.test = test->key, .passed = variants_all(&fixture->engines->list)}};
    if (!block_case_read_network(&t.given, fixture->document, test)) {
        return false;
    }
    t.report.fork = t.given.network;
    t.report.is_excusable = t.given.is_of_unknown_draft;
    if (!fixture_wants(fixture, t.given.network, 0)) {
        return true;
    }
    if (!run_test(&t) && t.error[0] == '\0') {
        fail(&t, "%s", fixture->document->failure->message);
    }
    block_tree_free(t.tree);
    block_case_free(&t.given);
    json_trace_close(&t.trace);
    t.report.error = t.error;
    t.report.details = t.details;
    bool is_reported = fixture_report(fixture, &t.report);
    free(t.details);
    return is_reported;
}

static size_t count(const json_value *test) {
    (void)test;
    return 1;
}

const fixture_kind block_test_kind = {
    .name = "blockchain", .recognises = block_case_has_blocks, .count = count, .run = run};

const fixture_kind engine_test_kind = {
    .name = "engine", .recognises = block_case_has_payloads, .count = count, .run = run};
