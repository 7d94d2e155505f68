/** Another implementation, as a process that executes the same blocks: a program of bench/peers (README.md there says what it
 *  reads and writes). It lives as long as the bench does and is idle while others are timed.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/peer_case.h"

typedef struct peer peer;

/** Start `program` and hear its name. Returns: WEFT_OK, WEFT_NO_MEMORY, WEFT_IO with words. Out: to be freed with peer_stop(). */
weft_status peer_start(peer **p, const char *program, failure *f);
/** End the process. NULL is allowed. */
void peer_stop(peer *p);

/** What it calls itself, with its version. */
const char *peer_name(const peer *p);

/** Let it execute a block once, from then on the one to be run, and compare the gas of every transaction.
 *
 *  Returns:  WEFT_OK; WEFT_UNSUPPORTED if the block is none for peers, or the peer says that it cannot execute it;
 *            WEFT_DECODE if it used other gas or wrote what is no answer; WEFT_IO; what peer_case_write() returns.
 *  In:       gas_used   of each transaction
 */
weft_status peer_load(peer *p, const peer_case *c, const uint64_t *gas_used, failure *f);

/** Execute it once more. Returns: as peer_load(). Out: seconds   that it measured itself.
 *  In: cold_code   with nothing known of any code but its bytes and hash */
weft_status peer_run(peer *p, double *seconds, bool cold_code, failure *f);

#endif
