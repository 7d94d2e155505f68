#include "tools/t8n/trace_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/file.h"
#include "tools/hex.h"

static void note_failure(trace_files *files, const char *name, const char *words) {
    if (files->failure.status == WEFT_OK) {
        (void)failure_set(&files->failure, WEFT_IO, "%s: %s", name, words);
    }
}

static void on_begin(void *context, const weft_trace_transaction *t) {
    trace_files *files = context;
    char name[128], hash_text[HEX_BYTES32_TEXT_SIZE];
    weft_bytes32 hash = weft_transaction_hash(t->transaction);
    (void)snprintf(name, sizeof name, "trace-%zu-%s.jsonl", t->index,
                   hex_encode(hash_text, hash.bytes, sizeof hash.bytes));
    char *path = file_join(files->folder, name);
    files->lines.stream = path == NULL ? NULL : fopen(path, "w");
    if (files->lines.stream == NULL) {
        note_failure(files, name, path == NULL ? "out of memory" : strerror(errno));
    }
    free(path);
}

static void on_end(void *context, const weft_trace_transaction *t) {
    trace_files *files = context;
    FILE *stream = files->lines.stream;
    (void)t;
    files->lines.stream = NULL;
    if (stream != NULL) {
        bool is_written = ferror(stream) == 0;
        is_written = fclose(stream) == 0 && is_written;
        if (!is_written) {
            note_failure(files, files->folder, "a trace could not be written in full");
        }
    }
}

t8n_exit trace_files_open(trace_files *files, const char *folder, const json_trace_options *options, failure *f) {
    *files = (trace_files){.folder = folder[0] == '\0' ? "." : folder};
    if (!json_trace_open(&files->lines, NULL, options)) {
        (void)failure_set(f, WEFT_NO_MEMORY, "%s", weft_status_message(WEFT_NO_MEMORY));
        return T8N_EVM;
    }
    files->lines.tracer.transaction_begin = on_begin;
    files->lines.tracer.transaction_end = on_end;
    return T8N_OK;
}

void trace_files_close(trace_files *files) {
    json_trace_close(&files->lines);
}
