/* Every rule by which a transaction may not be in a block, and every check of results against the header, is broken once.
 * Threading model: the engine's workers, 2, 3 and 8, beside valid transactions. Oracle: the verdict's name in the
 * specification, and serial execution. */
#include "tests/unit/engine/scene.h"

#include "engine/header_codec.h"
#include "state/trie.h"

enum { SPOILED = 1, CONTRACT_SENDER = 0x40, INITCODE_SIZE = 49153, DATA_SIZE = 100, BLOBS = 7, BLOBS_ABOVE_BLOCK = 10 };

static const uint8_t init_code[INITCODE_SIZE];
static uint8_t data[DATA_SIZE];
static weft_bytes32 blob_hashes[BLOBS_ABOVE_BLOCK];
static const weft_authorization authorization;

static int set_up(void **state) {
    (void)state;
    memset(data, 1, sizeof data);
    for (size_t i = 0; i < BLOBS_ABOVE_BLOCK; i++) {
        blob_hashes[i].bytes[0] = 1;
    }
    return 0;
}

/* --- One transaction between two valid ones */

static void make_blob(weft_transaction *tx, size_t blob_count) {
    tx->type = WEFT_TX_BLOB;
    tx->max_fee_per_blob_gas = u256_from_u64(1);
    tx->blob_hashes = blob_hashes;
    tx->blob_count = blob_count;
}

static void make_creation(weft_transaction *tx, size_t size) {
    tx->is_creation = true;
    tx->data = (weft_bytes){init_code, size};
    tx->gas_limit = 1000000;
}

static void spoil(weft_transaction *tx, weft_verdict verdict) {
    static weft_bytes32 bad_hash = {{2}};
    switch (verdict) {
    case WEFT_TX_TYPE_NOT_SUPPORTED: tx->type = WEFT_TX_SET_CODE + 1; break;
    case WEFT_TX_TYPE_1_PRE_FORK: tx->type = WEFT_TX_ACCESS_LIST; break;
    case WEFT_TX_TYPE_2_PRE_FORK: tx->type = WEFT_TX_DYNAMIC_FEE; break;
    case WEFT_TX_TYPE_3_PRE_FORK: make_blob(tx, 1); break;
    case WEFT_TX_TYPE_4_PRE_FORK: tx->type = WEFT_TX_SET_CODE; break;
    case WEFT_TX_INTRINSIC_GAS_TOO_LOW: tx->gas_limit = 20999; break;
    case WEFT_TX_BELOW_FLOOR_GAS: /* EIP-7623: 21000 + 10 * 4 * 100 */
        tx->data = (weft_bytes){data, sizeof data};
        tx->gas_limit = 24999;
        break;
    case WEFT_TX_NONCE_IS_MAX: tx->nonce = UINT64_MAX; break;
    case WEFT_TX_INITCODE_SIZE_EXCEEDED: make_creation(tx, INITCODE_SIZE); break;
    case WEFT_TX_GAS_LIMIT_EXCEEDS_MAXIMUM: tx->gas_limit = (1 << 24) + 1; break;
    case WEFT_TX_PRIORITY_ABOVE_MAX_FEE: tx->max_priority_fee_per_gas = u256_from_u64(GWEI_WEI + 1); break;
    case WEFT_TX_MAX_FEE_TOO_LOW: tx->max_fee_per_gas = tx->max_priority_fee_per_gas = u256_from_u64(6); break;
    case WEFT_TX_MAX_BLOB_FEE_TOO_LOW:
        make_blob(tx, 1);
        tx->max_fee_per_blob_gas = u256_zero();
        break;
    case WEFT_TX_ZERO_BLOBS: make_blob(tx, 0); break;
    case WEFT_TX_INVALID_BLOB_VERSIONED_HASH:
        make_blob(tx, 1);
        tx->blob_hashes = &bad_hash;
        break;
    case WEFT_TX_BLOB_CREATION:
        make_blob(tx, 1);
        make_creation(tx, 1);
        break;
    case WEFT_TX_BLOB_COUNT_EXCEEDED: make_blob(tx, BLOBS); break;
    case WEFT_TX_BLOB_GAS_ALLOWANCE_EXCEEDED: make_blob(tx, BLOBS_ABOVE_BLOCK); break;
    case WEFT_TX_DELEGATING_CREATION:
        tx->type = WEFT_TX_SET_CODE;
        tx->authorizations = &authorization;
        tx->authorization_count = 1;
        make_creation(tx, 1);
        break;
    case WEFT_TX_EMPTY_AUTHORIZATION_LIST: tx->type = WEFT_TX_SET_CODE; break;
    case WEFT_TX_NONCE_TOO_LOW: tx->sender = address_of(0); break;
    case WEFT_TX_NONCE_TOO_HIGH: tx->nonce = 1; break;
    case WEFT_TX_INSUFFICIENT_FUNDS: tx->value = u256_from_u64(ETHER); break;
    case WEFT_TX_SENDER_NOT_EOA: tx->sender = address_of(CONTRACT_SENDER); break;
    default: fail_msg("%s is not provoked", weft_verdict_name(verdict));
    }
}

static void check_rule(weft_fork fork, weft_verdict verdict) {
    static scene s;
    const weft_u256 balance = u256_from_u64(ETHER);
    const uint8_t stop = 0;
    const weft_address contract = address_of(CONTRACT_SENDER);
    scene_open(&s, fork);
    scene_senders(&s, 3, ETHER);
    assert_int_equal(weft_memory_state_set_account(s.state, &contract, &balance, 0, (weft_bytes){&stop, 1}), WEFT_OK);
    for (unsigned i = 0; i < 3; i++) {
        scene_call(&s, i, address_of(100 + i), 1, 21000);
    }
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    spoil(&s.transactions[SPOILED], verdict);
    scene_check(&s);
    assert_string_equal(weft_verdict_name(s.result.verdict), weft_verdict_name(verdict));
    assert_int_equal(s.result.transaction_index, SPOILED);
    assert_true(s.result.explanation[0] != '\0' && s.result.receipt_count == 0 && s.result.delta.account_count == 0);
    scene_close(&s);
}

/* A root that does not fit is found after the transactions ran: an invalid one among them is the better reason. */
static void the_transactions_root_is_checked_last(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_FRONTIER);
    weft_engine *engine;
    weft_block_result result;
    const weft_engine_config config = {.size = sizeof config, .threads = 1};
    const weft_state_view view = weft_memory_state_view(s.state);
    weft_transaction tx = {.has_sender = true, .gas_limit = 20999};
    weft_block block = {.header = {.number = 1,
                                   .gas_limit = 5000000,
                                   .difficulty = {{131072, 0, 0, 0}},
                                   .ommers_hash = ommers_hash_empty,
                                   .field_count = 15}};
    assert_int_equal(weft_engine_create(&engine, weft_chain_mainnet(), &config), WEFT_OK);
    assert_int_equal(weft_engine_execute(engine, &result, &block, &view, NULL), WEFT_OK);
    assert_int_equal(result.verdict, WEFT_BLOCK_TRANSACTIONS_ROOT);
    block.transactions = &tx;
    block.transaction_count = 1;
    assert_int_equal(weft_engine_execute(engine, &result, &block, &view, NULL), WEFT_OK);
    assert_int_equal(result.verdict, WEFT_TX_INTRINSIC_GAS_TOO_LOW);
    weft_engine_destroy(engine);
    scene_close(&s);
}

static void broken_rules_have_their_names(void **state) {
    (void)state;
    static const struct {
        weft_fork fork;
        weft_verdict verdict;
    } cases[] = {
        {WEFT_OSAKA, WEFT_TX_TYPE_NOT_SUPPORTED},
        {WEFT_ISTANBUL, WEFT_TX_TYPE_1_PRE_FORK},
        {WEFT_BERLIN, WEFT_TX_TYPE_2_PRE_FORK},
        {WEFT_SHANGHAI, WEFT_TX_TYPE_3_PRE_FORK},
        {WEFT_CANCUN, WEFT_TX_TYPE_4_PRE_FORK},
        {WEFT_FRONTIER, WEFT_TX_INTRINSIC_GAS_TOO_LOW},
        {WEFT_PRAGUE, WEFT_TX_BELOW_FLOOR_GAS},
        {WEFT_OSAKA, WEFT_TX_NONCE_IS_MAX},
        {WEFT_SHANGHAI, WEFT_TX_INITCODE_SIZE_EXCEEDED},
        {WEFT_OSAKA, WEFT_TX_GAS_LIMIT_EXCEEDS_MAXIMUM},
        {WEFT_LONDON, WEFT_TX_PRIORITY_ABOVE_MAX_FEE},
        {WEFT_LONDON, WEFT_TX_MAX_FEE_TOO_LOW},
        {WEFT_CANCUN, WEFT_TX_MAX_BLOB_FEE_TOO_LOW},
        {WEFT_CANCUN, WEFT_TX_ZERO_BLOBS},
        {WEFT_CANCUN, WEFT_TX_INVALID_BLOB_VERSIONED_HASH},
        {WEFT_CANCUN, WEFT_TX_BLOB_CREATION},
        {WEFT_CANCUN, WEFT_TX_BLOB_GAS_ALLOWANCE_EXCEEDED},
        {WEFT_OSAKA, WEFT_TX_BLOB_COUNT_EXCEEDED},
        {WEFT_OSAKA, WEFT_TX_BLOB_GAS_ALLOWANCE_EXCEEDED},
        {WEFT_PRAGUE, WEFT_TX_DELEGATING_CREATION},
        {WEFT_PRAGUE, WEFT_TX_EMPTY_AUTHORIZATION_LIST},
        {WEFT_FRONTIER, WEFT_TX_NONCE_TOO_LOW},
        {WEFT_FRONTIER, WEFT_TX_NONCE_TOO_HIGH},
        {WEFT_FRONTIER, WEFT_TX_INSUFFICIENT_FUNDS},
        {WEFT_OSAKA, WEFT_TX_SENDER_NOT_EOA},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_rule(cases[i].fork, cases[i].verdict);
    }
}

/* Nine blobs fit into the block: not five and five. */
static void blobs_of_all_transactions_share_the_block(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 2, ETHER);
    make_blob(scene_call(&s, 0, address_of(100), 1, 21000), 5);
    make_blob(scene_call(&s, 1, address_of(101), 1, 21000), 5);
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_TX_BLOB_GAS_ALLOWANCE_EXCEEDED);
    assert_int_equal(s.result.transaction_index, 1);
    make_blob(&s.transactions[1], 4);
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    scene_close(&s);
}

/* --- All refusals of a block, for whoever puts one together */

typedef struct refusals {
    size_t count;
    size_t indexes[4];
    weft_verdict verdicts[4];
} refusals;

static void note_refusal(void *context, size_t index, weft_verdict verdict, const char *explanation) {
    refusals *noted = context;
    assert_in_range(noted->count, 0, 3);
    assert_true(explanation[0] != '\0');
    noted->indexes[noted->count] = index;
    noted->verdicts[noted->count++] = verdict;
}

/* A refused transaction leaves nothing behind: neither its nonce nor its gas counts for those after it. */
static void every_refusal_is_told_to_who_asks(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 2, ETHER);
    scene_call(&s, 0, address_of(100), 1, 21000)->nonce = 7;
    scene_call(&s, 0, address_of(100), 1, 21000)->nonce = 0;
    scene_call(&s, 1, address_of(100), 1, 20999);
    scene_call(&s, 0, address_of(100), 1, 21000)->nonce = 1;
    scene_call(&s, 0, address_of(100), 1, 21000)->nonce = 1;
    s.block.header.gas_limit = 42000;
    refusals noted = {.count = 0};
    weft_engine *engine;
    weft_block_result result;
    const weft_engine_config config = {.size = sizeof config, .threads = 2, .force_parallel = true};
    const weft_execute_options options = {
        .size = sizeof options, .no_header_checks = true, .refused = note_refusal, .refused_context = &noted};
    const weft_state_view view = weft_memory_state_view(s.state);
    assert_int_equal(weft_engine_create(&engine, &s.chain, &config), WEFT_OK);
    assert_int_equal(weft_engine_execute(engine, &result, &s.block, &view, &options), WEFT_OK);
    assert_int_equal(noted.count, 3);
    assert_int_equal(noted.indexes[0], 0);
    assert_int_equal(noted.verdicts[0], WEFT_TX_NONCE_TOO_HIGH);
    assert_int_equal(noted.indexes[1], 2);
    assert_int_equal(noted.verdicts[1], WEFT_TX_INTRINSIC_GAS_TOO_LOW);
    assert_int_equal(noted.indexes[2], 4);
    assert_int_equal(noted.verdicts[2], WEFT_TX_GAS_ALLOWANCE_EXCEEDED);
    assert_int_equal(result.verdict, WEFT_TX_NONCE_TOO_HIGH);
    assert_int_equal(result.transaction_index, 0);
    assert_int_equal(result.receipt_count, 0);
    assert_int_equal(result.delta.account_count, 0);
    weft_engine_destroy(engine);
    scene_close(&s);
}

/* --- Results against the header: a block without transactions, whose header is right but for one field */

static weft_verdict verdict_of(scene *s) {
    weft_engine *engine;
    weft_block_result result;
    const weft_engine_config config = {.size = sizeof config, .threads = 2};
    assert_int_equal(weft_engine_create(&engine, &s->chain, &config), WEFT_OK);
    weft_state_view view = weft_memory_state_view(s->state);
    assert_int_equal(weft_engine_execute(engine, &result, &s->block, &view, NULL), WEFT_OK);
    assert_int_equal(result.transaction_index, SIZE_MAX);
    assert_int_equal(result.explanation[0] != '\0', result.verdict != WEFT_VALID);
    weft_engine_destroy(engine);
    return result.verdict;
}

static void open_empty_block(scene *s, weft_fork fork, unsigned field_count) {
    scene_open(s, fork);
    weft_header *h = &s->block.header;
    h->field_count = field_count;
    h->ommers_hash = ommers_hash_empty;
    h->transactions_root = h->receipts_root = h->withdrawals_root = trie_empty_root;
    s->block.has_withdrawals = fork >= WEFT_SHANGHAI;
}

static void results_must_be_those_of_the_header(void **state) {
    (void)state;
    static scene s;
    open_empty_block(&s, WEFT_BYZANTIUM, 15);
    weft_header *h = &s.block.header;
    const weft_header right = *h;
    assert_int_equal(verdict_of(&s), WEFT_VALID);
    h->gas_used = 1;
    assert_int_equal(verdict_of(&s), WEFT_BLOCK_GAS_USED);
    *h = right;
    h->receipts_root.bytes[31] ^= 1;
    assert_int_equal(verdict_of(&s), WEFT_BLOCK_RECEIPTS_ROOT);
    *h = right;
    h->logs_bloom.bytes[0] = 1;
    assert_int_equal(verdict_of(&s), WEFT_BLOCK_LOGS_BLOOM);
    scene_close(&s);
}

static void requests_need_their_contracts_and_their_hash(void **state) {
    (void)state;
    static scene s;
    open_empty_block(&s, WEFT_PRAGUE, 21);
    scene_contract(&s, withdrawal_requests, 0, "STOP");
    assert_int_equal(verdict_of(&s), WEFT_BLOCK_SYSTEM_CONTRACT_EMPTY);
    scene_contract(&s, consolidation_requests, 0, "POP");
    assert_int_equal(verdict_of(&s), WEFT_BLOCK_SYSTEM_CONTRACT_FAILED);
    scene_contract(&s, consolidation_requests, 0, "STOP");
    assert_int_equal(verdict_of(&s), WEFT_BLOCK_REQUESTS_HASH);
    /* sha256 of nothing: no requests (EIP-7685) */
    assert_true(hex_decode(s.block.header.requests_hash.bytes, 32,
                           "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 64));
    assert_int_equal(verdict_of(&s), WEFT_VALID);
    scene_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_rules_have_their_names),
        cmocka_unit_test(the_transactions_root_is_checked_last),
        cmocka_unit_test(blobs_of_all_transactions_share_the_block),
        cmocka_unit_test(every_refusal_is_told_to_who_asks),
        cmocka_unit_test(results_must_be_those_of_the_header),
        cmocka_unit_test(requests_need_their_contracts_and_their_hash),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
