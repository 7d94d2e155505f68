/* Transaction tests: bytes that are a transaction under the rules of a fork, with its hash, sender and intrinsic gas, or
 * are none, for a reason. */
#include <stdio.h>
#include <string.h>

#include <weft/transaction.h>

#include "tools/hex.h"
#include "tools/suite/expectation.h"
#include "tools/suite/fixture_kinds.h"
#include "tools/suite/networks.h"

typedef struct transaction_case {
    fixture_run *run;
    const json_value *expected;
    weft_decoder *decoder;
    weft_bytes bytes;
    char error[512]; /* why it fails; empty if it passes */
} transaction_case;

static void expect_bytes(transaction_case *c, const char *key, const uint8_t *found, size_t size) {
    uint8_t expected[32];
    char text[HEX_BYTES32_TEXT_SIZE];
    const json_value *value = json_get(c->expected, key);
    if (value == NULL) {
        return;
    }
    if (!json_value_exact(c->run->document, value, expected, size)) {
        (void)snprintf(c->error, sizeof c->error, "%s", c->run->document->failure->message);
    } else if (memcmp(expected, found, size) != 0) {
        (void)snprintf(c->error, sizeof c->error, "%s is %s, expected %s", key, hex_encode(text, found, size),
                       value->text);
    }
}

static void expect_facts(transaction_case *c, const weft_transaction *tx, const weft_transaction_facts *facts) {
    weft_bytes32 hash = weft_transaction_hash(tx);
    uint64_t gas = facts->intrinsic_gas;
    expect_bytes(c, "hash", hash.bytes, sizeof hash.bytes);
    expect_bytes(c, "sender", facts->sender.bytes, sizeof facts->sender.bytes);
    if (!json_u64(c->run->document, c->expected, "intrinsicGas", &gas)) {
        (void)snprintf(c->error, sizeof c->error, "%s", c->run->document->failure->message);
    } else if (gas != facts->intrinsic_gas) {
        (void)snprintf(c->error, sizeof c->error, "intrinsic gas is %llu, expected %llu",
                       (unsigned long long)facts->intrinsic_gas, (unsigned long long)gas);
    }
}

/* The highest type of a fork (EIPs 2718, 2930, 1559, 4844, 7702). */
static uint8_t type_max(const weft_chain *chain) {
    static const struct {
        weft_fork fork;
        uint8_t type;
    } types[] = {{WEFT_PRAGUE, WEFT_TX_SET_CODE},
                 {WEFT_CANCUN, WEFT_TX_BLOB},
                 {WEFT_LONDON, WEFT_TX_DYNAMIC_FEE},
                 {WEFT_BERLIN, WEFT_TX_ACCESS_LIST}};
    weft_fork fork = weft_chain_fork(chain, 0, 0, true);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (fork >= types[i].fork) {
            return types[i].type;
        }
    }
    return WEFT_TX_LEGACY;
}

static const char *expected_exception(const transaction_case *c) {
    const json_value *exception = json_get(c->expected, "exception");
    return exception != NULL && exception->kind == JSON_STRING ? exception->text : "no exception";
}

static void fail_refusal(transaction_case *c, const char *found, const char *words) {
    (void)snprintf(c->error, sizeof c->error, "expected %s, got %s%s%s", expected_exception(c), found,
                   *words != '\0' ? ": " : "", words);
}

static void expect_refusal(transaction_case *c, weft_verdict found, const char *words) {
    if (!expectation_is_met(expected_exception(c), found)) {
        fail_refusal(c, weft_verdict_name(found), words);
    }
}

/* The bytes are no encoding of a transaction. What the suite calls that depends on which part of them is none. */
static void expect_undecodable(transaction_case *c, const weft_chain *chain, const char *words) {
    enum { FIRST_LIST = 0xc0 };
    bool is_typed = c->bytes.size > 0 && c->bytes.data[0] < FIRST_LIST;
    bool is_signature = strncmp(words, "r: ", 3) == 0 || strncmp(words, "s: ", 3) == 0;
    bool knows_type = is_typed && c->bytes.data[0] >= WEFT_TX_ACCESS_LIST && c->bytes.data[0] <= type_max(chain);
    if (expectation_is_transaction_encoding(expected_exception(c))) {
        return;
    }
    if (is_typed && !knows_type) {
        expect_refusal(c, WEFT_TX_TYPE_NOT_SUPPORTED, words);
    } else if (is_signature) {
        expect_refusal(c, WEFT_TX_INVALID_SIGNATURE, words);
    } else {
        fail_refusal(c, "an undecodable transaction", words);
    }
}

static weft_status judge(transaction_case *c, const weft_chain *chain) {
    weft_transaction tx;
    weft_error error = {.message = ""};
    weft_transaction_facts facts;
    weft_status status = weft_transaction_decode(c->decoder, &tx, c->bytes, &error);
    if (status == WEFT_DECODE) {
        expect_undecodable(c, chain, error.message);
        return WEFT_OK;
    }
    if (status == WEFT_OK) {
        status = weft_transaction_check(&facts, &tx, chain, weft_chain_fork(chain, 0, 0, true));
    }
    if (status != WEFT_OK) {
        return status;
    }
    if (facts.verdict != WEFT_VALID) {
        expect_refusal(c, facts.verdict, "");
    } else if (json_get(c->expected, "exception") != NULL) {
        expect_refusal(c, WEFT_VALID, "");
    } else {
        expect_facts(c, &tx, &facts);
    }
    return WEFT_OK;
}

static bool run_case(transaction_case *c, const json_value *test, const char *fork) {
    weft_chain chain;
    fixture_case report = {.test = test->key, .fork = fork, .error = c->error};
    weft_status status = WEFT_OK;
    c->error[0] = '\0';
    if (network_chain(&chain, fork)) {
        status = judge(c, &chain);
    } else {
        (void)snprintf(c->error, sizeof c->error, "weft does not know the fork %s", fork);
    }
    if (status != WEFT_OK) {
        (void)snprintf(c->error, sizeof c->error, "undecided: %s", weft_status_message(status));
    }
    report.passed = c->error[0] == '\0' ? variants_all(&c->run->engines->list) : 0;
    weft_decoder_reset(c->decoder);
    return fixture_report(c->run, &report);
}

static bool run(fixture_run *fixture, const json_value *test) {
    transaction_case c = {.run = fixture};
    size_t index = 0;
    if (!json_value_bytes(fixture->document, json_get(test, "txbytes"), &c.bytes)) {
        return false;
    }
    weft_status status = weft_decoder_create(&c.decoder);
    bool goes_on = status == WEFT_OK || json_fail(fixture->document, status);
    for (const json_value *v = json_first(json_get(test, "result")); v != NULL && goes_on; v = v->next, index++) {
        c.expected = v;
        goes_on = v->key == NULL || !fixture_wants(fixture, v->key, index) || run_case(&c, test, v->key);
    }
    weft_decoder_destroy(c.decoder);
    return goes_on;
}

static bool recognises(const json_value *test) {
    return json_get(test, "txbytes") != NULL && json_get(test, "result") != NULL;
}

static size_t count(const json_value *test) {
    return json_get(test, "result")->child_count;
}

const fixture_kind transaction_test_kind = {
    .name = "transaction", .is_judged_once = true, .recognises = recognises, .count = count, .run = run};
