/** Files that t8n and b11r write: opened in the output folder, and complete or a failure that names them. */
#ifndef TOOLS_T8N_OUTPUT_FILE_H
#define TOOLS_T8N_OUTPUT_FILE_H

#include <stdio.h>

#include "tools/failure.h"
#include "tools/t8n/t8n_exit.h"

/** Make the folder if need be. Returns: T8N_OK, T8N_IO. */
t8n_exit output_folder_make(const char *path, failure *f);

/** Returns: T8N_OK, T8N_IO. Out: stream   NULL after a failure. */
t8n_exit output_open(FILE **stream, const char *folder, const char *name, failure *f);
/** Returns: T8N_OK; T8N_IO if not everything could be written. */
t8n_exit output_close(FILE *stream, const char *name, failure *f);

#endif
