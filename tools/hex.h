/** Text to bytes and numbers, and back, as Ethereum's JSON files and people at a terminal write them. */
#ifndef TOOLS_HEX_H
#define TOOLS_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weft/types.h>

/** Room for "0x", 64 digits and the terminator. */
enum { HEX_BYTES32_TEXT_SIZE = 67 };

/** The text after an optional "0x". `size` is shortened by what was skipped. */
const char *hex_skip_prefix(const char *text, size_t *size);

/** Decode `digit_count` hex digits. Returns: false if one is not a hex digit or their number is odd.
 *  Out: bytes   digit_count / 2 of them; may be the text itself. */
bool hex_decode(uint8_t *bytes, const char *digits, size_t digit_count);

/** Decode exactly `byte_count` bytes, written with or without "0x". */
bool hex_decode_exact(uint8_t *bytes, size_t byte_count, const char *text, size_t text_size);

/** Decode at most `byte_count` bytes, written with or without "0x", odd numbers of digits allowed; filled with zeros
 *  on the left. */
bool hex_decode_padded(uint8_t *bytes, size_t byte_count, const char *text, size_t text_size);

/** A number below 2^256: decimal digits, or "0x" and hex digits. At least one digit. */
bool hex_parse_number(weft_u256 *number, const char *text, size_t text_size);

/** Room for 78 decimal digits and the terminator. */
enum { HEX_DECIMAL_TEXT_SIZE = 79 };
/** The number in decimal digits, terminated. `text` has room for HEX_DECIMAL_TEXT_SIZE. Returns: the first digit. */
const char *hex_format_decimal(char *text, const weft_u256 *number);

/** "0x" and hex digits without leading zeros, "0x0" for zero; terminated. `text` has room for HEX_BYTES32_TEXT_SIZE.
 *  Returns: text. */
const char *hex_format_quantity(char *text, const weft_u256 *number);

/** "0x" and two digits per byte, terminated. `text` has room for 2 * byte_count + 3. Returns: text. */
const char *hex_encode(char *text, const uint8_t *bytes, size_t byte_count);

/** The number as 32 big-endian bytes. */
weft_bytes32 hex_number_bytes(const weft_u256 *number);
/** The number that 32 big-endian bytes are. */
weft_u256 hex_bytes_number(const weft_bytes32 *bytes);

#endif
