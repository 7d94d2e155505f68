/* What a replay is given beside the blocks: access lists, a genesis, options; and blocks that are none.
 *
 * Bug hunted: a file's fault that looks like an invalid block, an option that is not obeyed in silence.
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
#include "tools/chain_file.h"
#include "tools/file.h"
#include "tools/hex.h"

static test_tool tool;
static char work[] = "inputs-XXXXXX"; /* a folder of our own */

#define RUN(...) test_tool_run(&tool, (const char *const[]){__VA_ARGS__, NULL})

/* A path in the folder of our own. */
static const char *in_work(const char *name) {
    static char paths[4][512];
    static size_t next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s", work, name);
    return path;
}

static void put(const char *name, const char *data, size_t size) {
    test_file_write(in_work(name), data, size);
}

static void put_text(const char *name, const char *text) {
    put(name, text, strlen(text));
}

/* --- Access lists */

/* The list of the block with this number among those in the folder `lists`. */
static const char *list_of(const char *number) {
    static char names[4][256];
    static size_t next;
    char *name = names[next++ % 4];
    failure f;
    file_list files;
    assert_int_equal(file_list_folder(&files, in_work("lists"), &f), WEFT_OK);
    for (size_t i = 0; i < files.count; i++) {
        if (strncmp(files.names[i], number, strlen(number)) == 0 && file_has_suffix(files.names[i], ".rlp")) {
            (void)snprintf(name, sizeof names[0], "lists/%s", files.names[i]);
        }
    }
    file_list_free(&files);
    return name;
}

static void an_access_list_file_that_is_none_is_not_the_blocks_fault(void **state) {
    (void)state;
    char words[512];
    const char *chain = test_fixture("mixed-osaka");
    assert_int_equal(RUN("replay", "--quiet", "--emit-bal", "lists", chain), 0);
    assert_int_equal(RUN("replay", "--threads", "2", "--bal", "lists", chain), 0);
    test_tool_expect(&tool, "out", "block access list");
    file_bytes second = test_file_read(in_work(list_of("2-")));
    const size_t sizes[] = {0, 1, second.size / 2};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        put(list_of("2-"), second.data, sizes[i]);
        assert_int_equal(RUN("replay", "--bal", "lists", chain), 1);
        (void)snprintf(words, sizeof words, "%s: no block access list in RLP: byte ", list_of("2-"));
        test_tool_expect(&tool, "err", words);
        assert_false(test_tool_wrote(&tool, "out", "INVALID_BLOCK_ACCESS_LIST"));
    }
    assert_int_equal(RUN("replay", "--bal", test_fixture("mixed-osaka/meta.json"), chain), 1);
    test_tool_expect(&tool, "err", "meta.json: no block access list in RLP: byte 0");
    /* A list, but another block's. */
    file_bytes first = test_file_read(in_work(list_of("1-")));
    put(list_of("2-"), first.data, first.size);
    assert_int_equal(RUN("replay", "--bal", "lists", chain), 1);
    (void)snprintf(words, sizeof words, "block 2: BlockException.INVALID_BLOCK_ACCESS_LIST: %s: ", list_of("2-"));
    test_tool_expect(&tool, "out", words);
    file_free(&first);
    file_free(&second);
}

/* --- Options */

static void options_that_recorded_blocks_cannot_obey_are_refused(void **state) {
    (void)state;
    assert_int_equal(mkdir(in_work("recorded"), 0777), 0);
    put_text("recorded/block.rlp.hex", "c0");
    put_text("recorded/meta.json", "{}");
    assert_int_equal(RUN("replay", "--witness", "nosuch", "recorded"), 2);
    test_tool_expect(&tool, "err", "recorded: --witness takes a chain");
    assert_int_equal(RUN("replay", "--chain-id", "5", "recorded"), 2);
    test_tool_expect(&tool, "err", "recorded: --chain-id takes a chain");
    assert_int_equal(RUN("replay", "--store", "store", "recorded"), 2);
    assert_int_equal(RUN("replay", "--emit-bal", "recorded/meta.json", "recorded"), 2);
    test_tool_expect(&tool, "err", "--emit-bal recorded/meta.json: there is a file of this name");
    assert_int_equal(RUN("replay", "--emit-witness", "recorded/meta.json", "recorded"), 2);
    assert_int_equal(RUN("replay", "--store", "store", "--undo", "0", "recorded"), 2);
    test_tool_expect(&tool, "err", "--batch and --undo take a number above 0");
    assert_int_equal(RUN("replay", "--batch", "2", "recorded"), 2);
    test_tool_expect(&tool, "err", "go with --store");
}

static void quiet_json_has_the_failures_and_the_summary(void **state) {
    (void)state;
    const char *genesis = test_fixture("selfdestruct-shanghai/genesis.json");
    assert_int_equal(RUN("replay", "--quiet", "--json", test_fixture("selfdestruct-shanghai")), 0);
    file_bytes lines = test_tool_output(&tool, "out");
    assert_int_equal(strncmp(lines.data, "{\"summary\":", 11), 0);
    file_free(&lines);
    assert_int_equal(RUN("replay", "--quiet", "--json", "--genesis", genesis, test_fixture("mixed-osaka/chain.rlp")),
                     1);
    test_tool_expect(&tool, "out", "\"verdict\":\"BlockException.UNKNOWN_PARENT\"");
}

/* --- Blocks that are none */

static void an_unreadable_block_has_no_number(void **state) {
    (void)state;
    assert_int_equal(RUN("replay", "recorded"), 1);
    test_tool_expect(&tool, "out", "  recorded: recorded/block.rlp.hex: ");
    assert_false(test_tool_wrote(&tool, "out", "block 0"));
    assert_int_equal(RUN("replay", "--json", "recorded"), 1);
    assert_false(test_tool_wrote(&tool, "out", "\"block\":"));
    test_tool_expect(&tool, "out", "{\"summary\":{\"blocks\":1,\"ok\":0,\"failed\":1");
    put_text("string.rlp", "era1");
    assert_int_equal(RUN("replay", "--genesis", test_fixture("mixed-osaka/genesis.json"), "string.rlp"), 1);
    test_tool_expect(&tool, "err", "; a chain file is the RLP of its blocks");
}

/* A recording that does not say the block's hash leaves one check undone, which is counted. */
static void a_hash_that_was_not_recorded_is_counted_as_not_checked(void **state) {
    (void)state;
    chain_file file;
    weft_block block;
    failure f;
    const char *words = "block hash: none was recorded";
    assert_int_equal(chain_file_open(&file, test_fixture("mixed-osaka/chain.rlp"), &f), WEFT_OK);
    assert_int_equal(chain_file_next(&file, &block, &f), WEFT_OK);
    char *hex = malloc(2 * file.position + 3), hash[HEX_BYTES32_TEXT_SIZE], meta[128];
    assert_non_null(hex);
    put_text("recorded/block.rlp.hex", hex_encode(hex, file.bytes.data, file.position));
    assert_int_not_equal(RUN("replay", "recorded"), -1);
    test_tool_expect(&tool, "out", words);
    (void)snprintf(meta, sizeof meta, "{\"hash\": \"%s\"}",
                   hex_encode(hash, block.hash.bytes, sizeof block.hash.bytes));
    put_text("recorded/meta.json", meta);
    assert_int_not_equal(RUN("replay", "recorded"), -1);
    assert_false(test_tool_wrote(&tool, "out", words));
    chain_file_close(&file);
    free(hex);
}

/* --- Genesis */

/* The genesis of a chain with another beginning of its "config". */
static void put_genesis(const char *name, const char *chain, const char *members) {
    file_bytes genesis = test_file_read(test_fixture(chain));
    char *config = strstr(genesis.data, "\"config\""), *text = malloc(genesis.size + strlen(members) + 1);
    assert_true(config != NULL && text != NULL);
    size_t size = (size_t)(strchr(config, '{') + 1 - genesis.data);
    (void)sprintf(text, "%.*s%s%s", (int)size, genesis.data, members, genesis.data + size);
    put_text(name, text);
    free(text);
    file_free(&genesis);
}

static void a_fork_that_is_not_known_is_not_passed_over(void **state) {
    (void)state;
    const char *chain = test_fixture("selfdestruct-shanghai/chain.rlp");
    put_genesis("later.json", "selfdestruct-shanghai/genesis.json", "\"zzzTime\": 99999999999, \"aaaTime\": null,");
    assert_int_equal(RUN("replay", "--quiet", "--genesis", "later.json", chain), 0);
    put_genesis("now.json", "selfdestruct-shanghai/genesis.json", "\"zzzTime\": \"0x0\",");
    assert_int_equal(RUN("replay", "--quiet", "--genesis", "now.json", chain), 3);
    test_tool_expect(&tool, "err", "block 1: weft does not know the rules of zzzTime");
}

static void a_file_beside_us_is_named_without_a_folder(void **state) {
    (void)state;
    file_bytes genesis = test_file_read(test_fixture("long-cancun/genesis.json")),
               chain = test_file_read(test_fixture("long-cancun/chain.rlp"));
    put("long.json", genesis.data, genesis.size);
    put("long.rlp", chain.data, chain.size);
    assert_int_equal(RUN("replay", "--genesis", "long.json", "long.rlp"), 0);
    test_tool_expect(&tool, "out", "\nlong.rlp ");
    file_free(&genesis);
    file_free(&chain);
}

static int set_up(void **state) {
    (void)state;
    return mkdtemp(work) != NULL && test_tool_find(&tool, work) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    char command[64];
    (void)snprintf(command, sizeof command, "rm -r %s", work);
    return system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_access_list_file_that_is_none_is_not_the_blocks_fault),
        cmocka_unit_test(options_that_recorded_blocks_cannot_obey_are_refused),
        cmocka_unit_test(quiet_json_has_the_failures_and_the_summary),
        cmocka_unit_test(an_unreadable_block_has_no_number),
        cmocka_unit_test(a_hash_that_was_not_recorded_is_counted_as_not_checked),
        cmocka_unit_test(a_fork_that_is_not_known_is_not_passed_over),
        cmocka_unit_test(a_file_beside_us_is_named_without_a_folder),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
