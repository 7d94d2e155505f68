/** Files that say something of one block, in a folder for those of many. */
#ifndef TOOLS_BLOCK_FILE_H
#define TOOLS_BLOCK_FILE_H

#include <stdio.h>

#include <weft/block.h>

#include "tools/file.h"

/** FOLDER/NUMBER-HASH and the suffix, HASH being the first 8 hexadecimal digits of the block's hash.
 *  Returns: the path, to be freed; NULL when out of memory. */
char *block_file_path(const char *folder, const weft_block *block, const char *suffix);

/** Write what belongs into the file. Returns: false when that failed, errno set. */
typedef bool block_file_writer(FILE *stream, const void *context);

/** Make the file, and the folder if need be. Returns: WEFT_OK, WEFT_IO, WEFT_NO_MEMORY. */
weft_status block_file_write(const char *folder, const weft_block *block, const char *suffix, block_file_writer *write,
                             const void *context, failure *f);

/** The file of one block, read. */
typedef struct block_file {
    char *path;
    file_bytes bytes;
} block_file;

/** Read the file of a block from `source`, which is either that file, whatever the block, or the folder it is in.
 *  Returns: what file_read() does. Out: to be freed with block_file_free(), also after a failure. */
weft_status block_file_read(block_file *file, const char *source, const weft_block *block, const char *suffix,
                            failure *f);
void block_file_free(block_file *file);

#endif
