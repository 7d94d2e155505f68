/** The environment of a state transition: the block around the transactions, as t8n's `env` object describes it.
 *
 *  What a header must state is given (currentBaseFee) or follows from the parent (parentBaseFee, parentGasUsed ..).
 */
#ifndef TOOLS_T8N_T8N_ENV_H
#define TOOLS_T8N_T8N_ENV_H

#include <weft/block.h>
#include <weft/memory_state.h>

#include "tools/json.h"
#include "tools/t8n/t8n_exit.h"

typedef struct t8n_ommer {
    uint64_t delta; /* how many blocks before this one */
    weft_address address;
} t8n_ommer;

typedef struct t8n_env {
    weft_fork fork;
    weft_header header; /* with what its transactions can see; no roots */
    bool has_difficulty;
    bool has_base_fee;
    bool has_blob_fee; /* the excess blob gas is known */
    bool has_withdrawals;
    const weft_withdrawal *withdrawals; /* in the document, as are the ommers */
    size_t withdrawal_count;
    t8n_ommer *ommers;
    size_t ommer_count;
} t8n_env;

/** Read and complete the environment by the rules of `chain`. Block hashes go into `state`.
 *  Returns: T8N_OK, or the exit status with the document's failure set. */
t8n_exit t8n_env_read(t8n_env *env, json_document *document, const json_value *object, const weft_chain *chain,
                      weft_memory_state *state);

#endif
