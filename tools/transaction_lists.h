/** The lists of typed transactions in JSON: access lists, blob hashes, authorizations.
 *
 *  Members are named as RPC answers and fixtures name them (storageKeys), or with underscores (storage_keys), as the
 *  recorders of blocks do.
 */
#ifndef TOOLS_TRANSACTION_LISTS_H
#define TOOLS_TRANSACTION_LISTS_H

#include <weft/block.h>

#include "tools/json.h"

/** Each reads one list into `tx`; a NULL list leaves `tx` as it is.
 *  Returns: false with the document's failure set. Lifetime: the list lives in the document. */
bool transaction_read_access_list(weft_transaction *tx, json_document *document, const json_value *list);
bool transaction_read_blob_hashes(weft_transaction *tx, json_document *document, const json_value *list);
bool transaction_read_authorizations(weft_transaction *tx, json_document *document, const json_value *list);

#endif
