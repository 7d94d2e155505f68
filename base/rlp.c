#include "base/rlp.h"

#include "base/u256.h"

/* Header bytes (Yellow Paper appendix B): below STRING_BASE the byte is its own encoding; a base plus 0..55 is a short
 * length, a base plus 56..63 says how many length bytes follow. */
#define STRING_BASE 0x80
#define LIST_BASE 0xc0
#define SHORT_SIZE_MAX 55

typedef struct rlp_item {
    const uint8_t *start; /* of the header */
    const uint8_t *payload;
    size_t size;
    bool is_list;
} rlp_item;

rlp_cursor rlp_open(weft_bytes bytes, rlp_error *error) {
    static const uint8_t nothing[1];
    const uint8_t *start = bytes.size != 0 ? bytes.data : nothing;
    *error = (rlp_error){0};
    return (rlp_cursor){start, start + bytes.size, start, error};
}

bool rlp_ok(const rlp_cursor *c) {
    return c->error->rule == NULL;
}

static void fail_at(const rlp_cursor *c, const uint8_t *position, const char *rule) {
    if (rlp_ok(c)) {
        *c->error = (rlp_error){(size_t)(position - c->origin), rule};
    }
}

void rlp_fail(rlp_cursor *c, const char *rule) {
    fail_at(c, c->next > c->origin ? c->next - 1 : c->origin, rule);
}

bool rlp_at_end(const rlp_cursor *c) {
    return !rlp_ok(c) || c->next == c->end;
}

bool rlp_next_is_list(const rlp_cursor *c) {
    return !rlp_at_end(c) && *c->next >= LIST_BASE;
}

/* The payload size that `count` big-endian bytes after the header say. */
static bool long_size_read(rlp_cursor *c, size_t count, size_t *size) {
    const uint8_t *bytes = c->next + 1;
    if ((size_t)(c->end - bytes) < count) {
        fail_at(c, c->next, "an item runs past the end");
        return false;
    }
    if (bytes[0] == 0) {
        fail_at(c, c->next, "a length has a leading zero");
        return false;
    }
    *size = 0;
    for (size_t i = 0; i < count; i++) {
        *size = *size << 8 | bytes[i];
    }
    if (*size <= SHORT_SIZE_MAX) {
        fail_at(c, c->next, "a short length is in long form");
        return false;
    }
    return true;
}

/* Read one item of either kind; on false the error is remembered and the cursor has not moved. */
static bool item_read(rlp_cursor *c, rlp_item *item) {
    if (!rlp_ok(c)) {
        return false;
    }
    if (c->next == c->end) {
        fail_at(c, c->next, "an item is missing");
        return false;
    }
    uint8_t header = *c->next;
    *item = (rlp_item){.start = c->next, .payload = c->next, .size = 1};
    if (header >= STRING_BASE) {
        item->is_list = header >= LIST_BASE;
        item->size = (size_t)(header - (item->is_list ? LIST_BASE : STRING_BASE));
        size_t size_count = item->size > SHORT_SIZE_MAX ? item->size - SHORT_SIZE_MAX : 0;
        if (size_count != 0 && !long_size_read(c, size_count, &item->size)) {
            return false;
        }
        item->payload = c->next + 1 + size_count;
    }
    if (item->size > (size_t)(c->end - item->payload)) {
        fail_at(c, c->next, "an item runs past the end");
        return false;
    }
    if (header == STRING_BASE + 1 && *item->payload < STRING_BASE) {
        fail_at(c, c->next, "a single byte below 0x80 has a header");
        return false;
    }
    c->next = item->payload + item->size;
    return true;
}

/* Read one item that must be a string; *start is set to its header, where the caller reports its own rules. */
static weft_bytes string_read(rlp_cursor *c, const uint8_t **start) {
    const uint8_t *before = c->next;
    rlp_item item;
    if (!item_read(c, &item)) {
        return (weft_bytes){NULL, 0};
    }
    if (item.is_list) {
        c->next = before;
        fail_at(c, before, "a string is expected, a list found");
        return (weft_bytes){NULL, 0};
    }
    *start = before;
    return (weft_bytes){item.payload, item.size};
}

size_t rlp_count(const rlp_cursor *c) {
    rlp_cursor walk = *c;
    rlp_item item;
    size_t count = 0;
    while (!rlp_at_end(&walk) && item_read(&walk, &item)) {
        count++;
    }
    return rlp_ok(c) ? count : 0;
}

rlp_cursor rlp_read_list(rlp_cursor *c) {
    const uint8_t *before = c->next;
    rlp_item item;
    if (item_read(c, &item)) {
        if (item.is_list) {
            return (rlp_cursor){item.payload, item.payload + item.size, c->origin, c->error};
        }
        c->next = before;
        fail_at(c, before, "a list is expected, a string found");
    }
    return (rlp_cursor){before, before, c->origin, c->error};
}

weft_bytes rlp_read_string(rlp_cursor *c) {
    const uint8_t *start;
    return string_read(c, &start);
}

/* Read an integer of at most `size_max` bytes, canonical: no leading zeros, zero is the empty string. */
static weft_bytes integer_read(rlp_cursor *c, size_t size_max) {
    const uint8_t *start = c->next;
    weft_bytes bytes = string_read(c, &start);
    if (bytes.size != 0 && bytes.data[0] == 0) {
        fail_at(c, start, "an integer has a leading zero");
    } else if (bytes.size > size_max) {
        fail_at(c, start, "an integer is wider than its field");
    }
    return rlp_ok(c) ? bytes : (weft_bytes){NULL, 0};
}

uint64_t rlp_read_u64(rlp_cursor *c) {
    weft_bytes bytes = integer_read(c, sizeof(uint64_t));
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        value = value << 8 | bytes.data[i];
    }
    return value;
}

weft_u256 rlp_read_u256(rlp_cursor *c) {
    weft_bytes bytes = integer_read(c, 32);
    return u256_from_be(bytes.data, bytes.size);
}

void rlp_read_fixed(rlp_cursor *c, uint8_t *out, size_t size) {
    const uint8_t *start = c->next;
    weft_bytes bytes = string_read(c, &start);
    if (rlp_ok(c) && bytes.size != size) {
        fail_at(c, start, "a string has the wrong size for its field");
    }
    if (!rlp_ok(c)) {
        memset(out, 0, size);
    } else if (size != 0) {
        memcpy(out, bytes.data, size);
    }
}

weft_bytes rlp_read_raw(rlp_cursor *c) {
    rlp_item item;
    if (!item_read(c, &item)) {
        return (weft_bytes){NULL, 0};
    }
    return (weft_bytes){item.start, (size_t)(c->next - item.start)};
}

void rlp_expect_end(rlp_cursor *c) {
    if (!rlp_at_end(c)) {
        fail_at(c, c->next, "bytes are left over");
    }
}

/* Number of bytes of a length or integer without leading zeros. */
static size_t byte_count(uint64_t value) {
    return value == 0 ? 0 : (size_t)(71 - __builtin_clzll(value)) / 8;
}

static size_t header_size(size_t payload_size) {
    return payload_size <= SHORT_SIZE_MAX ? 1 : 1 + byte_count(payload_size);
}

static uint8_t *be_write(uint8_t *out, uint64_t value, size_t count) {
    for (size_t i = count; i-- > 0;) {
        *out++ = (uint8_t)(value >> 8 * i);
    }
    return out;
}

static uint8_t *header_write(uint8_t *out, uint8_t base, size_t payload_size) {
    if (payload_size <= SHORT_SIZE_MAX) {
        *out++ = (uint8_t)(base + payload_size);
        return out;
    }
    size_t count = byte_count(payload_size);
    *out++ = (uint8_t)(base + SHORT_SIZE_MAX + count);
    return be_write(out, payload_size, count);
}

static bool is_own_encoding(weft_bytes bytes) {
    return bytes.size == 1 && bytes.data[0] < STRING_BASE;
}

size_t rlp_size_string(weft_bytes bytes) {
    return is_own_encoding(bytes) ? 1 : header_size(bytes.size) + bytes.size;
}

size_t rlp_size_list(size_t payload_size) {
    return header_size(payload_size) + payload_size;
}

size_t rlp_size_u64(uint64_t value) {
    return value < STRING_BASE ? 1 : 1 + byte_count(value);
}

size_t rlp_size_u256(const weft_u256 *value) {
    return u256_fits_u64(value) ? rlp_size_u64(value->limb[0]) : 1 + u256_byte_length(value);
}

uint8_t *rlp_write_string(uint8_t *out, weft_bytes bytes) {
    if (!is_own_encoding(bytes)) {
        out = header_write(out, STRING_BASE, bytes.size);
    }
    if (bytes.size != 0) {
        memcpy(out, bytes.data, bytes.size);
    }
    return out + bytes.size;
}

uint8_t *rlp_write_list_header(uint8_t *out, size_t payload_size) {
    return header_write(out, LIST_BASE, payload_size);
}

uint8_t *rlp_write_u64(uint8_t *out, uint64_t value) {
    uint8_t bytes[8];
    size_t count = byte_count(value);
    (void)be_write(bytes, value, count);
    return rlp_write_string(out, (weft_bytes){bytes, count});
}

uint8_t *rlp_write_u256(uint8_t *out, const weft_u256 *value) {
    uint8_t bytes[32];
    size_t count = u256_byte_length(value);
    u256_to_be32(bytes, value);
    return rlp_write_string(out, (weft_bytes){bytes + 32 - count, count});
}
