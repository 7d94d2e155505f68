/** Withdrawals (EIP-4895) as JSON: the list that t8n's environment, execution payloads and block bodies have. */
#ifndef TOOLS_WITHDRAWALS_JSON_H
#define TOOLS_WITHDRAWALS_JSON_H

#include <weft/block.h>

#include "tools/json.h"

/** Returns: false with the document's failure set. Out: `count` withdrawals, which live in the document. */
bool withdrawals_json_read(json_document *document, const json_value *list, const weft_withdrawal **withdrawals,
                           size_t *count);

#endif
