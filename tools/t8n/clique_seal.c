#include "tools/t8n/clique_seal.h"

#include <string.h>

#include <weft/crypto.h>

bool clique_seal_read(clique_seal *seal, json_document *document, const json_value *object) {
    *seal = (clique_seal){.has_vote = json_get(object, "voted") != NULL,
                          .has_authorize = json_get(object, "authorize") != NULL};
    if (!json_expect(document, object, JSON_OBJECT, "a clique seal")) {
        return false;
    }
    if (json_get(object, "secretKey") == NULL) {
        return json_refuse(document, object, "`secretKey` is missing");
    }
    return json_bytes32(document, object, "secretKey", &seal->secret_key) &&
           json_address(document, object, "voted", &seal->voted) &&
           json_boolean(document, object, "authorize", &seal->authorize) &&
           json_bytes32(document, object, "vanity", &seal->vanity);
}

weft_status clique_seal_apply(clique_seal *seal, weft_header *header) {
    if (seal->has_vote) {
        header->coinbase = seal->voted;
    }
    if (seal->has_authorize) { /* as `evm b11r` has it; EIP-225 votes the other way round */
        memset(header->nonce, seal->authorize ? 0 : 0xff, sizeof header->nonce);
    }
    memcpy(seal->extra_data, seal->vanity.bytes, sizeof seal->vanity.bytes);
    /* What is signed is the header without the signature. */
    weft_bytes32 hash;
    header->extra_data = (weft_bytes){seal->extra_data, sizeof seal->vanity.bytes};
    weft_status status = weft_header_hash(&hash, header);
    if (status == WEFT_OK) {
        status = weft_sign(seal->extra_data + sizeof seal->vanity.bytes, &hash, &seal->secret_key);
    }
    header->extra_data.size = sizeof seal->extra_data;
    return status;
}
