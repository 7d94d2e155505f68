/* `weft t8n`, `t9n`, `run` and `statetest --trace` as the runners of the ecosystem call them.
 *
 * Oracle: the results that geth stores with its own `evm`, and the traces of eight clients over the same state tests;
 * without WEFT_DATA, small cases of our own. What may differ is in the lenience functions below, and nowhere else. Bug
 * hunted: an answer that a runner would read differently.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/integration/json_compare.h"
#include "tests/integration/tool.h"
#include "tests/support/directory.h"
#include "tools/file.h"
#include "tools/json.h"

static test_tool tool;
static test_directory work;

/* --- Running the tool */

#define RUN(...) test_tool_run(&tool, (const char *const[]){__VA_ARGS__, NULL})

static char *in_work(const char *name) {
    char *path = file_join(work.path, name);
    assert_non_null(path);
    return path;
}

static void put(const char *name, const char *text) {
    char *path = in_work(name);
    test_file_write(path, text, strlen(text));
    free(path);
}

/* Compare what the tool wrote to its standard output with a file. Returns: whether they say the same. */
static bool output_is(const char *expected_path, json_lenience *lenience) {
    failure f;
    json_document expected, found;
    json_difference difference;
    char *path = in_work("out");
    if (json_load(&expected, expected_path, &f) != WEFT_OK || json_load(&found, path, &f) != WEFT_OK) {
        fail_msg("%s", f.message);
    }
    bool same = json_same(expected.root, found.root, NULL, lenience, &difference);
    if (!same) {
        print_error("%s: %s\n", expected_path, difference.text);
    }
    json_free(&expected);
    json_free(&found);
    free(path);
    return same;
}

/* A path below the official data; skips the test if there is none. */
static const char *data(const char *name) {
    static char paths[8][4096];
    static size_t next;
    const char *root = getenv("WEFT_DATA");
    if (root == NULL) {
        skip();
    }
    char *path = paths[next++ % 8];
    (void)snprintf(path, sizeof paths[0], "%s/misc/%s", root != NULL ? root : "", name);
    return path;
}

/* --- geth's t8n cases */

typedef struct t8n_case {
    const char *folder, *txs, *env, *fork, *reward;
    const char *parts; /* which of alloc, result and body go to standard output: a, r, b */
    int status;
    const char *expected; /* file in the folder; NULL = only the status counts */
} t8n_case;

static const t8n_case t8n_cases[] = {
    {"1", "txs.json", "env.json", "Frontier+1346", "0", "ar", 3, NULL},
    {"1", "txs.json", "env.json", "Byzantium", "0", "ar", 0, "exp.json"},
    {"3", "txs.json", "env.json", "Berlin", "0", "ar", 0, "exp.json"},
    {"4", "txs.json", "env.json", "Berlin", "0", "ar", 4, NULL},
    {"5", "txs.json", "env.json", "Byzantium", "0x80", "ar", 0, "exp.json"},
    {"13", "txs.json", "env.json", "London", "0", "b", 0, "exp.json"},
    {"13", "signed_txs.rlp", "env.json", "London", "0", "r", 0, "exp2.json"},
    {"14", "txs.json", "env.json", "London", "0", "r", 0, "exp.json"},
    {"14", "txs.json", "env.uncles.json", "London", "0", "r", 0, "exp2.json"},
    {"14", "txs.json", "env.uncles.json", "Berlin", "0", "r", 0, "exp_berlin.json"},
    {"19", "txs.json", "env.json", "London", "0", "r", 0, "exp_london.json"},
    {"19", "txs.json", "env.json", "ArrowGlacier", "0", "r", 0, "exp_arrowglacier.json"},
    {"19", "txs.json", "env.json", "GrayGlacier", "0", "r", 0, "exp_grayglacier.json"},
    {"23", "txs.json", "env.json", "Berlin", "0", "r", 0, "exp.json"},
    {"24", "txs.json", "env.json", "Paris", "0", "ar", 0, "exp.json"},
    {"24", "txs.json", "env-missingrandom.json", "Paris", "0", "", 3, NULL},
    {"25", "txs.json", "env.json", "Paris", "0", "ar", 0, "exp.json"},
    {"26", "txs.json", "env.json", "Shanghai", "0", "ar", 0, "exp.json"},
    {"28", "txs.rlp", "env.json", "Cancun", "0", "ar", 0, "exp.json"},
    {"29", "txs.json", "env.json", "Cancun", "0", "ar", 0, "exp.json"},
    {"30", "txs_more.rlp", "env.json", "Cancun", "0", "ar", 0, "exp.json"},
    {"33", "txs.json", "env.json", "Prague", "0", "ar", 0, "exp.json"},
    {"34", "txs.json", "env.json", "Osaka", "0", "ar", 0, "exp.json"},
};

/* A rejection begins with geth's phrase; what is said behind the colon is our own. */
static bool same_phrase(const char *key, const char *expected, const char *found) {
    return strcmp(key, "error") == 0 && expected != NULL && found != NULL &&
           strncmp(expected, found, strcspn(expected, ":")) == 0;
}

static const char *t8n_option(const char *name, const char *value) {
    static char options[8][4200];
    static size_t next;
    char *option = options[next++ % 8];
    (void)snprintf(option, sizeof options[0], "--%s=%s", name, value);
    return option;
}

static const char *case_file(const t8n_case *c, const char *name) {
    char path[256];
    (void)snprintf(path, sizeof path, "geth-t8n/%s/%s", c->folder, name);
    return data(path);
}

static bool check_t8n(const t8n_case *c) {
    int status = RUN("t8n", t8n_option("input.alloc", case_file(c, "alloc.json")),
                     t8n_option("input.txs", case_file(c, c->txs)), t8n_option("input.env", case_file(c, c->env)),
                     t8n_option("state.fork", c->fork), t8n_option("state.reward", c->reward),
                     t8n_option("output.alloc", strchr(c->parts, 'a') == NULL ? "" : "stdout"),
                     t8n_option("output.result", strchr(c->parts, 'r') == NULL ? "" : "stdout"),
                     t8n_option("output.body", strchr(c->parts, 'b') == NULL ? "" : "stdout"));
    if (status != c->status) {
        print_error("case %s under %s: exit status %d, expected %d\n", c->folder, c->fork, status, c->status);
        return false;
    }
    return c->expected == NULL || output_is(case_file(c, c->expected), same_phrase);
}

static void t8n_gives_what_geth_gives(void **state) {
    (void)state;
    size_t right = 0, count = sizeof t8n_cases / sizeof t8n_cases[0];
    for (size_t i = 0; i < count; i++) {
        right += check_t8n(&t8n_cases[i]);
    }
    assert_int_equal(right, count);
}

/* What the cases without a stored answer show, as their readmes tell it. */
static void t8n_does_what_geths_readmes_say(void **state) {
    (void)state;
    const t8n_case accessed = {"8", "txs.json", "env.json", "Berlin", "0", "", 0, NULL};
    const t8n_case older = {"8", "txs.json", "env.json", "Istanbul", "0", "", 10, NULL};
    const t8n_case destroyed = {"2", "txs.json", "env.json", "Byzantium", "0", "r", 0, NULL};
    const t8n_case fees = {"9", "txs.json", "env.json", "London", "0", "a", 0, NULL};
    const t8n_case signed_before = {"9", "txs_signed.json", "env.json", "Berlin", "0", "r", 0, NULL};
    const t8n_case full = {"10", "txs.json", "env.json", "London", "0", "r", 0, NULL};
    const t8n_case no_base_fee = {"11", "txs.json", "env.json", "London", "0", "r", 3, NULL};
    const t8n_case poor = {"12", "txs.json", "env.json", "London", "0", "r", 0, NULL};
    assert_true(check_t8n(&accessed) && check_t8n(&older) && check_t8n(&destroyed));
    test_tool_expect(&tool, "out", "\"status\":\"0x1\"");
    assert_true(check_t8n(&fees));
    test_tool_expect(&tool, "out", "\"balance\":\"0xff745ee8832120\",\"nonce\":\"0x2\"");
    test_tool_expect(&tool, "out", "\"balance\":\"0x5bb10ddef6e0\"");
    assert_true(check_t8n(&signed_before));
    test_tool_expect(&tool, "out", "{\"index\":0,\"error\":\"transaction type not supported");
    assert_true(check_t8n(&full));
    test_tool_expect(&tool, "out", "0xf91a7ec08e4bfea88719aab34deabb000c86902360532b52afa9599d41f2bb8b");
    test_tool_expect(&tool, "out", "0x439a25f7fc424c10fb1f89800e4aa1df74156b137239d9ac3eaa7c911c353cd5");
    test_tool_expect(&tool, "out", "{\"index\":3,\"error\":\"gas limit reached");
    assert_true(check_t8n(&no_base_fee));
    test_tool_expect(&tool, "err", "ERROR(3): ");
    assert_true(check_t8n(&poor));
    test_tool_expect(&tool, "out", "0xe05f81f8244a76503ceec6f88abfcd03047a612a1001217f37d30984536597a5");
    test_tool_expect(&tool, "out", "{\"index\":0,\"error\":\"insufficient funds for gas * price + value");
}

/* --- geth's b11r cases */

typedef struct b11r_case {
    const char *folder;
    bool has_withdrawals, is_sealed;
    const char *expected;
} b11r_case;

static const b11r_case b11r_cases[] = {
    {"20", false, false, "exp.json"}, {"21", false, false, "exp.json"}, {"21", false, true, "exp-clique.json"},
    {"22", false, false, "exp.json"}, {"27", true, false, "exp.json"},
};

static void b11r_builds_what_geth_builds(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof b11r_cases / sizeof b11r_cases[0]; i++) {
        const b11r_case *b = &b11r_cases[i];
        const t8n_case c = {.folder = b->folder};
        assert_int_equal(
            RUN("b11r", t8n_option("input.header", case_file(&c, "header.json")),
                t8n_option("input.ommers", case_file(&c, "ommers.json")),
                t8n_option("input.txs", case_file(&c, "txs.rlp")),
                t8n_option("input.withdrawals", b->has_withdrawals ? case_file(&c, "withdrawals.json") : ""),
                t8n_option("seal.clique", b->is_sealed ? case_file(&c, "clique.json") : ""), "--output.block=stdout"),
            0);
        assert_true(output_is(case_file(&c, b->expected), NULL));
    }
}

static void unfilled_state_test_fails_as_in_geths_evm(void **state) {
    (void)state;
    assert_int_equal(RUN("statetest", data("geth-t8n/statetest.json")), 0);
    assert_true(output_is(data("geth-t8n/evmrun/6.out.1.txt"), NULL));
    file_bytes roots = test_file_read(data("geth-t8n/evmrun/6.out.2.txt"));
    test_tool_expect(&tool, "err", roots.data);
    file_free(&roots);
}

/* The line of an instruction that failed, without "error", as geth writes it before the second one. Returns: whether it
 * was one. */
static bool cut_error(char *line) {
    char *error = strstr(line, ",\"error\":");
    if (strncmp(line, "{\"pc\":", 6) != 0 || error == NULL) {
        return false;
    }
    memcpy(error, "}", sizeof "}");
    return true;
}

static void check_trace_file(const char *folder, const char *name) {
    char stored[256], *save_expected = NULL, *save_found = NULL;
    (void)snprintf(stored, sizeof stored, "geth-t8n/%s/%s", folder, name);
    char *path = in_work(name);
    file_bytes expected = test_file_read(data(stored)), found = test_file_read(path);
    char *theirs = strtok_r(expected.data, "\n", &save_expected);
    for (char *ours = strtok_r(found.data, "\n", &save_found); ours != NULL; ours = strtok_r(NULL, "\n", &save_found)) {
        bool has_second_line = cut_error(ours);
        assert_non_null(theirs);
        assert_string_equal(ours, theirs);
        theirs = strtok_r(NULL, "\n", &save_expected);
        if (has_second_line) {
            theirs = strtok_r(NULL, "\n", &save_expected);
        }
    }
    assert_null(theirs);
    file_free(&expected);
    file_free(&found);
    free(path);
}

static void t8n_writes_geths_trace_files(void **state) {
    (void)state;
    const t8n_case plain = {.folder = "31"}, frames = {.folder = "32"};
    assert_int_equal(RUN("t8n", t8n_option("input.alloc", case_file(&plain, "alloc.json")),
                         t8n_option("input.txs", case_file(&plain, "txs.json")),
                         t8n_option("input.env", case_file(&plain, "env.json")), "--state.fork=Cancun", "--trace"),
                     0);
    check_trace_file("31", "trace-0-0x88f5fbd1524731a81e49f637aa847543268a5aaf2a6b32a69d2c6d978c45dcfb.jsonl");
    check_trace_file("31", "trace-1-0x03a7b0a91e61a170d64ea94b8263641ef5a8bbdb10ac69f466083a6789c77fb8.jsonl");
    check_trace_file("31", "trace-2-0xd96e0ce6418ee3360e11d3c7b6886f5a9a08f7ef183da72c23bb3b2374530128.jsonl");
    assert_int_equal(RUN("t8n", t8n_option("input.alloc", case_file(&frames, "alloc.json")),
                         t8n_option("input.txs", case_file(&frames, "txs.json")),
                         t8n_option("input.env", case_file(&frames, "env.json")), "--state.fork=Paris", "--trace",
                         "--trace.callframes"),
                     0);
    check_trace_file("32", "trace-0-0x47806361c0fa084be3caa18afe8c48156747c01dbdfc1ee11b5aecdbe4fcf23e.jsonl");
}

/* --- geth's t9n cases */

static bool check_t9n(const char *txs, const char *fork, const char *expected, json_lenience *lenience) {
    assert_int_equal(RUN("t9n", t8n_option("input.txs", data(txs)), t8n_option("state.fork", fork)), 0);
    return output_is(data(expected), lenience);
}

static void t9n_judges_as_geth_does(void **state) {
    (void)state;
    assert_true(check_t9n("geth-t8n/15/signed_txs.rlp", "Homestead", "geth-t8n/15/exp.json", NULL));
    assert_true(check_t9n("geth-t8n/15/signed_txs.rlp", "London", "geth-t8n/15/exp2.json", NULL));
    assert_true(check_t9n("geth-t8n/15/blockheader.rlp", "London", "geth-t8n/15/exp3.json", same_phrase));
    assert_true(check_t9n("geth-t8n/16/signed_txs.rlp", "London", "geth-t8n/16/exp.json", NULL));
    assert_int_equal(RUN("t9n", t8n_option("input.txs", data("geth-t8n/18/invalid.rlp")), "--state.fork=London"), 11);
}

/* geth decodes numbers of any size and then names the field; weft's transactions hold 256 bits, and it says at once that
 * the encoding is wrong. */
static void t9n_refuses_numbers_beyond_256_bits(void **state) {
    (void)state;
    assert_int_equal(RUN("t9n", t8n_option("input.txs", data("geth-t8n/17/signed_txs.rlp")), "--state.fork=London"), 0);
    test_tool_expect(&tool, "out", "{\"error\":\"rlp: value: an integer is wider than its field\"}");
    test_tool_expect(&tool, "out", "{\"error\":\"rlp: gas price: an integer is wider than its field\"}");
    test_tool_expect(&tool, "out", "{\"error\":\"rlp: r: an integer is wider than its field\"}");
    test_tool_expect(&tool, "out", "{\"error\":\"rlp: s: an integer is wider than its field\"}");
}

/* --- Our own cases */

#define SENDER "0x73656e6465720000000000000000000000000001"
#define KEY "0x45a915e4d060149eb4365960e6a7a45f334393093061116b197e3240065ff2d8"
#define KEY_HOLDER "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b"
#define TRANSFER(nonce, gas)                                                             \
    "{\"nonce\":\"" nonce "\",\"gas\":\"" gas "\",\"gasPrice\":\"0xa\",\"to\":\"" SENDER \
    "\",\"value\":\"0x1\",\"input\":\"0x\",\"v\":\"0x0\",\"r\":\"0x0\",\"s\":\"0x0\",\"secretKey\":\"" KEY "\"}"

static const char small_alloc[] = "{\"" KEY_HOLDER "\":{\"balance\":\"0xde0b6b3a7640000\"}}";
#define SMALL_ENV_MEMBERS                                                                     \
    "\"currentCoinbase\":\"0xc000000000000000000000000000000000000000\",\"currentGasLimit\":" \
    "\"0x100000\",\"currentNumber\":\"1\",\"currentTimestamp\":\"1000\",\"currentDifficulty\":\"0x20000\""
static const char small_env[] = "{" SMALL_ENV_MEMBERS "}";

static void rejected_transactions_leave_no_trace(void **state) {
    (void)state;
    put("alloc.json", small_alloc);
    put("env.json", small_env);
    /* Nonce too high; right; gas too low; right; and the one that was too early, too late now. */
    put("txs.json", "[" TRANSFER("0x7", "0x5208") "," TRANSFER("0x0", "0x5208") "," TRANSFER(
                        "0x1", "0x10") "," TRANSFER("0x1", "0x5208") "," TRANSFER("0x0", "0x5208") "]");
    assert_int_equal(RUN("t8n", "--state.fork=Berlin", "--state.reward=-1", "--output.result=stdout",
                         "--output.alloc=stdout", "--trace"),
                     0);
    test_tool_expect(&tool, "out", "\"rejected\":[{\"index\":0,\"error\":\"nonce too high: ");
    test_tool_expect(&tool, "out", "{\"index\":2,\"error\":\"intrinsic gas too low: ");
    test_tool_expect(&tool, "out", "{\"index\":4,\"error\":\"nonce too low: ");
    test_tool_expect(&tool, "out", "\"gasUsed\":\"0xa410\"");
    test_tool_expect(&tool, "out", "\"" SENDER "\":{\"balance\":\"0x2\"}");
    test_tool_expect(&tool, "out", "\"nonce\":\"0x2\"");
    char *path = in_work("trace-2");
    assert_false(file_exists(path));
    free(path);
}

static void parts_come_from_standard_input(void **state) {
    (void)state;
    char all[4096];
    (void)snprintf(all, sizeof all, "{\"alloc\":%s,\"env\":%s,\"txs\":[%s]}", small_alloc, small_env,
                   TRANSFER("0x0", "0x5208"));
    put("in", all);
    tool.input = "in";
    assert_int_equal(RUN("t8n", "--input.alloc=stdin", "--input.env=stdin", "--input.txs=stdin",
                         "--output.alloc=", "--output.result=stdout", "--output.body=stderr", "--state.fork=Berlin"),
                     0);
    tool.input = NULL;
    test_tool_expect(&tool, "out", "\"gasUsed\":\"0x5208\"");
    test_tool_expect(&tool, "err", "{\"body\":\"0xf8");
}

static void reward_touches_the_coinbase_unless_it_is_off(void **state) {
    (void)state;
    put("alloc.json", small_alloc);
    put("env.json", small_env);
    put("txs.json", "[]");
    assert_int_equal(RUN("t8n", "--state.fork=Frontier", "--state.reward", "0", "--output.alloc=stdout"), 0);
    test_tool_expect(&tool, "out", "\"0xc000000000000000000000000000000000000000\":{\"balance\":\"0x0\"}");
    assert_int_equal(RUN("t8n", "--state.fork=Frontier", "--state.reward", "-1", "--output.alloc=stdout"), 0);
    char *path = in_work("out");
    file_bytes bytes = test_file_read(path);
    assert_null(strstr(bytes.data, "0xc0000000"));
    file_free(&bytes);
    free(path);
    assert_int_equal(RUN("t8n", "--state.fork=EIP158", "--state.reward", "5", "--output.alloc=stdout"), 0);
    test_tool_expect(&tool, "out", "\"0xc000000000000000000000000000000000000000\":{\"balance\":\"0x5\"}");
}

static void opcodes_are_counted_and_results_traced(void **state) {
    (void)state;
    put("alloc.json", "{\"" KEY_HOLDER "\":{\"balance\":\"0xde0b6b3a7640000\"},\"" SENDER
                      "\":{\"balance\":\"0x0\",\"code\":\"0x600160015500\"}}");
    put("env.json", small_env);
    put("txs.json", "[" TRANSFER("0x0", "0x10000") "]");
    assert_int_equal(RUN("t8n", "--state.fork=Berlin", "--opcode.count=opcodes", "--trace.tracer=4byteTracer",
                         "--output.alloc=", "--output.result="),
                     0);
    test_tool_expect(&tool, "opcodes", "{\"STOP\":1,\"SSTORE\":1,\"PUSH1\":2}");
    assert_int_equal(RUN("t8n", "--state.fork=Berlin", "--trace.tracer=noTracer"), 3);
    test_tool_expect(&tool, "err", "noTracer");
    assert_int_equal(RUN("t8n", "--state.fork=Berlin", "--trace.tracer=callTracer", "--trace.jsonconfig={"), 10);
}

static void exit_statuses_are_geths(void **state) {
    (void)state;
    put("alloc.json", small_alloc);
    put("env.json", small_env);
    put("txs.json", "[]");
    put("broken.json", "[");
    put("broken.rlp", "\"0xc3\"");
    assert_int_equal(RUN("t8n", "--state.fork=Berlin", "--output.basedir=made"), 0);
    assert_int_equal(RUN("t8n", "--state.fork=Nowhere"), 3);
    assert_int_equal(RUN("t8n", "--state.fork=London"), 3);
    test_tool_expect(&tool, "err", "parentBaseFee");
    assert_int_equal(RUN("t8n", "--state.fork=Berlin", "--input.txs=broken.json"), 10);
    assert_int_equal(RUN("t8n", "--state.fork=Berlin", "--input.env=txs.json"), 10);
    assert_int_equal(RUN("t8n", "--state.fork=Berlin", "--input.alloc=missing.json"), 11);
    assert_int_equal(RUN("t8n", "--state.fork=Berlin", "--input.txs=broken.rlp"), 12);
    put("listed.json", "{" SMALL_ENV_MEMBERS ", \"blockHashes\": [\"0x00\"]}");
    assert_int_equal(RUN("t8n", "--state.fork=Berlin", "--input.env=listed.json"), 10);
    test_tool_expect(&tool, "err", "the block hashes must be an object");
    /* Init code that asks for the hash of block 0. */
    put("txs.json",
        "[{\"type\":\"0x0\",\"nonce\":\"0x0\",\"gasPrice\":\"0x1\",\"gas\":\"0x10000\",\"value\":\"0x0\","
        "\"input\":\"0x600040\",\"v\":\"0x0\",\"r\":\"0x0\",\"s\":\"0x0\",\"secretKey\":\"" KEY "\"}]");
    assert_int_equal(RUN("t8n", "--state.fork=Berlin"), 4);
    test_tool_expect(&tool, "err", "the hash of block 0 was asked for");
    assert_int_equal(RUN("t8n", "--state.fork=Berlin", "--input.txs=broken.rlp"), 12);
    test_tool_expect(&tool, "err", "broken.rlp: the list of transactions: at byte 0");
    assert_int_equal(RUN("t8n", "--help"), 0);
    test_tool_expect(&tool, "out", "ArrowGlacier");
    assert_int_equal(RUN("t9n", "--state.fork=Nowhere"), 3);
    char *path = in_work("made/alloc.json");
    assert_int_equal(unlink(path), 0);
    free(path);
    path = in_work("made/result.json");
    assert_int_equal(unlink(path), 0);
    free(path);
    path = in_work("made");
    assert_int_equal(rmdir(path), 0);
    free(path);
}

#define HEADER                                                                                                    \
    "\"stateRoot\": \"0x325aea6db48e9d737cddf59034843e99f05bec269453be83c9b9a981a232cc2e\", \"number\": \"0x1\"," \
    "\"gasLimit\": \"0x1000\", \"timestamp\": \"0x2\""

static void b11r_takes_parts_from_standard_input_and_refuses_what_does_not_fit(void **state) {
    (void)state;
    put("header.json", "{" HEADER "}");
    put("txs.rlp", "\"0xc0\"");
    put("clique.json", "{\"secretKey\": \"0x45a915e4d060149eb4365960e6a7a45f334393093061116b197e3240065ff2d8\"}");
    assert_int_equal(RUN("b11r"), 0);
    char *path = in_work("block.json");
    file_bytes block = test_file_read(path);
    assert_non_null(strstr(block.data, "{\"rlp\":\"0xf90"));
    put("all.json", "{\"header\": {" HEADER "}, \"txs\": \"0xc0\", \"ommers\": []}");
    char command[2 * PATH_MAX];
    (void)snprintf(command, sizeof command,
                   "cd %s && %s b11r --input.header=stdin --input.txs=stdin --input.ommers=stdin --output.block=stdout "
                   "<all.json >out",
                   work.path, tool.program);
    assert_int_equal(system(command), 0);
    test_tool_expect(&tool, "out", block.data);
    file_free(&block);
    assert_int_equal(unlink(path), 0);
    free(path);
    assert_int_equal(RUN("b11r", "--seal.clique=clique.json", "--output.block=stdout"), 0);
    put("header.json", "{" HEADER ", \"extraData\": \"0x00\"}");
    assert_int_equal(RUN("b11r", "--seal.clique=clique.json", "--output.block=stdout"), 3);
    test_tool_expect(&tool, "err", "extra data");
    put("header.json", "{" HEADER ", \"blobGasUsed\": \"0x0\"}");
    assert_int_equal(RUN("b11r", "--output.block=stdout"), 10);
    test_tool_expect(&tool, "err", "parentBeaconBlockRoot");
    put("header.json", "{\"number\": \"0x1\"}");
    assert_int_equal(RUN("b11r", "--output.block=stdout"), 10);
    test_tool_expect(&tool, "err", "stateRoot");
    put("header.json", "{" HEADER "}");
    put("txs.rlp", "0xc0");
    assert_int_equal(RUN("t9n", "--input.txs=txs.rlp"), 10);
    test_tool_expect(&tool, "err", "txs.rlp: must be hex digits as JSON text");
    put("txs.rlp", "\"0x01\"");
    assert_int_equal(RUN("t9n", "--input.txs=txs.rlp", "--state.fork=London"), 11);
    test_tool_expect(&tool, "err", "txs.rlp: rlp: at byte 0");
    assert_int_equal(RUN("t9n", "--input.txs=txs.rlp", "--state.fork=london"), 3);
    test_tool_expect(&tool, "err", "(London?)");
    put("txs.rlp", "\"0xc101\"");
    assert_int_equal(RUN("b11r", "--output.block=stdout"), 12);
    test_tool_expect(&tool, "err", "txs.rlp: ");
    put("txs.rlp", "\"0xc0\"");
    put("clique.json", "{\"secretKey\": \"0x0000000000000000000000000000000000000000000000000000000000000000\"}");
    assert_int_equal(RUN("b11r", "--seal.clique=clique.json", "--output.block=stdout"), 10);
    assert_int_equal(RUN("b11r", "--input.header=missing.json"), 11);
    assert_int_equal(RUN("b11r", "header.json"), 2);
}

static void run_prints_what_the_code_returns(void **state) {
    (void)state;
    assert_int_equal(RUN("run",
                         "60426000526020"
                         "6000f3"),
                     0);
    test_tool_expect(&tool, "out", "0x0000000000000000000000000000000000000000000000000000000000000042\n");
    assert_int_equal(RUN("run", "--json", "6040"), 0);
    test_tool_expect(&tool, "err",
                     "{\"pc\":0,\"op\":96,\"gas\":\"0x2540be400\",\"gasCost\":\"0x3\",\"memSize\":0,\"stack\":[],"
                     "\"depth\":1,\"refund\":0,\"opName\":\"PUSH1\"}\n"
                     "{\"pc\":2,\"op\":0,\"gas\":\"0x2540be3fd\",\"gasCost\":\"0x0\",\"memSize\":0,\"stack\":["
                     "\"0x40\"],\"depth\":1,\"refund\":0,\"opName\":\"STOP\"}\n"
                     "{\"output\":\"\",\"gasUsed\":\"0x3\"}\n");
    assert_int_equal(RUN("run", "60006000fd"), 0);
    test_tool_expect(&tool, "out", " error: execution reverted\n");
    assert_int_equal(RUN("run", "--create", "--input", "aabb",
                         "600260006000f0"
                         "00"),
                     0);
    /* CALLDATALOAD(0) of what --input says */
    assert_int_equal(RUN("run", "--input", "0x11", "60003560005260206000f3"), 0);
    test_tool_expect(&tool, "out", "0x1100");
    put("code", " 0x34600052\n60206000f3\n");
    assert_int_equal(RUN("run", "--codefile", "code"), 0);                 /* the first word of it */
    assert_int_equal(RUN("run", "--value", "7", "3460005260206000f3"), 1); /* nobody gave the sender anything */
    assert_int_equal(RUN("run", "--state.fork", "Osaka", "5a60005260206000f3"), 0); /* the gas left, of 2^24 - 21000 */
    test_tool_expect(&tool, "out", "0x0000000000000000000000000000000000000000000000000000000000ffadf6\n");
    assert_int_equal(RUN("run", "--state.fork", "Osaka", "--gas", "16777216", "00"), 1);
    test_tool_expect(&tool, "err", "--gas may be 16756216 at most");
    assert_int_equal(RUN("run", "--state.fork", "osaka", "00"), 1);
    test_tool_expect(&tool, "err", "there is no fork 'osaka' (Osaka?)");
    assert_int_equal(RUN("run", "abc"), 1);
    assert_int_equal(RUN("run", "00", "00"), 2);
}

/* --- Traces of state tests, against eight clients */

/* What goevmlab compares of a trace: pc, op, gas, depth and stack of every instruction but STOP, in which clients differ at
 * the end of code; two lines of one instruction (geth, for what fails while executing) are one. */
typedef struct trace_text {
    char *text;
    size_t size;
    FILE *stream;
} trace_text;

static void add_number(trace_text *t, const json_document *document, const json_value *line, const char *key) {
    uint64_t number = 0;
    assert_true(json_u64(document, line, key, &number));
    fprintf(t->stream, " %llu", (unsigned long long)number);
}

static void add_instruction(trace_text *t, const json_document *document, const json_value *line, char last[64]) {
    uint64_t op = 0, pc = 0, depth = 0;
    assert_true(json_u64(document, line, "op", &op) && json_u64(document, line, "pc", &pc) &&
                json_u64(document, line, "depth", &depth));
    char place[64];
    (void)snprintf(place, sizeof place, "%llu %llu", (unsigned long long)pc, (unsigned long long)depth);
    if (op == 0 || strcmp(place, last) == 0) {
        return;
    }
    memcpy(last, place, sizeof place);
    fprintf(t->stream, "%s %llu", place, (unsigned long long)op);
    add_number(t, document, line, "gas");
    for (const json_value *word = json_first(json_get(line, "stack")); word != NULL; word = word->next) {
        weft_u256 number;
        assert_true(json_value_u256(document, word, &number));
        fprintf(t->stream, " %llx.%llx.%llx.%llx", (unsigned long long)number.limb[3],
                (unsigned long long)number.limb[2], (unsigned long long)number.limb[1],
                (unsigned long long)number.limb[0]);
    }
    fputc('\n', t->stream);
}

/* The instructions of a trace, one line each, and then the state root. To be freed. */
static char *canonical(const char *path) {
    trace_text t = {.text = NULL};
    char last[64] = "", root[80] = "";
    file_bytes bytes = test_file_read(path);
    t.stream = open_memstream(&t.text, &t.size);
    assert_non_null(t.stream);
    char *save = NULL;
    for (char *line = strtok_r(bytes.data, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
        json_document document;
        failure f;
        if (line[0] != '{' || json_parse(&document, path, line, strlen(line), &f) != WEFT_OK) {
            continue; /* a client's other words */
        }
        const json_value *state_root = json_get(document.root, "stateRoot");
        if (json_get(document.root, "pc") != NULL) {
            add_instruction(&t, &document, document.root, last);
        } else if (state_root != NULL) {
            (void)snprintf(root, sizeof root, "%s", state_root->text);
        }
        json_free(&document);
    }
    fprintf(t.stream, "%s\n", root);
    fclose(t.stream);
    file_free(&bytes);
    return t.text;
}

/* Not every client says anything about a transaction that it refuses. */
static bool is_silent(const char *text) {
    return strcmp(text, "\n") == 0;
}

static size_t compare_with_clients(const char *name, const char *ours) {
    static const struct {
        const char *name, *stream;
    } clients[] = {{"geth", "stderr"}, {"evmone", "stderr"},     {"revm", "stderr"},   {"besu", "stdout"},
                   {"eels", "stderr"}, {"nethermind", "stderr"}, {"erigon", "stderr"}, {"nimbus", "stderr"}};
    size_t equal = 0;
    for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
        char path[256];
        (void)snprintf(path, sizeof path, "goevmlab/traces/%s.%s.%s.txt", name, clients[i].name, clients[i].stream);
        char *theirs = canonical(data(path));
        bool same = strcmp(theirs, ours) == 0;
        if (!same && !is_silent(theirs)) {
            print_error("%s differs from %s\n", name, clients[i].name);
        }
        equal += same;
        free(theirs);
    }
    return equal;
}

static void traces_are_those_of_all_clients(void **state) {
    (void)state;
    failure f;
    file_list cases;
    size_t equal = 0;
    if (file_list_folder(&cases, data("goevmlab/cases"), &f) != WEFT_OK) {
        fail_msg("%s", f.message);
    }
    for (size_t i = 0; i < cases.count; i++) {
        char path[256];
        (void)snprintf(path, sizeof path, "goevmlab/cases/%s", cases.names[i]);
        assert_int_equal(RUN("statetest", "--trace", "--trace.format=json", "--trace.nomemory=true",
                             "--trace.noreturndata=true", data(path)),
                         0);
        char *err = in_work("err");
        char *ours = canonical(err);
        equal += compare_with_clients(cases.names[i], ours);
        free(ours);
        free(err);
    }
    /* evmone and Nethermind are silent about the one transaction that is refused. */
    assert_int_equal(cases.count, 8);
    assert_int_equal(equal, 8 * 8 - 2);
    file_list_free(&cases);
}

/* --- Setup */

static int set_up(void **state) {
    (void)state;
    return test_directory_make(&work) && test_tool_find(&tool, work.path) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    test_directory_remove(&work);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t8n_gives_what_geth_gives),
        cmocka_unit_test(t8n_writes_geths_trace_files),
        cmocka_unit_test(t8n_does_what_geths_readmes_say),
        cmocka_unit_test(unfilled_state_test_fails_as_in_geths_evm),
        cmocka_unit_test(b11r_builds_what_geth_builds),
        cmocka_unit_test(b11r_takes_parts_from_standard_input_and_refuses_what_does_not_fit),
        cmocka_unit_test(t9n_judges_as_geth_does),
        cmocka_unit_test(t9n_refuses_numbers_beyond_256_bits),
        cmocka_unit_test(rejected_transactions_leave_no_trace),
        cmocka_unit_test(parts_come_from_standard_input),
        cmocka_unit_test(reward_touches_the_coinbase_unless_it_is_off),
        cmocka_unit_test(opcodes_are_counted_and_results_traced),
        cmocka_unit_test(exit_statuses_are_geths),
        cmocka_unit_test(run_prints_what_the_code_returns),
        cmocka_unit_test(traces_are_those_of_all_clients),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
