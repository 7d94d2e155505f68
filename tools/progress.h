/** A progress bar on standard error, for work that takes long and only where a person watches. */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct progress {
    bool is_shown;
    const char *noun; /* what the steps are, in the plural */
    size_t total;     /* steps; 0 = not known */
    size_t done;
    uint64_t gas;
    double started, drawn; /* seconds of a monotonic clock */
    bool is_on_screen;
} progress;

/** In: wanted   false leaves it silent whatever standard error is.
 *      noun     borrowed. */
void progress_begin(progress *p, bool wanted, size_t total, const char *noun);
/** One step more, of so much gas (0 if there is none to speak of). Draws at most a few times a second, and not in the
 *  first half second. */
void progress_step(progress *p, uint64_t gas);
/** Take the bar off the screen, so that something else can be printed. */
void progress_hide(progress *p);

#endif
