/* The tool as a person or a script meets it: exit statuses, messages, JSON, the store.
 *
 * Every case runs the real binary, which the build leaves beside the tests. Bug hunted: a failure that looks like
 * success.
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
#include <cmocka.h>

#include "tests/integration/tool.h"
#include "tools/file.h"
#include "tools/json.h"

static test_tool tool;
static char work[] = "cli-XXXXXX"; /* a folder of our own */

/* --- Running the tool */

#define RUN(...) test_tool_run(&tool, (const char *const[]){__VA_ARGS__, NULL})

/* --- Help and usage */

static void help_is_everywhere(void **state) {
    (void)state;
    assert_int_equal(RUN("--help"), 0);
    test_tool_expect(&tool, "out", "replay");
    assert_int_equal(RUN("help", "replay"), 0);
    test_tool_expect(&tool, "out", "--verify-root");
    assert_int_equal(RUN("state", "--help"), 0);
    test_tool_expect(&tool, "out", "SLOT");
    assert_int_equal(RUN("bench", "--help"), 0);
    test_tool_expect(&tool, "out", "--repeat");
    assert_int_equal(RUN("help", "help"), 0);
    test_tool_expect(&tool, "out", "COMMAND");
    assert_int_equal(RUN("--version"), 0);
    test_tool_expect(&tool, "out", "weft version ");
}

static void wrong_usage_is_status_2_with_a_hint(void **state) {
    (void)state;
    assert_int_equal(RUN("repaly"), 2);
    test_tool_expect(&tool, "err", "(replay?)");
    assert_int_equal(RUN("--verbose"), 2);
    test_tool_expect(&tool, "err", "unknown option --verbose");
    assert_int_equal(RUN("replay"), 2);
    assert_int_equal(RUN("replay", "--thread", "2", "x"), 2);
    test_tool_expect(&tool, "err", "--threads?");
    assert_int_equal(RUN("replay", "--threads", "0", "x"), 2);
    assert_int_equal(RUN("replay", "--threads"), 2);
    assert_int_equal(RUN("replay", "--threads", "2", "--threads=2", "x"), 2);
    test_tool_expect(&tool, "err", "--threads is given twice");
    assert_int_equal(RUN("replay", ".", "--genesis", "g", "x"), 2);
    test_tool_expect(&tool, "err", ". is a folder");
    assert_int_equal(RUN("bench", "--genesis", "g", "."), 2);
    assert_int_equal(RUN("replay", "--json=yes", "x"), 2);
    assert_int_equal(RUN("replay", "--batch", "many", "--store", "s", "x"), 2);
    assert_int_equal(RUN("replay", "--serial", "--check", "x"), 2);
    assert_int_equal(RUN("replay", "--verify-root", "x"), 2);
    assert_int_equal(RUN("state", "0x00"), 2);
    assert_int_equal(RUN("state", "--store", "s", "0x1234"), 2);
    test_tool_expect(&tool, "err", "is not an address");
    assert_int_equal(RUN("bench", "--repeat", "0", "x"), 2);
    assert_int_equal(RUN("bench", "--threads", "2,,4", "x"), 2);
}

/* Several chains cannot share a store, which must not even come into being. */
static void a_store_for_several_chains_is_refused(void **state) {
    (void)state;
    assert_int_equal(RUN("replay", "--store", "store-of-many", test_fixtures_folder()), 2);
    test_tool_expect(&tool, "err", "--store takes one chain");
    char *path = file_join(work, "store-of-many");
    assert_false(file_exists(path));
    free(path);
}

static void output_that_is_lost_is_status_3(void **state) {
    (void)state;
    const char *arguments[] = {"replay", "--json", test_fixture("forks-paris-bpo2"), NULL};
    tool.output = "/dev/full";
    int status = test_tool_run(&tool, arguments);
    tool.output = NULL;
    assert_int_equal(status, 3);
    test_tool_expect(&tool, "err", "standard output");
}

static void what_is_not_there_is_status_3(void **state) {
    (void)state;
    assert_int_equal(RUN("replay", "no/such/path"), 3);
    test_tool_expect(&tool, "err", "no/such/path");
    assert_int_equal(RUN("replay", test_fixture("mixed-osaka/chain.rlp")), 3);
    test_tool_expect(&tool, "err", "--genesis");
    assert_int_equal(RUN("state", "--store", "no-store", "0x0000000000000000000000000000000000000001"), 3);
}

/* --- Replay */

static void chains_replay_with_every_engine(void **state) {
    (void)state;
    assert_int_equal(RUN("replay", "--check", test_fixture("selfdestruct-shanghai"), test_fixture("forks-paris-bpo2")),
                     0);
    test_tool_expect(&tool, "out", "29 blocks: 29 ok, 0 failed, 0 unchecked");
    assert_int_equal(RUN("replay", "--serial", test_fixture("selfdestruct-shanghai")), 0);
    assert_int_equal(RUN("replay", "--quiet", "--threads", "3", "--force-parallel", test_fixture("forks-paris-bpo2")),
                     0);
    file_bytes silence = test_tool_output(&tool, "out");
    assert_int_equal(silence.size, 0);
    file_free(&silence);
}

static void json_has_a_line_per_block_and_the_summary_last(void **state) {
    (void)state;
    static const char *const keys[] = {"blocks", "ok",      "failed",   "unchecked",  "txs",
                                       "gas",    "threads", "serial_s", "parallel_s", "reexecutions"};
    assert_int_equal(RUN("replay", "--json", "--check", "--threads", "2", test_fixture("selfdestruct-shanghai")), 0);
    file_bytes lines = test_tool_output(&tool, "out");
    size_t count = 0;
    json_document document = {0};
    failure f;
    char *next = NULL;
    for (char *line = strtok_r(lines.data, "\n", &next); line != NULL; line = strtok_r(NULL, "\n", &next)) {
        json_free(&document);
        assert_int_equal(json_parse(&document, "out", line, strlen(line), &f), WEFT_OK);
        bool is_block = json_get(document.root, "delta_digest") != NULL;
        assert_int_equal(is_block, count < 15);
        count++;
    }
    assert_int_equal(count, 16);
    const json_value *summary = json_get(document.root, "summary");
    assert_non_null(summary);
    assert_int_equal(summary->child_count, sizeof keys / sizeof keys[0]);
    const json_value *member = json_first(summary);
    for (size_t i = 0; member != NULL; i++, member = member->next) {
        assert_string_equal(member->key, keys[i]);
    }
    json_free(&document);
    file_free(&lines);
}

static void write_chain(const char *data, size_t size) {
    char *path = file_join(work, "damaged.rlp");
    assert_non_null(path);
    test_file_write(path, data, size);
    free(path);
}

/* A copy of a fixture's chain with one byte changed. */
static void write_damaged_chain(size_t position, uint8_t change) {
    file_bytes bytes = test_file_read(test_fixture("selfdestruct-shanghai/chain.rlp"));
    assert_true(position < bytes.size);
    bytes.data[position] = (char)((uint8_t)bytes.data[position] ^ change);
    write_chain(bytes.data, bytes.size);
    file_free(&bytes);
}

static void a_file_without_a_block_is_status_1(void **state) {
    (void)state;
    const char *genesis = test_fixture("selfdestruct-shanghai/genesis.json");
    write_chain("", 0);
    assert_int_equal(RUN("replay", "--genesis", genesis, "damaged.rlp"), 1);
    test_tool_expect(&tool, "err", "damaged.rlp: the file holds no block");
    assert_int_equal(RUN("replay", "--json", "--genesis", genesis, "damaged.rlp"), 1);
    test_tool_expect(&tool, "out", "{\"source\":\"damaged.rlp\",\"result\":\"failed\",\"message\":\"");
    test_tool_expect(&tool, "out", "\"failed\":1");
    assert_int_equal(RUN("bench", "--genesis", genesis, "damaged.rlp"), 1);
    /* The head of a gzip stream. */
    write_chain("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
    assert_int_equal(RUN("replay", "--genesis", genesis, "damaged.rlp"), 1);
}

static void wrong_blocks_are_status_1_and_named(void **state) {
    (void)state;
    /* The state root of block 1: behind the list heads, parent hash, ommers hash and coinbase. */
    write_damaged_chain(3 + 3 + 33 + 33 + 21 + 5, 1);
    assert_int_equal(RUN("replay", "--genesis", test_fixture("selfdestruct-shanghai/genesis.json"), "damaged.rlp"), 1);
    test_tool_expect(&tool, "out", "damaged.rlp: block 1: BlockException.INVALID_STATE_ROOT");
    /* Another chain's genesis. */
    assert_int_equal(RUN("replay", "--genesis", test_fixture("mixed-osaka/genesis.json"),
                         test_fixture("selfdestruct-shanghai/chain.rlp")),
                     1);
    test_tool_expect(&tool, "out", "BlockException.UNKNOWN_PARENT");
    /* Not a block at all. */
    write_damaged_chain(0, 0xff);
    assert_int_equal(RUN("replay", "--genesis", test_fixture("selfdestruct-shanghai/genesis.json"), "damaged.rlp"), 1);
    test_tool_expect(&tool, "err", "block at index 0 (byte 0)");
}

/* --- Store */

static void a_store_resumes_and_reads_back(void **state) {
    (void)state;
    const char *chain = test_fixture("forks-paris-bpo2");
    assert_int_equal(RUN("replay", "--store", "store", "--batch", "4", "--verify-root", chain), 0);
    test_tool_expect(&tool, "out", "14 blocks: 14 ok");
    test_tool_expect(&tool, "out", "state root of block 14 recomputed");
    assert_int_equal(RUN("replay", "--store", "store", "--verify-root", chain), 0);
    test_tool_expect(&tool, "out", "resumed after block 14; 14 blocks");
    test_tool_expect(&tool, "out", "state root of block 14 recomputed");
    assert_int_equal(RUN("state", "--store", "store", "0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02"), 0);
    test_tool_expect(&tool, "out", "nonce      1");
    assert_int_equal(RUN("state", "--store", "store", "--json", "0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02", "7"), 0);
    test_tool_expect(&tool, "out", "\"value\":\"0x");
    assert_int_equal(RUN("state", "--store", "store", "0x00000000000000000000000000000000deadbeef"), 1);
    assert_int_equal(RUN("replay", "--store", "store", test_fixture("selfdestruct-shanghai")), 3);
    test_tool_expect(&tool, "err", "store: holds another chain");
}

static void a_store_goes_back_and_forward_again(void **state) {
    (void)state;
    const char *chain = test_fixture("forks-paris-bpo2");
    assert_int_equal(RUN("store", "info", "back"), 3);
    test_tool_expect(&tool, "err", "there is no store");
    assert_int_equal(RUN("store", "rewind", "back", "--to", "1"), 3);
    test_tool_expect(&tool, "err", "there is no store");
    assert_int_equal(RUN("replay", "--store", "back", "--undo", "6", chain), 0);
    assert_int_equal(RUN("store", "info", "--json", "back"), 0);
    test_tool_expect(&tool, "out", "\"block\":14,");
    test_tool_expect(&tool, "out", "\"rewindLimit\":8");
    assert_int_equal(RUN("store", "check", "back"), 0);
    test_tool_expect(&tool, "out", "\nchecked: the accounts");
    assert_int_equal(RUN("store", "check", "--json", "back"), 0);
    test_tool_expect(&tool, "out", ",\"checked\":true}");
    assert_int_equal(RUN("store", "rewind", "back", "--to", "7"), 3);
    test_tool_expect(&tool, "err", "back: the way back ends at block 8");
    assert_int_equal(RUN("store", "rewind", "back", "--to", "99"), 3);
    test_tool_expect(&tool, "err", "weft store: back: the store holds no block 99");
    assert_int_equal(RUN("store", "rewind", "back", "--to", "10"), 0);
    test_tool_expect(&tool, "out", "block         10\n");
    assert_int_equal(RUN("store", "check", "back"), 0);
    assert_int_equal(RUN("replay", "--store", "back", "--verify-root", chain), 0);
    test_tool_expect(&tool, "out", "resumed after block 10; 10 blocks");
    test_tool_expect(&tool, "out", "state root of block 14 recomputed");
    assert_int_equal(RUN("store", "check", "back"), 0);
    assert_int_equal(RUN("store", "rewind", "back"), 2);
    test_tool_expect(&tool, "err", "rewind needs --to N");
    assert_int_equal(RUN("store", "check", "back", "--to", "3"), 2);
    assert_int_equal(RUN("store", "mend", "back"), 2);
    assert_int_equal(RUN("replay", "--undo", "3", chain), 2);
}

static void an_emptied_store_is_status_1_and_stays_as_it_is(void **state) {
    (void)state;
    const char *chain = test_fixture("selfdestruct-shanghai");
    struct stat file;
    assert_int_equal(RUN("replay", "--quiet", "--store", "emptied", chain), 0);
    char *path = file_join(work, "emptied/data.mdb");
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(RUN("store", "info", "emptied"), 1);
    test_tool_expect(&tool, "err", "emptied: data.mdb is empty");
    assert_int_equal(RUN("store", "check", "emptied"), 1);
    assert_int_equal(RUN("replay", "--store", "emptied", chain), 3);
    test_tool_expect(&tool, "err", "emptied: data.mdb is empty");
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_size, 0);
    free(path);
}

static void remove_folder(const char *name) {
    char path[8192];
    failure f;
    file_list list;
    (void)snprintf(path, sizeof path, "%s/%s", work, name);
    if (file_list_folder(&list, path, &f) != WEFT_OK) {
        return;
    }
    for (size_t i = 0; i < list.count; i++) {
        char *file = file_join(path, list.names[i]);
        (void)unlink(file);
        free(file);
    }
    file_list_free(&list);
    (void)rmdir(path);
}

/* --- Bench */

static void bench_reports_every_block_and_a_summary(void **state) {
    (void)state;
    assert_int_equal(
        RUN("bench", "--threads", "2,3", "--repeat", "1", "--warmup", "0", test_fixture("forks-paris-bpo2")), 0);
    test_tool_expect(&tool, "out", "geometric mean");
    assert_int_equal(RUN("bench", "--json", "--threads", "2", "--repeat", "2", test_fixture("forks-paris-bpo2")), 0);
    test_tool_expect(&tool, "out", "\"speed_up_geometric_mean\"");
}

static int set_up(void **state) {
    (void)state;
    return mkdtemp(work) != NULL && test_tool_find(&tool, work) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    remove_folder("store");
    remove_folder("back");
    remove_folder("emptied");
    remove_folder(".");
    return rmdir(work);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_is_everywhere),
        cmocka_unit_test(wrong_usage_is_status_2_with_a_hint),
        cmocka_unit_test(a_store_for_several_chains_is_refused),
        cmocka_unit_test(output_that_is_lost_is_status_3),
        cmocka_unit_test(what_is_not_there_is_status_3),
        cmocka_unit_test(chains_replay_with_every_engine),
        cmocka_unit_test(json_has_a_line_per_block_and_the_summary_last),
        cmocka_unit_test(wrong_blocks_are_status_1_and_named),
        cmocka_unit_test(a_file_without_a_block_is_status_1),
        cmocka_unit_test(a_store_resumes_and_reads_back),
        cmocka_unit_test(a_store_goes_back_and_forward_again),
        cmocka_unit_test(an_emptied_store_is_status_1_and_stays_as_it_is),
        cmocka_unit_test(bench_reports_every_block_and_a_summary),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
