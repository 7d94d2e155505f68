#include "tools/trace/call_tree.h"

#include <stdlib.h>
#include <string.h>

#include "tools/list.h"
#include "tools/number.h"

enum { OPCODE_LOG0 = 0xa0, OPCODE_LOG4 = 0xa4, OPCODE_CREATE = 0xf0, OPCODE_CREATE2 = 0xf5 };
enum { GAS_LOG_BYTE = 8 };

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

static void forget(call_tree *t) {
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
    call_tree *t = context;
    forget(t);
    t->base.status = WEFT_OK;
    t->gas_limit = transaction->transaction->gas_limit;
    t->index = transaction->index;
    t->block_number = transaction->block_number;
    t->hash = weft_transaction_hash(transaction->transaction);
}

static bool make_room(call_tree *t) {
    call *larger = list_reserve(t->calls, t->call_count, &t->call_capacity, sizeof *larger);
    if (larger == NULL) {
        result_tracer_fail(&t->base, WEFT_NO_MEMORY);
        return false;
    }
    t->calls = larger;
    return true;
}

static void link_to_parent(call_tree *t, size_t index) {
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
    call_tree *t = context;
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
static void drop_logs(call_tree *t, size_t from) {
    t->log_count = t->calls[from].logs_before;
    for (size_t i = from; i < t->call_count; i++) {
        logs_free(&t->calls[i]);
    }
}

static void on_leave(void *context, const weft_trace_leave *l) {
    call_tree *t = context;
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
    call_tree *t = context;
    if (transaction->receipt != NULL && t->call_count > 0) {
        t->calls[0].gas_used = transaction->receipt->gas_used;
    }
    result_tracer_done(&t->base, transaction);
}

/* --- Instructions: the words of faults, and logs */

/* What of the data is in memory already; the rest is zeros that the instruction brings there. */
static void begin_log(call_tree *t, const weft_trace_step *s) {
    unsigned topic_count = (unsigned)(s->opcode - OPCODE_LOG0);
    const weft_u256 *sp = s->stack + s->stack_count;
    log_free(t->log);
    t->log = NULL;
    if (s->stack_count < 2 + topic_count || !number_fits(&sp[-2], s->gas / GAS_LOG_BYTE)) {
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

static void end_log(call_tree *t) {
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
    call_tree *t = context;
    t->opcode = s->opcode;
    t->stack_count = s->stack_count;
    bool is_log = s->opcode >= OPCODE_LOG0 && s->opcode <= OPCODE_LOG4;
    if (is_log && t->with_logs && t->base.status == WEFT_OK && !(t->only_top && s->depth > 0)) {
        begin_log(t, s);
    }
}

static void on_step_end(void *context, const weft_trace_step_end *e) {
    call_tree *t = context;
    if (e->fault != WEFT_FAULT_NONE) {
        t->fault = e->fault;
        geth_fault_words(t->words, e->fault, t->opcode, t->stack_count);
    } else if (t->log != NULL && t->current != NO_CALL) {
        end_log(t);
    }
}

void call_tree_init(call_tree *t) {
    t->current = NO_CALL;
    t->base.tracer = (weft_tracer){.size = sizeof(weft_tracer),
                                   .context = t,
                                   .transaction_begin = on_begin,
                                   .transaction_end = on_end,
                                   .enter = on_enter,
                                   .leave = on_leave,
                                   .step = on_step,
                                   .step_end = on_step_end};
}

void call_tree_free(call_tree *t) {
    forget(t);
    free(t->calls);
}

bool call_creates(const call *c) {
    return c->enter.opcode == OPCODE_CREATE || c->enter.opcode == OPCODE_CREATE2;
}
