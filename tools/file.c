#include "tools/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <zlib.h>

#include "tools/list.h"

/* Broken gzip is the fault of the file's bytes, anything else the machine's. */
static weft_status gzip_failure(gzFile stream, const char *path, failure *f) {
    int code;
    const char *words = gzerror(stream, &code);
    size_t path_size = strlen(path);
    if (strncmp(words, path, path_size) == 0 && strncmp(words + path_size, ": ", 2) == 0) {
        words += path_size + 2; /* zlib names the file, too */
    }
    weft_status status = code == Z_DATA_ERROR || code == Z_BUF_ERROR ? WEFT_DECODE
                         : code == Z_MEM_ERROR                       ? WEFT_NO_MEMORY
                                                                     : WEFT_IO;
    return failure_set(f, status, "%s: %s", path, words);
}

/* Read on from `stream` until its end. Plain files come through gzread() as they are. */
static weft_status stream_read(file_bytes *bytes, gzFile stream, const char *path, failure *f) {
    size_t capacity = 1 << 16;
    bytes->data = malloc(capacity + 1);
    bytes->size = 0;
    while (bytes->data != NULL) {
        int count = gzread(stream, bytes->data + bytes->size, (unsigned)(capacity - bytes->size));
        if (count < 0) {
            return gzip_failure(stream, path, f);
        }
        bytes->size += (size_t)count;
        if (bytes->size < capacity) {
            bytes->data[bytes->size] = '\0';
            return WEFT_OK;
        }
        capacity *= 2;
        if (capacity > FILE_SIZE_MAX) {
            return failure_set(f, WEFT_IO, "%s: larger than %zu bytes, unpacked", path, FILE_SIZE_MAX);
        }
        char *larger = realloc(bytes->data, capacity + 1);
        if (larger == NULL) {
            break;
        }
        bytes->data = larger;
    }
    return failure_set(f, WEFT_NO_MEMORY, "%s: %s", path, weft_status_message(WEFT_NO_MEMORY));
}

weft_status file_read(file_bytes *bytes, const char *path, failure *f) {
    *bytes = (file_bytes){0};
    if (file_is_folder(path)) {
        return failure_set(f, WEFT_IO, "%s: is a folder", path);
    }
    errno = 0;
    gzFile stream = gzopen(path, "rb");
    if (stream == NULL) {
        weft_status status = errno == ENOENT ? WEFT_NOT_FOUND : errno == 0 ? WEFT_NO_MEMORY : WEFT_IO;
        return failure_set(f, status, "%s: %s", path, errno != 0 ? strerror(errno) : weft_status_message(status));
    }
    weft_status status = stream_read(bytes, stream, path, f);
    if (gzclose_r(stream) != Z_OK && status == WEFT_OK) {
        status = failure_set(f, WEFT_DECODE, "%s: the gzip stream is cut off", path);
    }
    if (status != WEFT_OK) {
        file_free(bytes);
    }
    return status;
}

void file_free(file_bytes *bytes) {
    free(bytes->data);
    *bytes = (file_bytes){0};
}

static int name_compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool list_append(file_list *list, size_t *capacity, const char *name) {
    char **larger = list_reserve(list->names, list->count, capacity, sizeof *larger);
    if (larger == NULL) {
        return false;
    }
    list->names = larger;
    list->names[list->count] = strdup(name);
    return list->names[list->count] != NULL && ++list->count > 0;
}

weft_status file_list_folder(file_list *list, const char *path, failure *f) {
    *list = (file_list){0};
    size_t capacity = 0;
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return failure_set(f, errno == ENOENT ? WEFT_NOT_FOUND : WEFT_IO, "%s: %s", path, strerror(errno));
    }
    weft_status status = WEFT_OK;
    for (struct dirent *entry; status == WEFT_OK && (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] != '.' && !list_append(list, &capacity, entry->d_name)) {
            status = failure_set(f, WEFT_NO_MEMORY, "%s: %s", path, weft_status_message(WEFT_NO_MEMORY));
        }
    }
    closedir(folder);
    if (status != WEFT_OK) {
        file_list_free(list);
    } else if (list->count > 0) {
        qsort(list->names, list->count, sizeof *list->names, name_compare);
    }
    return status;
}

void file_list_free(file_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->names[i]);
    }
    free(list->names);
    *list = (file_list){0};
}

bool file_exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0;
}

bool file_is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

char *file_join(const char *folder, const char *name) {
    size_t folder_size = strlen(folder), name_size = strlen(name);
    while (folder_size > 1 && folder[folder_size - 1] == '/') {
        folder_size--;
    }
    char *path = malloc(folder_size + name_size + 2);
    if (path != NULL) {
        memcpy(path, folder, folder_size);
        path[folder_size] = '/';
        memcpy(path + folder_size + 1, name, name_size + 1);
    }
    return path;
}

const char *file_base_name(const char *path) {
    const char *name = path;
    for (const char *c = path; *c != '\0'; c++) {
        if (*c == '/' && c[1] != '\0' && c[1] != '/') {
            name = c + 1;
        }
    }
    return name;
}

void file_folder_name(char *name, size_t size, const char *path) {
    size_t end = (size_t)(file_base_name(path) - path);
    while (end > 0 && path[end - 1] == '/') {
        end--;
    }
    size_t start = end;
    while (start > 0 && path[start - 1] != '/') {
        start--;
    }
    (void)snprintf(name, size, "%.*s", (int)(end - start), path + start);
}

bool file_has_suffix(const char *name, const char *suffix) {
    size_t name_size = strlen(name), suffix_size = strlen(suffix);
    return name_size >= suffix_size && strcasecmp(name + name_size - suffix_size, suffix) == 0;
}
