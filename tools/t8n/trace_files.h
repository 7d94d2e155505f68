/** A trace file per transaction: DIR/trace-INDEX-HASH.jsonl. */
#ifndef TOOLS_T8N_TRACE_FILES_H
#define TOOLS_T8N_TRACE_FILES_H

#include "tools/failure.h"
#include "tools/t8n/t8n_exit.h"
#include "tools/trace/json_trace.h"

typedef struct trace_files {
    json_trace lines;   /* first: their callbacks take a pointer to either */
    const char *folder; /* borrowed */
    failure failure;    /* the first file that could not be written; status WEFT_OK if all could */
} trace_files;

/** Returns: T8N_OK, T8N_EVM (no memory). Out: files->lines.tracer, for the engine; to be closed with trace_files_close(), which also is fine after a failure. */
t8n_exit trace_files_open(trace_files *files, const char *folder, const json_trace_options *options, failure *f);
void trace_files_close(trace_files *files);

#endif
