#include "tools/trace/revert_reason.h"

#include <stdio.h>
#include <string.h>

#include "tools/hex.h"
#include "tools/number.h"

enum { SELECTOR_SIZE = 4, WORD_SIZE = 32 };

static const uint8_t error_selector[SELECTOR_SIZE] = {0x08, 0xc3, 0x79, 0xa0}; /* Error(string) */
static const uint8_t panic_selector[SELECTOR_SIZE] = {0x4e, 0x48, 0x7b, 0x71}; /* Panic(uint256) */

/* The word at `offset` as a number that is at most `most`. */
static bool read_word(weft_bytes bytes, size_t offset, size_t most, size_t *number) {
    weft_bytes32 word;
    if (bytes.size < WORD_SIZE || offset > bytes.size - WORD_SIZE) {
        return false;
    }
    memcpy(word.bytes, bytes.data + offset, WORD_SIZE);
    weft_u256 value = hex_bytes_number(&word);
    *number = value.limb[0];
    return number_fits(&value, most);
}

/* How long the UTF-8 character at `c` is, in a terminated text; 0 = it is none (Unicode, table 3-7). */
static size_t utf8_size(const uint8_t *c) {
    static const struct {
        uint8_t first_min, first_max, second_min, second_max;
        size_t size;
    } rows[] = {{0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
                {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
                {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
    if (*c < 0x80) {
        return 1;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (*c >= rows[i].first_min && *c <= rows[i].first_max && c[1] >= rows[i].second_min &&
            c[1] <= rows[i].second_max) {
            size_t size = 2;
            while (size < rows[i].size && (c[size] & 0xc0) == 0x80) {
                size++;
            }
            return size == rows[i].size ? size : 0;
        }
    }
    return 0;
}

/* Anybody may revert with any bytes, but a text goes into JSON: what is not UTF-8 is shown as question marks. */
static void make_printable(char *text) {
    for (uint8_t *c = (uint8_t *)text; *c != 0;) {
        size_t size = utf8_size(c);
        if (size == 0) {
            *c = '?';
            size = 1;
        }
        c += size;
    }
}

static bool read_error(char *text, weft_bytes arguments) {
    size_t offset, size;
    if (!read_word(arguments, 0, arguments.size, &offset) || !read_word(arguments, offset, arguments.size, &size) ||
        size > arguments.size - offset - WORD_SIZE) {
        return false;
    }
    size = size < REVERT_REASON_SIZE - 1 ? size : REVERT_REASON_SIZE - 1;
    memcpy(text, arguments.data + offset + WORD_SIZE, size);
    text[size] = '\0';
    make_printable(text);
    return true;
}

static bool read_panic(char *text, weft_bytes arguments) {
    static const struct {
        size_t code;
        const char *words;
    } panics[] = {
        {0x00, "generic panic"},
        {0x01, "assert(false)"},
        {0x11, "arithmetic underflow or overflow"},
        {0x12, "division or modulo by zero"},
        {0x21, "enum overflow"},
        {0x22, "invalid encoded storage byte array accessed"},
        {0x31, "out-of-bounds array access; popping on an empty array"},
        {0x32, "out-of-bounds access of an array or bytesN"},
        {0x41, "out of memory"},
        {0x51, "uninitialized function"},
    };
    size_t code;
    if (!read_word(arguments, 0, SIZE_MAX, &code)) {
        return false;
    }
    for (size_t i = 0; i < sizeof panics / sizeof panics[0]; i++) {
        if (panics[i].code == code) {
            (void)snprintf(text, REVERT_REASON_SIZE, "%s", panics[i].words);
            return true;
        }
    }
    (void)snprintf(text, REVERT_REASON_SIZE, "unknown panic code: %#zx", code);
    return true;
}

bool revert_reason(char text[REVERT_REASON_SIZE], weft_bytes output) {
    if (output.size < SELECTOR_SIZE) {
        return false;
    }
    const weft_bytes arguments = {output.data + SELECTOR_SIZE, output.size - SELECTOR_SIZE};
    if (memcmp(output.data, error_selector, SELECTOR_SIZE) == 0) {
        return read_error(text, arguments);
    }
    return memcmp(output.data, panic_selector, SELECTOR_SIZE) == 0 && read_panic(text, arguments);
}
