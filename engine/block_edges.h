/** What a block does to the state outside its transactions: before the first one and after the last one.
 *
 *  Everything here runs on the accepted prefix, from one thread. Failures and verdicts go into the run.
 */
#ifndef ENGINE_BLOCK_EDGES_H
#define ENGINE_BLOCK_EDGES_H

#include "engine/block_run.h"

/** The irregular state change of the DAO fork (EIP-779), then the system calls that store the parent beacon block root
 *  (EIP-4788) and the parent block hash (EIP-2935). */
void block_edges_before(block_run *run);

/** Withdrawals (EIP-4895), block and ommer rewards, and the requests of EIP-7685 with their system calls.
 *  Out: requests_hash   meaningful when *known: from Prague on, unless a request contract is missing from a partial
 *                       state. */
void block_edges_after(block_run *run, weft_bytes32 *requests_hash, bool *known);

#endif
