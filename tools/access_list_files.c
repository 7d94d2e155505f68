#include "tools/access_list_files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/access_list_json.h"

static char *path_of(const char *folder, const weft_block *block, const char *suffix) {
    char name[64];
    const uint8_t *hash = block->hash.bytes;
    (void)snprintf(name, sizeof name, "%" PRIu64 "-%02x%02x%02x%02x%s", block->header.number, hash[0], hash[1], hash[2],
                   hash[3], suffix);
    return file_join(folder, name);
}

static weft_status no_memory(failure *f) {
    return failure_set(f, WEFT_NO_MEMORY, "%s", weft_status_message(WEFT_NO_MEMORY));
}

weft_status access_list_files_read(const access_list_files *files, file_bytes *list, const weft_block *block,
                                   failure *f) {
    *list = (file_bytes){0};
    if (files->source == NULL) {
        return WEFT_OK;
    }
    if (!file_is_folder(files->source)) {
        return file_read(list, files->source, f);
    }
    char *path = path_of(files->source, block, ".rlp");
    weft_status status = path != NULL ? file_read(list, path, f) : no_memory(f);
    free(path);
    return status;
}

void access_list_files_set(const access_list_files *files, weft_execute_options *options, const file_bytes *list) {
    options->build_block_access_list = files->target != NULL || files->source != NULL;
    options->block_access_list = (weft_bytes){(const uint8_t *)list->data, list->size};
}

/* --- Writing */

typedef bool content_writer(FILE *stream, weft_bytes rlp, const weft_block_access_list *list);

static bool write_rlp(FILE *stream, weft_bytes rlp, const weft_block_access_list *list) {
    (void)list;
    return fwrite(rlp.data, 1, rlp.size, stream) == rlp.size;
}

static bool write_json(FILE *stream, weft_bytes rlp, const weft_block_access_list *list) {
    (void)rlp;
    json_writer w = {.stream = stream};
    json_write_open(&w, NULL, '{');
    access_list_json_write(&w, "blockAccessList", list);
    json_write_close(&w, '}');
    json_write_end(&w);
    return ferror(stream) == 0;
}

static weft_status write_file(const char *folder, const weft_block *block, const char *suffix, content_writer *write,
                              weft_bytes rlp, const weft_block_access_list *list, failure *f) {
    char *path = path_of(folder, block, suffix);
    if (path == NULL) {
        return no_memory(f);
    }
    weft_status status = WEFT_OK;
    FILE *stream = fopen(path, "wb");
    bool ok = stream != NULL && write(stream, rlp, list);
    ok = stream != NULL && fclose(stream) == 0 && ok;
    if (!ok) {
        status = failure_set(f, WEFT_IO, "%s: %s", path, strerror(errno));
    }
    free(path);
    return status;
}

static weft_status write_both(const char *folder, const weft_block *block, weft_bytes rlp,
                              const weft_block_access_list *list, failure *f) {
    weft_status status = write_file(folder, block, ".rlp", write_rlp, rlp, list, f);
    return status == WEFT_OK ? write_file(folder, block, ".json", write_json, rlp, list, f) : status;
}

weft_status access_list_files_keep(const access_list_files *files, const weft_block *block,
                                   const weft_block_result *result, failure *f) {
    weft_decoder *decoder;
    weft_block_access_list list;
    weft_error error = {.message = ""};
    if (files->target == NULL || result->block_access_list.size == 0) {
        return WEFT_OK;
    }
    if (mkdir(files->target, 0777) != 0 && errno != EEXIST) {
        return failure_set(f, WEFT_IO, "%s: %s", files->target, strerror(errno));
    }
    if (weft_decoder_create(&decoder) != WEFT_OK) {
        return no_memory(f);
    }
    weft_status status = weft_block_access_list_decode(decoder, &list, result->block_access_list, &error);
    if (status == WEFT_OK) {
        status = write_both(files->target, block, result->block_access_list, &list, f);
    } else {
        failure_set(f, status, "the list built for block %" PRIu64 ": %s", block->header.number, error.message);
    }
    weft_decoder_destroy(decoder);
    return status;
}
