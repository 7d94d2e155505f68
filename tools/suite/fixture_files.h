/** The files that a person names: fixtures themselves, or folders that are searched for them. */
#ifndef TOOLS_SUITE_FIXTURE_FILES_H
#define TOOLS_SUITE_FIXTURE_FILES_H

#include <stddef.h>

#include "tools/failure.h"

typedef struct fixture_files {
    char **paths; /* in the order of the arguments, folders by the names in them */
    size_t count, capacity;
} fixture_files;

/** Add the file `path`, or every *.json and *.json.gz below the folder `path`; indexes (folders and files that begin with a dot)
 *  are passed over.
 *
 *  Returns:  WEFT_OK, WEFT_NOT_FOUND, WEFT_IO, WEFT_NO_MEMORY.
 *  Out:      files   zero-initialised before the first call; to be freed, also after a failure.
 */
weft_status fixture_files_add(fixture_files *files, const char *path, failure *f);
void fixture_files_free(fixture_files *files);

#endif
