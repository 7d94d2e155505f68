/** The state that one block reads, copied to memory: what a witness proves, without walking its tries, so that engines which
 *  keep their state differently can be compared.
 */
#ifndef BENCH_PLAIN_STATE_H
#define BENCH_PLAIN_STATE_H

#include <weft/memory_state.h>

typedef struct plain_state {
    weft_memory_state *memory; /* what was asked for until now, above `source` */
    const weft_state_view *source;
} plain_state;

/** Returns: WEFT_OK, WEFT_NO_MEMORY. Out: to be freed, also after a failure; must not move, the recorder points to it.
 *  Lifetime: `source` is borrowed; it answers what is not asked of the recorder. */
weft_status plain_state_create(plain_state *p, const weft_state_view *source);
void plain_state_free(plain_state *p);

/** The source, each of whose answers is copied to memory: for one serial execution of the block. */
weft_state_view plain_state_recorder(plain_state *p);

#endif
