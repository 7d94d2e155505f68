/* Transactions in their consensus encoding. What is decoded encodes to the same bytes; hash, facts and sender agree with
 * each other under the rules of every fork. */
#include "tests/fuzz/fuzz.h"

static void check_encoding(weft_decoder *decoder, const weft_transaction *tx, weft_bytes bytes) {
    weft_bytes32 expected = weft_keccak256(bytes), hash = weft_transaction_hash(tx);
    FUZZ_CHECK(fuzz_equal(tx->raw, bytes), "raw is not what was decoded");
    FUZZ_CHECK(fuzz_hash_equal(&hash, &expected), "the hash is not that of the encoding");
    weft_transaction copy = *tx;
    copy.raw = (weft_bytes){NULL, 0};
    FUZZ_CHECK(weft_transaction_encode(decoder, &copy) == WEFT_OK, "out of memory");
    FUZZ_CHECK(fuzz_equal(copy.raw, bytes), "encoded to other bytes");
}

static void check_list(weft_decoder *decoder, const weft_transaction *tx) {
    weft_bytes list;
    const weft_bytes *items;
    size_t count = 0;
    FUZZ_CHECK(weft_transaction_list_encode(decoder, &list, tx, 1) == WEFT_OK, "out of memory");
    FUZZ_CHECK(weft_transaction_list_split(decoder, &items, &count, list, NULL) == WEFT_OK && count == 1 &&
                   fuzz_equal(items[0], tx->raw),
               "a list of one transaction is split into others");
}

/* The fork is chosen by the input, so that an input costs one recovery. */
static void check_sender(const weft_transaction *tx, weft_fork fork) {
    weft_transaction_facts facts;
    weft_address sender = {{0}};
    weft_verdict verdict = WEFT_VALID;
    const weft_chain *chain = weft_chain_mainnet();
    FUZZ_CHECK(weft_transaction_sender(&sender, &verdict, tx, chain, fork) == WEFT_OK, "out of memory");
    FUZZ_CHECK(verdict == WEFT_VALID || verdict == WEFT_TX_INVALID_SIGNATURE || verdict == WEFT_TX_INVALID_CHAIN_ID,
               "%s", weft_verdict_name(verdict));
    FUZZ_CHECK(weft_transaction_check(&facts, tx, chain, fork) == WEFT_OK, "out of memory");
    FUZZ_CHECK(facts.has_sender == (verdict == WEFT_VALID), "has a sender, or not");
    FUZZ_CHECK(!facts.has_sender || memcmp(&facts.sender, &sender, sizeof sender) == 0, "two senders");
    for (size_t i = 0; i < tx->authorization_count && i < 4; i++) {
        (void)weft_authorization_signer(&sender, &tx->authorizations[i]);
    }
}

/* The same bytes as the list of a block's body. */
static void split_as_list(weft_decoder *decoder, weft_bytes bytes) {
    const weft_bytes *items;
    size_t count = 0;
    weft_error error = {.message = ""};
    fuzz_check_decoded(weft_transaction_list_split(decoder, &items, &count, bytes, &error), &error, bytes.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    weft_decoder *decoder = fuzz_decoder();
    weft_transaction tx;
    weft_error error = {.message = ""};
    weft_bytes bytes = {data, size};
    split_as_list(decoder, bytes);
    weft_status status = weft_transaction_decode(decoder, &tx, bytes, &error);
    fuzz_check_decoded(status, &error, size);
    if (status == WEFT_OK) {
        check_encoding(decoder, &tx, bytes);
        check_list(decoder, &tx);
        check_sender(&tx, (weft_fork)(weft_transaction_hash(&tx).bytes[0] % WEFT_FORK_COUNT));
    }
    return 0;
}
