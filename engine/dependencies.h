/** Which transactions of a block needed which others, from what they really read and changed. */
#ifndef ENGINE_DEPENDENCIES_H
#define ENGINE_DEPENDENCIES_H

#include "base/arena.h"
#include "engine/outcome.h"
#include <weft/profile.h>

/** Find the dependencies among accepted outcomes in block order. Returns: NULL when out of memory; otherwise `count`
 *  entries in `memory`. */
const weft_dependencies *dependencies_find(const tx_outcome *outcomes, size_t count, arena *memory);

#endif
