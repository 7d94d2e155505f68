/* Signing, encoding and listing transactions. Oracle: the worked example of EIP-155, and decoding what was encoded. */
#include "tests/unit/engine/scene.h"

/* The key of the example. */
static weft_bytes32 secret_key;

static int set_key(void **state) {
    (void)state;
    memset(secret_key.bytes, 0x46, sizeof secret_key.bytes);
    return 0;
}

static weft_decoder *new_decoder(void) {
    weft_decoder *decoder;
    assert_int_equal(weft_decoder_create(&decoder), WEFT_OK);
    return decoder;
}

static weft_transaction example_of_eip_155(void) {
    weft_transaction tx = {.nonce = 9,
                           .has_chain_id = true,
                           .chain_id = 1,
                           .gas_limit = 21000,
                           .value = u256_from_u64(ETHER),
                           .max_fee_per_gas = u256_from_u64(20 * GWEI_WEI)};
    memset(tx.to.bytes, 0x35, sizeof tx.to.bytes);
    return tx;
}

static void example_of_eip_155_is_signed_as_written_there(void **state) {
    (void)state;
    static const char expected[] =
        "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195"
        "fe"
        "537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";
    char text[2 * 128 + 1];
    weft_decoder *decoder = new_decoder();
    weft_transaction tx = example_of_eip_155();
    assert_int_equal(weft_transaction_sign(&tx, &secret_key), WEFT_OK);
    assert_int_equal(weft_transaction_encode(decoder, &tx), WEFT_OK);
    assert_true(tx.raw.size <= 128);
    hex_encode(text, tx.raw.data, tx.raw.size);
    assert_string_equal(text, expected);
    weft_decoder_destroy(decoder);
}

static void keys_outside_the_curve_are_refused(void **state) {
    (void)state;
    weft_transaction tx = example_of_eip_155();
    weft_bytes32 zero = {{0}}, most;
    memset(most.bytes, 0xff, sizeof most.bytes);
    assert_int_equal(weft_transaction_sign(&tx, &zero), WEFT_INVALID_ARGUMENT);
    assert_int_equal(weft_transaction_sign(&tx, &most), WEFT_INVALID_ARGUMENT);
}

/* One of each type, with something in every field, and an unprotected one. */
static size_t make_all_types(weft_transaction *all) {
    static const weft_bytes32 slots[2] = {{{1}}, {{2}}};
    static const weft_access_entry access[1] = {{{{0xac}}, slots, 2}};
    static const weft_bytes32 blobs[1] = {{{1, 2, 3}}};
    static const weft_authorization authorizations[1] = {
        {{{1, 0, 0, 0}}, {{0xde}}, 7, {{1, 0, 0, 0}}, {{5, 5, 5, 5}}, {{6, 6, 6, 6}}}};
    static const uint8_t data[60] = {1, 2, 3};
    for (uint8_t type = WEFT_TX_LEGACY; type <= WEFT_TX_SET_CODE; type++) {
        all[type] = example_of_eip_155();
        all[type].type = type;
        all[type].data = (weft_bytes){data, sizeof data};
        all[type].max_priority_fee_per_gas = u256_from_u64(type >= WEFT_TX_DYNAMIC_FEE ? 2 : 20 * GWEI_WEI);
        all[type].access_list = type >= WEFT_TX_ACCESS_LIST ? access : NULL;
        all[type].access_count = type >= WEFT_TX_ACCESS_LIST;
    }
    all[WEFT_TX_BLOB].max_fee_per_blob_gas = u256_from_u64(99);
    all[WEFT_TX_BLOB].blob_hashes = blobs;
    all[WEFT_TX_BLOB].blob_count = 1;
    all[WEFT_TX_SET_CODE].authorizations = authorizations;
    all[WEFT_TX_SET_CODE].authorization_count = 1;
    all[WEFT_TX_SET_CODE + 1] = example_of_eip_155();
    all[WEFT_TX_SET_CODE + 1].has_chain_id = false;
    all[WEFT_TX_SET_CODE + 1].max_priority_fee_per_gas = all[0].max_fee_per_gas;
    return WEFT_TX_SET_CODE + 2;
}

static void what_was_encoded_decodes_to_the_same(void **state) {
    (void)state;
    weft_transaction all[WEFT_TX_SET_CODE + 2];
    size_t count = make_all_types(all), found_count;
    weft_decoder *decoder = new_decoder();
    weft_bytes list;
    const weft_bytes *items;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(weft_transaction_sign(&all[i], &secret_key), WEFT_OK);
        assert_int_equal(weft_transaction_encode(decoder, &all[i]), WEFT_OK);
    }
    assert_int_equal(weft_transaction_list_encode(decoder, &list, all, count), WEFT_OK);
    assert_int_equal(weft_transaction_list_split(decoder, &items, &found_count, list, NULL), WEFT_OK);
    assert_int_equal(found_count, count);
    weft_chain chain = chain_under(WEFT_PRAGUE);
    for (size_t i = 0; i < count; i++) {
        weft_transaction found;
        weft_transaction_facts facts;
        assert_true(bytes_equal(items[i], all[i].raw));
        assert_int_equal(weft_transaction_decode(decoder, &found, items[i], NULL), WEFT_OK);
        assert_int_equal(found.type, all[i].type);
        assert_int_equal(found.has_chain_id, all[i].has_chain_id);
        assert_true(u256_equal(&found.max_priority_fee_per_gas, &all[i].max_priority_fee_per_gas));
        assert_int_equal(found.access_count, all[i].access_count);
        assert_int_equal(found.blob_count, all[i].blob_count);
        assert_int_equal(found.authorization_count, all[i].authorization_count);
        assert_int_equal(weft_transaction_check(&facts, &found, &chain, WEFT_PRAGUE), WEFT_OK);
        assert_true(facts.has_sender && address_equal(&facts.sender, &all[i].sender));
    }
    weft_decoder_destroy(decoder);
}

static void check_reports_gas_and_the_first_broken_rule(void **state) {
    (void)state;
    weft_chain chain = chain_under(WEFT_PRAGUE);
    weft_transaction tx = example_of_eip_155();
    weft_transaction_facts facts;
    tx.gas_limit = 20999;
    assert_int_equal(weft_transaction_sign(&tx, &secret_key), WEFT_OK);
    assert_int_equal(weft_transaction_check(&facts, &tx, &chain, WEFT_PRAGUE), WEFT_OK);
    assert_int_equal(facts.verdict, WEFT_TX_INTRINSIC_GAS_TOO_LOW);
    assert_int_equal(facts.intrinsic_gas, 21000);
    assert_int_equal(facts.floor_gas, 21000);
    assert_true(facts.has_sender);
    tx.r = u256_zero();
    assert_int_equal(weft_transaction_check(&facts, &tx, &chain, WEFT_PRAGUE), WEFT_OK);
    assert_int_equal(facts.verdict, WEFT_TX_INVALID_SIGNATURE);
    assert_false(facts.has_sender);
}

static void list_that_is_none_is_refused(void **state) {
    (void)state;
    static const uint8_t broken[] = {0xc3, 0x01}, string[] = {0x81, 0x80}, more[] = {0xc1, 0x01, 0x01};
    weft_decoder *decoder = new_decoder();
    const weft_bytes *items;
    size_t count;
    weft_error error;
    const weft_bytes wrong[] = {{broken, sizeof broken}, {string, sizeof string}, {more, sizeof more}, {NULL, 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(weft_transaction_list_split(decoder, &items, &count, wrong[i], &error), WEFT_DECODE);
    }
    weft_decoder_destroy(decoder);
}

static void header_follows_from_its_parent(void **state) {
    (void)state;
    weft_chain chain = chain_under(WEFT_CANCUN);
    weft_header parent = {.field_count = 20,
                          .number = 9,
                          .timestamp = 1000,
                          .gas_limit = 30000000,
                          .gas_used = 15000000,
                          .base_fee_per_gas = u256_from_u64(1000),
                          .difficulty = u256_from_u64(1 << 20),
                          .excess_blob_gas = 6 * 131072,
                          .blob_gas_used = 131072};
    weft_header header = {.number = 10, .timestamp = 1012};
    weft_header_derive(&header, &parent, &chain, WEFT_CANCUN);
    assert_int_equal(header.base_fee_per_gas.limb[0], 1000);
    assert_int_equal(header.excess_blob_gas, 131072);
    assert_true(u256_is_zero(&header.difficulty));
    weft_header_derive(&header, &parent, &chain, WEFT_HOMESTEAD);
    assert_true(u256_is_zero(&header.base_fee_per_gas) && header.excess_blob_gas == 0);
    assert_int_equal(header.difficulty.limb[0], 1 << 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(example_of_eip_155_is_signed_as_written_there),
        cmocka_unit_test(keys_outside_the_curve_are_refused),
        cmocka_unit_test(what_was_encoded_decodes_to_the_same),
        cmocka_unit_test(check_reports_gas_and_the_first_broken_rule),
        cmocka_unit_test(list_that_is_none_is_refused),
        cmocka_unit_test(header_follows_from_its_parent),
    };
    return cmocka_run_group_tests(tests, set_key, NULL);
}
