/* Blocks in RLP. A block that is accepted is taken apart by another reader: each of its parts must encode to the bytes it
 * came from, hashes must be of those bytes. Then it is executed on an empty state under mainnet's rules, which no input may
 * crash. */
#include "tests/fuzz/rlp_items.h"

/* Blocks with more gas could loop for longer than a fuzzer has patience. */
enum { EXECUTED_GAS_MAX = 1000000 };

static void check_header(const weft_header *header, weft_bytes rlp) {
    weft_bytes32 expected = weft_keccak256(rlp), hash;
    FUZZ_CHECK(weft_header_hash(&hash, header) == WEFT_OK, "a decoded header has no hash");
    FUZZ_CHECK(fuzz_hash_equal(&hash, &expected), "a header is encoded to other bytes");
}

static void check_transactions(weft_decoder *decoder, const weft_block *block, weft_bytes rlp) {
    weft_bytes list;
    weft_transaction *copies = calloc(block->transaction_count + 1, sizeof *copies);
    FUZZ_CHECK(copies != NULL, "out of memory");
    for (size_t i = 0; i < block->transaction_count; i++) {
        copies[i] = block->transactions[i];
        copies[i].raw = (weft_bytes){NULL, 0};
        FUZZ_CHECK(weft_transaction_encode(decoder, &copies[i]) == WEFT_OK, "out of memory");
        FUZZ_CHECK(fuzz_equal(copies[i].raw, block->transactions[i].raw), "transaction %zu changes", i);
    }
    FUZZ_CHECK(weft_transaction_list_encode(decoder, &list, copies, block->transaction_count) == WEFT_OK,
               "out of memory");
    FUZZ_CHECK(fuzz_equal(list, rlp), "the list of transactions changes");
    free(copies);
}

static void check_withdrawals(const weft_block *block, weft_bytes rest) {
    for (size_t i = 0; i < block->withdrawal_count; i++) {
        const weft_withdrawal *w = &block->withdrawals[i];
        weft_bytes fields = rlp_take(&rest).payload;
        FUZZ_CHECK(rlp_is_integer(rlp_take(&fields).payload, w->index), "index");
        FUZZ_CHECK(rlp_is_integer(rlp_take(&fields).payload, w->validator_index), "validator");
        FUZZ_CHECK(fuzz_equal(rlp_take(&fields).payload, (weft_bytes){w->address.bytes, 20}), "address");
        FUZZ_CHECK(rlp_is_integer(rlp_take(&fields).payload, w->amount_gwei), "amount");
        FUZZ_CHECK(fields.size == 0, "a withdrawal has more fields");
    }
    FUZZ_CHECK(rest.size == 0, "there are more withdrawals");
}

static void check_parts(weft_decoder *decoder, const weft_block *block, weft_bytes rlp) {
    weft_bytes parts = rlp_take(&rlp).payload;
    weft_bytes header = rlp_take(&parts).whole;
    weft_bytes32 hash = weft_keccak256(header);
    FUZZ_CHECK(fuzz_hash_equal(&block->hash, &hash), "the block's hash is not that of its header");
    check_header(&block->header, header);
    check_transactions(decoder, block, rlp_take(&parts).whole);
    weft_bytes ommers = rlp_take(&parts).payload;
    for (size_t i = 0; i < block->ommer_count; i++) {
        check_header(&block->ommers[i], rlp_take(&ommers).whole);
    }
    FUZZ_CHECK(ommers.size == 0, "there are more ommers");
    FUZZ_CHECK(block->has_withdrawals == (parts.size > 0), "withdrawals");
    if (block->has_withdrawals) {
        check_withdrawals(block, rlp_take(&parts).payload);
    }
    FUZZ_CHECK(parts.size == 0, "the block has more parts");
}

static void check_encoding(weft_decoder *decoder, const weft_block *block, weft_bytes rlp) {
    weft_bytes again;
    FUZZ_CHECK(weft_block_encode(decoder, &again, block) == WEFT_OK, "a decoded block cannot be encoded");
    FUZZ_CHECK(again.size == rlp.size && memcmp(again.data, rlp.data, rlp.size) == 0, "a block is encoded otherwise");
}

static void execute(const weft_block *block) {
    static weft_engine *engine;
    static weft_memory_state *state;
    const weft_engine_config config = {.size = sizeof config, .threads = 1};
    if (engine == NULL) {
        FUZZ_CHECK(weft_engine_create(&engine, weft_chain_mainnet(), &config) == WEFT_OK &&
                       weft_memory_state_create(&state, NULL) == WEFT_OK,
                   "out of memory");
    }
    weft_block_result result;
    weft_state_view view = weft_memory_state_view(state);
    const weft_execute_options options = {.size = sizeof options, .partial_state = true};
    weft_status status = weft_engine_execute(engine, &result, block, &view, &options);
    FUZZ_CHECK(status == WEFT_OK || status == WEFT_UNSUPPORTED || status == WEFT_STATE_UNAVAILABLE, "status %d",
               (int)status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    weft_decoder *decoder = fuzz_decoder();
    weft_block block;
    weft_error error = {.message = ""};
    size_t consumed = 0;
    weft_status whole = weft_block_decode(decoder, &block, NULL, (weft_bytes){data, size}, &error);
    fuzz_check_decoded(whole, &error, size);
    weft_status first = weft_block_decode(decoder, &block, &consumed, (weft_bytes){data, size}, &error);
    fuzz_check_decoded(first, &error, size);
    FUZZ_CHECK((whole == WEFT_OK) == (first == WEFT_OK && consumed == size), "a block and more, or not");
    if (first == WEFT_OK) {
        FUZZ_CHECK(consumed <= size && block.rlp_size == consumed, "consumed %zu of %zu", consumed, size);
        check_parts(decoder, &block, (weft_bytes){data, consumed});
        check_encoding(decoder, &block, (weft_bytes){data, consumed});
        if (block.header.gas_limit <= EXECUTED_GAS_MAX) {
            execute(&block);
        }
    }
    return 0;
}
