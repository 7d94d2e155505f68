/** A transaction as t8n's `txs` and JSON-RPC write it: signed, or with the secretKey that is to sign it. */
#ifndef TOOLS_T8N_TRANSACTION_JSON_H
#define TOOLS_T8N_TRANSACTION_JSON_H

#include <weft/transaction.h>

#include "tools/json.h"

/** Returns: false with the document's failure set.
 *  Out:      tx         decoded from its own encoding, so that it is what a block with it would hold. Lives in the
 *                       document and the decoder.
 *  In:       chain      whose id a legacy transaction is signed for, unless "protected" is false.
 *            fork       which must know the type of a transaction that is to be signed.
 */
bool transaction_json_read(weft_transaction *tx, json_document *document, const json_value *object,
                           weft_decoder *decoder, const weft_chain *chain, weft_fork fork);

#endif
