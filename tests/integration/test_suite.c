/* The fixture commands, as their callers in the ecosystem meet them: result lists, names on standard input, filters, exit
 * statuses; and the count over whole suites.
 *
 * Bug hunted: a runner that passes what it should fail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#include "tests/integration/tool.h"
#include "tools/file.h"
#include "tools/json.h"
#include "tools/suite/excuses.h"
#include "tools/suite/fixture_files.h"

static test_tool tool;
static char work[] = "suite-XXXXXX"; /* a folder of our own */

#define RUN(...) test_tool_run(&tool, (const char *const[]){__VA_ARGS__, NULL})

static void write_file(const char *name, const char *text) {
    char *path = file_join(work, name);
    assert_non_null(path);
    test_file_write(path, text, strlen(text));
    free(path);
}

/* NAME.gz in the place of NAME. */
static void pack(const char *name) {
    char *path = file_join(work, name), compressed[256];
    file_bytes plain = test_tool_output(&tool, name);
    (void)snprintf(compressed, sizeof compressed, "%s.gz", path);
    gzFile stream = gzopen(compressed, "wb");
    assert_non_null(stream);
    assert_int_equal(gzwrite(stream, plain.data, (unsigned)plain.size), plain.size);
    assert_int_equal(gzclose(stream), Z_OK);
    assert_int_equal(remove(path), 0);
    file_free(&plain);
    free(path);
}

/* --- A state test: one wei from one account to another. The official suites say what is right; here the root is asked
 * for first and then told, rightly or wrongly. */

#define NO_LOGS "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"

static void write_state_test(const char *name, const char *root, const char *gas_limit, const char *exception) {
    char text[4096];
    (void)snprintf(text, sizeof text,
                   "{\"transfer\": {\"env\": {\"currentCoinbase\": \"0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba\","
                   " \"currentGasLimit\": \"0x989680\", \"currentNumber\": \"0x1\", \"currentTimestamp\": \"0x3e8\","
                   " \"currentDifficulty\": \"0x0\", \"currentBaseFee\": \"0x7\","
                   " \"currentRandom\": \"0x0\"},"
                   "\"pre\": {\"0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b\": {\"balance\": \"0xde0b6b3a7640000\","
                   " \"nonce\": \"0x0\", \"code\": \"0x\", \"storage\": {}}},"
                   "\"transaction\": {\"nonce\": \"0x0\", \"gasPrice\": \"0xa\", \"to\":"
                   " \"0x1000000000000000000000000000000000000000\", \"gasLimit\": [\"%s\"], \"value\": [\"0x1\"],"
                   " \"data\": [\"0x\"], \"sender\": \"0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b\"},"
                   "\"post\": {\"Cancun\": [{\"hash\": \"%s\", \"logs\": \"%s\","
                   " \"indexes\": {\"data\": 0, \"gas\": 0, \"value\": 0}%s%s%s}]}}}",
                   gas_limit, root, NO_LOGS, exception != NULL ? ", \"expectException\": \"" : "",
                   exception != NULL ? exception : "", exception != NULL ? "\"" : "");
    write_file(name, text);
}

/* The root that the only result in the file out has. */
static void read_root(char root[67]) {
    failure f;
    json_document document;
    file_bytes bytes = test_tool_output(&tool, "out");
    assert_int_equal(json_parse(&document, "out", bytes.data, bytes.size, &f), WEFT_OK);
    const json_value *value = json_get(json_first(document.root), "stateRoot");
    assert_non_null(value);
    assert_int_equal(value->size, 66);
    memcpy(root, value->text, 67);
    json_free(&document);
    file_free(&bytes);
}

static const char zero_root[] = "0x0000000000000000000000000000000000000000000000000000000000000000";

static void state_test_passes_only_with_the_right_root(void **state) {
    (void)state;
    char root[67];
    write_state_test("unfilled.json", zero_root, "0x5208", NULL);
    assert_int_equal(RUN("statetest", "unfilled.json"), 0);
    read_root(root);
    assert_true(test_tool_wrote(&tool, "err", root));
    write_state_test("right.json", root, "0x5208", NULL);
    assert_int_equal(RUN("statetest", "--fail", "--check", "--threads", "3", "right.json"), 0);
    assert_true(test_tool_wrote(&tool, "out", "\"pass\":true"));
    root[10] = root[10] == '0' ? '1' : '0';
    write_state_test("wrong.json", root, "0x5208", NULL);
    assert_int_equal(RUN("statetest", "wrong.json"), 0);
    assert_true(test_tool_wrote(&tool, "out", "\"pass\":false"));
    assert_true(test_tool_wrote(&tool, "out", "post state root mismatch: got "));
    assert_int_equal(RUN("statetest", "--fail", "wrong.json"), 1);
}

static void refusal_must_have_the_reason_that_is_expected(void **state) {
    (void)state;
    char root[67];
    write_state_test("refused.json", zero_root, "0x5207", "TransactionException.INTRINSIC_GAS_TOO_LOW");
    assert_int_equal(RUN("statetest", "refused.json"), 0);
    assert_true(test_tool_wrote(&tool, "out", "want 0000"));
    read_root(root);
    write_state_test("refused.json", root, "0x5207", "TransactionException.NONCE_IS_MAX|TR_IntrinsicGas");
    assert_int_equal(RUN("statetest", "--fail", "refused.json"), 0);
    write_state_test("refused.json", root, "0x5207", "TransactionException.NONCE_IS_MAX");
    assert_int_equal(RUN("statetest", "--fail", "refused.json"), 1);
    assert_true(test_tool_wrote(&tool, "out",
                                "expected TransactionException.NONCE_IS_MAX, got "
                                "TransactionException.INTRINSIC_GAS_TOO_LOW"));
    write_state_test("refused.json", root, "0x5207", NULL);
    assert_int_equal(RUN("statetest", "--fail", "refused.json"), 1);
    write_state_test("refused.json", root, "0x5208", "TransactionException.INTRINSIC_GAS_TOO_LOW");
    assert_int_equal(RUN("statetest", "--fail", "refused.json"), 1);
}

static void filters_choose_cases(void **state) {
    (void)state;
    write_state_test("unfilled.json", zero_root, "0x5208", NULL);
    assert_int_equal(
        RUN("statetest", "--run", "^trans", "--statetest.fork=Cancun", "--statetest.index=0", "unfilled.json"), 0);
    assert_true(test_tool_wrote(&tool, "out", "\"name\":\"transfer\""));
    assert_int_equal(RUN("statetest", "--run", "^x", "unfilled.json"), 0);
    assert_false(test_tool_wrote(&tool, "out", "transfer"));
    assert_int_equal(RUN("statetest", "--statetest.fork", "Prague", "unfilled.json"), 0);
    assert_false(test_tool_wrote(&tool, "out", "transfer"));
    assert_int_equal(RUN("statetest", "--statetest.index", "1", "unfilled.json"), 0);
    assert_false(test_tool_wrote(&tool, "out", "transfer"));
    assert_true(test_tool_wrote(&tool, "err", "warning: no case was run"));
    assert_int_equal(RUN("statetest", "--fail", "--statetest.fork", "Nope", "unfilled.json"), 1);
    assert_int_equal(RUN("statetest", "--run", "(", "unfilled.json"), 2);
    assert_int_equal(RUN("statetest", "--statetest.index", "one", "unfilled.json"), 2);
    assert_int_equal(RUN("statetest", "--threads", "0", "unfilled.json"), 2);
    assert_int_equal(RUN("statetest", "--workers", "0", "unfilled.json"), 0); /* geth's: one per processor */
    assert_int_equal(RUN("statetest", "--workers", "x", "unfilled.json"), 2);
}

static void result_tells_state_and_time_on_demand(void **state) {
    (void)state;
    write_state_test("unfilled.json", zero_root, "0x5208", NULL);
    assert_int_equal(RUN("statetest", "--dump", "--bench", "unfilled.json"), 0);
    assert_true(test_tool_wrote(&tool, "out", "\"accounts\":{"));
    assert_true(test_tool_wrote(&tool, "out", "0x1000000000000000000000000000000000000000"));
    assert_true(test_tool_wrote(&tool, "out", "\"gasUsed\":21000"));
}

static void broken_files_and_tests_are_told_apart(void **state) {
    (void)state;
    write_file("broken.json", "{\"a\": ");
    assert_int_equal(RUN("statetest", "broken.json"), 3);
    assert_true(test_tool_wrote(&tool, "err", "broken.json"));
    assert_int_equal(RUN("statetest", "nowhere.json"), 3);
    /* A test that makes no sense is a failed case; the file's other tests are run. */
    write_file("odd.json", "{\"odd\": {\"env\": {\"currentNumber\": \"x\"}, \"post\": {}, \"transaction\": {}}}");
    assert_int_equal(RUN("statetest", "odd.json"), 0);
    assert_true(test_tool_wrote(&tool, "out", "odd.json:1"));
    assert_int_equal(RUN("statetest", "--fail", "odd.json"), 1);
    /* Other formats are passed over, not in silence. */
    write_file("other.json", "{\"other\": {\"in\": \"dog\", \"out\": \"0x83646f67\"}, \"list\": []}");
    assert_int_equal(RUN("statetest", "other.json"), 0);
    assert_true(test_tool_wrote(&tool, "err", "warning: other.json: holds no state test"));
    write_file("other.json", "[1, 2]");
    assert_int_equal(RUN("statetest", "other.json"), 0);
    assert_true(test_tool_wrote(&tool, "err", "warning: other.json: holds no state test"));
    /* So is a list of cases, which have no names then. */
    write_file("other.json",
               "{\"all\": {\"Homestead\": [{\"parentDifficulty\": \"1000000\","
               " \"currentDifficulty\": \"1000488\"}]}}");
    assert_int_equal(RUN("conformance", "other.json"), 1);
}

/* What is passed over must not look like success. */
static void nothing_to_run_is_a_warning_and_a_failure_on_demand(void **state) {
    (void)state;
    char *folder = file_join(work, "bare");
    assert_int_equal(mkdir(folder, 0777), 0);
    free(folder);
    assert_int_equal(RUN("statetest", "--fail", "bare"), 1);
    assert_true(test_tool_wrote(&tool, "err", "warning: bare: holds no *.json"));
    write_file("bare/none.json", "{}");
    assert_int_equal(RUN("statetest", "--fail", "bare"), 1);
    assert_true(test_tool_wrote(&tool, "err", "warning: bare: holds no state test"));
    write_state_test("unfilled.json", zero_root, "0x5208", NULL);
    assert_int_equal(RUN("blocktest", "--fail", "unfilled.json"), 1);
    assert_true(test_tool_wrote(&tool, "err", "warning: unfilled.json: holds no blockchain test"));
    assert_int_equal(RUN("enginetest", "--fail", "bare/none.json"), 1);
    assert_int_equal(RUN("transactiontest", "--fail", "bare/none.json"), 1);
    /* One path of two, one test of two. */
    write_file(
        "refused.json",
        "{\"short\": {\"txbytes\": \"0x03\", \"result\": {"
        "\"London\": {\"exception\": \"TransactionException.TYPE_NOT_SUPPORTED\"}}}, \"odd\": {\"txbytes\": \"0x\"}}");
    assert_int_equal(RUN("transactiontest", "--fail", "bare", "refused.json"), 1);
    assert_true(test_tool_wrote(&tool, "err", "warning: bare: holds no transaction test"));
    assert_true(test_tool_wrote(&tool, "err", "warning: refused.json: 1 of 2 tests are no transaction tests"));
    assert_true(test_tool_wrote(&tool, "out", "\"name\":\"short\",\"pass\":true"));
}

/* --- Blockchain tests */

static const char block_tests[] = "blocks.json"; /* a copy of official ones, whose JSON is changed here and there */

/* Copy the tests, with another digit at the end of the first `key` after `start`. NULL: as they are. */
static void copy_block_tests(const char *start, const char *key) {
    file_bytes bytes = test_file_read(test_fixture("amsterdam-final/eip7843.json.gz"));
    if (start != NULL) {
        char *value = strstr(bytes.data, start);
        value = value != NULL ? strstr(value, key) : NULL;
        value = value != NULL ? strstr(value, "0x") : NULL;
        assert_non_null(value);
        char *digit = strchr(value, '"') - 1;
        *digit = *digit == '1' ? '2' : '1';
    }
    write_file(block_tests, bytes.data);
    file_free(&bytes);
}

static void headers_in_json_must_be_those_of_the_blocks(void **state) {
    (void)state;
    copy_block_tests(NULL, NULL);
    assert_int_equal(RUN("blocktest", "--fail", block_tests), 0);
    assert_false(test_tool_wrote(&tool, "out", "\"pass\":false"));
    static const char *const keys[] = {"\"stateRoot\"", "\"hash\"", "\"gasUsed\"", "\"extraData\"", "\"nonce\""};
    static const char *const starts[] = {"\"genesisBlockHeader\"", "\"blockHeader\""};
    for (size_t i = 0; i < 2 * sizeof keys / sizeof keys[0]; i++) {
        copy_block_tests(starts[i % 2], keys[i / 2]);
        assert_int_equal(RUN("blocktest", "--fail", block_tests), 1);
        assert_true(test_tool_wrote(&tool, "out", "is not what the fixture says beside its RLP"));
    }
    copy_block_tests("\"blockHeader\"", "\"stateRoot\"");
    assert_int_equal(RUN("blocktest", "--fail", block_tests), 1);
    assert_true(test_tool_wrote(&tool, "out", "stateRoot of block 0 is not"));
}

static void block_tests_are_traced_and_dumped(void **state) {
    (void)state;
    copy_block_tests(NULL, NULL);
    assert_int_equal(RUN("blocktest", "--fail", "--trace", "--dump", block_tests), 0);
    assert_true(test_tool_wrote(&tool, "err", "\"opName\":\"SLOTNUM\""));
    assert_true(test_tool_wrote(&tool, "out", "\"accounts\":{"));
    assert_int_equal(RUN("blocktest", "--fail", block_tests), 0);
    assert_false(test_tool_wrote(&tool, "err", "opName"));
    assert_int_equal(RUN("blocktest", "--bench", block_tests), 2);
    assert_int_equal(RUN("transactiontest", "--trace", block_tests), 2);
    assert_int_equal(RUN("transactiontest", "--dump", block_tests), 2);
}

static void compressed_files_are_read_like_plain_ones(void **state) {
    (void)state;
    char *folder = file_join(work, "compressed"), *path = file_join(work, "compressed/state.json.gz");
    char root[67];
    assert_int_equal(mkdir(folder, 0777), 0);
    write_state_test("unfilled.json", zero_root, "0x5208", NULL);
    assert_int_equal(RUN("statetest", "unfilled.json"), 0);
    read_root(root);
    write_state_test("compressed/state.json", root, "0x5208", NULL);
    pack("compressed/state.json");
    assert_int_equal(RUN("statetest", "--fail", "compressed/state.json.gz"), 0);
    assert_true(test_tool_wrote(&tool, "out", "\"name\":\"transfer\",\"pass\":true"));
    assert_int_equal(RUN("conformance", "--json", "compressed"), 0);
    assert_true(test_tool_wrote(&tool, "out", "\"cases\":1,"));
    /* One broken bit, and the end of the file missing. */
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 100, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, 100, SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ 1, file), byte ^ 1);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(RUN("statetest", "compressed"), 3);
    assert_true(test_tool_wrote(&tool, "err", "compressed/state.json.gz: "));
    assert_false(test_tool_wrote(&tool, "err", "state.json.gz: compressed")); /* named once */
    assert_int_equal(RUN("conformance", "compressed"), 1);
    assert_true(test_tool_wrote(&tool, "out", "compressed/state.json.gz: "));
    assert_int_equal(truncate(path, 90), 0);
    assert_int_equal(RUN("statetest", "compressed"), 3);
    assert_true(test_tool_wrote(&tool, "err", "compressed/state.json.gz: the gzip stream is cut off"));
    free(path);
    free(folder);
}

/* --- Callers of geth's evm */

static void names_come_from_standard_input(void **state) {
    (void)state;
    char command[8192];
    write_state_test("unfilled.json", zero_root, "0x5208", NULL);
    (void)snprintf(command, sizeof command,
                   "cd %s && printf 'unfilled.json\\nunfilled.json\\n\\nnowhere.json\\n' | %s statetest >out 2>err",
                   work, tool.program);
    assert_int_equal(system(command), 0);
    file_bytes bytes = test_tool_output(&tool, "out");
    const char *second = strstr(bytes.data + 1, "\n[");
    assert_int_equal(bytes.data[0], '[');
    assert_non_null(second); /* a list per file */
    file_free(&bytes);
}

static void evm_is_another_name(void **state) {
    (void)state;
    test_tool evm = tool;
    char *link = file_join(work, "evm");
    assert_int_equal(symlink(tool.program, link), 0);
    assert_non_null(realpath(work, evm.program));
    (void)snprintf(evm.program + strlen(evm.program), sizeof evm.program - strlen(evm.program), "/evm");
    free(link);
    const char *const version[] = {"-v", NULL}, *const verbose[] = {"--verbosity", "100", "statetest", "--help", NULL};
    assert_int_equal(test_tool_run(&evm, version), 0);
    file_bytes bytes = test_tool_output(&tool, "out");
    assert_int_equal(strncmp(bytes.data, "evm version weft-", 17), 0);
    file_free(&bytes);
    assert_int_equal(test_tool_run(&evm, verbose), 0);
    assert_true(test_tool_wrote(&tool, "out", "--statetest.fork"));
}

static void geths_names_are_known(void **state) {
    (void)state;
    static const char *const names[][2] = {
        {"transition", "usage: weft t8n"}, {"transaction", "usage: weft t9n"}, {"block-builder", "usage: weft b11r"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(RUN(names[i][0], "--help"), 0);
        assert_true(test_tool_wrote(&tool, "out", names[i][1]));
    }
    write_state_test("unfilled.json", zero_root, "0x5208", NULL);
    assert_int_equal(RUN("statetest", "--nomemory", "--noreturndata", "--nostack", "--nostorage", "unfilled.json"), 0);
    assert_false(test_tool_wrote(&tool, "err", "gasUsed"));
    assert_int_equal(RUN("statetest", "--json", "--trace.nostorage", "unfilled.json"), 0);
    assert_true(test_tool_wrote(&tool, "err", "{\"output\":\"\",\"gasUsed\":"));
    assert_int_equal(RUN("run", "--verbosity", "3", "--json", "--nostack", "00"), 0);
    assert_true(test_tool_wrote(&tool, "err", "\"stack\":null"));
    assert_int_equal(RUN("run", "--trace.format", "md", "00"), 2);
}

/* --- Counting */

static void conformance_counts_every_case_of_every_format(void **state) {
    (void)state;
    char *folder = file_join(work, "counted");
    assert_int_equal(mkdir(folder, 0777), 0);
    free(folder);
    write_state_test("counted/state.json", zero_root, "0x5208", NULL);
    write_file("counted/transaction.json",
               "{\"short\": {\"txbytes\": \"0x03\", \"result\": {"
               "\"London\": {\"exception\": \"TransactionException.TYPE_NOT_SUPPORTED\"},"
               "\"Cancun\": {\"exception\": \"TransactionException.RLP_TOO_FEW_ELEMENTS\"}}}}");
    write_file("counted/difficulty.json",
               "{\"all\": {\"_info\": {}, \"Homestead\": {\"first\": {\"parentTimestamp\": \"0x2a\","
               "\"parentDifficulty\": \"1000000\", \"currentTimestamp\": \"43\", \"currentBlockNumber\": \"42\","
               "\"currentDifficulty\": \"1000488\"}}}}");
    assert_int_equal(RUN("transactiontest", "--fail", "counted"), 0);
    assert_true(test_tool_wrote(&tool, "out", "\"name\":\"short\",\"pass\":true,\"fork\":\"London\""));
    assert_int_equal(RUN("conformance", "--json", "counted"), 0);
    assert_true(
        test_tool_wrote(&tool, "out", "\"cases\":4,\"passed\":{\"1\":4,\"2\":4,\"8\":4},\"excused\":0,\"failures\":0"));
    assert_int_equal(RUN("conformance", "--threads", "1,3", "counted"), 0);
    assert_true(test_tool_wrote(&tool, "out", "x3"));
    write_state_test("counted/wrong.json", NO_LOGS, "0x5208", NULL);
    assert_int_equal(RUN("conformance", "counted"), 1);
    assert_true(test_tool_wrote(&tool, "out", "counted/wrong.json: transfer [Cancun]: post state root mismatch"));
    /* Only proof of work is an excuse. */
    write_file("excuses.txt", "# comment\n\ntransfer: it is hard\n");
    assert_int_equal(RUN("conformance", "--excuses", "excuses.txt", "counted"), 1);
    assert_true(test_tool_wrote(&tool, "out", "excuse that nothing needs: transfer"));
    write_file("excuses.txt", "elsewhere: not met here\n");
    assert_int_equal(RUN("conformance", "--excuses", "excuses.txt", "counted"), 1);
    assert_false(test_tool_wrote(&tool, "out", "elsewhere"));
    write_file("excuses.txt", "transfer\n");
    assert_int_equal(RUN("conformance", "--excuses", "excuses.txt", "counted"), 3);
    assert_true(test_tool_wrote(&tool, "err", "excuses.txt:1"));
    assert_int_equal(RUN("conformance", "--threads", "1,,2", "counted"), 2);
    assert_int_equal(RUN("conformance"), 2);
    assert_int_equal(RUN("conformance", "nowhere"), 3);
}

/* --- Parts */

static void folders_are_searched_in_the_order_of_names(void **state) {
    (void)state;
    fixture_files files = {0};
    failure f;
    write_file("b.json", "{}");
    write_file("a.json", "{}");
    write_file("c.txt", "");
    assert_int_equal(fixture_files_add(&files, work, &f), WEFT_OK);
    size_t before = files.count;
    for (size_t i = 1; i < files.count; i++) {
        assert_true(file_has_suffix(files.paths[i], ".json") || file_has_suffix(files.paths[i], ".json.gz"));
    }
    assert_int_equal(fixture_files_add(&files, "nowhere", &f), WEFT_NOT_FOUND);
    assert_int_equal(files.count, before);
    assert_string_equal(file_base_name(files.paths[0]), "a.json");
    assert_string_equal(file_base_name(files.paths[1]), "b.json");
    fixture_files_free(&files);
}

static void excuse_is_for_proof_of_work(void **state) {
    (void)state;
    excuse items[] = {{.test = "a", .reason = "because"}};
    excuses list = {.items = items, .count = 1};
    fixture_case c = {.test = "a"};
    assert_int_equal(excuses_stale_count(&list), 0);
    assert_false(excuses_take(&list, &c, true));
    assert_int_equal(excuses_stale_count(&list), 1);
    c.is_excusable = true;
    assert_false(excuses_take(&list, &c, false));
    assert_true(excuses_take(&list, &c, true));
    assert_true(items[0].is_used);
    assert_int_equal(excuses_stale_count(&list), 0);
    c.test = "b";
    assert_false(excuses_take(&list, &c, true));
}

static int open_work(void **state) {
    (void)state;
    return mkdtemp(work) != NULL && test_tool_find(&tool, work) ? 0 : -1;
}

static int remove_work(void **state) {
    (void)state;
    char command[64];
    (void)snprintf(command, sizeof command, "rm -r %s", work);
    return system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_searched_in_the_order_of_names),
        cmocka_unit_test(state_test_passes_only_with_the_right_root),
        cmocka_unit_test(refusal_must_have_the_reason_that_is_expected),
        cmocka_unit_test(filters_choose_cases),
        cmocka_unit_test(result_tells_state_and_time_on_demand),
        cmocka_unit_test(broken_files_and_tests_are_told_apart),
        cmocka_unit_test(nothing_to_run_is_a_warning_and_a_failure_on_demand),
        cmocka_unit_test(headers_in_json_must_be_those_of_the_blocks),
        cmocka_unit_test(block_tests_are_traced_and_dumped),
        cmocka_unit_test(compressed_files_are_read_like_plain_ones),
        cmocka_unit_test(names_come_from_standard_input),
        cmocka_unit_test(evm_is_another_name),
        cmocka_unit_test(geths_names_are_known),
        cmocka_unit_test(conformance_counts_every_case_of_every_format),
        cmocka_unit_test(excuse_is_for_proof_of_work),
    };
    return cmocka_run_group_tests(tests, open_work, remove_work);
}
