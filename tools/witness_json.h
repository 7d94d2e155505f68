/** Execution witnesses as JSON, `{state, codes, headers, keys}`: what debug_executionWitness answers, recorded blocks hold
 *  as witness.json and test fixtures as `executionWitness`.
 *
 *  `state` and `codes` are trie nodes and codes in any order. `headers` are the block's ancestors without a gap, the
 *  parent last, each as RLP in hex or as an object. `keys` (preimages) are not needed.
 */
#ifndef TOOLS_WITNESS_JSON_H
#define TOOLS_WITNESS_JSON_H

#include <weft/block.h>
#include <weft/witness.h>
#include <weft/witness_builder.h>

#include "tools/json.h"
#include "tools/json_writer.h"

typedef struct witness_ancestor {
    weft_header header;
    weft_bytes32 hash;
} witness_ancestor;

typedef struct witness_json {
    weft_witness *witness; /* knows the ancestors' hashes */
    /* The parent first, then its parent, and so on; in the document. */
    const witness_ancestor *ancestors;
    size_t ancestor_count;
} witness_json;

/** Read the witness `object` for the block with this header.
 *  Returns: WEFT_OK; WEFT_NOT_FOUND if the parent's header is not in it; WEFT_DECODE, WEFT_NO_MEMORY.
 *  Out: to be freed with witness_json_free(). Lifetime: borrows from the document. */
weft_status witness_json_read(witness_json *out, json_document *document, const json_value *object,
                              const weft_header *header);
void witness_json_free(witness_json *witness);

/** Write a witness. In: headers   of the ancestors in RLP, the parent last. */
void witness_json_write(json_writer *w, const weft_witness_parts *parts, const weft_bytes *headers,
                        size_t header_count);

#endif
