#include "tools/t8n/t8n_input.h"

#include <string.h>

#include "tools/alloc.h"
#include "tools/hex.h"

static bool is_stdin(const char *path) {
    return strcmp(path, "stdin") == 0;
}

void t8n_input_free(t8n_input *input) {
    json_free(&input->standard_input);
    json_free(&input->alloc);
    json_free(&input->env);
    json_free(&input->txs);
    json_free(&input->blob_params);
}

static t8n_exit load(json_document *document, const char *path, failure *f) {
    return t8n_exit_of_file(json_load(document, path, f));
}

/* One of the parts: a member of the object on standard input, or a file of its own. */
static t8n_exit find_part(t8n_input *input, json_document *own, const char *path, const char *key, failure *f,
                          json_document **document, const json_value **value) {
    *document = is_stdin(path) ? &input->standard_input : own;
    if (is_stdin(path)) {
        *value = json_get(input->standard_input.root, key);
        return T8N_OK;
    }
    t8n_exit status = load(own, path, f);
    *value = own->root;
    return status;
}

static t8n_exit read_alloc(t8n_input *input, t8n_transition *t, const char *path, failure *f) {
    json_document *document;
    const json_value *accounts;
    t8n_exit status = find_part(input, &input->alloc, path, "alloc", f, &document, &accounts);
    if (status == T8N_OK && accounts != NULL &&
        (!json_expect(document, accounts, JSON_OBJECT, "alloc") || !alloc_read(document, accounts, t->state))) {
        status = T8N_JSON;
    }
    return status;
}

/* One set of numbers, in force from the beginning. */
static t8n_exit read_blob_params(t8n_input *input, t8n_transition *t, const char *path, failure *f) {
    json_document *document;
    const json_value *numbers;
    t8n_exit status =
        find_part(input, &input->blob_params, path == NULL ? "stdin" : path, "blobParams", f, &document, &numbers);
    if (status != T8N_OK || numbers == NULL) {
        return status;
    }
    weft_blob_parameters blobs = {0};
    if (!json_u64(document, numbers, "target", &blobs.target) || !json_u64(document, numbers, "max", &blobs.max) ||
        !json_u64(document, numbers, "baseFeeUpdateFraction", &blobs.base_fee_update_fraction)) {
        return T8N_JSON;
    }
    if (blobs.base_fee_update_fraction == 0) {
        (void)json_refuse(document, numbers, "baseFeeUpdateFraction must be above 0");
        return T8N_CONFIG;
    }
    t->chain.blob_schedule[0] = blobs;
    t->chain.blob_schedule_count = 1;
    return T8N_OK;
}

static t8n_exit read_env(t8n_input *input, t8n_transition *t, const char *path, failure *f) {
    json_document *document;
    const json_value *env;
    t8n_exit status = find_part(input, &input->env, path, "env", f, &document, &env);
    return status == T8N_OK ? t8n_env_read(&t->env, document, env, &t->chain, t->state) : status;
}

t8n_exit t8n_read_hex(weft_bytes *bytes, json_document *document, const char *path, failure *f) {
    t8n_exit status = load(document, path, f);
    if (status == T8N_JSON) {
        (void)failure_set(f, WEFT_DECODE, "%s: must be hex digits as JSON text: \"0x...\", in quotes", path);
    }
    return status == T8N_OK && !json_value_bytes(document, document->root, bytes) ? T8N_JSON : status;
}

static t8n_exit read_txs(t8n_input *input, t8n_transition *t, const char *path, failure *f) {
    weft_bytes rlp = {NULL, 0};
    if (!is_stdin(path) && file_has_suffix(path, ".rlp")) {
        t8n_exit status = t8n_read_hex(&rlp, &input->txs, path, f);
        return status == T8N_OK ? t8n_take_rlp(t, rlp, path, f) : status;
    }
    if (is_stdin(path) && json_get(input->standard_input.root, "txsRlp") != NULL) {
        return json_bytes(&input->standard_input, input->standard_input.root, "txsRlp", &rlp)
                   ? t8n_take_rlp(t, rlp, "txsRlp", f)
                   : T8N_JSON;
    }
    json_document *document;
    const json_value *list;
    t8n_exit status = find_part(input, &input->txs, path, "txs", f, &document, &list);
    return status == T8N_OK ? t8n_take_json(t, document, list) : status;
}

t8n_exit t8n_input_read(t8n_input *input, t8n_transition *t, const t8n_paths *paths, failure *f) {
    t8n_exit status = T8N_OK;
    weft_status made = weft_memory_state_create(&t->state, NULL);
    if (made == WEFT_OK) {
        made = weft_decoder_create(&t->decoder);
    }
    if (made != WEFT_OK) {
        (void)failure_set(f, made, "%s", weft_status_message(made));
        return T8N_EVM;
    }
    if (is_stdin(paths->alloc) || is_stdin(paths->env) || is_stdin(paths->txs)) {
        status = load(&input->standard_input, "/dev/stdin", f);
    }
    if (status == T8N_OK) {
        status = read_alloc(input, t, paths->alloc, f);
    }
    if (status == T8N_OK) {
        status = read_blob_params(input, t, paths->blob_params, f);
    }
    if (status == T8N_OK) {
        status = read_env(input, t, paths->env, f);
    }
    return status == T8N_OK ? read_txs(input, t, paths->txs, f) : status;
}
