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
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/support/tool.h"
#include "tools/chain_file.h"
#include "tools/file.h"
#include "tools/hex.h"

static test_tool tool;
static char fixtures[4096];
static char work[] = "inputs-XXXXXX"; /* a folder of our own */

static int run_tool(const char *const *arguments) {
    int status = 0;
    pid_t child = test_tool_start(&tool, arguments);
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}
#define RUN(...) run_tool((const char *const[]){__VA_ARGS__, NULL})

static file_bytes get(const char *path) {
    failure f;
    file_bytes bytes;
    if (file_read(&bytes, path, &f) != WEFT_OK) {
        fail_msg("%s", f.message);
    }
    return bytes;
}

/* A path in the folder of our own. */
static const char *in_work(const char *name) {
    static char paths[4][512];
    static size_t next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s", work, name);
    return path;
}

static void put(const char *name, const char *data, size_t size) {
    FILE *file = fopen(in_work(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void put_text(const char *name, const char *text) {
    put(name, text, strlen(text));
}

static bool output_has(const char *name, const char *words) {
    file_bytes bytes = get(in_work(name));
    bool has = strstr(bytes.data, words) != NULL;
    file_free(&bytes);
    return has;
}

static void expect(const char *name, const char *words) {
    if (!output_has(name, words)) {
        file_bytes bytes = get(in_work(name));
        fail_msg("'%s' is not in %s:\n%s", words, name, bytes.data);
    }
}

static const char *fixture(const char *name) {
    static char paths[4][8192];
    static size_t next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s", fixtures, name);
    return path;
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
    const char *chain = fixture("mixed-osaka");
    assert_int_equal(RUN("replay", "--quiet", "--emit-bal", "lists", chain), 0);
    assert_int_equal(RUN("replay", "--threads", "2", "--bal", "lists", chain), 0);
    expect("out", "block access list");
    file_bytes second = get(in_work(list_of("2-")));
    const size_t sizes[] = {0, 1, second.size / 2};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        put(list_of("2-"), second.data, sizes[i]);
        assert_int_equal(RUN("replay", "--bal", "lists", chain), 1);
        (void)snprintf(words, sizeof words, "%s: no block access list in RLP: byte ", list_of("2-"));
        expect("err", words);
        assert_false(output_has("out", "INVALID_BLOCK_ACCESS_LIST"));
    }
    assert_int_equal(RUN("replay", "--bal", fixture("mixed-osaka/meta.json"), chain), 1);
    expect("err", "meta.json: no block access list in RLP: byte 0");
    /* A list, but another block's. */
    file_bytes first = get(in_work(list_of("1-")));
    put(list_of("2-"), first.data, first.size);
    assert_int_equal(RUN("replay", "--bal", "lists", chain), 1);
    (void)snprintf(words, sizeof words, "block 2: BlockException.INVALID_BLOCK_ACCESS_LIST: %s: ", list_of("2-"));
    expect("out", words);
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
    expect("err", "recorded: --witness takes a chain");
    assert_int_equal(RUN("replay", "--chain-id", "5", "recorded"), 2);
    expect("err", "recorded: --chain-id takes a chain");
    assert_int_equal(RUN("replay", "--store", "store", "recorded"), 2);
    assert_int_equal(RUN("replay", "--emit-bal", "recorded/meta.json", "recorded"), 2);
    expect("err", "--emit-bal recorded/meta.json: there is a file of this name");
    assert_int_equal(RUN("replay", "--emit-witness", "recorded/meta.json", "recorded"), 2);
    assert_int_equal(RUN("replay", "--store", "store", "--undo", "0", "recorded"), 2);
    expect("err", "--batch and --undo take a number above 0");
    assert_int_equal(RUN("replay", "--batch", "2", "recorded"), 2);
    expect("err", "go with --store");
}

static void quiet_json_has_the_failures_and_the_summary(void **state) {
    (void)state;
    const char *genesis = fixture("selfdestruct-shanghai/genesis.json");
    assert_int_equal(RUN("replay", "--quiet", "--json", fixture("selfdestruct-shanghai")), 0);
    file_bytes lines = get(in_work("out"));
    assert_int_equal(strncmp(lines.data, "{\"summary\":", 11), 0);
    file_free(&lines);
    assert_int_equal(RUN("replay", "--quiet", "--json", "--genesis", genesis, fixture("mixed-osaka/chain.rlp")), 1);
    expect("out", "\"verdict\":\"BlockException.UNKNOWN_PARENT\"");
}

/* --- Blocks that are none */

static void an_unreadable_block_has_no_number(void **state) {
    (void)state;
    assert_int_equal(RUN("replay", "recorded"), 1);
    expect("out", "  recorded: recorded/block.rlp.hex: ");
    assert_false(output_has("out", "block 0"));
    assert_int_equal(RUN("replay", "--json", "recorded"), 1);
    assert_false(output_has("out", "\"block\":"));
    expect("out", "{\"summary\":{\"blocks\":1,\"ok\":0,\"failed\":1");
    put_text("string.rlp", "era1");
    assert_int_equal(RUN("replay", "--genesis", fixture("mixed-osaka/genesis.json"), "string.rlp"), 1);
    expect("err", "; a chain file is the RLP of its blocks");
}

/* A recording that does not say the block's hash leaves one check undone, which is counted. */
static void a_hash_that_was_not_recorded_is_counted_as_not_checked(void **state) {
    (void)state;
    chain_file file;
    weft_block block;
    failure f;
    const char *words = "block hash: none was recorded";
    assert_int_equal(chain_file_open(&file, fixture("mixed-osaka/chain.rlp"), &f), WEFT_OK);
    assert_int_equal(chain_file_next(&file, &block, &f), WEFT_OK);
    char *hex = malloc(2 * file.position + 3), hash[HEX_BYTES32_TEXT_SIZE], meta[128];
    assert_non_null(hex);
    put_text("recorded/block.rlp.hex", hex_encode(hex, file.bytes.data, file.position));
    (void)RUN("replay", "recorded");
    expect("out", words);
    (void)snprintf(meta, sizeof meta, "{\"hash\": \"%s\"}",
                   hex_encode(hash, block.hash.bytes, sizeof block.hash.bytes));
    put_text("recorded/meta.json", meta);
    (void)RUN("replay", "recorded");
    assert_false(output_has("out", words));
    chain_file_close(&file);
    free(hex);
}

/* --- Genesis */

/* The genesis of a chain with another beginning of its "config". */
static void put_genesis(const char *name, const char *chain, const char *members) {
    file_bytes genesis = get(fixture(chain));
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
    const char *chain = fixture("selfdestruct-shanghai/chain.rlp");
    put_genesis("later.json", "selfdestruct-shanghai/genesis.json", "\"zzzTime\": 99999999999, \"aaaTime\": null,");
    assert_int_equal(RUN("replay", "--quiet", "--genesis", "later.json", chain), 0);
    put_genesis("now.json", "selfdestruct-shanghai/genesis.json", "\"zzzTime\": \"0x0\",");
    assert_int_equal(RUN("replay", "--quiet", "--genesis", "now.json", chain), 3);
    expect("err", "block 1: weft does not know the rules of zzzTime");
}

static void a_file_beside_us_is_named_without_a_folder(void **state) {
    (void)state;
    file_bytes genesis = get(fixture("long-cancun/genesis.json")), chain = get(fixture("long-cancun/chain.rlp"));
    put("long.json", genesis.data, genesis.size);
    put("long.rlp", chain.data, chain.size);
    assert_int_equal(RUN("replay", "--genesis", "long.json", "long.rlp"), 0);
    expect("out", "\nlong.rlp ");
    file_free(&genesis);
    file_free(&chain);
}

static int set_up(void **state) {
    (void)state;
    const char *given = getenv("WEFT_FIXTURES");
    if (realpath(given != NULL ? given : "fixtures", fixtures) == NULL) {
        return -1;
    }
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
