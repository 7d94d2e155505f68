#include "tools/block_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *block_file_path(const char *folder, const weft_block *block, const char *suffix) {
    char name[64];
    const uint8_t *hash = block->hash.bytes;
    (void)snprintf(name, sizeof name, "%" PRIu64 "-%02x%02x%02x%02x%s", block->header.number, hash[0], hash[1], hash[2],
                   hash[3], suffix);
    return file_join(folder, name);
}

weft_status block_file_write(const char *folder, const weft_block *block, const char *suffix, block_file_writer *write,
                             const void *context, failure *f) {
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        return failure_set(f, WEFT_IO, "%s: %s", folder, strerror(errno));
    }
    char *path = block_file_path(folder, block, suffix);
    if (path == NULL) {
        return failure_no_memory(f);
    }
    weft_status status = WEFT_OK;
    FILE *stream = fopen(path, "wb");
    bool ok = stream != NULL && write(stream, context);
    ok = stream != NULL && fclose(stream) == 0 && ok;
    if (!ok) {
        status = failure_set(f, WEFT_IO, "%s: %s", path, strerror(errno));
    }
    free(path);
    return status;
}

weft_status block_file_read(block_file *file, const char *source, const weft_block *block, const char *suffix,
                            failure *f) {
    *file = (block_file){0};
    file->path = file_is_folder(source) ? block_file_path(source, block, suffix) : strdup(source);
    return file->path != NULL ? file_read(&file->bytes, file->path, f) : failure_no_memory(f);
}

void block_file_free(block_file *file) {
    file_free(&file->bytes);
    free(file->path);
    *file = (block_file){0};
}
