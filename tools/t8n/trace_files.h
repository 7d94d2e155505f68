/** A trace file per transaction: DIR/trace-INDEX-HASH.jsonl with lines, or DIR/trace-INDEX-HASH.json with a result. */
#ifndef TOOLS_T8N_TRACE_FILES_H
#define TOOLS_T8N_TRACE_FILES_H

#include "tools/failure.h"
#include "tools/t8n/t8n_exit.h"
#include "tools/trace/json_trace.h"
#include "tools/trace/result_tracer.h"

/** What is to be traced. */
typedef struct trace_choice {
    const char *tracer; /* name of a tracer with a result; NULL = EIP-3155 lines */
    const char *config; /* its settings as JSON; NULL = none */
    json_trace_options lines;
} trace_choice;

typedef struct trace_files {
    json_trace lines;          /* first: their callbacks take a pointer to either */
    result_tracer *result;     /* NULL = lines are written */
    const weft_tracer *tracer; /* for the engine */
    const char *folder;        /* borrowed */
    failure failure;           /* the first file that could not be written; status WEFT_OK if all could */
} trace_files;

/** Returns: T8N_OK; T8N_CONFIG, T8N_JSON, T8N_EVM with the failure set. Out: to be closed with trace_files_close(), which
 *  also is fine after a failure. */
t8n_exit trace_files_open(trace_files *files, const char *folder, const trace_choice *choice, failure *f);
void trace_files_close(trace_files *files);

#endif
