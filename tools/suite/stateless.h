/** Blocks that fixtures give with an execution witness (EIP-8025): executed from it alone, without the state.
 *
 *  The fixture says in `statelessOutputBytes` whether that must succeed. It must not when the witness lacks something that
 *  the block needs; the block itself may be valid all the same.
 */
#ifndef TOOLS_SUITE_STATELESS_H
#define TOOLS_SUITE_STATELESS_H

#include "tools/json.h"
#include "tools/suite/variants.h"

typedef struct stateless_outcome {
    bool is_proved;       /* the block is valid, and its state root is the one after execution */
    char why[256];        /* not, if so */
    unsigned agreeing;    /* bit i: variant i gave the same as the first */
    char difference[160]; /* in what one did not; empty if all did */
} stateless_outcome;

/** Whether this block of a fixture comes with a witness and the result of its stateless execution.
 *  Out: expected   that result, if so. */
bool stateless_is_given(const json_value *block, bool *expected);

/** Execute a block from the witness that `json` has beside it. In: access_list   in RLP, empty if none came with the block.
 *  Returns: WEFT_OK with `outcome` filled; WEFT_NO_MEMORY. */
weft_status stateless_execute(stateless_outcome *outcome, json_document *document, const json_value *json,
                              const weft_chain *chain, const variant_list *variants, const weft_block *block,
                              weft_bytes access_list);

#endif
