/** Exit statuses of `weft t8n`, `t9n` and `b11r`: those of geth's `evm`. */
#ifndef TOOLS_T8N_T8N_EXIT_H
#define TOOLS_T8N_T8N_EXIT_H

#include <weft/status.h>

typedef enum t8n_exit {
    T8N_OK = 0,
    T8N_EVM = 2,    /* the block cannot be executed, or the machine failed */
    T8N_CONFIG = 3, /* unknown fork, or an environment that the fork does not allow */
    T8N_MISSING_BLOCK_HASH = 4,
    T8N_JSON = 10,
    T8N_IO = 11,
    T8N_RLP = 12
} t8n_exit;

/** The status for a file that could not be read or was not what it should be. */
static inline t8n_exit t8n_exit_of_file(weft_status status) {
    return status == WEFT_OK ? T8N_OK : status == WEFT_NO_MEMORY ? T8N_EVM : status == WEFT_DECODE ? T8N_JSON : T8N_IO;
}

#endif
