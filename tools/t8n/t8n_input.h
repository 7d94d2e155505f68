/** What t8n reads: alloc, env, txs, and blob parameters, each from a file or from one JSON object on standard input. */
#ifndef TOOLS_T8N_T8N_INPUT_H
#define TOOLS_T8N_T8N_INPUT_H

#include "tools/t8n/t8n_transition.h"

/** Paths; "stdin" is standard input. */
typedef struct t8n_paths {
    const char *alloc, *env, *txs;
    const char *blob_params; /* NULL = those of the fork, unless standard input has `blobParams` */
} t8n_paths;

/** The documents that a transition borrows from. Zero-initialise. */
typedef struct t8n_input {
    json_document standard_input, alloc, env, txs, blob_params;
} t8n_input;

/** Fill `t`, whose chain is set, with state, environment and transactions.
 *  Returns: T8N_OK, or the exit status with the failure set. Lifetime: `f` and the paths as long as `input`. */
t8n_exit t8n_input_read(t8n_input *input, t8n_transition *t, const t8n_paths *paths, failure *f);
void t8n_input_free(t8n_input *input);

/** The bytes of a file that holds them as JSON text, "0x..", which lives in the document. */
t8n_exit t8n_read_hex(weft_bytes *bytes, json_document *document, const char *path, failure *f);

#endif
