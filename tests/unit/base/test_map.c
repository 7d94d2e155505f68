/* The map against a plain array as model, with few distinct keys so that runs wrap, collide and shrink. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/hash.h"
#include "base/map.h"
#include "tests/support/random.h"

#include <string.h>

#define KEY_COUNT 700

typedef struct key20 {
    uint8_t bytes[20];
} key20;

static key20 key_of(unsigned number) {
    key20 key = {{0}};
    memcpy(key.bytes + 3, &number, sizeof number);
    return key;
}

static void check_against_model(const map *m, const uint64_t *model, uint64_t seed) {
    size_t expected = 0, seen = 0, cursor = 0;
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        key20 key = key_of(i);
        const uint64_t *value = map_find(m, &key);
        expected += model[i] != 0;
        if ((value != NULL) != (model[i] != 0) || (value != NULL && *value != model[i])) {
            fail_msg("key %u differs from the model, seed %llu", i, (unsigned long long)seed);
        }
    }
    const void *key;
    void *value;
    while (map_next(m, &cursor, &key, &value)) {
        unsigned number;
        memcpy(&number, (const uint8_t *)key + 3, sizeof number);
        assert_true(number < KEY_COUNT);
        assert_int_equal(*(uint64_t *)value, model[number]);
        seen++;
    }
    assert_int_equal(seen, expected);
    assert_int_equal(m->count, expected);
}

static void random_operations_match_a_model(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        map m;
        map_init(&m, sizeof(key20), sizeof(uint64_t), seed);
        uint64_t model[KEY_COUNT] = {0};
        test_random random = {seed};
        for (unsigned step = 1; step <= 4000; step++) {
            unsigned number = (unsigned)random_below(&random, KEY_COUNT);
            key20 key = key_of(number);
            if (random_below(&random, 5) < (step / 1000 % 2 == 0 ? 3u : 1u)) {
                bool inserted;
                uint64_t *value = map_insert(&m, &key, &inserted);
                assert_non_null(value);
                assert_int_equal(inserted, model[number] == 0);
                assert_int_equal(*value, model[number]);
                *value = model[number] = step;
            } else {
                assert_int_equal(map_remove(&m, &key), model[number] != 0);
                model[number] = 0;
            }
            if (step % 500 == 0) {
                check_against_model(&m, model, seed);
            }
        }
        map_free(&m);
    }
}

static void cleared_map_is_empty_and_keeps_its_memory(void **state) {
    (void)state;
    map m;
    map_init(&m, sizeof(key20), 12, 9);
    for (unsigned i = 0; i < 100; i++) {
        key20 key = key_of(i);
        memset(map_insert(&m, &key, NULL), 0xff, 12);
    }
    size_t capacity = m.capacity;
    map_clear(&m);
    assert_int_equal(m.count, 0);
    assert_int_equal(m.capacity, capacity);
    key20 key = key_of(5);
    assert_null(map_find(&m, &key));
    const uint8_t zeros[12] = {0};
    assert_memory_equal(map_insert(&m, &key, NULL), zeros, 12);
    map_free(&m);
}

static void empty_map_answers_without_memory(void **state) {
    (void)state;
    map m;
    map_init(&m, 1, 0, 0);
    size_t cursor = 0;
    const void *key;
    void *value;
    assert_null(map_find(&m, "x"));
    assert_false(map_remove(&m, "x"));
    assert_false(map_next(&m, &cursor, &key, &value));
    map_clear(&m);
    assert_non_null(map_insert(&m, "x", NULL));
    assert_non_null(map_find(&m, "x"));
    map_free(&m);
}

static void values_are_aligned_for_any_key_size(void **state) {
    (void)state;
    for (size_t key_size = 1; key_size <= 128; key_size++) {
        map m;
        map_init(&m, key_size, 8, key_size);
        uint8_t key[128] = {0};
        for (uint8_t i = 0; i < 20; i++) {
            key[key_size - 1] = i;
            assert_int_equal((uintptr_t)map_insert(&m, key, NULL) % 8, 0);
        }
        assert_int_equal(m.count, 20);
        map_free(&m);
    }
}

static void reserved_insertions_need_no_memory(void **state) {
    (void)state;
    map m;
    map_init(&m, sizeof(key20), 8, 3);
    assert_true(map_reserve(&m, KEY_COUNT));
    const uint8_t *entries = m.entries;
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        key20 key = key_of(i);
        assert_non_null(map_insert(&m, &key, NULL));
    }
    assert_ptr_equal(m.entries, entries);
    assert_true(map_reserve(&m, 0));
    assert_false(map_reserve(&m, SIZE_MAX));
    assert_false(map_reserve(&m, SIZE_MAX - KEY_COUNT));
    assert_int_equal(m.count, KEY_COUNT);
    map_free(&m);
}

static void hash_depends_on_every_bit(void **state) {
    (void)state;
    uint8_t bytes[70] = {0};
    for (size_t size = 0; size <= sizeof bytes; size++) {
        uint64_t base = hash_bytes(1, bytes, size);
        assert_int_not_equal(base, hash_bytes(2, bytes, size));
        assert_int_not_equal(base, hash_bytes(1, bytes, size == 0 ? 1 : size - 1));
        for (size_t bit = 0; bit < 8 * size; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            int changed = __builtin_popcountll(base ^ hash_bytes(1, bytes, size));
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_in_range(changed, 8, 56);
        }
    }
}

static void random_seeds_differ(void **state) {
    (void)state;
    assert_int_not_equal(hash_random_seed(), hash_random_seed());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations_match_a_model),
        cmocka_unit_test(cleared_map_is_empty_and_keeps_its_memory),
        cmocka_unit_test(empty_map_answers_without_memory),
        cmocka_unit_test(values_are_aligned_for_any_key_size),
        cmocka_unit_test(reserved_insertions_need_no_memory),
        cmocka_unit_test(hash_depends_on_every_bit),
        cmocka_unit_test(random_seeds_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
