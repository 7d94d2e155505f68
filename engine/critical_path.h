/** How parallel a block could have been: the heaviest chain of transactions each of which read what an earlier one of the
 *  chain wrote. No schedule on any number of workers beats it without breaking dependencies. */
#ifndef ENGINE_CRITICAL_PATH_H
#define ENGINE_CRITICAL_PATH_H

#include "engine/outcome.h"

/** Gas of the heaviest chain over accepted outcomes in block order. Returns: WEFT_OK, WEFT_NO_MEMORY. */
weft_status critical_path_gas(uint64_t *gas, const tx_outcome *outcomes, size_t count);

#endif
