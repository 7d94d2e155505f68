/** A chain's beginning from geth's genesis.json: its rules, its first state, its first header.
 *
 *  Besu's genesis files are read too; where they mean something else by the same words, the keys that only Besu
 *  writes (config.ethash.fixeddifficulty, config.contractSizeLimit) decide.
 */
#ifndef TOOLS_GENESIS_H
#define TOOLS_GENESIS_H

#include <weft/block.h>
#include <weft/chain.h>
#include <weft/memory_state.h>

#include "tools/failure.h"
#include "tools/json.h"

typedef struct genesis {
    weft_chain chain;
    uint64_t first_unsupported_time; /* of a fork that weft does not know; WEFT_NEVER if there is none */
    char unsupported_fork[32];       /* the key that names it, perhaps cut off */
    weft_memory_state *state;        /* complete: it can tell its root */
    weft_header header;
    weft_bytes32 hash;
    uint8_t *extra_data; /* of the header */
} genesis;

/** Returns: WEFT_OK, WEFT_DECODE, WEFT_NO_MEMORY, and what file_read() gives. Out: to be freed with genesis_free(),
 *  after WEFT_OK only. */
weft_status genesis_load(genesis *g, const char *path, failure *f);
/** The same from text in memory; `name` is for messages. */
weft_status genesis_parse(genesis *g, const char *name, const char *text, size_t size, failure *f);
/** The same from a document whose root is the genesis. */
weft_status genesis_read(genesis *g, json_document *document, failure *f);
void genesis_free(genesis *g);

#endif
