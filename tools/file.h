/** Files and folders: what the loaders read. */
#ifndef TOOLS_FILE_H
#define TOOLS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/failure.h"

/** A file may not be larger than this, unpacked: it is read as a whole. 2 GiB. */
#define FILE_SIZE_MAX ((size_t)1 << 31)

typedef struct file_bytes {
    char *data; /* terminated by a zero byte that `size` does not count */
    size_t size;
} file_bytes;

/** Read a whole file; gzip is unpacked on the way.
 *  Returns: WEFT_OK, WEFT_DECODE (broken gzip), WEFT_NOT_FOUND, WEFT_IO (too large, not readable), WEFT_NO_MEMORY. */
weft_status file_read(file_bytes *bytes, const char *path, failure *f);
void file_free(file_bytes *bytes);

/** Names in a folder, sorted, without those that begin with a dot. */
typedef struct file_list {
    char **names;
    size_t count;
} file_list;

weft_status file_list_folder(file_list *list, const char *path, failure *f);
void file_list_free(file_list *list);

bool file_exists(const char *path);
bool file_is_folder(const char *path);

/** folder/name as a string to be freed; NULL when out of memory. */
char *file_join(const char *folder, const char *name);

/** The part of `path` after its last slash that something follows. */
const char *file_base_name(const char *path);

/** The name of the folder that `path` is in, as far as the path tells; empty if it does not. */
void file_folder_name(char *name, size_t size, const char *path);

/** Whether `name` ends in `suffix`, upper or lower case. */
bool file_has_suffix(const char *name, const char *suffix);

#endif
