/** One case of a state test made ready to execute: a block that is nothing but an environment and one transaction, and the state
 *  before it.
 */
#ifndef TOOLS_SUITE_STATE_CASE_H
#define TOOLS_SUITE_STATE_CASE_H

#include <weft/block.h>
#include <weft/chain.h>
#include <weft/memory_state.h>

#include "tools/json.h"

/** What all cases of a test have in common. */
typedef struct state_setting {
    json_document *document;
    const json_value *test;
    weft_header header; /* of the environment */
    weft_address sender;
} state_setting;

/** Returns: false with the document's failure set. Lifetime: the document is borrowed. */
bool state_setting_read(state_setting *setting, json_document *document, const json_value *test);

typedef struct state_case {
    weft_chain chain;
    bool is_of_unknown_draft; /* of Amsterdam: the nearest one that weft knows is taken */
    weft_transaction tx;      /* lives in the document */
    bool is_encodable;        /* a transaction can hold every field */
    weft_memory_state *state;
} state_case;

/** Returns: false with the document's failure set. Out: to be freed with state_case_free(), also after a failure.
 *  In: post   the case. fork   as the test writes it. */
bool state_case_read(state_case *c, const state_setting *setting, const json_value *post, const char *fork);
void state_case_free(state_case *c);

/** The block, whose transaction is the case's. */
weft_block state_case_block(const state_case *c, const state_setting *setting);
/** The state before it; BLOCKHASH(n) is keccak256 of n in decimal digits. */
weft_state_view state_case_view(const state_case *c);

#endif
