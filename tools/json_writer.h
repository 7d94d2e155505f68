/** JSON out: one object per line, on standard output unless told otherwise. */
#ifndef TOOLS_JSON_WRITER_H
#define TOOLS_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <weft/types.h>

/** Where in its line a writer is. Zero-initialise it. */
typedef struct json_writer {
    FILE *stream;     /* NULL = standard output */
    bool needs_comma; /* before the next value */
    bool needs_line;  /* the same */
} json_writer;

/** Open and close objects and arrays. `key` is NULL inside an array and at the top. */
void json_write_open(json_writer *w, const char *key, char bracket);
void json_write_close(json_writer *w, char bracket);
/** End the line. */
void json_write_end(json_writer *w);
/** Let what comes next begin on a line of its own. */
void json_write_line(json_writer *w);

/** Members of an object that are JSON already. */
void json_write_members(json_writer *w, const char *members);
void json_write_null(json_writer *w, const char *key);
void json_write_text(json_writer *w, const char *key, const char *text);
void json_write_count(json_writer *w, const char *key, uint64_t count);
/** Seconds, to the microsecond; ratios with six decimals. */
void json_write_figure(json_writer *w, const char *key, double figure);
void json_write_boolean(json_writer *w, const char *key, bool truth);
void json_write_hex(json_writer *w, const char *key, const uint8_t *bytes, size_t byte_count);
void json_write_bytes(json_writer *w, const char *key, weft_bytes bytes);
void json_write_address(json_writer *w, const char *key, const weft_address *address);
void json_write_bytes32(json_writer *w, const char *key, const weft_bytes32 *bytes);
/** Quantities: "0x" and hex digits without leading zeros, "0x0" for zero. */
void json_write_quantity(json_writer *w, const char *key, uint64_t value);
void json_write_u256(json_writer *w, const char *key, const weft_u256 *value);

#endif
