#include "tools/recorded_block.h"

#include <stdlib.h>
#include <string.h>

#include "tools/hex.h"
#include "tools/recorded_inputs.h"

/* --- Files */

const char *recorded_file_name(recorded_file file) {
    static const char *const names[RECORDED_FILE_COUNT] = {
        [RECORDED_BLOCK_RLP] = "block.rlp.hex",        [RECORDED_META] = "meta.json",
        [RECORDED_PRE_STATE] = "pre_state.json",       [RECORDED_WITNESS] = "witness.json",
        [RECORDED_BLOCK_HASHES] = "block_hashes.json", [RECORDED_RECEIPTS] = "receipts_raw.json",
        [RECORDED_BLOCK_JSON] = "block.json",          [RECORDED_TRANSACTIONS] = "txs.json",
    };
    return names[file];
}

weft_status recorded_files_read(recorded_files *files, const char *folder, failure *f) {
    *files = (recorded_files){0};
    weft_status status = WEFT_OK;
    for (int i = 0; i < RECORDED_FILE_COUNT && status == WEFT_OK; i++) {
        files->paths[i] = file_join(folder, recorded_file_name((recorded_file)i));
        if (files->paths[i] == NULL) {
            status = failure_set(f, WEFT_NO_MEMORY, "%s: %s", folder, weft_status_message(WEFT_NO_MEMORY));
        } else if (file_exists(files->paths[i])) {
            status = file_read(&files->files[i], files->paths[i], f);
        }
    }
    if (status != WEFT_OK) {
        recorded_files_free(files);
    }
    return status;
}

void recorded_files_free(recorded_files *files) {
    for (int i = 0; i < RECORDED_FILE_COUNT; i++) {
        free(files->paths[i]);
        file_free(&files->files[i]);
    }
    *files = (recorded_files){0};
}

static bool folder_has(const char *folder, recorded_file file) {
    char *path = file_join(folder, recorded_file_name(file));
    bool has = path != NULL && file_exists(path);
    free(path);
    return has;
}

bool recorded_block_is(const char *folder) {
    return folder_has(folder, RECORDED_BLOCK_RLP) || folder_has(folder, RECORDED_TRANSACTIONS);
}

/* --- The block itself */

static weft_status read_block(recorded_block *r, const char *name, const file_bytes *file, failure *f) {
    size_t digit_count = file->size;
    while (digit_count > 0 && strchr(" \t\r\n", file->data[digit_count - 1]) != NULL) {
        digit_count--;
    }
    const char *digits = hex_skip_prefix(file->data, &digit_count);
    r->rlp = malloc(digit_count / 2 + 1);
    weft_status status = r->rlp != NULL ? weft_decoder_create(&r->decoder) : WEFT_NO_MEMORY;
    if (status != WEFT_OK) {
        return failure_set(f, status, "%s: %s", name, weft_status_message(status));
    }
    if (!hex_decode(r->rlp, digits, digit_count)) {
        return failure_set(f, WEFT_DECODE, "%s: must be one line of hex, two digits a byte", name);
    }
    weft_error error;
    status = weft_block_decode(r->decoder, &r->block, NULL, (weft_bytes){r->rlp, digit_count / 2}, &error);
    if (status == WEFT_DECODE) {
        return failure_set(f, status, "%s: byte %zu of the RLP: %s", name, error.position, error.message);
    }
    return status == WEFT_OK ? status : failure_set(f, status, "%s: %s", name, weft_status_message(status));
}

static weft_status set_chain(recorded_block *r, const char *name, uint64_t chain_id, failure *f) {
    r->chain = weft_chain_by_id(chain_id);
    return r->chain != NULL ? WEFT_OK
                            : failure_set(f, WEFT_UNSUPPORTED, "%s: weft does not know the chain with id %llu", name,
                                          (unsigned long long)chain_id);
}

static weft_status read_meta(recorded_block *r, const char *name, const file_bytes *file, failure *f) {
    json_document document;
    weft_status status = json_parse(&document, name, file->data, file->size, f);
    if (status != WEFT_OK) {
        return status;
    }
    uint64_t chain_id = 1;
    bool ommers_are_complete = true;
    r->has_hash = json_get(document.root, "hash") != NULL;
    if (json_expect(&document, document.root, JSON_OBJECT, "a recording's description") &&
        json_u64(&document, document.root, "chainId", &chain_id) &&
        json_boolean(&document, document.root, "unclesComplete", &ommers_are_complete) &&
        json_bytes32(&document, document.root, "hash", &r->hash)) {
        r->options.ommers_missing = !ommers_are_complete;
        status = set_chain(r, name, chain_id, f);
    } else {
        status = f->status;
    }
    json_free(&document);
    return status;
}

static bool read_receipts(json_document *document, weft_block *receipts) {
    if (!json_expect(document, document->root, JSON_ARRAY, "a list of receipts")) {
        return false;
    }
    weft_transaction *places = json_allocate(document, (document->root->child_count + 1) * sizeof *places);
    for (const json_value *v = places != NULL ? json_first(document->root) : NULL; v != NULL; v = v->next) {
        weft_transaction *place = &places[receipts->transaction_count++];
        *place = (weft_transaction){0};
        if (!json_value_bytes(document, v, &place->raw)) {
            return false;
        }
    }
    receipts->transactions = places;
    return places != NULL;
}

/* --- Its state */

static weft_status read_plain_state(recorded_block *r, const recorded_files *files, failure *f) {
    const file_bytes *file = &files->files[RECORDED_PRE_STATE];
    weft_status status =
        pre_state_read_accounts(&r->state, files->paths[RECORDED_PRE_STATE], file->data, file->size, f);
    r->options.partial_state = true;
    const file_bytes *witness = &files->files[RECORDED_WITNESS];
    if (status == WEFT_OK && witness->data != NULL) {
        status = pre_state_add_witness(&r->state, files->paths[RECORDED_WITNESS], witness->data, witness->size,
                                       &r->block.header, f);
    }
    r->options.parent = pre_state_parent(&r->state);
    return status;
}

/* Returns: WEFT_NOT_FOUND if the state is recorded in neither form. */
static weft_status read_state(recorded_block *r, const recorded_files *files, recorded_preference preference,
                              failure *f) {
    const file_bytes *witness = &files->files[RECORDED_WITNESS];
    bool has_plain = files->files[RECORDED_PRE_STATE].data != NULL;
    weft_status status =
        failure_set(f, WEFT_NOT_FOUND, "%s: there is no state beside it", files->paths[RECORDED_BLOCK_RLP]);
    if (has_plain && preference == RECORDED_PLAIN_STATE) {
        return read_plain_state(r, files, f);
    }
    if (witness->data != NULL) {
        status = pre_state_read_witness(&r->state, files->paths[RECORDED_WITNESS], witness->data, witness->size,
                                        &r->block.header, f);
    }
    r->options.parent = pre_state_parent(&r->state);
    return status == WEFT_NOT_FOUND && has_plain ? read_plain_state(r, files, f) : status;
}

static weft_status read_block_hashes(recorded_block *r, const char *name, const file_bytes *file, failure *f) {
    json_document document;
    weft_status status = json_parse(&document, name, file->data, file->size, f);
    if (status == WEFT_OK) {
        status = pre_state_add_block_hashes(&r->state, &document, document.root);
        json_free(&document);
    }
    return status;
}

static weft_status set_parent_hash(recorded_block *r, const char *name, failure *f) {
    const weft_header *header = &r->block.header;
    weft_status status =
        header->number > 0 ? pre_state_set_block_hash(&r->state, header->number - 1, &header->parent_hash) : WEFT_OK;
    return status == WEFT_OK ? status : failure_set(f, status, "%s: %s", name, weft_status_message(status));
}

/* --- The three forms */

static weft_status parse_block(recorded_block *r, const recorded_files *files, recorded_preference preference,
                               failure *f) {
    const file_bytes *receipts = &files->files[RECORDED_RECEIPTS];
    if (files->files[RECORDED_META].data == NULL) {
        return failure_set(f, WEFT_NOT_FOUND, "%s: is missing", files->paths[RECORDED_META]);
    }
    weft_status status = read_block(r, files->paths[RECORDED_BLOCK_RLP], &files->files[RECORDED_BLOCK_RLP], f);
    if (status == WEFT_OK) {
        status = read_meta(r, files->paths[RECORDED_META], &files->files[RECORDED_META], f);
    }
    if (status == WEFT_OK && receipts->data != NULL) {
        status = json_parse(&r->document, files->paths[RECORDED_RECEIPTS], receipts->data, receipts->size, f);
        if (status == WEFT_OK && !read_receipts(&r->document, &r->receipts)) {
            status = f->status;
        }
    }
    if (status != WEFT_OK) {
        return status;
    }
    if (files->files[RECORDED_PRE_STATE].data == NULL && files->files[RECORDED_WITNESS].data == NULL) {
        r->form = RECORDED_WITHOUT_STATE;
        return WEFT_OK;
    }
    status = read_state(r, files, preference, f);
    if (status == WEFT_OK && files->files[RECORDED_BLOCK_HASHES].data != NULL) {
        status = read_block_hashes(r, files->paths[RECORDED_BLOCK_HASHES], &files->files[RECORDED_BLOCK_HASHES], f);
    }
    return status == WEFT_OK ? set_parent_hash(r, files->paths[RECORDED_BLOCK_RLP], f) : status;
}

static weft_status read_inputs(recorded_block *r, const recorded_files *files, failure *f) {
    const file_bytes *environment = &files->files[RECORDED_BLOCK_JSON], *txs = &files->files[RECORDED_TRANSACTIONS];
    json_document document;
    weft_status status =
        json_parse(&document, files->paths[RECORDED_BLOCK_JSON], environment->data, environment->size, f);
    if (status != WEFT_OK) {
        return status;
    }
    status = json_parse(&r->document, files->paths[RECORDED_TRANSACTIONS], txs->data, txs->size, f);
    if (status == WEFT_OK) {
        uint64_t chain_id = 1;
        status = recorded_inputs_read(&r->block, &chain_id, &document, &r->document)
                     ? set_chain(r, document.name, chain_id, f)
                     : f->status;
    }
    const json_value *hashes = json_get(document.root, "block_hashes");
    if (status == WEFT_OK) {
        status = read_plain_state(r, files, f);
    }
    if (status == WEFT_OK && hashes != NULL) {
        status = pre_state_add_block_hashes(&r->state, &document, hashes);
    }
    json_free(&document);
    return status;
}

static weft_status parse_inputs(recorded_block *r, const recorded_files *files, failure *f) {
    static const recorded_file needed[] = {RECORDED_BLOCK_JSON, RECORDED_TRANSACTIONS, RECORDED_PRE_STATE};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (files->files[needed[i]].data == NULL) {
            return failure_set(f, WEFT_NOT_FOUND, "%s: is missing", files->paths[needed[i]]);
        }
    }
    r->form = RECORDED_INPUTS_ONLY;
    r->options.no_header_checks = true;
    return read_inputs(r, files, f);
}

weft_status recorded_block_parse(recorded_block *recorded, const recorded_files *files, recorded_preference preference,
                                 failure *f) {
    *recorded = (recorded_block){.options = {.size = sizeof recorded->options, .measure_critical_path = true}};
    weft_status status = files->files[RECORDED_BLOCK_RLP].data != NULL ? parse_block(recorded, files, preference, f)
                                                                       : parse_inputs(recorded, files, f);
    if (status != WEFT_OK) {
        recorded_block_free(recorded);
    }
    return status;
}

void recorded_block_free(recorded_block *recorded) {
    pre_state_free(&recorded->state);
    json_free(&recorded->document);
    weft_decoder_destroy(recorded->decoder);
    free(recorded->rlp);
    *recorded = (recorded_block){0};
}
