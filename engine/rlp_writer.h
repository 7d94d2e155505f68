/** One walk over an object both measures and writes its RLP.
 *
 *  An encoder is a function that puts items into a writer. With `next` NULL the writer only counts, so the same function
 *  run first on an empty writer gives the size that the second, writing one needs; a list asks the size of its items
 *  that way before its header.
 */
#ifndef ENGINE_RLP_WRITER_H
#define ENGINE_RLP_WRITER_H

#include "base/rlp.h"
#include <string.h>

typedef struct rlp_writer {
    uint8_t *next; /* where the next byte goes; NULL = measure only */
    size_t size;   /* bytes put so far */
} rlp_writer;

static inline void put_u64(rlp_writer *w, uint64_t value) {
    w->size += rlp_size_u64(value);
    if (w->next != NULL) {
        w->next = rlp_write_u64(w->next, value);
    }
}

static inline void put_u256(rlp_writer *w, const weft_u256 *value) {
    w->size += rlp_size_u256(value);
    if (w->next != NULL) {
        w->next = rlp_write_u256(w->next, value);
    }
}

static inline void put_string(rlp_writer *w, const void *data, size_t size) {
    weft_bytes bytes = {(const uint8_t *)data, size};
    w->size += rlp_size_string(bytes);
    if (w->next != NULL) {
        w->next = rlp_write_string(w->next, bytes);
    }
}

/** Bytes that are RLP already. */
static inline void put_raw(rlp_writer *w, const void *data, size_t size) {
    w->size += size;
    if (w->next != NULL && size != 0) {
        memcpy(w->next, data, size);
        w->next += size;
    }
}

/** The header of a list whose items, put next, take `payload_size` bytes. */
static inline void put_list_header(rlp_writer *w, size_t payload_size) {
    w->size += rlp_size_list(payload_size) - payload_size;
    if (w->next != NULL) {
        w->next = rlp_write_list_header(w->next, payload_size);
    }
}

#endif
