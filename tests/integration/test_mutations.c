/* Damaged inputs: every loader answers with a result or with words, and nothing crashes, leaks, hangs or overflows
 * (build with the address sanitizer to see the latter).
 *
 * Bug hunted: a length, count or nesting taken from a file and believed. Oracle: the loader's status, a message that
 * names the file, and the sanitizers. What still loads is executed. Knob: WEFT_SEED; a failure prints the seed of its
 * round, with which the round can be repeated alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/integration/files.h"
#include "tests/support/random.h"
#include "tools/chain_file.h"
#include "tools/genesis.h"
#include "tools/hex.h"
#include "tools/recorded_block.h"

enum { ROUNDS = 4000 };

/* --- Mutations */

typedef struct buffer {
    uint8_t *data;
    size_t size;
} buffer;

static buffer buffer_of(const void *data, size_t size) {
    buffer b = {malloc(size + 1), size};
    assert_non_null(b.data);
    memcpy(b.data, data, size);
    b.data[size] = 0;
    return b;
}

static void mutate_bytes(buffer *b, test_random *random) {
    for (size_t count = 1 + random_below(random, 8); count > 0; count--) {
        b->data[random_below(random, b->size)] = (uint8_t)random_u64(random);
    }
}

static void mutate_bits(buffer *b, test_random *random) {
    for (size_t count = 1 + random_below(random, 4); count > 0; count--) {
        b->data[random_below(random, b->size)] ^= (uint8_t)(1u << random_below(random, 8));
    }
}

/* Replace a byte by one that means something in JSON or begins something in RLP. */
static void mutate_meaning(buffer *b, test_random *random) {
    static const uint8_t meaning[] = "{}[]\",:0x-.eE\\\x80\x81\xb7\xb8\xbf\xc0\xf7\xf8\xff";
    b->data[random_below(random, b->size)] = meaning[random_below(random, sizeof meaning - 1)];
}

/* Write a piece of the input over and over into it: longer lists, repeated keys, deep nesting. */
static void mutate_oversize(buffer *b, test_random *random) {
    size_t from = random_below(random, b->size), size = 1 + random_below(random, b->size - from);
    size_t repeat = size < 64 ? 1 + random_below(random, 512) : 1 + random_below(random, 4);
    buffer larger = {malloc(b->size + size * repeat + 1), b->size + size * repeat};
    assert_non_null(larger.data);
    memcpy(larger.data, b->data, from);
    for (size_t i = 0; i < repeat; i++) {
        memcpy(larger.data + from + i * size, b->data + from, size);
    }
    memcpy(larger.data + from + repeat * size, b->data + from, b->size - from);
    larger.data[larger.size] = 0;
    free(b->data);
    *b = larger;
}

static buffer mutated(const void *data, size_t size, test_random *random) {
    buffer b = buffer_of(data, size);
    switch (random_below(random, 12)) {
    case 0: b.size = 0; break;
    case 1: /* fall through */
    case 2: b.size = random_below(random, size); break;
    case 3: /* fall through */
    case 4: mutate_oversize(&b, random); break;
    case 5: /* fall through */
    case 6: mutate_bits(&b, random); break;
    case 7: /* fall through */
    case 8: mutate_bytes(&b, random); break;
    default: mutate_meaning(&b, random); break;
    }
    b.data[b.size] = 0;
    /* Exactly as large as it says, so that reading past its end is noticed; the loaders may count on one zero more. */
    buffer exact = buffer_of(b.data, b.size);
    free(b.data);
    return exact;
}

/* --- Rounds */

static uint64_t first_seed(void) {
    const char *text = getenv("WEFT_SEED");
    return text != NULL ? strtoull(text, NULL, 0) : 20261120;
}

static void expect_words(uint64_t seed, weft_status status, const failure *f, const char *name) {
    if (status == WEFT_OK) {
        return;
    }
    if (f->status != status || strstr(f->message, name) == NULL) {
        fail_msg("WEFT_SEED=%llu: status %d without words: '%s'", (unsigned long long)seed, (int)status, f->message);
    }
}

/* Run `round` for many seeds. One failing seed, given as WEFT_SEED, is the first round of a run. */
static void run_rounds(void (*round)(uint64_t seed, test_random *random, size_t *loaded)) {
    size_t loaded = 0;
    for (uint64_t i = 0; i < ROUNDS; i++) {
        test_random random = {first_seed() + i};
        round(first_seed() + i, &random, &loaded);
    }
    print_message("%d mutations, %zu still load\n", ROUNDS, loaded);
}

/* --- Chain files */

static file_bytes chain, genesis_text;

/* The first blocks of the recorded chain: enough to have every type of transaction, few enough to be quick. */
static size_t chain_prefix_size(size_t block_count) {
    chain_file file;
    failure f;
    weft_block block;
    assert_int_equal(chain_file_begin(&file, "chain", (weft_bytes){(const uint8_t *)chain.data, chain.size}, &f),
                     WEFT_OK);
    for (size_t i = 0; i < block_count && !chain_file_at_end(&file); i++) {
        assert_int_equal(chain_file_next(&file, &block, &f), WEFT_OK);
    }
    size_t size = file.position;
    chain_file_close(&file);
    return size;
}

static void chain_round(uint64_t seed, test_random *random, size_t *loaded) {
    chain_file file;
    failure f = {.status = WEFT_OK};
    weft_block block;
    weft_status status = WEFT_OK;
    size_t size = chain_prefix_size(3);
    buffer input = mutated(chain.data, size, random);
    assert_int_equal(chain_file_begin(&file, "chain.rlp", (weft_bytes){input.data, input.size}, &f), WEFT_OK);
    size_t count = chain_file_count(&file);
    while (status == WEFT_OK && !chain_file_at_end(&file)) {
        status = chain_file_next(&file, &block, &f);
    }
    expect_words(seed, status, &f, "chain.rlp");
    assert_true(status != WEFT_OK || count == file.index);
    *loaded += status == WEFT_OK;
    chain_file_close(&file);
    free(input.data);
}

static void damaged_chain_files_are_refused_with_words(void **state) {
    (void)state;
    run_rounds(chain_round);
}

/* --- Genesis files */

static void genesis_round(uint64_t seed, test_random *random, size_t *loaded) {
    genesis g;
    failure f = {.status = WEFT_OK};
    buffer input = mutated(genesis_text.data, genesis_text.size, random);
    weft_status status = genesis_parse(&g, "genesis.json", (const char *)input.data, input.size, &f);
    expect_words(seed, status, &f, "genesis.json");
    if (status == WEFT_OK) {
        genesis_free(&g);
        ++*loaded;
    }
    free(input.data);
}

static void damaged_genesis_files_are_refused_with_words(void **state) {
    (void)state;
    run_rounds(genesis_round);
}

/* --- Recorded blocks: all of their files, one of them damaged */

static recorded_files intact; /* block 1 of the chain on the genesis state, in both forms */
static recorded_files inputs; /* environment and transactions */
static weft_engine *engine;

static file_bytes text_of(const char *format, const char *a, const char *b) {
    file_bytes bytes = {0};
    int size = snprintf(NULL, 0, format, a, b);
    assert_true(size >= 0);
    bytes.data = malloc((size_t)size + 1);
    assert_non_null(bytes.data);
    bytes.size = (size_t)size;
    (void)snprintf(bytes.data, bytes.size + 1, format, a, b);
    return bytes;
}

static char *hex_of(const uint8_t *bytes, size_t size) {
    char *text = malloc(2 * size + 3);
    assert_non_null(text);
    return (char *)(uintptr_t)hex_encode(text, bytes, size);
}

static void name_files(recorded_files *files) {
    for (int i = 0; i < RECORDED_FILE_COUNT; i++) {
        files->paths[i] = file_join("folder", recorded_file_name((recorded_file)i));
        assert_non_null(files->paths[i]);
    }
}

/* A witness of the right form that proves little: the last header must be the parent, so the genesis header is not
 * enough for it to load; block 2 has block 1's header there. */
static void build_recorded_block(void) {
    const uint8_t *bytes = (const uint8_t *)chain.data;
    size_t first = chain_prefix_size(1), second = chain_prefix_size(2);
    weft_decoder *decoder;
    weft_block block;
    assert_int_equal(weft_decoder_create(&decoder), WEFT_OK);
    assert_int_equal(weft_block_decode(decoder, &block, NULL, (weft_bytes){bytes, first}, NULL), WEFT_OK);
    /* The header is the first item of the block's list, itself a list with a two-byte length: f9 xx xx. */
    size_t head = 1 + (size_t)(bytes[0] - 0xf7);
    size_t header_size = 3 + (size_t)(bytes[head + 1] << 8 | bytes[head + 2]);
    char *block_hex = hex_of(bytes + first, second - first), *header_hex = hex_of(bytes + head, header_size);
    char hash[HEX_BYTES32_TEXT_SIZE];
    name_files(&intact);
    intact.files[RECORDED_BLOCK_RLP] = text_of("%s%s\n", block_hex, "");
    intact.files[RECORDED_META] = text_of("{\"chainId\": 1, \"unclesComplete\": true, \"hash\": \"%s\"%s}",
                                          hex_encode(hash, block.hash.bytes, sizeof block.hash.bytes), "");
    intact.files[RECORDED_PRE_STATE] = text_of(
        "{\"0x%s\": {\"balance\": \"0xde0b6b3a7640000\", \"nonce\": \"0x1\", \"code\": \"0x6001600055\", "
        "\"storage\": {\"0x1\": \"0x2\", \"0x3\": \"0x4\"}}, \"0x%s\": {\"balance\": \"0x0\", \"nonce\": "
        "\"0x1\", \"codeHash\": \"0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470\"}}",
        "00000000000000000000000000000000000000aa", "00000000000000000000000000000000000000bb");
    intact.files[RECORDED_WITNESS] =
        text_of("{\"state\": [\"0x80\", \"0xc0\"], \"codes\": [\"0x6000\"], \"keys\": [], \"headers\": [\"%s\"%s]}",
                header_hex, "");
    intact.files[RECORDED_BLOCK_HASHES] = text_of("{\"0\": \"%s\"%s}", hash, "");
    intact.files[RECORDED_RECEIPTS] = text_of("[\"0x02c0\", \"0xc0\"%s%s]", "", "");
    free(block_hex);
    free(header_hex);
    weft_decoder_destroy(decoder);
}

static void build_inputs(void) {
    name_files(&inputs);
    inputs.files[RECORDED_BLOCK_JSON] = text_of(
        "{\"number\": 22546209, \"coinbase\": \"0x%s\", \"timestamp\": 1748011091, \"gas_limit\": 36035155, "
        "\"basefee\": 7, \"difficulty\": \"0x0\", \"prevrandao\": \"0x%s000000000000000000000000\", "
        "\"excess_blob_gas\": 0, \"chain_id\": 1, \"block_hashes\": {}}",
        "00000000000000000000000000000000000000cc", "00000000000000000000000000000000000000dd");
    inputs.files[RECORDED_TRANSACTIONS] = text_of(
        "[{\"tx_type\": 4, \"caller\": \"0x%s\", \"to\": \"0x%s\", \"nonce\": 0, \"value\": \"0x1\", \"data\": "
        "\"0x01\", "
        "\"gas_limit\": 200000, \"gas_price\": 100, \"gas_priority_fee\": 1, \"chain_id\": 1, \"access_list\": "
        "[{\"address\": \"0x00000000000000000000000000000000000000bb\", \"storage_keys\": "
        "[\"0x0000000000000000000000000000000000000000000000000000000000000001\"]}], \"blob_hashes\": [], "
        "\"max_fee_per_blob_gas\": 0, \"authorization_list\": [{\"chain_id\": \"0x1\", \"address\": "
        "\"0x00000000000000000000000000000000000000bb\", \"nonce\": 0, \"y_parity\": 1, \"r\": \"0x1\", \"s\": "
        "\"0x2\"}]}]",
        "00000000000000000000000000000000000000aa", "00000000000000000000000000000000000000ee");
    inputs.files[RECORDED_PRE_STATE] = text_of(
        "{\"0x%s\": {\"balance\": \"0xde0b6b3a7640000\", \"nonce\": 0, \"code\": null, \"storage\": {}}, "
        "\"0x%s\": {\"balance\": \"0x0\", \"nonce\": 1, \"code\": \"0x60015460020160015500\", \"storage\": "
        "{\"0x1\": \"0x2\"}}}",
        "00000000000000000000000000000000000000aa", "00000000000000000000000000000000000000ee");
}

static void load_and_execute(uint64_t seed, const recorded_files *files, recorded_preference preference,
                             size_t *loaded) {
    recorded_block recorded;
    failure f = {.status = WEFT_OK};
    weft_status status = recorded_block_parse(&recorded, files, preference, &f);
    expect_words(seed, status, &f, "folder/");
    if (status != WEFT_OK) {
        return;
    }
    ++*loaded;
    if (recorded.form != RECORDED_WITHOUT_STATE) {
        weft_block_result result;
        status = weft_engine_execute(engine, &result, &recorded.block, &recorded.state.view, &recorded.options);
        assert_true(status == WEFT_OK || status == WEFT_STATE_UNAVAILABLE || status == WEFT_UNSUPPORTED);
    }
    recorded_block_free(&recorded);
}

static void recorded_round_of(const recorded_files *whole, uint64_t seed, test_random *random, size_t *loaded) {
    recorded_files files = *whole;
    size_t victim = random_below(random, RECORDED_FILE_COUNT);
    while (files.files[victim].data == NULL) {
        victim = (victim + 1) % RECORDED_FILE_COUNT;
    }
    buffer damaged = mutated(files.files[victim].data, files.files[victim].size, random);
    files.files[victim] = (file_bytes){(char *)damaged.data, damaged.size};
    /* Without one of the forms of the state the other is read. */
    if (victim != RECORDED_WITNESS && random_below(random, 2) == 0) {
        files.files[RECORDED_WITNESS] = (file_bytes){0};
    }
    load_and_execute(seed, &files, random_below(random, 2) == 0 ? RECORDED_PROVED_STATE : RECORDED_PLAIN_STATE, loaded);
    free(damaged.data);
}

static void recorded_round(uint64_t seed, test_random *random, size_t *loaded) {
    recorded_round_of(&intact, seed, random, loaded);
}

static void inputs_round(uint64_t seed, test_random *random, size_t *loaded) {
    recorded_round_of(&inputs, seed, random, loaded);
}

static void damaged_recorded_blocks_are_refused_with_words(void **state) {
    (void)state;
    run_rounds(recorded_round);
}

static void damaged_inputs_are_refused_with_words(void **state) {
    (void)state;
    run_rounds(inputs_round);
}

/* The mutations above are of something: undamaged, everything loads. */
static void undamaged_inputs_load(void **state) {
    (void)state;
    size_t loaded = 0;
    load_and_execute(0, &intact, RECORDED_PROVED_STATE, &loaded);
    load_and_execute(0, &intact, RECORDED_PLAIN_STATE, &loaded);
    load_and_execute(0, &inputs, RECORDED_PLAIN_STATE, &loaded);
    assert_int_equal(loaded, 3);
}

static int set_up(void **state) {
    (void)state;
    const weft_engine_config config = {.size = sizeof config, .threads = 1};
    chain = test_file_read(test_fixture("forks-paris-bpo2/chain.rlp"));
    genesis_text = test_file_read(test_fixture("forks-paris-bpo2/genesis.json"));
    build_recorded_block();
    build_inputs();
    return weft_engine_create(&engine, weft_chain_mainnet(), &config) == WEFT_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    weft_engine_destroy(engine);
    recorded_files_free(&intact);
    recorded_files_free(&inputs);
    file_free(&chain);
    file_free(&genesis_text);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(undamaged_inputs_load),
        cmocka_unit_test(damaged_chain_files_are_refused_with_words),
        cmocka_unit_test(damaged_genesis_files_are_refused_with_words),
        cmocka_unit_test(damaged_recorded_blocks_are_refused_with_words),
        cmocka_unit_test(damaged_inputs_are_refused_with_words),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
