/* Execution witnesses as the tool writes and reads them: `weft replay --emit-witness`, `--witness`.
 *
 * The same witness must come of a state in memory and of a store; every block of every chain must be executable from its
 * witness alone, serially and by 2 and 8 workers, to the state root of its header; and a witness that lacks anything must
 * be refused in words. With WEFT_DATA, witnesses that other clients made are compared with ours.
 * Knob: WEFT_SEED.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <weft/witness_builder.h>

#include "tests/integration/tool.h"
#include "tests/support/random.h"
#include "tools/access_list_json.h"
#include "tools/file.h"
#include "tools/suite/networks.h"
#include "tools/suite/stateless.h"
#include "tools/witness_json.h"

static test_tool tool;
static char work[] = "witness-XXXXXX"; /* a folder of our own */

/* --- Files and the tool --- */

#define RUN(...) test_tool_run(&tool, (const char *const[]){__VA_ARGS__, NULL})

/* A path below the folder of our own. */
static const char *in_work(const char *folder, const char *name) {
    static char paths[4][512];
    static size_t next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s/%s", work, folder, name);
    return path;
}

static void expect_words(const char *words) {
    file_bytes out = test_tool_output(&tool, "out"), err = test_tool_output(&tool, "err");
    if (strstr(out.data, words) == NULL && strstr(err.data, words) == NULL) {
        fail_msg("'%s' is not in\n%s\n%s", words, out.data, err.data);
    }
    file_free(&out);
    file_free(&err);
}

static void list(file_list *files, const char *folder) {
    failure f;
    if (file_list_folder(files, in_work(folder, "."), &f) != WEFT_OK) {
        fail_msg("%s", f.message);
    }
}

static void remove_folder(const char *folder) {
    file_list files;
    list(&files, folder);
    for (size_t i = 0; i < files.count; i++) {
        (void)unlink(in_work(folder, files.names[i]));
    }
    file_list_free(&files);
    (void)rmdir(in_work(folder, "."));
    (void)rmdir(in_work(".", folder));
}

/* --- Chains of our own --- */

static void assert_same_files(const char *a, const char *b) {
    file_list ours, theirs;
    list(&ours, a);
    list(&theirs, b);
    assert_int_equal(ours.count, theirs.count);
    assert_true(ours.count > 0);
    for (size_t i = 0; i < ours.count; i++) {
        file_bytes left = test_file_read(in_work(a, ours.names[i])), right = test_file_read(in_work(b, ours.names[i]));
        assert_int_equal(left.size, right.size);
        assert_memory_equal(left.data, right.data, left.size);
        file_free(&left);
        file_free(&right);
    }
    file_list_free(&ours);
    file_list_free(&theirs);
}

static void a_chain_runs_on_its_witnesses(void **state) {
    static const char *const chains[] = {"forks-paris-bpo2", "long-cancun", "mixed-osaka", "selfdestruct-shanghai"};
    (void)state;
    for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++) {
        const char *chain = test_fixture(chains[i]);
        assert_int_equal(RUN("replay", "--serial", "--quiet", "--emit-witness", "memory", chain), 0);
        assert_int_equal(
            RUN("replay", "--threads", "2", "--quiet", "--store", "store", "--emit-witness", "stored", chain), 0);
        assert_same_files("memory", "stored");
        assert_int_equal(RUN("replay", "--check", "--threads", "2", "--force-parallel", "--witness", "stored", chain),
                         0);
        expect_words(" ok, 0 failed, 0 unchecked");
        expect_words("state root");
        assert_int_equal(RUN("replay", "--threads", "8", "--force-parallel", "--quiet", "--witness", "stored", chain),
                         0);
        remove_folder("memory");
        remove_folder("stored");
        remove_folder("store");
    }
}

static void resumed_and_rewound_stores_give_witnesses(void **state) {
    const char *chain = test_fixture("forks-paris-bpo2");
    (void)state;
    assert_int_equal(RUN("replay", "--quiet", "--store", "store", "--emit-witness", "all", chain), 0);
    assert_int_equal(RUN("store", "rewind", "store", "--to", "3"), 0);
    assert_int_equal(RUN("replay", "--store", "store", "--emit-witness", "again", chain), 0);
    expect_words("11  state root"); /* of the blocks after the third: the commits have compared them */
    file_list files;
    list(&files, "again");
    assert_int_equal(files.count, 11);
    for (size_t i = 0; i < files.count; i++) {
        file_bytes left = test_file_read(in_work("all", files.names[i])),
                   right = test_file_read(in_work("again", files.names[i]));
        assert_string_equal(left.data, right.data);
        file_free(&left);
        file_free(&right);
    }
    file_list_free(&files);
    remove_folder("all");
    remove_folder("again");
    remove_folder("store");
}

/* --- What is missing --- */

/* The texts of a JSON array of strings, quotes included. */
typedef struct string_span {
    size_t from, to;
} string_span;

static string_span nth_string(const char *json, const char *key, size_t n) {
    const char *at = strstr(json, key);
    assert_non_null(at);
    at = strchr(at, '[') + 1;
    for (;; n--) {
        const char *end = strchr(at + 1, '"');
        assert_true(*at == '"' && end != NULL);
        if (n == 0) {
            return (string_span){(size_t)(at - json), (size_t)(end + 1 - json)};
        }
        at = end + 2; /* a comma lies between */
    }
}

static size_t string_count(const char *json, const char *key) {
    json_document document;
    failure f;
    assert_int_equal(json_parse(&document, "witness", json, strlen(json), &f), WEFT_OK);
    size_t count = json_get(document.root, key)->child_count;
    json_free(&document);
    return count;
}

/* Write a witness without its n-th string of `key`: an empty string stands there, which is no node and no code. */
static void write_without(const char *path, const char *json, const char *key, size_t n) {
    string_span span = nth_string(json, key, n);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(json, 1, span.from, file), span.from);
    assert_true(fputs("\"0x\"", file) >= 0 && fputs(json + span.to, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void nothing_can_be_left_out(void **state) {
    const char *chain = test_fixture("forks-paris-bpo2");
    test_random random = {seed_range_read(1).first};
    size_t lacking_codes = 0;
    (void)state;
    print_message("seed %llu\n", (unsigned long long)random.state);
    assert_int_equal(RUN("replay", "--quiet", "--emit-witness", "some", chain), 0);
    file_list files;
    list(&files, "some");
    for (unsigned attempt = 0; attempt < 40; attempt++) {
        const char *path = in_work("some", files.names[random_below(&random, files.count)]);
        const char *key = attempt % 4 == 0 ? "codes" : "state";
        file_bytes whole = test_file_read(path);
        size_t count = string_count(whole.data, key);
        if (count != 0) {
            write_without(path, whole.data, key, random_below(&random, count));
            assert_int_equal(RUN("replay", "--serial", "--quiet", "--witness", "some", chain), 3);
            expect_words("the witness does not suffice");
            expect_words(strrchr(path, '/') + 1);
            assert_int_equal(RUN("replay", "--threads", "3", "--force-parallel", "--quiet", "--witness", "some", chain),
                             3);
            expect_words("the witness does not suffice");
            lacking_codes += attempt % 4 == 0;
        }
        test_file_write(path, whole.data, whole.size);
        file_free(&whole);
    }
    assert_true(lacking_codes > 0);
    (void)unlink(in_work("some", files.names[0]));
    assert_int_equal(RUN("replay", "--quiet", "--witness", "some", chain), 3);
    expect_words("No such file");
    file_list_free(&files);
    remove_folder("some");
}

/* Who reads the message must be able to tell what to add to which file. */
static void a_missing_code_is_named(void **state) {
    (void)state;
    const char *chain = test_fixture("forks-paris-bpo2");
    char where[512];
    assert_int_equal(RUN("replay", "--quiet", "--emit-witness", "some", chain), 0);
    file_list files;
    list(&files, "some");
    for (size_t i = 0, done = 0; i < files.count && done == 0; i++) {
        const char *path = in_work("some", files.names[i]);
        file_bytes whole = test_file_read(path);
        if (string_count(whole.data, "codes") > 0) {
            write_without(path, whole.data, "codes", 0);
            (void)snprintf(where, sizeof where, "some/%s: the witness does not suffice", files.names[i]);
            done = 1;
        }
        file_free(&whole);
        assert_true(done || i + 1 < files.count);
    }
    assert_int_equal(RUN("replay", "--serial", "--quiet", "--witness", "some", chain), 3);
    expect_words(where);
    expect_words(": the code 0x");
    expect_words(" is not in it");
    file_list_free(&files);
    remove_folder("some");
}

static void the_file_of_one_block_is_named_as_it_is(void **state) {
    (void)state;
    const char *chain = test_fixture("mixed-osaka");
    char path[512];
    assert_int_equal(RUN("replay", "--quiet", "--emit-witness", "some", chain), 0);
    file_list files;
    list(&files, "some");
    for (size_t i = 0; i < files.count; i++) {
        if (strncmp(files.names[i], "1-", 2) == 0) {
            (void)snprintf(path, sizeof path, "some/%s", files.names[i]);
        }
    }
    file_list_free(&files);
    assert_int_equal(RUN("replay", "--quiet", "--witness", path, chain), 3);
    expect_words(".witness.json: the last header of the witness is not the block's parent");
    char wrong[600];
    (void)snprintf(wrong, sizeof wrong, "%s/", path);
    file_bytes err = test_tool_output(&tool, "err");
    assert_null(strstr(err.data, wrong));
    assert_non_null(strstr(err.data, "block 2: "));
    file_free(&err);
    remove_folder("some");
}

static void options_that_exclude_each_other(void **state) {
    (void)state;
    assert_int_equal(RUN("replay", "--witness", "w", "--store", "s", "x"), 2);
    assert_int_equal(RUN("replay", "--witness", "w", "--emit-witness", "v", "x"), 2);
    assert_int_equal(RUN("replay", "--emit-witness", "w", "--store", "s", "--batch", "2", "x"), 2);
}

/* --- Those of others --- */

static const char *data(const char *name) {
    static char path[8192];
    const char *root = getenv("WEFT_DATA");
    if (root == NULL) {
        skip();
    }
    (void)snprintf(path, sizeof path, "%s/%s", root != NULL ? root : "", name);
    return path;
}

static int string_order(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The distinct texts of an array, sorted. Returns: how many. */
static size_t string_set(const char **set, size_t capacity, const json_value *array) {
    size_t count = 0, distinct = 0;
    for (const json_value *v = json_first(array); v != NULL; v = v->next) {
        assert_true(count < capacity);
        set[count++] = v->text;
    }
    qsort(set, count, sizeof *set, string_order);
    for (size_t i = 0; i < count; i++) {
        if (distinct == 0 || strcmp(set[i], set[distinct - 1]) != 0) {
            set[distinct++] = set[i];
        }
    }
    return distinct;
}

/* How many strings theirs has that ours lacks; fails if ours has any that theirs lacks. */
static size_t surplus(const json_value *theirs, const json_value *ours, const char *key) {
    enum { CAPACITY = 4096 };
    static const char *a[CAPACITY], *b[CAPACITY];
    size_t a_count = string_set(a, CAPACITY, json_get(theirs, key));
    size_t b_count = string_set(b, CAPACITY, json_get(ours, key));
    for (size_t i = 0; i < b_count; i++) {
        if (bsearch(&b[i], a, a_count, sizeof *a, string_order) == NULL) {
            fail_msg("%s: ours has more than theirs: %.60s", key, b[i]);
        }
    }
    return a_count - b_count;
}

/* Blocks 9 and 29 have one node more there, which no access of theirs leads to. */
static void erigon_holds_the_same(void **state) {
    char path[8300];
    size_t equal_count = 0;
    (void)state;
    assert_int_equal(RUN("replay", "--quiet", "--emit-witness", "ours", data("chains/execution-apis-prague45")), 0);
    file_list files;
    list(&files, "ours");
    assert_int_equal(files.count, 45);
    for (size_t i = 0; i < files.count; i++) {
        json_document ours, theirs;
        failure f;
        (void)snprintf(path, sizeof path, "%s/%02lu-canonical.json", data("chains/execution-apis-prague45/witness"),
                       strtoul(files.names[i], NULL, 10));
        assert_int_equal(json_load(&ours, in_work("ours", files.names[i]), &f), WEFT_OK);
        assert_int_equal(json_load(&theirs, path, &f), WEFT_OK);
        const json_value *result = json_get(theirs.root, "result");
        result = result != NULL ? result : theirs.root;
        equal_count += surplus(result, ours.root, "state") + surplus(result, ours.root, "codes") +
                           surplus(result, ours.root, "headers") ==
                       0;
        json_free(&ours);
        json_free(&theirs);
    }
    file_list_free(&files);
    remove_folder("ours");
    assert_int_equal(equal_count, 43);
}

/* A block of an official fixture, and the witness it comes with. */
typedef struct fixture_block {
    weft_chain chain;
    weft_decoder *decoder;
    weft_block block;
    weft_execute_options options;
    witness_json witness;
} fixture_block;

/* Returns: false when the fixture's point is a witness that does not suffice. */
static bool fixture_block_read(fixture_block *b, json_document *document, const json_value *test,
                               const json_value *json) {
    weft_bytes rlp;
    weft_error error;
    weft_block_access_list accesses;
    bool is_provable;
    const char *network = json_get(test, "network")->text;
    *b = (fixture_block){.options = {.size = sizeof b->options}};
    assert_true(network_chain(&b->chain, network));
    (void)network_revise(&b->chain, json_get(test, "_info")); /* this release is older than any revision: the nearest */
    if (!stateless_is_given(json, &is_provable) || !is_provable) {
        return false;
    }
    assert_true(network_configure(&b->chain, network, document, json_get(test, "config")));
    assert_int_equal(weft_decoder_create(&b->decoder), WEFT_OK);
    assert_true(json_bytes(document, json, "rlp", &rlp));
    assert_int_equal(weft_block_decode(b->decoder, &b->block, NULL, rlp, &error), WEFT_OK);
    assert_int_equal(witness_json_read(&b->witness, document, json_get(json, "executionWitness"), &b->block.header),
                     WEFT_OK);
    b->options.parent = &b->witness.ancestors[0].header;
    if (json_get(json, "blockAccessList") != NULL) {
        assert_true(access_list_json_read(document, json_get(json, "blockAccessList"), &accesses));
        assert_int_equal(weft_block_access_list_encode(b->decoder, &b->options.block_access_list, &accesses), WEFT_OK);
    }
    return true;
}

typedef struct remade_counts {
    size_t same, larger, larger_by_design;
    size_t other_rules; /* blocks that are not valid by the nearest revision of Amsterdam */
} remade_counts;

static bool is_same(const weft_witness_parts *parts, const weft_block *block, const json_value *witness) {
    uint64_t parent = block->header.number - 1;
    uint64_t first = parts->first_block_hash < parent ? parts->first_block_hash : parent;
    return parts->node_count == json_get(witness, "state")->child_count &&
           parts->code_count == json_get(witness, "codes")->child_count &&
           parent - first + 1 == json_get(witness, "headers")->child_count;
}

/* Make a witness of theirs. It cannot hold what theirs does not, so counts suffice to tell whether it is the same. */
static void remake(remade_counts *counts, const fixture_block *b, const json_value *witness, bool is_larger_by_design) {
    const weft_engine_config config = {.size = sizeof config, .threads = 1};
    weft_engine *engine;
    weft_witness_builder *builder;
    weft_witness_parts parts;
    weft_block_result result;
    weft_error error;
    weft_state_view view = weft_witness_view(b->witness.witness);
    weft_node_source nodes = weft_witness_nodes(b->witness.witness);
    assert_int_equal(weft_engine_create(&engine, &b->chain, &config), WEFT_OK);
    assert_int_equal(weft_witness_builder_create(&builder, &view, &nodes, &b->witness.ancestors[0].header.state_root),
                     WEFT_OK);
    view = weft_witness_builder_view(builder);
    assert_int_equal(weft_engine_execute(engine, &result, &b->block, &view, &b->options), WEFT_OK);
    if (result.verdict != WEFT_VALID) {
        counts->other_rules++;
    } else {
        assert_int_equal(weft_witness_builder_finish(builder, &parts, &result.delta, &error), WEFT_OK);
        assert_memory_equal(&parts.state_root, &b->block.header.state_root, sizeof parts.state_root);
        bool same = is_same(&parts, &b->block, witness);
        counts->same += same;
        counts->larger += !same;
        counts->larger_by_design += !same && is_larger_by_design;
    }
    weft_witness_builder_destroy(builder);
    weft_engine_destroy(engine);
}

static void compare_file(remade_counts *counts, const char *path) {
    json_document document;
    failure f;
    assert_int_equal(json_load(&document, path, &f), WEFT_OK);
    for (const json_value *test = json_first(document.root); test != NULL; test = test->next) {
        for (const json_value *json = json_first(json_get(test, "blocks")); json != NULL; json = json->next) {
            fixture_block b;
            if (fixture_block_read(&b, &document, test, json)) {
                remake(counts, &b, json_get(json, "executionWitness"), strstr(path, "_extra_unused_") != NULL);
            }
            witness_json_free(&b.witness);
            weft_decoder_destroy(b.decoder);
        }
    }
    json_free(&document);
}

static void compare_folder(remade_counts *counts, const char *folder) {
    file_list files;
    failure f;
    assert_int_equal(file_list_folder(&files, folder, &f), WEFT_OK);
    for (size_t i = 0; i < files.count; i++) {
        char *path = file_join(folder, files.names[i]);
        assert_non_null(path);
        if (file_is_folder(path)) {
            compare_folder(counts, path);
        } else if (strstr(path, ".json") != NULL) {
            compare_file(counts, path);
        }
        free(path);
    }
    file_list_free(&files);
}

/* Fixtures whose witness holds too much on purpose are the only ones that are not remade. */
static void official_witnesses_are_remade(void **state) {
    remade_counts counts = {0};
    (void)state;
    compare_folder(&counts, data("blockchain_tests_amsterdam/eest-zkevm-v0.3.3/for_amsterdam/amsterdam/"
                                 "eip8025_optional_proofs"));
    print_message("%zu equal, %zu larger, %zu of them on purpose; %zu under other rules\n", counts.same, counts.larger,
                  counts.larger_by_design, counts.other_rules);
    assert_true(counts.same > 100 && counts.other_rules < 10);
    assert_int_equal(counts.larger, counts.larger_by_design);
}

static int set_up(void **state) {
    (void)state;
    return mkdtemp(work) != NULL && test_tool_find(&tool, work) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    remove_folder(".");
    return rmdir(work);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_runs_on_its_witnesses), cmocka_unit_test(resumed_and_rewound_stores_give_witnesses),
        cmocka_unit_test(nothing_can_be_left_out),       cmocka_unit_test(options_that_exclude_each_other),
        cmocka_unit_test(a_missing_code_is_named),       cmocka_unit_test(the_file_of_one_block_is_named_as_it_is),
        cmocka_unit_test(erigon_holds_the_same),         cmocka_unit_test(official_witnesses_are_remade),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
