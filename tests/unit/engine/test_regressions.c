/* The consensus bugs that other parallel engines had on live chains or in review, one test each. Threading model: the
 * engine's own workers, 2, 3 and 8. Oracle: serial execution of the same block, and the facts asserted by hand. */
#include "tests/support/authorize.h"
#include "tests/unit/engine/scene.h"

enum { COUNTER = 0x400, FACTORY, TARGET, READER, BURNER, PROXY };

/* Creates its call data as init code by CREATE2 with salt 0. */
#define FACTORY_SOURCE "CALLDATASIZE 0 0 CALLDATACOPY 0 CALLDATASIZE 0 0 CREATE2 STOP"

/* --- Lost admission against the block's gas limit (ethrex 6341, sei 3583) */

static void block_gas_limit_admits_in_order(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 8, ETHER);
    s.block.header.gas_limit = 21000 * 5 + 20000;
    for (unsigned i = 0; i < 8; i++) {
        scene_call(&s, i, address_of(100 + i), 1, 21000);
    }
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_TX_GAS_ALLOWANCE_EXCEEDED);
    assert_int_equal(s.result.transaction_index, 5);
    scene_close(&s);
}

/* Serial execution refuses the second transaction unseen; a worker that ran it first would never come back. */
static void speculation_does_not_run_what_no_block_has_room_for(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 4, ETHER);
    scene_contract(&s, address_of(COUNTER), 0, ":loop @loop JUMP");
    for (unsigned i = 0; i < 4; i++) {
        weft_transaction *tx = scene_call(&s, i, address_of(i == 0 ? 100 : COUNTER), 0, i == 0 ? 21000 : INT64_MAX / 4);
        tx->max_fee_per_gas = tx->max_priority_fee_per_gas = u256_from_u64(0);
    }
    s.block.header.base_fee_per_gas = u256_from_u64(0);
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_TX_GAS_ALLOWANCE_EXCEEDED);
    assert_int_equal(s.result.transaction_index, 1);
    scene_close(&s);
}

static void gas_left_by_refunds_admits_the_last_transaction(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 4, ETHER);
    scene_contract(&s, address_of(COUNTER), 0, "0 0 SSTORE");
    scene_slot(&s, address_of(COUNTER), 0, 7);
    s.block.header.gas_limit = 90000;
    scene_call(&s, 0, address_of(COUNTER), 0, 60000); /* uses about 21000 after its refund */
    scene_call(&s, 1, address_of(100), 1, 21000);
    scene_call(&s, 2, address_of(101), 1, 21000);
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    scene_close(&s);
}

/* --- EIP-7702 */

static weft_transaction *set_code(scene *s, unsigned from, const weft_authorization *list, size_t count) {
    weft_transaction *tx = scene_call(s, from, address_of(100), 0, 500000);
    tx->type = WEFT_TX_SET_CODE;
    tx->authorizations = list;
    tx->authorization_count = count;
    return tx;
}

/* Code and code hash read in two steps were torn by a concurrent delegation (bor 2264, 2270). */
static void delegation_changes_under_its_callers(void **state) {
    (void)state;
    static scene s;
    weft_address authority;
    weft_authorization to_counter = authorize(1, 0, address_of(COUNTER), &authority);
    weft_authorization to_reader = authorize(1, 1, address_of(READER), &authority);
    weft_authorization to_nothing = authorize(1, 2, (weft_address){{0}}, &authority);
    scene_open(&s, WEFT_PRAGUE);
    scene_senders(&s, 40, ETHER);
    scene_contract(&s, address_of(COUNTER), 0, "0 SLOAD 1 ADD 0 SSTORE");
    scene_contract(&s, address_of(READER), 0, "1 SLOAD 2 ADD 1 SSTORE :a @end JUMP :end STOP");
    for (unsigned i = 0; i < 40; i++) {
        if (i == 10 || i == 20 || i == 30) {
            set_code(&s, i, i == 10 ? &to_counter : i == 20 ? &to_reader : &to_nothing, 1);
        } else {
            scene_call(&s, i, authority, 0, 100000);
        }
    }
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    assert_int_equal(scene_slot_after(&s, authority, 0), 9);
    assert_int_equal(scene_slot_after(&s, authority, 1), 18);
    assert_int_equal(scene_change(&s, authority)->account.nonce, 3);
    assert_false(scene_change(&s, authority)->code_changed);
    scene_close(&s);
}

/* A self-sponsored authorization raises the sender's nonce twice; another's authorization moves the nonce of a later
 * sender (grevm 102, gravity-reth 345 and 385, the testnet halt of 2026-06-09). */
static void authorizations_move_nonces_of_later_senders(void **state) {
    (void)state;
    static scene s;
    weft_address self, other;
    scene_open(&s, WEFT_PRAGUE);
    scene_senders(&s, 4, ETHER);
    weft_authorization of_self = authorize(2, 1, address_of(COUNTER), &self);
    weft_authorization of_other = authorize(3, 0, address_of(COUNTER), &other);
    scene_balance(&s, self, ETHER);
    scene_balance(&s, other, ETHER);
    weft_transaction *tx = set_code(&s, 0, &of_self, 1);
    tx->sender = self;
    tx->nonce = 0; /* then 1 by the transaction, 2 by the tuple */
    tx = scene_call(&s, 1, address_of(101), 1, 50000);
    tx->sender = self;
    tx->nonce = 2;
    set_code(&s, 2, &of_other, 1);
    tx = scene_call(&s, 3, address_of(102), 1, 50000);
    tx->sender = other;
    tx->nonce = 1;
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    assert_int_equal(scene_change(&s, self)->account.nonce, 3);
    assert_int_equal(scene_change(&s, other)->account.nonce, 2);
    scene_close(&s);
}

static void nonce_moved_by_an_authorization_invalidates_the_block(void **state) {
    (void)state;
    static scene s;
    weft_address other;
    scene_open(&s, WEFT_PRAGUE);
    scene_senders(&s, 4, ETHER);
    weft_authorization of_other = authorize(3, 0, address_of(COUNTER), &other);
    scene_balance(&s, other, ETHER);
    set_code(&s, 0, &of_other, 1);
    scene_call(&s, 1, address_of(102), 1, 50000)->sender = other;
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_TX_NONCE_TOO_LOW);
    assert_int_equal(s.result.transaction_index, 1);
    scene_close(&s);
}

/* CREATE by a delegated account takes the nonce that authorizations and transactions move. */
static void delegated_account_creates(void **state) {
    (void)state;
    static scene s;
    weft_address authority;
    scene_open(&s, WEFT_PRAGUE);
    scene_senders(&s, 6, ETHER);
    weft_authorization to_creator = authorize(4, 0, address_of(FACTORY), &authority);
    scene_contract(&s, address_of(FACTORY), 0, "0 0 0 CREATE 0 SSTORE");
    scene_balance(&s, authority, ETHER);
    set_code(&s, 0, &to_creator, 1);
    scene_call(&s, 1, authority, 0, 200000);
    weft_transaction *tx = scene_call(&s, 2, address_of(110), 5, 21000);
    tx->sender = authority;
    tx->nonce = 2;
    scene_call(&s, 3, authority, 0, 200000);
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    assert_int_equal(scene_change(&s, authority)->account.nonce, 4);
    scene_close(&s);
}

/* --- SELFDESTRUCT, CREATE2 revival, storage reset (grevm 62, erigon 21590, nethermind 11424, besu 10978, bor 1821) */

static void contract_dies_and_lives_again(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_LONDON);
    scene_senders(&s, 16, ETHER);
    scene_contract(&s, address_of(FACTORY), 0, FACTORY_SOURCE);
    /* With call data it destroys itself, without it counts in slot 0. */
    assembly runtime = assemble("CALLDATASIZE @die JUMPI 0 SLOAD 1 ADD 0 SSTORE STOP :die CALLER SELFDESTRUCT");
    assembly init = init_code_for(&runtime);
    weft_address contract = create2_of(address_of(FACTORY), 0, &init);
    static const uint8_t any = 1;
    for (unsigned i = 0; i < 16; i++) {
        unsigned phase = i % 4; /* create, count, count, destroy */
        weft_transaction *tx = scene_call(&s, i, phase == 0 ? address_of(FACTORY) : contract, 0, 300000);
        if (phase == 0) {
            tx->data = (weft_bytes){init.bytes, init.size};
        } else if (phase == 3 && i < 15) {
            tx->data = (weft_bytes){&any, 1};
        }
    }
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    assert_int_equal(scene_slot_after(&s, contract, 0), 3); /* of the last life only */
    assert_int_equal(scene_change(&s, contract)->account.nonce, 1);
    scene_close(&s);
}

static void old_storage_does_not_shine_through(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_LONDON);
    scene_senders(&s, 8, ETHER);
    scene_contract(&s, address_of(FACTORY), 0, FACTORY_SOURCE);
    assembly runtime = assemble("CALLDATASIZE @die JUMPI 5 SLOAD 1 ADD 6 SSTORE STOP :die CALLER SELFDESTRUCT");
    assembly init = init_code_for(&runtime);
    weft_address contract = create2_of(address_of(FACTORY), 0, &init);
    weft_u256 zero = u256_zero();
    assert_int_equal(
        weft_memory_state_set_account(s.state, &contract, &zero, 1, (weft_bytes){runtime.bytes, runtime.size}),
        WEFT_OK);
    scene_slot(&s, contract, 5, 41);
    scene_slot(&s, contract, 6, 99);
    static const uint8_t any = 1;
    scene_call(&s, 0, contract, 0, 100000); /* slot 6 := 42 */
    scene_call(&s, 1, contract, 0, 100000)->data = (weft_bytes){&any, 1};
    scene_call(&s, 2, contract, 3, 100000); /* an account without code now */
    scene_call(&s, 3, address_of(FACTORY), 0, 300000)->data = (weft_bytes){init.bytes, init.size};
    scene_call(&s, 4, contract, 0, 100000); /* slot 6 := 1 */
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    const weft_account_change *change = scene_change(&s, contract);
    assert_true(change->storage_cleared);
    assert_int_equal(change->slot_count, 1);
    assert_int_equal(scene_slot_after(&s, contract, 6), 1);
    assert_int_equal(change->account.balance.limb[0], 3);
    scene_close(&s);
}

static void metamorphic_contract_changes_its_code(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_SHANGHAI);
    scene_senders(&s, 12, ETHER);
    scene_contract(&s, address_of(FACTORY), 0, FACTORY_SOURCE);
    /* The init code installs a copy of the code at address_of(TARGET): nothing, once that has destroyed itself. */
    assembly init = assemble(A("0402") " EXTCODESIZE DUP1 0 0 " A("0402") " EXTCODECOPY 0 RETURN");
    weft_address contract = create2_of(address_of(FACTORY), 0, &init);
    scene_contract(&s, address_of(TARGET), 7, "CALLDATASIZE @die JUMPI 1 0 SSTORE STOP :die CALLER SELFDESTRUCT");
    static const uint8_t any = 1;
    for (unsigned i = 0; i < 12; i++) {
        weft_address to = i == 0 || i == 6 ? address_of(FACTORY) : i == 5 ? address_of(TARGET) : contract;
        weft_transaction *tx = scene_call(&s, i, to, 0, 300000);
        if (i == 0 || i == 6) {
            tx->data = (weft_bytes){init.bytes, init.size};
        } else if (i == 4 || i == 5) {
            tx->data = (weft_bytes){&any, 1};
        }
    }
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    assert_false(scene_change(&s, address_of(TARGET))->account.exists);
    assert_false(scene_change(&s, contract)->code_changed); /* reborn without code */
    scene_close(&s);
}

/* --- Empty accounts, touched and re-created with value zero (EIP-161; erigon 21136) */

static void touched_empty_account_is_deleted_once(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_BYZANTIUM);
    scene_senders(&s, 12, ETHER);
    scene_balance(&s, address_of(100), 0); /* in the state, empty */
    scene_contract(&s, address_of(READER), 0,
                   A("0064") " BALANCE 0 SSTORE 0 0 0 0 0 " A("0064") " 50000 CALL 1 SSTORE");
    for (unsigned i = 0; i < 12; i++) {
        scene_call(&s, i, i % 3 == 1 ? address_of(READER) : address_of(100), i == 8 ? 5 : 0, 200000);
    }
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    assert_int_equal(scene_change(&s, address_of(100))->account.balance.limb[0], 5);
    scene_close(&s);
}

static void before_eip_161_a_call_creates_an_empty_account(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_TANGERINE_WHISTLE);
    scene_senders(&s, 12, ETHER);
    scene_contract(&s, address_of(READER), 0, "0 0 0 0 0 " A("0064") " 50000 CALL 0 SSTORE GAS 1 SSTORE");
    for (unsigned i = 0; i < 12; i++) {
        scene_call(&s, i, i % 2 == 0 ? address_of(READER) : address_of(100), 0, 200000);
    }
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    assert_true(scene_change(&s, address_of(100))->account.exists);
    scene_close(&s);
}

/* --- The coinbase is also sender, contract, or destroys itself (grevm 16, erigon 23967, nethermind 9803) */

static void coinbase_is_a_sender_and_is_read(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 20, ETHER);
    s.block.header.coinbase = address_of(3);
    scene_contract(&s, address_of(READER), 0, "COINBASE BALANCE NUMBER SSTORE COINBASE BALANCE CALLER SSTORE");
    for (unsigned i = 0; i < 20; i++) {
        unsigned from = i % 5 == 2 ? 3 : i;
        scene_call(&s, from, i % 4 == 1 ? address_of(READER) : address_of(3), 1000, 200000);
    }
    for (unsigned i = 0; i < s.block.transaction_count; i++) {
        assert_true(s.transactions[i].nonce < 20);
    }
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    scene_close(&s);
}

static void coinbase_spends_what_fees_brought_it(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 10, ETHER);
    s.block.header.coinbase = address_of(50);
    for (unsigned i = 0; i < 6; i++) {
        scene_call(&s, i, address_of(100 + i), 1, 21000);
    }
    scene_call(&s, 50, address_of(120), 5, 21000); /* owns nothing but the six fees */
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    scene_close(&s);
}

static void coinbase_destroys_itself(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_LONDON);
    scene_senders(&s, 12, ETHER);
    s.block.header.coinbase = address_of(BURNER);
    scene_contract(&s, address_of(BURNER), 1000, "CALLDATASIZE @die JUMPI STOP :die " A("0064") " SELFDESTRUCT");
    static const uint8_t any = 1;
    for (unsigned i = 0; i < 12; i++) {
        weft_transaction *tx = scene_call(&s, i, i % 2 == 0 ? address_of(BURNER) : address_of(101), 10, 100000);
        if (i == 4 || i == 8) {
            tx->data = (weft_bytes){&any, 1};
        }
    }
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    assert_false(scene_change(&s, address_of(BURNER))->code_changed);
    scene_close(&s);
}

/* --- A transaction that every earlier one disturbs must still converge (erigon 21675) */

static void hot_slot_converges(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 200, ETHER);
    scene_contract(&s, address_of(COUNTER), 0, "0 SLOAD 1 ADD DUP1 0 SSTORE 0 MSTORE 32 0 LOG0");
    for (unsigned i = 0; i < 200; i++) {
        scene_call(&s, i, address_of(COUNTER), 0, 100000);
    }
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    assert_int_equal(scene_slot_after(&s, address_of(COUNTER), 0), 200);
    scene_close(&s);
}

/* What is run serially because speculation does not pay (or because the probe says so) is run on the same prefix. */
static void fallback_continues_where_speculation_stopped(void **state) {
    (void)state;
    static scene s;
    static const uint8_t any = 1;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 200, ETHER);
    scene_contract(&s, address_of(COUNTER), 0,
                   "0 SLOAD 1 ADD 0 SSTORE 2000 :loop 1 SWAP1 SUB DUP1 @loop JUMPI 0 SLOAD 0 MSTORE 32 0 LOG0");
    for (unsigned i = 0; i < 200; i++) {
        scene_call(&s, i, address_of(COUNTER), 0, 140000)->data = (weft_bytes){&any, 1}; /* without, it is too cheap */
    }
    scene_check(&s);
    assert_int_equal(scene_slot_after(&s, address_of(COUNTER), 0), 200);
    unsigned fallbacks = 0;
    for (unsigned run = 0; run < 20; run++) {
        const weft_engine_config config = {.size = sizeof config, .threads = 2 + run % 3};
        const weft_execute_options options = {.size = sizeof options, .no_header_checks = true};
        weft_engine *engine;
        weft_block_result result;
        weft_state_view view = weft_memory_state_view(s.state);
        assert_int_equal(weft_engine_create(&engine, &s.chain, &config), WEFT_OK);
        assert_int_equal(weft_engine_execute(engine, &result, &s.block, &view, &options), WEFT_OK);
        scene_compare(&s, &s.result, &result, config.threads);
        fallbacks += result.stats.fell_back;
        weft_engine_destroy(engine);
    }
    print_message("%u of 20 runs fell back\n", fallbacks);
    scene_close(&s);
}

/* --- One view of the state across blocks: what a block changed is what the next one sees (erigon 21386) */

static void caches_do_not_outlive_their_block(void **state) {
    (void)state;
    static scene s;
    weft_bytes32 roots[2];
    for (unsigned parallel = 0; parallel < 2; parallel++) {
        scene_open(&s, WEFT_CANCUN);
        scene_senders(&s, 40, ETHER);
        scene_contract(&s, address_of(COUNTER), 0, "0 SLOAD 1 ADD 0 SSTORE CALLER SLOAD 1 ADD CALLER SSTORE");
        weft_engine *engine = NULL;
        for (unsigned block = 0; block < 4; block++) {
            s.block.transaction_count = 0;
            for (unsigned i = 0; i < 40; i++) {
                scene_call(&s, i, address_of(COUNTER), 0, 200000);
            }
            weft_block_result result;
            const weft_engine_config config = {.size = sizeof config,
                                               .threads = parallel ? 3 : 1,
                                               .force_parallel = parallel,
                                               .keep_code_cache = true};
            const weft_execute_options options = {.size = sizeof options, .no_header_checks = true};
            if (engine == NULL) {
                assert_int_equal(weft_engine_create(&engine, &s.chain, &config), WEFT_OK);
            }
            weft_state_view view = weft_memory_state_view(s.state);
            assert_int_equal(weft_engine_execute(engine, &result, &s.block, &view, &options), WEFT_OK);
            assert_int_equal(result.verdict, WEFT_VALID);
            assert_int_equal(weft_memory_state_apply(s.state, &result.delta), WEFT_OK);
        }
        /* The root over the complete state, the other thing parallel engines got wrong (erigon 20920, reth 18205). */
        assert_int_equal(weft_memory_state_root(s.state, &roots[parallel]), WEFT_OK);
        weft_engine_destroy(engine);
        scene_close(&s);
    }
    assert_true(bytes32_equal(&roots[0], &roots[1]));
}

/* --- System contracts: what transactions left in them decides the block's requests (the ground of erigon 21136) */

static void request_contract_sees_all_transactions(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_PRAGUE);
    scene_senders(&s, 30, ETHER);
    scene_contract(&s, withdrawal_requests, 0,
                   "CALLER 0xfffffffffffffffffffffffffffffffffffffffe EQ @system JUMPI "
                   "0 SLOAD 1 ADD 0 SSTORE STOP :system 0 SLOAD 0 MSTORE 76 0 RETURN");
    scene_contract(&s, consolidation_requests, 0, "STOP");
    weft_bytes32 hashes[2];
    for (unsigned calls = 0; calls < 2; calls++) {
        s.block.transaction_count = 0;
        memset(s.nonces, 0, sizeof s.nonces);
        for (unsigned i = 0; i < 30; i++) {
            scene_call(&s, i, i % 2 < calls ? withdrawal_requests : address_of(100 + i), 0, 100000);
        }
        scene_check(&s);
        assert_int_equal(s.result.verdict, WEFT_VALID);
        hashes[calls] = s.result.requests_hash;
    }
    assert_false(bytes32_is_zero(&hashes[0]));
    assert_false(bytes32_equal(&hashes[0], &hashes[1]));
    scene_close(&s);
}

/* --- Intermediate state roots before Byzantium (besu 10155: parallel livelock) */

typedef struct root_tracker {
    weft_memory_state *state;
    unsigned calls;
} root_tracker;

static weft_status track_root(void *context, weft_bytes32 *root, const weft_state_delta *changes) {
    root_tracker *tracker = context;
    tracker->calls++;
    weft_status status = weft_memory_state_apply(tracker->state, changes);
    return status == WEFT_OK ? weft_memory_state_root(tracker->state, root) : status;
}

static weft_bytes32 receipts_root_with_intermediate_roots(scene *s, unsigned threads) {
    static scene copy;
    scene_open(&copy, WEFT_HOMESTEAD);
    scene_senders(&copy, 30, ETHER);
    scene_contract(&copy, address_of(COUNTER), 0, "0 SLOAD 1 ADD 0 SSTORE");
    root_tracker tracker = {.state = copy.state};
    const weft_engine_config config = {.size = sizeof config, .threads = threads, .force_parallel = threads > 1};
    const weft_execute_options options = {.size = sizeof options,
                                          .no_header_checks = true,
                                          .intermediate_root = track_root,
                                          .intermediate_root_context = &tracker};
    weft_engine *engine;
    weft_block_result result;
    assert_int_equal(weft_engine_create(&engine, &s->chain, &config), WEFT_OK);
    weft_state_view view = weft_memory_state_view(s->state);
    assert_int_equal(weft_engine_execute(engine, &result, &s->block, &view, &options), WEFT_OK);
    assert_int_equal(result.verdict, WEFT_VALID);
    assert_int_equal(tracker.calls, s->block.transaction_count);
    weft_bytes32 root = result.receipts_root, end, expected;
    assert_true(result.receipts_root_known);
    assert_int_equal(weft_memory_state_apply(copy.state, &result.delta), WEFT_OK);
    assert_int_equal(weft_memory_state_root(copy.state, &end), WEFT_OK);
    weft_memory_state_destroy(copy.state);
    scene_open(&copy, WEFT_HOMESTEAD);
    scene_senders(&copy, 30, ETHER);
    scene_contract(&copy, address_of(COUNTER), 0, "0 SLOAD 1 ADD 0 SSTORE");
    assert_int_equal(weft_memory_state_apply(copy.state, &result.delta), WEFT_OK);
    assert_int_equal(weft_memory_state_root(copy.state, &expected), WEFT_OK);
    assert_true(bytes32_equal(&end, &expected)); /* the changes add up to the delta */
    weft_engine_destroy(engine);
    scene_close(&copy);
    return root;
}

static void receipts_hold_intermediate_roots(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_HOMESTEAD);
    scene_senders(&s, 30, ETHER);
    scene_contract(&s, address_of(COUNTER), 0, "0 SLOAD 1 ADD 0 SSTORE");
    for (unsigned i = 0; i < 30; i++) {
        scene_call(&s, i, i % 3 == 0 ? address_of(COUNTER) : address_of(200 + i), i, 100000);
    }
    weft_bytes32 serial = receipts_root_with_intermediate_roots(&s, 1);
    for (unsigned threads = 2; threads <= 8; threads += 3) {
        weft_bytes32 parallel = receipts_root_with_intermediate_roots(&s, threads);
        assert_true(bytes32_equal(&serial, &parallel));
    }
    scene_close(&s);
}

/* --- Balances that are only compared must be compared with the truth: a payer that an earlier transaction drained */

static void drained_payer_is_noticed(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 4, ETHER);
    scene_contract(&s, address_of(BURNER), 100, "0 0 0 0 SELFBALANCE CALLER 30000 CALL 0 SSTORE");
    scene_contract(&s, address_of(PROXY), 150, "0 0 0 0 100 " A("0404") " 60000 CALL 0 SSTORE");
    for (unsigned i = 0; i < 40; i++) {
        scene_call(&s, i % 4, i % 2 == 0 ? address_of(PROXY) : address_of(BURNER), 0, 200000);
    }
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_VALID);
    scene_close(&s);
}

static void sender_without_funds_has_the_same_verdict(void **state) {
    (void)state;
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 3, ETHER / 1000);
    for (unsigned i = 0; i < 60; i++) {
        scene_call(&s, i % 3, address_of(100 + i), 1, 21000);
    }
    scene_check(&s); /* 21000 gwei a transaction: the 48th or so of a sender cannot pay */
    scene_close(&s);
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 3, 21000 * GWEI_WEI * 5);
    for (unsigned i = 0; i < 60; i++) {
        scene_call(&s, i % 3, address_of(100 + i), 0, 21000);
    }
    scene_check(&s);
    assert_int_equal(s.result.verdict, WEFT_TX_INSUFFICIENT_FUNDS);
    assert_int_equal(s.result.transaction_index, 15);
    scene_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(block_gas_limit_admits_in_order),
        cmocka_unit_test(speculation_does_not_run_what_no_block_has_room_for),
        cmocka_unit_test(gas_left_by_refunds_admits_the_last_transaction),
        cmocka_unit_test(delegation_changes_under_its_callers),
        cmocka_unit_test(authorizations_move_nonces_of_later_senders),
        cmocka_unit_test(nonce_moved_by_an_authorization_invalidates_the_block),
        cmocka_unit_test(delegated_account_creates),
        cmocka_unit_test(contract_dies_and_lives_again),
        cmocka_unit_test(old_storage_does_not_shine_through),
        cmocka_unit_test(metamorphic_contract_changes_its_code),
        cmocka_unit_test(touched_empty_account_is_deleted_once),
        cmocka_unit_test(before_eip_161_a_call_creates_an_empty_account),
        cmocka_unit_test(coinbase_is_a_sender_and_is_read),
        cmocka_unit_test(coinbase_spends_what_fees_brought_it),
        cmocka_unit_test(coinbase_destroys_itself),
        cmocka_unit_test(hot_slot_converges),
        cmocka_unit_test(fallback_continues_where_speculation_stopped),
        cmocka_unit_test(caches_do_not_outlive_their_block),
        cmocka_unit_test(request_contract_sees_all_transactions),
        cmocka_unit_test(receipts_hold_intermediate_roots),
        cmocka_unit_test(drained_payer_is_noticed),
        cmocka_unit_test(sender_without_funds_has_the_same_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
