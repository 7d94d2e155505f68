/* Every allocation of an execution fails once: the n-th, n = 1, 2, … until none is left to fail. Each time the engine must
 * say WEFT_NO_MEMORY, or do without and give the right result; never another verdict, and it must work again afterwards.
 * Linked with --wrap for the allocator (tests/CMakeLists.txt). Threading model: serial, then two workers. */
#include "tests/unit/engine/actors.h"

#include <limits.h>
#include <stdatomic.h>

static atomic_long allocations_left = LONG_MAX;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

/* One failure, then memory is there again: what a system under pressure does. */
static bool fails_now(void) {
    return atomic_fetch_sub(&allocations_left, 1) == 1;
}

void *__wrap_malloc(size_t size) {
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size) {
    return fails_now() ? NULL : __real_realloc(memory, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return fails_now() ? NULL : __real_aligned_alloc(alignment, size);
}

/* Returns: whether an allocation was made to fail. */
static bool execute_with_failure(scene *s, unsigned threads, long nth) {
    weft_engine *engine = NULL;
    weft_block_result result;
    const weft_engine_config config = {
        .size = sizeof config, .threads = threads, .force_parallel = threads > 1, .seed = 1};
    const weft_execute_options options = {.size = sizeof options, .no_header_checks = true, .partial_state = true};
    weft_state_view view = weft_memory_state_view(s->state);
    atomic_store(&allocations_left, nth);
    weft_status status = weft_engine_create(&engine, &s->chain, &config);
    if (status == WEFT_OK) {
        status = weft_engine_execute(engine, &result, &s->block, &view, &options);
    }
    bool failed = atomic_exchange(&allocations_left, LONG_MAX) <= 0;
    if (status != WEFT_OK) {
        assert_int_equal(status, WEFT_NO_MEMORY);
        assert_true(failed);
        if (engine == NULL) {
            return true;
        }
        assert_int_equal(weft_engine_execute(engine, &result, &s->block, &view, &options), WEFT_OK);
    }
    scene_compare(s, &s->result, &result, threads);
    weft_engine_destroy(engine);
    return failed;
}

static void check_threads(unsigned threads) {
    static scene s;
    scene_open(&s, WEFT_CANCUN);
    actors_fill_block(&s, WEFT_CANCUN, 7, 40);
    scene_check(&s);
    long nth = 1;
    while (execute_with_failure(&s, threads, nth)) {
        nth++;
    }
    print_message("%ld allocations failed, one at a time, on %u workers\n", nth - 1, threads);
    assert_true(nth > 20);
    scene_close(&s);
}

static void serial_execution_survives_lack_of_memory(void **state) {
    (void)state;
    check_threads(1);
}

static void parallel_execution_survives_lack_of_memory(void **state) {
    (void)state;
    check_threads(2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serial_execution_survives_lack_of_memory),
        cmocka_unit_test(parallel_execution_survives_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
