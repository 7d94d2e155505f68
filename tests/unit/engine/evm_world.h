/** One EVM over a small state, for tests that look at a single message: its status, gas, output and what it does to the
 *  state. A program that includes this need not use all of it. */
#ifndef TESTS_UNIT_ENGINE_EVM_WORLD_H
#define TESTS_UNIT_ENGINE_EVM_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/evm.h"
#include "engine/tx_state_internal.h"
#include "tests/unit/engine/assembler.h"
#include <weft/memory_state.h>

enum { WORLD_NUMBER = 1000, WORLD_GAS = 1000000 };

typedef struct world {
    weft_memory_state *state;
    block_state cells;
    arena memory;
    tx_state ts;
    evm *vm;
    evm_block block;
    evm_transaction tx;
} world;

/** The two ends of most messages. */
static const weft_address sender_address = {{[0] = 0x5e, [19] = 0x01}};
static const weft_address contract_address = {{[0] = 0xc0, [19] = 0x02}};
/** And a third, which contracts under test call: as assembly writes it, and as bytes. */
#define CALLEE "0xca00000000000000000000000000000000000003"
static const weft_address callee_address = {{[0] = 0xca, [19] = 0x03}};

/** How the worlds' code is executed: a program runs its tests FOR_EACH_INTERPRETER. */
static weft_interpreter world_interpreter = WEFT_INTERPRETER_AUTO;

#define FOR_EACH_INTERPRETER \
    for (world_interpreter = WEFT_INTERPRETER_PLAIN; world_interpreter <= WEFT_INTERPRETER_DECODED; world_interpreter++)

static inline void world_open(world *w, weft_fork fork) {
    *w = (world){0};
    assert_int_equal(weft_memory_state_create(&w->state, NULL), WEFT_OK);
    w->cells.cells = mv_memory_create(1, 1);
    w->cells.codes = code_cache_create(1);
    w->vm = evm_create();
    assert_true(w->cells.cells != NULL && w->cells.codes != NULL && w->vm != NULL);
    code_cache_set_interpreter(w->cells.codes, world_interpreter);
    assert_true(tx_state_init(&w->ts, &w->cells, 0, 1));
    arena_init(&w->memory, 0);
    w->block = (evm_block){.rules = fork_rules_of(fork),
                           .fork = fork,
                           .chain_id = 1,
                           .coinbase = {{[19] = 0xcb}},
                           .number = WORLD_NUMBER,
                           .timestamp = 1700000000,
                           .gas_limit = 30000000,
                           .difficulty_or_randao = u256_from_u64(0xd1ff),
                           .base_fee = u256_from_u64(7),
                           .blob_base_fee = u256_from_u64(3),
                           .codes = w->cells.codes};
    w->tx = (evm_transaction){.origin = sender_address, .gas_price = u256_from_u64(11)};
}

static inline void world_close(world *w) {
    evm_destroy(w->vm);
    tx_state_free(&w->ts);
    mv_memory_destroy(w->cells.cells);
    code_cache_destroy(w->cells.codes);
    weft_memory_state_destroy(w->state);
    arena_free(&w->memory);
}

static inline void world_account(world *w, weft_address address, uint64_t wei, uint64_t nonce, weft_bytes bytes) {
    weft_u256 balance = u256_from_u64(wei);
    assert_int_equal(weft_memory_state_set_account(w->state, &address, &balance, nonce, bytes), WEFT_OK);
}

static inline void world_contract(world *w, weft_address address, uint64_t wei, const char *source) {
    assembly a = assemble(source);
    world_account(w, address, wei, 1, bytes_of(a.bytes, a.size));
}

static inline void world_slot(world *w, weft_address address, uint64_t slot, uint64_t value) {
    weft_u256 key = u256_from_u64(slot), word = u256_from_u64(value);
    weft_bytes32 key_bytes = u256_to_bytes32(&key);
    assert_int_equal(weft_memory_state_set_storage(w->state, &address, &key_bytes, &word), WEFT_OK);
}

/** Begin a transaction on the state as it was set up; the one before is forgotten. */
static inline void world_begin(world *w) {
    weft_state_view view = weft_memory_state_view(w->state);
    block_state_begin(&w->cells, &view);
    w->block.view = &w->cells.view;
    arena_reset(&w->memory);
    tx_state_begin(&w->ts, w->block.rules, TX_SOURCE_ACCEPTED, 0, &w->memory, &w->memory);
}

static inline tx_account *world_find(world *w, weft_address address) {
    tx_account *a = tx_state_account(&w->ts, &address);
    assert_non_null(a);
    return a;
}

static inline evm_result world_message(world *w, evm_kind kind, weft_address to, int64_t gas, uint64_t wei,
                                       weft_bytes input) {
    const evm_message message = {.kind = kind,
                                 .gas = gas,
                                 .sender = tx_state_account(&w->ts, &sender_address),
                                 .recipient = tx_state_account(&w->ts, &to),
                                 .value = u256_from_u64(wei),
                                 .input = input};
    if (message.sender == NULL || message.recipient == NULL) {
        return (evm_result){.status = EVM_HOST_FAILURE};
    }
    return evm_run(w->vm, &w->block, &w->tx, &w->ts, &message);
}

/** Call contract_address without value or data in a fresh transaction. */
static inline evm_result world_call(world *w, int64_t gas) {
    world_begin(w);
    return world_message(w, EVM_CALL, contract_address, gas, 0, bytes_of(NULL, 0));
}

/** The code of contract_address in a world of its own: what a call of it with `gas` comes to.
 *  Out: word   its output as a number, zero unless it is one word; may be NULL. */
static inline evm_result run_code(weft_fork fork, weft_bytes bytes, int64_t gas, weft_u256 *word) {
    world w;
    world_open(&w, fork);
    world_account(&w, contract_address, 0, 1, bytes);
    evm_result result = world_call(&w, gas);
    if (word != NULL) {
        *word = result.output.size == 32 ? u256_from_be32(result.output.data) : u256_zero();
    }
    result.output = bytes_of(NULL, result.output.size);
    world_close(&w);
    return result;
}

static inline evm_result run_source(weft_fork fork, const char *source, int64_t gas, weft_u256 *word) {
    assembly a = assemble(source);
    return run_code(fork, bytes_of(a.bytes, a.size), gas, word);
}

/** What running `source` to its successful end costs. */
static inline int64_t gas_of(weft_fork fork, const char *source) {
    evm_result result = run_source(fork, source, WORLD_GAS, NULL);
    if (result.status != EVM_SUCCESS) {
        fail_msg("%s: status %d", source, (int)result.status);
    }
    return WORLD_GAS - result.gas_left;
}

/** What `source` leaves on top of the stack, as the low 64 bits; it must have no more. */
static inline uint64_t top_of(weft_fork fork, const char *source) {
    char whole[4096];
    (void)snprintf(whole, sizeof whole, "%s 0 MSTORE 32 0 RETURN", source);
    weft_u256 word = u256_zero();
    evm_result result = run_source(fork, whole, WORLD_GAS, &word);
    if (result.status != EVM_SUCCESS || !u256_fits_u64(&word)) {
        fail_msg("%s: status %d", source, (int)result.status);
    }
    return word.limb[0];
}

#endif
