/** A view that passes questions on to another, and keeps the first one that this cannot answer: what a message about a
 *  state that does not suffice names. */
#ifndef TOOLS_UNANSWERED_H
#define TOOLS_UNANSWERED_H

#include <stdatomic.h>

#include <weft/state_view.h>

typedef struct unanswered {
    weft_state_view view; /* to be executed on; its context is this struct, which must not move */
    const weft_state_view *asked;
    atomic_flag is_found;
    char question[160]; /* in words, to be read when the execution is over */
} unanswered;

/** Begin to watch. Lifetime: `asked` is borrowed. */
void unanswered_watch(unanswered *u, const weft_state_view *asked);

#endif
