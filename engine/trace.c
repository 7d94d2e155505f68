#include "engine/trace.h"

#include "base/bytes.h"
#include "engine/accepted_view.h"
#include "engine/opcodes.h"

enum { OPCODE_INVALID = 0xfe /* EIP-141: never defined */ };

#define OPCODE_SINCE(argument, value, name, fork, gas, pops, pushes) [value] = WEFT_##fork + 1,
/* The first fork of each opcode, plus one; 0 = no fork has it. */
static const uint8_t since[256] = {OPCODES(OPCODE_SINCE, unused)};

const weft_opcode *weft_opcode_of(uint8_t opcode) {
#define OPCODE_ROW(argument, value, name, fork, gas, pops, pushes) [value] = {#name, pops, pushes},
    static const weft_opcode table[256] = {OPCODES(OPCODE_ROW, unused)[OPCODE_INVALID] = {"INVALID", 0, 0}};
    return table[opcode].name == NULL ? NULL : &table[opcode];
}

const char *weft_fault_message(weft_fault fault) {
#define FAULT_WORDS(name, words) [WEFT_FAULT_##name] = (words),
    static const char *const messages[] = {WEFT_FAULT_MAP(FAULT_WORDS)};
    return (size_t)fault < sizeof messages / sizeof messages[0] ? messages[fault] : "unknown fault";
}

/* --- Transactions */

trace *trace_create(arena *memory, const weft_tracer *tracer, block_state *state, const evm_block *block) {
    trace *t = arena_alloc_zero(memory, sizeof *t);
    if (t != NULL) {
        memcpy(&t->tracer, tracer, tracer->size < sizeof t->tracer ? tracer->size : sizeof t->tracer);
        t->view = accepted_view(state);
        t->transaction = (weft_trace_transaction){
            .fork = block->fork, .block_number = block->number, .coinbase = block->coinbase, .state = &t->view};
    }
    return t;
}

void trace_transaction_begin(trace *t, size_t index, const tx_plan *plan) {
    t->depth = 0;
    t->pc = NULL;
    t->transaction.index = index;
    t->transaction.transaction = plan->tx;
    t->transaction.sender = plan->sender;
    t->transaction.gas_price = plan->gas_price;
    t->transaction.receipt = NULL;
    if (t->tracer.transaction_begin != NULL) {
        t->tracer.transaction_begin(t->tracer.context, &t->transaction);
    }
}

void trace_transaction_end(trace *t, const weft_receipt *receipt) {
    t->transaction.receipt = receipt;
    if (t->tracer.transaction_end != NULL) {
        t->tracer.transaction_end(t->tracer.context, &t->transaction);
    }
}

/* --- Messages */

static void tell_enter(trace *t, const weft_trace_enter *enter) {
    if (t->tracer.enter != NULL) {
        t->tracer.enter(t->tracer.context, enter);
    }
}

static void tell_leave(trace *t, const weft_trace_leave *leave) {
    if (t->tracer.leave != NULL) {
        t->tracer.leave(t->tracer.context, leave);
    }
}

void trace_enter(machine *m, const call_request *r, const weft_address *to) {
    static const uint8_t opcodes[] = {
        [EVM_CALL] = OPCODE_CALL,     [EVM_CALLCODE] = OPCODE_CALLCODE,     [EVM_DELEGATECALL] = OPCODE_DELEGATECALL,
        [EVM_CREATE] = OPCODE_CREATE, [EVM_STATICCALL] = OPCODE_STATICCALL, [EVM_CREATE2] = OPCODE_CREATE2};
    trace *t = m->trace;
    weft_address code_address = {{0}};
    if (r->code_account != NULL) {
        code_address = *tx_account_address(r->code_account);
    }
    bool hides_sender = r->kind == EVM_DELEGATECALL; /* sender is then the caller's caller */
    t->gas[t->depth] = r->gas;
    t->fault = WEFT_FAULT_NONE;
    tell_enter(t, &(weft_trace_enter){.opcode = opcodes[r->kind],
                                      .depth = t->depth,
                                      .from = hides_sender ? *tx_account_address(r->recipient) : r->sender,
                                      .to = *to,
                                      .code_address = code_address,
                                      .is_precompile = r->precompile != NULL,
                                      .gas = (uint64_t)r->gas,
                                      .value = r->value,
                                      .input = bytes_of(m->memory.bytes + r->input_offset, r->input_size)});
    t->depth++;
}

void trace_leave(machine *m, const evm_result *result) {
    trace *t = m->trace;
    if (result->status == EVM_HOST_FAILURE || t->depth == 0) {
        return;
    }
    t->depth--;
    weft_fault fault = result->fault;
    if (fault == WEFT_FAULT_NONE && result->status != EVM_SUCCESS) {
        fault = t->fault;
    }
    tell_leave(t, &(weft_trace_leave){.depth = t->depth,
                                      .output = bytes_of(m->return_data.bytes, m->return_data.size),
                                      .gas_used = (uint64_t)(t->gas[t->depth] - result->gas_left),
                                      .fault = fault});
}

/* --- Instructions */

static bool is_above(const weft_u256 *a, uint64_t limit) {
    return !u256_fits_u64(a) || a->limb[0] > limit;
}

/* Whether a static frame may not execute this instruction (EIP-214). sp: behind its operands. */
static bool writes_state(uint8_t opcode, const weft_u256 *sp) {
    bool is_log = opcode >= OPCODE_LOG0 && opcode <= OPCODE_LOG4;
    bool creates = opcode == OPCODE_CREATE || opcode == OPCODE_CREATE2;
    bool pays = opcode == OPCODE_CALL && !u256_is_zero(&sp[-3]);
    return is_log || creates || pays || opcode == OPCODE_SSTORE || opcode == OPCODE_TSTORE ||
           opcode == OPCODE_SELFDESTRUCT;
}

/* Why the instruction at t->pc halted. What is not one of the other reasons is a lack of gas. */
static weft_fault find_fault(const machine *m, const frame *f) {
    const trace *t = m->trace;
    uint8_t opcode = *t->pc;
    const weft_u256 *sp = f->stack + t->stack_count;
    if (since[opcode] == 0 || since[opcode] > (int)m->block->fork + 1) {
        return WEFT_FAULT_INVALID_OPCODE;
    }
    const weft_opcode *o = weft_opcode_of(opcode);
    if (t->stack_count < o->pops) {
        return WEFT_FAULT_STACK_UNDERFLOW;
    }
    if (t->stack_count - o->pops + o->pushes > STACK_WORDS_MAX) {
        return WEFT_FAULT_STACK_OVERFLOW;
    }
    if (f->is_static && writes_state(opcode, sp)) {
        return WEFT_FAULT_WRITE_PROTECTION;
    }
    switch (opcode) {
    case OPCODE_JUMP:
    case OPCODE_JUMPI: return f->gas >= 0 ? WEFT_FAULT_INVALID_JUMP : WEFT_FAULT_OUT_OF_GAS;
    case OPCODE_RETURNDATACOPY:
        return is_above(&sp[-2], m->return_data.size) || is_above(&sp[-3], m->return_data.size - (size_t)sp[-2].limb[0])
                   ? WEFT_FAULT_RETURN_DATA_BOUNDS
                   : WEFT_FAULT_OUT_OF_GAS;
    case OPCODE_CREATE:
    case OPCODE_CREATE2:
        return m->rules->max_initcode_size != 0 && is_above(&sp[-3], m->rules->max_initcode_size)
                   ? WEFT_FAULT_INITCODE_SIZE
                   : WEFT_FAULT_OUT_OF_GAS;
    default: return WEFT_FAULT_OUT_OF_GAS;
    }
}

/* A SELFDESTRUCT is a message of its own to those who follow value. */
static void tell_selfdestruct(trace *t, const frame *f) {
    tell_enter(t, &(weft_trace_enter){.opcode = OPCODE_SELFDESTRUCT,
                                      .depth = t->depth,
                                      .from = *f->address,
                                      .to = t->beneficiary,
                                      .value = t->balance});
    tell_leave(t, &(weft_trace_leave){.depth = t->depth});
}

static void end_step(const machine *m, const frame *f, weft_fault fault) {
    trace *t = m->trace;
    if (t->pc == NULL) {
        return;
    }
    uint8_t opcode = *t->pc;
    int64_t gas_cost = t->step_gas - f->gas;
    if ((opcode == OPCODE_CREATE || opcode == OPCODE_CREATE2) && fault == WEFT_FAULT_NONE) {
        gas_cost -= f->request.gas;
    }
    t->fault = fault;
    if (t->tracer.step_end != NULL) {
        const weft_trace_step_end end = {.gas_cost = (uint64_t)gas_cost, .refund = m->ts->refund, .fault = fault};
        t->tracer.step_end(t->tracer.context, &end);
    }
    if (opcode == OPCODE_SELFDESTRUCT && fault == WEFT_FAULT_NONE) {
        tell_selfdestruct(t, f);
    }
    t->pc = NULL;
}

void trace_step(machine *m, const frame *f) {
    trace *t = m->trace;
    end_step(m, f, WEFT_FAULT_NONE);
    t->pc = f->pc;
    t->step_gas = f->gas;
    t->stack_count = (size_t)(f->sp - f->stack);
    if (*f->pc == OPCODE_SELFDESTRUCT && t->stack_count > 0) {
        t->beneficiary = u256_to_address(&f->sp[-1]);
        t->balance = tx_account_balance(m->ts, f->account);
    }
    if (t->tracer.step != NULL) {
        const weft_trace_step step = {.pc = (size_t)(f->pc - f->code->bytes),
                                      .opcode = *f->pc,
                                      .depth = t->depth - 1,
                                      .gas = (uint64_t)f->gas,
                                      .refund = m->ts->refund,
                                      .address = *f->address,
                                      .stack = f->stack,
                                      .stack_count = t->stack_count,
                                      .memory = bytes_of(frame_memory(m, f, 0), f->memory_size),
                                      .return_data = bytes_of(m->return_data.bytes, m->return_data.size)};
        t->tracer.step(t->tracer.context, &step);
    }
}

void trace_frame_left(machine *m, const frame *f, frame_state state) {
    weft_fault fault = WEFT_FAULT_NONE;
    if (state == FRAME_HALTED) {
        fault = find_fault(m, f);
    } else if (state == FRAME_REVERTED) {
        fault = WEFT_FAULT_REVERTED;
    }
    end_step(m, f, fault);
}
