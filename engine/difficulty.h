/** The difficulty that proof-of-work headers must state (Yellow Paper section 4.3.4; EIP-2, 100 and the bomb's EIPs). */
#ifndef ENGINE_DIFFICULTY_H
#define ENGINE_DIFFICULTY_H

#include "engine/fork_rules.h"
#include <weft/block.h>

/** The difficulty of a child of `parent` with this timestamp. Threads: any.
 *
 *  In:  rule        of the child's fork.
 *       bomb_delay  of the child's number (chain_bomb_delay()); the bomb runs as if the chain were shorter by it.
 *       timestamp   Unix seconds, not before the parent's.
 */
weft_u256 difficulty_after(const weft_header *parent, difficulty_rule rule, uint64_t bomb_delay, uint64_t timestamp);

#endif
