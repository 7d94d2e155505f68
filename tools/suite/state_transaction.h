/** The transaction of a state test: fields shared by its cases, and lists of data, gas and value to choose from. */
#ifndef TOOLS_SUITE_STATE_TRANSACTION_H
#define TOOLS_SUITE_STATE_TRANSACTION_H

#include <weft/block.h>

#include "tools/json.h"

/** Which of the lists' entries a case takes. */
typedef struct state_indexes {
    uint64_t data, gas, value;
} state_indexes;

/** Make the transaction of one case.
 *
 *  Returns:  false with the document's failure set.
 *  Out:      tx             lives in the document.
 *            is_encodable   whether a transaction can hold every field.
 *  In:       sender         whose transaction it is.
 */
bool state_transaction_read(weft_transaction *tx, bool *is_encodable, json_document *document,
                            const json_value *transaction, const state_indexes *indexes, const weft_address *sender);

/** The sender, by name or by secret key. Returns: false with the document's failure set. */
bool state_transaction_sender(weft_address *sender, const json_document *document, const json_value *transaction);

#endif
