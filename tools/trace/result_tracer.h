/** Tracers that come to one JSON value per transaction, as geth's debug_traceTransaction gives it. */
#ifndef TOOLS_TRACE_RESULT_TRACER_H
#define TOOLS_TRACE_RESULT_TRACER_H

#include <weft/engine.h>

#include "tools/json.h"
#include "tools/json_writer.h"

/** What they have in common; each is a structure that begins with this. */
typedef struct result_tracer {
    weft_tracer tracer; /* for the engine; its context is this object */
    weft_status status; /* why the result is not complete: no memory, or the state could not answer */
    /* Called when a transaction has ended, with the result ready to be written; NULL = nobody. */
    void (*done)(void *owner, struct result_tracer *t, const weft_trace_transaction *transaction);
    void *owner;
    void (*write)(struct result_tracer *t, json_writer *w, const char *key);
    void (*destroy)(struct result_tracer *t);
} result_tracer;

/** Make the tracer of this name: callTracer {onlyTopCall, withLog}, flatCallTracer {convertParityErrors,
 *  includePrecompiles}, prestateTracer {diffMode, disableCode, disableStorage, includeEmpty}, 4byteTracer.
 *
 *  Returns:  NULL with the document's failure set: no such tracer, a wrong setting, no memory.
 *  Out:      to be destroyed with its destroy().
 *  In:       config   an object, or NULL.
 */
result_tracer *result_tracer_create(const char *name, const json_document *document, const json_value *config);

/** For the tracers, at the end of their transaction_end: tell the owner. */
void result_tracer_done(result_tracer *t, const weft_trace_transaction *transaction);

/** Remember why there will be no result. Keeps an earlier reason. */
void result_tracer_fail(result_tracer *t, weft_status status);

/* The makers, for result_tracer.c. */
result_tracer *call_tracer_create(const json_document *document, const json_value *config);
result_tracer *flat_call_tracer_create(const json_document *document, const json_value *config);
result_tracer *prestate_tracer_create(const json_document *document, const json_value *config);
result_tracer *selector_tracer_create(const json_document *document, const json_value *config);

#endif
