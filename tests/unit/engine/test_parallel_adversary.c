/* Random blocks in the hands of a scheduler that does its worst: it speculates in any order, about tasks as far ahead
 * as there are, and settles when it likes. Whatever order it chooses, the outcome must be that of serial execution; with
 * a seed, a failure comes back every time. Threading model: two workers, of which only the first gets work, so that
 * nothing depends on luck. Linked with --wrap for the scheduler (tests/CMakeLists.txt). Oracle: serial execution.
 * WEFT_SEED=n runs one seed, WEFT_SEEDS=n that many from 1. */
#include "tests/unit/engine/actors.h"

#include "scheduler/scheduler.h"

enum { SEEDS_DEFAULT = 150, TRANSACTIONS_MAX = 60, EAGERNESS_MAX = 8 };

typedef enum task_state { UNCLAIMED, EXECUTED, SETTLED } task_state;

static struct adversary {
    test_random random;
    unsigned eagerness; /* of EAGERNESS_MAX orders, how many are to speculate while there is something left */
    uint32_t count, head;
    bool is_cancelled;
    uint8_t tasks[SCENE_TRANSACTIONS_MAX]; /* task_state */
} adversary;

bool __real_scheduler_reset(scheduler *s, uint32_t task_count, unsigned worker_count, uint64_t seed);
bool __wrap_scheduler_reset(scheduler *s, uint32_t task_count, unsigned worker_count, uint64_t seed);
scheduler_order __wrap_scheduler_next(scheduler *s, unsigned worker, uint32_t *task);
void __wrap_scheduler_executed(scheduler *s, unsigned worker, uint32_t task);
void __wrap_scheduler_settled(scheduler *s, unsigned worker, uint32_t task);
void __wrap_scheduler_cancel(scheduler *s);

bool __wrap_scheduler_reset(scheduler *s, uint32_t task_count, unsigned worker_count, uint64_t seed) {
    adversary.count = task_count;
    adversary.head = 0;
    adversary.is_cancelled = false;
    memset(adversary.tasks, UNCLAIMED, sizeof adversary.tasks);
    return __real_scheduler_reset(s, task_count, worker_count, seed);
}

/* Out: any task that nobody has begun. */
static bool adversary_pick(uint32_t *task) {
    uint32_t left = adversary.count - adversary.head, start = (uint32_t)random_below(&adversary.random, left);
    for (uint32_t i = 0; i < left; i++) {
        *task = adversary.head + (start + i) % left;
        if (adversary.tasks[*task] == UNCLAIMED) {
            return true;
        }
    }
    return false;
}

scheduler_order __wrap_scheduler_next(scheduler *s, unsigned worker, uint32_t *task) {
    (void)s;
    if (worker != 0 || adversary.is_cancelled || adversary.head == adversary.count) {
        return SCHEDULER_DONE;
    }
    if (random_below(&adversary.random, EAGERNESS_MAX) < adversary.eagerness && adversary_pick(task)) {
        return SCHEDULER_SPECULATE;
    }
    *task = adversary.head;
    return adversary.tasks[*task] == EXECUTED ? SCHEDULER_SETTLE : SCHEDULER_RUN_HEAD;
}

void __wrap_scheduler_executed(scheduler *s, unsigned worker, uint32_t task) {
    (void)s, (void)worker;
    adversary.tasks[task] = EXECUTED;
}

void __wrap_scheduler_settled(scheduler *s, unsigned worker, uint32_t task) {
    (void)s, (void)worker;
    adversary.tasks[task] = SETTLED;
    adversary.head = task + 1;
}

void __wrap_scheduler_cancel(scheduler *s) {
    (void)s;
    adversary.is_cancelled = true;
}

/* What the runs were like, so that an adversary that has lost its teeth fails the test. */
typedef struct tally {
    uint64_t transactions, executions, reexecutions;
} tally;

static void run_schedule(scene *s, unsigned eagerness, tally *t) {
    weft_engine *engine;
    weft_block_result parallel;
    adversary.random.state = s->seed;
    adversary.eagerness = eagerness;
    assert_int_equal(scene_execute(s, 2, &engine, &parallel), WEFT_OK);
    scene_compare(s, &s->result, &parallel, 2);
    t->transactions += parallel.receipt_count;
    t->executions += parallel.stats.executions;
    t->reexecutions += parallel.stats.reexecutions;
    weft_engine_destroy(engine);
}

static void run_seed(uint64_t seed, tally *t) {
    static const unsigned eagerness[] = {2, 6, 7, EAGERNESS_MAX};
    static scene s;
    weft_fork fork = (weft_fork)(seed % WEFT_FORK_COUNT);
    scene_open(&s, fork);
    s.seed = seed;
    actors_fill_block(&s, fork, seed, TRANSACTIONS_MAX);
    assert_int_equal(scene_execute(&s, 1, &s.serial, &s.result), WEFT_OK);
    for (size_t i = 0; i < sizeof eagerness / sizeof *eagerness; i++) {
        run_schedule(&s, eagerness[i], t);
    }
    scene_close(&s);
}

static void no_schedule_changes_the_result(void **state) {
    (void)state;
    seed_range seeds = seed_range_read(SEEDS_DEFAULT);
    tally t = {0};
    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++) {
        run_seed(seed, &t);
    }
    print_message("%llu transactions, %llu executions, %llu of them again\n", (unsigned long long)t.transactions,
                  (unsigned long long)t.executions, (unsigned long long)t.reexecutions);
    if (!seeds.is_one) {
        assert_true(t.reexecutions > t.transactions / 8);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_schedule_changes_the_result)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
