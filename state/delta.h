/** What all who apply a delta ask of it. */
#ifndef STATE_DELTA_H
#define STATE_DELTA_H

#include <weft/delta.h>

/** Whether the addresses are strictly ascending: so every account is named once. */
bool delta_is_sorted(const weft_state_delta *delta);

#endif
