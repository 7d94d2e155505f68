/** Timing each transaction of a block, one clock reading between two. */
#ifndef ENGINE_PROFILE_H
#define ENGINE_PROFILE_H

#include "engine/block_run.h"

/** Make room for run->profiles. Returns: false when out of memory. */
bool profile_begin(block_run *run);
/** Seconds since the last lap. */
double profile_lap(block_run *run);
/** Tell what was measured, with what could be foretold of each transaction. Returns: false when out of memory. */
bool profile_finish(const block_run *run, weft_profile *profile);

#endif
