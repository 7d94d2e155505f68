/* callTracer: the tree of messages, nested. */
#include <stdlib.h>

#include "tools/hex.h"
#include "tools/trace/call_tree.h"
#include "tools/trace/revert_reason.h"

enum { OPCODE_STATICCALL = 0xfa };

static void write_logs(json_writer *w, const call *c) {
    if (c->first_log == NULL) {
        return;
    }
    json_write_open(w, "logs", '[');
    for (const call_log *log = c->first_log; log != NULL; log = log->next) {
        json_write_open(w, NULL, '{');
        json_write_address(w, "address", &log->address);
        json_write_open(w, "topics", '[');
        for (unsigned i = 0; i < log->topic_count; i++) {
            weft_bytes32 topic = hex_number_bytes(&log->topics[i]);
            json_write_bytes32(w, NULL, &topic);
        }
        json_write_close(w, ']');
        json_write_hex(w, "data", log->data, log->size);
        json_write_quantity(w, "index", log->index);
        json_write_quantity(w, "position", log->position);
        json_write_close(w, '}');
    }
    json_write_close(w, ']');
}

static void write_outcome(json_writer *w, const call *c) {
    char reason[REVERT_REASON_SIZE];
    if (c->output_size != 0) {
        json_write_hex(w, "output", c->output, c->output_size);
    }
    if (c->fault != WEFT_FAULT_NONE) {
        json_write_text(w, "error", c->error);
    }
    if (c->fault == WEFT_FAULT_REVERTED && revert_reason(reason, (weft_bytes){c->output, c->output_size})) {
        json_write_text(w, "revertReason", reason);
    }
}

/* As deep as calls nest: at most 1025. */
static void write_call(const call_tree *t, json_writer *w, const char *key, const call *c) {
    json_write_open(w, key, '{');
    json_write_text(w, "type", weft_opcode_of(c->enter.opcode)->name);
    json_write_address(w, "from", &c->enter.from);
    if (!call_creates(c) || c->fault == WEFT_FAULT_NONE) {
        json_write_address(w, "to", &c->enter.to);
    }
    if (c->enter.opcode != OPCODE_STATICCALL) {
        json_write_u256(w, "value", &c->enter.value);
    }
    json_write_quantity(w, "gas", c->enter.gas);
    json_write_quantity(w, "gasUsed", c->gas_used);
    json_write_bytes(w, "input", c->enter.input);
    write_outcome(w, c);
    write_logs(w, c);
    if (c->child_count != 0) {
        json_write_open(w, "calls", '[');
        for (size_t i = c->first_child; i != NO_CALL; i = t->calls[i].next) {
            write_call(t, w, NULL, &t->calls[i]);
        }
        json_write_close(w, ']');
    }
    json_write_close(w, '}');
}

static void write_result(result_tracer *base, json_writer *w, const char *key) {
    const call_tree *t = (const call_tree *)base;
    if (t->call_count == 0) {
        json_write_null(w, key);
    } else {
        write_call(t, w, key, &t->calls[0]);
    }
}

static void destroy(result_tracer *base) {
    call_tree_free((call_tree *)base);
    free(base);
}

result_tracer *call_tracer_create(const json_document *document, const json_value *config) {
    call_tree *t = calloc(1, sizeof *t);
    if (t == NULL) {
        (void)json_fail(document, WEFT_NO_MEMORY);
        return NULL;
    }
    call_tree_init(t);
    t->base.write = write_result;
    t->base.destroy = destroy;
    if (!json_boolean(document, config, "onlyTopCall", &t->only_top) ||
        !json_boolean(document, config, "withLog", &t->with_logs)) {
        destroy(&t->base);
        return NULL;
    }
    return &t->base;
}
