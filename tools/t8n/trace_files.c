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

/* --- One file. Returns: NULL when it cannot be made, which has been noted. */

static FILE *open_file(trace_files *files, const weft_trace_transaction *t, const char *suffix) {
    char name[128], hash_text[HEX_BYTES32_TEXT_SIZE];
    weft_bytes32 hash = weft_transaction_hash(t->transaction);
    (void)snprintf(name, sizeof name, "trace-%zu-%s.%s", t->index, hex_encode(hash_text, hash.bytes, sizeof hash.bytes),
                   suffix);
    char *path = file_join(files->folder, name);
    FILE *stream = path == NULL ? NULL : fopen(path, "w");
    if (stream == NULL) {
        note_failure(files, name, path == NULL ? "out of memory" : strerror(errno));
    }
    free(path);
    return stream;
}

static void close_file(trace_files *files, FILE *stream) {
    bool is_written = ferror(stream) == 0;
    is_written = fclose(stream) == 0 && is_written;
    if (!is_written) {
        note_failure(files, files->folder, "a trace could not be written in full");
    }
}

/* --- Lines */

static void on_begin(void *context, const weft_trace_transaction *t) {
    trace_files *files = context;
    files->lines.stream = open_file(files, t, "jsonl");
}

static void on_end(void *context, const weft_trace_transaction *t) {
    trace_files *files = context;
    (void)t;
    if (files->lines.stream != NULL) {
        close_file(files, files->lines.stream);
    }
    files->lines.stream = NULL;
}

static t8n_exit open_lines(trace_files *files, const json_trace_options *options, failure *f) {
    if (!json_trace_open(&files->lines, NULL, options)) {
        (void)failure_no_memory(f);
        return T8N_EVM;
    }
    files->lines.tracer.transaction_begin = on_begin;
    files->lines.tracer.transaction_end = on_end;
    files->tracer = &files->lines.tracer;
    return T8N_OK;
}

/* --- Results */

static void on_done(void *owner, result_tracer *result, const weft_trace_transaction *t) {
    trace_files *files = owner;
    FILE *stream = open_file(files, t, "json");
    if (stream == NULL) {
        return;
    }
    if (result->status == WEFT_OK) {
        json_writer w = {.stream = stream};
        result->write(result, &w, NULL);
        json_write_end(&w);
    } else {
        note_failure(files, files->folder, weft_status_message(result->status));
    }
    close_file(files, stream);
}

static t8n_exit open_result(trace_files *files, const trace_choice *choice, failure *f) {
    static const char no_settings[] = "{}";
    const char *config = choice->config == NULL ? no_settings : choice->config;
    json_document document;
    weft_status status = json_parse(&document, "--trace.jsonconfig", config, strlen(config), f);
    if (status != WEFT_OK) {
        return t8n_exit_of_file(status);
    }
    files->result = result_tracer_create(choice->tracer, &document, document.root);
    json_free(&document);
    if (files->result == NULL) {
        return T8N_CONFIG;
    }
    files->result->done = on_done;
    files->result->owner = files;
    files->tracer = &files->result->tracer;
    return T8N_OK;
}

t8n_exit trace_files_open(trace_files *files, const char *folder, const trace_choice *choice, failure *f) {
    *files = (trace_files){.folder = folder};
    return choice->tracer == NULL ? open_lines(files, &choice->lines, f) : open_result(files, choice, f);
}

void trace_files_close(trace_files *files) {
    json_trace_close(&files->lines);
    if (files->result != NULL) {
        files->result->destroy(files->result);
    }
}
