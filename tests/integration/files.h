/** Files of a test: what cannot be read or written fails it, in words. */
#ifndef TESTS_INTEGRATION_FILES_H
#define TESTS_INTEGRATION_FILES_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tools/file.h"

/** All of a file, to be freed. */
static inline file_bytes test_file_read(const char *path) {
    failure f;
    file_bytes bytes;
    if (file_read(&bytes, path, &f) != WEFT_OK) {
        fail_msg("%s", f.message);
    }
    return bytes;
}

static inline void test_file_write(const char *path, const char *data, size_t size) {
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
        fail_msg("%s cannot be written", path);
    }
}

/** Where the fixtures of the repository are, from the root of the file system: a child may be in another folder. */
static inline const char *test_fixtures_folder(void) {
    static char folder[PATH_MAX];
    const char *given = getenv("WEFT_FIXTURES");
    if (realpath(given != NULL ? given : "fixtures", folder) == NULL) {
        fail_msg("there are no fixtures in %s", given != NULL ? given : "fixtures");
    }
    return folder;
}

/** The path of a fixture. Holds until the fourth call after this one. */
static inline const char *test_fixture(const char *name) {
    static char paths[4][PATH_MAX + 256];
    static size_t next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s", test_fixtures_folder(), name);
    return path;
}

#endif
