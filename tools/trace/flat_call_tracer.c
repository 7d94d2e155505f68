/* flatCallTracer: the messages as a list, each with the path that leads to it, as Parity's trace_transaction told them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tools/trace/call_tree.h"

enum { OPCODE_CALL = 0xf1, OPCODE_STATICCALL = 0xfa, OPCODE_SELFDESTRUCT = 0xff, DEPTH_MAX = 1026 };

typedef struct flat_call_tracer {
    call_tree tree; /* first: this is a tracer, too */
    bool parity_errors, precompiles;
    size_t path[DEPTH_MAX]; /* of the message being written, from below the first */
} flat_call_tracer;

/* Calls of precompiles are not told unless they are asked for. */
static bool is_told(const flat_call_tracer *t, const call *c) {
    bool is_plain = c->enter.opcode == OPCODE_CALL || c->enter.opcode == OPCODE_STATICCALL;
    return t->precompiles || c->enter.depth == 0 || !is_plain || !c->enter.is_precompile;
}

/* --- Errors, as Parity named them */

static const char *parity_error(const call *c) {
    switch (c->fault) {
    case WEFT_FAULT_CODE_DEPOSIT_GAS:
    case WEFT_FAULT_CODE_SIZE:
    case WEFT_FAULT_OUT_OF_GAS: return "Out of gas";
    case WEFT_FAULT_INVALID_JUMP: return "Bad jump destination";
    case WEFT_FAULT_REVERTED: return "Reverted";
    case WEFT_FAULT_RETURN_DATA_BOUNDS: return "Out of bounds";
    case WEFT_FAULT_STACK_OVERFLOW: return "Out of stack";
    case WEFT_FAULT_STACK_UNDERFLOW: return "Stack underflow";
    case WEFT_FAULT_INVALID_OPCODE: return "Bad instruction";
    case WEFT_FAULT_PRECOMPILE: return "Built-in failed";
    default: return c->error;
    }
}

/* --- The parts of an entry */

static void write_lower(json_writer *w, const char *key, const char *name) {
    char text[32] = "";
    for (size_t i = 0; i < sizeof text - 1 && name[i] != '\0'; i++) {
        text[i] = (char)tolower((unsigned char)name[i]);
    }
    json_write_text(w, key, text);
}

static void write_action(json_writer *w, const call *c) {
    const weft_trace_enter *e = &c->enter;
    json_write_open(w, "action", '{');
    if (e->opcode == OPCODE_SELFDESTRUCT) {
        json_write_address(w, "address", &e->from);
        json_write_u256(w, "balance", &e->value);
        json_write_address(w, "refundAddress", &e->to);
        json_write_close(w, '}');
        return;
    }
    write_lower(w, call_creates(c) ? "creationMethod" : "callType", weft_opcode_of(e->opcode)->name);
    json_write_address(w, "from", &e->from);
    json_write_quantity(w, "gas", e->gas);
    json_write_bytes(w, call_creates(c) ? "init" : "input", e->input);
    if (!call_creates(c)) {
        json_write_address(w, "to", &e->to);
    }
    json_write_u256(w, "value", &e->value);
    json_write_close(w, '}');
}

/* Of a message that failed there is a result only if it said something, which only REVERT can. */
static void write_result_of(json_writer *w, const call *c) {
    bool failed = c->fault != WEFT_FAULT_NONE;
    if (c->enter.opcode == OPCODE_SELFDESTRUCT || (failed && c->fault != WEFT_FAULT_REVERTED)) {
        return;
    }
    json_write_open(w, "result", '{');
    if (call_creates(c) && !failed) {
        json_write_address(w, "address", &c->enter.to);
    }
    json_write_hex(w, call_creates(c) ? "code" : "output", c->output, c->output_size);
    json_write_quantity(w, "gasUsed", c->gas_used);
    json_write_close(w, '}');
}

static void write_place(const flat_call_tracer *t, json_writer *w, size_t depth, size_t told_children) {
    json_write_count(w, "subtraces", told_children);
    json_write_open(w, "traceAddress", '[');
    for (size_t i = 0; i < depth; i++) {
        json_write_count(w, NULL, t->path[i]);
    }
    json_write_close(w, ']');
    json_write_null(w, "blockHash"); /* nobody says which block this is */
    json_write_count(w, "blockNumber", t->tree.block_number);
    json_write_bytes32(w, "transactionHash", &t->tree.hash);
    json_write_count(w, "transactionPosition", t->tree.index);
}

static const char *type_of(const call *c) {
    return c->enter.opcode == OPCODE_SELFDESTRUCT ? "suicide" : call_creates(c) ? "create" : "call";
}

/* The message and all below it; as deep as calls nest. */
static void write_calls(flat_call_tracer *t, json_writer *w, const call *c, size_t depth) {
    const call *calls = t->tree.calls;
    size_t told = 0;
    for (size_t i = c->first_child; i != NO_CALL; i = calls[i].next) {
        told += is_told(t, &calls[i]);
    }
    json_write_open(w, NULL, '{');
    write_action(w, c);
    if (c->fault != WEFT_FAULT_NONE) {
        json_write_text(w, "error", t->parity_errors ? parity_error(c) : c->error);
    }
    write_result_of(w, c);
    write_place(t, w, depth, told);
    json_write_text(w, "type", type_of(c));
    json_write_close(w, '}');
    size_t position = 0;
    for (size_t i = c->first_child; i != NO_CALL && depth < DEPTH_MAX; i = calls[i].next) {
        if (is_told(t, &calls[i])) {
            t->path[depth] = position++;
            write_calls(t, w, &calls[i], depth + 1);
        }
    }
}

static void write_result(result_tracer *base, json_writer *w, const char *key) {
    flat_call_tracer *t = (flat_call_tracer *)base;
    json_write_open(w, key, '[');
    if (t->tree.call_count != 0) {
        write_calls(t, w, &t->tree.calls[0], 0);
    }
    json_write_close(w, ']');
}

static void destroy(result_tracer *base) {
    call_tree_free((call_tree *)base);
    free(base);
}

result_tracer *flat_call_tracer_create(const json_document *document, const json_value *config) {
    flat_call_tracer *t = calloc(1, sizeof *t);
    if (t == NULL) {
        (void)json_fail(document, WEFT_NO_MEMORY);
        return NULL;
    }
    call_tree_init(&t->tree);
    t->tree.base.write = write_result;
    t->tree.base.destroy = destroy;
    if (!json_boolean(document, config, "convertParityErrors", &t->parity_errors) ||
        !json_boolean(document, config, "includePrecompiles", &t->precompiles)) {
        destroy(&t->tree.base);
        return NULL;
    }
    return &t->tree.base;
}
