/** What t8n writes: `result`, `alloc` and `body`, key by key as geth's `evm` does. */
#ifndef TOOLS_T8N_T8N_RESULT_H
#define TOOLS_T8N_T8N_RESULT_H

#include "tools/json_writer.h"
#include "tools/t8n/t8n_transition.h"

void t8n_write_result(json_writer *w, const char *key, const t8n_transition *t);
/** Returns: WEFT_OK, WEFT_NO_MEMORY. */
weft_status t8n_write_body(json_writer *w, const char *key, const t8n_transition *t);

/** The whole state, {address: {code, storage, balance, nonce}}. Returns: WEFT_OK, WEFT_NO_MEMORY. */
weft_status state_write_alloc(json_writer *w, const char *key, weft_memory_state *state);

#endif
