/** Block access lists (EIP-7928) as files: `weft replay --emit-bal` writes them, `--bal` reads them.
 *
 *  In a folder, the list of a block is NUMBER-HASH.rlp (tools/block_file.h): the RLP that the header of a block since Amsterdam
 *  commits to. Beside it, NUMBER-HASH.json says the same for people.
 */
#ifndef TOOLS_ACCESS_LIST_FILES_H
#define TOOLS_ACCESS_LIST_FILES_H

#include <weft/engine.h>

#include "tools/block_file.h"

typedef struct access_list_files {
    const char *source; /* a list's file, or a folder of lists; NULL = none are read */
    const char *target; /* the folder to write to, made if need be; NULL = none are written */
} access_list_files;

/** Read the list of `block`; without a source there is none.
 *  Returns: what file_read() does, and WEFT_DECODE for a file that holds no list.
 *  Out: list   to be freed with block_file_free(), also after a failure. */
weft_status access_list_files_read(const access_list_files *files, block_file *list, const weft_block *block,
                                   failure *f);

/** Set what an execution must know: the list given, which the options borrow, and whether to build one, which is then
 *  compared or kept. */
void access_list_files_set(const access_list_files *files, weft_execute_options *options, const block_file *list);

/** Write the list that the execution of `block` built. Returns: WEFT_OK, WEFT_IO, WEFT_NO_MEMORY. */
weft_status access_list_files_keep(const access_list_files *files, const weft_block *block,
                                   const weft_block_result *result, failure *f);

#endif
