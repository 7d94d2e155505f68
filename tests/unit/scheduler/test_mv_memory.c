#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scheduler/mv_memory.h"
#include "tests/support/random.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static mv_key key_of(uint64_t number) {
    mv_key key = {{0}};
    memcpy(key.bytes + MV_KEY_SIZE - sizeof number, &number, sizeof number);
    return key;
}

static uint64_t number_of(const mv_key *key) {
    uint64_t number;
    memcpy(&number, key->bytes + MV_KEY_SIZE - sizeof number, sizeof number);
    return number;
}

static weft_u256 word(uint64_t value) {
    return (weft_u256){{value, ~value, value, ~value}};
}

/* The base of lane i of key n is 1000 n + i. The context may name a key that cannot be loaded. */
static weft_status load(void *context, const mv_key *key, unsigned lane_count, weft_u256 *lanes) {
    const uint64_t *unavailable = context;
    if (unavailable != NULL && *unavailable == number_of(key)) {
        return WEFT_STATE_UNAVAILABLE;
    }
    for (unsigned i = 0; i < lane_count; i++) {
        lanes[i] = word(1000 * number_of(key) + i);
    }
    return WEFT_OK;
}

static mv_cell *cell_of(mv_memory *mv, uint64_t number, unsigned lane_count) {
    mv_key key = key_of(number);
    mv_cell *cell = NULL;
    assert_int_equal(mv_memory_cell(mv, 0, &key, lane_count, &cell), WEFT_OK);
    assert_non_null(cell);
    return cell;
}

static mv_memory *memory_create(void) {
    mv_memory *mv = mv_memory_create(2, 42);
    assert_non_null(mv);
    mv_memory_reset(mv, load, NULL);
    return mv;
}

static void assert_lane(const mv_cell *cell, uint32_t task, unsigned lane, uint64_t expected) {
    weft_u256 lanes[MV_LANES_MAX];
    mv_cell_read(cell, task, lanes);
    assert_int_equal(lanes[lane].limb[0], expected);
    assert_int_equal(lanes[lane].limb[3], ~expected);
}

static void a_cell_is_interned_once_with_its_base(void **state) {
    (void)state;
    mv_memory *mv = memory_create();
    mv_cell *cell = cell_of(mv, 7, 3);
    assert_ptr_equal(cell_of(mv, 7, 3), cell);
    assert_int_equal(number_of(mv_cell_key(cell)), 7);
    assert_int_equal(mv_cell_lane_count(cell), 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(mv_cell_base(cell)[i].limb[0], 7000 + i);
        assert_int_equal(mv_cell_accepted(cell)[i].limb[0], 7000 + i);
        assert_lane(cell, 0, i, 7000 + i);
    }
    assert_int_equal(mv_memory_count(mv), 1);
    mv_memory_destroy(mv);
}

static void keys_differ_in_any_byte(void **state) {
    (void)state;
    mv_memory *mv = memory_create();
    for (unsigned i = 0; i < MV_KEY_SIZE; i++) {
        mv_key key = {{0}};
        key.bytes[i] = 1;
        mv_cell *cell;
        assert_int_equal(mv_memory_cell(mv, 0, &key, 1, &cell), WEFT_OK);
    }
    assert_int_equal(mv_memory_count(mv), MV_KEY_SIZE);
    mv_memory_destroy(mv);
}

static void a_failing_loader_leaves_no_cell(void **state) {
    (void)state;
    mv_memory *mv = memory_create();
    uint64_t unavailable = 5;
    mv_memory_reset(mv, load, &unavailable);
    mv_key key = key_of(5);
    mv_cell *cell;
    assert_int_equal(mv_memory_cell(mv, 0, &key, 1, &cell), WEFT_STATE_UNAVAILABLE);
    assert_int_equal(mv_memory_count(mv), 0);
    unavailable = 6;
    assert_int_equal(mv_memory_cell(mv, 0, &key, 1, &cell), WEFT_OK);
    mv_memory_destroy(mv);
}

static void cells_stay_put_while_tables_grow(void **state) {
    (void)state;
    enum { COUNT = 20000 };
    static mv_cell *cells[COUNT];
    mv_memory *mv = memory_create();
    for (int pass = 0; pass < 3; pass++) {
        for (uint64_t i = 0; i < COUNT; i++) {
            cells[i] = cell_of(mv, i, 1);
        }
        for (uint64_t i = 0; i < COUNT; i++) {
            assert_ptr_equal(cell_of(mv, i, 1), cells[i]);
            assert_int_equal(mv_cell_base(cells[i])->limb[0], 1000 * i);
        }
        assert_int_equal(mv_memory_count(mv), COUNT);
        mv_memory_reset(mv, load, NULL);
        assert_int_equal(mv_memory_count(mv), 0);
    }
    mv_memory_destroy(mv);
}

static void iteration_meets_every_cell_once(void **state) {
    (void)state;
    enum { COUNT = 3000 };
    mv_memory *mv = memory_create();
    size_t cursor = 0;
    assert_null(mv_memory_next(mv, &cursor));
    for (uint64_t i = 0; i < COUNT; i++) {
        (void)cell_of(mv, i, 1);
    }
    bool met[COUNT] = {false};
    size_t count = 0;
    cursor = 0;
    for (const mv_cell *cell; (cell = mv_memory_next(mv, &cursor)) != NULL; count++) {
        uint64_t number = number_of(mv_cell_key(cell));
        assert_true(number < COUNT && !met[number]);
        met[number] = true;
    }
    assert_int_equal(count, COUNT);
    assert_null(mv_memory_next(mv, &cursor));
    mv_memory_destroy(mv);
}

static void a_task_sees_the_greatest_version_below_it(void **state) {
    (void)state;
    mv_memory *mv = memory_create();
    mv_cell *cell = cell_of(mv, 0, 1);
    weft_u256 five = word(5), nine = word(9);
    assert_true(mv_cell_publish(mv, 0, cell, 9, 1, &nine));
    assert_true(mv_cell_publish(mv, 1, cell, 5, 1, &five));
    assert_lane(cell, 0, 0, 0);
    assert_lane(cell, 5, 0, 0);
    assert_lane(cell, 6, 0, 5);
    assert_lane(cell, 9, 0, 5);
    assert_lane(cell, 10, 0, 9);
    assert_lane(cell, UINT32_MAX, 0, 9);
    assert_int_equal(mv_cell_base(cell)->limb[0], 0);
    assert_int_equal(mv_cell_accepted(cell)->limb[0], 0);
    mv_memory_destroy(mv);
}

static void lanes_are_versions_apart(void **state) {
    (void)state;
    mv_memory *mv = memory_create();
    mv_cell *cell = cell_of(mv, 1, 4);
    weft_u256 low[4] = {word(10), word(11), word(12), word(13)}, high[4] = {word(20), word(21), word(22), word(23)};
    assert_true(mv_cell_publish(mv, 0, cell, 1, 1u << 0 | 1u << 2, low));
    assert_true(mv_cell_publish(mv, 0, cell, 2, 1u << 2 | 1u << 3, high));
    assert_lane(cell, 3, 0, 10);
    assert_lane(cell, 3, 1, 1001);
    assert_lane(cell, 3, 2, 22);
    assert_lane(cell, 3, 3, 23);
    assert_lane(cell, 2, 2, 12);
    mv_memory_destroy(mv);
}

static void publishing_again_replaces_the_version(void **state) {
    (void)state;
    mv_memory *mv = memory_create();
    mv_cell *cell = cell_of(mv, 1, 2);
    weft_u256 first[2] = {word(1), word(2)}, second[2] = {word(3), word(4)};
    assert_true(mv_cell_publish(mv, 0, cell, 4, 3, first));
    assert_true(mv_cell_publish(mv, 0, cell, 4, 2, second));
    assert_lane(cell, 5, 0, 1000);
    assert_lane(cell, 5, 1, 4);
    mv_memory_destroy(mv);
}

static void a_retracted_version_is_gone(void **state) {
    (void)state;
    mv_memory *mv = memory_create();
    mv_cell *cell = cell_of(mv, 1, 1);
    weft_u256 value = word(8);
    mv_cell_retract(cell, 3);
    assert_true(mv_cell_publish(mv, 0, cell, 3, 1, &value));
    mv_cell_retract(cell, 2);
    assert_lane(cell, 4, 0, 8);
    mv_cell_retract(cell, 3);
    assert_lane(cell, 4, 0, 1000);
    mv_memory_destroy(mv);
}

/* Random publications and retractions against a table [task][lane]. */
static void versions_agree_with_a_table(void **state) {
    (void)state;
    enum { TASKS = 40, LANES = 3, OPERATIONS = 400 };
    mv_memory *mv = memory_create();
    for (uint64_t seed = 1; seed <= 50; seed++) {
        test_random random = {seed};
        mv_cell *cell = cell_of(mv, seed, LANES);
        uint64_t table[TASKS][LANES] = {{0}};
        for (unsigned operation = 0; operation < OPERATIONS; operation++) {
            uint32_t task = (uint32_t)random_below(&random, TASKS);
            unsigned mask = (unsigned)random_below(&random, 1u << LANES);
            memset(table[task], 0, sizeof table[task]);
            weft_u256 lanes[LANES];
            for (unsigned lane = 0; lane < LANES; lane++) {
                if (mask >> lane & 1) {
                    table[task][lane] = 1 + random_below(&random, 1000);
                    lanes[lane] = word(table[task][lane]);
                }
            }
            if (mask == 0) {
                mv_cell_retract(cell, task);
            } else {
                assert_true(mv_cell_publish(mv, 0, cell, task, mask, lanes));
            }
            uint32_t reader = (uint32_t)random_below(&random, TASKS + 1);
            weft_u256 seen[LANES];
            mv_cell_read(cell, reader, seen);
            for (unsigned lane = 0; lane < LANES; lane++) {
                uint64_t expected = 1000 * seed + lane;
                for (uint32_t t = 0; t < reader; t++) {
                    expected = table[t][lane] != 0 ? table[t][lane] : expected;
                }
                if (seen[lane].limb[0] != expected || seen[lane].limb[3] != ~expected) {
                    fail_msg("task %u, lane %u, operation %u, seed %llu", reader, lane, operation,
                             (unsigned long long)seed);
                }
            }
        }
    }
    mv_memory_destroy(mv);
}

static void a_block_leaves_nothing_to_the_next(void **state) {
    (void)state;
    mv_memory *mv = memory_create();
    mv_cell *cell = cell_of(mv, 1, 1);
    weft_u256 value = word(8);
    assert_true(mv_cell_publish(mv, 0, cell, 3, 1, &value));
    *mv_cell_accepted(cell) = value;
    mv_memory_reset(mv, load, NULL);
    cell = cell_of(mv, 1, 1);
    assert_lane(cell, 4, 0, 1000);
    assert_int_equal(mv_cell_accepted(cell)->limb[0], 1000);
    mv_memory_destroy(mv);
}

/* Threads intern the same keys, publish to a few hot cells, and read them: never a torn value, never one from a later
 * task, one cell per key. */
enum { RACERS = 4, RACED_KEYS = 2000, HOT_CELLS = 4, RACED_TASKS = 400 };

typedef struct race {
    mv_memory *mv;
    unsigned worker;
    atomic_bool *failed;
    mv_cell *cells[RACED_KEYS];
} race;

static void *race_run(void *argument) {
    race *r = argument;
    test_random random = {r->worker};
    for (uint64_t i = 0; i < RACED_KEYS; i++) {
        mv_key key = key_of(i);
        if (mv_memory_cell(r->mv, r->worker, &key, 1, &r->cells[i]) != WEFT_OK) {
            atomic_store(r->failed, true);
            return NULL;
        }
    }
    for (uint32_t task = r->worker; task < RACED_TASKS; task += RACERS) {
        mv_cell *cell = r->cells[random_below(&random, HOT_CELLS)];
        weft_u256 seen, written = word((uint64_t)task << 32 | 1);
        mv_cell_read(cell, task, &seen);
        uint64_t value = seen.limb[0];
        if (seen.limb[1] != ~value || seen.limb[2] != value || seen.limb[3] != ~value ||
            (value & 1 && value >> 32 >= task)) {
            atomic_store(r->failed, true);
        }
        if (!mv_cell_publish(r->mv, r->worker, cell, task, 1, &written)) {
            atomic_store(r->failed, true);
        }
        if (task % 3 == 0) {
            mv_cell_retract(cell, task);
        }
    }
    return NULL;
}

static void concurrent_use_gives_one_cell_per_key_and_whole_values(void **state) {
    (void)state;
    static race races[RACERS];
    atomic_bool failed = false;
    mv_memory *mv = mv_memory_create(RACERS, 3);
    assert_non_null(mv);
    for (int round = 0; round < 5; round++) {
        mv_memory_reset(mv, load, NULL);
        pthread_t threads[RACERS];
        for (unsigned i = 0; i < RACERS; i++) {
            races[i] = (race){.mv = mv, .worker = i, .failed = &failed};
            assert_int_equal(pthread_create(&threads[i], NULL, race_run, &races[i]), 0);
        }
        for (unsigned i = 0; i < RACERS; i++) {
            pthread_join(threads[i], NULL);
        }
        assert_false(atomic_load(&failed));
        assert_int_equal(mv_memory_count(mv), RACED_KEYS);
        for (unsigned i = 1; i < RACERS; i++) {
            assert_memory_equal(races[i].cells, races[0].cells, sizeof races[0].cells);
        }
    }
    mv_memory_destroy(mv);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_interned_once_with_its_base),
        cmocka_unit_test(keys_differ_in_any_byte),
        cmocka_unit_test(a_failing_loader_leaves_no_cell),
        cmocka_unit_test(cells_stay_put_while_tables_grow),
        cmocka_unit_test(iteration_meets_every_cell_once),
        cmocka_unit_test(a_task_sees_the_greatest_version_below_it),
        cmocka_unit_test(lanes_are_versions_apart),
        cmocka_unit_test(publishing_again_replaces_the_version),
        cmocka_unit_test(a_retracted_version_is_gone),
        cmocka_unit_test(versions_agree_with_a_table),
        cmocka_unit_test(a_block_leaves_nothing_to_the_next),
        cmocka_unit_test(concurrent_use_gives_one_cell_per_key_and_whole_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
