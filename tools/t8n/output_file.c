#include "tools/t8n/output_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/file.h"

t8n_exit output_folder_make(const char *path, failure *f) {
    if (mkdir(path, 0755) == 0 || errno == EEXIST) {
        return T8N_OK;
    }
    (void)failure_set(f, WEFT_IO, "%s: %s", path, strerror(errno));
    return T8N_IO;
}

t8n_exit output_open(FILE **stream, const char *folder, const char *name, failure *f) {
    char *path = file_join(folder, name);
    *stream = path == NULL ? NULL : fopen(path, "w");
    if (*stream == NULL) {
        (void)failure_set(f, WEFT_IO, "%s: %s", name, path == NULL ? "out of memory" : strerror(errno));
    }
    free(path);
    return *stream == NULL ? T8N_IO : T8N_OK;
}

t8n_exit output_close(FILE *stream, const char *name, failure *f) {
    bool is_written = ferror(stream) == 0;
    is_written = fclose(stream) == 0 && is_written;
    if (!is_written) {
        (void)failure_set(f, WEFT_IO, "%s: could not be written in full", name);
    }
    return is_written ? T8N_OK : T8N_IO;
}
