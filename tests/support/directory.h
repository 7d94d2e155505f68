/** A directory for the files of one test, made in the working directory and removed with all that is in it. */
#ifndef TESTS_SUPPORT_DIRECTORY_H
#define TESTS_SUPPORT_DIRECTORY_H

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct test_directory {
    char path[32];
} test_directory;

/** Returns: false when it cannot be made. */
static inline bool test_directory_make(test_directory *directory) {
    memcpy(directory->path, "test-XXXXXX", sizeof "test-XXXXXX");
    return mkdtemp(directory->path) != NULL;
}

/** The files in it must not be directories. */
static inline void test_directory_remove(const test_directory *directory) {
    DIR *entries = opendir(directory->path);
    const struct dirent *entry;
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        char name[sizeof directory->path + sizeof entry->d_name + 1];
        (void)snprintf(name, sizeof name, "%s/%s", directory->path, entry->d_name);
        (void)unlink(name);
    }
    if (entries != NULL) {
        (void)closedir(entries);
    }
    (void)rmdir(directory->path);
}

#endif
