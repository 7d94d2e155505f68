/** A state transition as t8n does it: transactions on a state, in an environment; what cannot be in the block is left
 *  out and named, and the rest goes on as if it had never been there. */
#ifndef TOOLS_T8N_T8N_TRANSITION_H
#define TOOLS_T8N_T8N_TRANSITION_H

#include <weft/engine.h>

#include "tools/t8n/t8n_env.h"
#include "tools/unanswered.h"

typedef struct t8n_rejection {
    size_t index; /* in the input */
    char words[320];
} t8n_rejection;

/** Zero-initialise; fill chain, env, state and reward; add transactions; execute. */
typedef struct t8n_transition {
    weft_chain chain;
    t8n_env env;
    weft_memory_state *state; /* before, and after t8n_execute() afterwards */
    bool has_reward;
    uint64_t reward; /* wei; 0 still touches the coinbase */

    weft_decoder *decoder;
    weft_transaction *transactions; /* in the end those that are in the block */
    size_t *indexes;                /* theirs in the input */
    size_t transaction_count;
    t8n_rejection *rejections; /* by index */
    size_t rejection_count;

    weft_engine *engine;
    unanswered questions;
    weft_block_result result; /* borrowed from the engine */
    weft_bytes32 state_root, transactions_root, withdrawals_root, logs_hash;
} t8n_transition;

void t8n_transition_free(t8n_transition *t);

/** Take the transactions: a JSON array, or the RLP list of a block body, in which what cannot be decoded is rejected.
 *  In: name   of the file that held it, for messages. The document and the bytes must outlive `t`. Returns: T8N_OK, or the exit status with the failure set. */
t8n_exit t8n_take_json(t8n_transition *t, json_document *document, const json_value *list);
t8n_exit t8n_take_rlp(t8n_transition *t, weft_bytes rlp, const char *name, failure *f);

/** Returns: T8N_OK, or the exit status with the failure set. In: tracers   each sees the transactions that are in the block,
 *  in an execution of its own. */
t8n_exit t8n_execute(t8n_transition *t, const weft_tracer *const *tracers, size_t tracer_count, failure *f);

#endif
