#include "tools/trace/result_tracer.h"

#include <string.h>

result_tracer *result_tracer_create(const char *name, const json_document *document, const json_value *config) {
    static const struct {
        const char *name;
        result_tracer *(*create)(const json_document *document, const json_value *config);
    } tracers[] = {{"callTracer", call_tracer_create},
                   {"flatCallTracer", flat_call_tracer_create},
                   {"prestateTracer", prestate_tracer_create},
                   {"4byteTracer", selector_tracer_create}};
    for (size_t i = 0; i < sizeof tracers / sizeof tracers[0]; i++) {
        if (strcmp(tracers[i].name, name) == 0) {
            return tracers[i].create(document, config);
        }
    }
    (void)failure_set(document->failure, WEFT_INVALID_ARGUMENT, "there is no tracer '%s'", name);
    return NULL;
}

void result_tracer_fail(result_tracer *t, weft_status status) {
    t->status = t->status == WEFT_OK ? status : t->status;
}

void result_tracer_done(result_tracer *t, const weft_trace_transaction *transaction) {
    if (t->done != NULL) {
        t->done(t->owner, t, transaction);
    }
}
