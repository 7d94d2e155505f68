/** Blocks as a consensus client hands them over: the ExecutionPayload of engine_newPayload, versions 1 to 5.
 *
 *  A payload holds a header's fields and the body; what the header says of the body is computed from it. The parameters
 *  beside it are the blobs' versioned hashes, the parent beacon block's root and the requests.
 */
#ifndef TOOLS_SUITE_PAYLOAD_H
#define TOOLS_SUITE_PAYLOAD_H

#include <weft/block.h>

#include "tools/json.h"

/** Why a payload is refused before anybody looks at its parent: by its block hash, its versioned hashes, or because a
 *  transaction cannot be decoded. */
typedef struct payload_refusal {
    weft_verdict verdict; /* WEFT_VALID: it is not */
    char words[224];
} payload_refusal;

/** What the interface answers instead of judging a payload, as JSON-RPC error codes. */
enum { PAYLOAD_ACCEPTABLE = 0, PAYLOAD_INVALID_PARAMETERS = -32602, PAYLOAD_UNSUPPORTED_FORK = -38005 };

/** Whether parameters are what this version of engine_newPayload takes: its fields and no later ones, requests in order
 *  (EIP-7685), a timestamp of a fork that the version is for.
 *
 *  Returns:  false with the document's failure set.
 *  Out:      code   PAYLOAD_*
 */
bool payload_check_interface(json_document *document, const json_value *parameters, uint64_t version,
                             const weft_chain *chain, int *code);

/** Read the parameters of one engine_newPayload, which payload_check_interface() finds acceptable.
 *
 *  Returns:  false with the document's failure set.
 *  Out:      block         lives in `decoder` and the document.
 *            access_list   the block access list in RLP (version 5), empty if there is none.
 */
bool payload_read(json_document *document, const json_value *parameters, weft_decoder *decoder, weft_block *block,
                  weft_bytes *access_list, payload_refusal *refusal);

#endif
