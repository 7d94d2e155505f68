/* Block access lists (EIP-7928): their form, what a block's list holds, and that a block executed from a list, be it right
 * or wrong, comes to what serial execution comes to. Threading model: the engine's workers, 2, 3 and 8, fallback forced
 * off. Oracle: serial execution. WEFT_SEED=n runs one seed of the random tests, WEFT_SEEDS=n that many from 1. */
#include "tests/unit/engine/actors.h"
#include "tests/unit/engine/scene.h"

enum { SEEDS_DEFAULT = 40, TRANSACTIONS_MAX = 60, MANGLED_PER_SEED = 3, LIST_SIZE_MAX = 1 << 20 };

static const unsigned worker_counts[] = {2, 3, 8};
enum { WORKER_COUNTS = sizeof worker_counts / sizeof *worker_counts };

/* --- Form */

typedef struct list_case {
    const char *what;
    const char *error; /* part of the message; NULL = the list is well formed */
    weft_verdict verdict;
    uint8_t bytes[96];
    size_t size;
} list_case;

/* An account of address 0xNN00…00 and the six-item rest of it. */
#define ADDRESS(first) 0x94, first, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
#define EMPTY_ACCOUNT(first) 0xda, ADDRESS(first), 0xc0, 0xc0, 0xc0, 0xc0, 0xc0
#define CASE(what, error, verdict, ...) \
    { what, error, verdict, {__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}) }

static const list_case list_cases[] = {
    CASE("no accounts", NULL, WEFT_VALID, 0xc0),
    CASE("an account that was only looked at", NULL, WEFT_VALID, 0xdb, EMPTY_ACCOUNT(1)),
    CASE("two accounts", NULL, WEFT_VALID, 0xf6, EMPTY_ACCOUNT(1), EMPTY_ACCOUNT(2)),
    CASE("accounts that descend", "ascend", WEFT_BLOCK_ACCESS_LIST, 0xf6, EMPTY_ACCOUNT(2), EMPTY_ACCOUNT(1)),
    CASE("an account twice", "twice", WEFT_BLOCK_ACCESS_LIST, 0xf6, EMPTY_ACCOUNT(1), EMPTY_ACCOUNT(1)),
    CASE("five fields", "shorter", WEFT_BLOCK_ACCESS_LIST, 0xda, 0xd9, ADDRESS(1), 0xc0, 0xc0, 0xc0, 0xc0),
    CASE("seven fields", "account", WEFT_BLOCK_ACCESS_LIST, 0xdc, 0xdb, ADDRESS(1), 0xc0, 0xc0, 0xc0, 0xc0, 0xc0, 0xc0),
    CASE("something after the list", "block access list", WEFT_BLOCK_ACCESS_LIST, 0xc0, 0xc0),
    CASE("slot 1 with change (1, 2)", NULL, WEFT_VALID, 0xe1, 0xe0, ADDRESS(1), 0xc6, 0xc5, 0x01, 0xc3, 0xc2, 0x01,
         0x02, 0xc0, 0xc0, 0xc0, 0xc0),
    CASE("a changed slot without change", "has a change", WEFT_BLOCK_ACCESS_LIST, 0xde, 0xdd, ADDRESS(1), 0xc3, 0xc2,
         0x01, 0xc0, 0xc0, 0xc0, 0xc0, 0xc0),
    CASE("a slot changed and read", "both", WEFT_BLOCK_ACCESS_LIST, 0xe2, 0xe1, ADDRESS(1), 0xc6, 0xc5, 0x01, 0xc3,
         0xc2, 0x01, 0x02, 0xc1, 0x01, 0xc0, 0xc0, 0xc0),
    CASE("reads that descend", "ascend", WEFT_BLOCK_ACCESS_LIST, 0xdd, 0xdc, ADDRESS(1), 0xc0, 0xc2, 0x02, 0x01, 0xc0,
         0xc0, 0xc0),
    CASE("a read twice", "ascend", WEFT_BLOCK_ACCESS_LIST, 0xdd, 0xdc, ADDRESS(1), 0xc0, 0xc2, 0x02, 0x02, 0xc0, 0xc0,
         0xc0),
    CASE("balances of two steps", NULL, WEFT_VALID, 0xe1, 0xe0, ADDRESS(1), 0xc0, 0xc0, 0xc6, 0xc2, 0x80, 0x01, 0xc2,
         0x02, 0x03, 0xc0, 0xc0),
    CASE("a step twice", "ascend", WEFT_BLOCK_ACCESS_LIST, 0xe1, 0xe0, ADDRESS(1), 0xc0, 0xc0, 0xc6, 0xc2, 0x01, 0x01,
         0xc2, 0x01, 0x03, 0xc0, 0xc0),
    CASE("an index with a leading zero", "zero", WEFT_BLOCK_ACCESS_LIST, 0xde, 0xdd, ADDRESS(1), 0xc0, 0xc0, 0xc3, 0xc2,
         0x00, 0x01, 0xc0, 0xc0),
    CASE("an index of five bytes", "wider", WEFT_BLOCK_ACCESS_LIST, 0xe3, 0xe2, ADDRESS(1), 0xc0, 0xc0, 0xc8, 0xc7,
         0x85, 1, 0, 0, 0, 0, 0x01, 0xc0, 0xc0),
    CASE("a nonce of nine bytes", "wider", WEFT_BLOCK_ACCESS_LIST, 0xe7, 0xe6, ADDRESS(1), 0xc0, 0xc0, 0xc0, 0xcc, 0xcb,
         0x01, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0),
};

static void a_list_is_decoded_strictly(void **state) {
    (void)state;
    weft_decoder *decoder;
    assert_int_equal(weft_decoder_create(&decoder), WEFT_OK);
    for (size_t i = 0; i < sizeof list_cases / sizeof *list_cases; i++) {
        const list_case *c = &list_cases[i];
        const weft_bytes rlp = {c->bytes, c->size};
        weft_block_access_list list;
        weft_error error = {.message = ""};
        weft_status status = weft_block_access_list_decode(decoder, &list, rlp, &error);
        bool as_expected = status == (c->error == NULL ? WEFT_OK : WEFT_DECODE) &&
                           (c->error == NULL || (strstr(error.message, c->error) && error.verdict == c->verdict));
        if (!as_expected) {
            fail_msg("%s: %s, %s, \"%s\"", c->what, weft_status_message(status), weft_verdict_name(error.verdict),
                     error.message);
        }
        weft_bytes again;
        if (status == WEFT_OK) {
            assert_int_equal(weft_block_access_list_encode(decoder, &again, &list), WEFT_OK);
            assert_true(bytes_equal(again, rlp));
        }
    }
    weft_decoder_destroy(decoder);
}

/* --- Execution */

static void execute_with(scene *s, unsigned threads, weft_bytes list, weft_engine **engine, weft_block_result *result) {
    const weft_engine_config config = {
        .size = sizeof config, .threads = threads, .force_parallel = threads > 1, .seed = 1};
    const weft_execute_options options = {.size = sizeof options,
                                          .no_header_checks = true,
                                          .partial_state = true,
                                          .block_access_list = list,
                                          .build_block_access_list = true};
    assert_int_equal(weft_engine_create(engine, &s->chain, &config), WEFT_OK);
    weft_state_view view = weft_memory_state_view(s->state);
    assert_int_equal(weft_engine_execute(*engine, result, &s->block, &view, &options), WEFT_OK);
}

/* Serially; the list lives in s->serial. */
static weft_bytes build(scene *s) {
    weft_engine_destroy(s->serial);
    execute_with(s, 1, (weft_bytes){NULL, 0}, &s->serial, &s->result);
    return s->result.block_access_list;
}

/* On all worker counts: the same result, and the same list built. Returns: re-executions. */
static uint64_t check_from(scene *s, weft_bytes list) {
    uint64_t reexecutions = 0;
    for (size_t i = 0; i < WORKER_COUNTS; i++) {
        weft_engine *engine;
        weft_block_result result;
        execute_with(s, worker_counts[i], list, &engine, &result);
        scene_compare(s, &s->result, &result, worker_counts[i]);
        assert_true(bytes_equal(s->result.block_access_list, result.block_access_list));
        reexecutions += result.stats.reexecutions;
        weft_engine_destroy(engine);
    }
    return reexecutions;
}

static weft_block_access_list decode(weft_decoder *decoder, weft_bytes rlp) {
    weft_block_access_list list;
    assert_int_equal(weft_block_access_list_decode(decoder, &list, rlp, NULL), WEFT_OK);
    return list;
}

static const weft_account_access *find(const weft_block_access_list *list, weft_address address) {
    for (size_t i = 0; i < list->account_count; i++) {
        if (address_equal(&list->accounts[i].address, &address)) {
            return &list->accounts[i];
        }
    }
    return NULL;
}

static void a_list_holds_what_each_step_leaves(void **state) {
    (void)state;
    scene s;
    weft_decoder *decoder;
    assert_int_equal(weft_decoder_create(&decoder), WEFT_OK);
    scene_open(&s, WEFT_OSAKA);
    scene_senders(&s, 2, ETHER);
    /* Counts in slot 0, reads slot 5, stores what slot 6 holds already, looks at an account. */
    scene_contract(&s, address_of(0x300), 0, "0 SLOAD 1 ADD 0 SSTORE 5 SLOAD POP 8 6 SSTORE " A("0258") " BALANCE POP");
    scene_slot(&s, address_of(0x300), 6, 8);
    /* What it does is undone; what it saw stays seen. */
    scene_contract(&s, address_of(0x301), 0, "1 7 SSTORE " A("0259") " BALANCE POP 0 0 REVERT");
    scene_call(&s, 0, address_of(0x300), 0, 100000);
    scene_call(&s, 1, address_of(0x300), 9, 100000);
    scene_call(&s, 0, address_of(0x301), 0, 100000);
    weft_block_access_list list = decode(decoder, build(&s));

    const weft_account_access *counter = find(&list, address_of(0x300));
    assert_int_equal(counter->changed_slot_count, 1);
    assert_int_equal(counter->changed_slots[0].change_count, 2);
    assert_int_equal(counter->changed_slots[0].changes[1].index, 2);
    assert_int_equal(counter->changed_slots[0].changes[1].value.limb[0], 2);
    assert_int_equal(counter->read_slot_count, 2);
    assert_int_equal(counter->read_slots[1].limb[0], 6);
    assert_int_equal(counter->balance_count, 1);
    assert_int_equal(counter->balances[0].index, 2);

    const weft_account_access *undone = find(&list, address_of(0x301));
    assert_int_equal(undone->changed_slot_count + undone->balance_count + undone->nonce_count, 0);
    assert_int_equal(undone->read_slot_count, 1);
    assert_non_null(find(&list, address_of(0x258)));
    assert_non_null(find(&list, address_of(0x259)));

    const weft_account_access *sender = find(&list, address_of(0));
    assert_int_equal(sender->nonce_count, 2);
    assert_int_equal(sender->nonces[1].index, 3);
    assert_int_equal(find(&list, address_of(COINBASE_DEFAULT))->balance_count, 3);
    assert_int_equal(check_from(&s, s.result.block_access_list), 0);
    scene_close(&s);
    weft_decoder_destroy(decoder);
}

/* Every transaction takes what the one before it left: hopeless for speculation, nothing to a list. */
static void a_chain_of_dependent_transactions_runs_at_once(void **state) {
    (void)state;
    scene s;
    scene_open(&s, WEFT_OSAKA);
    scene_senders(&s, 64, ETHER);
    scene_contract(&s, address_of(0x300), 0, "0 SLOAD 1 ADD 0 SSTORE");
    for (unsigned i = 0; i < 64; i++) {
        scene_call(&s, i, address_of(0x300), 0, 100000);
    }
    weft_bytes list = build(&s);
    assert_int_equal(scene_slot_after(&s, address_of(0x300), 0), 64);
    assert_int_equal(check_from(&s, list), 0);
    scene_close(&s);
}

static void what_is_no_list_is_passed_over_before_amsterdam(void **state) {
    (void)state;
    static const uint8_t garbage[] = {0xc1, 0x01};
    scene s;
    scene_open(&s, WEFT_OSAKA);
    scene_senders(&s, 2, ETHER);
    scene_call(&s, 0, address_of(1), 5, 21000);
    (void)build(&s);
    (void)check_from(&s, (weft_bytes){garbage, sizeof garbage});
    scene_close(&s);
}

/* The signers of a transaction that is refused are not recovered. A list may still tell of what they left. */
static void a_list_may_tell_of_what_is_refused(void **state) {
    (void)state;
    static const weft_authorization tuples[200];
    scene s;
    weft_decoder *decoder;
    assert_int_equal(weft_decoder_create(&decoder), WEFT_OK);
    scene_open(&s, WEFT_OSAKA);
    scene_senders(&s, 2, ETHER);
    scene_call(&s, 0, address_of(0x300), 1, 100000);
    scene_call(&s, 1, address_of(0x300), 1, 100000);
    weft_transaction *refused = &s.transactions[1];
    refused->type = WEFT_TX_SET_CODE;
    refused->authorizations = tuples;
    refused->authorization_count = 200;
    refused->max_fee_per_gas = refused->max_priority_fee_per_gas = u256_from_u64(1);

    const weft_value_change nonce = {2, u256_from_u64(1)};
    const weft_account_access account = {.address = address_of(0x400), .nonces = &nonce, .nonce_count = 1};
    const weft_block_access_list list = {&account, 1};
    weft_bytes rlp;
    assert_int_equal(weft_block_access_list_encode(decoder, &rlp, &list), WEFT_OK);
    (void)build(&s);
    assert_int_equal(s.result.verdict, WEFT_TX_MAX_FEE_TOO_LOW);
    for (size_t i = 0; i < WORKER_COUNTS; i++) {
        weft_engine *engine;
        weft_block_result result;
        execute_with(&s, worker_counts[i], rlp, &engine, &result);
        scene_compare(&s, &s.result, &result, worker_counts[i]);
        weft_engine_destroy(engine);
    }
    scene_close(&s);
    weft_decoder_destroy(decoder);
}

/* --- Random blocks */

typedef struct tally {
    uint64_t from_right_lists, mangled_lists, from_mangled_lists; /* re-executions, lists, re-executions */
} tally;

/* Another value in the place of one that some step left. */
static void mangle(weft_decoder *decoder, test_random *random, weft_bytes *rlp) {
    weft_block_access_list list = decode(decoder, *rlp);
    size_t picked = random_below(random, list.account_count);
    for (size_t i = 0; i < list.account_count; i++) {
        const weft_account_access *a = &list.accounts[(picked + i) % list.account_count];
        /* The decoder's memory is this test's. */
        weft_value_change *change = a->changed_slot_count > 0 ? (weft_value_change *)a->changed_slots[0].changes
                                    : a->balance_count > 0    ? (weft_value_change *)a->balances
                                                              : NULL;
        if (change != NULL) {
            change->value.limb[0] += 1 + random_below(random, 1000);
            break;
        }
    }
    assert_int_equal(weft_block_access_list_encode(decoder, rlp, &list), WEFT_OK);
}

static void run_seed(uint64_t seed, weft_fork fork, tally *t) {
    static scene s;
    weft_decoder *decoder;
    test_random random = {seed};
    assert_int_equal(weft_decoder_create(&decoder), WEFT_OK);
    scene_open(&s, fork);
    s.seed = seed;
    actors_fill_block(&s, fork, seed, TRANSACTIONS_MAX);
    /* An empty account that EIP-161 sweeps away leaves no trace in a list; public networks have none left. */
    scene_balance(&s, address_of(BYSTANDER_EMPTY), 1);
    scene_balance(&s, (weft_address){{[19] = 3}}, 1);
    weft_bytes list = build(&s);
    if (s.result.verdict == WEFT_VALID) {
        uint64_t reexecutions = check_from(&s, list);
        /* Before Cancun a contract may be gone and back, which a list tells only in most cases. */
        t->from_right_lists += fork >= WEFT_CANCUN ? reexecutions : 0;
        for (unsigned i = 0; i < MANGLED_PER_SEED; i++) {
            weft_bytes mangled = list;
            mangle(decoder, &random, &mangled);
            t->mangled_lists++;
            t->from_mangled_lists += check_from(&s, mangled);
        }
    }
    scene_close(&s);
    weft_decoder_destroy(decoder);
}

static void random_blocks_are_serial_from_right_and_wrong_lists(void **state) {
    (void)state;
    seed_range seeds = seed_range_read(SEEDS_DEFAULT);
    tally t = {0};
    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++) {
        run_seed(seed, (weft_fork)(seed % WEFT_FORK_COUNT), &t);
        if (t.from_right_lists > 0) {
            fail_msg("seed %llu: a right list, and still a second run", (unsigned long long)seed);
        }
    }
    print_message("%llu wrong lists, %llu re-executions\n", (unsigned long long)t.mangled_lists,
                  (unsigned long long)t.from_mangled_lists);
    assert_true(seeds.is_one || t.mangled_lists > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_decoded_strictly),
        cmocka_unit_test(a_list_holds_what_each_step_leaves),
        cmocka_unit_test(a_chain_of_dependent_transactions_runs_at_once),
        cmocka_unit_test(what_is_no_list_is_passed_over_before_amsterdam),
        cmocka_unit_test(a_list_may_tell_of_what_is_refused),
        cmocka_unit_test(random_blocks_are_serial_from_right_and_wrong_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
