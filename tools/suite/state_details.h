/** What a test's JSON result holds on demand: the state it ended in (--dump), how long a state test took (--bench). */
#ifndef TOOLS_SUITE_STATE_DETAILS_H
#define TOOLS_SUITE_STATE_DETAILS_H

#include <weft/memory_state.h>

#include "tools/suite/fixture.h"

/** One execution's cost. */
typedef struct state_cost {
    double seconds; /* mean of the runs */
    uint64_t gas;
} state_cost;

/** Make the members of the result that `hooks` ask for.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Out:      details   to be freed; NULL if nothing is asked for.
 */
weft_status state_details_make(char **details, const fixture_hooks *hooks, weft_memory_state *state,
                               const weft_bytes32 *root, const state_cost *cost);

#endif
