#include "state/parallel.h"

#include <omp.h>

void parallel_for(size_t count, unsigned threads, parallel_step *step, void *context) {
    if (threads <= 1 || count <= 1) {
        for (size_t i = 0; i < count; i++) {
            step(context, i);
        }
        return;
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (size_t i = 0; i < count; i++) {
        step(context, i);
    }
}

unsigned parallel_threads(unsigned threads) {
    return threads != 0 ? threads : (unsigned)omp_get_max_threads();
}
