/** Finding recorded blocks and chains at the paths that a person names.
 *
 *  A folder is a recorded block, or a chain (chain files and a genesis file), or it is searched for such folders.
 */
#ifndef TOOLS_SOURCES_H
#define TOOLS_SOURCES_H

#include <stddef.h>

#include "tools/failure.h"

typedef struct source_visitor {
    void *context; /* first argument of the others */
    /** A recorded block. */
    void (*block)(void *context, const char *folder);
    /** A chain file and its genesis. Every chain file of a folder is a chain of its own. */
    void (*chain)(void *context, const char *genesis_path, char *chain_path);
    /** A path that leads nowhere. */
    void (*fail)(void *context, const char *path, const failure *f);
    /** So many recorded blocks come next. May be NULL. */
    void (*expect)(void *context, size_t block_count);
} source_visitor;

/** Visit everything at `path`, folders in the order of their names. */
void sources_visit(const source_visitor *visitor, const char *path);

#endif
