#include "tools/transaction_lists.h"

/* Room for a list's items, and for none. Returns: NULL with the document's failure set. */
static void *allocate_items(json_document *document, const json_value *list, const char *what, size_t item_size) {
    return json_expect(document, list, JSON_ARRAY, what) ? json_allocate(document, (list->child_count + 1) * item_size)
                                                         : NULL;
}

static bool read_slots(weft_access_entry *entry, json_document *document, const json_value *keys) {
    weft_bytes32 *slots = keys != NULL ? allocate_items(document, keys, "storageKeys", sizeof *slots) : NULL;
    if (keys != NULL && slots == NULL) {
        return false;
    }
    entry->slots = slots;
    for (const json_value *key = json_first(keys); key != NULL; key = key->next) {
        if (!json_value_padded32(document, key, &slots[entry->slot_count++])) {
            return false;
        }
    }
    return true;
}

bool transaction_read_access_list(weft_transaction *tx, json_document *document, const json_value *list) {
    weft_access_entry *entries = list != NULL ? allocate_items(document, list, "accessList", sizeof *entries) : NULL;
    if (entries == NULL) {
        return list == NULL;
    }
    for (const json_value *v = json_first(list); v != NULL; v = v->next) {
        const json_value *keys = json_get(v, "storageKeys");
        weft_access_entry *entry = &entries[tx->access_count++];
        *entry = (weft_access_entry){.slot_count = 0};
        if (!json_address(document, v, "address", &entry->address) ||
            !read_slots(entry, document, keys != NULL ? keys : json_get(v, "storage_keys"))) {
            return false;
        }
    }
    tx->access_list = entries;
    return true;
}

bool transaction_read_blob_hashes(weft_transaction *tx, json_document *document, const json_value *list) {
    weft_bytes32 *hashes = list != NULL ? allocate_items(document, list, "blobVersionedHashes", sizeof *hashes) : NULL;
    if (hashes == NULL) {
        return list == NULL;
    }
    for (const json_value *v = json_first(list); v != NULL; v = v->next) {
        if (!json_value_exact(document, v, hashes[tx->blob_count++].bytes, 32)) {
            return false;
        }
    }
    tx->blob_hashes = hashes;
    return true;
}

static bool read_authorization(weft_authorization *a, const json_document *document, const json_value *v) {
    static const char *const chain_id_names[] = {"chainId", "chain_id"};
    static const char *const parity_names[] = {"yParity", "y_parity", "v"};
    const char *chain_id = chain_id_names[json_get(v, chain_id_names[0]) == NULL];
    size_t parity = 0;
    while (parity < 2 && json_get(v, parity_names[parity]) == NULL) {
        parity++;
    }
    *a = (weft_authorization){.nonce = 0};
    return json_u256(document, v, chain_id, &a->chain_id) && json_address(document, v, "address", &a->address) &&
           json_u64(document, v, "nonce", &a->nonce) && json_u256(document, v, parity_names[parity], &a->y_parity) &&
           json_u256(document, v, "r", &a->r) && json_u256(document, v, "s", &a->s);
}

bool transaction_read_authorizations(weft_transaction *tx, json_document *document, const json_value *list) {
    weft_authorization *all = list != NULL ? allocate_items(document, list, "authorizationList", sizeof *all) : NULL;
    if (all == NULL) {
        return list == NULL;
    }
    for (const json_value *v = json_first(list); v != NULL; v = v->next) {
        if (!read_authorization(&all[tx->authorization_count++], document, v)) {
            return false;
        }
    }
    tx->authorizations = all;
    return true;
}
