/* Recorded blocks: which form of the state is used when, and that what is missing is said. The block is the second of a
 * chain of the repository. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/integration/files.h"
#include "tools/chain_file.h"
#include "tools/hex.h"
#include "tools/recorded_block.h"

static char block_text[1 << 16], header_text[1 << 12], witness_text[1 << 15], meta_text[256];
static weft_header parent;
static uint8_t parent_extra[32];
static failure last;

static file_bytes borrowed(char *text) {
    return (file_bytes){text, strlen(text)};
}

/* Block 2 as block.rlp.hex, block 1's header as a witness has it. */
static int set_up(void **state) {
    (void)state;
    chain_file file;
    weft_block block;
    char hash[HEX_BYTES32_TEXT_SIZE];
    if (chain_file_open(&file, test_fixture("forks-paris-bpo2/chain.rlp"), &last) != WEFT_OK ||
        chain_file_next(&file, &block, &last) != WEFT_OK) {
        return -1;
    }
    parent = block.header;
    memcpy(parent_extra, block.header.extra_data.data, block.header.extra_data.size);
    parent.extra_data.data = parent_extra;
    size_t first = file.position;
    const uint8_t *bytes = file.bytes.data;
    size_t head = 1 + (size_t)(bytes[0] - 0xf7); /* the block is a long list, its header one of two length bytes */
    hex_encode(header_text, bytes + head, 3 + (size_t)(bytes[head + 1] << 8 | bytes[head + 2]));
    if (chain_file_next(&file, &block, &last) != WEFT_OK || 2 * (file.position - first) + 3 > sizeof block_text) {
        return -1;
    }
    hex_encode(block_text, bytes + first, file.position - first);
    (void)snprintf(meta_text, sizeof meta_text, "{\"chainId\": 1, \"hash\": \"%s\"}",
                   hex_encode(hash, block.hash.bytes, sizeof block.hash.bytes));
    chain_file_close(&file);
    return 0;
}

static recorded_files files_with(char *meta, char *accounts, char *witness) {
    recorded_files files = {.paths = {"block.rlp.hex", "meta.json", "pre_state.json", "witness.json",
                                      "block_hashes.json", "receipts_raw.json", "block.json", "txs.json"}};
    files.files[RECORDED_BLOCK_RLP] = borrowed(block_text);
    if (meta != NULL) {
        files.files[RECORDED_META] = borrowed(meta);
    }
    if (accounts != NULL) {
        files.files[RECORDED_PRE_STATE] = borrowed(accounts);
    }
    if (witness != NULL) {
        files.files[RECORDED_WITNESS] = borrowed(witness);
    }
    return files;
}

static char *witness_with(const char *headers) {
    (void)snprintf(witness_text, sizeof witness_text, "{\"state\": [], \"codes\": [], \"headers\": [%s%s%s]}",
                   *headers != '\0' ? "\"" : "", headers, *headers != '\0' ? "\"" : "");
    return witness_text;
}

static void expect_form(recorded_files files, recorded_preference preference, recorded_form form, bool is_partial,
                        bool has_witness) {
    recorded_block recorded;
    if (recorded_block_parse(&recorded, &files, preference, &last) != WEFT_OK) {
        fail_msg("%s", last.message);
    }
    assert_int_equal(recorded.form, form);
    assert_int_equal(recorded.options.partial_state, is_partial);
    assert_int_equal(recorded.block.header.number, 2);
    assert_true(recorded.has_hash);
    assert_memory_equal(&recorded.hash, &recorded.block.hash, sizeof recorded.hash);
    assert_int_equal(recorded.state.trie.witness != NULL, has_witness);
    assert_int_equal(recorded.options.parent != NULL, has_witness);
    recorded_block_free(&recorded);
}

static void a_witness_is_used_when_it_has_the_parent(void **state) {
    (void)state;
    char plain[] = "{}";
    expect_form(files_with(meta_text, plain, witness_with(header_text)), RECORDED_PROVED_STATE, RECORDED_WITH_STATE,
                false, true);
    expect_form(files_with(meta_text, plain, witness_with(header_text)), RECORDED_PLAIN_STATE, RECORDED_WITH_STATE,
                true, true);
    expect_form(files_with(meta_text, NULL, witness_with(header_text)), RECORDED_PLAIN_STATE, RECORDED_WITH_STATE,
                false, true);
    expect_form(files_with(meta_text, plain, witness_with("")), RECORDED_PROVED_STATE, RECORDED_WITH_STATE, true,
                false);
    expect_form(files_with(meta_text, plain, NULL), RECORDED_PROVED_STATE, RECORDED_WITH_STATE, true, false);
    expect_form(files_with(meta_text, NULL, NULL), RECORDED_PROVED_STATE, RECORDED_WITHOUT_STATE, false, false);
}

/* --- Headers as objects */

static char object_text[1 << 12];

static void member_add(const char *key, const uint8_t *bytes, size_t size) {
    size_t used = strlen(object_text);
    assert_true(used + strlen(key) + 2 * size + 8 < sizeof object_text);
    used += (size_t)sprintf(object_text + used, "%s\"%s\":\"", used > 1 ? "," : "", key);
    hex_encode(object_text + used, bytes, size);
    strcat(object_text, "\"");
}

static void number_add(const char *key, uint64_t number) {
    size_t used = strlen(object_text);
    (void)snprintf(object_text + used, sizeof object_text - used, ",\"%s\":\"0x%llx\"", key,
                   (unsigned long long)number);
}

/* The parent's header by the names of the JSON-RPC interface; of Paris, so without later fields. */
static char *witness_with_object(void) {
    assert_int_equal(parent.field_count, 16);
    strcpy(object_text, "{");
    member_add("parentHash", parent.parent_hash.bytes, 32);
    member_add("sha3Uncles", parent.ommers_hash.bytes, 32);
    member_add("miner", parent.coinbase.bytes, 20);
    member_add("stateRoot", parent.state_root.bytes, 32);
    member_add("transactionsRoot", parent.transactions_root.bytes, 32);
    member_add("receiptsRoot", parent.receipts_root.bytes, 32);
    member_add("logsBloom", parent.logs_bloom.bytes, sizeof parent.logs_bloom.bytes);
    member_add("extraData", parent.extra_data.data, parent.extra_data.size);
    member_add("mixHash", parent.mix_hash.bytes, 32);
    member_add("nonce", parent.nonce, sizeof parent.nonce);
    number_add("difficulty", parent.difficulty.limb[0]);
    number_add("number", parent.number);
    number_add("gasLimit", parent.gas_limit);
    number_add("gasUsed", parent.gas_used);
    number_add("timestamp", parent.timestamp);
    number_add("baseFeePerGas", parent.base_fee_per_gas.limb[0]);
    strcat(object_text, "}");
    (void)snprintf(witness_text, sizeof witness_text, "{\"state\": [], \"codes\": [], \"headers\": [%s]}", object_text);
    return witness_text;
}

static void expect_refusal(recorded_files files, weft_status status, const char *words) {
    recorded_block recorded;
    last = (failure){.status = WEFT_OK};
    assert_int_equal(recorded_block_parse(&recorded, &files, RECORDED_PROVED_STATE, &last), status);
    if (strstr(last.message, words) == NULL) {
        fail_msg("'%s' does not say '%s'", last.message, words);
    }
}

static void headers_of_a_witness_may_be_objects(void **state) {
    (void)state;
    expect_form(files_with(meta_text, NULL, witness_with_object()), RECORDED_PROVED_STATE, RECORDED_WITH_STATE, false,
                true);
    parent.gas_used++; /* another header, another hash */
    expect_refusal(files_with(meta_text, NULL, witness_with_object()), WEFT_NOT_FOUND, "is not the block's parent");
    parent.gas_used--;
}

static void what_is_missing_or_unknown_is_named(void **state) {
    (void)state;
    static char twice[2 * sizeof header_text + 8];
    char unknown_chain[] = "{\"chainId\": 99}", word[] = "{\"chainId\": \"one\"}", list[] = "[]";
    expect_refusal(files_with(NULL, NULL, NULL), WEFT_NOT_FOUND, "meta.json: is missing");
    expect_refusal(files_with(unknown_chain, NULL, NULL), WEFT_UNSUPPORTED, "id 99");
    expect_refusal(files_with(word, NULL, NULL), WEFT_DECODE, "meta.json:1");
    expect_refusal(files_with(meta_text, list, NULL), WEFT_DECODE, "pre_state.json:1");
    expect_refusal(files_with(meta_text, NULL, witness_with("")), WEFT_NOT_FOUND, "the witness has no header");
    (void)snprintf(twice, sizeof twice, "%s\", \"%s", header_text, header_text);
    expect_refusal(files_with(meta_text, NULL, witness_with(twice)), WEFT_DECODE,
                   "headers[0] of the witness is not the parent of headers[1]");
    recorded_files files = files_with(meta_text, NULL, NULL);
    files.files[RECORDED_BLOCK_RLP] = (file_bytes){0};
    expect_refusal(files, WEFT_NOT_FOUND, "block.json: is missing");
}

static void a_code_known_by_hash_only_cannot_be_asked_for(void **state) {
    (void)state;
    char plain[] =
        "{\"0x00000000000000000000000000000000000000aa\": {\"balance\": \"0x5\", \"nonce\": \"0x1\", "
        "\"codeHash\": \"0x1111111111111111111111111111111111111111111111111111111111111111\"},"
        "\"0x00000000000000000000000000000000000000bb\": {\"balance\": \"0x0\", \"nonce\": \"0x1\", "
        "\"code\": \"0x6001\"}}";
    recorded_files files = files_with(meta_text, plain, NULL);
    recorded_block recorded;
    assert_int_equal(recorded_block_parse(&recorded, &files, RECORDED_PROVED_STATE, &last), WEFT_OK);
    const weft_state_view *view = &recorded.state.view;
    weft_address address = {{0}};
    weft_account account;
    weft_bytes code;
    address.bytes[19] = 0xaa;
    assert_int_equal(view->account(view->context, &account, &address), WEFT_OK);
    assert_true(account.exists);
    assert_int_equal(account.code_hash.bytes[31], 0x11);
    assert_int_equal(view->code(view->context, &code, &address, &account.code_hash), WEFT_STATE_UNAVAILABLE);
    address.bytes[19] = 0xbb;
    assert_int_equal(view->account(view->context, &account, &address), WEFT_OK);
    assert_int_equal(view->code(view->context, &code, &address, &account.code_hash), WEFT_OK);
    assert_int_equal(code.size, 2);
    address.bytes[19] = 0xcc;
    assert_int_equal(view->account(view->context, &account, &address), WEFT_OK);
    assert_false(account.exists);
    /* The parent's hash is known from the block's own header. */
    weft_bytes32 hash;
    assert_int_equal(view->block_hash(view->context, &hash, 1), WEFT_OK);
    assert_memory_equal(&hash, &recorded.block.header.parent_hash, sizeof hash);
    recorded_block_free(&recorded);
}

static void receipts_stand_in_the_place_of_transactions(void **state) {
    (void)state;
    char receipts[] = "[]"; /* whose root is that of the empty trie */
    static const uint8_t empty_root[] = {0x56, 0xe8, 0x1f, 0x17};
    recorded_files files = files_with(meta_text, NULL, NULL);
    files.files[RECORDED_RECEIPTS] = borrowed(receipts);
    recorded_block recorded;
    weft_bytes32 root;
    assert_int_equal(recorded_block_parse(&recorded, &files, RECORDED_PROVED_STATE, &last), WEFT_OK);
    assert_non_null(recorded.receipts.transactions);
    assert_int_equal(weft_transactions_root(&root, &recorded.receipts), WEFT_OK);
    assert_memory_equal(root.bytes, empty_root, sizeof empty_root);
    recorded_block_free(&recorded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_witness_is_used_when_it_has_the_parent),
        cmocka_unit_test(headers_of_a_witness_may_be_objects),
        cmocka_unit_test(what_is_missing_or_unknown_is_named),
        cmocka_unit_test(a_code_known_by_hash_only_cannot_be_asked_for),
        cmocka_unit_test(receipts_stand_in_the_place_of_transactions),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
