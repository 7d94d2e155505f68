/* `weft bench` as a script meets it: which blocks it times, and what its JSON says of them. Every case runs the real binary.
 * Bug hunted: a figure that contradicts another one, or that nobody measured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/integration/tool.h"
#include "tools/file.h"
#include "tools/json.h"

static test_tool tool;
static char work[] = "bench-XXXXXX"; /* a folder of our own */

#define RUN(...)                                                                                               \
    test_tool_run(&tool, (const char *const[]){"bench", "--fixtures", test_fixtures_folder(), "--repeat", "1", \
                                               "--store-in", ".", __VA_ARGS__, NULL})

/* --- Its JSON */

typedef struct output {
    file_bytes bytes;
    json_document lines[64];
    size_t count;
    failure f;
} output;

static void output_read(output *o, const char *name) {
    memset(o, 0, sizeof *o);
    o->bytes = test_tool_output(&tool, name);
    for (char *line = o->bytes.data; *line != '\0';) {
        size_t size = strcspn(line, "\n");
        assert_true(o->count < 64);
        assert_int_equal(json_parse(&o->lines[o->count++], name, line, size, &o->f), WEFT_OK);
        line += size + 1;
    }
    assert_true(o->count > 0);
}

static void output_free(output *o) {
    for (size_t i = 0; i < o->count; i++) {
        json_free(&o->lines[i]);
    }
    file_free(&o->bytes);
}

static double figure(const json_value *object, const char *key) {
    const json_value *value = json_get(object, key);
    if (value == NULL || value->kind != JSON_NUMBER) {
        fail_msg("no figure %s", key);
    }
    return strtod(value->text, NULL);
}

static void expect_text(const json_value *object, const char *key, const char *text) {
    const json_value *value = json_get(object, key);
    assert_true(value != NULL && value->kind == JSON_STRING);
    assert_string_equal(value->text, text);
}

/* Printed figures have six decimals. */
static void expect_near(double found, double expected) {
    double distance = found > expected ? found - expected : expected - found;
    if (distance > 2e-6 + 1e-3 * expected) {
        fail_msg("%g is not %g", found, expected);
    }
}

/* --- Cases */

static void only_measured_blocks_of_a_workload_are_timed(void **state) {
    (void)state;
    output o;
    assert_int_equal(RUN("--json", "--threads", "2", "--workload", "erc20"), 0);
    output_read(&o, "out");
    assert_int_equal(o.count, 5); /* blocks 3 to 6, summary */
    for (size_t i = 0; i < 4; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "erc20 %zu", i + 3);
        expect_text(o.lines[i].root, "block", name);
        expect_text(o.lines[i].root, "workload", "erc20");
        assert_true(strlen(json_get(o.lines[i].root, "label")->text) > 0);
    }
    output_free(&o);
}

static void a_block_has_every_figure_and_they_agree(void **state) {
    (void)state;
    static const char *const positive[] = {"txs",        "gas",       "critical_path_gas", "critical_path_s",
                                           "speed_up",   "bound",     "bound_by_time",     "serial_mgas_per_s",
                                           "mgas_per_s", "us_per_tx", "speed_up_whole",    "speed_up_from_list",
                                           "of_bound",   "threads"};
    static const char *const sides[] = {"serial", "parallel", "from_list"};
    static const char *const stages[] = {"execute_s", "recover_s", "finish_s", "total_s", "cpu_s"};
    output o;
    assert_int_equal(RUN("--json", "--threads", "2,3", "--workload", "transfers"), 0);
    output_read(&o, "out");
    assert_int_equal(o.count, 4 * 2 + 1);
    for (size_t i = 0; i + 1 < o.count; i++) {
        const json_value *block = o.lines[i].root;
        for (size_t k = 0; k < sizeof positive / sizeof *positive; k++) {
            assert_true(figure(block, positive[k]) > 0);
        }
        for (size_t k = 0; k < 3 * 5; k++) {
            const json_value *series = json_get(json_get(block, sides[k / 5]), stages[k % 5]);
            assert_true(figure(series, "min") <= figure(series, "median"));
            assert_true(figure(series, "median") <= figure(series, "max"));
        }
        assert_true(figure(json_get(block, "root_s"), "median") > 0);
        assert_true(figure(json_get(block, "commit_s"), "median") > 0);
        double path = figure(block, "gas") / figure(block, "critical_path_gas");
        expect_near(figure(block, "bound"), path < figure(block, "threads") ? path : figure(block, "threads"));
        expect_near(figure(block, "of_bound"), figure(block, "speed_up") / figure(block, "bound"));
        assert_int_equal(json_get(block, "tx_us")->child_count, 8);
        const json_value *one = json_first(json_get(block, "model"));
        assert_int_equal(figure(one, "workers"), 1);
        expect_near(figure(one, "speed_up"), 1);
        assert_int_equal(json_get(block, "model")->child_count, 12);
    }
    output_free(&o);
}

/* Payments of one payer do not depend on each other, those of what came before do. */
static void bounds_are_those_of_the_workload(void **state) {
    (void)state;
    output o;
    assert_int_equal(RUN("--json", "--threads", "8", "--workload", "transfers"), 0);
    output_read(&o, "out");
    for (size_t i = 0; i < 3; i++) {
        expect_near(figure(o.lines[i].root, "bound"), 8);
    }
    expect_near(figure(o.lines[3].root, "bound"), 1);
    output_free(&o);
}

static void the_summary_adds_up(void **state) {
    (void)state;
    output o;
    assert_int_equal(RUN("--json", "--threads", "2", "--workload", "transfers,erc20"), 0);
    output_read(&o, "out");
    const json_value *summary = o.lines[o.count - 1].root;
    const json_value *all = json_first(json_get(summary, "summary"));
    const json_value *transfers = json_first(json_get(summary, "workloads")), *erc20 = transfers->next;
    expect_text(transfers, "workload", "transfers");
    expect_text(erc20, "workload", "erc20");
    assert_int_equal(figure(all, "blocks"), 8);
    assert_int_equal(figure(all, "txs"), figure(transfers, "txs") + figure(erc20, "txs"));
    assert_int_equal(figure(all, "gas"), figure(transfers, "gas") + figure(erc20, "gas"));
    assert_int_equal(figure(transfers, "commit_blocks"), 4);
    assert_true(figure(all, "model_blocks_close") <= figure(all, "model_blocks_compared"));
    assert_int_equal(figure(all, "model_blocks"), 8);
    output_free(&o);
}

static void other_paths_are_timed_block_by_block(void **state) {
    (void)state;
    const char *path = test_fixture("selfdestruct-shanghai");
    output o;
    assert_int_equal(RUN("--json", "--threads", "2", "--store-in=none", path), 2); /* given twice */
    assert_int_equal(RUN("--json", "--threads", "2", path), 0);
    output_read(&o, "out");
    assert_int_equal(o.count, 15 + 1);
    output_free(&o);
    assert_int_equal(RUN("--json", "--threads", "2", "--blocks", path), 0);
    output_read(&o, "out");
    assert_int_equal(o.count, 15 + 1);
    output_free(&o);
    assert_int_equal(RUN("--threads", "2"), 2);
}

static void what_cannot_be_timed_is_named(void **state) {
    (void)state;
    assert_int_equal(RUN("--workload", "no-such-chain"), 3);
    test_tool_expect(&tool, "err", "there is no workload 'no-such-chain' in ");
    assert_int_equal(RUN("--workload", "erc20", "--grow", "99999999999999"), 2);
    test_tool_expect(&tool, "err", "--grow is at most");
    char *path = file_join(work, "none.json");
    test_file_write(path, "{}", 2);
    assert_int_equal(RUN("none.json"), 3);
    test_tool_expect(&tool, "err", "there is no block to time");
    assert_int_equal(unlink(path), 0);
    free(path);
}

/* Copies of payments of tokens still are payments of tokens, by others. */
static void blocks_grow_by_copies_that_do_the_same(void **state) {
    (void)state;
    output o;
    assert_int_equal(RUN("--json", "--threads", "2", "--workload", "erc20", "--grow", "20"), 0);
    output_read(&o, "out");
    assert_int_equal(o.count, 5);
    const json_value *pairs = o.lines[0].root;
    assert_true(figure(pairs, "gas") >= 20000000);
    assert_int_equal((int)figure(pairs, "txs") % 100, 0);
    expect_near(figure(pairs, "bound"), 2);
    assert_non_null(strstr(json_get(pairs, "label")->text, "100% of the transactions succeed, 100% did"));
    output_free(&o);
}

/* The page is drawn from the JSON in it: that must be what was printed. */
static void a_report_holds_the_json_it_is_drawn_from(void **state) {
    (void)state;
    assert_int_equal(RUN("--json", "--threads", "2", "--workload", "transfers", "--report", "page.html"), 0);
    char *page_path = file_join(work, "page.html");
    file_bytes page = test_file_read(page_path), printed = test_tool_output(&tool, "out");
    assert_true(printed.size > 0);
    assert_non_null(strstr(page.data, printed.data));
    assert_null(strstr(page.data, "@DATA@"));
    assert_null(strstr(page.data, "src="));
    assert_null(strstr(page.data, "href="));
    assert_non_null(strstr(page.data, "</html>"));
    file_free(&page);
    file_free(&printed);
    (void)unlink(page_path);
    free(page_path);
    assert_int_equal(RUN("--threads", "2", "--workload", "transfers", "--report", "no/such/folder.html"), 3);
    file_bytes nothing = test_tool_output(&tool, "out"); /* it is said before anything is timed */
    assert_int_equal(nothing.size, 0);
    file_free(&nothing);
}

/* A file of state tests: every case of the last fork is a block of one transaction. */
static void state_tests_are_blocks_of_one_transaction(void **state) {
    (void)state;
    static const char text[] =
        "{\"adds\":{\"env\":{\"currentCoinbase\":\"0x00000000000000000000000000000000000000cc\",\"currentGasLimit\":"
        "\"0x1000000\",\"currentNumber\":\"0x1\",\"currentTimestamp\":\"0x1\",\"currentDifficulty\":\"0x1\"},\"pre\":{"
        "\"0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b\":{\"balance\":\"0xffffffffff\",\"nonce\":\"0x0\",\"code\":"
        "\"0x\","
        "\"storage\":{}},\"0x000000000000000000000000000000000000beef\":{\"balance\":\"0x0\",\"nonce\":\"0x0\","
        "\"code\":"
        "\"0x60016002015000\",\"storage\":{}}},\"transaction\":{\"data\":[\"0x\",\"0x01\"],\"gasLimit\":[\"0x10000\"],"
        "\"gasPrice\":\"0xa\",\"nonce\":\"0x0\",\"secretKey\":"
        "\"0x45a915e4d060149eb4365960e6a7a45f334393093061116b197e3240065ff2d8\",\"to\":"
        "\"0x000000000000000000000000000000000000beef\",\"value\":[\"0x0\"]},\"post\":{\"Berlin\":[{\"indexes\":{"
        "\"data\":0,"
        "\"gas\":0,\"value\":0}}],\"London\":[{\"indexes\":{\"data\":0,\"gas\":0,\"value\":0}},{\"indexes\":{\"data\":"
        "1,"
        "\"gas\":0,\"value\":0}}]}}}";
    char *path = file_join(work, "tests.json");
    test_file_write(path, text, strlen(text));
    assert_int_equal(RUN("--threads", "1", "--json", "tests.json"), 0);
    output o;
    output_read(&o, "out");
    assert_int_equal(o.count, 3); /* two blocks and the summary */
    assert_string_equal(json_get(o.lines[0].root, "block")->text, "adds/0");
    assert_string_equal(json_get(o.lines[0].root, "gas")->text, "21011"); /* two pushes, ADD, POP */
    assert_int_equal(figure(o.lines[0].root, "instructions"), 5);         /* and STOP */
    assert_true(figure(o.lines[0].root, "ns_per_instruction") > 0);
    assert_string_equal(json_get(o.lines[1].root, "gas")->text, "21027"); /* and a byte of data */
    output_free(&o);
    assert_int_equal(unlink(path), 0);
    free(path);
}

/* Blockchain and engine tests: short chains, whose blocks stand on the state before them. */
static void blocks_of_blockchain_tests_are_timed(void **state) {
    (void)state;
    char *path = file_join(test_fixtures_folder(), "../tests/fuzz/corpus/fixture/block-Osaka.json");
    assert_int_equal(RUN("--threads", "2", "--json", path), 0);
    output o;
    output_read(&o, "out");
    assert_int_equal(o.count, 2); /* a block and the summary */
    expect_text(o.lines[0].root, "block", "block 1");
    assert_string_equal(json_get(o.lines[0].root, "gas")->text, "285527"); /* as its header says */
    output_free(&o);
    free(path);
}

/* A file of precompile calls: each is made many times by one transaction, and what it returns is checked. */
static void precompile_calls_are_made_many_times(void **state) {
    (void)state;
    static const char text[] =
        "[{\"name\":\"identity\",\"address\":\"0x0000000000000000000000000000000000000004\","
        "\"input\":\"0x1234\",\"output\":\"0x1234\"},"
        "{\"name\":\"not so\",\"address\":\"0x0000000000000000000000000000000000000004\","
        "\"input\":\"0x1234\",\"output\":\"0x1235\"}]";
    char *path = file_join(work, "calls.json");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(RUN("--threads", "1", "--json", "calls.json"), 1); /* for the second call */
    output o;
    output_read(&o, "out");
    assert_int_equal(o.count, 2); /* the first and the summary */
    expect_text(o.lines[0].root, "block", "identity");
    assert_true(figure(o.lines[0].root, "calls") > 10000);
    assert_true(figure(o.lines[0].root, "gas") > 18 * figure(o.lines[0].root, "calls"));
    output_free(&o);
    assert_int_equal(unlink(path), 0);
    free(path);
}

/* Commits are timed in a store that is gone afterwards. */
static void nothing_is_left_behind(void **state) {
    (void)state;
    file_list list;
    failure f;
    assert_int_equal(file_list_folder(&list, work, &f), WEFT_OK);
    assert_int_equal(list.count, 2); /* out and err */
    file_list_free(&list);
}

static int set_up(void **state) {
    (void)state;
    (void)setenv("OMP_WAIT_POLICY", "passive", 1); /* tests run beside each other */
    return mkdtemp(work) != NULL && test_tool_find(&tool, work) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    static const char *const names[] = {"out", "err"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = file_join(work, names[i]);
        (void)unlink(path);
        free(path);
    }
    return rmdir(work);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_measured_blocks_of_a_workload_are_timed),
        cmocka_unit_test(a_block_has_every_figure_and_they_agree),
        cmocka_unit_test(bounds_are_those_of_the_workload),
        cmocka_unit_test(the_summary_adds_up),
        cmocka_unit_test(other_paths_are_timed_block_by_block),
        cmocka_unit_test(what_cannot_be_timed_is_named),
        cmocka_unit_test(blocks_grow_by_copies_that_do_the_same),
        cmocka_unit_test(a_report_holds_the_json_it_is_drawn_from),
        cmocka_unit_test(state_tests_are_blocks_of_one_transaction),
        cmocka_unit_test(blocks_of_blockchain_tests_are_timed),
        cmocka_unit_test(precompile_calls_are_made_many_times),
        cmocka_unit_test(nothing_is_left_behind),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
