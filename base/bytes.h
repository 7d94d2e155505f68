/** Comparing and printing the fixed-size byte types, hexadecimal in and out. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <weft/types.h>
#include <string.h>

static inline bool address_equal(const weft_address *a, const weft_address *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static inline int address_compare(const weft_address *a, const weft_address *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

static inline bool address_is_zero(const weft_address *a) {
    weft_address zero = {{0}};
    return address_equal(a, &zero);
}

static inline bool bytes32_equal(const weft_bytes32 *a, const weft_bytes32 *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static inline int bytes32_compare(const weft_bytes32 *a, const weft_bytes32 *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

static inline bool bytes32_is_zero(const weft_bytes32 *a) {
    weft_bytes32 zero = {{0}};
    return bytes32_equal(a, &zero);
}

static inline weft_bytes bytes_of(const void *data, size_t size) {
    return (weft_bytes){(const uint8_t *)data, size};
}

static inline bool bytes_equal(weft_bytes a, weft_bytes b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/** Big-endian loads and stores of 64-bit integers at any alignment. */
static inline uint64_t load_be64(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap64(value);
}

static inline void store_be64(uint8_t *bytes, uint64_t value) {
    value = __builtin_bswap64(value);
    memcpy(bytes, &value, sizeof value);
}

/** Lower-case hexadecimal of `size` bytes, no prefix, terminated: `text` has room for 2 * size + 1. */
void hex_encode(char *text, const uint8_t *bytes, size_t size);

/** Exactly 2 * size hexadecimal digits, with or without "0x" before them.
 *  Returns: false when `text` (text_size characters) is anything else; `bytes` is then unspecified. */
bool hex_decode(uint8_t *bytes, size_t size, const char *text, size_t text_size);

#endif
