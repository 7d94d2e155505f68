/** Telling a tracer (weft/tracer.h) what the machine does.
 *
 *  A machine has a trace or NULL, and asks only at the edges of frames. Single instructions are seen by another jump
 *  table: under a trace every opcode first leads to trace_step() and then to its own code, so that the interpreter's
 *  loop is the same with and without. Why an instruction halted is found out afterwards, from its operands.
 */
#ifndef ENGINE_TRACE_H
#define ENGINE_TRACE_H

#include "engine/frame.h"
#include "engine/transition.h"
#include <weft/engine.h>

typedef struct trace {
    weft_tracer tracer;
    weft_state_view view; /* of the accepted prefix */
    weft_trace_transaction transaction;

    unsigned depth;                   /* of the messages under way; 0 = none */
    int64_t gas[FRAME_COUNT_MAX + 2]; /* with which each began */

    /* The instruction between its step and its step_end; pc is NULL when there is none. */
    const uint8_t *pc;
    int64_t step_gas;
    size_t stack_count;
    weft_address beneficiary; /* SELFDESTRUCT: its operand .. */
    weft_u256 balance;        /* .. and what it moves */
    weft_fault fault;         /* of the instruction that ended last */
} trace;

/** Returns: the trace, in `memory`; NULL when out of memory. Lifetime: `tracer` is copied. */
trace *trace_create(arena *memory, const weft_tracer *tracer, block_state *state, const evm_block *block);

void trace_transaction_begin(trace *t, size_t index, const tx_plan *plan);
/** In: receipt   NULL when the transaction turned out invalid. */
void trace_transaction_end(trace *t, const weft_receipt *receipt);

/** A message begins, or is refused at once. In: to   whose code is called, or what is created. */
void trace_enter(machine *m, const call_request *r, const weft_address *to);
/** The message that began last is over. */
void trace_leave(machine *m, const evm_result *result);

/** `f` stands before an instruction. */
void trace_step(machine *m, const frame *f);
/** The interpreter left `f` with `state`. */
void trace_frame_left(machine *m, const frame *f, frame_state state);

#endif
