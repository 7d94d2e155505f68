#include "tools/json_writer.h"

#include <inttypes.h>
#include <stdio.h>

static void write_quoted(const char *text) {
    putchar('"');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            printf("\\%c", *c);
        } else if ((unsigned char)*c < 0x20) {
            printf("\\u%04x", (unsigned)(unsigned char)*c);
        } else {
            putchar(*c);
        }
    }
    putchar('"');
}

static void write_key(json_writer *w, const char *key) {
    if (w->needs_comma) {
        putchar(',');
    }
    if (key != NULL) {
        write_quoted(key);
        putchar(':');
    }
    w->needs_comma = true;
}

void json_write_open(json_writer *w, const char *key, char bracket) {
    write_key(w, key);
    putchar(bracket);
    w->needs_comma = false;
}

void json_write_close(json_writer *w, char bracket) {
    putchar(bracket);
    w->needs_comma = true;
}

void json_write_end(json_writer *w) {
    putchar('\n');
    (void)fflush(stdout);
    w->needs_comma = false;
}

void json_write_text(json_writer *w, const char *key, const char *text) {
    write_key(w, key);
    write_quoted(text);
}

void json_write_count(json_writer *w, const char *key, uint64_t count) {
    write_key(w, key);
    printf("%" PRIu64, count);
}

void json_write_figure(json_writer *w, const char *key, double figure) {
    write_key(w, key);
    printf("%.6f", figure);
}

void json_write_boolean(json_writer *w, const char *key, bool truth) {
    write_key(w, key);
    fputs(truth ? "true" : "false", stdout);
}

void json_write_hex(json_writer *w, const char *key, const uint8_t *bytes, size_t byte_count) {
    write_key(w, key);
    fputs("\"0x", stdout);
    for (size_t i = 0; i < byte_count; i++) {
        printf("%02x", bytes[i]);
    }
    putchar('"');
}
