/** The tree of a transaction's messages, for the tracers that tell it: callTracer, flatCallTracer.
 *
 *  Messages lie in one array in the order in which they began; each knows its parent and its brothers by index, for the
 *  array moves.
 */
#ifndef TOOLS_TRACE_CALL_TREE_H
#define TOOLS_TRACE_CALL_TREE_H

#include "tools/trace/geth_words.h"
#include "tools/trace/result_tracer.h"

#define NO_CALL SIZE_MAX

typedef struct call_log {
    weft_address address;
    weft_u256 topics[4];
    unsigned topic_count;
    uint8_t *data;
    size_t size;
    size_t index;    /* in the transaction */
    size_t position; /* how many messages the message had sent before it */
    struct call_log *next;
} call_log;

typedef struct call {
    weft_trace_enter enter; /* its input is ours */
    uint64_t gas_used;
    uint8_t *output;
    size_t output_size;
    weft_fault fault;
    char error[GETH_WORDS_SIZE];
    size_t parent, first_child, last_child, next; /* NO_CALL = none */
    size_t child_count;
    size_t logs_before; /* of the transaction, when it began */
    call_log *first_log, *last_log;
} call;

typedef struct call_tree {
    result_tracer base; /* first: a tree is a tracer */
    bool only_top, with_logs;
    uint64_t gas_limit;
    call *calls;
    size_t call_count, call_capacity;
    size_t current;   /* deepest message under way */
    size_t log_count; /* in force so far */

    size_t index; /* of the transaction in its block */
    uint64_t block_number;
    weft_bytes32 hash; /* of the transaction */

    /* The instruction under way. */
    uint8_t opcode;
    size_t stack_count;
    call_log *log;
    /* The last fault, and what to say of it. */
    weft_fault fault;
    char words[GETH_WORDS_SIZE];
} call_tree;

/** Fill an object that is all zeros: no calls, and a tracer that collects them. */
void call_tree_init(call_tree *t);
void call_tree_free(call_tree *t);

/** CREATE or CREATE2. */
bool call_creates(const call *c);

#endif
