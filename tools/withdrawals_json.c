#include "tools/withdrawals_json.h"

bool withdrawals_json_read(json_document *document, const json_value *list, const weft_withdrawal **withdrawals,
                           size_t *count) {
    if (!json_expect(document, list, JSON_ARRAY, "the list of withdrawals")) {
        return false;
    }
    weft_withdrawal *w = json_allocate(document, (list->child_count + 1) * sizeof *w);
    if (w == NULL) {
        return false;
    }
    *withdrawals = w;
    *count = list->child_count;
    for (const json_value *v = json_first(list); v != NULL; v = v->next, w++) {
        *w = (weft_withdrawal){0};
        if (!json_u64(document, v, "index", &w->index) ||
            !json_u64(document, v, "validatorIndex", &w->validator_index) ||
            !json_address(document, v, "address", &w->address) || !json_u64(document, v, "amount", &w->amount_gwei)) {
            return false;
        }
    }
    return true;
}
