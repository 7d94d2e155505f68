/** What a chain's configuration says about one block, beyond its fork (see weft_chain_fork()). Threads: any. */
#ifndef ENGINE_CHAIN_H
#define ENGINE_CHAIN_H

#include <weft/block.h>
#include <weft/chain.h>

/** The fork whose rules hold for the block with this header.
 *
 *  In:  parent_total_difficulty   with the chain's terminal one decides about Paris (EIP-3675); NULL, or a chain without:
 *                                 the header's own difficulty does.
 */
weft_fork chain_block_fork(const weft_chain *chain, const weft_header *header,
                           const weft_u256 *parent_total_difficulty);

/** The blob parameters that hold for a block of this timestamp (EIP-7840, EIP-7892).
 *  Returns: an entry of the chain's schedule, NULL before its first. Lifetime: the chain's. */
const weft_blob_parameters *chain_blob_parameters(const weft_chain *chain, uint64_t timestamp);

/** Blocks that the difficulty bomb is behind its first schedule (EIP-649, 1234, 2384, 3554, 4345, 5133). */
uint64_t chain_bomb_delay(const weft_chain *chain, uint64_t number);

/** Whether the block begins with the irregular state change of EIP-779. */
bool chain_is_dao_fork(const weft_chain *chain, uint64_t number);

/** Whether the block is one of the ten that must carry DAO_EXTRA_DATA (EIP-779). */
bool chain_is_dao_marked(const weft_chain *chain, uint64_t number);

#define DAO_EXTRA_DATA "dao-hard-fork"

#endif
