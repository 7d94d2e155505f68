#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/u256.h"
#include "engine/transaction_sender.h"
#include "tests/unit/engine/recorded_blocks.h"

/* Signed with the key 0x4646…46, that of EIP-155's example, by an independent implementation of keccak and
 * secp256k1. */
#define SENDER "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"

/* nonce 9, 20 gwei, 21000 gas, to 0x000102…13, 1 ether */
static const char plain[] =
    "f86c098504a817c80082520894000102030405060708090a0b0c0d0e0f10111213880de0b6b3a7640000801ba0fafd9cfd8f1112e5a9b1"
    "18561f4c50475fe4ed9b7917daec5198fcf9e8bc9b53a04ec77e59cd0f4140791f8daa315b74b9ca2a982d16ed2c86c4274de9433bf412";
static const char plain_high_s[] =
    "f86c098504a817c80082520894000102030405060708090a0b0c0d0e0f10111213880de0b6b3a7640000801ca0fafd9cfd8f1112e5a9b1"
    "18561f4c50475fe4ed9b7917daec5198fcf9e8bc9b53a0b13881a632f0bebf86e07255cea48b44f08444b9985b73b4fbab10a38cfa4d2f";
static const char protected_on_1[] =
    "f86c098504a817c80082520894000102030405060708090a0b0c0d0e0f10111213880de0b6b3a76400008025a0441a4227b0ead090a9d1"
    "cf27a778d99691f74340bab0ba42c93f65d85260c04ba0651c844e5a93f2c3f4e25736527280eedc55d4d3ca92a823d3b85ba2b4ec58f1";
static const char protected_on_5[] =
    "f86c098504a817c80082520894000102030405060708090a0b0c0d0e0f10111213880de0b6b3a7640000802da076c9f4aac00953e488d2"
    "fd84fc01cdc758f84954ead2334a2cc99dd2d53e832ca02815f1c579fa4ed6835c9abafb6671bb2f59a20d0c9e20eb0c244f377605fc51";
/* an access list of two entries, one without slots */
static const char type_1[] =
    "01f8d8018005830186a094000102030405060708090a0b0c0d0e0f101112138083010203f872f85994000102030405060708090a0b0c0d"
    "0e0f10111213f842a00000000000000000000000000000000000000000000000000000000000000001a0ffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffffffffd6940000000000000000000000000000000000000000c080a006634f1d34dd845bb64667"
    "8a87924d4914b4ae35ededba624325dd5bf3098cbda06e4a390c4262bf0c3d8921037cebb9267d7b6c1342c420dbc8ea4ed4bd4233cf";
static const char type_2_chain_2[] =
    "02f8620201010282520894000102030405060708090a0b0c0d0e0f101112130180c080a0dfb9f27d991cfcdea5b0b5ab8840b0b0540a3e"
    "c55d98a0f492ab087660caee2ea07a6b3bb914da4c53ed04232991d52927023c2fe66f80f8e8cccf5c6fd540c7f1";
static const char type_2_high_s[] =
    "02f8620101010282520894000102030405060708090a0b0c0d0e0f101112130180c080a060771a061ab09052bac2c783f7a07efe472631"
    "93bd79670d9ba2624d4c3b78b5a0e6216bf97310e2898d7c93a2e3bba1599cc7794736f08377223cdece10f463ed";
static const char type_3[] =
    "03f8f80104010282520894000102030405060708090a0b0c0d0e0f101112130180f872f85994000102030405060708090a0b0c0d0e0f10"
    "111213f842a00000000000000000000000000000000000000000000000000000000000000001a0ffffffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffd6940000000000000000000000000000000000000000c063e1a001000000000000000000000000"
    "0000000000000000000000000000000000000780a01898fde4882c832c0a1bd7091991cca573d9aa8f0ba24af4b3495d437cea8d3ea05c"
    "ac6186999d05e399acda779e9fd4c7be5c1dbd1037db01fa38f77f161223b8";
/* two authorizations, by the account AUTHORITY */
static const char type_4[] =
    "04f901440104010282520894000102030405060708090a0b0c0d0e0f101112130180c0f8e0f85a0194eeeeeeeeeeeeeeeeeeeeeeeeeeee"
    "eeeeeeeeeeee0701a0048f0c21a5a48230148c5e99f6c355c23c65df0fb4b6a5bb7220f2af1c2d52bba0697d84522371eca8a795d4479b"
    "45bc4437a0939a6f8e3559bfa204c4262ada98f882a0800000000000000000000000000000000000000000000000000000000000000394"
    "111111111111111111111111111111111111111188fffffffffffffffe80a05fc2272bd2136bd8376225bd4b8d18482c63604644bf005e"
    "9a0a73e4727735faa070306ab7e805c21ee5f420e55973dd146f78eda657abba7c702ae1debd56663501a00c55c4477f99c36ce8756a0c"
    "8b8d9489d614ef6c721a8d994e4acf686ac8a71fa05ba1857eb8b884cef07937d97fef7fbda08685dd7aabba01ba5b3063a94ddb14";
#define AUTHORITY "cf03dd0a894ef79cb5b601a43c4b25e3ae4c67ed"

static weft_decoder *decoder;

static int setup(void **state) {
    (void)state;
    return weft_decoder_create(&decoder) == WEFT_OK ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    weft_decoder_destroy(decoder);
    return 0;
}

static weft_address address(const char *hex) {
    weft_address a;
    assert_true(hex_decode(a.bytes, sizeof a.bytes, hex, 2 * sizeof a.bytes));
    return a;
}

static weft_u256 number(const char *hex) {
    weft_bytes32 bytes;
    assert_true(hex_decode(bytes.bytes, sizeof bytes.bytes, hex, 2 * sizeof bytes.bytes));
    return u256_from_bytes32(&bytes);
}

/* The transaction that `hex` encodes; its bytes live in `raw`. */
static weft_transaction decoded(uint8_t raw[1024], const char *hex) {
    size_t size = strlen(hex) / 2;
    assert_true(size <= 1024 && hex_decode(raw, size, hex, 2 * size));
    weft_transaction tx;
    weft_error error = {0};
    if (weft_transaction_decode(decoder, &tx, (weft_bytes){raw, size}, &error) != WEFT_OK) {
        fail_msg("%s", error.message);
    }
    return tx;
}

static void assert_sender(const weft_transaction *tx, weft_fork fork, weft_verdict expected) {
    weft_address sender = {{0}}, signer = address(SENDER);
    weft_verdict verdict;
    assert_int_equal(weft_transaction_sender(&sender, &verdict, tx, weft_chain_mainnet(), fork), WEFT_OK);
    assert_string_equal(weft_verdict_name(verdict), weft_verdict_name(expected));
    assert_int_equal(address_equal(&sender, &signer), expected == WEFT_VALID);
}

static void senders_of_every_type_are_recovered(void **state) {
    (void)state;
    static const char *const signed_transactions[] = {plain, protected_on_1, type_1, type_3, type_4};
    for (size_t i = 0; i < sizeof signed_transactions / sizeof signed_transactions[0]; i++) {
        uint8_t raw[1024];
        weft_transaction tx = decoded(raw, signed_transactions[i]);
        assert_sender(&tx, WEFT_OSAKA, WEFT_VALID);
    }
}

static void high_s_is_refused_from_homestead_on(void **state) {
    (void)state;
    uint8_t raw[1024];
    weft_transaction tx = decoded(raw, plain_high_s);
    assert_sender(&tx, WEFT_FRONTIER, WEFT_VALID);
    assert_sender(&tx, WEFT_HOMESTEAD, WEFT_TX_INVALID_SIGNATURE);
    tx = decoded(raw, type_2_high_s);
    assert_sender(&tx, WEFT_LONDON, WEFT_TX_INVALID_SIGNATURE);
}

static void replay_protection_begins_with_spurious_dragon(void **state) {
    (void)state;
    uint8_t raw[1024];
    weft_transaction tx = decoded(raw, protected_on_1);
    assert_sender(&tx, WEFT_TANGERINE_WHISTLE, WEFT_TX_INVALID_SIGNATURE);
    assert_sender(&tx, WEFT_SPURIOUS_DRAGON, WEFT_VALID);
    tx = decoded(raw, plain);
    assert_sender(&tx, WEFT_FRONTIER, WEFT_VALID);
}

static void transactions_of_other_chains_are_refused(void **state) {
    (void)state;
    uint8_t raw[1024];
    weft_transaction tx = decoded(raw, protected_on_5);
    assert_sender(&tx, WEFT_BERLIN, WEFT_TX_INVALID_CHAIN_ID);
    tx.v = (weft_u256){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    assert_sender(&tx, WEFT_BERLIN, WEFT_TX_INVALID_CHAIN_ID);
    tx = decoded(raw, type_2_chain_2);
    assert_sender(&tx, WEFT_LONDON, WEFT_TX_INVALID_CHAIN_ID);
}

static void signatures_out_of_range_are_refused(void **state) {
    (void)state;
    static const uint64_t wrong_legacy_v[] = {0, 1};
    static const uint64_t v_of_no_chain[] = {2, 26, 29, 34};
    uint8_t raw[1024];
    for (size_t i = 0; i < sizeof v_of_no_chain / sizeof v_of_no_chain[0]; i++) {
        weft_transaction tx = decoded(raw, plain);
        tx.v = u256_from_u64(v_of_no_chain[i]);
        assert_sender(&tx, WEFT_HOMESTEAD, WEFT_TX_INVALID_SIGNATURE);
        assert_sender(&tx, WEFT_OSAKA, WEFT_TX_INVALID_CHAIN_ID);
    }
    for (size_t i = 0; i < sizeof wrong_legacy_v / sizeof wrong_legacy_v[0]; i++) {
        weft_transaction tx = decoded(raw, plain);
        tx.v = u256_from_u64(wrong_legacy_v[i]);
        assert_sender(&tx, WEFT_OSAKA, WEFT_TX_INVALID_SIGNATURE);
    }
    weft_transaction tx = decoded(raw, type_1);
    tx.v = u256_from_u64(2);
    assert_sender(&tx, WEFT_OSAKA, WEFT_TX_INVALID_SIGNATURE);
    tx = decoded(raw, type_1);
    tx.v.limb[3] = 1;
    assert_sender(&tx, WEFT_OSAKA, WEFT_TX_INVALID_SIGNATURE);
    tx = decoded(raw, plain);
    tx.r = u256_zero();
    assert_sender(&tx, WEFT_FRONTIER, WEFT_TX_INVALID_SIGNATURE);
    tx = decoded(raw, plain);
    tx.s = u256_zero();
    assert_sender(&tx, WEFT_FRONTIER, WEFT_TX_INVALID_SIGNATURE);
}

/* More than the buffer on the stack holds, and not from RLP. */
static void sender_of_a_large_transaction_filled_by_hand_is_recovered(void **state) {
    (void)state;
    uint8_t data[1280];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)i;
    }
    weft_transaction tx = {
        .nonce = 300,
        .gas_limit = 1000000,
        .max_fee_per_gas = u256_from_u64(1),
        .is_creation = true,
        .data = {data, sizeof data},
        .v = u256_from_u64(37),
        .r = number("3ea8712e330307dd279fc9bdabfe304db1420c01a5769b90d88c8402bf159de6"),
        .s = number("4ae2478d20e6d8e8fff0dfc337925a6fa3cfa8f47e117f1b673a3c255ce504ae"),
    };
    assert_sender(&tx, WEFT_OSAKA, WEFT_VALID);
}

static void signers_of_authorizations_are_recovered(void **state) {
    (void)state;
    uint8_t raw[1024];
    weft_transaction tx = decoded(raw, type_4);
    weft_address signer, authority = address(AUTHORITY);
    assert_int_equal(tx.authorization_count, 2);
    for (size_t i = 0; i < tx.authorization_count; i++) {
        assert_true(authorization_signer(&signer, &tx.authorizations[i]));
        assert_true(address_equal(&signer, &authority));
    }
}

static void authorizations_without_a_signature_are_passed_over(void **state) {
    (void)state;
    uint8_t raw[1024];
    weft_transaction tx = decoded(raw, type_4);
    weft_address signer;
    weft_authorization changed = tx.authorizations[0];
    changed.y_parity = u256_from_u64(2);
    assert_false(authorization_signer(&signer, &changed));
    changed = tx.authorizations[0];
    changed.s = u256_negate(&changed.s);
    assert_false(authorization_signer(&signer, &changed));
    changed = tx.authorizations[0];
    changed.r = u256_zero();
    assert_false(authorization_signer(&signer, &changed));
}

/* --- Real blocks: each sender is the one that a node reported, where its report was recorded --- */

/* Whether `reported`, the next "from" of a node's JSON, is this address. Moves on behind it. */
static bool next_reported(const char **reported, const weft_address *sender) {
    const char *from = strstr(*reported, "\"from\"");
    const char *value = from != NULL ? strstr(from + 6, "0x") : NULL;
    weft_address expected;
    assert_non_null(value);
    assert_true(hex_decode(expected.bytes, sizeof expected.bytes, value, 2 + 2 * sizeof expected.bytes));
    *reported = value;
    return address_equal(&expected, sender);
}

typedef struct sender_counts {
    size_t recovered, compared;
} sender_counts;

static void check_senders(const char *folder, weft_bytes rlp, void *context) {
    sender_counts *counts = context;
    const weft_chain *chain = weft_chain_mainnet();
    chain = strstr(folder, "/sepolia-") != NULL ? weft_chain_sepolia() : chain;
    chain = strstr(folder, "/hoodi-") != NULL ? weft_chain_hoodi() : chain;
    weft_block block;
    assert_int_equal(weft_block_decode(decoder, &block, NULL, rlp, NULL), WEFT_OK);
    weft_fork fork =
        weft_chain_fork(chain, block.header.number, block.header.timestamp, u256_is_zero(&block.header.difficulty));
    char path[512];
    size_t size;
    (void)snprintf(path, sizeof path, "%s/block.json", folder);
    char *report = text_of(path, &size);
    const char *next = report != NULL && strstr(report, "\"from\"") != NULL ? report : NULL;
    for (size_t i = 0; i < block.transaction_count; i++) {
        weft_address sender;
        weft_verdict verdict;
        assert_int_equal(weft_transaction_sender(&sender, &verdict, &block.transactions[i], chain, fork), WEFT_OK);
        if (verdict != WEFT_VALID || (next != NULL && !next_reported(&next, &sender))) {
            fail_msg("%s: transaction %zu: %s, or another sender", folder, i, weft_verdict_name(verdict));
        }
        counts->recovered++;
        counts->compared += next != NULL;
    }
    free(report);
    weft_decoder_reset(decoder);
}

static void senders_of_recorded_blocks_are_those_reported(void **state) {
    (void)state;
    sender_counts counts = {0};
    recorded_blocks_visit(check_senders, &counts);
    print_message("%zu senders, %zu compared\n", counts.recovered, counts.compared);
    assert_true(counts.compared > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(senders_of_every_type_are_recovered),
        cmocka_unit_test(high_s_is_refused_from_homestead_on),
        cmocka_unit_test(replay_protection_begins_with_spurious_dragon),
        cmocka_unit_test(transactions_of_other_chains_are_refused),
        cmocka_unit_test(signatures_out_of_range_are_refused),
        cmocka_unit_test(sender_of_a_large_transaction_filled_by_hand_is_recovered),
        cmocka_unit_test(signers_of_authorizations_are_recovered),
        cmocka_unit_test(authorizations_without_a_signature_are_passed_over),
        cmocka_unit_test(senders_of_recorded_blocks_are_those_reported),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
