#include "tools/hex.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/number.h"

static int digit_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

const char *hex_skip_prefix(const char *text, size_t *size) {
    if (*size >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        *size -= 2;
        return text + 2;
    }
    return text;
}

bool hex_decode(uint8_t *bytes, const char *digits, size_t digit_count) {
    if (digit_count % 2 != 0) {
        return false;
    }
    for (size_t i = 0; i < digit_count / 2; i++) {
        int high = digit_value(digits[2 * i]), low = digit_value(digits[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

bool hex_decode_exact(uint8_t *bytes, size_t byte_count, const char *text, size_t text_size) {
    const char *digits = hex_skip_prefix(text, &text_size);
    return text_size == 2 * byte_count && hex_decode(bytes, digits, text_size);
}

bool hex_decode_padded(uint8_t *bytes, size_t byte_count, const char *text, size_t text_size) {
    const char *digits = hex_skip_prefix(text, &text_size);
    if (text_size > 2 * byte_count) {
        return false;
    }
    memset(bytes, 0, byte_count);
    for (size_t i = 0; i < text_size; i++) { /* i counts from the last digit */
        int value = digit_value(digits[text_size - 1 - i]);
        if (value < 0) {
            return false;
        }
        bytes[byte_count - 1 - i / 2] |= (uint8_t)(i % 2 == 0 ? value : value * 16);
    }
    return true;
}

bool hex_parse_number(weft_u256 *number, const char *text, size_t text_size) {
    size_t digit_count = text_size;
    const char *digits = hex_skip_prefix(text, &digit_count);
    const uint64_t base = digits == text ? 10 : 16;
    *number = (weft_u256){{0}};
    for (size_t i = 0; i < digit_count; i++) {
        int value = digit_value(digits[i]);
        if (value < 0 || (uint64_t)value >= base) {
            return false;
        }
        uint128 carry = (uint128)(unsigned)value;
        for (size_t limb = 0; limb < 4; limb++) {
            carry += (uint128)number->limb[limb] * base;
            number->limb[limb] = (uint64_t)carry;
            carry >>= 64;
        }
        if (carry != 0) {
            return false;
        }
    }
    return digit_count > 0;
}

const char *hex_format_decimal(char *text, const weft_u256 *number) {
    weft_u256 rest = *number;
    char *next = text + HEX_DECIMAL_TEXT_SIZE - 1;
    *next = '\0';
    do { /* divide by ten, the remainder is the next digit from the right */
        uint128 remainder = 0;
        for (size_t limb = 4; limb-- > 0;) {
            uint128 dividend = remainder << 64 | rest.limb[limb];
            rest.limb[limb] = (uint64_t)(dividend / 10);
            remainder = dividend % 10;
        }
        *--next = (char)('0' + (int)remainder);
    } while (!number_is_zero(&rest));
    return next;
}

const char *hex_encode(char *text, const uint8_t *bytes, size_t byte_count) {
    static const char digits[] = "0123456789abcdef";
    char *next = text;
    *next++ = '0';
    *next++ = 'x';
    for (size_t i = 0; i < byte_count; i++) {
        *next++ = digits[bytes[i] >> 4];
        *next++ = digits[bytes[i] & 15];
    }
    *next = '\0';
    return text;
}

weft_bytes32 hex_number_bytes(const weft_u256 *number) {
    weft_bytes32 bytes;
    for (size_t i = 0; i < 32; i++) {
        bytes.bytes[31 - i] = (uint8_t)(number->limb[i / 8] >> (i % 8 * 8));
    }
    return bytes;
}

weft_u256 hex_bytes_number(const weft_bytes32 *bytes) {
    weft_u256 number = {{0}};
    for (size_t i = 0; i < 32; i++) {
        number.limb[i / 8] |= (uint64_t)bytes->bytes[31 - i] << (i % 8 * 8);
    }
    return number;
}

const char *hex_format_quantity(char *text, const weft_u256 *number) {
    unsigned top = 3;
    while (top > 0 && number->limb[top] == 0) {
        top--;
    }
    int used = snprintf(text, HEX_BYTES32_TEXT_SIZE, "0x%" PRIx64, number->limb[top]);
    while (top-- > 0) {
        used += snprintf(text + used, HEX_BYTES32_TEXT_SIZE - (size_t)used, "%016" PRIx64, number->limb[top]);
    }
    return text;
}
