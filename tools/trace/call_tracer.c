/* callTracer: the tree of messages. Messages lie in one array in the order in which they began; each knows its parent and
 * its brothers by index, for the array moves. */
#include <stdlib.h>
#include <string.h>

#include "tools/hex.h"
#include "tools/trace/geth_words.h"
#include "tools/trace/result_tracer.h"
#include "tools/trace/revert_reason.h"

#define NO_CALL SIZE_MAX

typedef struct call_log {
    weft_address address;
    weft_u256 topics[4];
    unsigned topic_count;
    uint8_t *data;
    size_t size;
    size_t index;    /* in the transaction */
    size_t position; /* how many messages the message had sent before it */
    struct call_log *next;
} call_log;

typedef struct call {
    weft_trace_enter enter; /* its input is ours */
    uint64_t gas_used;
    uint8_t *output;
    size_t output_size;
    weft_fault fault;
    char error[GETH_WORDS_SIZE];
    size_t parent, first_child, last_child, next; /* NO_CALL = none */
    size_t child_count;
    size_t logs_before; /* of the transaction, when it began */
    call_log *first_log, *last_log;
} call;

typedef struct call_tracer {
    result_tracer base;
    bool only_top, with_logs;
    uint64_t gas_limit;
    call *calls;
    size_t call_count, call_capacity;
    size_t current;   /* deepest message under way */
    size_t log_count; /* in force so far */

    /* The instruction under way. */
    uint8_t opcode;
    size_t stack_count;
    call_log *log;
    /* The last fault, and what to say of it. */
    weft_fault fault;
    char words[GETH_WORDS_SIZE];
} call_tracer;

enum { OPCODE_LOG0 = 0xa0, OPCODE_LOG4 = 0xa4, OPCODE_CREATE = 0xf0, OPCODE_CREATE2 = 0xf5, OPCODE_STATICCALL = 0xfa };

static void log_free(call_log *log) {
    if (log != NULL) {
        free(log->data);
        free(log);
    }
}

static void logs_free(call *c) {
    while (c->first_log != NULL) {
        call_log *next = c->first_log->next;
        log_free(c->first_log);
        c->first_log = next;
    }
    c->last_log = NULL;
}

static void forget(call_tracer *t) {
    for (size_t i = 0; i < t->call_count; i++) {
        logs_free(&t->calls[i]);
        free(t->calls[i].output);
        free((void *)(uintptr_t)t->calls[i].enter.input.data);
    }
    log_free(t->log);
    t->log = NULL;
    t->call_count = t->log_count = 0;
    t->current = NO_CALL;
}

/* A copy to be freed, of at least one byte of memory. NULL = no memory. */
static uint8_t *copy_of(weft_bytes bytes) {
    uint8_t *copy = malloc(bytes.size + 1);
    if (copy != NULL && bytes.size != 0) {
        memcpy(copy, bytes.data, bytes.size);
    }
    return copy;
}

/* --- Messages */

static void on_begin(void *context, const weft_trace_transaction *transaction) {
    call_tracer *t = context;
    forget(t);
    t->base.status = WEFT_OK;
    t->gas_limit = transaction->transaction->gas_limit;
}

static bool make_room(call_tracer *t) {
    if (t->call_count < t->call_capacity) {
        return true;
    }
    size_t capacity = t->call_capacity == 0 ? 16 : 2 * t->call_capacity;
    call *larger = realloc(t->calls, capacity * sizeof *larger);
    if (larger == NULL) {
        result_tracer_fail(&t->base, WEFT_NO_MEMORY);
        return false;
    }
    t->calls = larger;
    t->call_capacity = capacity;
    return true;
}

static void link_to_parent(call_tracer *t, size_t index) {
    call *parent = &t->calls[t->current];
    if (parent->last_child == NO_CALL) {
        parent->first_child = index;
    } else {
        t->calls[parent->last_child].next = index;
    }
    parent->last_child = index;
    parent->child_count++;
}

static void on_enter(void *context, const weft_trace_enter *e) {
    call_tracer *t = context;
    if (t->base.status != WEFT_OK || (t->only_top && e->depth > 0) || !make_room(t)) {
        return;
    }
    uint8_t *input = copy_of(e->input);
    if (input == NULL) {
        result_tracer_fail(&t->base, WEFT_NO_MEMORY);
        return;
    }
    size_t index = t->call_count++;
    t->calls[index] = (call){.enter = *e,
                             .parent = t->current,
                             .first_child = NO_CALL,
                             .last_child = NO_CALL,
                             .next = NO_CALL,
                             .logs_before = t->log_count};
    t->calls[index].enter.input.data = input;
    if (e->depth == 0) {
        t->calls[index].enter.gas = t->gas_limit;
    } else {
        link_to_parent(t, index);
    }
    t->current = index;
}

/* Logs of a message that failed, and of those below it, were never emitted. */
static void drop_logs(call_tracer *t, size_t from) {
    t->log_count = t->calls[from].logs_before;
    for (size_t i = from; i < t->call_count; i++) {
        logs_free(&t->calls[i]);
    }
}

static void on_leave(void *context, const weft_trace_leave *l) {
    call_tracer *t = context;
    if (t->base.status != WEFT_OK || t->current == NO_CALL || (t->only_top && l->depth > 0)) {
        return;
    }
    call *c = &t->calls[t->current];
    c->gas_used = l->gas_used;
    c->fault = l->fault;
    if (l->fault == WEFT_FAULT_NONE || l->fault == WEFT_FAULT_REVERTED) {
        c->output = copy_of(l->output);
        c->output_size = l->output.size;
        if (c->output == NULL) {
            result_tracer_fail(&t->base, WEFT_NO_MEMORY);
        }
    }
    if (l->fault != WEFT_FAULT_NONE) {
        const char *words = l->fault == t->fault ? t->words : weft_fault_message(l->fault);
        (void)snprintf(c->error, sizeof c->error, "%s", words);
        drop_logs(t, t->current);
    }
    t->current = c->parent;
}

static void on_end(void *context, const weft_trace_transaction *transaction) {
    call_tracer *t = context;
    if (transaction->receipt != NULL && t->call_count > 0) {
        t->calls[0].gas_used = transaction->receipt->gas_used;
    }
    result_tracer_done(&t->base, transaction);
}

/* --- Instructions: the words of faults, and logs */

static bool fits(const weft_u256 *word, size_t most) {
    return (word->limb[1] | word->limb[2] | word->limb[3]) == 0 && word->limb[0] <= most;
}

/* What of the data is in memory already; the rest is zeros that the instruction brings there. */
static void begin_log(call_tracer *t, const weft_trace_step *s) {
    unsigned topic_count = (unsigned)(s->opcode - OPCODE_LOG0);
    const weft_u256 *sp = s->stack + s->stack_count;
    log_free(t->log);
    t->log = NULL;
    if (s->stack_count < 2 + topic_count || !fits(&sp[-2], UINT32_MAX)) {
        return; /* it will fail */
    }
    size_t size = sp[-2].limb[0], offset = size == 0 ? 0 : sp[-1].limb[0];
    call_log *log = calloc(1, sizeof *log);
    uint8_t *data = calloc(1, size + 1);
    if (log == NULL || data == NULL) {
        free(log);
        free(data);
        result_tracer_fail(&t->base, WEFT_NO_MEMORY);
        return;
    }
    *log = (call_log){.address = s->address, .topic_count = topic_count, .data = data, .size = size};
    if (offset < s->memory.size) {
        size_t present = s->memory.size - offset;
        memcpy(data, s->memory.data + offset, present < size ? present : size);
    }
    for (unsigned i = 0; i < topic_count; i++) {
        log->topics[i] = *(sp - 3 - i);
    }
    t->log = log;
}

static void end_log(call_tracer *t) {
    call *c = &t->calls[t->current];
    call_log *log = t->log;
    t->log = NULL;
    log->index = t->log_count++;
    log->position = c->child_count;
    if (c->last_log == NULL) {
        c->first_log = log;
    } else {
        c->last_log->next = log;
    }
    c->last_log = log;
}

static void on_step(void *context, const weft_trace_step *s) {
    call_tracer *t = context;
    t->opcode = s->opcode;
    t->stack_count = s->stack_count;
    bool is_log = s->opcode >= OPCODE_LOG0 && s->opcode <= OPCODE_LOG4;
    if (is_log && t->with_logs && t->base.status == WEFT_OK && !(t->only_top && s->depth > 0)) {
        begin_log(t, s);
    }
}

static void on_step_end(void *context, const weft_trace_step_end *e) {
    call_tracer *t = context;
    if (e->fault != WEFT_FAULT_NONE) {
        t->fault = e->fault;
        geth_fault_words(t->words, e->fault, t->opcode, t->stack_count);
    } else if (t->log != NULL && t->current != NO_CALL) {
        end_log(t);
    }
}

/* --- The result */

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
static void write_call(const call_tracer *t, json_writer *w, const char *key, const call *c) {
    bool creates = c->enter.opcode == OPCODE_CREATE || c->enter.opcode == OPCODE_CREATE2;
    json_write_open(w, key, '{');
    json_write_text(w, "type", weft_opcode_of(c->enter.opcode)->name);
    json_write_address(w, "from", &c->enter.from);
    if (!creates || c->fault == WEFT_FAULT_NONE) {
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
    const call_tracer *t = (const call_tracer *)base;
    if (t->call_count == 0) {
        json_write_null(w, key);
    } else {
        write_call(t, w, key, &t->calls[0]);
    }
}

static void destroy(result_tracer *base) {
    call_tracer *t = (call_tracer *)base;
    forget(t);
    free(t->calls);
    free(t);
}

result_tracer *call_tracer_create(const json_document *document, const json_value *config) {
    call_tracer *t = calloc(1, sizeof *t);
    if (t == NULL) {
        (void)json_fail(document, WEFT_NO_MEMORY);
        return NULL;
    }
    t->current = NO_CALL;
    t->base = (result_tracer){.write = write_result,
                              .destroy = destroy,
                              .tracer = {.size = sizeof(weft_tracer),
                                         .context = t,
                                         .transaction_begin = on_begin,
                                         .transaction_end = on_end,
                                         .enter = on_enter,
                                         .leave = on_leave,
                                         .step = on_step,
                                         .step_end = on_step_end}};
    if (!json_boolean(document, config, "onlyTopCall", &t->only_top) ||
        !json_boolean(document, config, "withLog", &t->with_logs)) {
        destroy(&t->base);
        return NULL;
    }
    return &t->base;
}
