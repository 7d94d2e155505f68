#include "tools/suite/block_fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/alloc.h"
#include "tools/hex.h"
#include "tools/suite/block_tree.h"
#include "tools/suite/exceptions.h"
#include "tools/suite/header_json.h"
#include "tools/suite/networks.h"

/* One block of the test. */
typedef struct step {
    const json_value *json;
    const char *expected; /* name of the exception; NULL = the block is valid */
    weft_block block;
    bool is_decoded;
    weft_error decode_error;
} step;

typedef struct test_run {
    json_document *document;
    const json_value *test;
    block_fixture_result *result;
    weft_chain chain;
    weft_decoder *decoder;
    weft_block genesis;
    step *steps;
    size_t step_count;
    block_tree *tree;
    failure *failure;
} test_run;

/* The test does not pass. Returns: false. */
__attribute__((format(printf, 2, 3))) static bool fail(test_run *run, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(run->result->error, sizeof run->result->error, format, arguments);
    va_end(arguments);
    return false;
}

/* The host failed. Returns: false. */
static bool give_up(test_run *run, weft_status status) {
    (void)failure_set(run->failure, status, "%s: %.*s: %s", run->document->name, (int)run->test->key_size,
                      run->test->key, weft_status_message(status));
    return false;
}

/* --- Reading */

static bool read_network(test_run *run) {
    const json_value *network = json_get(run->test, "network");
    if (!json_expect(run->document, network, JSON_STRING, "\"network\"")) {
        return false;
    }
    (void)snprintf(run->result->network, sizeof run->result->network, "%s", network->text);
    if (!network_chain(&run->chain, network->text)) {
        return json_refuse(run->document, network, "weft does not know this network");
    }
    return network_configure(&run->chain, network->text, run->document, json_get(run->test, "config"));
}

/* An official fixture holds the genesis block as RLP; some hold the header's fields only. */
static bool read_genesis(test_run *run) {
    const json_value *rlp = json_get(run->test, "genesisRLP");
    if (rlp == NULL) {
        return header_json_read(run->document, json_get(run->test, "genesisBlockHeader"), &run->genesis.header,
                                &run->genesis.hash);
    }
    weft_bytes bytes;
    weft_error error = {.message = ""};
    if (!json_value_bytes(run->document, rlp, &bytes)) {
        return false;
    }
    weft_status status = weft_block_decode(run->decoder, &run->genesis, NULL, bytes, &error);
    return status == WEFT_OK || json_refuse(run->document, rlp, "byte %zu: %s", error.position, error.message);
}

/* `expectException`, or in older fixtures that name with the network, or ALL, behind it. A block of which only the RLP
 * is given is invalid too, without a reason. */
static const char *expected_exception(const test_run *run, const json_value *block) {
    static const char key[] = "expectException";
    for (const json_value *v = json_first(block); v != NULL; v = v->next) {
        if (v->key_size < sizeof key - 1 || memcmp(v->key, key, sizeof key - 1) != 0 || v->kind != JSON_STRING) {
            continue;
        }
        const char *whom = v->key + sizeof key - 1;
        size_t whom_size = v->key_size - (sizeof key - 1);
        if (whom_size == 0 || (whom_size == 3 && memcmp(whom, "ALL", 3) == 0) ||
            (whom_size == strlen(run->result->network) && memcmp(whom, run->result->network, whom_size) == 0)) {
            return v->text;
        }
    }
    return json_get(block, "blockHeader") == NULL ? "" : NULL;
}

static bool read_step(test_run *run, const json_value *block, step *s) {
    weft_bytes rlp = {0};
    s->json = block;
    s->expected = expected_exception(run, block);
    if (!json_expect(run->document, block, JSON_OBJECT, "a block") ||
        !json_expect(run->document, json_get(block, "rlp"), JSON_STRING, "\"rlp\"") ||
        !json_bytes(run->document, block, "rlp", &rlp)) {
        return false;
    }
    weft_status status = weft_block_decode(run->decoder, &s->block, NULL, rlp, &s->decode_error);
    if (status == WEFT_NO_MEMORY) {
        return give_up(run, status);
    }
    s->is_decoded = status == WEFT_OK;
    return true;
}

static bool read_steps(test_run *run) {
    const json_value *blocks = json_get(run->test, "blocks");
    if (!json_expect(run->document, blocks, JSON_ARRAY, "\"blocks\"")) {
        return false;
    }
    run->steps = calloc(blocks->child_count + 1, sizeof *run->steps);
    if (run->steps == NULL) {
        return give_up(run, WEFT_NO_MEMORY);
    }
    for (const json_value *b = json_first(blocks); b != NULL; b = b->next) {
        if (!read_step(run, b, &run->steps[run->step_count++])) {
            return false;
        }
    }
    return true;
}

/* --- Beginning */

static bool read_state(test_run *run, const json_value *accounts, weft_memory_state **state) {
    weft_status status = weft_memory_state_create(state, NULL);
    if (status != WEFT_OK) {
        return give_up(run, status);
    }
    if (!alloc_read(run->document, accounts, *state)) {
        weft_memory_state_destroy(*state);
        *state = NULL;
        return false;
    }
    return true;
}

static bool fail_hash(test_run *run, const char *what, const weft_bytes32 *found, const weft_bytes32 *expected) {
    char found_text[HEX_BYTES32_TEXT_SIZE], expected_text[HEX_BYTES32_TEXT_SIZE];
    return fail(run, "%s is %s, the fixture says %s", what, hex_encode(found_text, found->bytes, sizeof found->bytes),
                hex_encode(expected_text, expected->bytes, sizeof expected->bytes));
}

static bool begin(test_run *run, runner_pool *pool) {
    weft_memory_state *state;
    weft_bytes32 root, stated_hash = run->genesis.hash;
    runner *r = runner_pool_get(pool, &run->chain, run->failure);
    if (r == NULL || !read_state(run, json_get(run->test, "pre"), &state)) {
        return false;
    }
    weft_status status = weft_memory_state_root(state, &root);
    if (status == WEFT_OK) {
        status = block_tree_create(&run->tree, &run->chain, r, &run->genesis, state);
    } else {
        weft_memory_state_destroy(state);
    }
    if (status != WEFT_OK) {
        return give_up(run, status);
    }
    if (memcmp(&root, &run->genesis.header.state_root, sizeof root) != 0) {
        return fail_hash(run, "the genesis state root", &root, &run->genesis.header.state_root);
    }
    if (!json_bytes32(run->document, json_get(run->test, "genesisBlockHeader"), "hash", &stated_hash)) {
        return false;
    }
    return memcmp(&stated_hash, &run->genesis.hash, sizeof stated_hash) == 0 ||
           fail_hash(run, "the genesis hash", &run->genesis.hash, &stated_hash);
}

/* --- Importing */

static bool is_parent_needed_later(const test_run *run, size_t index) {
    for (size_t i = index + 1; i < run->step_count; i++) {
        if (memcmp(&run->steps[i].block.header.parent_hash, &run->steps[index].block.header.parent_hash,
                   sizeof(weft_bytes32)) == 0) {
            return true;
        }
    }
    return false;
}

static bool import_step(test_run *run, size_t index, block_import *outcome) {
    const step *s = &run->steps[index];
    if (!s->is_decoded) {
        *outcome = (block_import){.verdict = s->decode_error.verdict};
        (void)snprintf(outcome->explanation, sizeof outcome->explanation, "%s", s->decode_error.message);
        return true;
    }
    weft_status status = block_tree_import(run->tree, &s->block, !is_parent_needed_later(run, index), outcome);
    return status == WEFT_OK || give_up(run, status);
}

static bool check_refusal(test_run *run, size_t index, const block_import *outcome) {
    const char *expected = run->steps[index].expected;
    if (exception_is_proof_of_work(expected)) {
        run->result->proof_of_work_count++;
        return true;
    }
    if (outcome->verdict == WEFT_VALID) {
        return fail(run, "block %zu was accepted, expected %s", index, expected[0] != '\0' ? expected : "a refusal");
    }
    if (expected[0] != '\0' && !exception_matches(expected, outcome->verdict)) {
        return fail(run, "block %zu was refused for %s (%s), expected %s", index, weft_verdict_name(outcome->verdict),
                    outcome->explanation, expected);
    }
    run->result->refused_count++;
    return true;
}

static bool run_step(test_run *run, size_t index) {
    block_import outcome;
    if (!import_step(run, index, &outcome)) {
        return false;
    }
    run->result->block_count++;
    if (outcome.difference[0] != '\0') {
        return fail(run, "block %zu: %s", index, outcome.difference);
    }
    if (run->steps[index].expected != NULL) {
        return check_refusal(run, index, &outcome);
    }
    return outcome.verdict == WEFT_VALID || fail(run, "block %zu was refused for %s: %s", index,
                                                 weft_verdict_name(outcome.verdict), outcome.explanation);
}

/* --- Where it led */

/* The fixture's own state must have the head's root, which execution has reproduced. */
static bool check_state(test_run *run, const weft_header *head) {
    weft_bytes32 expected = head->state_root;
    const json_value *accounts = json_get(run->test, "postState");
    if (accounts == NULL || accounts->kind != JSON_OBJECT) {
        if (!json_bytes32(run->document, run->test, "postStateHash", &expected)) {
            return false;
        }
    } else {
        weft_memory_state *state;
        if (!read_state(run, accounts, &state)) {
            return false;
        }
        weft_status status = weft_memory_state_root(state, &expected);
        weft_memory_state_destroy(state);
        if (status != WEFT_OK) {
            return give_up(run, status);
        }
    }
    return memcmp(&expected, &head->state_root, sizeof expected) == 0 ||
           fail_hash(run, "the state root", &head->state_root, &expected);
}

static bool check_head(test_run *run) {
    const weft_block *head = block_tree_head(run->tree);
    weft_bytes32 expected = head->hash;
    run->result->has_head = true;
    run->result->head = head->hash;
    run->result->state_root = head->header.state_root;
    if (!json_bytes32(run->document, run->test, "lastblockhash", &expected)) {
        return false;
    }
    if (memcmp(&expected, &head->hash, sizeof expected) != 0) {
        return fail_hash(run, "the last block's hash", &head->hash, &expected);
    }
    return check_state(run, &head->header);
}

static bool run_steps(test_run *run) {
    for (size_t i = 0; i < run->step_count; i++) {
        if (!run_step(run, i)) {
            return false;
        }
    }
    return true;
}

bool block_fixture_recognises(const json_value *test) {
    return json_get(test, "blocks") != NULL && json_get(test, "network") != NULL && json_get(test, "pre") != NULL;
}

weft_status block_fixture_run(block_fixture_result *result, json_document *document, const json_value *test,
                              runner_pool *pool, failure *f) {
    *result = (block_fixture_result){0};
    *f = (failure){.status = WEFT_OK};
    document->failure = f;
    test_run run = {.document = document, .test = test, .result = result, .failure = f};
    weft_status status = weft_decoder_create(&run.decoder);
    if (status != WEFT_OK) {
        give_up(&run, status);
        return status;
    }
    result->passed = read_network(&run) && read_genesis(&run) && read_steps(&run) && begin(&run, pool) &&
                     run_steps(&run) && check_head(&run);
    block_tree_free(run.tree);
    free(run.steps);
    weft_decoder_destroy(run.decoder);
    return f->status;
}
