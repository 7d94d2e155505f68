/** Sealing a header as a signer of a proof-of-authority network (EIP-225) does: vanity and signature in its extra data. */
#ifndef TOOLS_T8N_CLIQUE_SEAL_H
#define TOOLS_T8N_CLIQUE_SEAL_H

#include <weft/block.h>

#include "tools/json.h"

enum { CLIQUE_EXTRA_SIZE = 32 + 65 }; /* vanity, signature */

typedef struct clique_seal {
    weft_bytes32 secret_key, vanity;
    bool has_vote; /* about whom: the coinbase */
    weft_address voted;
    bool has_authorize; /* for or against: the nonce */
    bool authorize;
    uint8_t extra_data[CLIQUE_EXTRA_SIZE];
} clique_seal;

/** {secretKey, voted, authorize, vanity}; only the key is required. Returns: false with the document's failure set. */
bool clique_seal_read(clique_seal *seal, json_document *document, const json_value *object);

/** Put vote and seal into the header, whose extra data lives in `seal` from now on.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY; WEFT_INVALID_ARGUMENT for what is no key. */
weft_status clique_seal_apply(clique_seal *seal, weft_header *header);

#endif
