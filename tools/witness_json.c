#include "tools/witness_json.h"

#include <string.h>

#include "tools/suite/header_json.h"

static bool read_byte_strings(json_document *document, const json_value *array, const char *what, weft_bytes **out,
                              size_t *count) {
    *count = 0;
    if (!json_expect(document, array, JSON_ARRAY, what)) {
        return false;
    }
    *out = json_allocate(document, (array->child_count + 1) * sizeof **out);
    for (const json_value *v = *out != NULL ? json_first(array) : NULL; v != NULL; v = v->next) {
        if (!json_value_bytes(document, v, &(*out)[(*count)++])) {
            return false;
        }
    }
    return *out != NULL;
}

/* --- Ancestors */

static bool read_ancestor(json_document *document, const json_value *value, witness_ancestor *ancestor) {
    if (value->kind == JSON_OBJECT) {
        return header_json_read(document, value, &ancestor->header, &ancestor->hash);
    }
    weft_bytes rlp;
    weft_error error;
    if (!json_value_bytes(document, value, &rlp)) {
        return false;
    }
    weft_status status = weft_header_decode(&ancestor->header, &ancestor->hash, rlp, &error);
    if (status == WEFT_DECODE) {
        return json_refuse(document, value, "byte %zu of the header: %s", error.position, error.message);
    }
    return status == WEFT_OK || json_fail(document, status);
}

/* Each header is the parent of the next, the last one that of the block: so their hashes, which BLOCKHASH may ask for,
 * are proved. */
static weft_status check_chain(const witness_json *w, json_document *document, const weft_header *header) {
    const weft_bytes32 *wanted = &header->parent_hash;
    for (size_t i = 0; i < w->ancestor_count; i++) {
        const witness_ancestor *ancestor = &w->ancestors[i];
        size_t index = w->ancestor_count - 1 - i;
        if (memcmp(&ancestor->hash, wanted, sizeof *wanted) != 0) {
            return i == 0 ? failure_set(document->failure, WEFT_NOT_FOUND,
                                        "%s: the last header of the witness is not the block's parent", document->name)
                          : failure_set(document->failure, WEFT_DECODE,
                                        "%s: headers[%zu] of the witness is not the parent of headers[%zu]",
                                        document->name, index, index + 1);
        }
        wanted = &ancestor->header.parent_hash;
    }
    return WEFT_OK;
}

static weft_status read_ancestors(witness_json *out, json_document *document, const json_value *array,
                                  const weft_header *header) {
    if (!json_expect(document, array, JSON_ARRAY, "the witness's headers")) {
        return document->failure->status;
    }
    size_t left = array->child_count;
    if (left == 0) {
        return failure_set(document->failure, WEFT_NOT_FOUND, "%s: the witness has no header", document->name);
    }
    witness_ancestor *ancestors = json_allocate(document, left * sizeof *ancestors);
    for (const json_value *v = ancestors != NULL ? json_first(array) : NULL; v != NULL; v = v->next) {
        if (!read_ancestor(document, v, &ancestors[--left])) {
            return document->failure->status;
        }
    }
    if (ancestors == NULL) {
        return document->failure->status;
    }
    out->ancestors = ancestors;
    out->ancestor_count = array->child_count;
    return check_chain(out, document, header);
}

static weft_status set_block_hashes(const witness_json *w) {
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < w->ancestor_count && status == WEFT_OK; i++) {
        const witness_ancestor *ancestor = &w->ancestors[i];
        status = weft_witness_set_block_hash(w->witness, ancestor->header.number, &ancestor->hash);
    }
    return status;
}

/* --- The whole */

weft_status witness_json_read(witness_json *out, json_document *document, const json_value *object,
                              const weft_header *header) {
    *out = (witness_json){.witness = NULL};
    weft_bytes *nodes, *codes;
    size_t node_count, code_count;
    if (!json_expect(document, object, JSON_OBJECT, "an execution witness") ||
        !read_byte_strings(document, json_get(object, "state"), "the witness's trie nodes", &nodes, &node_count) ||
        !read_byte_strings(document, json_get(object, "codes"), "the witness's codes", &codes, &code_count)) {
        return document->failure->status;
    }
    weft_status status = read_ancestors(out, document, json_get(object, "headers"), header);
    if (status != WEFT_OK) {
        return status;
    }
    status =
        weft_witness_create(&out->witness, &out->ancestors[0].header.state_root, nodes, node_count, codes, code_count);
    status = status == WEFT_OK ? set_block_hashes(out) : status;
    if (status != WEFT_OK) {
        witness_json_free(out);
        json_fail(document, status);
    }
    return status;
}

void witness_json_free(witness_json *witness) {
    weft_witness_destroy(witness->witness);
    *witness = (witness_json){.witness = NULL};
}

/* --- Writing */

static void write_byte_strings(json_writer *w, const char *key, const weft_bytes *strings, size_t count) {
    json_write_open(w, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_write_bytes(w, NULL, strings[i]);
    }
    json_write_close(w, ']');
}

void witness_json_write(json_writer *w, const weft_witness_parts *parts, const weft_bytes *headers,
                        size_t header_count) {
    json_write_open(w, NULL, '{');
    write_byte_strings(w, "state", parts->nodes, parts->node_count);
    write_byte_strings(w, "codes", parts->codes, parts->code_count);
    write_byte_strings(w, "keys", NULL, 0);
    write_byte_strings(w, "headers", headers, header_count);
    json_write_close(w, '}');
    json_write_end(w);
}
