#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"

#include <string.h>

static void allocations_are_aligned_and_disjoint(void **state) {
    (void)state;
    arena a;
    arena_init(&a, 64);
    uint8_t *pointers[100];
    for (size_t i = 0; i < 100; i++) {
        pointers[i] = arena_alloc(&a, i);
        assert_non_null(pointers[i]);
        assert_int_equal((uintptr_t)pointers[i] % 16, 0);
        memset(pointers[i], (int)i, i);
    }
    for (size_t i = 0; i < 100; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_int_equal(pointers[i][j], i);
        }
    }
    arena_free(&a);
}

static void empty_allocations_are_unique(void **state) {
    (void)state;
    arena a;
    arena_init(&a, 0);
    assert_ptr_not_equal(arena_alloc(&a, 0), arena_alloc(&a, 0));
    arena_free(&a);
}

static void rollback_gives_the_same_memory_again(void **state) {
    (void)state;
    arena a;
    arena_init(&a, 128);
    arena_mark empty = arena_checkpoint(&a);
    void *first = arena_alloc(&a, 40);
    memset(first, 7, 40);
    arena_mark mark = arena_checkpoint(&a);
    void *second = arena_alloc(&a, 40);
    void *far = arena_alloc(&a, 5000);
    arena_rollback(&a, mark);
    assert_ptr_equal(arena_alloc(&a, 40), second);
    assert_ptr_equal(arena_alloc(&a, 5000), far);
    for (size_t i = 0; i < 40; i++) {
        assert_int_equal(((uint8_t *)first)[i], 7);
    }
    arena_rollback(&a, empty);
    assert_ptr_equal(arena_alloc(&a, 40), first);
    arena_reset(&a);
    assert_ptr_equal(arena_alloc(&a, 40), first);
    arena_free(&a);
}

static size_t block_count(const arena *a) {
    arena copy = *a;
    arena_reset(&copy);
    size_t count = 0;
    for (const void *block = copy.first; block != NULL; count++) {
        memcpy(&block, block, sizeof block); /* `next` is the first member */
    }
    return count;
}

static void warm_arena_obtains_no_more_memory(void **state) {
    (void)state;
    arena a;
    arena_init(&a, 64);
    size_t warm = 0;
    for (int round = 0; round < 50; round++) {
        arena_reset(&a);
        for (size_t size = 1; size < 3000; size += 37) {
            assert_non_null(arena_alloc(&a, size));
        }
        if (round == 0) {
            warm = block_count(&a);
        }
    }
    assert_int_equal(block_count(&a), warm);
    arena_free(&a);
}

static void trimmed_arena_keeps_what_it_may(void **state) {
    (void)state;
    arena a;
    arena_init(&a, 1024);
    for (int i = 0; i < 100; i++) {
        memset(arena_alloc(&a, 1000), i, 1000);
    }
    size_t warm = block_count(&a);
    arena_trim(&a, SIZE_MAX);
    assert_int_equal(block_count(&a), warm);
    arena_trim(&a, 1024);
    assert_int_equal(block_count(&a), 1);
    memset(arena_alloc(&a, 5000), 1, 5000);
    arena_trim(&a, 0);
    assert_int_equal(block_count(&a), 0);
    assert_non_null(arena_alloc(&a, 10));
    arena_free(&a);
}

static void impossible_sizes_give_null_and_leave_the_arena_usable(void **state) {
    (void)state;
    arena a;
    arena_init(&a, 0);
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_alloc(&a, SIZE_MAX - 20));
    assert_null(arena_alloc(&a, SIZE_MAX / 2 + 1));
    assert_null(arena_alloc_zero(&a, SIZE_MAX / 2 + 1));
    assert_null(arena_alloc_array(&a, SIZE_MAX / 2, 3));
    assert_non_null(arena_alloc_array(&a, 10, 3));
    arena_free(&a);
}

static void zeroed_and_copied_memory_is_what_it_says(void **state) {
    (void)state;
    arena a;
    arena_init(&a, 0);
    memset(arena_alloc(&a, 100), 0xff, 100);
    arena_reset(&a);
    const uint8_t zeros[100] = {0};
    assert_memory_equal(arena_alloc_zero(&a, 100), zeros, 100);
    assert_memory_equal(arena_copy(&a, "weft", 5), "weft", 5);
    assert_non_null(arena_copy(&a, NULL, 0));
    arena_free(&a);
    assert_non_null(arena_alloc(&a, 10));
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_aligned_and_disjoint),
        cmocka_unit_test(empty_allocations_are_unique),
        cmocka_unit_test(rollback_gives_the_same_memory_again),
        cmocka_unit_test(warm_arena_obtains_no_more_memory),
        cmocka_unit_test(trimmed_arena_keeps_what_it_may),
        cmocka_unit_test(impossible_sizes_give_null_and_leave_the_arena_usable),
        cmocka_unit_test(zeroed_and_copied_memory_is_what_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
