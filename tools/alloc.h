/** Accounts in JSON, {address: {balance, nonce, code, storage: {slot: value}}}, into a state in memory.
 *
 *  The `alloc` of a genesis file and the pre-state of a recorded block have this form.
 */
#ifndef TOOLS_ALLOC_H
#define TOOLS_ALLOC_H

#include <weft/memory_state.h>

#include "tools/json.h"

/** Returns: false with the document's failure set. In: `accounts` is an object. */
bool alloc_read(json_document *document, const json_value *accounts, weft_memory_state *state);

#endif
