/* Genesis files and chain files: the first header's hash is the first block's parent; files are read plain and packed;
 * what is broken is named by file, block and byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#include "tests/integration/files.h"
#include "tools/chain_file.h"
#include "tools/genesis.h"
#include "tools/hex.h"

static failure last;

/* --- Genesis */

static void load_genesis(genesis *g, const char *path) {
    if (genesis_load(g, path, &last) != WEFT_OK) {
        fail_msg("%s", last.message);
    }
}

static void genesis_is_the_parent_of_block_1(void **state) {
    (void)state;
    static const char *const chains[] = {"mixed-osaka", "selfdestruct-shanghai", "forks-paris-bpo2"};
    for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++) {
        char name[64];
        genesis g;
        chain_file file;
        weft_block block;
        (void)snprintf(name, sizeof name, "%s/genesis.json", chains[i]);
        const char *genesis_path = test_fixture(name);
        (void)snprintf(name, sizeof name, "%s/chain.rlp", chains[i]);
        const char *chain_path = test_fixture(name);
        load_genesis(&g, genesis_path);
        assert_int_equal(chain_file_open(&file, chain_path, &last), WEFT_OK);
        assert_int_equal(chain_file_next(&file, &block, &last), WEFT_OK);
        assert_int_equal(block.header.number, 1);
        assert_memory_equal(&block.header.parent_hash, &g.hash, sizeof g.hash);
        chain_file_close(&file);
        genesis_free(&g);
    }
}

static void public_genesis_hashes_are_reproduced(void **state) {
    (void)state;
    static const struct {
        const char *name, *hash_start;
    } known[] = {{"mainnet.json", "0xd4e56740"},      {"sepolia.json", "0x25a5cc10"},
                 {"holesky.json", "0xb5f7f912"},      {"hoodi.json", "0xbbe31286"},
                 {"mainnet-besu.json", "0xd4e56740"}, {"sepolia-besu.json", "0x25a5cc10"},
                 {"hoodi-besu.json", "0xbbe31286"}};
    const char *data = getenv("WEFT_DATA");
    if (data == NULL || *data == '\0') {
        skip();
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char name[64], text[HEX_BYTES32_TEXT_SIZE];
        genesis g;
        (void)snprintf(name, sizeof name, "genesis/%s", known[i].name);
        char *path = file_join(data, name);
        assert_non_null(path);
        load_genesis(&g, path);
        hex_encode(text, g.hash.bytes, sizeof g.hash.bytes);
        assert_memory_equal(text, known[i].hash_start, strlen(known[i].hash_start));
        genesis_free(&g);
        free(path);
    }
}

static weft_status parse_genesis(genesis *g, const char *text) {
    last = (failure){.status = WEFT_OK};
    return genesis_parse(g, "g.json", text, strlen(text), &last);
}

static void geth_and_besu_differ_about_petersburg(void **state) {
    (void)state;
    genesis g;
    assert_int_equal(parse_genesis(&g, "{\"config\": {\"chainId\": 5, \"constantinopleBlock\": 5}, \"alloc\": {}}"),
                     WEFT_OK);
    assert_int_equal(g.chain.activation_block[WEFT_PETERSBURG], 5);
    genesis_free(&g);
    assert_int_equal(parse_genesis(&g,
                                   "{\"config\": {\"chainId\": 5, \"constantinopleBlock\": 5, \"ethash\": "
                                   "{\"fixeddifficulty\": 100}}, \"alloc\": {}}"),
                     WEFT_OK);
    assert_true(g.chain.activation_block[WEFT_PETERSBURG] == WEFT_NEVER);
    assert_int_equal(g.chain.fixed_difficulty, 100);
    genesis_free(&g);
}

static void absent_fields_have_geths_defaults(void **state) {
    (void)state;
    genesis g;
    assert_int_equal(parse_genesis(&g,
                                   "{\"config\": {\"chainId\": 5, \"londonBlock\": 0, \"shanghaiTime\": 0, "
                                   "\"cancunTime\": 0, \"pragueTime\": 9}, \"alloc\": {}}"),
                     WEFT_OK);
    assert_int_equal(g.header.gas_limit, 4712388);
    assert_int_equal(g.header.difficulty.limb[0], 0);
    assert_int_equal(g.header.base_fee_per_gas.limb[0], 1000000000);
    assert_int_equal(g.header.field_count, 20);
    assert_true(g.chain.paris_by_difficulty);
    assert_false(g.chain.no_block_reward);
    assert_int_equal(g.chain.blob_schedule_count, 2);
    assert_int_equal(g.chain.blob_schedule[0].max, 6);
    assert_int_equal(g.chain.blob_schedule[1].target, 6);
    assert_int_equal(g.chain.blob_schedule[1].activation_time, 9);
    genesis_free(&g);
    assert_int_equal(parse_genesis(&g, "{\"config\": {\"chainId\": 5, \"clique\": {}}, \"alloc\": {}}"), WEFT_OK);
    assert_true(g.chain.no_block_reward);
    assert_int_equal(g.header.field_count, 15);
    genesis_free(&g);
    assert_int_equal(parse_genesis(&g, "{\"config\": {\"ethash\": {}}, \"alloc\": {}}"), WEFT_OK);
    assert_int_equal(g.header.difficulty.limb[0], 131072);
    genesis_free(&g);
}

static void a_genesis_without_its_parts_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *words;
    } broken[] = {
        {"{}", "\"config\" is missing"},
        {"{\"config\": {}}", "\"alloc\" is missing"},
        {"[]", "must be an object"},
        {"{\"config\": {}, \"alloc\": []}", "must be an object"},
        {"{\"config\": {}, \"alloc\": {\"0x12\": {}}}", "the key must be an address"},
        {"{\"config\": {\"londonBlock\": \"soon\"}, \"alloc\": {}}", "londonBlock: must be a number"},
        {"{\"config\": {\"cancunTime\": 1, \"blobSchedule\": {\"cancun\": {\"baseFeeUpdateFraction\": 0}}}, \"alloc\": "
         "{}}",
         "must be above 0"},
        {"{\"config\": {\"cancunTime\": 9, \"pragueTime\": 8}, \"alloc\": {}}", "pragueTime is before"},
    };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        genesis g;
        assert_int_equal(parse_genesis(&g, broken[i].text), WEFT_DECODE);
        if (strstr(last.message, broken[i].words) == NULL) {
            fail_msg("'%s' does not say '%s'", last.message, broken[i].words);
        }
    }
}

/* --- Chain files */

static void packed_files_read_like_plain_ones(void **state) {
    (void)state;
    char packed_path[] = "packed-chain-XXXXXX";
    int descriptor = mkstemp(packed_path);
    assert_true(descriptor >= 0);
    const char *path = test_fixture("selfdestruct-shanghai/chain.rlp");
    chain_file plain, packed;
    assert_int_equal(chain_file_open(&plain, path, &last), WEFT_OK);
    gzFile stream = gzdopen(descriptor, "wb");
    assert_non_null(stream);
    assert_int_equal(gzwrite(stream, plain.bytes.data, (unsigned)plain.bytes.size), (int)plain.bytes.size);
    assert_int_equal(gzclose(stream), Z_OK);
    assert_int_equal(chain_file_open(&packed, packed_path, &last), WEFT_OK);
    assert_int_equal(packed.bytes.size, plain.bytes.size);
    assert_memory_equal(packed.bytes.data, plain.bytes.data, plain.bytes.size);
    assert_int_equal(chain_file_count(&packed), 15);
    chain_file_close(&packed);
    chain_file_close(&plain);

    /* Cut the packed file off: that is an error, not an end. */
    assert_int_equal(truncate(packed_path, 2000), 0);
    assert_int_equal(chain_file_open(&packed, packed_path, &last), WEFT_DECODE);
    assert_non_null(strstr(last.message, packed_path));
    assert_int_equal(unlink(packed_path), 0);
}

static void a_broken_block_is_named_by_index_and_byte(void **state) {
    (void)state;
    const char *path = test_fixture("selfdestruct-shanghai/chain.rlp");
    chain_file file;
    weft_block block;
    char words[80];
    assert_int_equal(chain_file_open(&file, path, &last), WEFT_OK);
    assert_int_equal(chain_file_next(&file, &block, &last), WEFT_OK);
    assert_int_equal(chain_file_next(&file, &block, &last), WEFT_OK);
    (void)snprintf(words, sizeof words, "block at index 2 (byte %zu)", file.position);
    file.owned.data[file.position] = (char)0x80; /* a string where a list must be */
    assert_int_equal(chain_file_next(&file, &block, &last), WEFT_DECODE);
    assert_non_null(strstr(last.message, words));
    assert_non_null(strstr(last.message, path));
    chain_file_close(&file);
}

static void a_file_that_is_not_there_is_not_found(void **state) {
    (void)state;
    chain_file file;
    genesis g;
    assert_int_equal(chain_file_open(&file, "no/such/file", &last), WEFT_NOT_FOUND);
    assert_int_equal(genesis_load(&g, "no/such/file", &last), WEFT_NOT_FOUND);
    assert_int_equal(chain_file_open(&file, "/", &last), WEFT_IO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genesis_is_the_parent_of_block_1),
        cmocka_unit_test(public_genesis_hashes_are_reproduced),
        cmocka_unit_test(geth_and_besu_differ_about_petersburg),
        cmocka_unit_test(absent_fields_have_geths_defaults),
        cmocka_unit_test(a_genesis_without_its_parts_is_refused),
        cmocka_unit_test(packed_files_read_like_plain_ones),
        cmocka_unit_test(a_broken_block_is_named_by_index_and_byte),
        cmocka_unit_test(a_file_that_is_not_there_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
