#include "tools/sources.h"

#include <stdlib.h>
#include <string.h>

#include "tools/file.h"
#include "tools/recorded_block.h"

/* --- Folders of a chain */

static bool is_chain_file(const char *name) {
    static const char *const suffixes[] = {".rlp", ".blocks", ".bin", ".rlp.gz", ".blocks.gz", ".bin.gz"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        if (file_has_suffix(name, suffixes[i])) {
            return true;
        }
    }
    return false;
}

/* The only name that ends in `suffix`. Returns: NULL if there is none, or more than one. */
static const char *only_name(const file_list *list, const char *suffix, size_t *count) {
    const char *found = NULL;
    *count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (file_has_suffix(list->names[i], suffix)) {
            found = list->names[i];
            (*count)++;
        }
    }
    return *count == 1 ? found : NULL;
}

/* genesis.json, else the one whose name ends so, else the only .json there is. */
static const char *pick_genesis(const file_list *list, size_t *candidate_count) {
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->names[i], "genesis.json") == 0) {
            return list->names[i];
        }
    }
    const char *found = only_name(list, "genesis.json", candidate_count);
    return *candidate_count > 0 ? found : only_name(list, ".json", candidate_count);
}

static void fail_for_memory(const source_visitor *visitor, const char *path) {
    failure f;
    failure_set(&f, WEFT_NO_MEMORY, "%s: %s", path, weft_status_message(WEFT_NO_MEMORY));
    visitor->fail(visitor->context, path, &f);
}

static void visit_chain(const source_visitor *visitor, const char *folder, const char *genesis, const char *name) {
    char *genesis_path = file_join(folder, genesis), *chain_path = file_join(folder, name);
    if (genesis_path == NULL || chain_path == NULL) {
        fail_for_memory(visitor, folder);
    } else {
        visitor->chain(visitor->context, genesis_path, chain_path);
    }
    free(genesis_path);
    free(chain_path);
}

/* Returns: how many chain files the folder has. */
static size_t visit_chains(const source_visitor *visitor, const char *folder, const file_list *list) {
    size_t chain_count = 0, candidate_count = 0;
    const char *genesis = pick_genesis(list, &candidate_count);
    for (size_t i = 0; i < list->count; i++) {
        chain_count += is_chain_file(list->names[i]);
    }
    if (chain_count > 0 && genesis == NULL) {
        failure f;
        failure_set(&f, WEFT_INVALID_ARGUMENT, "%s: %zu files could be the genesis; pass --genesis FILE CHAIN_FILE...",
                    folder, candidate_count);
        visitor->fail(visitor->context, folder, &f);
        return chain_count;
    }
    for (size_t i = 0; chain_count > 0 && i < list->count; i++) {
        if (is_chain_file(list->names[i])) {
            visit_chain(visitor, folder, genesis, list->names[i]);
        }
    }
    return chain_count;
}

/* --- Folders of folders */

static size_t visit_folder(const source_visitor *visitor, const char *folder, unsigned depth);

static size_t visit_inside(const source_visitor *visitor, const char *folder, const file_list *list, unsigned depth) {
    size_t found = 0, recorded_count = 0;
    for (unsigned pass = 0; pass < 2; pass++) { /* count, then visit */
        for (size_t i = 0; i < list->count; i++) {
            char *path = file_join(folder, list->names[i]);
            if (path == NULL) {
                fail_for_memory(visitor, folder);
            } else if (pass == 0) {
                recorded_count += recorded_block_is(path);
            } else if (file_is_folder(path)) {
                found += visit_folder(visitor, path, depth + 1);
            }
            free(path);
        }
        if (pass == 0 && recorded_count > 0 && visitor->expect != NULL) {
            visitor->expect(visitor->context, recorded_count);
        }
    }
    return found;
}

/* How many folders below the one that was named are searched. */
enum { DEPTH_MAX = 4 };

/* Returns: how many sources the folder held, and failures it gave. */
static size_t visit_folder(const source_visitor *visitor, const char *folder, unsigned depth) {
    file_list list;
    failure f;
    if (recorded_block_is(folder)) {
        visitor->block(visitor->context, folder);
        return 1;
    }
    if (file_list_folder(&list, folder, &f) != WEFT_OK) {
        visitor->fail(visitor->context, folder, &f);
        return 1;
    }
    size_t found = visit_chains(visitor, folder, &list);
    if (found == 0 && depth < DEPTH_MAX) {
        found = visit_inside(visitor, folder, &list, depth);
    }
    file_list_free(&list);
    return found;
}

void sources_visit(const source_visitor *visitor, const char *path) {
    failure f;
    if (!file_exists(path)) {
        failure_set(&f, WEFT_NOT_FOUND, "%s: there is no such file or folder", path);
    } else if (!file_is_folder(path)) {
        failure_set(&f, WEFT_INVALID_ARGUMENT, "%s: a chain file needs --genesis FILE before it", path);
    } else if (visit_folder(visitor, path, 0) > 0) {
        return;
    } else {
        failure_set(&f, WEFT_NOT_FOUND, "%s: holds no recorded block and no chain, %d levels deep", path, DEPTH_MAX);
    }
    visitor->fail(visitor->context, path, &f);
}
