/** What a recorded chain's meta.json says its blocks are for: which are the workload, and what is in them. */
#ifndef BENCH_BLOCK_PURPOSES_H
#define BENCH_BLOCK_PURPOSES_H

#include "tools/json.h"

typedef struct block_purposes {
    char *path;
    json_document document; /* its root is NULL if there is no such file */
    bool has_measured;      /* some blocks are marked as the workload: then the others only set the stage */
} block_purposes;

/** Read the meta.json beside `chain_path`, if there is one. Returns: WEFT_OK, WEFT_DECODE, WEFT_NO_MEMORY, WEFT_IO.
 *  Out: to be freed, also after a failure. Lifetime: `f` is borrowed. */
weft_status block_purposes_load(block_purposes *purposes, const char *chain_path, failure *f);
void block_purposes_free(block_purposes *purposes);

/** Whether the block is to be measured. Out: label   what is in it, for people; "" if nobody says. */
bool block_purposes_find(const block_purposes *purposes, uint64_t number, const char **label);

#endif
