/** EIP-7702 authorizations: signed consent that an account runs another's code. */
#ifndef ENGINE_AUTHORIZATION_H
#define ENGINE_AUTHORIZATION_H

#include "engine/transition.h"

typedef enum authorization_result {
    AUTHORIZATIONS_APPLIED,
    AUTHORIZATIONS_OUT_OF_GAS, /* EIP-2780: the transaction fails before its first frame */
    AUTHORIZATIONS_FAILED      /* the host did; tx_state_status() says how */
} authorization_result;

/** Apply the transaction's tuples in order, passing over those that do not fit ("Behavior", steps 4 to 9).
 *  In/out: gas_left   of the transaction; pays what EIP-2780 charges at run time. Threads: one per tx_state. */
authorization_result authorizations_apply(tx_state *ts, const tx_plan *plan, int64_t *gas_left);

#endif
