#include "tools/json_writer.h"

#include <inttypes.h>

#include "tools/hex.h"

static FILE *stream_of(const json_writer *w) {
    return w->stream != NULL ? w->stream : stdout;
}

static void write_quoted(const json_writer *w, const char *text) {
    FILE *stream = stream_of(w);
    putc('"', stream);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            fprintf(stream, "\\%c", *c);
        } else if ((unsigned char)*c < 0x20) {
            fprintf(stream, "\\u%04x", (unsigned)(unsigned char)*c);
        } else {
            putc(*c, stream);
        }
    }
    putc('"', stream);
}

static void write_key(json_writer *w, const char *key) {
    if (w->needs_comma) {
        putc(',', stream_of(w));
    }
    if (w->needs_line) {
        fputs("\n  ", stream_of(w));
        w->needs_line = false;
    }
    if (key != NULL) {
        write_quoted(w, key);
        putc(':', stream_of(w));
    }
    w->needs_comma = true;
}

void json_write_open(json_writer *w, const char *key, char bracket) {
    write_key(w, key);
    putc(bracket, stream_of(w));
    w->needs_comma = false;
}

void json_write_close(json_writer *w, char bracket) {
    putc(bracket, stream_of(w));
    w->needs_comma = true;
}

void json_write_end(json_writer *w) {
    putc('\n', stream_of(w));
    (void)fflush(stream_of(w));
    w->needs_comma = false;
}

void json_write_line(json_writer *w) {
    w->needs_line = true;
}

void json_write_members(json_writer *w, const char *members) {
    write_key(w, NULL);
    fputs(members, stream_of(w));
}

void json_write_text(json_writer *w, const char *key, const char *text) {
    write_key(w, key);
    write_quoted(w, text);
}

void json_write_count(json_writer *w, const char *key, uint64_t count) {
    write_key(w, key);
    fprintf(stream_of(w), "%" PRIu64, count);
}

void json_write_figure(json_writer *w, const char *key, double figure) {
    write_key(w, key);
    fprintf(stream_of(w), "%.6f", figure);
}

void json_write_boolean(json_writer *w, const char *key, bool truth) {
    write_key(w, key);
    fputs(truth ? "true" : "false", stream_of(w));
}

void json_write_hex(json_writer *w, const char *key, const uint8_t *bytes, size_t byte_count) {
    write_key(w, key);
    fputs("\"0x", stream_of(w));
    for (size_t i = 0; i < byte_count; i++) {
        fprintf(stream_of(w), "%02x", bytes[i]);
    }
    putc('"', stream_of(w));
}

void json_write_null(json_writer *w, const char *key) {
    write_key(w, key);
    fputs("null", stream_of(w));
}

void json_write_bytes(json_writer *w, const char *key, weft_bytes bytes) {
    json_write_hex(w, key, bytes.data, bytes.size);
}

void json_write_address(json_writer *w, const char *key, const weft_address *address) {
    json_write_hex(w, key, address->bytes, sizeof address->bytes);
}

void json_write_bytes32(json_writer *w, const char *key, const weft_bytes32 *bytes) {
    json_write_hex(w, key, bytes->bytes, sizeof bytes->bytes);
}

void json_write_quantity(json_writer *w, const char *key, uint64_t value) {
    write_key(w, key);
    fprintf(stream_of(w), "\"0x%" PRIx64 "\"", value);
}

void json_write_u256(json_writer *w, const char *key, const weft_u256 *value) {
    char text[HEX_BYTES32_TEXT_SIZE];
    json_write_text(w, key, hex_format_quantity(text, value));
}
