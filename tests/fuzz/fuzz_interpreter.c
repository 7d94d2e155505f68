/* A message to code, executed as it is written, decoded, and as the engine chooses, which is decoded at a jump when enough of it
 * has been executed: result, gas, output, logs and all that the transaction knows of the state are the same.
 *
 * Two contracts with the input's code, which may call, create and destroy, an account that delegates to the first (EIP-7702)
 * and the sender are all there is. Only the engine's own headers let a message be run without a block, which is what makes
 * this fast. */
#include "base/bytes.h"
#include "crypto/keccak.h"
#include "engine/evm.h"
#include "engine/tx_state_internal.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/program_generator.h"

enum {
    CONTRACT = 0x20, /* last byte of the first contract's address, the others being zero */
    OTHER_CONTRACT = 0x21,
    DELEGATOR = 0x22,
    SENDER = 0x40,
    BLOCK_NUMBER = 1000
};

static weft_address address_of(uint8_t last) {
    return (weft_address){{[19] = last}};
}

/* --- The message and the state before it */

typedef struct subject {
    weft_fork fork;
    int64_t gas;
    weft_u256 value;
    weft_bytes data, codes[2];
    weft_bytes32 hashes[2];
} subject;

static void subject_read(subject *s, const uint8_t *bytes, size_t size) {
    fuzz_input input = {bytes, size};
    s->fork = (weft_fork)input_below(&input, WEFT_FORK_COUNT);
    unsigned gas = input_byte(&input);
    gas |= (unsigned)input_byte(&input) << 8;
    s->gas = (int64_t)gas << input_below(&input, 4);
    s->value = u256_from_u64(input_below(&input, 2));
    size_t data_size = input_below(&input, 68), other_size = input_byte(&input);
    other_size |= (size_t)input_byte(&input) << 8;
    s->data = input_bytes(&input, data_size);
    s->codes[1] = input_bytes(&input, other_size);
    s->codes[0] = input_bytes(&input, input.size);
    for (int i = 0; i < 2; i++) {
        s->hashes[i] = keccak256(s->codes[i].data, s->codes[i].size);
    }
}

/* EIP-7702 */
static const uint8_t delegation[23] = {0xef, 0x01, 0x00, [22] = CONTRACT};

static weft_status view_account(void *context, weft_account *out, const weft_address *address) {
    const subject *s = context;
    weft_address beyond = address_of(address->bytes[19]);
    uint8_t last = memcmp(address, &beyond, sizeof beyond) == 0 ? address->bytes[19] : 0;
    *out = (weft_account){.exists = false};
    if (last == CONTRACT || last == OTHER_CONTRACT || last == DELEGATOR || last == SENDER) {
        *out = (weft_account){u256_from_u64(1000), 1, keccak256_empty, true};
    }
    if (last == CONTRACT || last == OTHER_CONTRACT) {
        out->code_hash = s->hashes[last - CONTRACT];
    } else if (last == DELEGATOR) {
        out->code_hash = keccak256(delegation, sizeof delegation);
    }
    return WEFT_OK;
}

static weft_status view_code(void *context, weft_bytes *out, const weft_address *address, const weft_bytes32 *hash) {
    const subject *s = context;
    (void)hash;
    uint8_t last = address->bytes[19];
    *out = last == DELEGATOR ? bytes_of(delegation, sizeof delegation) : s->codes[last - CONTRACT];
    return WEFT_OK;
}

/* Every other slot holds something. */
static weft_status view_storage(void *context, weft_u256 *out, const weft_address *address, const weft_bytes32 *slot) {
    (void)context;
    (void)address;
    *out = u256_from_u64((slot->bytes[31] & 1u) * slot->bytes[31]);
    return WEFT_OK;
}

static weft_status view_block_hash(void *context, weft_bytes32 *out, uint64_t number) {
    (void)context;
    *out = (weft_bytes32){{[31] = (uint8_t)number}};
    return WEFT_OK;
}

/* --- Executions */

typedef struct execution {
    const char *name;
    block_state cells;
    arena memory;
    tx_state ts;
    evm *vm;
    evm_result result;
} execution;

static void execution_open(execution *e, const char *name, weft_interpreter interpreter) {
    e->name = name;
    e->cells.cells = mv_memory_create(1, 1);
    e->cells.codes = code_cache_create(1);
    e->vm = evm_create();
    FUZZ_CHECK(e->cells.cells != NULL && e->cells.codes != NULL && e->vm != NULL &&
                   tx_state_init(&e->ts, &e->cells, 0, 1),
               "out of memory");
    code_cache_set_interpreter(e->cells.codes, interpreter);
    arena_init(&e->memory, 0);
}

/* Nothing is known of any code from earlier inputs: it would be decoded too soon. */
static void execute(execution *e, subject *s) {
    const weft_state_view view = {s, view_account, view_code, view_storage, NULL, view_block_hash};
    code_cache_trim(e->cells.codes, 0);
    evm_begin_block(e->vm, SIZE_MAX);
    block_state_begin(&e->cells, &view);
    arena_reset(&e->memory);
    const evm_block block = {.rules = fork_rules_of(s->fork),
                             .fork = s->fork,
                             .chain_id = 1,
                             .coinbase = {{0xcb}},
                             .number = BLOCK_NUMBER,
                             .timestamp = 1700000000,
                             .gas_limit = 30000000,
                             .slot_number = 3,
                             .difficulty_or_randao = {{1, 2, 3, 4}},
                             .base_fee = {{7}},
                             .blob_base_fee = {{3}},
                             .view = &e->cells.view,
                             .codes = e->cells.codes};
    const evm_transaction transaction = {.origin = address_of(SENDER), .gas_price = {{11}}};
    const weft_address sender = address_of(SENDER), contract = address_of(CONTRACT);
    tx_state_begin(&e->ts, block.rules, TX_SOURCE_ACCEPTED, 0, &e->memory, &e->memory);
    const evm_message message = {.kind = EVM_CALL,
                                 .gas = s->gas,
                                 .sender = tx_state_account(&e->ts, &sender),
                                 .recipient = tx_state_account(&e->ts, &contract),
                                 .value = s->value,
                                 .input = s->data};
    FUZZ_CHECK(message.sender != NULL && message.recipient != NULL, "out of memory");
    e->result = evm_run(e->vm, &block, &transaction, &e->ts, &message);
    FUZZ_CHECK(e->result.status != EVM_HOST_FAILURE || e->ts.status == WEFT_UNSUPPORTED, "%s: status %d", e->name,
               (int)e->ts.status);
}

/* --- Their comparison */

static void compare_results(const execution *a, const execution *b) {
    const evm_result *x = &a->result, *y = &b->result;
    FUZZ_CHECK(x->status == y->status, "%s ends with %d, %s with %d", a->name, (int)x->status, b->name, (int)y->status);
    FUZZ_CHECK(x->gas_left == y->gas_left, "%s leaves %lld gas, %s %lld", a->name, (long long)x->gas_left, b->name,
               (long long)y->gas_left);
    FUZZ_CHECK(x->spilled == y->spilled && x->fault == y->fault, "%s: state gas or fault differs", b->name);
    FUZZ_CHECK(fuzz_equal(x->output, y->output), "%s: the output differs", b->name);
}

static void compare_logs(const execution *a, const execution *b) {
    const tx_state *x = &a->ts, *y = &b->ts;
    FUZZ_CHECK(x->log_count == y->log_count, "%s logs %u times, %s %u times", a->name, x->log_count, b->name,
               y->log_count);
    for (uint32_t i = 0; i < x->log_count; i++) {
        const weft_log *p = &x->logs[i], *q = &y->logs[i];
        bool is_same = memcmp(&p->address, &q->address, sizeof p->address) == 0 && p->topic_count == q->topic_count &&
                       memcmp(p->topics, q->topics, p->topic_count * sizeof p->topics[0]) == 0 &&
                       fuzz_equal(p->data, q->data);
        FUZZ_CHECK(is_same, "%s: log %u differs", b->name, i);
    }
}

static bool accounts_equal(const tx_account *x, const tx_account *y) {
    const tx_account_now *p = &x->now, *q = &y->now;
    if (memcmp(&x->address, &y->address, sizeof x->address) != 0 || x->warm != y->warm ||
        x->delegation_paid != y->delegation_paid || (x->cell == NULL) != (y->cell == NULL)) {
        return false;
    }
    return x->cell == NULL ||
           (u256_equal(&p->balance, &q->balance) && p->nonce == q->nonce &&
            bytes32_equal(&p->code->hash, &q->code->hash) && p->epoch == q->epoch && p->exists == q->exists &&
            p->touched == q->touched && p->created == q->created && p->destroyed == q->destroyed);
}

static bool slots_equal(const tx_slot *x, const tx_slot *y) {
    return memcmp(&x->account->address, &y->account->address, sizeof x->account->address) == 0 &&
           u256_equal(&x->key, &y->key) && x->epoch == y->epoch && x->warm == y->warm &&
           (x->cell == NULL) == (y->cell == NULL) &&
           (x->cell == NULL || (u256_equal(&x->seen, &y->seen) && u256_equal(&x->current, &y->current)));
}

/* Everything that was asked for, in that order, with what it is now. */
static void compare_states(const execution *a, const execution *b) {
    const tx_account *x = a->ts.accounts, *y = b->ts.accounts;
    for (; x != NULL && y != NULL && accounts_equal(x, y); x = x->next) {
        y = y->next;
    }
    FUZZ_CHECK(x == NULL && y == NULL, "%s: an account differs", b->name);
    const tx_slot *p = a->ts.slots, *q = b->ts.slots;
    for (; p != NULL && q != NULL && slots_equal(p, q); p = p->next) {
        q = q->next;
    }
    FUZZ_CHECK(p == NULL && q == NULL, "%s: a slot differs", b->name);
    FUZZ_CHECK(a->ts.refund == b->ts.refund, "%s: the refund differs", b->name);
    FUZZ_CHECK(memcmp(&a->ts.state_gas, &b->ts.state_gas, sizeof a->ts.state_gas) == 0, "%s: state gas differs",
               b->name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static execution plain, decoded, chosen;
    if (plain.vm == NULL) {
        execution_open(&plain, "plain", WEFT_INTERPRETER_PLAIN);
        execution_open(&decoded, "decoded", WEFT_INTERPRETER_DECODED);
        execution_open(&chosen, "auto", WEFT_INTERPRETER_AUTO);
    }
    subject s;
    subject_read(&s, data, size);
    execute(&plain, &s);
    execution *const others[] = {&decoded, &chosen};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        execute(others[i], &s);
        compare_results(&plain, others[i]);
        compare_logs(&plain, others[i]);
        compare_states(&plain, others[i]);
    }
    return 0;
}

/* Some inputs are made anew, some get instructions that mean something or another header, the rest is left to the driver. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed) {
    test_random random = {seed};
    unsigned choice = (unsigned)random_below(&random, 8);
    if (choice < 4) {
        return program_generate(&random, data, size_max);
    }
    if (size > PROGRAM_HEADER_SIZE && choice < 6) {
        return PROGRAM_HEADER_SIZE + program_overwrite(&random, data + PROGRAM_HEADER_SIZE, size - PROGRAM_HEADER_SIZE);
    }
    if (size > PROGRAM_HEADER_SIZE && choice == 6) {
        random_fill(&random, data, 4); /* fork and gas */
        return size;
    }
    return LLVMFuzzerMutate(data, size, size_max);
}
