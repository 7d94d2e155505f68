/** Reaching accounts that an opcode names: what the touch costs (EIP-2929), and who is always warm. */
#ifndef ENGINE_ACCESS_H
#define ENGINE_ACCESS_H

#include "engine/frame.h"
#include "engine/precompiles.h"

/** Find and warm the account whose address is the low 20 bytes of `word`.
 *  Returns: false on a host failure. Out: account; was_warm. */
static inline bool account_find(machine *m, const weft_u256 *word, tx_account **account, bool *was_warm) {
    weft_address address = u256_to_address(word);
    *account = tx_state_account(m->ts, &address);
    if (*account == NULL) {
        return false;
    }
    *was_warm = !m->rules->has_access_lists || tx_account_warm(m->ts, *account) ||
                precompile_find(m->block->fork, &address) != NULL;
    return true;
}

/** The price of an account's temperature; 0 before EIP-2929. */
static inline uint64_t account_temperature_gas(const machine *m, bool was_warm) {
    return was_warm ? m->rules->gas_warm : m->rules->gas_cold_account;
}

/** account_find(), charging `flat_gas` (what the opcode costs before EIP-2929) and the temperature.
 *  Returns: FRAME_RUNS, FRAME_HALTED, FRAME_FAILED. */
static inline frame_state account_access(machine *m, frame *f, const weft_u256 *word, uint64_t flat_gas,
                                         tx_account **account) {
    bool was_warm = false;
    if (!account_find(m, word, account, &was_warm)) {
        return FRAME_FAILED;
    }
    return frame_charge(f, flat_gas + account_temperature_gas(m, was_warm)) ? FRAME_RUNS : FRAME_HALTED;
}

#endif
