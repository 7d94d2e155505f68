/** How often each opcode was executed, by name: {"PUSH1": 3, "STOP": 1}. */
#ifndef TOOLS_TRACE_OPCODE_COUNTER_H
#define TOOLS_TRACE_OPCODE_COUNTER_H

#include <weft/tracer.h>

#include "tools/json_writer.h"

typedef struct opcode_counter {
    weft_tracer tracer; /* for the engine */
    uint64_t counts[256];
} opcode_counter;

void opcode_counter_init(opcode_counter *c);
void opcode_counter_write(const opcode_counter *c, json_writer *w);

#endif
