#include "tools/access_list_files.h"

#include <inttypes.h>

#include "tools/access_list_json.h"
#include "tools/block_file.h"

weft_status access_list_files_read(const access_list_files *files, file_bytes *list, const weft_block *block,
                                   failure *f) {
    *list = (file_bytes){0};
    return files->source != NULL ? block_file_read(list, files->source, block, ".rlp", f) : WEFT_OK;
}

void access_list_files_set(const access_list_files *files, weft_execute_options *options, const file_bytes *list) {
    options->build_block_access_list = files->target != NULL || files->source != NULL;
    options->block_access_list = (weft_bytes){(const uint8_t *)list->data, list->size};
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
        return failure_set(f, WEFT_NO_MEMORY, "%s", weft_status_message(WEFT_NO_MEMORY));
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
