#include "engine/evm.h"

#include "base/bytes.h"
#include "base/rlp.h"
#include "crypto/keccak.h"
#include "crypto/keccak_memo.h"
#include "engine/access.h"
#include "engine/decoded_code.h"
#include "engine/instructions.h"
#include "engine/interpreter.h"
#include "engine/trace.h"

struct evm {
    machine machine;
    arena init_codes; /* analysed init code of the creations under way */
    size_t frame_count;
    frame frames[FRAME_COUNT_MAX];
};

evm *evm_create(void) {
    /* The first two are large and touched only as deep as calls nest, so that most of it is never backed by memory. */
    evm *vm = calloc(1, sizeof *vm);
    size_t stack_size = ((size_t)FRAME_COUNT_MAX * STACK_WORDS_MAX + 64 / sizeof(weft_u256)) * sizeof(weft_u256);
    weft_u256 *stack = aligned_alloc(64, stack_size);
    keccak_memo *hashes = aligned_alloc(_Alignof(keccak_memo), sizeof *hashes);
    if (vm == NULL || stack == NULL || hashes == NULL) {
        free(vm);
        free(stack);
        free(hashes);
        return NULL;
    }
    vm->machine.stack = stack;
    vm->machine.hashes = hashes;
    keccak_memo_init(hashes);
    arena_init(&vm->init_codes, 0);
    return vm;
}

void evm_destroy(evm *vm) {
    if (vm == NULL) {
        return;
    }
    arena_free(&vm->init_codes);
    buffer_free(&vm->machine.memory);
    buffer_free(&vm->machine.return_data);
    free(vm->machine.stack);
    free(vm->machine.hashes);
    free(vm);
}

void evm_begin_block(evm *vm, size_t size_kept) {
    buffer *const buffers[] = {&vm->machine.memory, &vm->machine.return_data};
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        if (buffers[i]->capacity > size_kept) {
            buffer_free(buffers[i]);
        }
    }
    arena_trim(&vm->init_codes, size_kept);
    keccak_memo_forget(vm->machine.hashes);
}

void evm_set_trace(evm *vm, trace *t) {
    vm->machine.trace = t;
}

/* --- Addresses of creations */

weft_address evm_create_address(const weft_address *sender, uint64_t nonce) {
    uint8_t bytes[1 + 21 + 9];
    weft_bytes sender_bytes = bytes_of(sender->bytes, sizeof sender->bytes);
    uint8_t *end = rlp_write_list_header(bytes, rlp_size_string(sender_bytes) + rlp_size_u64(nonce));
    end = rlp_write_string(end, sender_bytes);
    end = rlp_write_u64(end, nonce);
    weft_bytes32 hash = keccak256(bytes, (size_t)(end - bytes));
    weft_address address;
    memcpy(address.bytes, hash.bytes + 12, sizeof address.bytes);
    return address;
}

/* EIP-1014: keccak(0xff ‖ sender ‖ salt ‖ keccak(init code))[12:]. */
static weft_address create2_address(const weft_address *sender, const weft_u256 *salt, weft_bytes init_code) {
    uint8_t bytes[1 + 20 + 32 + 32] = {0xff};
    memcpy(bytes + 1, sender->bytes, sizeof sender->bytes);
    u256_to_be32(bytes + 21, salt);
    weft_bytes32 hash = keccak256(init_code.data, init_code.size);
    memcpy(bytes + 53, hash.bytes, sizeof hash.bytes);
    hash = keccak256(bytes, sizeof bytes);
    weft_address address;
    memcpy(address.bytes, hash.bytes + 12, sizeof address.bytes);
    return address;
}

/* --- How a message begins and ends
 *
 * A message that is over is an evm_result whose output is in machine->return_data. */

static bool is_creation(evm_kind kind) {
    return kind == EVM_CREATE || kind == EVM_CREATE2;
}

static const evm_result message_failed = {.status = EVM_HOST_FAILURE};

static evm_result message_halted(evm *vm, weft_fault fault) {
    vm->machine.return_data.size = 0;
    return (evm_result){.status = EVM_HALT, .fault = fault};
}

static weft_bytes request_input(const evm *vm, const call_request *r) {
    return bytes_of(vm->machine.memory.bytes + r->input_offset, r->input_size);
}

/* What a tracer watches is executed as it is written, and so is init code, which is executed once. */
static void frame_choose_form(const machine *m, frame *f, bool is_init_code) {
    f->patience = UINT32_MAX;
    if (is_init_code || m->trace != NULL) {
        return;
    }
    f->decoded_code = code_cache_decoded(m->block->codes, f->code);
    if (f->decoded_code != NULL) {
        f->decoded = f->decoded_code->units + DECODED_FIRST;
    } else {
        f->patience = code_cache_patience(m->block->codes, f->code);
    }
}

static frame *frame_push(evm *vm, const call_request *r, const code *c, tx_mark mark) {
    frame *f = &vm->frames[vm->frame_count];
    *f = (frame){
        .code = c,
        .account = r->recipient,
        .address = tx_account_address(r->recipient),
        .sender = r->sender,
        .value = r->value,
        .is_static = r->is_static,
        .input_offset = r->input_offset,
        .input_size = r->input_size,
        .stack = vm->machine.stack + 1,                 /* behind the word that may be read below an empty stack */
        .memory_offset = 32 * gas_words(r->input_size), /* the top frame's input is at 0 */
        .pc = c->bytes,
        .gas = r->gas,
        .mark = mark,
        .grown = state_gas_checkpoint(vm->machine.ts),
    };
    if (vm->frame_count > 0) {
        const frame *parent = f - 1;
        f->stack = parent->sp;
        f->memory_offset = parent->memory_offset + parent->memory_size;
    }
    f->sp = f->stack;
    frame_choose_form(&vm->machine, f, is_creation(r->kind));
    vm->frame_count++;
    return f;
}

static evm_result precompile_call(evm *vm, const call_request *r, tx_mark mark) {
    machine *m = &vm->machine;
    weft_bytes input = request_input(vm, r);
    uint64_t gas = precompile_gas(r->precompile, m->rules, input);
    bool is_paid = gas <= (uint64_t)r->gas;
    crypto_result result = is_paid ? precompile_run(r->precompile, input, &m->return_data) : CRYPTO_INVALID;
    if (result == CRYPTO_OK) {
        return (evm_result){.status = EVM_SUCCESS, .gas_left = r->gas - (int64_t)gas};
    }
    if (result == CRYPTO_INVALID) {
        tx_state_revert(m->ts, mark);
        return message_halted(vm, is_paid ? WEFT_FAULT_PRECOMPILE : WEFT_FAULT_OUT_OF_GAS);
    }
    tx_state_fail(m->ts, result == CRYPTO_NO_MEMORY ? WEFT_NO_MEMORY : WEFT_UNSUPPORTED);
    return message_failed;
}

/* Returns: true when a frame was pushed, false when the message is over with *result. */
static bool call_begin(evm *vm, const call_request *r, evm_result *result) {
    machine *m = &vm->machine;
    tx_mark mark = tx_state_checkpoint(m->ts);
    if (r->kind == EVM_CALL && !u256_is_zero(&r->value)) {
        tx_state_transfer(m->ts, r->payer, r->recipient, &r->value);
    } else if (r->kind == EVM_CALL || r->kind == EVM_STATICCALL) {
        tx_account_touch(m->ts, r->recipient);
    }
    if (r->precompile != NULL) {
        *result = precompile_call(vm, r, mark);
        return false;
    }
    const code *c =
        r->code_account == NULL ? code_cache_empty(m->block->codes) : tx_account_code(m->ts, r->code_account);
    if (c == NULL) {
        *result = message_failed;
        return false;
    }
    if (c->size == 0) {
        *result = (evm_result){.status = EVM_SUCCESS, .gas_left = r->gas};
        return false;
    }
    (void)frame_push(vm, r, c, mark);
    return true;
}

/* The creator's nonce has been raised and the request's recipient is known. Returns as call_begin(). */
static bool creation_begin(evm *vm, const call_request *r, evm_result *result) {
    machine *m = &vm->machine;
    if (m->rules->has_access_lists) {
        (void)tx_account_warm(m->ts, r->recipient);
    }
    bool collides = false;
    if (!tx_account_collides(m->ts, r->recipient, &collides)) {
        *result = message_failed;
        return false;
    }
    if (collides) {
        *result = message_halted(vm, WEFT_FAULT_ADDRESS_COLLISION);
        return false;
    }
    arena_mark code_mark = arena_checkpoint(&vm->init_codes);
    code *init_code = arena_alloc(&vm->init_codes, sizeof *init_code);
    void *storage = arena_alloc(&vm->init_codes, code_storage_size(r->input_size));
    if (init_code == NULL || storage == NULL) {
        (void)machine_out_of_memory(m);
        *result = message_failed;
        return false;
    }
    code_place(init_code, storage, request_input(vm, r));

    tx_mark mark = tx_state_checkpoint(m->ts);
    tx_account_create(m->ts, r->recipient);
    if (!u256_is_zero(&r->value)) {
        tx_state_transfer(m->ts, r->payer, r->recipient, &r->value);
    }
    frame *f = frame_push(vm, r, init_code, mark);
    f->is_creation = true;
    f->code_mark = code_mark;
    f->input_size = 0; /* init code sees no call data */
    return true;
}

typedef enum deposit { DEPOSITED, DEPOSIT_REFUSED, DEPOSIT_FAILED } deposit;

/* Install what init code returned as the contract's code, charging the frame. Out: fault   why it was refused. */
static deposit code_deposit(machine *m, frame *f, weft_bytes bytes, weft_fault *fault) {
    const fork_rules *rules = m->rules;
    if (rules->rejects_ef_code && bytes.size != 0 && bytes.data[0] == 0xef) {
        *fault = WEFT_FAULT_CODE_PREFIX;
        return DEPOSIT_REFUSED;
    }
    if (rules->max_code_size != 0 && bytes.size > rules->max_code_size) {
        *fault = WEFT_FAULT_CODE_SIZE;
        return DEPOSIT_REFUSED;
    }
    uint64_t gas = rules->gas_code_byte * (uint64_t)bytes.size + rules->gas_code_word * gas_words(bytes.size);
    if (!frame_charge(f, gas) || !frame_charge_state(m, f, state_gas_of_code(rules, bytes.size))) {
        /* EIP-2: before it, a contract that could not pay was left without code. */
        *fault = WEFT_FAULT_CODE_DEPOSIT_GAS;
        return rules->homestead_creation ? DEPOSIT_REFUSED : DEPOSITED;
    }
    if (bytes.size == 0) {
        return DEPOSITED;
    }
    const code *c = code_cache_add(m->block->codes, bytes);
    if (c == NULL) {
        (void)machine_out_of_memory(m);
        return DEPOSIT_FAILED;
    }
    tx_account_set_code(m->ts, f->account, c);
    return DEPOSITED;
}

/* STATE_GAS_AT_FRAME_END: pay for what the frame has added. One that cannot fails, but keeps its gas. */
static bool frame_settle(machine *m, frame *f) {
    return m->rules->state_gas != STATE_GAS_AT_FRAME_END || state_gas_settle(m->ts, f->grown, &f->gas);
}

/* Pop the deepest frame, which ended with `state`. */
static evm_result frame_pop(evm *vm, frame_state state) {
    machine *m = &vm->machine;
    frame *f = &vm->frames[--vm->frame_count];
    weft_fault fault = WEFT_FAULT_NONE;
    if (state == FRAME_STOPPED || state == FRAME_REVERTED) {
        weft_bytes output = bytes_of(frame_memory(m, f, f->output_offset), f->output_size);
        if (state == FRAME_STOPPED && f->is_creation) {
            deposit d = code_deposit(m, f, output, &fault);
            state = d == DEPOSITED ? state : d == DEPOSIT_REFUSED ? FRAME_HALTED : FRAME_FAILED;
        }
        if (!buffer_assign(&m->return_data, output)) {
            state = machine_out_of_memory(m);
        }
    }
    if (f->is_creation) {
        arena_rollback(&vm->init_codes, f->code_mark);
    }
    if (state == FRAME_FAILED) {
        return message_failed;
    }
    bool is_settled = state == FRAME_STOPPED && frame_settle(m, f);
    if (is_settled) {
        return (evm_result){.status = EVM_SUCCESS, .gas_left = f->gas, .spilled = f->spilled};
    }
    tx_state_revert(m->ts, f->mark);
    switch (state) {
    case FRAME_HALTED: return message_halted(vm, fault);
    case FRAME_STOPPED: fault = WEFT_FAULT_OUT_OF_GAS; /* fall through */
    default: return (evm_result){.status = EVM_REVERT, .fault = fault, .gas_left = f->gas + f->spilled};
    }
}

/* --- Messages between frames */

/* Depth, funds and nonce: what keeps a message from beginning without costing its gas. WEFT_FAULT_NONE: nothing. */
static weft_fault request_obstacle(evm *vm, const call_request *r) {
    tx_state *ts = vm->machine.ts;
    bool moves_value = is_creation(r->kind) || r->kind == EVM_CALL || r->kind == EVM_CALLCODE;
    if (vm->frame_count > CALL_DEPTH_MAX) {
        return WEFT_FAULT_DEPTH;
    }
    if (moves_value && !u256_is_zero(&r->value) && !tx_account_can_pay(ts, r->payer, &r->value)) {
        return WEFT_FAULT_INSUFFICIENT_BALANCE;
    }
    bool at_last_nonce = is_creation(r->kind) && tx_account_nonce(ts, r->payer) == UINT64_MAX;
    return at_last_nonce ? WEFT_FAULT_NONCE_OVERFLOW : WEFT_FAULT_NONE;
}

/* The address of what the request creates. The creator's nonce has not been raised yet. */
static weft_address creation_address(const evm *vm, const call_request *r) {
    return r->kind == EVM_CREATE2 ? create2_address(&r->sender, &r->salt, request_input(vm, r))
                                  : evm_create_address(&r->sender, tx_account_nonce(vm->machine.ts, r->payer));
}

/* The state gas of a new account is taken before the rest is divided between creator and init code (EIP-8037). Returns:
 * false when the creator has not got it. */
static bool creation_pay_account(machine *m, frame *f) {
    call_request *r = &f->request;
    uint64_t gas = state_gas_of_account(m->rules);
    if (gas == 0 || !tx_account_is_dead(m->ts, r->recipient)) {
        return true;
    }
    r->account_gas = gas;
    f->gas += r->gas;
    bool is_paid = frame_charge_state(m, f, gas);
    r->gas = gas_all_but_64th(f->gas);
    f->gas -= r->gas;
    return is_paid;
}

/* Before a creation that nothing obstructs: raise the creator's nonce, find the account to create and pay for it.
 * Returns: FRAME_WAITS, or what the creator has come to. */
static frame_state creation_prepare(evm *vm, frame *f) {
    tx_state *ts = vm->machine.ts;
    call_request *r = &f->request;
    weft_address address = creation_address(vm, r);
    tx_account_set_nonce(ts, r->payer, tx_account_nonce(ts, r->payer) + 1);
    r->recipient = tx_state_account(ts, &address);
    if (r->recipient == NULL) {
        return FRAME_FAILED;
    }
    return creation_pay_account(&vm->machine, f) ? FRAME_WAITS : FRAME_HALTED;
}

static void trace_request(evm *vm, const call_request *r) {
    weft_address unborn;
    const weft_address *to = &unborn;
    if (!is_creation(r->kind)) {
        to = tx_account_address(r->callee);
    } else if (r->recipient != NULL) {
        to = tx_account_address(r->recipient);
    } else {
        unborn = creation_address(vm, r);
    }
    trace_enter(&vm->machine, r, to);
}

/* Begin what the waiting frame asks for. Returns as call_begin(). */
static bool request_begin(evm *vm, const call_request *r, weft_fault obstacle, evm_result *result) {
    vm->machine.return_data.size = 0;
    if (vm->machine.trace != NULL) {
        trace_request(vm, r);
    }
    if (obstacle != WEFT_FAULT_NONE) {
        *result = (evm_result){.status = EVM_REVERT, .fault = obstacle, .gas_left = r->gas};
        return false;
    }
    return is_creation(r->kind) ? creation_begin(vm, r, result) : call_begin(vm, r, result);
}

/* Hand the result of its request to the waiting frame. */
static void request_end(evm *vm, frame *f, const evm_result *result) {
    machine *m = &vm->machine;
    const call_request *r = &f->request;
    bool succeeded = result->status == EVM_SUCCESS;
    f->gas += result->gas_left;
    f->spilled += result->spilled;
    if (!succeeded && r->account_gas != 0) {
        state_gas_refill(m->ts, r->account_gas, &f->gas, &f->spilled);
    }
    if (is_creation(r->kind)) {
        f->sp[-1] = succeeded ? u256_from_address(tx_account_address(r->recipient)) : u256_zero();
        m->return_data.size = succeeded ? 0 : m->return_data.size;
        return;
    }
    f->sp[-1] = u256_from_u64(succeeded ? 1 : 0);
    size_t size = m->return_data.size < r->output_size ? m->return_data.size : r->output_size;
    if (size != 0) {
        memcpy(m->memory.bytes + r->output_offset, m->return_data.bytes, size);
    }
}

/* --- The top-level message */

/* Returns as call_begin(). */
static bool message_begin(evm *vm, const evm_message *message, evm_result *result) {
    machine *m = &vm->machine;
    call_request r = {
        .kind = message->kind,
        .gas = message->gas,
        .payer = message->sender,
        .sender = *tx_account_address(message->sender),
        .value = message->value,
        .recipient = message->recipient,
        .input_size = message->input.size,
    };
    *result = message_failed;
    /* Room for whole words: the top frame's memory begins behind the input. */
    if (!buffer_reserve(&m->memory, 32 * gas_words(message->input.size) + 32)) {
        (void)machine_out_of_memory(m);
        return false;
    }
    if (message->input.size != 0) {
        memcpy(m->memory.bytes, message->input.data, message->input.size);
    }
    tx_account *delegate = NULL;
    if (!is_creation(message->kind) && !call_resolve(m, &r, r.recipient, &delegate)) {
        return false;
    }
    if (delegate != NULL) {
        (void)tx_account_warm(m->ts, delegate);
        tx_account_access(m->ts, delegate);
    }
    if (m->trace != NULL) {
        trace_enter(m, &r, tx_account_address(message->recipient));
    }
    return is_creation(message->kind) ? creation_begin(vm, &r, result) : call_begin(vm, &r, result);
}

evm_result evm_run(evm *vm, const evm_block *block, const evm_transaction *tx, tx_state *ts,
                   const evm_message *message) {
    machine *m = &vm->machine;
    m->block = block;
    m->tx = tx;
    m->rules = block->rules;
    m->ts = ts;
    m->return_data.size = 0;
    vm->frame_count = 0;
    arena_reset(&vm->init_codes);

    evm_result result;
    bool is_running = message_begin(vm, message, &result);
    if (m->trace != NULL && !is_running) {
        trace_leave(m, &result);
    }
    while (vm->frame_count > 0 && (is_running || result.status != EVM_HOST_FAILURE)) {
        frame *f = &vm->frames[vm->frame_count - 1];
        if (!is_running) {
            request_end(vm, f, &result);
        }
        frame_state state = interpreter_run(m, f);
        weft_fault obstacle = state == FRAME_WAITS ? request_obstacle(vm, &f->request) : WEFT_FAULT_NONE;
        if (state == FRAME_WAITS && obstacle == WEFT_FAULT_NONE && is_creation(f->request.kind)) {
            state = creation_prepare(vm, f);
        }
        if (m->trace != NULL) {
            trace_frame_left(m, f, state);
        }
        is_running = state == FRAME_WAITS && request_begin(vm, &f->request, obstacle, &result);
        if (state != FRAME_WAITS) {
            result = frame_pop(vm, state);
        }
        if (m->trace != NULL && !is_running) {
            trace_leave(m, &result);
        }
    }
    if (tx_state_status(ts) != WEFT_OK) {
        result = message_failed;
    }
    result.output = bytes_of(m->return_data.bytes, result.status == EVM_HOST_FAILURE ? 0 : m->return_data.size);
    return result;
}
