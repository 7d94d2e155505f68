#include "tools/access_list_files.h"

#include <inttypes.h>

#include "tools/access_list_json.h"

static weft_bytes bytes_of(const block_file *list) {
    return (weft_bytes){(const uint8_t *)list->bytes.data, list->bytes.size};
}

/* A list that is none is the file's fault, not the block's. */
static weft_status check(const block_file *list, failure *f) {
    weft_decoder *decoder;
    weft_block_access_list decoded;
    weft_error error = {.message = ""};
    if (weft_decoder_create(&decoder) != WEFT_OK) {
        return failure_no_memory(f);
    }
    weft_status status = weft_block_access_list_decode(decoder, &decoded, bytes_of(list), &error);
    if (status == WEFT_DECODE) {
        failure_set(f, status, "%s: no block access list in RLP: byte %zu: %s", list->path, error.position,
                    error.message);
    } else if (status != WEFT_OK) {
        failure_set(f, status, "%s: %s", list->path, weft_status_message(status));
    }
    weft_decoder_destroy(decoder);
    return status;
}

weft_status access_list_files_read(const access_list_files *files, block_file *list, const weft_block *block,
                                   failure *f) {
    *list = (block_file){.path = NULL};
    if (files->source == NULL) {
        return WEFT_OK;
    }
    weft_status status = block_file_read(list, files->source, block, ".rlp", f);
    return status == WEFT_OK ? check(list, f) : status;
}

void access_list_files_set(const access_list_files *files, weft_execute_options *options, const block_file *list) {
    options->build_block_access_list = files->target != NULL || files->source != NULL;
    options->block_access_list = bytes_of(list);
}

/* --- Writing */

static bool write_rlp(FILE *stream, const void *context) {
    const weft_bytes *rlp = context;
    return fwrite(rlp->data, 1, rlp->size, stream) == rlp->size;
}

static bool write_json(FILE *stream, const void *context) {
    json_writer w = {.stream = stream};
    json_write_open(&w, NULL, '{');
    access_list_json_write(&w, "blockAccessList", context);
    json_write_close(&w, '}');
    json_write_end(&w);
    return ferror(stream) == 0;
}

weft_status access_list_files_keep(const access_list_files *files, const weft_block *block,
                                   const weft_block_result *result, failure *f) {
    weft_decoder *decoder;
    weft_block_access_list list;
    weft_error error = {.message = ""};
    weft_bytes rlp = result->block_access_list;
    if (files->target == NULL || rlp.size == 0) {
        return WEFT_OK;
    }
    if (weft_decoder_create(&decoder) != WEFT_OK) {
        return failure_no_memory(f);
    }
    weft_status status = weft_block_access_list_decode(decoder, &list, rlp, &error);
    if (status == WEFT_OK) {
        status = block_file_write(files->target, block, ".rlp", write_rlp, &rlp, f);
        status = status == WEFT_OK ? block_file_write(files->target, block, ".json", write_json, &list, f) : status;
    } else {
        failure_set(f, status, "the list built for block %" PRIu64 ": %s", block->header.number, error.message);
    }
    weft_decoder_destroy(decoder);
    return status;
}
