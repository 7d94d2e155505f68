/** A small world to execute a block in: accounts, contracts in assembly, transactions; and the one question asked of it:
 *  does every number of workers come to what serial execution comes to?
 *
 *  Comparison is in full: verdict, its transaction and its words, gas, receipts byte by byte, bloom, requests hash, state
 *  delta.
 *  Parallel runs have the fallback forced off, and are repeated, for races need luck.
 */
#ifndef TESTS_UNIT_ENGINE_SCENE_H
#define TESTS_UNIT_ENGINE_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/keccak.h"
#include "tests/unit/engine/assembler.h"
#include <weft/weft.h>

#define ETHER UINT64_C(1000000000000000000)
#define GWEI_WEI UINT64_C(1000000000)

enum { SCENE_TRANSACTIONS_MAX = 512, SCENE_NUMBER = 1000, SCENE_REPEATS = 3 };

typedef struct scene {
    weft_chain chain;
    weft_memory_state *state;
    weft_block block;
    weft_transaction transactions[SCENE_TRANSACTIONS_MAX];
    uint64_t nonces[256]; /* of the senders address_of(0 .. 255) */
    weft_engine *serial;  /* of the last scene_check(): its result stays readable */
    weft_block_result result;
    uint64_t seed;         /* printed when a comparison fails */
    uint64_t reexecutions; /* of all parallel runs so far: whether there was anything to get wrong */
} scene;

/** Distinct, outside the precompiles. */
static inline weft_address address_of(unsigned n) {
    return (weft_address){{[0] = 0xaa, [18] = (uint8_t)(n >> 8), [19] = (uint8_t)n}};
}

/** address_of(n) as assembly writes it: A("0405") is address_of(0x405). */
#define A(four_digits) "0xaa0000000000000000000000000000000000" four_digits

/** The request contracts of EIP-7002 and EIP-7251. */
static const weft_address withdrawal_requests = {{0x00, 0x00, 0x09, 0x61, 0xef, 0x48, 0x0e, 0xb5, 0x5e, 0x80,
                                                  0xd1, 0x9a, 0xd8, 0x35, 0x79, 0xa6, 0x4c, 0x00, 0x70, 0x02}};
static const weft_address consolidation_requests = {{0x00, 0x00, 0xbb, 0xdd, 0xc7, 0xce, 0x48, 0x86, 0x42, 0xfb,
                                                     0x57, 0x9f, 0x8b, 0x00, 0xf3, 0xa5, 0x90, 0x00, 0x72, 0x51}};

/** Init code that returns the code `runtime`, of at most 255 bytes. */
static inline assembly init_code_for(const assembly *runtime) {
    assembly init;
    /* PUSH1 size, DUP1, PUSH1 11, PUSH1 0, CODECOPY, PUSH1 0, RETURN */
    const uint8_t prefix[] = {0x60, (uint8_t)runtime->size, 0x80, 0x60, 0x0b, 0x60, 0x00, 0x39, 0x60, 0x00, 0xf3};
    memcpy(init.bytes, prefix, sizeof prefix);
    memcpy(init.bytes + sizeof prefix, runtime->bytes, runtime->size);
    init.size = sizeof prefix + runtime->size;
    return init;
}

/** Where CREATE2 of `init` by `factory` puts the contract (EIP-1014). */
static inline weft_address create2_of(weft_address factory, uint64_t salt, const assembly *init) {
    uint8_t bytes[85] = {0xff};
    memcpy(bytes + 1, factory.bytes, 20);
    weft_u256 salt_word = u256_from_u64(salt);
    u256_to_be32(bytes + 21, &salt_word);
    weft_bytes32 hash = keccak256(init->bytes, init->size);
    memcpy(bytes + 53, hash.bytes, 32);
    hash = keccak256(bytes, sizeof bytes);
    weft_address address;
    memcpy(address.bytes, hash.bytes + 12, sizeof address.bytes);
    return address;
}

static inline weft_chain chain_under(weft_fork fork) {
    weft_chain chain = {.chain_id = 1, .dao_fork_block = WEFT_NEVER, .blob_schedule_count = 1};
    chain.muir_glacier_block = chain.arrow_glacier_block = chain.gray_glacier_block = WEFT_NEVER;
    chain.blob_schedule[0] = (weft_blob_parameters){0, 6, 9, 5007716};
    for (int f = 0; f < WEFT_FORK_COUNT; f++) {
        chain.activation_block[f] = f <= (int)fork ? 0 : WEFT_NEVER;
        chain.activation_time[f] = f <= (int)fork ? 0 : WEFT_NEVER;
    }
    return chain;
}

static inline void scene_open(scene *s, weft_fork fork) {
    memset(s, 0, sizeof *s);
    s->chain = chain_under(fork);
    assert_int_equal(weft_memory_state_create(&s->state, NULL), WEFT_OK);
    s->block.transactions = s->transactions;
    weft_header *h = &s->block.header;
    h->number = SCENE_NUMBER;
    h->timestamp = 1000000;
    h->gas_limit = 30000000;
    h->coinbase = address_of(999);
    h->difficulty = u256_from_u64(fork < WEFT_PARIS ? 131072 : 0);
    h->base_fee_per_gas = u256_from_u64(fork < WEFT_LONDON ? 0 : 7);
}

static inline void scene_close(scene *s) {
    weft_engine_destroy(s->serial);
    weft_memory_state_destroy(s->state);
}

static inline void scene_balance(scene *s, weft_address address, uint64_t wei) {
    weft_u256 balance = u256_from_u64(wei);
    assert_int_equal(weft_memory_state_set_account(s->state, &address, &balance, 0, (weft_bytes){NULL, 0}), WEFT_OK);
}

static inline void scene_contract(scene *s, weft_address address, uint64_t wei, const char *source) {
    weft_u256 balance = u256_from_u64(wei);
    assembly a = assemble(source);
    assert_int_equal(weft_memory_state_set_account(s->state, &address, &balance, 1, (weft_bytes){a.bytes, a.size}),
                     WEFT_OK);
}

static inline void scene_slot(scene *s, weft_address address, uint64_t slot, uint64_t value) {
    weft_u256 key = u256_from_u64(slot), word = u256_from_u64(value);
    weft_bytes32 key_bytes = u256_to_bytes32(&key);
    assert_int_equal(weft_memory_state_set_storage(s->state, &address, &key_bytes, &word), WEFT_OK);
}

/** `count` senders, address_of(0), address_of(1), …, with `wei` each. */
static inline void scene_senders(scene *s, unsigned count, uint64_t wei) {
    for (unsigned i = 0; i < count; i++) {
        scene_balance(s, address_of(i), wei);
    }
}

/** Append a transaction of sender address_of(`from`) with its next nonce. Fields may be changed afterwards. */
static inline weft_transaction *scene_call(scene *s, unsigned from, weft_address to, uint64_t value, uint64_t gas) {
    assert_true(s->block.transaction_count < SCENE_TRANSACTIONS_MAX && from < 256);
    weft_transaction *tx = &s->transactions[s->block.transaction_count++];
    *tx = (weft_transaction){.has_sender = true,
                             .sender = address_of(from),
                             .nonce = s->nonces[from]++,
                             .gas_limit = gas,
                             .to = to,
                             .value = u256_from_u64(value),
                             .max_fee_per_gas = u256_from_u64(GWEI_WEI),
                             .max_priority_fee_per_gas = u256_from_u64(GWEI_WEI)};
    return tx;
}

/** Append a creation with this init code, which must outlive the scene. */
static inline weft_transaction *scene_create(scene *s, unsigned from, const assembly *init_code, uint64_t gas) {
    weft_transaction *tx = scene_call(s, from, (weft_address){{0}}, 0, gas);
    tx->is_creation = true;
    tx->data = (weft_bytes){init_code->bytes, init_code->size};
    return tx;
}

static inline weft_status scene_execute(scene *s, unsigned threads, weft_engine **engine, weft_block_result *result) {
    const weft_engine_config config = {
        .size = sizeof config, .threads = threads, .force_parallel = threads > 1, .seed = 1};
    const weft_execute_options options = {.size = sizeof options, .no_header_checks = true, .partial_state = true};
    assert_int_equal(weft_engine_create(engine, &s->chain, &config), WEFT_OK);
    weft_state_view view = weft_memory_state_view(s->state);
    return weft_engine_execute(*engine, result, &s->block, &view, &options);
}

static inline void scene_compare(const scene *s, const weft_block_result *serial, const weft_block_result *parallel,
                                 unsigned threads) {
    weft_bytes32 a = {{0}}, b = {{0}};
    assert_int_equal(weft_state_delta_digest(&a, &serial->delta), WEFT_OK);
    assert_int_equal(weft_state_delta_digest(&b, &parallel->delta), WEFT_OK);
    bool equal = serial->verdict == parallel->verdict && serial->transaction_index == parallel->transaction_index &&
                 serial->gas_used == parallel->gas_used && serial->receipt_count == parallel->receipt_count &&
                 bytes32_equal(&serial->receipts_root, &parallel->receipts_root) &&
                 bytes32_equal(&serial->requests_hash, &parallel->requests_hash) && bytes32_equal(&a, &b) &&
                 memcmp(&serial->logs_bloom, &parallel->logs_bloom, sizeof serial->logs_bloom) == 0 &&
                 strcmp(serial->explanation, parallel->explanation) == 0;
    for (size_t i = 0; equal && i < serial->receipt_count; i++) {
        equal = bytes_equal(serial->encoded_receipts[i], parallel->encoded_receipts[i]);
    }
    if (!equal) {
        fail_msg("%u workers differ from serial (seed %llu): %s tx %zu gas %llu, serially %s tx %zu gas %llu", threads,
                 (unsigned long long)s->seed, weft_verdict_name(parallel->verdict), parallel->transaction_index,
                 (unsigned long long)parallel->gas_used, weft_verdict_name(serial->verdict), serial->transaction_index,
                 (unsigned long long)serial->gas_used);
    }
}

/** Execute serially (the result stays in s->result), then on 2, 3 and 8 workers, and compare. */
static inline void scene_check(scene *s) {
    static const unsigned threads[] = {2, 3, 8};
    weft_engine_destroy(s->serial);
    assert_int_equal(scene_execute(s, 1, &s->serial, &s->result), WEFT_OK);
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        for (int repeat = 0; repeat < SCENE_REPEATS; repeat++) {
            weft_engine *engine;
            weft_block_result parallel;
            assert_int_equal(scene_execute(s, threads[i], &engine, &parallel), WEFT_OK);
            scene_compare(s, &s->result, &parallel, threads[i]);
            s->reexecutions += parallel.stats.reexecutions;
            weft_engine_destroy(engine);
        }
    }
}

/** The account after the block, as the delta has it; NULL if it is not in the delta. */
static inline const weft_account_change *scene_change(const scene *s, weft_address address) {
    for (size_t i = 0; i < s->result.delta.account_count; i++) {
        if (address_equal(&s->result.delta.accounts[i].address, &address)) {
            return &s->result.delta.accounts[i];
        }
    }
    return NULL;
}

/** The value of a slot after the block, as the delta has it. */
static inline uint64_t scene_slot_after(const scene *s, weft_address address, uint64_t slot) {
    const weft_account_change *change = scene_change(s, address);
    weft_u256 key = u256_from_u64(slot);
    weft_bytes32 key_bytes = u256_to_bytes32(&key);
    for (size_t i = 0; change != NULL && i < change->slot_count; i++) {
        if (bytes32_equal(&change->slots[i].slot, &key_bytes)) {
            return change->slots[i].value.limb[0];
        }
    }
    return UINT64_MAX;
}

#endif
