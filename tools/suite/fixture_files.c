#include "tools/suite/fixture_files.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/file.h"
#include "tools/list.h"

/* Deeper than any suite; a folder that a link makes part of itself ends here. */
enum { DEPTH_MAX = 16 };

static weft_status out_of_memory(const char *path, failure *f) {
    return failure_set(f, WEFT_NO_MEMORY, "%s: %s", path, weft_status_message(WEFT_NO_MEMORY));
}

/* Takes `path` over. */
static weft_status append(fixture_files *files, char *path, failure *f) {
    char **larger = list_reserve(files->paths, files->count, &files->capacity, sizeof *larger);
    if (larger == NULL) {
        weft_status status = out_of_memory(path, f);
        free(path);
        return status;
    }
    files->paths = larger;
    files->paths[files->count++] = path;
    return WEFT_OK;
}

static bool is_fixture(const char *path) {
    return file_has_suffix(path, ".json") || file_has_suffix(path, ".json.gz");
}

static weft_status add_folder(fixture_files *files, const char *folder, unsigned depth, failure *f) {
    file_list list;
    weft_status status = file_list_folder(&list, folder, f);
    if (status != WEFT_OK) {
        return status;
    }
    for (size_t i = 0; i < list.count && status == WEFT_OK; i++) {
        char *path = file_join(folder, list.names[i]);
        if (path == NULL) {
            status = out_of_memory(folder, f);
        } else if (file_is_folder(path)) {
            status = depth < DEPTH_MAX ? add_folder(files, path, depth + 1, f) : WEFT_OK;
            free(path);
        } else if (is_fixture(path)) {
            status = append(files, path, f);
        } else {
            free(path);
        }
    }
    file_list_free(&list);
    return status;
}

weft_status fixture_files_add(fixture_files *files, const char *path, failure *f) {
    if (!file_exists(path)) {
        return failure_set(f, WEFT_NOT_FOUND, "%s: there is no such file or folder", path);
    }
    if (file_is_folder(path)) {
        return add_folder(files, path, 0, f);
    }
    char *copy = strdup(path);
    return copy != NULL ? append(files, copy, f) : out_of_memory(path, f);
}

void fixture_files_free(fixture_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        free(files->paths[i]);
    }
    free(files->paths);
    *files = (fixture_files){0};
}
