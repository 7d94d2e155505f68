/** Block headers as JSON: one member per field, by the names that test fixtures use or those of the JSON-RPC interface. */
#ifndef TOOLS_SUITE_HEADER_JSON_H
#define TOOLS_SUITE_HEADER_JSON_H

#include <weft/block.h>

#include "tools/json.h"

/** Read a header; the later forks' fields count as far as they are there.
 *  Returns: false with the document's failure set. Out: hash   of the header's encoding.
 *  Lifetime: the extra data lives in the document. */
bool header_json_read(json_document *document, const json_value *object, weft_header *header, weft_bytes32 *hash);

/** The same, over a header that holds the defaults of what is absent, and without the hash. */
bool header_json_fill(json_document *document, const json_value *object, weft_header *header);

/** Compare a block's header with what a fixture says of it, `hash` included; what the fixture does not mention is right.
 *  Returns: false with the document's failure set when `object` is no header.
 *  Out: field   name of the first that differs; NULL if none does. */
bool header_json_compare(json_document *document, const json_value *object, const weft_block *block,
                         const char **field);

#endif
