#include "base/hash.h"

#include <sys/random.h>
#include <time.h>

uint64_t hash_random_seed(void) {
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == (ssize_t)sizeof seed) {
        return seed;
    }
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return hash_fold((uint64_t)now.tv_nsec ^ HASH_SECRET_A, (uint64_t)(uintptr_t)&now ^ HASH_SECRET_B);
}
