/* Blockchain tests: a genesis, blocks to import one after the other, and where that must lead; and engine tests, the same
 * with blocks as a consensus client hands them over.
 *
 * Blocks are imported from their RLP. A valid one must be accepted with its state root; an invalid one refused, for the
 * reason the fixture names. In the end the head and the state must be the fixture's. Proof of work is not checked. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/access_list_json.h"
#include "tools/alloc.h"
#include "tools/hex.h"
#include "tools/suite/block_tree.h"
#include "tools/suite/expectation.h"
#include "tools/suite/fixture_kinds.h"
#include "tools/suite/header_json.h"
#include "tools/suite/networks.h"
#include "tools/suite/payload.h"
#include "tools/suite/state_details.h"
#include "tools/suite/stateless.h"

/* One block of the test. */
typedef struct step {
    const json_value *json;
    const char *expected; /* name of the exception; NULL = the block is valid */
    weft_block block;
    weft_bytes access_list; /* in RLP */
    bool is_decoded;
    weft_error decode_error;
    int error_code, expected_code; /* of a payload: PAYLOAD_* */
} step;

typedef struct block_test {
    fixture_run *run;
    json_document *document;
    const json_value *test;
    const char *network;
    fixture_case report;
    char error[512];
    weft_chain chain;
    weft_decoder *decoder;
    weft_block genesis;
    step *steps;
    size_t step_count;
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

/* --- Reading */

static bool read_network(block_test *t) {
    const json_value *network = json_get(t->test, "network");
    if (!json_expect(t->document, network, JSON_STRING, "\"network\"")) {
        return false;
    }
    t->report.fork = t->network = network->text;
    if (!network_chain(&t->chain, t->network)) {
        return json_refuse(t->document, network, "weft does not know the network '%s'", network->text);
    }
    t->report.is_excusable = !network_revise(&t->chain, json_get(t->test, "_info"));
    return network_configure(&t->chain, t->network, t->document, json_get(t->test, "config"));
}

/* An official fixture holds the genesis block as RLP; some hold the header's fields only. */
static bool read_genesis(block_test *t) {
    const json_value *rlp = json_get(t->test, "genesisRLP");
    if (rlp == NULL) {
        return header_json_read(t->document, json_get(t->test, "genesisBlockHeader"), &t->genesis.header,
                                &t->genesis.hash);
    }
    weft_bytes bytes;
    weft_error error = {.message = ""};
    if (!json_value_bytes(t->document, rlp, &bytes)) {
        return false;
    }
    weft_status status = weft_block_decode(t->decoder, &t->genesis, NULL, bytes, &error);
    return status == WEFT_OK || json_refuse(t->document, rlp, "byte %zu: %s", error.position, error.message);
}

/* `expectException`, or in older fixtures that name with the network, or ALL, behind it. A block of which only the RLP
 * is given is invalid too, without a reason. */
static const char *expected_exception(const block_test *t, const json_value *block) {
    static const char key[] = "expectException";
    for (const json_value *v = json_first(block); v != NULL; v = v->next) {
        if (v->key_size < sizeof key - 1 || memcmp(v->key, key, sizeof key - 1) != 0 || v->kind != JSON_STRING) {
            continue;
        }
        const char *whom = v->key + sizeof key - 1;
        size_t whom_size = v->key_size - (sizeof key - 1);
        if (whom_size == 0 || (whom_size == 3 && memcmp(whom, "ALL", 3) == 0) ||
            (whom_size == strlen(t->network) && memcmp(whom, t->network, whom_size) == 0)) {
            return v->text;
        }
    }
    return json_get(block, "blockHeader") == NULL ? "" : NULL;
}

/* The list is given as JSON, of an invalid block among its decoded parts. */
static bool read_access_list(block_test *t, step *s) {
    const json_value *accounts = json_get(s->json, "blockAccessList");
    if (accounts == NULL) {
        accounts = json_get(json_get(s->json, "rlp_decoded"), "blockAccessList");
    }
    weft_block_access_list list;
    if (accounts == NULL) {
        return true;
    }
    if (!access_list_json_read(t->document, accounts, &list)) {
        return false;
    }
    weft_status status = weft_block_access_list_encode(t->decoder, &s->access_list, &list);
    return status == WEFT_OK || give_up(t, status);
}

static bool read_step(block_test *t, const json_value *block, step *s) {
    weft_bytes rlp = {0};
    s->json = block;
    s->expected = expected_exception(t, block);
    if (!json_expect(t->document, block, JSON_OBJECT, "a block") ||
        !json_expect(t->document, json_get(block, "rlp"), JSON_STRING, "\"rlp\"") ||
        !json_bytes(t->document, block, "rlp", &rlp)) {
        return false;
    }
    weft_status status = weft_block_decode(t->decoder, &s->block, NULL, rlp, &s->decode_error);
    if (status == WEFT_NO_MEMORY) {
        return give_up(t, status);
    }
    s->is_decoded = status == WEFT_OK;
    return read_access_list(t, s);
}

/* A payload that is invalid names the reason; one that breaks the interface itself, an error code. */
static bool read_payload(block_test *t, const json_value *entry, step *s) {
    payload_refusal refusal;
    const json_value *reason = json_get(entry, "validationError"), *code = json_get(entry, "errorCode");
    const json_value *parameters = json_get(entry, "params");
    uint64_t version = 0;
    s->json = entry;
    s->expected = reason != NULL && reason->kind == JSON_STRING ? reason->text : NULL;
    s->expected_code = code != NULL && code->text != NULL ? (int)strtol(code->text, NULL, 10) : PAYLOAD_ACCEPTABLE;
    if (!json_expect(t->document, parameters, JSON_ARRAY, "\"params\"") ||
        !json_u64(t->document, entry, "newPayloadVersion", &version) ||
        !payload_check_interface(t->document, parameters, version, &t->chain, &s->error_code)) {
        return false;
    }
    if (s->error_code != PAYLOAD_ACCEPTABLE) {
        return true;
    }
    if (!payload_read(t->document, parameters, t->decoder, &s->block, &s->access_list, &refusal)) {
        return false;
    }
    s->is_decoded = refusal.verdict == WEFT_VALID;
    s->decode_error.verdict = refusal.verdict;
    memcpy(s->decode_error.message, refusal.words, sizeof refusal.words);
    return true;
}

static bool read_steps(block_test *t) {
    const json_value *payloads = json_get(t->test, "engineNewPayloads");
    const json_value *blocks = payloads != NULL ? payloads : json_get(t->test, "blocks");
    if (!json_expect(t->document, blocks, JSON_ARRAY, "the blocks")) {
        return false;
    }
    t->steps = calloc(blocks->child_count + 1, sizeof *t->steps);
    if (t->steps == NULL) {
        return give_up(t, WEFT_NO_MEMORY);
    }
    for (const json_value *b = json_first(blocks); b != NULL; b = b->next) {
        step *s = &t->steps[t->step_count++];
        if (payloads != NULL ? !read_payload(t, b, s) : !read_step(t, b, s)) {
            return false;
        }
    }
    return true;
}

/* --- Beginning */

static bool read_state(block_test *t, const json_value *accounts, weft_memory_state **state) {
    weft_status status = weft_memory_state_create(state, NULL);
    if (status != WEFT_OK) {
        return give_up(t, status);
    }
    if (!alloc_read(t->document, accounts, *state)) {
        weft_memory_state_destroy(*state);
        *state = NULL;
        return false;
    }
    return true;
}

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
    if (!header_json_compare(t->document, header, block, &field)) {
        return false;
    }
    return field == NULL || fail(t, "%s of %s is not what the fixture says beside its RLP", field, what);
}

static bool begin(block_test *t) {
    weft_memory_state *state;
    weft_bytes32 root;
    if (!read_state(t, json_get(t->test, "pre"), &state)) {
        return false;
    }
    weft_status status = weft_memory_state_root(state, &root);
    if (status == WEFT_OK) {
        status = block_tree_create(&t->tree, &t->chain, t->run->engines, &t->genesis, state);
    } else {
        weft_memory_state_destroy(state);
    }
    if (status != WEFT_OK) {
        return give_up(t, status);
    }
    if (memcmp(&root, &t->genesis.header.state_root, sizeof root) != 0) {
        return fail_hash(t, "the genesis state root", &root, &t->genesis.header.state_root);
    }
    return check_stated(t, json_get(t->test, "genesisBlockHeader"), &t->genesis, "the genesis");
}

/* --- Importing */

static bool is_parent_needed_later(const block_test *t, size_t index) {
    for (size_t i = index + 1; i < t->step_count; i++) {
        if (memcmp(&t->steps[i].block.header.parent_hash, &t->steps[index].block.header.parent_hash,
                   sizeof(weft_bytes32)) == 0) {
            return true;
        }
    }
    return false;
}

static bool import_step(block_test *t, size_t index, block_import *outcome) {
    const step *s = &t->steps[index];
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
    const char *expected = t->steps[index].expected, *found = weft_verdict_name(outcome->verdict);
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
    const step *s = &t->steps[index];
    stateless_outcome outcome;
    bool expected;
    if (!s->is_decoded || !stateless_is_given(s->json, &expected)) {
        return true;
    }
    weft_status status =
        stateless_execute(&outcome, t->document, s->json, &t->chain, &t->run->engines->list, &s->block, s->access_list);
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
    const step *s = &t->steps[index];
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
    if (t->steps[index].expected != NULL) {
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
    const json_value *accounts = json_get(t->test, "postState");
    if (accounts == NULL || accounts->kind != JSON_OBJECT) {
        if (!json_bytes32(t->document, t->test, "postStateHash", &expected)) {
            return false;
        }
    } else {
        weft_memory_state *state;
        if (!read_state(t, accounts, &state)) {
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
    if (!json_bytes32(t->document, t->test, "lastblockhash", &expected)) {
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
    for (size_t i = 0; i < t->step_count; i++) {
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
    weft_status status = weft_decoder_create(&t->decoder);
    if (status != WEFT_OK) {
        return give_up(t, status);
    }
    return read_genesis(t) && read_steps(t) && begin(t) && run_steps(t) && add_details(t) && check_head(t);
}

static bool run(fixture_run *fixture, const json_value *test) {
    block_test t = {.run = fixture,
                    .document = fixture->document,
                    .test = test,
                    .report = {.test = test->key, .passed = variants_all(&fixture->engines->list)}};
    if (!read_network(&t)) {
        return false;
    }
    if (!fixture_wants(fixture, t.network, 0)) {
        return true;
    }
    if (!run_test(&t) && t.error[0] == '\0') {
        fail(&t, "%s", fixture->document->failure->message);
    }
    block_tree_free(t.tree);
    free(t.steps);
    weft_decoder_destroy(t.decoder);
    json_trace_close(&t.trace);
    t.report.error = t.error;
    t.report.details = t.details;
    bool is_reported = fixture_report(fixture, &t.report);
    free(t.details);
    return is_reported;
}

static bool recognises_payloads(const json_value *test) {
    return json_get(test, "engineNewPayloads") != NULL && json_get(test, "pre") != NULL;
}

static bool recognises(const json_value *test) {
    return json_get(test, "blocks") != NULL && json_get(test, "network") != NULL && json_get(test, "pre") != NULL;
}

static size_t count(const json_value *test) {
    (void)test;
    return 1;
}

const fixture_kind block_test_kind = {.name = "blockchain", .recognises = recognises, .count = count, .run = run};

const fixture_kind engine_test_kind = {.name = "engine", .recognises = recognises_payloads, .count = count, .run = run};
