/** Recorded blocks: a folder per block, in one of three forms.
 *
 *  With state        block.rlp.hex, meta.json and pre_state.json or witness.json (block_hashes.json): executed, and
 *                    compared with the header.
 *  Without state     block.rlp.hex, meta.json (receipts_raw.json): decoded; roots, senders and hash are compared.
 *  Inputs only       block.json, txs.json, pre_state.json: executed, there is nothing to compare with.
 */
#ifndef TOOLS_RECORDED_BLOCK_H
#define TOOLS_RECORDED_BLOCK_H

#include <weft/engine.h>

#include "tools/file.h"
#include "tools/pre_state.h"

typedef enum recorded_file {
    RECORDED_BLOCK_RLP,
    RECORDED_META,
    RECORDED_PRE_STATE,
    RECORDED_WITNESS,
    RECORDED_BLOCK_HASHES,
    RECORDED_RECEIPTS,
    RECORDED_BLOCK_JSON,
    RECORDED_TRANSACTIONS,
    RECORDED_FILE_COUNT
} recorded_file;

/** What a folder holds. A file that is not there has no data. */
typedef struct recorded_files {
    char *paths[RECORDED_FILE_COUNT];
    file_bytes files[RECORDED_FILE_COUNT];
} recorded_files;

/** The file's name inside a recorded block's folder. */
const char *recorded_file_name(recorded_file file);

weft_status recorded_files_read(recorded_files *files, const char *folder, failure *f);
void recorded_files_free(recorded_files *files);

typedef enum recorded_form { RECORDED_WITH_STATE, RECORDED_WITHOUT_STATE, RECORDED_INPUTS_ONLY } recorded_form;

/** When a block has its state in both forms. */
typedef enum recorded_preference {
    RECORDED_PROVED_STATE, /* the witness, if the parent's header is in it */
    RECORDED_PLAIN_STATE   /* pre_state.json: no trie to walk */
} recorded_preference;

typedef struct recorded_block {
    recorded_form form;
    const weft_chain *chain;
    weft_block block;
    weft_execute_options options;
    pre_state state; /* unless the form is RECORDED_WITHOUT_STATE */
    bool has_hash;   /* meta.json says the block's hash */
    weft_bytes32 hash;
    /* Consensus encodings of the receipts, in the place of transactions: both roots are of the same ordered trie, so
     * weft_transactions_root() gives the receipts root. Empty if they are not recorded. */
    weft_block receipts;
    json_document document; /* that the block or its receipts borrow from */
    uint8_t *rlp;
    weft_decoder *decoder;
} recorded_block;

/** Whether `folder` looks like one. */
bool recorded_block_is(const char *folder);

/** Returns: WEFT_OK, WEFT_DECODE, WEFT_NOT_FOUND (a file is missing), WEFT_UNSUPPORTED (a chain weft does not know),
 *  WEFT_NO_MEMORY, WEFT_IO. Out: to be freed with recorded_block_free(); must not move, the view points into it.
 *  Lifetime: `files` is borrowed. */
weft_status recorded_block_parse(recorded_block *recorded, const recorded_files *files, recorded_preference preference,
                                 failure *f);
void recorded_block_free(recorded_block *recorded);

#endif
