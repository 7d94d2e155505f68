/** A byte buffer that grows and keeps its memory: what an EVM holds of bytes between calls. Zero-initialise it. */
#ifndef ENGINE_BUFFER_H
#define ENGINE_BUFFER_H

#include <weft/types.h>
#include <stdlib.h>
#include <string.h>

typedef struct buffer {
    uint8_t *bytes;
    size_t size;     /* bytes that mean something */
    size_t capacity; /* bytes there is room for */
} buffer;

/** Room for `capacity` bytes; what was there stays, `bytes` may move. Returns: false when out of memory. */
static inline bool buffer_reserve(buffer *b, size_t capacity) {
    if (capacity <= b->capacity) {
        return true;
    }
    size_t doubled = b->capacity <= SIZE_MAX / 2 ? 2 * b->capacity : capacity;
    size_t wanted = doubled > capacity ? doubled : capacity;
    uint8_t *bytes = realloc(b->bytes, wanted);
    if (bytes == NULL) {
        return false;
    }
    b->bytes = bytes;
    b->capacity = wanted;
    return true;
}

/** Make the buffer hold a copy of `bytes`, which are not its own. Returns: false when out of memory. */
static inline bool buffer_assign(buffer *b, weft_bytes bytes) {
    if (!buffer_reserve(b, bytes.size)) {
        return false;
    }
    if (bytes.size != 0) {
        memcpy(b->bytes, bytes.data, bytes.size);
    }
    b->size = bytes.size;
    return true;
}

static inline void buffer_free(buffer *b) {
    free(b->bytes);
    *b = (buffer){0};
}

#endif
