#include "tests/fuzz/seeds/sample_block.h"

#include "tests/fuzz/evm_case.h"
#include "tests/support/authorize.h"

/* One hot slot, its value logged, and a call to whoever called. */
static const uint8_t counter_code[] = {0x60, 0x00, 0x54, 0x60, 0x01, 0x01, 0x80, 0x60, 0x00, 0x55, 0x60,
                                       0x00, 0x52, 0x60, 0x20, 0x60, 0x00, 0xa0, 0x60, 0x00, 0x60, 0x00,
                                       0x60, 0x00, 0x60, 0x00, 0x34, 0x33, 0x61, 0xff, 0xff, 0xf1, 0x00};
/* Returns the code "store the caller's value". */
static const uint8_t init_code[] = {0x63, 0x34, 0x60, 0x00, 0x55, 0x60, 0x00, 0x52,
                                    0x60, 0x04, 0x60, 0x1c, 0x60, 0x00, 0xf3};
static const uint8_t no_requests[] = {0x00};
static const weft_bytes32 secret_key = {{[31] = 9}};
static const weft_address counter = {{[19] = 0x20}};

/* --- The genesis */

static void make_chain(sample_block *s) {
    s->chain = (weft_chain){.chain_id = 1, .dao_fork_block = WEFT_NEVER, .blob_schedule_count = 1};
    s->chain.muir_glacier_block = s->chain.arrow_glacier_block = s->chain.gray_glacier_block = WEFT_NEVER;
    s->chain.blob_schedule[0] =
        s->fork >= WEFT_PRAGUE ? (weft_blob_parameters){0, 6, 9, 5007716} : (weft_blob_parameters){0, 3, 6, 3338477};
    for (int f = 0; f < WEFT_FORK_COUNT; f++) {
        s->chain.activation_block[f] = f <= (int)s->fork ? 0 : WEFT_NEVER;
        s->chain.activation_time[f] = f <= (int)s->fork ? 0 : WEFT_NEVER;
    }
}

static void make_accounts(sample_block *s) {
    const weft_bytes stop = {no_requests, sizeof no_requests};
    s->accounts[0] = (sample_account){.balance = {{UINT64_C(1000000000000000000)}}};
    SEED_NEED(weft_secret_key_address(&s->accounts[0].address, &secret_key) == WEFT_OK);
    s->accounts[1] = (sample_account){.address = counter, .code = {counter_code, sizeof counter_code}};
    for (unsigned i = 2; i < SAMPLE_ACCOUNT_COUNT; i++) { /* whom the block asks for requests */
        s->accounts[i] = (sample_account){.address = evm_address(EVM_SYSTEM + i), .code = stop};
    }
    SEED_NEED(weft_memory_state_create(&s->state, NULL) == WEFT_OK);
    for (size_t i = 0; i < SAMPLE_ACCOUNT_COUNT; i++) {
        const sample_account *a = &s->accounts[i];
        SEED_NEED(weft_memory_state_set_account(s->state, &a->address, &a->balance, 0, a->code) == WEFT_OK);
    }
}

static unsigned field_count_of(weft_fork fork) {
    return fork >= WEFT_AMSTERDAM  ? 23
           : fork >= WEFT_PRAGUE   ? 21
           : fork >= WEFT_CANCUN   ? 20
           : fork >= WEFT_SHANGHAI ? 17
           : fork >= WEFT_LONDON   ? 16
                                   : 15;
}

static weft_bytes32 hash_of_bytes(const char *bytes, size_t size) {
    return weft_keccak256((weft_bytes){(const uint8_t *)bytes, size});
}

static void make_genesis(sample_block *s) {
    weft_header *h = &s->genesis;
    *h = (weft_header){.gas_limit = 2000000, .field_count = field_count_of(s->fork)};
    h->ommers_hash = h->block_access_list_hash = hash_of_bytes("\xc0", 1);
    h->transactions_root = h->receipts_root = h->withdrawals_root = hash_of_bytes("\x80", 1);
    h->requests_hash = weft_requests_hash(NULL, 0);
    h->difficulty.limb[0] = s->fork < WEFT_PARIS ? 131072 : 0;
    h->base_fee_per_gas.limb[0] = s->fork < WEFT_LONDON ? 0 : 7;
    SEED_NEED(weft_memory_state_root(s->state, &h->state_root) == WEFT_OK);
    SEED_NEED(weft_header_hash(&s->genesis_hash, h) == WEFT_OK);
    SEED_NEED(weft_memory_state_set_block_hash(s->state, 0, &s->genesis_hash) == WEFT_OK);
}

/* --- The block */

static void add_transaction(sample_block *s, uint8_t type, bool is_creation) {
    static const weft_bytes32 slot = {{[31] = 1}}, blob = {{1}};
    static weft_access_entry access = {{{[19] = 0x20}}, &slot, 1};
    static weft_authorization authorization;
    size_t index = s->block.transaction_count++;
    weft_transaction *tx = &s->transactions[index];
    *tx = (weft_transaction){.type = type,
                             .is_creation = is_creation,
                             .has_chain_id = type != WEFT_TX_LEGACY || s->fork >= WEFT_SPURIOUS_DRAGON,
                             .chain_id = 1,
                             .nonce = index,
                             .gas_limit = 200000,
                             .max_fee_per_gas = {{1000}},
                             .max_priority_fee_per_gas = {{type >= WEFT_TX_DYNAMIC_FEE ? 2 : 1000}},
                             .max_fee_per_blob_gas = {{type == WEFT_TX_BLOB ? 10 : 0}},
                             .to = is_creation ? (weft_address){{0}} : counter,
                             .value = {{3}}};
    if (is_creation) {
        tx->data = (weft_bytes){init_code, sizeof init_code};
    }
    if (type != WEFT_TX_LEGACY) {
        tx->access_list = &access;
        tx->access_count = 1;
    }
    if (type == WEFT_TX_BLOB) {
        tx->blob_hashes = &blob;
        tx->blob_count = 1;
    }
    if (type == WEFT_TX_SET_CODE) {
        weft_address authority;
        authorization = authorize(1, 0, counter, &authority);
        tx->authorizations = &authorization;
        tx->authorization_count = 1;
    }
    SEED_NEED(weft_transaction_sign(tx, &secret_key) == WEFT_OK);
    SEED_NEED(weft_transaction_encode(s->decoder, tx) == WEFT_OK);
}

static void make_body(sample_block *s) {
    static const uint8_t types_of[WEFT_FORK_COUNT] = {
        [WEFT_BERLIN] = 1, [WEFT_LONDON] = 2, [WEFT_PARIS] = 2, [WEFT_SHANGHAI] = 2,
        [WEFT_CANCUN] = 3, [WEFT_PRAGUE] = 4, [WEFT_OSAKA] = 4, [WEFT_AMSTERDAM] = 4,
    };
    SEED_NEED(weft_decoder_create(&s->decoder) == WEFT_OK);
    s->block.transactions = s->transactions;
    add_transaction(s, WEFT_TX_LEGACY, true);
    for (uint8_t type = 0; type <= types_of[s->fork]; type++) {
        add_transaction(s, type, false);
    }
    s->withdrawal = (weft_withdrawal){.index = 1, .validator_index = 200, .address = counter, .amount_gwei = 5};
    s->block.withdrawals = &s->withdrawal;
    s->block.has_withdrawals = s->fork >= WEFT_SHANGHAI;
    s->block.withdrawal_count = s->block.has_withdrawals;
}

static void begin_header(sample_block *s) {
    weft_header *h = &s->block.header;
    *h = (weft_header){.parent_hash = s->genesis_hash,
                       .ommers_hash = s->genesis.ommers_hash,
                       .number = 1,
                       .timestamp = 12,
                       .gas_limit = s->genesis.gas_limit,
                       .field_count = s->genesis.field_count};
    h->coinbase.bytes[19] = 0x60;
    weft_header_derive(h, &s->genesis, &s->chain, s->fork);
    h->blob_gas_used = s->fork >= WEFT_CANCUN ? 1 << 17 : 0;
    SEED_NEED(weft_transactions_root(&h->transactions_root, &s->block) == WEFT_OK);
    SEED_NEED(weft_withdrawals_root(&h->withdrawals_root, &s->block) == WEFT_OK);
}

/* Fill in what only execution can tell. */
static void seal_header(sample_block *s) {
    weft_engine *engine;
    weft_block_result result;
    weft_memory_state *after;
    weft_header *h = &s->block.header;
    const weft_engine_config config = {.size = sizeof config, .threads = 1};
    const weft_execute_options options = {.size = sizeof options, .no_header_checks = true};
    weft_state_view view = weft_memory_state_view(s->state);
    SEED_NEED(weft_engine_create(&engine, &s->chain, &config) == WEFT_OK);
    SEED_NEED(weft_engine_execute(engine, &result, &s->block, &view, &options) == WEFT_OK);
    FUZZ_CHECK(result.verdict == WEFT_VALID, "%s: %s", weft_fork_name(s->fork), result.explanation);
    h->gas_used = result.gas_used;
    h->receipts_root = result.receipts_root;
    h->logs_bloom = result.logs_bloom;
    h->requests_hash = result.requests_hash;
    h->block_access_list_hash = weft_keccak256(result.block_access_list);
    s->access_list_size = result.block_access_list.size;
    SEED_NEED(s->access_list_size <= sizeof s->access_list);
    if (s->access_list_size > 0) {
        memcpy(s->access_list, result.block_access_list.data, s->access_list_size);
    }
    SEED_NEED(weft_memory_state_create(&after, NULL) == WEFT_OK);
    for (size_t i = 0; i < SAMPLE_ACCOUNT_COUNT; i++) {
        const sample_account *a = &s->accounts[i];
        SEED_NEED(weft_memory_state_set_account(after, &a->address, &a->balance, 0, a->code) == WEFT_OK);
    }
    SEED_NEED(weft_memory_state_apply(after, &result.delta) == WEFT_OK);
    SEED_NEED(weft_memory_state_root(after, &h->state_root) == WEFT_OK);
    weft_memory_state_destroy(after);
    weft_engine_destroy(engine);
    SEED_NEED(weft_header_hash(&s->block.hash, h) == WEFT_OK);
}

/* --- Encoding */

static void append_bytes32(rlp_buffer *b, const weft_bytes32 *bytes) {
    rlp_append_string(b, bytes->bytes, sizeof bytes->bytes);
}

void sample_header_append(rlp_buffer *b, const weft_header *h) {
    size_t start = b->size;
    append_bytes32(b, &h->parent_hash);
    append_bytes32(b, &h->ommers_hash);
    rlp_append_string(b, h->coinbase.bytes, sizeof h->coinbase.bytes);
    append_bytes32(b, &h->state_root);
    append_bytes32(b, &h->transactions_root);
    append_bytes32(b, &h->receipts_root);
    rlp_append_string(b, h->logs_bloom.bytes, sizeof h->logs_bloom.bytes);
    rlp_append_u256(b, &h->difficulty);
    rlp_append_u64(b, h->number);
    rlp_append_u64(b, h->gas_limit);
    rlp_append_u64(b, h->gas_used);
    rlp_append_u64(b, h->timestamp);
    rlp_append_string(b, h->extra_data.data, h->extra_data.size);
    append_bytes32(b, &h->mix_hash);
    rlp_append_string(b, h->nonce, sizeof h->nonce);
    if (h->field_count >= 16) {
        rlp_append_u256(b, &h->base_fee_per_gas);
    }
    if (h->field_count >= 17) {
        append_bytes32(b, &h->withdrawals_root);
    }
    if (h->field_count >= 20) {
        rlp_append_u64(b, h->blob_gas_used);
        rlp_append_u64(b, h->excess_blob_gas);
        append_bytes32(b, &h->parent_beacon_block_root);
    }
    if (h->field_count >= 21) {
        append_bytes32(b, &h->requests_hash);
    }
    if (h->field_count >= 23) {
        append_bytes32(b, &h->block_access_list_hash);
        rlp_append_u64(b, h->slot_number);
    }
    rlp_append_list(b, start);
}

static void append_withdrawals(rlp_buffer *b, const weft_block *block) {
    size_t start = b->size;
    for (size_t i = 0; i < block->withdrawal_count; i++) {
        const weft_withdrawal *w = &block->withdrawals[i];
        size_t item = b->size;
        rlp_append_u64(b, w->index);
        rlp_append_u64(b, w->validator_index);
        rlp_append_string(b, w->address.bytes, sizeof w->address.bytes);
        rlp_append_u64(b, w->amount_gwei);
        rlp_append_list(b, item);
    }
    rlp_append_list(b, start);
}

static void encode_block(sample_block *s) {
    static const uint8_t no_ommers = 0xc0;
    weft_bytes transactions;
    SEED_NEED(weft_transaction_list_encode(s->decoder, &transactions, s->transactions, s->block.transaction_count) ==
              WEFT_OK);
    s->rlp.size = 0;
    sample_header_append(&s->rlp, &s->block.header);
    rlp_append(&s->rlp, transactions);
    rlp_append(&s->rlp, (weft_bytes){&no_ommers, 1});
    if (s->block.has_withdrawals) {
        append_withdrawals(&s->rlp, &s->block);
    }
    rlp_append_list(&s->rlp, 0);
}

void sample_block_make(sample_block *s, weft_fork fork) {
    memset(s, 0, sizeof *s);
    s->fork = fork;
    make_chain(s);
    make_accounts(s);
    make_genesis(s);
    make_body(s);
    begin_header(s);
    seal_header(s);
    encode_block(s);
}

void sample_block_free(sample_block *s) {
    weft_memory_state_destroy(s->state);
    weft_decoder_destroy(s->decoder);
}
