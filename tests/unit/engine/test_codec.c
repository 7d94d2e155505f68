#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/keccak.h"
#include "engine/block_codec.h"
#include "engine/header_codec.h"
#include "tests/support/random.h"
#include "tests/unit/engine/recorded_blocks.h"

/* --- Building small blocks byte by byte --- */

static uint8_t *write_header(uint8_t *out, unsigned field_count) {
    static const uint8_t extra[3] = {1, 2, 3};
    weft_header header = {
        .ommers_hash = ommers_hash_empty,
        .number = 7,
        .gas_limit = 30000000,
        .timestamp = 1000,
        .block_access_list_hash = {{[31] = 0x28}},
        .slot_number = 8191,
        .extra_data = {extra, sizeof extra},
        .field_count = field_count,
    };
    rlp_writer writer = {.next = out};
    header_put(&writer, &header);
    return writer.next;
}

static uint8_t *write_hex(uint8_t *out, const char *hex) {
    size_t size = strlen(hex) / 2;
    assert_true(hex_decode(out, size, hex, 2 * size));
    return out + size;
}

/* [header, [transactions], [], withdrawals]; `transactions` is hex of the list's items, `withdrawals` of the whole list
 * or "" for none. */
static weft_bytes make_block(uint8_t *out, unsigned field_count, const char *transactions, const char *withdrawals) {
    uint8_t header[1024];
    size_t header_size = (size_t)(write_header(header, field_count) - header);
    size_t items = strlen(transactions) / 2, list = rlp_size_list(items);
    uint8_t *end = rlp_write_list_header(out, header_size + list + 1 + strlen(withdrawals) / 2);
    memcpy(end, header, header_size);
    end = rlp_write_list_header(end + header_size, items);
    end = write_hex(end, transactions);
    *end++ = 0xc0;
    end = write_hex(end, withdrawals);
    return (weft_bytes){out, (size_t)(end - out)};
}

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

static void assert_refused(weft_bytes rlp, const char *message) {
    weft_block block;
    weft_error error = {0};
    assert_int_equal(weft_block_decode(decoder, &block, NULL, rlp, &error), WEFT_DECODE);
    assert_string_equal(error.message, message);
    assert_true(error.position <= rlp.size);
}

static void assert_transaction_refused(const char *hex, const char *message) {
    uint8_t raw[512];
    weft_bytes bytes = {raw, (size_t)(write_hex(raw, hex) - raw)};
    weft_transaction tx;
    weft_error error = {0};
    assert_int_equal(weft_transaction_decode(decoder, &tx, bytes, &error), WEFT_DECODE);
    assert_string_equal(error.message, message);
}

/* --- Transactions --- */

#define ADDRESS "1111111111111111111111111111111111111111"
#define WORD_ONE "0000000000000000000000000000000000000000000000000000000000000001"
/* nonce 9, price 1, gas 21000, to, value 5, data "ab", v 27, r 1, s 2 */
#define LEGACY "e0090182520894" ADDRESS "0581ab1b0102"
/* type 1: chain 1, nonce 9, price 1, gas 21000, to, value 5, no data, [[address, [1]]], parity 1, r 1, s 2 */
#define TYPE_1_FIELDS \
    "010901825208"    \
    "94" ADDRESS      \
    "0580"            \
    "f838f794" ADDRESS "e1a0" WORD_ONE "010102"
#define TYPE_1 "01f85a" TYPE_1_FIELDS
/* the same with an address of 19 bytes in its access list */
#define SHORT_ADDRESS "11111111111111111111111111111111111111"
#define TYPE_1_BAD       \
    "01f858010901825208" \
    "94" ADDRESS         \
    "0580"               \
    "f7f693" SHORT_ADDRESS "e1a0" WORD_ONE "010102"

static void legacy_transaction_is_read(void **state) {
    (void)state;
    uint8_t raw[64];
    weft_bytes bytes = {raw, (size_t)(write_hex(raw, LEGACY) - raw)};
    weft_transaction tx;
    assert_int_equal(weft_transaction_decode(decoder, &tx, bytes, NULL), WEFT_OK);
    assert_int_equal(tx.type, WEFT_TX_LEGACY);
    assert_int_equal(tx.nonce, 9);
    assert_int_equal(tx.gas_limit, 21000);
    assert_int_equal(tx.max_fee_per_gas.limb[0], 1);
    assert_int_equal(tx.max_priority_fee_per_gas.limb[0], 1);
    assert_int_equal(tx.to.bytes[19], 0x11);
    assert_int_equal(tx.data.size, 1);
    assert_int_equal(tx.data.data[0], 0xab);
    assert_int_equal(tx.v.limb[0], 27);
    assert_int_equal(tx.s.limb[0], 2);
    assert_false(tx.is_creation);
    assert_false(tx.has_chain_id);
    assert_true(bytes_equal(tx.raw, bytes));
}

static void access_list_is_read(void **state) {
    (void)state;
    uint8_t raw[128];
    weft_bytes bytes = {raw, (size_t)(write_hex(raw, TYPE_1) - raw)};
    weft_transaction tx;
    weft_error error = {0};
    assert_int_equal(weft_transaction_decode(decoder, &tx, bytes, &error), WEFT_OK);
    assert_int_equal(tx.type, WEFT_TX_ACCESS_LIST);
    assert_int_equal(tx.chain_id, 1);
    assert_true(tx.has_chain_id);
    assert_int_equal(tx.access_count, 1);
    assert_int_equal(tx.access_list[0].slot_count, 1);
    assert_int_equal(tx.access_list[0].address.bytes[0], 0x11);
    assert_int_equal(tx.access_list[0].slots[0].bytes[31], 1);
    weft_bytes32 expected = keccak256(raw, bytes.size), hash = weft_transaction_hash(&tx);
    assert_true(bytes32_equal(&hash, &expected));
}

static void chain_id_is_read_from_a_legacy_v(void **state) {
    (void)state;
    static const struct {
        const char *v;
        bool has_chain_id;
        uint64_t chain_id;
    } cases[] = {
        {"1b", false, 0},
        {"1c", false, 0},
        {"22", false, 0},
        {"25", true, 1},
        {"26", true, 1},
        {"820a95", true, 1337},
        {"8a"
         "ffffffffffffffffffff",
         true, UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char hex[128];
        unsigned payload = 31 + (unsigned)strlen(cases[i].v) / 2;
        (void)snprintf(hex, sizeof hex, "%02x090182520894" ADDRESS "0581ab%s0102", 0xc0 + payload, cases[i].v);
        uint8_t raw[64];
        weft_bytes bytes = {raw, (size_t)(write_hex(raw, hex) - raw)};
        weft_transaction tx;
        assert_int_equal(weft_transaction_decode(decoder, &tx, bytes, NULL), WEFT_OK);
        assert_int_equal(tx.has_chain_id, cases[i].has_chain_id);
        assert_int_equal(tx.chain_id, cases[i].chain_id);
    }
}

static void malformed_transactions_are_refused_by_name(void **state) {
    (void)state;
    assert_transaction_refused("", "transaction: the type is not one of 1 to 4");
    assert_transaction_refused("00c0", "transaction: the type is not one of 1 to 4");
    assert_transaction_refused("05c0", "transaction: the type is not one of 1 to 4");
    assert_transaction_refused("01c0", "chain id: an item is missing");
    assert_transaction_refused(LEGACY "00", "transaction: bytes are left over");
    assert_transaction_refused("e1090182520894" ADDRESS "0581ab1b010200", "transaction: bytes are left over");
    assert_transaction_refused("e1820009018252089411", "transaction: an item runs past the end");
    assert_transaction_refused("ca8200090182520880050102", "nonce: an integer has a leading zero");
    assert_transaction_refused("ca89010203040506070809", "nonce: an integer is wider than its field");
    assert_transaction_refused("cb090182520882111105800102", "recipient: must be empty or 20 bytes");
    assert_transaction_refused("03c2c0c0",
                               "transaction: a blob transaction with its sidecar (network form) is not for blocks");
    assert_transaction_refused(
        "01e8010901825208"
        "94" ADDRESS
        "0580"
        "cac9821111c0c0c0c0c0c0",
        "access list: items are shorter than any valid one");
    assert_transaction_refused(TYPE_1_BAD,
                               "access list entry 0: address (20 bytes): a string has the wrong size for its field");
}

/* --- Blocks --- */

static void every_set_of_header_fields_survives_a_round_trip(void **state) {
    (void)state;
    static const unsigned counts[] = {15, 16, 17, 20, 21, 23};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        uint8_t bytes[2048];
        weft_bytes rlp = make_block(bytes, counts[i], LEGACY "b85d" TYPE_1, counts[i] >= 17 ? "c0" : "");
        weft_block block;
        weft_error error = {0};
        assert_int_equal(weft_block_decode(decoder, &block, NULL, rlp, &error), WEFT_OK);
        assert_int_equal(block.header.field_count, counts[i]);
        assert_int_equal(block.header.number, 7);
        assert_int_equal(block.header.slot_number, counts[i] >= 23 ? 8191 : 0);
        assert_int_equal(block.header.block_access_list_hash.bytes[31], counts[i] >= 23 ? 0x28 : 0);
        assert_int_equal(block.transaction_count, 2);
        assert_int_equal(block.transactions[1].type, WEFT_TX_ACCESS_LIST);
        assert_int_equal(block.has_withdrawals, counts[i] >= 17);
        assert_int_equal(block.rlp_size, rlp.size);
        weft_bytes32 hash;
        assert_int_equal(weft_header_hash(&hash, &block.header), WEFT_OK);
        assert_true(bytes32_equal(&hash, &block.hash));
    }
}

static void consumed_bytes_are_told_and_otherwise_demanded(void **state) {
    (void)state;
    uint8_t bytes[2048];
    weft_bytes rlp = make_block(bytes, 15, LEGACY, "");
    weft_bytes longer = {bytes, rlp.size + 5};
    memset(bytes + rlp.size, 0xff, 5);
    weft_block block;
    size_t consumed;
    assert_int_equal(weft_block_decode(decoder, &block, &consumed, longer, NULL), WEFT_OK);
    assert_int_equal(consumed, rlp.size);
    assert_refused(longer, "block: bytes are left over");
}

static void malformed_blocks_are_refused_by_place(void **state) {
    (void)state;
    uint8_t bytes[2048];
    assert_refused((weft_bytes){NULL, 0}, "block: an item is missing");
    assert_refused(make_block(bytes, 15, LEGACY "c0", ""), "transaction 1: nonce: an item is missing");
    assert_refused(make_block(bytes, 15, LEGACY LEGACY "a1" LEGACY, ""),
                   "transaction 2: transaction: the type is not one of 1 to 4");
    assert_refused(make_block(bytes, 15, "b85b" TYPE_1_BAD, ""),
                   "transaction 0: access list entry 0: address (20 bytes): a string has the wrong size for its field");
    assert_refused(make_block(bytes, 17, "", "dad9820fff8093" SHORT_ADDRESS "80"),
                   "withdrawal 0: address (20 bytes): a string has the wrong size for its field");
    assert_refused(make_block(bytes, 17, "", "c0c0"), "block: bytes are left over");
    assert_refused(make_block(bytes, 17, "", "80"), "withdrawals: a list is expected, a string found");
}

static void headers_of_other_sizes_are_refused(void **state) {
    (void)state;
    uint8_t bytes[1024];
    weft_header header;
    weft_bytes32 hash;
    weft_error error;
    uint8_t *payload = bytes + 3; /* after the list's header, which names a size of two bytes */
    size_t size = (size_t)(write_header(bytes, 17) - bytes);
    (void)rlp_write_u64(bytes + size, 0);
    (void)rlp_write_list_header(bytes, (size_t)(bytes + size + 1 - payload));
    assert_int_equal(weft_header_decode(&header, &hash, (weft_bytes){bytes, size + 1}, &error), WEFT_DECODE);
    assert_string_equal(error.message, "header: a header has 15, 16, 17, 20, 21 or 23 fields");
}

static void header_hash_refuses_what_no_header_has(void **state) {
    (void)state;
    weft_bytes32 hash;
    weft_header header = {.field_count = 18};
    assert_int_equal(weft_header_hash(&hash, &header), WEFT_INVALID_ARGUMENT);
}

/* Whatever can be decoded has a hash: a block with such an ommer must not stay undecided. */
static void header_with_megabytes_of_extra_data_has_a_hash(void **state) {
    (void)state;
    enum { EXTRA_SIZE = 3 << 20 };
    uint8_t *extra = calloc(EXTRA_SIZE, 1), *encoding = malloc(EXTRA_SIZE + 1024);
    assert_true(extra != NULL && encoding != NULL);
    weft_header header = {.field_count = 15, .extra_data = {extra, EXTRA_SIZE}}, decoded;
    weft_bytes32 expected, hash;
    rlp_writer writer = {.next = encoding};
    header_put(&writer, &header);
    assert_int_equal(weft_header_decode(&decoded, &expected, (weft_bytes){encoding, writer.size}, NULL), WEFT_OK);
    assert_int_equal(weft_header_hash(&hash, &decoded), WEFT_OK);
    assert_true(bytes32_equal(&hash, &expected));
    free(encoding);
    free(extra);
}

static void hashes_of_empty_bodies_are_the_known_ones(void **state) {
    (void)state;
    weft_bytes32 hash, expected;
    assert_int_equal(ommers_hash(&hash, NULL, 0), WEFT_OK);
    assert_true(bytes32_equal(&hash, &ommers_hash_empty));
    assert_true(hex_decode(expected.bytes, 32, "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421", 64));
    assert_int_equal(withdrawals_root(&hash, NULL, 0), WEFT_OK);
    assert_true(bytes32_equal(&hash, &expected));
    weft_block block = {0};
    assert_int_equal(weft_transactions_root(&hash, &block), WEFT_OK);
    assert_true(bytes32_equal(&hash, &expected));
}

/* --- Real blocks --- */

static void check_recorded_block(const char *folder, weft_bytes rlp, void *context) {
    (void)context;
    weft_block block;
    weft_error error = {0};
    weft_bytes32 hash;
    char hash_text[65];
    if (weft_block_decode(decoder, &block, NULL, rlp, &error) != WEFT_OK) {
        fail_msg("%s: %zu: %s", folder, error.position, error.message);
    }
    assert_int_equal(weft_header_hash(&hash, &block.header), WEFT_OK);
    assert_true(bytes32_equal(&hash, &block.hash));
    hex_encode(hash_text, hash.bytes, sizeof hash.bytes);
    if (!recorded_meta_has(folder, hash_text)) {
        fail_msg("%s: the header's hash is another", folder);
    }
    assert_int_equal(weft_transactions_root(&hash, &block), WEFT_OK);
    assert_true(bytes32_equal(&hash, &block.header.transactions_root));
    if (!recorded_meta_has(folder, "\"unclesComplete\": false")) {
        assert_int_equal(ommers_hash(&hash, block.ommers, block.ommer_count), WEFT_OK);
        assert_true(bytes32_equal(&hash, &block.header.ommers_hash));
    }
    if (block.has_withdrawals) {
        assert_int_equal(withdrawals_root(&hash, block.withdrawals, block.withdrawal_count), WEFT_OK);
        assert_true(bytes32_equal(&hash, &block.header.withdrawals_root));
    }
    weft_decoder_reset(decoder);
}

static void recorded_blocks_agree_with_their_headers(void **state) {
    (void)state;
    recorded_blocks_visit(check_recorded_block, NULL);
}

/* --- Mutations: any bytes give a clean answer, and what is accepted is canonical --- */

enum { MUTATIONS = 12000, MUTATED_SIZE_MAX = 4096 };

static size_t mutate(uint8_t *bytes, size_t size, test_random *random) {
    size_t at = random_below(random, size);
    switch (random_below(random, 6)) {
    case 0: return at; /* truncated */
    case 1: bytes[at] ^= (uint8_t)(1 << random_below(random, 8)); break;
    case 2: bytes[at] = (uint8_t)random_u64(random); break;
    case 3: memset(bytes + at, 0xff, size - at < 9 ? size - at : 9); break; /* an oversized length */
    case 4: memmove(bytes + at, bytes + at + 1, size - at - 1); return size - 1;
    default: memmove(bytes + at + 1, bytes + at, size - at); return size + 1;
    }
    return size;
}

static void mutated_blocks_are_refused_or_canonical(void **state) {
    (void)state;
    uint8_t original[2048];
    weft_bytes rlp = make_block(original, 21, LEGACY "b85d" TYPE_1 LEGACY, "d9d8800194" ADDRESS "80");
    assert_true(rlp.size < MUTATED_SIZE_MAX / 2);
    size_t accepted = 0;
    for (uint64_t run = 1; run <= MUTATIONS; run++) {
        test_random random = {run};
        uint8_t *bytes = malloc(MUTATED_SIZE_MAX);
        assert_non_null(bytes);
        memcpy(bytes, original, rlp.size);
        size_t size = rlp.size;
        for (size_t n = 1 + random_below(&random, 3); n > 0 && size > 0; n--) {
            size = mutate(bytes, size, &random);
        }
        /* A copy of its exact size, so that a sanitizer sees a read beyond it. */
        uint8_t *exact = malloc(size + (size == 0));
        assert_non_null(exact);
        memcpy(exact, bytes, size);
        weft_block block;
        weft_error error = {0};
        weft_status status = weft_block_decode(decoder, &block, NULL, (weft_bytes){exact, size}, &error);
        weft_bytes32 hash;
        if (status == WEFT_OK) {
            accepted++;
            if (weft_header_hash(&hash, &block.header) != WEFT_OK || !bytes32_equal(&hash, &block.hash)) {
                fail_msg("seed %u: an accepted header is not canonical", (unsigned)run);
            }
        } else if (status != WEFT_DECODE || error.message[0] == '\0' || error.position > size) {
            fail_msg("seed %u: status %d without a clear error", (unsigned)run, status);
        }
        weft_decoder_reset(decoder);
        free(exact);
        free(bytes);
    }
    assert_true(accepted > 0 && accepted < MUTATIONS);
    print_message("%d mutations, %zu still canonical\n", MUTATIONS, accepted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(legacy_transaction_is_read),
        cmocka_unit_test(access_list_is_read),
        cmocka_unit_test(chain_id_is_read_from_a_legacy_v),
        cmocka_unit_test(malformed_transactions_are_refused_by_name),
        cmocka_unit_test(every_set_of_header_fields_survives_a_round_trip),
        cmocka_unit_test(consumed_bytes_are_told_and_otherwise_demanded),
        cmocka_unit_test(malformed_blocks_are_refused_by_place),
        cmocka_unit_test(headers_of_other_sizes_are_refused),
        cmocka_unit_test(header_hash_refuses_what_no_header_has),
        cmocka_unit_test(header_with_megabytes_of_extra_data_has_a_hash),
        cmocka_unit_test(hashes_of_empty_bodies_are_the_known_ones),
        cmocka_unit_test(recorded_blocks_agree_with_their_headers),
        cmocka_unit_test(mutated_blocks_are_refused_or_canonical),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
