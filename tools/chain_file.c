#include "tools/chain_file.h"

weft_status chain_file_begin(chain_file *file, const char *name, weft_bytes bytes, failure *f) {
    *file = (chain_file){.name = name, .bytes = bytes};
    weft_status status = weft_decoder_create(&file->decoder);
    return status == WEFT_OK ? status : failure_set(f, status, "%s: %s", name, weft_status_message(status));
}

weft_status chain_file_open(chain_file *file, const char *path, failure *f) {
    file_bytes bytes;
    weft_status status = file_read(&bytes, path, f);
    if (status != WEFT_OK) {
        return status;
    }
    if (bytes.size == 0) {
        file_free(&bytes);
        return failure_set(f, WEFT_DECODE, "%s: the file holds no block", path);
    }
    status = chain_file_begin(file, path, (weft_bytes){(const uint8_t *)bytes.data, bytes.size}, f);
    if (status != WEFT_OK) {
        file_free(&bytes);
    }
    file->owned = bytes;
    return status;
}

void chain_file_close(chain_file *file) {
    weft_decoder_destroy(file->decoder);
    file_free(&file->owned);
    *file = (chain_file){0};
}

bool chain_file_at_end(const chain_file *file) {
    return file->position == file->bytes.size;
}

weft_status chain_file_next(chain_file *file, weft_block *block, failure *f) {
    weft_bytes rest = {file->bytes.data + file->position, file->bytes.size - file->position};
    weft_error error;
    size_t consumed;
    weft_decoder_reset(file->decoder);
    weft_status status = weft_block_decode(file->decoder, block, &consumed, rest, &error);
    if (status == WEFT_DECODE) {
        bool is_rlp = file->index > 0 || rest.data[0] >= 0xc0; /* a list, whatever is in it */
        return failure_set(f, status, "%s: block at index %zu (byte %zu): at byte %zu: %s%s", file->name, file->index,
                           file->position, file->position + error.position, error.message,
                           is_rlp ? "" : "; a chain file is the RLP of its blocks, one after the other");
    }
    if (status != WEFT_OK) {
        return failure_set(f, status, "%s: %s", file->name, weft_status_message(status));
    }
    file->position += consumed;
    file->index++;
    return WEFT_OK;
}

/* The size of the RLP list that `bytes` begin with, 0 if they do not begin with a whole one. */
static size_t list_size(weft_bytes bytes) {
    uint8_t first = bytes.size > 0 ? bytes.data[0] : 0;
    size_t head = 1, payload = 0;
    if (first < 0xc0) {
        return 0;
    }
    if (first < 0xf8) {
        payload = first - 0xc0u;
    } else {
        head += first - 0xf7u;
        for (size_t i = 1; i < head && i < bytes.size; i++) {
            payload = payload << 8 | bytes.data[i];
        }
    }
    return head <= bytes.size && payload <= bytes.size - head ? head + payload : 0;
}

size_t chain_file_count(const chain_file *file) {
    weft_bytes rest = {file->bytes.data + file->position, file->bytes.size - file->position};
    size_t count = 0;
    for (size_t size; (size = list_size(rest)) != 0; count++) {
        rest.data += size;
        rest.size -= size;
    }
    return count;
}
