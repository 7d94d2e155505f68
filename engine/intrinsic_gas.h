/** What a transaction costs for what it holds, before anything runs (Yellow Paper section 6.2). Threads: any. */
#ifndef ENGINE_INTRINSIC_GAS_H
#define ENGINE_INTRINSIC_GAS_H

#include "engine/fork_rules.h"
#include <weft/block.h>

typedef struct intrinsic_gas {
    uint64_t execution;
    uint64_t state; /* EIP-8037, where growth that may happen is paid for in advance */
    uint64_t floor; /* EIP-7623: the transaction costs at least this; 0 = no floor */
} intrinsic_gas;

/** In: sender   of the transaction (EIP-2780 looks whether it is the recipient). */
intrinsic_gas intrinsic_gas_of(const weft_transaction *tx, const weft_address *sender, const fork_rules *rules);

#endif
