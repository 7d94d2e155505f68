/** RLP from the inside out: items are appended, then what was appended since a place is made a list. */
#ifndef TESTS_FUZZ_SEEDS_RLP_BUFFER_H
#define TESTS_FUZZ_SEEDS_RLP_BUFFER_H

#include "tests/fuzz/seeds/seeds.h"

typedef struct rlp_buffer {
    uint8_t data[1 << 14];
    size_t size;
} rlp_buffer;

static inline weft_bytes rlp_buffer_bytes(const rlp_buffer *b) {
    return (weft_bytes){b->data, b->size};
}

/** Append bytes that are RLP already. */
static inline void rlp_append(rlp_buffer *b, weft_bytes bytes) {
    SEED_NEED(b->size + bytes.size + 16 < sizeof b->data);
    if (bytes.size > 0) {
        memcpy(b->data + b->size, bytes.data, bytes.size);
    }
    b->size += bytes.size;
}

/** Put the prefix of a string (0x80) or list (0xc0) before everything from `start` on. */
static inline void rlp_wrap(rlp_buffer *b, size_t start, unsigned base) {
    uint8_t prefix[4];
    size_t size = b->size - start, prefix_size = 1;
    if (size < 56) {
        prefix[0] = (uint8_t)(base + size);
    } else {
        prefix_size = size < 256 ? 2 : 3;
        prefix[0] = (uint8_t)(base + 55 + prefix_size - 1);
        prefix[1] = (uint8_t)(size < 256 ? size : size >> 8);
        prefix[2] = (uint8_t)size;
    }
    SEED_NEED(b->size + prefix_size < sizeof b->data);
    memmove(b->data + start + prefix_size, b->data + start, size);
    memcpy(b->data + start, prefix, prefix_size);
    b->size += prefix_size;
}

static inline void rlp_append_list(rlp_buffer *b, size_t start) {
    rlp_wrap(b, start, 0xc0);
}

static inline void rlp_append_string(rlp_buffer *b, const void *data, size_t size) {
    size_t start = b->size;
    rlp_append(b, (weft_bytes){data, size});
    if (size != 1 || b->data[start] >= 0x80) {
        rlp_wrap(b, start, 0x80);
    }
}

static inline void rlp_append_u256(rlp_buffer *b, const weft_u256 *value) {
    uint8_t bytes[32];
    size_t zeros = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(value->limb[3 - i / 8] >> (56 - 8 * (i % 8)));
        zeros += zeros == i && bytes[i] == 0;
    }
    rlp_append_string(b, bytes + zeros, sizeof bytes - zeros);
}

static inline void rlp_append_u64(rlp_buffer *b, uint64_t value) {
    const weft_u256 wide = {{value}};
    rlp_append_u256(b, &wide);
}

#endif
