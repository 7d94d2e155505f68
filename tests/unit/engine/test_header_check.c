#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/u256.h"
#include "engine/block_codec.h"
#include "engine/block_fees.h"
#include "engine/chain.h"
#include "engine/header_check.h"
#include "engine/header_codec.h"
#include "tests/unit/engine/recorded_blocks.h"

static char explanation[256];

/* --- One valid header of Osaka and one of Frontier, each with its parent; the tests break one thing at a time --- */

static const weft_header osaka_parent = {
    .number = 24999999,
    .timestamp = 1780000000,
    .gas_limit = 60000000,
    .gas_used = 30000000,
    .base_fee_per_gas = {{1000000000, 0, 0, 0}},
    .excess_blob_gas = 14 * GAS_PER_BLOB,
    .blob_gas_used = 14 * GAS_PER_BLOB,
    .field_count = 21,
};

static weft_header osaka_header(void) {
    weft_header header = osaka_parent;
    header.number++;
    header.timestamp += 12;
    header.ommers_hash = ommers_hash_empty;
    header.excess_blob_gas =
        excess_blob_gas_after(&osaka_parent, chain_blob_parameters(weft_chain_mainnet(), header.timestamp), true);
    return header;
}

static const weft_header frontier_parent = {
    .number = 99,
    .timestamp = 1438270000,
    .gas_limit = 5000,
    .difficulty = {{2048000, 0, 0, 0}},
    .field_count = 15,
};

static weft_header frontier_header(void) {
    weft_header header = frontier_parent;
    header.number++;
    header.timestamp += 5;
    header.difficulty = (weft_u256){{2049000, 0, 0, 0}};
    header.ommers_hash = ommers_hash_empty;
    return header;
}

static void assert_verdict(const weft_header *header, const weft_header *parent, weft_fork fork,
                           weft_verdict expected) {
    explanation[0] = '\0';
    weft_verdict verdict = header_check(header, parent, weft_chain_mainnet(), fork, explanation, sizeof explanation);
    assert_string_equal(weft_verdict_name(verdict), weft_verdict_name(expected));
    assert_int_equal(explanation[0] == '\0', expected == WEFT_VALID);
}

static void assert_osaka(const weft_header *header, weft_verdict expected) {
    assert_verdict(header, &osaka_parent, WEFT_OSAKA, expected);
}

static void assert_frontier(const weft_header *header, weft_verdict expected) {
    assert_verdict(header, &frontier_parent, WEFT_FRONTIER, expected);
}

static void valid_headers_pass(void **state) {
    (void)state;
    weft_header header = osaka_header();
    assert_osaka(&header, WEFT_VALID);
    assert_verdict(&header, NULL, WEFT_OSAKA, WEFT_VALID);
    header = frontier_header();
    assert_frontier(&header, WEFT_VALID);
}

static void headers_must_follow_their_parent(void **state) {
    (void)state;
    weft_header header = osaka_header();
    header.number++;
    assert_osaka(&header, WEFT_BLOCK_NUMBER);
    header.number = 0;
    assert_osaka(&header, WEFT_BLOCK_NUMBER);
    header = osaka_header();
    header.timestamp = osaka_parent.timestamp;
    assert_osaka(&header, WEFT_BLOCK_TIMESTAMP);
}

static void gas_must_be_within_its_limits(void **state) {
    (void)state;
    weft_header header = osaka_header();
    header.gas_used = header.gas_limit + 1;
    assert_osaka(&header, WEFT_BLOCK_GAS_USED_ABOVE_LIMIT);
    header = osaka_header();
    header.gas_limit += 60000000 / 1024 - 1;
    assert_osaka(&header, WEFT_VALID);
    header.gas_limit++;
    assert_osaka(&header, WEFT_BLOCK_GAS_LIMIT);
    assert_verdict(&header, NULL, WEFT_OSAKA, WEFT_VALID);
    header.gas_limit = osaka_parent.gas_limit - 60000000 / 1024;
    assert_osaka(&header, WEFT_BLOCK_GAS_LIMIT);
    header.gas_limit = UINT64_C(1) << 63;
    assert_osaka(&header, WEFT_BLOCK_GAS_LIMIT_TOO_BIG);
    header = frontier_header();
    header.gas_limit = 4999;
    assert_frontier(&header, WEFT_BLOCK_GAS_LIMIT);
}

/* EIP-1559: the first block with a base fee starts from twice the gas limit and from 1 gwei. */
static void gas_limit_doubles_where_the_fee_market_begins(void **state) {
    (void)state;
    weft_header parent = frontier_parent, header = frontier_header();
    parent.number = 12964999;
    parent.gas_limit = 15000000;
    header.number = 12965000;
    header.field_count = 16;
    header.gas_limit = 30000000;
    header.base_fee_per_gas = (weft_u256){{1000000000, 0, 0, 0}};
    header.difficulty = (weft_u256){{UINT64_C(2049000) + (UINT64_C(1) << (32 - 2)), 0, 0, 0}};
    parent.ommers_hash = ommers_hash_empty;
    assert_verdict(&header, &parent, WEFT_LONDON, WEFT_VALID);
    header.gas_limit = 15000000;
    assert_verdict(&header, &parent, WEFT_LONDON, WEFT_BLOCK_GAS_LIMIT);
    header.gas_limit = 30000000;
    header.base_fee_per_gas.limb[0]++;
    assert_verdict(&header, &parent, WEFT_LONDON, WEFT_BLOCK_BASE_FEE);
}

static void prices_must_be_those_the_parent_gives(void **state) {
    (void)state;
    weft_header header = osaka_header();
    header.base_fee_per_gas.limb[0]++;
    assert_osaka(&header, WEFT_BLOCK_BASE_FEE);
    header = osaka_header();
    header.excess_blob_gas++;
    assert_osaka(&header, WEFT_BLOCK_EXCESS_BLOB_GAS);
    header = frontier_header();
    header.difficulty.limb[0]--;
    assert_frontier(&header, WEFT_BLOCK_DIFFICULTY);
}

static void proof_of_stake_headers_have_constant_fields(void **state) {
    (void)state;
    weft_header header = osaka_header();
    header.difficulty.limb[1] = 1;
    assert_osaka(&header, WEFT_BLOCK_DIFFICULTY_AFTER_PARIS);
    header = osaka_header();
    header.ommers_hash.bytes[0] ^= 1;
    assert_osaka(&header, WEFT_BLOCK_OMMERS_AFTER_PARIS);
    header = osaka_header();
    header.nonce[7] = 1;
    assert_osaka(&header, WEFT_BLOCK_FORMAT);
}

static void fields_must_be_those_of_the_fork(void **state) {
    (void)state;
    weft_header header = osaka_header();
    header.field_count = 20;
    assert_osaka(&header, WEFT_BLOCK_FORMAT);
    header = frontier_header();
    header.field_count = 16;
    assert_frontier(&header, WEFT_BLOCK_FORMAT);
}

static void extra_data_is_bounded_and_marks_the_dao_fork(void **state) {
    (void)state;
    static const uint8_t bytes[33];
    weft_header header = frontier_header();
    header.extra_data = (weft_bytes){bytes, 32};
    assert_frontier(&header, WEFT_VALID);
    header.extra_data.size = 33;
    assert_frontier(&header, WEFT_BLOCK_EXTRA_DATA_TOO_BIG);
    header.number = 1920009;
    header.extra_data.size = 13;
    assert_verdict(&header, NULL, WEFT_HOMESTEAD, WEFT_BLOCK_EXTRA_DATA_DAO);
    header.extra_data = bytes_of("dao-hard-fork", 13);
    assert_verdict(&header, NULL, WEFT_HOMESTEAD, WEFT_VALID);
}

static void authority_chains_keep_their_seal_in_the_extra_data(void **state) {
    (void)state;
    static const uint8_t seal[97];
    weft_chain chain = *weft_chain_mainnet();
    chain.no_block_reward = true;
    weft_header header = frontier_header();
    header.extra_data = (weft_bytes){seal, sizeof seal};
    header.difficulty = (weft_u256){{2, 0, 0, 0}};
    assert_int_equal(header_check(&header, &frontier_parent, &chain, WEFT_FRONTIER, explanation, sizeof explanation),
                     WEFT_VALID);
}

static void test_networks_may_fix_their_difficulty(void **state) {
    (void)state;
    weft_chain chain = *weft_chain_mainnet();
    chain.fixed_difficulty = 100;
    weft_header header = frontier_header();
    assert_int_equal(header_check(&header, &frontier_parent, &chain, WEFT_FRONTIER, explanation, sizeof explanation),
                     WEFT_BLOCK_DIFFICULTY);
    header.difficulty = (weft_u256){{100, 0, 0, 0}};
    assert_int_equal(header_check(&header, &frontier_parent, &chain, WEFT_FRONTIER, explanation, sizeof explanation),
                     WEFT_VALID);
}

/* --- Bodies --- */

/* A block without transactions that agrees with its header. */
static const ommer_ancestors unknown;

static weft_block osaka_block(void) {
    weft_block block = {.header = osaka_header(), .has_withdrawals = true, .rlp_size = 1000};
    block.header.blob_gas_used = 0;
    assert_int_equal(weft_transactions_root(&block.header.transactions_root, &block), WEFT_OK);
    assert_int_equal(withdrawals_root(&block.header.withdrawals_root, NULL, 0), WEFT_OK);
    assert_int_equal(weft_header_hash(&block.header.parent_hash, &osaka_parent), WEFT_OK);
    return block;
}

static void assert_body(const weft_block *block, weft_fork fork, weft_verdict expected) {
    weft_verdict verdict;
    const weft_header *parent = fork == WEFT_OSAKA ? &osaka_parent : NULL;
    explanation[0] = '\0';
    assert_int_equal(
        body_check(&verdict, block, parent, &unknown, weft_chain_mainnet(), fork, explanation, sizeof explanation),
        WEFT_OK);
    assert_string_equal(weft_verdict_name(verdict), weft_verdict_name(expected));
    assert_int_equal(explanation[0] == '\0', expected == WEFT_VALID);
}

static void bodies_must_agree_with_their_headers(void **state) {
    (void)state;
    weft_block block = osaka_block();
    assert_body(&block, WEFT_OSAKA, WEFT_VALID);
    block.header.parent_hash.bytes[0] ^= 1;
    assert_body(&block, WEFT_OSAKA, WEFT_BLOCK_UNKNOWN_PARENT);
    block = osaka_block();
    block.header.withdrawals_root.bytes[0] ^= 1;
    assert_body(&block, WEFT_OSAKA, WEFT_BLOCK_WITHDRAWALS_ROOT);
    block = osaka_block();
    block.header.ommers_hash.bytes[0] ^= 1;
    assert_body(&block, WEFT_OSAKA, WEFT_BLOCK_OMMERS_HASH);
    block = osaka_block();
    block.header.blob_gas_used = GAS_PER_BLOB;
    assert_body(&block, WEFT_OSAKA, WEFT_BLOCK_BLOB_GAS_USED);
    block = osaka_block();
    block.has_withdrawals = false;
    assert_body(&block, WEFT_OSAKA, WEFT_BLOCK_WITHDRAWALS_LIST);
    block = osaka_block();
    block.rlp_size = 8388609;
    assert_body(&block, WEFT_OSAKA, WEFT_BLOCK_SIZE_EXCEEDED);
    block.rlp_size = 8388608;
    assert_body(&block, WEFT_OSAKA, WEFT_VALID);
}

static void assert_ommers(const weft_header *ommers, size_t count, weft_verdict expected) {
    weft_block block = {.header = frontier_header(), .ommers = ommers, .ommer_count = count};
    assert_int_equal(weft_transactions_root(&block.header.transactions_root, &block), WEFT_OK);
    assert_int_equal(ommers_hash(&block.header.ommers_hash, ommers, count), WEFT_OK);
    assert_body(&block, WEFT_FRONTIER, expected);
}

static void ommers_are_few_young_and_distinct(void **state) {
    (void)state;
    weft_header ommers[3] = {frontier_header(), frontier_header(), frontier_header()};
    ommers[0].number = 99;
    ommers[1].number = 94;
    ommers[2].number = 98;
    assert_ommers(ommers, 2, WEFT_VALID);
    assert_ommers(ommers, 3, WEFT_BLOCK_TOO_MANY_OMMERS);
    ommers[1].number = 93;
    assert_ommers(ommers, 2, WEFT_BLOCK_OMMER_TOO_OLD);
    ommers[1].number = 100;
    assert_ommers(ommers, 2, WEFT_BLOCK_OMMER_TOO_OLD);
    ommers[1].number = 99;
    assert_ommers(ommers, 2, WEFT_BLOCK_OMMER_IN_CHAIN);
}

/* --- Real chains: every block of an unbroken run passes --- */

static void check_following(const char *name, const weft_chain *chain, const weft_block *block,
                            const weft_header *parent) {
    weft_verdict verdict = WEFT_VALID;
    weft_fork fork =
        weft_chain_fork(chain, block->header.number, block->header.timestamp, u256_is_zero(&block->header.difficulty));
    verdict = header_check(&block->header, parent, chain, fork, explanation, sizeof explanation);
    if (verdict == WEFT_VALID) {
        assert_int_equal(
            body_check(&verdict, block, parent, &unknown, weft_chain_mainnet(), fork, explanation, sizeof explanation),
            WEFT_OK);
    }
    if (verdict != WEFT_VALID) {
        fail_msg("%s: block %llu: %s: %s", name, (unsigned long long)block->header.number, weft_verdict_name(verdict),
                 explanation);
    }
}

static size_t check_chain(const char *root, const char *name, const weft_chain *chain) {
    char path[512];
    size_t size;
    (void)snprintf(path, sizeof path, "%s/chains/%s", root, name);
    char *text = text_of(path, &size);
    if (text == NULL) {
        print_message("%s is missing\n", path);
        return 0;
    }
    weft_bytes rest = bytes_of(text, size);
    weft_decoder *decoder;
    assert_int_equal(weft_decoder_create(&decoder), WEFT_OK);
    weft_header parent = {0};
    size_t count = 0;
    while (rest.size > 0) {
        weft_block block;
        size_t consumed;
        weft_error error = {0};
        if (weft_block_decode(decoder, &block, &consumed, rest, &error) != WEFT_OK) {
            fail_msg("%s: %s", name, error.message);
        }
        if (count > 0) {
            check_following(name, chain, &block, &parent);
        }
        parent = block.header; /* its bytes borrow from `text` */
        weft_decoder_reset(decoder);
        rest = (weft_bytes){rest.data + consumed, rest.size - consumed};
        count++;
    }
    weft_decoder_destroy(decoder);
    free(text);
    return count;
}

static void blocks_of_recorded_chains_follow_each_other(void **state) {
    (void)state;
    const char *root = getenv("WEFT_DATA");
    if (root == NULL || root[0] == '\0') {
        print_message("WEFT_DATA is not set: skipped\n");
        skip();
    }
    size_t count = check_chain(root, "era1-mainnet/mainnet-0-8191.rlp", weft_chain_mainnet()) +
                   check_chain(root, "era1-sepolia/sepolia-0-8191.rlp", weft_chain_sepolia()) +
                   check_chain(root, "era1-sepolia/sepolia-172032-180223.rlp", weft_chain_sepolia());
    print_message("%zu blocks\n", count);
}

enum { HEADERS_MAX = 1024 };

typedef struct header_list {
    weft_header headers[HEADERS_MAX];
    weft_bytes32 hashes[HEADERS_MAX];
    size_t count;
} header_list;

static void collect_header(const char *folder, weft_bytes rlp, void *context) {
    header_list *list = context;
    rlp_error error;
    rlp_cursor block = rlp_open(rlp, &error), parts = rlp_read_list(&block);
    weft_header *header = &list->headers[list->count];
    if (strstr(folder, "/mainnet-") == NULL || list->count == HEADERS_MAX) {
        return;
    }
    assert_int_equal(weft_header_decode(header, &list->hashes[list->count], rlp_read_raw(&parts), NULL), WEFT_OK);
    header->extra_data = (weft_bytes){NULL, 0}; /* would outlive its bytes */
    list->count++;
}

static void neighbours_among_recorded_blocks_follow_each_other(void **state) {
    (void)state;
    static header_list headers; /* the visit may skip the test */
    header_list *list = &headers;
    recorded_blocks_visit(collect_header, list);
    size_t pairs = 0;
    for (size_t i = 0; i < list->count; i++) {
        for (size_t k = 0; k < list->count; k++) {
            const weft_header *parent = &list->headers[k], *header = &list->headers[i];
            if (memcmp(header->parent_hash.bytes, list->hashes[k].bytes, sizeof list->hashes[k]) == 0) {
                weft_fork fork = weft_chain_fork(weft_chain_mainnet(), header->number, header->timestamp,
                                                 u256_is_zero(&header->difficulty));
                assert_verdict(header, parent, fork, WEFT_VALID);
                pairs++;
            }
        }
    }
    print_message("%zu pairs\n", pairs);
    assert_true(pairs > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_headers_pass),
        cmocka_unit_test(headers_must_follow_their_parent),
        cmocka_unit_test(gas_must_be_within_its_limits),
        cmocka_unit_test(gas_limit_doubles_where_the_fee_market_begins),
        cmocka_unit_test(prices_must_be_those_the_parent_gives),
        cmocka_unit_test(proof_of_stake_headers_have_constant_fields),
        cmocka_unit_test(fields_must_be_those_of_the_fork),
        cmocka_unit_test(extra_data_is_bounded_and_marks_the_dao_fork),
        cmocka_unit_test(authority_chains_keep_their_seal_in_the_extra_data),
        cmocka_unit_test(test_networks_may_fix_their_difficulty),
        cmocka_unit_test(bodies_must_agree_with_their_headers),
        cmocka_unit_test(ommers_are_few_young_and_distinct),
        cmocka_unit_test(blocks_of_recorded_chains_follow_each_other),
        cmocka_unit_test(neighbours_among_recorded_blocks_follow_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
