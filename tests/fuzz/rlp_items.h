/** A second, simple reader and writer of RLP, to check the library's against. It reads only what the library accepted. */
#ifndef TESTS_FUZZ_RLP_ITEMS_H
#define TESTS_FUZZ_RLP_ITEMS_H

#include "tests/fuzz/fuzz.h"

typedef struct rlp_item {
    weft_bytes whole, payload;
    bool is_list;
} rlp_item;

/** Take the next item off `rest`. */
static inline rlp_item rlp_take(weft_bytes *rest) {
    FUZZ_CHECK(rest->size > 0, "an item is missing");
    uint8_t prefix = rest->data[0];
    size_t header_size = prefix < 0x80 ? 0 : 1, payload_size = 1;
    if (prefix >= 0x80) {
        unsigned code = prefix & 0x3f; /* the same for strings and lists */
        payload_size = code;
        if (code > 55) {
            payload_size = 0;
            for (; header_size <= code - 55; header_size++) {
                FUZZ_CHECK(header_size < rest->size, "the size of an item is missing");
                payload_size = payload_size << 8 | rest->data[header_size];
            }
        }
    }
    FUZZ_CHECK(payload_size <= rest->size - header_size, "an item ends outside its list");
    rlp_item item = {.whole = {rest->data, header_size + payload_size},
                     .payload = {rest->data + header_size, payload_size},
                     .is_list = prefix >= 0xc0};
    rest->data += item.whole.size;
    rest->size -= item.whole.size;
    return item;
}

/** Whether `payload` is `value` in the fewest bytes, big-endian. */
static inline bool rlp_is_integer(weft_bytes payload, uint64_t value) {
    size_t size = 0;
    for (uint64_t v = value; v != 0; v >>= 8) {
        size++;
    }
    bool equal = payload.size == size;
    for (size_t i = 0; equal && i < size; i++) {
        equal = payload.data[i] == (uint8_t)(value >> (8 * (size - 1 - i)));
    }
    return equal;
}

#endif
