/* The small official tests of ethereum/tests that no other test here reads: genesis blocks, keys, transactions made from
 * keys. Left out are those of other layers (AES and ECIES of the peer protocol, Ethash seals) and the genesis blocks of
 * before Frontier. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <weft/crypto.h>
#include <weft/transaction.h>

#include "tools/alloc.h"
#include "tools/suite/header_json.h"

static failure last;
static weft_decoder *decoder;

static void load(json_document *document, const char *name) {
    const char *root = getenv("WEFT_DATA");
    char path[4096];
    if (root == NULL || *root == '\0') {
        skip();
    }
    (void)snprintf(path, sizeof path, "%s/misc/ethereum-tests/%s", root, name);
    char *kept = strdup(path);
    assert_non_null(kept);
    if (json_load(document, kept, &last) != WEFT_OK) {
        fail_msg("%s", last.message);
    }
    document->name = "an official test";
    free(kept);
}

static weft_bytes bytes_of(json_document *document, const json_value *object, const char *key) {
    weft_bytes bytes = {NULL, 0};
    if (!json_bytes(document, object, key, &bytes)) {
        fail_msg("%s", last.message);
    }
    return bytes;
}

static weft_bytes32 hash_of(json_document *document, const json_value *object, const char *key) {
    weft_bytes bytes = bytes_of(document, object, key);
    weft_bytes32 hash;
    assert_int_equal(bytes.size, sizeof hash);
    memcpy(&hash, bytes.data, sizeof hash);
    return hash;
}

static void decode(weft_block *block, weft_bytes rlp) {
    weft_error error;
    if (weft_block_decode(decoder, block, NULL, rlp, &error) != WEFT_OK) {
        fail_msg("at byte %zu: %s", error.position, error.message);
    }
}

static weft_bytes32 root_of_alloc(json_document *document, const json_value *accounts) {
    weft_memory_state *accounts_state;
    weft_bytes32 root;
    assert_int_equal(weft_memory_state_create(&accounts_state, NULL), WEFT_OK);
    if (!alloc_read(document, accounts, accounts_state)) {
        fail_msg("%s", last.message);
    }
    assert_int_equal(weft_memory_state_root(accounts_state, &root), WEFT_OK);
    weft_memory_state_destroy(accounts_state);
    return root;
}

static void genesis_blocks_have_their_encodings(void **state) {
    (void)state;
    json_document document;
    load(&document, "GenesisTests/basic_genesis_tests.json");
    size_t count = 0;
    for (const json_value *test = json_first(document.root); test != NULL; test = test->next, count++) {
        weft_block genesis = {.transaction_count = 0};
        weft_header *header = &genesis.header;
        bool has_empty_number = json_get(test, "timestamp")->size == 2; /* "0x", which is refused on purpose */
        if (header_json_fill(&document, test, header) == has_empty_number) {
            fail_msg("%s: %s", test->key, last.message);
        }
        if (has_empty_number) {
            continue;
        }
        header->state_root = root_of_alloc(&document, json_get(test, "alloc"));
        assert_int_equal(weft_transactions_root(&header->transactions_root, &genesis), WEFT_OK);
        assert_int_equal(weft_ommers_hash(&header->ommers_hash, &genesis), WEFT_OK);
        header->receipts_root = header->transactions_root;
        weft_bytes expected = bytes_of(&document, test, "result"), found;
        assert_int_equal(weft_block_encode(decoder, &found, &genesis), WEFT_OK);
        assert_int_equal(found.size, expected.size);
        assert_memory_equal(found.data, expected.data, expected.size);
    }
    assert_int_equal(count, 3);
    json_free(&document);
}

static void mainnet_begins_with_its_hash(void **state) {
    (void)state;
    json_document document;
    weft_block block;
    load(&document, "BasicTests/genesishashestest.json");
    decode(&block, bytes_of(&document, document.root, "genesis_rlp_hex"));
    weft_bytes32 root = hash_of(&document, document.root, "genesis_state_root");
    weft_bytes32 hash = hash_of(&document, document.root, "genesis_hash");
    assert_memory_equal(&block.header.state_root, &root, sizeof root);
    assert_memory_equal(&block.hash, &hash, sizeof hash);
    json_free(&document);
}

static void keys_have_their_addresses(void **state) {
    (void)state;
    json_document document;
    load(&document, "BasicTests/keyaddrtest.json");
    for (const json_value *test = json_first(document.root); test != NULL; test = test->next) {
        weft_bytes32 key = hash_of(&document, test, "key");
        weft_bytes expected = bytes_of(&document, test, "addr");
        weft_address address;
        assert_int_equal(weft_secret_key_address(&address, &key), WEFT_OK);
        assert_int_equal(expected.size, sizeof address);
        assert_memory_equal(&address, expected.data, sizeof address);
        const char *seed = json_get(test, "seed")->text;
        weft_bytes32 hash = weft_keccak256((weft_bytes){(const uint8_t *)seed, strlen(seed)});
        assert_memory_equal(&hash, &key, sizeof key);
    }
    json_free(&document);
}

/* The signature that is stored was not made by RFC 6979; it is by the same account, and so is ours. */
static void transactions_are_by_their_keys(void **state) {
    (void)state;
    json_document document;
    load(&document, "BasicTests/txtest.json");
    for (const json_value *test = json_first(document.root); test != NULL; test = test->next) {
        weft_bytes32 key = hash_of(&document, test, "key");
        weft_address address, sender;
        weft_transaction tx;
        weft_verdict verdict;
        weft_error error;
        assert_int_equal(weft_secret_key_address(&address, &key), WEFT_OK);
        weft_bytes raw = bytes_of(&document, test, "signed");
        assert_int_equal(weft_transaction_decode(decoder, &tx, raw, &error), WEFT_OK);
        for (int round = 0; round < 2; round++) {
            assert_int_equal(weft_transaction_sender(&sender, &verdict, &tx, weft_chain_mainnet(), WEFT_FRONTIER),
                             WEFT_OK);
            assert_int_equal(verdict, WEFT_VALID);
            assert_memory_equal(&sender, &address, sizeof address);
            tx.has_sender = false;
            assert_int_equal(weft_transaction_sign(&tx, &key), WEFT_OK);
            tx.has_sender = false;
        }
        weft_u256 zero = {{0}};
        tx.v = tx.r = tx.s = zero;
        assert_int_equal(weft_transaction_encode(decoder, &tx), WEFT_OK);
        weft_bytes unsigned_form = bytes_of(&document, test, "unsigned");
        assert_int_equal(tx.raw.size, unsigned_form.size);
        assert_memory_equal(tx.raw.data, unsigned_form.data, unsigned_form.size);
    }
    json_free(&document);
}

static int begin(void **state) {
    (void)state;
    return weft_decoder_create(&decoder) == WEFT_OK ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    weft_decoder_destroy(decoder);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genesis_blocks_have_their_encodings),
        cmocka_unit_test(mainnet_begins_with_its_hash),
        cmocka_unit_test(keys_have_their_addresses),
        cmocka_unit_test(transactions_are_by_their_keys),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
