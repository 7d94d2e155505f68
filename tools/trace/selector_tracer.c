/* 4byteTracer: which functions were called, {"SELECTOR-SIZE OF THE ARGUMENTS": how often}. Creations, calls of
 * precompiles and call data of less than four bytes do not count. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/list.h"
#include "tools/trace/result_tracer.h"

typedef struct selector_count {
    uint8_t selector[4];
    size_t size; /* of the arguments, bytes */
    size_t count;
} selector_count;

typedef struct selector_tracer {
    result_tracer base;
    selector_count *counts;
    size_t used, capacity;
} selector_tracer;

static void on_begin(void *context, const weft_trace_transaction *transaction) {
    selector_tracer *t = context;
    (void)transaction;
    t->used = 0;
    t->base.status = WEFT_OK;
}

static selector_count *find(selector_tracer *t, const uint8_t *selector, size_t size) {
    for (size_t i = 0; i < t->used; i++) {
        if (t->counts[i].size == size && memcmp(t->counts[i].selector, selector, 4) == 0) {
            return &t->counts[i];
        }
    }
    selector_count *larger = list_reserve(t->counts, t->used, &t->capacity, sizeof *larger);
    if (larger == NULL) {
        result_tracer_fail(&t->base, WEFT_NO_MEMORY);
        return NULL;
    }
    t->counts = larger;
    selector_count *added = &t->counts[t->used++];
    *added = (selector_count){.size = size};
    memcpy(added->selector, selector, 4);
    return added;
}

static void on_enter(void *context, const weft_trace_enter *e) {
    const char *name = weft_opcode_of(e->opcode)->name;
    bool is_call = strstr(name, "CALL") != NULL;
    if (!is_call || e->is_precompile || e->input.size < 4) {
        return;
    }
    selector_count *found = find(context, e->input.data, e->input.size - 4);
    if (found != NULL) {
        found->count++;
    }
}

static void on_end(void *context, const weft_trace_transaction *transaction) {
    result_tracer_done(context, transaction);
}

static void write_result(result_tracer *base, json_writer *w, const char *key) {
    const selector_tracer *t = (const selector_tracer *)base;
    json_write_open(w, key, '{');
    for (size_t i = 0; i < t->used; i++) {
        const selector_count *c = &t->counts[i];
        char name[48];
        (void)snprintf(name, sizeof name, "0x%02x%02x%02x%02x-%zu", c->selector[0], c->selector[1], c->selector[2],
                       c->selector[3], c->size);
        json_write_count(w, name, c->count);
    }
    json_write_close(w, '}');
}

static void destroy(result_tracer *base) {
    free(((selector_tracer *)base)->counts);
    free(base);
}

result_tracer *selector_tracer_create(const json_document *document, const json_value *config) {
    selector_tracer *t = calloc(1, sizeof *t);
    (void)config;
    if (t == NULL) {
        (void)json_fail(document, WEFT_NO_MEMORY);
        return NULL;
    }
    t->base = (result_tracer){.write = write_result,
                              .destroy = destroy,
                              .tracer = {.size = sizeof(weft_tracer),
                                         .context = t,
                                         .transaction_begin = on_begin,
                                         .transaction_end = on_end,
                                         .enter = on_enter}};
    return &t->base;
}
