/** A file of blocks: their RLP, one after the other (geth export, hive's chain.rlp, Besu's *.blocks), gzip allowed. */
#ifndef TOOLS_CHAIN_FILE_H
#define TOOLS_CHAIN_FILE_H

#include <weft/block.h>

#include "tools/failure.h"
#include "tools/file.h"

typedef struct chain_file {
    const char *name; /* for messages; borrowed */
    file_bytes owned;
    weft_bytes bytes;
    size_t position; /* of the next block */
    size_t index;    /* of the next block, from 0 */
    weft_decoder *decoder;
} chain_file;

/** Returns: WEFT_OK, WEFT_DECODE (an empty file), WEFT_NO_MEMORY, and what file_read() gives. Lifetime: `path` is borrowed. */
weft_status chain_file_open(chain_file *file, const char *path, failure *f);
/** The same over bytes in memory, which are borrowed. */
weft_status chain_file_begin(chain_file *file, const char *name, weft_bytes bytes, failure *f);
void chain_file_close(chain_file *file);

/** Whether every block was read. */
bool chain_file_at_end(const chain_file *file);

/** Decode the next block. Returns: WEFT_OK, WEFT_DECODE, WEFT_NO_MEMORY.
 *  Lifetime: the block until the next call; its header's extra_data as long as the file. */
weft_status chain_file_next(chain_file *file, weft_block *block, failure *f);

/** How many blocks follow, by their outer RLP lengths alone. */
size_t chain_file_count(const chain_file *file);

#endif
