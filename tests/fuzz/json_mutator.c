#include "tests/fuzz/json_mutator.h"

enum { COPY_SIZE_MAX = 4096 };

/* What stands between two quotes. */
typedef struct quoted {
    size_t start, size;
} quoted;

/* The string that starts first at or behind a random place. Returns: false if there is none. */
static bool pick_string(test_random *random, const uint8_t *data, size_t size, quoted *out) {
    size_t quotes_before = 0, i = 0;
    for (size_t from = random_below(random, size); i < size && (i < from || quotes_before % 2 != 0 || data[i] != '"');
         i++) {
        quotes_before += data[i] == '"';
    }
    out->start = i + 1;
    const uint8_t *end = out->start < size ? memchr(data + out->start, '"', size - out->start) : NULL;
    out->size = end == NULL ? 0 : (size_t)(end - data) - out->start;
    return end != NULL;
}

static size_t replace(uint8_t *data, size_t size, size_t size_max, quoted old, weft_bytes with) {
    size_t new_size = size - old.size + with.size, behind = old.start + old.size;
    if (new_size > size_max) {
        return size;
    }
    memmove(data + old.start + with.size, data + behind, size - behind);
    memcpy(data + old.start, with.data, with.size);
    return new_size;
}

static size_t replace_by_number(test_random *random, uint8_t *data, size_t size, size_t size_max, quoted old) {
    static const char *const numbers[] = {
        "0x", "0x0", "0x00", "0x1", "0x01", "0xffffffffffffffff", "0x10000000000000000"};
    const char *number = numbers[random_below(random, sizeof numbers / sizeof numbers[0])];
    return replace(data, size, size_max, old, (weft_bytes){(const uint8_t *)number, strlen(number)});
}

static size_t replace_by_other(test_random *random, uint8_t *data, size_t size, size_t size_max, quoted old) {
    uint8_t copy[COPY_SIZE_MAX];
    quoted other;
    if (!pick_string(random, data, size, &other) || other.size > sizeof copy) {
        return size;
    }
    memcpy(copy, data + other.start, other.size);
    return replace(data, size, size_max, old, (weft_bytes){copy, other.size});
}

size_t json_mutate(test_random *random, uint8_t *data, size_t size, size_t size_max) {
    quoted q;
    if (size == 0 || !pick_string(random, data, size, &q)) {
        return size;
    }
    switch (random_below(random, 4)) {
    case 0: return replace_by_number(random, data, size, size_max, q);
    case 1: return replace_by_other(random, data, size, size_max, q);
    default:
        if (q.size > 0) {
            data[q.start + random_below(random, q.size)] = (uint8_t) "0123456789abcdef"[random_below(random, 16)];
        }
        return size;
    }
}
