/** What the makers of a proof-of-work block and of its ommers are paid (Yellow Paper section 11.3). Wei. Threads: any. */
#ifndef ENGINE_BLOCK_REWARD_H
#define ENGINE_BLOCK_REWARD_H

#include <weft/types.h>

/** For the block's coinbase: the fork's reward (fork_rules.block_reward) and 1/32 of it more for each ommer. */
weft_u256 block_reward_coinbase(uint64_t block_reward, size_t ommer_count);

/** For the coinbase of an ommer: 1/8 of the reward less for each block it is older; nothing when its number is not one
 *  to six below the block's, which no valid block has. */
weft_u256 block_reward_ommer(uint64_t block_reward, uint64_t block_number, uint64_t ommer_number);

#endif
