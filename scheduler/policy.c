#include "scheduler/policy.h"

enum {
    /* Stop when less than one part in this many of the speculative cost was valid. */
    VALID_SHARE_INVERSE = 4,

    /* An eighth of the block is evidence, within limits: a short block must be decided while something is left of it,
     * and a long one may change its character. */
    SAMPLE_DIVISOR = 8,
    SAMPLE_MIN = 4,
    SAMPLE_MAX = 64,

    /* Tasks that run side by side fail for the same reason: each worker's first ones are no independent evidence. */
    SAMPLE_PER_WORKER = 2
};

/* Keeps the sums from overflowing: with at most 2^17 outcomes in them, they stay below 2^57. */
#define COST_MAX ((uint64_t)1 << 40)

void policy_reset(policy *p, uint32_t task_count, unsigned workers) {
    uint32_t sample_size = task_count / SAMPLE_DIVISOR;
    sample_size = sample_size < SAMPLE_MIN ? SAMPLE_MIN : sample_size > SAMPLE_MAX ? SAMPLE_MAX : sample_size;
    if (sample_size < SAMPLE_PER_WORKER * workers) {
        sample_size = SAMPLE_PER_WORKER * workers;
    }
    *p = (policy){.sample_size = sample_size};
}

void policy_note(policy *p, bool was_speculative, bool was_valid, uint64_t cost) {
    if (!was_speculative) {
        return;
    }
    uint64_t *sum = was_valid ? &p->valid_cost : &p->wasted_cost;
    *sum += cost == 0 ? 1 : cost > COST_MAX ? COST_MAX : cost;
    p->count++;
    if (p->count < p->sample_size) {
        return;
    }
    p->stop = p->stop || VALID_SHARE_INVERSE * p->valid_cost < p->valid_cost + p->wasted_cost;
    /* Half of the weight to what comes next. */
    p->count /= 2;
    p->valid_cost /= 2;
    p->wasted_cost /= 2;
}

bool policy_should_stop(const policy *p) {
    return p->stop;
}
