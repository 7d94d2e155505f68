/** The recorded blocks below $WEFT_DATA/mainnet_blocks, for tests that look at real ones. */
#ifndef TESTS_UNIT_ENGINE_RECORDED_BLOCKS_H
#define TESTS_UNIT_ENGINE_RECORDED_BLOCKS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

/* A whole file, terminated. NULL when it cannot be read. */
static inline char *text_of(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(*size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, *size, file), *size);
    text[*size] = '\0';
    fclose(file);
    return text;
}

/* The bytes that the hexadecimal digits at `text` ("0x" before them) stand for. To be freed. */
static inline weft_bytes hex_bytes(const char *text) {
    size_t digits = strspn(text + 2, "0123456789abcdefABCDEF");
    uint8_t *bytes = malloc(digits / 2 + 1);
    assert_non_null(bytes);
    assert_true(hex_decode(bytes, digits / 2, text, digits + 2));
    return (weft_bytes){bytes, digits / 2};
}

/* Whether the description of the block in `folder` has these words in it. */
static inline bool recorded_meta_has(const char *folder, const char *words) {
    char path[512];
    size_t size;
    (void)snprintf(path, sizeof path, "%s/meta.json", folder);
    char *meta = text_of(path, &size);
    assert_non_null(meta);
    bool found = strstr(meta, words) != NULL;
    free(meta);
    return found;
}

typedef void recorded_block_visitor(const char *folder, weft_bytes rlp, void *context);

/* Show every recorded block to `visit`. Skips the test when there are none. */
static inline void recorded_blocks_visit(recorded_block_visitor *visit, void *context) {
    const char *root = getenv("WEFT_DATA");
    char pattern[512];
    (void)snprintf(pattern, sizeof pattern, "%s/mainnet_blocks/*/*/block.rlp.hex", root != NULL ? root : "");
    glob_t found;
    if (root == NULL || root[0] == '\0' || glob(pattern, 0, NULL, &found) != 0) {
        print_message("WEFT_DATA has no recorded blocks: skipped\n");
        skip();
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        size_t size;
        char *text = text_of(found.gl_pathv[i], &size);
        assert_non_null(text);
        weft_bytes rlp = hex_bytes(text);
        *strrchr(found.gl_pathv[i], '/') = '\0';
        visit(found.gl_pathv[i], rlp, context);
        free((void *)(uintptr_t)rlp.data);
        free(text);
    }
    print_message("%zu recorded blocks\n", found.gl_pathc);
    globfree(&found);
}

#endif
