/** A blockchain or engine test made ready to import: the rules, the genesis, the state after it, and the blocks in the order in
 *  which the test hands them over.
 */
#ifndef TOOLS_SUITE_BLOCK_CASE_H
#define TOOLS_SUITE_BLOCK_CASE_H

#include <weft/block.h>
#include <weft/chain.h>
#include <weft/memory_state.h>

#include "tools/json.h"

/** One block of the test. */
typedef struct block_step {
    const json_value *json;
    const char *expected; /* name of the exception; NULL = the block is valid */
    weft_block block;
    weft_bytes access_list; /* in RLP */
    bool is_decoded;
    weft_error decode_error;
    int error_code, expected_code; /* of a payload: PAYLOAD_* */
} block_step;

typedef struct block_case {
    json_document *document;
    const json_value *test;
    const char *network;
    bool is_of_unknown_draft; /* of Amsterdam: the nearest one that weft knows is taken */
    weft_chain chain;
    weft_decoder *decoder;
    weft_block genesis;
    block_step *steps;
    size_t step_count;
} block_case;

/** Whether a value below a file's root object is such a test: with blocks as RLP, or as payloads of engine_newPayload. */
bool block_case_has_blocks(const json_value *test);
bool block_case_has_payloads(const json_value *test);

/** Read the network alone. Returns: false with the document's failure set. Lifetime: the document is borrowed. */
bool block_case_read_network(block_case *c, json_document *document, const json_value *test);

/** Read genesis and blocks. Returns: false with the document's failure set. Out: to be freed, also after a failure. */
bool block_case_read(block_case *c);
void block_case_free(block_case *c);

/** A state as the test writes it: `pre` or `postState`.
 *  Returns: false with the document's failure set. Out: to be destroyed by the caller; NULL after a failure. */
bool block_case_read_state(const block_case *c, const json_value *accounts, weft_memory_state **state);

#endif
