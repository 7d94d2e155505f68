#include "tools/trace/json_trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/json_writer.h"
#include "tools/trace/geth_words.h"

enum { OPCODE_SSTORE = 0x55 };

/* --- Instructions. The gas cost is known only after the instruction: what stands behind it in the line is kept till
 * then. */

static void write_stack(json_writer *w, const weft_trace_step *s) {
    json_write_open(w, "stack", '[');
    for (size_t i = 0; i < s->stack_count; i++) {
        json_write_u256(w, NULL, &s->stack[i]);
    }
    json_write_close(w, ']');
}

static void write_middle(const json_trace *t, const weft_trace_step *s) {
    json_writer w = {.stream = t->middle, .needs_comma = true};
    if (t->options.memory && s->memory.size != 0) {
        json_write_bytes(&w, "memory", s->memory);
    }
    json_write_count(&w, "memSize", s->memory.size);
    if (t->options.no_stack) {
        json_write_null(&w, "stack");
    } else {
        write_stack(&w, s);
    }
    if (t->options.return_data && s->return_data.size != 0) {
        json_write_bytes(&w, "returnData", s->return_data);
    }
    json_write_count(&w, "depth", s->depth + 1);
}

static void on_step(void *context, const weft_trace_step *s) {
    json_trace *t = context;
    t->opcode = s->opcode;
    t->stack_count = s->stack_count;
    t->refund = s->refund;
    (void)snprintf(t->head, sizeof t->head, "{\"pc\":%zu,\"op\":%u,\"gas\":\"0x%" PRIx64 "\",\"gasCost\":\"0x", s->pc,
                   s->opcode, s->gas);
    rewind(t->middle);
    write_middle(t, s);
    (void)fflush(t->middle);
}

static void write_line(const json_trace *t, uint64_t gas_cost, int64_t refund, const char *error) {
    json_writer w = {.stream = t->stream, .needs_comma = true};
    char name[GETH_WORDS_SIZE];
    if (t->stream == NULL) {
        return;
    }
    fprintf(t->stream, "%s%" PRIx64 "\"", t->head, gas_cost);
    fwrite(t->middle_text, 1, t->middle_size, t->stream);
    json_write_count(&w, "refund", refund < 0 ? 0 : (uint64_t)refund);
    json_write_text(&w, "opName", geth_opcode_name(name, t->opcode));
    if (error != NULL) {
        json_write_text(&w, "error", error);
    }
    fputs("}\n", t->stream);
}

static void on_step_end(void *context, const weft_trace_step_end *e) {
    json_trace *t = context;
    /* geth has counted the refund of an SSTORE before it writes the line. */
    int64_t refund = t->opcode == OPCODE_SSTORE ? e->refund : t->refund;
    if (e->fault == WEFT_FAULT_NONE) {
        write_line(t, e->gas_cost, refund, NULL);
        return;
    }
    t->fault = e->fault;
    geth_fault_words(t->words, e->fault, t->opcode, t->stack_count);
    write_line(t, e->gas_cost, refund, t->words);
}

/* --- Messages */

static void on_enter(void *context, const weft_trace_enter *e) {
    json_trace *t = context;
    json_writer w = {.stream = t->stream};
    if (t->stream == NULL || !t->options.call_frames) {
        return;
    }
    json_write_open(&w, NULL, '{');
    json_write_address(&w, "from", &e->from);
    json_write_address(&w, "to", &e->to);
    if (t->options.memory && e->input.size != 0) {
        json_write_bytes(&w, "input", e->input);
    }
    json_write_quantity(&w, "gas", e->gas);
    if (strcmp(weft_opcode_of(e->opcode)->name, "STATICCALL") == 0) {
        json_write_null(&w, "value");
    } else {
        json_write_u256(&w, "value", &e->value);
    }
    json_write_text(&w, "type", weft_opcode_of(e->opcode)->name);
    json_write_close(&w, '}');
    fputc('\n', t->stream);
}

/* Unlike everywhere else, the output has no "0x" here. */
static void on_leave(void *context, const weft_trace_leave *l) {
    json_trace *t = context;
    if (t->stream == NULL) {
        return;
    }
    fputs("{\"output\":\"", t->stream);
    for (size_t i = 0; i < l->output.size; i++) {
        fprintf(t->stream, "%02x", l->output.data[i]);
    }
    fprintf(t->stream, "\",\"gasUsed\":\"0x%" PRIx64 "\"", l->gas_used);
    if (l->fault != WEFT_FAULT_NONE) {
        json_writer w = {.stream = t->stream, .needs_comma = true};
        json_write_text(&w, "error", l->fault == t->fault ? t->words : weft_fault_message(l->fault));
    }
    fputs("}\n", t->stream);
}

bool json_trace_open(json_trace *t, FILE *stream, const json_trace_options *options) {
    *t = (json_trace){.options = *options, .stream = stream};
    t->middle = open_memstream(&t->middle_text, &t->middle_size);
    t->tracer = (weft_tracer){.size = sizeof t->tracer,
                              .context = t,
                              .enter = on_enter,
                              .leave = on_leave,
                              .step = on_step,
                              .step_end = on_step_end};
    return t->middle != NULL;
}

void json_trace_close(json_trace *t) {
    if (t->middle != NULL) {
        fclose(t->middle);
        free(t->middle_text);
    }
    *t = (json_trace){0};
}
