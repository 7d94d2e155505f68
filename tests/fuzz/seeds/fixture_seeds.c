#include "tests/fuzz/seeds/sample_block.h"
#include "tests/fuzz/seeds/seeds.h"
#include "tools/hex.h"
#include "tools/json_writer.h"

/* --- Parts that several formats have */

static void write_account(json_writer *w, const char *key, const sample_account *a) {
    json_write_open(w, key, '{');
    json_write_u256(w, "balance", &a->balance);
    json_write_bytes(w, "code", a->code);
    json_write_quantity(w, "nonce", 0);
    json_write_open(w, "storage", '{');
    json_write_close(w, '}');
    json_write_close(w, '}');
}

static void write_accounts(json_writer *w, const char *key, const sample_block *s) {
    json_write_open(w, key, '{');
    for (size_t i = 0; i < SAMPLE_ACCOUNT_COUNT; i++) {
        char name[HEX_BYTES32_TEXT_SIZE];
        const weft_address *address = &s->accounts[i].address;
        write_account(w, hex_encode(name, address->bytes, sizeof address->bytes), &s->accounts[i]);
    }
    json_write_close(w, '}');
}

static void write_header(json_writer *w, const char *key, const weft_header *h, const weft_bytes32 *hash) {
    json_write_open(w, key, '{');
    json_write_bytes32(w, "parentHash", &h->parent_hash);
    json_write_bytes32(w, "uncleHash", &h->ommers_hash);
    json_write_address(w, "coinbase", &h->coinbase);
    json_write_bytes32(w, "stateRoot", &h->state_root);
    json_write_bytes32(w, "transactionsTrie", &h->transactions_root);
    json_write_bytes32(w, "receiptTrie", &h->receipts_root);
    json_write_hex(w, "bloom", h->logs_bloom.bytes, sizeof h->logs_bloom.bytes);
    json_write_u256(w, "difficulty", &h->difficulty);
    json_write_quantity(w, "number", h->number);
    json_write_quantity(w, "gasLimit", h->gas_limit);
    json_write_quantity(w, "gasUsed", h->gas_used);
    json_write_quantity(w, "timestamp", h->timestamp);
    json_write_bytes(w, "extraData", h->extra_data);
    json_write_bytes32(w, "mixHash", &h->mix_hash);
    json_write_hex(w, "nonce", h->nonce, sizeof h->nonce);
    if (h->field_count >= 16) {
        json_write_u256(w, "baseFeePerGas", &h->base_fee_per_gas);
    }
    if (h->field_count >= 17) {
        json_write_bytes32(w, "withdrawalsRoot", &h->withdrawals_root);
    }
    if (h->field_count >= 20) {
        json_write_quantity(w, "blobGasUsed", h->blob_gas_used);
        json_write_quantity(w, "excessBlobGas", h->excess_blob_gas);
        json_write_bytes32(w, "parentBeaconBlockRoot", &h->parent_beacon_block_root);
    }
    if (h->field_count >= 21) {
        json_write_bytes32(w, "requestsHash", &h->requests_hash);
    }
    if (h->field_count >= 23) {
        json_write_bytes32(w, "blockAccessListHash", &h->block_access_list_hash);
        json_write_quantity(w, "slotNumber", h->slot_number);
    }
    json_write_bytes32(w, "hash", hash);
    json_write_close(w, '}');
}

/* What blockchain and engine tests share: all but the blocks. */
static void write_test_frame(json_writer *w, const sample_block *s) {
    json_write_text(w, "network", weft_fork_name(s->fork));
    json_write_bytes32(w, "lastblockhash", &s->block.hash);
    write_accounts(w, "pre", s);
    write_header(w, "genesisBlockHeader", &s->genesis, &s->genesis_hash);
}

/* --- The formats */

static void write_block_test(json_writer *w, const sample_block *s) {
    json_write_open(w, "block", '{');
    write_test_frame(w, s);
    json_write_open(w, "blocks", '[');
    json_write_open(w, NULL, '{');
    json_write_bytes(w, "rlp", rlp_buffer_bytes(&s->rlp));
    write_header(w, "blockHeader", &s->block.header, &s->block.hash);
    json_write_close(w, '}');
    json_write_close(w, ']');
    json_write_close(w, '}');
}

static void write_payload(json_writer *w, const sample_block *s) {
    const weft_header *h = &s->block.header;
    json_write_open(w, NULL, '{');
    json_write_bytes32(w, "parentHash", &h->parent_hash);
    json_write_address(w, "feeRecipient", &h->coinbase);
    json_write_bytes32(w, "stateRoot", &h->state_root);
    json_write_bytes32(w, "receiptsRoot", &h->receipts_root);
    json_write_hex(w, "logsBloom", h->logs_bloom.bytes, sizeof h->logs_bloom.bytes);
    json_write_bytes32(w, "prevRandao", &h->mix_hash);
    json_write_quantity(w, "blockNumber", h->number);
    json_write_quantity(w, "gasLimit", h->gas_limit);
    json_write_quantity(w, "gasUsed", h->gas_used);
    json_write_quantity(w, "timestamp", h->timestamp);
    json_write_bytes(w, "extraData", h->extra_data);
    json_write_u256(w, "baseFeePerGas", &h->base_fee_per_gas);
    json_write_bytes32(w, "blockHash", &s->block.hash);
    json_write_quantity(w, "blobGasUsed", h->blob_gas_used);
    json_write_quantity(w, "excessBlobGas", h->excess_blob_gas);
    if (s->access_list_size > 0) {
        json_write_hex(w, "blockAccessList", s->access_list, s->access_list_size);
        json_write_quantity(w, "slotNumber", h->slot_number);
    }
    json_write_open(w, "transactions", '[');
    for (size_t i = 0; i < s->block.transaction_count; i++) {
        json_write_bytes(w, NULL, s->transactions[i].raw);
    }
    json_write_close(w, ']');
    json_write_open(w, "withdrawals", '[');
    json_write_open(w, NULL, '{');
    json_write_quantity(w, "index", s->withdrawal.index);
    json_write_quantity(w, "validatorIndex", s->withdrawal.validator_index);
    json_write_address(w, "address", &s->withdrawal.address);
    json_write_quantity(w, "amount", s->withdrawal.amount_gwei);
    json_write_close(w, '}');
    json_write_close(w, ']');
    json_write_close(w, '}');
}

static void write_engine_test(json_writer *w, const sample_block *s) {
    json_write_open(w, "payload", '{');
    write_test_frame(w, s);
    json_write_open(w, "engineNewPayloads", '[');
    json_write_open(w, NULL, '{');
    json_write_open(w, "params", '[');
    write_payload(w, s);
    json_write_open(w, NULL, '['); /* versioned hashes */
    for (size_t i = 0; i < s->block.transaction_count; i++) {
        for (size_t k = 0; k < s->transactions[i].blob_count; k++) {
            json_write_bytes32(w, NULL, &s->transactions[i].blob_hashes[k]);
        }
    }
    json_write_close(w, ']');
    json_write_bytes32(w, NULL, &s->block.header.parent_beacon_block_root);
    if (s->fork >= WEFT_PRAGUE) {
        json_write_open(w, NULL, '[');
        json_write_close(w, ']');
    }
    json_write_close(w, ']');
    json_write_close(w, '}');
    json_write_close(w, ']');
    json_write_close(w, '}');
}

/* Hashes of zero expect nothing. */
static void write_state_test(json_writer *w, const sample_block *s) {
    static const weft_bytes32 zero;
    const weft_header *h = &s->block.header;
    const weft_transaction *tx = &s->transactions[1]; /* calls the counter */
    json_write_open(w, "state", '{');
    json_write_open(w, "env", '{');
    json_write_address(w, "currentCoinbase", &h->coinbase);
    json_write_quantity(w, "currentGasLimit", h->gas_limit);
    json_write_quantity(w, "currentNumber", h->number);
    json_write_quantity(w, "currentTimestamp", h->timestamp);
    json_write_u256(w, "currentDifficulty", &h->difficulty);
    json_write_u256(w, "currentBaseFee", &h->base_fee_per_gas);
    json_write_quantity(w, "currentExcessBlobGas", h->excess_blob_gas);
    json_write_close(w, '}');
    write_accounts(w, "pre", s);
    json_write_open(w, "transaction", '{');
    json_write_address(w, "sender", &tx->sender);
    json_write_address(w, "to", &tx->to);
    json_write_quantity(w, "nonce", 0);
    json_write_quantity(w, "gasPrice", 1000);
    json_write_members(w,
                       "\"gasLimit\":[\"0x30d40\",\"0x5208\"],\"value\":[\"0x3\"],\"data\":[\"0x\",\"0x0102\"],"
                       "\"accessLists\":[null,[{\"address\":\"0x0000000000000000000000000000000000000020\","
                       "\"storageKeys\":[\"0x0000000000000000000000000000000000000000000000000000000000000000\"]}]]");
    json_write_close(w, '}');
    json_write_open(w, "post", '{');
    json_write_open(w, weft_fork_name(s->fork), '[');
    for (uint64_t i = 0; i < 2; i++) {
        json_write_open(w, NULL, '{');
        json_write_bytes32(w, "hash", &zero);
        json_write_bytes32(w, "logs", &zero);
        json_write_open(w, "indexes", '{');
        json_write_count(w, "data", i);
        json_write_count(w, "gas", i);
        json_write_count(w, "value", 0);
        json_write_close(w, '}');
        json_write_close(w, '}');
    }
    json_write_close(w, ']');
    json_write_close(w, '}');
    json_write_close(w, '}');
}

static void write_transaction_test(json_writer *w, const sample_block *s) {
    const weft_transaction *tx = &s->transactions[s->block.transaction_count - 1];
    weft_bytes32 hash = weft_transaction_hash(tx);
    json_write_open(w, "transaction", '{');
    json_write_bytes(w, "txbytes", tx->raw);
    json_write_open(w, "result", '{');
    json_write_open(w, weft_fork_name(s->fork), '{');
    json_write_bytes32(w, "hash", &hash);
    json_write_address(w, "sender", &tx->sender);
    json_write_close(w, '}');
    json_write_open(w, "Frontier", '{');
    json_write_text(w, "exception", "TransactionException.TYPE_NOT_SUPPORTED");
    json_write_close(w, '}');
    json_write_close(w, '}');
    json_write_close(w, '}');
}

static void write_difficulty_test(json_writer *w, const sample_block *s) {
    const weft_header *h = &s->block.header;
    json_write_open(w, "difficulty", '{');
    json_write_open(w, weft_fork_name(s->fork), '{');
    json_write_open(w, "one", '{');
    json_write_quantity(w, "parentTimestamp", s->genesis.timestamp);
    json_write_u256(w, "parentDifficulty", &s->genesis.difficulty);
    json_write_text(w, "parentUncles", "0x00");
    json_write_quantity(w, "currentTimestamp", h->timestamp);
    json_write_quantity(w, "currentBlockNumber", h->number);
    json_write_u256(w, "currentDifficulty", &h->difficulty);
    json_write_close(w, '}');
    json_write_close(w, '}');
    json_write_close(w, '}');
}

static void write_genesis(json_writer *w, const sample_block *s) {
    json_write_open(w, "config", '{');
    json_write_members(w,
                       "\"chainId\":1,\"homesteadBlock\":0,\"daoForkBlock\":5,\"eip150Block\":0,\"eip155Block\":0,"
                       "\"eip158Block\":0,\"byzantiumBlock\":0,\"constantinopleBlock\":0,\"petersburgBlock\":0,"
                       "\"istanbulBlock\":0,\"muirGlacierBlock\":0,\"berlinBlock\":0,\"londonBlock\":0,"
                       "\"shanghaiTime\":0,\"cancunTime\":\"0x0\",\"pragueTime\":7,\"terminalTotalDifficulty\":0,"
                       "\"depositContractAddress\":\"0x00000000219ab540356cbb839cbe05303d7705fa\","
                       "\"blobSchedule\":{\"cancun\":{\"target\":3,\"max\":6,\"baseFeeUpdateFraction\":3338477}}");
    json_write_close(w, '}');
    json_write_quantity(w, "gasLimit", s->genesis.gas_limit);
    json_write_u256(w, "difficulty", &s->genesis.difficulty);
    json_write_text(w, "extraData", "0x7765667400");
    write_accounts(w, "alloc", s);
}

/* --- Files */

static void write_file(const char *corpus, const char *format_name, const sample_block *s,
                       void (*write)(json_writer *w, const sample_block *s)) {
    char name[64], *text = NULL;
    size_t size = 0;
    json_writer w = {.stream = open_memstream(&text, &size)};
    SEED_NEED(w.stream != NULL);
    json_write_open(&w, NULL, '{');
    write(&w, s);
    json_write_close(&w, '}');
    SEED_NEED(fclose(w.stream) == 0);
    (void)snprintf(name, sizeof name, "%s-%s.json", format_name, weft_fork_name(s->fork));
    seed_write(corpus, "fixture", name, (weft_bytes){(const uint8_t *)text, size});
    free(text);
}

void fixture_seeds(const char *corpus) {
    static const weft_fork forks[] = {WEFT_FRONTIER, WEFT_BYZANTIUM, WEFT_BERLIN,
                                      WEFT_SHANGHAI, WEFT_OSAKA,     WEFT_AMSTERDAM};
    static sample_block s;
    for (size_t i = 0; i < sizeof forks / sizeof forks[0]; i++) {
        sample_block_make(&s, forks[i]);
        write_file(corpus, "block", &s, write_block_test);
        write_file(corpus, "state", &s, write_state_test);
        write_file(corpus, "transaction", &s, write_transaction_test);
        if (s.fork >= WEFT_CANCUN) {
            write_file(corpus, "engine", &s, write_engine_test);
        }
        if (s.fork < WEFT_PARIS) {
            write_file(corpus, "difficulty", &s, write_difficulty_test);
        }
        if (s.fork == WEFT_SHANGHAI) {
            write_file(corpus, "genesis", &s, write_genesis);
        }
        sample_block_free(&s);
    }
}
