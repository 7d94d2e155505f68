#include "bench/block_purposes.h"

#include <stdlib.h>
#include <string.h>

static bool is_measured(const json_value *block) {
    const json_value *mark = json_get(block, "measured");
    return mark != NULL && mark->kind == JSON_BOOLEAN && mark->truth;
}

static const json_value *first_block(const block_purposes *purposes) {
    return json_first(json_get(purposes->document.root, "blocks"));
}

static char *path_beside(const char *chain_path) {
    const char *slash = strrchr(chain_path, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(chain_path, (size_t)(slash - chain_path));
    char *path = folder == NULL ? NULL : file_join(folder, "meta.json");
    free(folder);
    return path;
}

weft_status block_purposes_load(block_purposes *purposes, const char *chain_path, failure *f) {
    *purposes = (block_purposes){.path = path_beside(chain_path)};
    if (purposes->path == NULL) {
        return failure_set(f, WEFT_NO_MEMORY, "%s: %s", chain_path, weft_status_message(WEFT_NO_MEMORY));
    }
    if (!file_exists(purposes->path)) {
        return WEFT_OK;
    }
    weft_status status = json_load(&purposes->document, purposes->path, f);
    if (status != WEFT_OK) {
        purposes->document = (json_document){0};
        return status;
    }
    for (const json_value *b = first_block(purposes); b != NULL; b = b->next) {
        purposes->has_measured = purposes->has_measured || is_measured(b);
    }
    return WEFT_OK;
}

void block_purposes_free(block_purposes *purposes) {
    if (purposes->document.root != NULL) {
        json_free(&purposes->document);
    }
    free(purposes->path);
}

bool block_purposes_find(const block_purposes *purposes, uint64_t number, const char **label) {
    *label = "";
    for (const json_value *b = first_block(purposes); b != NULL; b = b->next) {
        uint64_t n = 0;
        if (json_u64(&purposes->document, b, "number", &n) && n == number) {
            const json_value *workload = json_get(b, "workload");
            *label = workload != NULL && workload->kind == JSON_STRING ? workload->text : "";
            return !purposes->has_measured || is_measured(b);
        }
    }
    return !purposes->has_measured;
}
