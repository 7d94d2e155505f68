/** Block access lists (EIP-7928) as JSON: the form that the execution-spec-tests write beside a block. */
#ifndef TOOLS_ACCESS_LIST_JSON_H
#define TOOLS_ACCESS_LIST_JSON_H

#include <weft/block_access_list.h>

#include "tools/json.h"
#include "tools/json_writer.h"

/** Read a list, in the order it is written in: nothing is sorted or checked but the form.
 *  Returns: false with the document's failure set. Lifetime: the list lives in the document. */
bool access_list_json_read(json_document *document, const json_value *accounts, weft_block_access_list *list);

/** Write a list as the value of `key`. */
void access_list_json_write(json_writer *w, const char *key, const weft_block_access_list *list);

#endif
