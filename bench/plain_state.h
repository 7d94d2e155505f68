/** The state that one block reads, copied to memory: what a witness proves, without walking its tries, so that engines which
 *  keep their state differently can be compared.
 */
#ifndef BENCH_PLAIN_STATE_H
#define BENCH_PLAIN_STATE_H

#include <weft/memory_state.h>

/** Returns: WEFT_OK, WEFT_NO_MEMORY, WEFT_DECODE; what `view` says. Out: to be destroyed. Lifetime: `view` is borrowed; it
 *  answers what the list does not name.
 *  In: access_list   of the block (EIP-7928), encoded. view   before it. */
weft_status plain_state_of(weft_memory_state **state, weft_bytes access_list, const weft_state_view *view);

#endif
