#include "engine/profile.h"

#include "engine/predict.h"

bool profile_begin(block_run *run) {
    run->profiles = arena_alloc_zero(&run->engine->memory, (run->block->transaction_count + 1) * sizeof *run->profiles);
    run->shared_from = run->block->transaction_count;
    return run->profiles != NULL;
}

double profile_lap(block_run *run) {
    double now = block_run_seconds(), seconds = now - run->lap_start;
    run->lap_start = now;
    return seconds;
}

static void count_only(void *context, uint64_t location, bool reads, bool writes) {
    (void)context, (void)location, (void)reads, (void)writes;
}

static void note(void *context, uint64_t location, bool reads, bool writes) {
    weft_predicted_access **next = context;
    *(*next)++ = (weft_predicted_access){location, reads, writes};
}

static size_t count_locations(const tx_outcome *outcome) {
    size_t count = 0;
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        count++;
    }
    for (const tx_slot *s = outcome->slots; s != NULL; s = s->next) {
        count++;
    }
    return count;
}

bool profile_finish(const block_run *run, weft_profile *profile) {
    uint64_t seed = run->engine->seed;
    for (size_t i = 0; i < run->block->transaction_count; i++) {
        weft_transaction_profile *t = &run->profiles[i];
        t->location_count = count_locations(&run->outcomes[i]);
        t->predicted_count = predict_accesses(&run->plans[i], seed, count_only, NULL);
        weft_predicted_access *next = arena_alloc_array(&run->engine->memory, t->predicted_count, sizeof *t->predicted);
        if (next == NULL) {
            return false;
        }
        t->predicted = next;
        (void)predict_accesses(&run->plans[i], seed, note, &next);
    }
    *profile = (weft_profile){run->profiles, run->shared_from, run->share_seconds};
    return true;
}
