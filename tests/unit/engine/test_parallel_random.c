/* Random blocks over contracts made to conflict in every way the state allows, on every fork. Threading model: the
 * engine's workers, 2, 3 and 8, fallback forced off. Oracle: serial execution. WEFT_SEED=n runs one seed, WEFT_SEEDS=n
 * that many from 1; a failure prints its seed. */
#include "tests/unit/engine/scene.h"

#include "tests/unit/engine/actors.h"

enum { SEEDS_DEFAULT = 60, TRANSACTIONS_MAX = 90 };

/* What the blocks were like, so that a generator that has gone stale fails the test instead of passing it. */
typedef struct tally {
    unsigned valid_blocks;
    uint64_t successes, failures, reexecutions;
} tally;

static void run_seed(uint64_t seed, weft_fork fork, tally *t) {
    static scene s;
    scene_open(&s, fork);
    s.seed = seed;
    actors_fill_block(&s, fork, seed, TRANSACTIONS_MAX);
    scene_check(&s);
    t->valid_blocks += s.result.verdict == WEFT_VALID;
    for (size_t i = 0; i < s.result.receipt_count; i++) {
        *(s.result.receipts[i].success ? &t->successes : &t->failures) += 1;
    }
    t->reexecutions += s.reexecutions;
    scene_close(&s);
}

static void random_blocks_are_serial(void **state) {
    (void)state;
    seed_range seeds = seed_range_read(SEEDS_DEFAULT);
    tally t = {0};
    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++) {
        run_seed(seed, (weft_fork)(seed % WEFT_FORK_COUNT), &t);
    }
    print_message("%u valid blocks, %llu successes, %llu failures, %llu re-executions\n", t.valid_blocks,
                  (unsigned long long)t.successes, (unsigned long long)t.failures, (unsigned long long)t.reexecutions);
    if (!seeds.is_one) {
        assert_true(t.valid_blocks > (seeds.last - seeds.first) / 2);
        assert_true(t.successes > t.failures);
        assert_true(t.failures > seeds.last - seeds.first);
        assert_true(t.reexecutions > 0); /* how many depends on how the machine shares out its processors */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_blocks_are_serial)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
