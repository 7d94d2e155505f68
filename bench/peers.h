/** The peers of one call of the bench, and what each made of a block. */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include "bench/peer.h"
#include "bench/series.h"

enum { PEERS_MAX = 8 };

typedef struct peer_result {
    char name[64];
    char refusal[256];    /* why it did not execute the block; empty if it did */
    bench_series execute; /* seconds, as it measured them itself */
} peer_result;

typedef struct peers {
    peer *list[PEERS_MAX];
    size_t count;
} peers;

/** Start a program. Returns: as peer_start(); WEFT_INVALID_ARGUMENT if there are PEERS_MAX already. */
weft_status peers_add(peers *all, const char *program, failure *f);
void peers_stop(peers *all);

/** Let all of them execute a block once, and compare the gas of every transaction. One that cannot execute it, or not as it will
 *  be asked to, is left out.
 *  Returns: WEFT_OK; WEFT_DECODE if one used other gas; as peer_load(). Out: results   of each; its time is yet to come.
 *  In:      cold_code   as it will be given to peers_run() */
weft_status peers_load(const peers *all, peer_result *results, const peer_case *c, const uint64_t *gas_used,
                       bool cold_code, failure *f);

/** Let those that can execute the block twice more. Returns: as peer_run(). Out: seconds   of each, the second time: before
 *  the first, others had the processor's caches. In: cold_code   both times, as peer_run() has it */
weft_status peers_run(const peers *all, const peer_result *results, double *seconds, bool cold_code, failure *f);

#endif
