#include "tools/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "tools/clock.h"

void progress_begin(progress *p, bool wanted, size_t total, const char *noun) {
    *p = (progress){
        .is_shown = wanted && isatty(STDERR_FILENO) != 0, .noun = noun, .total = total, .started = clock_seconds()};
    p->drawn = p->started + 0.3; /* short work draws nothing */
}

static void draw(const progress *p, double now) {
    enum { WIDTH = 30 };
    char bar[WIDTH + 1];
    size_t filled = p->total > 0 ? p->done * WIDTH / p->total : 0;
    for (size_t i = 0; i < WIDTH; i++) {
        bar[i] = i < filled ? '#' : '.';
    }
    bar[WIDTH] = '\0';
    double seconds = now - p->started;
    fprintf(stderr, "\r\033[K[%s] %zu/%zu %s", bar, p->done, p->total, p->noun);
    if (p->gas > 0) {
        fprintf(stderr, ", %.1f Mgas/s", (double)p->gas * 1e-6 / seconds);
    }
    if (p->done > 0 && p->total > p->done) {
        fprintf(stderr, ", %.0f s left", seconds * (double)(p->total - p->done) / (double)p->done);
    }
    (void)fflush(stderr);
}

void progress_step(progress *p, uint64_t gas) {
    p->done++;
    p->gas += gas;
    double now = p->is_shown ? clock_seconds() : 0;
    if (p->is_shown && now - p->drawn > 0.2) {
        draw(p, now);
        p->drawn = now;
        p->is_on_screen = true;
    }
}

void progress_hide(progress *p) {
    if (p->is_on_screen) {
        fputs("\r\033[K", stderr);
        (void)fflush(stderr);
        p->is_on_screen = false;
    }
}
