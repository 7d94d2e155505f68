/** Traces as JSON lines (EIP-3155), in geth's form: one line per instruction, one where a message ends.
 *
 *  An instruction that fails has one line, with "error". (geth writes a second one for what it finds only while executing;
 *  programs that read its traces merge the two.)
 */
#ifndef TOOLS_TRACE_JSON_TRACE_H
#define TOOLS_TRACE_JSON_TRACE_H

#include <weft/tracer.h>

#include "tools/trace/geth_words.h"
#include <stdio.h>

typedef struct json_trace_options {
    bool memory;      /* the frame's memory before each instruction */
    bool no_stack;    /* "stack": null */
    bool return_data; /* what the call before gave back */
    bool call_frames; /* a line also where a message begins */
} json_trace_options;

typedef struct json_trace {
    json_trace_options options;
    FILE *stream; /* where lines go; NULL = nowhere. May change between transactions. */
    weft_tracer tracer;
    /* The instruction under way: its line before the gas cost, and behind it up to the refund. */
    char head[96];
    FILE *middle;
    char *middle_text;
    size_t middle_size;
    uint8_t opcode;
    size_t stack_count;
    int64_t refund;
    weft_fault fault;            /* of the last one that failed .. */
    char words[GETH_WORDS_SIZE]; /* .. and what to say of it */
} json_trace;

/** Returns: false when out of memory. Out: t->tracer, to be given to the engine; valid until json_trace_close(). */
bool json_trace_open(json_trace *t, FILE *stream, const json_trace_options *options);
void json_trace_close(json_trace *t);

#endif
