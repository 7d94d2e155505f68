#include "bench/precompile_calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/crypto.h>
#include <weft/memory_state.h>
#include <weft/transaction.h>

#include "tools/suite/networks.h"

enum {
    PROGRAM_SIZE = 107,
    LOOP_OFFSET = 14,
    END_OFFSET = PROGRAM_SIZE - 2,
    CALLS_GAS = 4000000, /* of all calls of a block together */
    CALLS_MAX = 100000,
    GAS_LIMIT = 16000000 /* of the transaction, which EIP-7825 limits */
};

/** A call, and the block that makes it many times. */
typedef struct repeated_call {
    const char *name;
    weft_address precompile, contract;
    weft_bytes input, output;
    weft_chain chain;
    weft_decoder *decoder;
    weft_memory_state *state;
    weft_transaction tx;
    weft_block block;
} repeated_call;

/* --- The contract */

typedef struct program {
    uint8_t *code;
    size_t size;
} program;

static void put(program *p, const void *bytes, size_t size) {
    memcpy(p->code + p->size, bytes, size);
    p->size += size;
}

static void put_op(program *p, uint8_t op) {
    put(p, &op, 1);
}

/* PUSH3 */
static void put_number(program *p, size_t number) {
    put(p, (const uint8_t[]){0x62, (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number}, 4);
}

/* The call in a loop that counts down; the input stands behind the program. */
static void put_program(program *p, const repeated_call *c, size_t count) {
    static const uint8_t call_end[] = {0x5a, 0xfa, 0x50};                                      /* GAS STATICCALL POP */
    static const uint8_t loop_end[] = {0x60, 0x01, 0x90, 0x03, 0x80, 0x60, LOOP_OFFSET, 0x57}; /* DUP1 PUSH1 JUMPI */
    static const uint8_t hash[] = {0x3d, 0x5f, 0x5f, 0x3e, 0x3d, 0x5f, 0x20}; /* RETURNDATACOPY, KECCAK256 of all */
    static const uint8_t end[] = {0x14, 0x60, END_OFFSET, 0x57, 0xfe, 0x5b, 0x00}; /* EQ JUMPI INVALID JUMPDEST STOP */
    const weft_bytes32 expected = weft_keccak256(c->output);
    put_number(p, c->input.size);
    put_number(p, PROGRAM_SIZE);
    put_op(p, 0x5f); /* PUSH0 */
    put_op(p, 0x39); /* CODECOPY */
    put_number(p, count);
    put_op(p, 0x5b); /* JUMPDEST */
    put_number(p, c->output.size);
    put_number(p, c->input.size); /* the output goes behind the input */
    put_number(p, c->input.size);
    put_op(p, 0x5f);
    put_op(p, 0x73); /* PUSH20 */
    put(p, c->precompile.bytes, sizeof c->precompile.bytes);
    put(p, call_end, sizeof call_end);
    put(p, loop_end, sizeof loop_end);
    put(p, hash, sizeof hash);
    put_op(p, 0x7f); /* PUSH32 */
    put(p, expected.bytes, sizeof expected.bytes);
    put(p, end, sizeof end);
}

static weft_status set_contract(repeated_call *c, size_t count) {
    static const weft_u256 zero = {{0}};
    program p = {.code = malloc(PROGRAM_SIZE + c->input.size)};
    if (p.code == NULL) {
        return WEFT_NO_MEMORY;
    }
    put_program(&p, c, count);
    put(&p, c->input.data, c->input.size);
    weft_status status = weft_memory_state_set_account(c->state, &c->contract, &zero, 1, (weft_bytes){p.code, p.size});
    free(p.code);
    return status;
}

/* --- The block */

static weft_status prepare(repeated_call *c) {
    static const weft_bytes32 key = {{[31] = 1}};
    static const weft_u256 wealth = {{0, 1}};
    c->contract = (weft_address){{[0] = 0xca, [19] = 0x11}};
    c->tx = (weft_transaction){.has_chain_id = true,
                               .chain_id = c->chain.chain_id,
                               .gas_limit = GAS_LIMIT,
                               .max_fee_per_gas = {{10}},
                               .max_priority_fee_per_gas = {{10}},
                               .to = c->contract};
    weft_status status = weft_transaction_sign(&c->tx, &key);
    c->tx.has_sender = true;
    if (status == WEFT_OK) {
        status = weft_decoder_create(&c->decoder);
    }
    if (status == WEFT_OK) {
        status = weft_transaction_encode(c->decoder, &c->tx);
    }
    if (status == WEFT_OK) {
        status = weft_memory_state_create(&c->state, NULL);
    }
    c->block = (weft_block){.header = {.number = 1,
                                       .timestamp = 1,
                                       .gas_limit = 2 * GAS_LIMIT,
                                       .base_fee_per_gas = {{10}},
                                       .field_count = 21},
                            .transactions = &c->tx,
                            .transaction_count = 1,
                            .has_withdrawals = true};
    return status == WEFT_OK ? weft_memory_state_set_account(c->state, &c->tx.sender, &wealth, 0, (weft_bytes){NULL, 0})
                             : status;
}

static const weft_execute_options options = {.size = sizeof options, .partial_state = true, .no_header_checks = true};

/* Let the contract make so many calls. Returns: WEFT_OK; WEFT_DECODE if it came to nothing; what the engine returns. */
static weft_status try_count(repeated_call *c, weft_engine *engine, size_t count, uint64_t *gas_used) {
    weft_block_result result;
    weft_status status = set_contract(c, count);
    const weft_state_view view = weft_memory_state_view(c->state);
    if (status == WEFT_OK) {
        status = weft_engine_execute(engine, &result, &c->block, &view, &options);
    }
    if (status == WEFT_OK) {
        *gas_used = result.gas_used;
        status = result.verdict == WEFT_VALID && result.receipts[0].success ? WEFT_OK : WEFT_DECODE;
    }
    return status;
}

static weft_status time_repeated(bench *b, repeated_call *c) {
    uint64_t gas_once, gas_twice, gas;
    weft_status status = try_count(c, b->serial, 1, &gas_once);
    if (status == WEFT_OK) {
        status = try_count(c, b->serial, 2, &gas_twice);
    }
    if (status != WEFT_OK) {
        return status;
    }
    const uint64_t count = CALLS_GAS / (gas_twice - gas_once);
    const size_t calls = count < 1 ? 1 : count > CALLS_MAX ? CALLS_MAX : (size_t)count;
    status = try_count(c, b->serial, calls, &gas);
    if (status == WEFT_OK) {
        const weft_state_view view = weft_memory_state_view(c->state);
        const bench_block timed = {.chain = &c->chain, .block = &c->block, .view = &view, .options = &options};
        const bench_title title = {
            .workload = c->name, .name = c->name, .label = "", .state = "memory", .call_count = calls};
        (void)bench_time_block(b, &title, &timed);
    }
    return status;
}

static weft_status time_call(bench *b, repeated_call *c) {
    weft_status status = prepare(c);
    if (status == WEFT_OK && bench_create_engines(b, &c->chain)) {
        status = time_repeated(b, c);
        bench_destroy_engines(b);
    }
    weft_memory_state_destroy(c->state);
    weft_decoder_destroy(c->decoder);
    return status;
}

/* Returns: false with the document's failure set. */
static bool read_call(repeated_call *c, json_document *document, const json_value *value) {
    const json_value *name = json_get(value, "name");
    *c = (repeated_call){.state = NULL};
    if (name == NULL || name->kind != JSON_STRING || json_get(value, "output") == NULL) {
        return json_refuse(document, value, "must be {name, address, input, output}");
    }
    c->name = name->text;
    return network_chain(&c->chain, weft_fork_name(WEFT_OSAKA)) &&
           json_address(document, value, "address", &c->precompile) &&
           json_bytes(document, value, "input", &c->input) && json_bytes(document, value, "output", &c->output);
}

void precompile_calls_time(bench *b, json_document *document) {
    for (const json_value *value = json_first(document->root); value != NULL; value = value->next) {
        repeated_call c;
        if (!read_call(&c, document, value)) {
            bench_fail(b, document->failure);
            return;
        }
        weft_status status = time_call(b, &c);
        if (status != WEFT_OK) {
            failure f;
            failure_set(&f, status, "%s: %s", c.name,
                        status == WEFT_DECODE ? "the output is another one" : weft_status_message(status));
            bench_fail(b, &f);
        }
    }
}
