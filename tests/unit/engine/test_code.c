/* Analysed code and its cache. Threading model of the race test: any number of threads refer to, load and add codes at
 * once. What it hunts: a code seen before its bytes are there, and two objects for one hash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "crypto/keccak.h"
#include "engine/code.h"
#include "tests/support/random.h"
#include <pthread.h>
#include <stdlib.h>

/* --- Analysis */

/* Is byte i an opcode? Asked the slow way, from the start each time. */
static bool is_opcode(const uint8_t *bytes, size_t size, size_t position) {
    size_t i = 0;
    while (i < position && i < size) {
        bool is_push = bytes[i] >= 0x60 && bytes[i] <= 0x7f;
        i += is_push ? (size_t)(bytes[i] - 0x60) + 2 : 1;
    }
    return i == position;
}

/* Mostly what matters: JUMPDESTs, pushes short and long. */
static void jumpy_code(test_random *random, uint8_t *bytes, size_t size) {
    static const uint8_t frequent[] = {0x5b, 0x5b, 0x60, 0x61, 0x7f, 0x5f, 0x80};
    for (size_t i = 0; i < size; i++) {
        bool is_frequent = random_below(random, 4) != 0;
        bytes[i] = is_frequent ? frequent[random_below(random, sizeof frequent)] : (uint8_t)random_u64(random);
    }
}

static void jump_destinations_are_not_push_data(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        test_random random = {seed};
        uint8_t bytes[300];
        size_t size = random_below(&random, sizeof bytes + 1);
        jumpy_code(&random, bytes, size);
        void *storage = malloc(code_storage_size(size));
        assert_non_null(storage);
        code c;
        code_place(&c, storage, bytes_of(bytes, size));
        assert_int_equal(c.size, size);
        assert_memory_equal(c.bytes, bytes, size);
        for (size_t i = 0; i < 33; i++) {
            assert_int_equal(c.bytes[size + i], 0);
        }
        for (size_t i = 0; i < size + 100; i++) {
            bool expected = i < size && bytes[i] == 0x5b && is_opcode(bytes, size, i);
            if (code_is_jump_destination(&c, i) != expected) {
                fail_msg("seed %llu, byte %zu of %zu", (unsigned long long)seed, i, size);
            }
        }
        assert_false(code_is_jump_destination(&c, UINT64_MAX));
        free(storage);
    }
}

static void delegations_are_known_by_prefix_and_size(void **state) {
    (void)state;
    code_cache *cache = code_cache_create(1);
    uint8_t bytes[24] = {0xef, 0x01, 0x00, 0xaa, [22] = 0xbb};
    const code *c = code_cache_add(cache, bytes_of(bytes, 23));
    assert_true(c->is_delegation);
    assert_int_equal(c->delegate.bytes[0], 0xaa);
    assert_int_equal(c->delegate.bytes[19], 0xbb);
    assert_false(code_cache_add(cache, bytes_of(bytes, 22))->is_delegation);
    assert_false(code_cache_add(cache, bytes_of(bytes, 24))->is_delegation);
    bytes[2] = 1;
    assert_false(code_cache_add(cache, bytes_of(bytes, 23))->is_delegation);
    code_cache_destroy(cache);
}

/* --- The cache */

/* A view with one code, or none. */
typedef struct code_source {
    uint8_t bytes[4];
    int calls;
    weft_status status;
} code_source;

static weft_status source_code(void *context, weft_bytes *out, const weft_address *address, const weft_bytes32 *hash) {
    (void)address;
    (void)hash;
    code_source *source = context;
    source->calls++;
    *out = bytes_of(source->bytes, sizeof source->bytes);
    return source->status;
}

static void there_is_one_object_per_hash(void **state) {
    (void)state;
    code_cache *cache = code_cache_create(1);
    const uint8_t bytes[] = {1, 2, 3};
    const code *added = code_cache_add(cache, bytes_of(bytes, sizeof bytes));
    weft_bytes32 hash = keccak256(bytes, sizeof bytes);
    assert_true(bytes32_equal(&added->hash, &hash));
    assert_ptr_equal(code_cache_add(cache, bytes_of(bytes, sizeof bytes)), added);
    assert_ptr_equal(code_cache_reference(cache, &hash), added);
    assert_ptr_not_equal(code_cache_add(cache, bytes_of(bytes, 2)), added);
    assert_ptr_equal(code_cache_add(cache, bytes_of(NULL, 0)), code_cache_empty(cache));
    assert_ptr_equal(code_cache_reference(cache, &keccak256_empty), code_cache_empty(cache));
    assert_int_equal(code_cache_empty(cache)->size, 0);
    code_cache_destroy(cache);
}

static void bytes_are_asked_for_once(void **state) {
    (void)state;
    code_cache *cache = code_cache_create(1);
    code_source source = {.bytes = {9, 8, 7, 6}};
    weft_state_view view = {.context = &source, .code = source_code};
    weft_bytes32 hash = keccak256(source.bytes, sizeof source.bytes);
    weft_address address = {{1}};
    const code *c = code_cache_reference(cache, &hash);
    source.status = WEFT_STATE_UNAVAILABLE;
    assert_int_equal(code_cache_load(cache, c, &view, &address), WEFT_STATE_UNAVAILABLE);
    source.status = WEFT_OK;
    assert_int_equal(code_cache_load(cache, c, &view, &address), WEFT_OK);
    assert_int_equal(code_cache_load(cache, c, &view, &address), WEFT_OK);
    assert_int_equal(source.calls, 2);
    assert_int_equal(c->size, 4);
    assert_memory_equal(c->bytes, source.bytes, 4);
    assert_true(bytes32_equal(&c->hash, &hash));
    assert_int_equal(code_cache_load(cache, code_cache_empty(cache), &view, &address), WEFT_OK);
    assert_int_equal(source.calls, 2);
    code_cache_destroy(cache);
}

static void trimming_drops_what_was_not_used_first(void **state) {
    (void)state;
    enum { COUNT = 100, SIZE = 1000 };
    code_cache *cache = code_cache_create(1);
    weft_bytes32 hashes[COUNT];
    for (unsigned i = 0; i < COUNT; i++) {
        uint8_t bytes[SIZE] = {(uint8_t)i};
        const code *c = code_cache_add(cache, bytes_of(bytes, sizeof bytes));
        assert_non_null(c);
        hashes[i] = c->hash;
    }
    code_cache_trim(cache, SIZE_MAX);
    for (unsigned i = 0; i < COUNT; i += 2) {
        assert_non_null(code_cache_reference(cache, &hashes[i]));
    }
    const size_t size_max = (size_t)COUNT * (SIZE + 400) / 2;
    code_cache_trim(cache, size_max);
    code_cache_trim(cache, size_max); /* nothing is recent now, but there is no need to drop any */
    code_source source = {.status = WEFT_STATE_UNAVAILABLE};
    weft_state_view view = {.context = &source, .code = source_code};
    weft_address address = {{1}};
    for (unsigned i = 0; i < COUNT; i += 2) {
        const code *c = code_cache_reference(cache, &hashes[i]);
        assert_int_equal(code_cache_load(cache, c, &view, &address), WEFT_OK);
    }
    const code *dropped = code_cache_reference(cache, &hashes[1]);
    assert_int_equal(code_cache_load(cache, dropped, &view, &address), WEFT_STATE_UNAVAILABLE);
    code_cache_trim(cache, 0);
    const code *used = code_cache_reference(cache, &hashes[0]);
    assert_int_equal(code_cache_load(cache, used, &view, &address), WEFT_STATE_UNAVAILABLE);
    assert_int_equal(code_cache_empty(cache)->size, 0);
    code_cache_destroy(cache);
}

/* --- Decoded forms */

static void codes_are_decoded_when_enough_of_them_was_executed(void **state) {
    (void)state;
    code_cache *cache = code_cache_create(1);
    static const uint8_t bytes[] = {0x5b, 0x60, 0x00, 0x56}; /* JUMPDEST, PUSH1 0, JUMP */
    const code *c = code_cache_add(cache, bytes_of(bytes, sizeof bytes));
    assert_non_null(c);
    uint32_t patience = code_cache_patience(cache, c);
    assert_in_range(patience, sizeof bytes, 100 * sizeof bytes);
    assert_null(code_cache_decoded(cache, c));
    assert_null(code_cache_heat(cache, c, patience - 1));
    assert_null(code_cache_decoded(cache, c));
    assert_int_equal(code_cache_patience(cache, c), 1);
    const decoded_code *made = code_cache_heat(cache, c, 1);
    assert_non_null(made);
    assert_ptr_equal(code_cache_decoded(cache, c), made);
    assert_ptr_equal(code_cache_heat(cache, c, 1), made);
    code_cache_destroy(cache);

    cache = code_cache_create(1);
    code_cache_set_interpreter(cache, WEFT_INTERPRETER_PLAIN);
    c = code_cache_add(cache, bytes_of(bytes, sizeof bytes));
    assert_int_equal(code_cache_patience(cache, c), UINT32_MAX);
    assert_null(code_cache_heat(cache, c, UINT32_MAX));
    code_cache_destroy(cache);
}

static void codes_that_come_in_many_blocks_are_decoded_sooner(void **state) {
    (void)state;
    code_cache *cache = code_cache_create(1);
    static const uint8_t bytes[64] = {0x5b};
    code_cache_trim(cache, SIZE_MAX);
    const code *c = code_cache_add(cache, bytes_of(bytes, sizeof bytes));
    assert_non_null(c);
    uint32_t patience = code_cache_patience(cache, c);
    assert_ptr_equal(code_cache_reference(cache, &c->hash), c); /* again in the same block */
    assert_int_equal(code_cache_patience(cache, c), patience);
    for (unsigned block = 0; block < 40; block++) {
        code_cache_trim(cache, SIZE_MAX);
        assert_ptr_equal(code_cache_reference(cache, &c->hash), c);
        patience = patience > 1 ? patience / 2 : 1;
        assert_int_equal(code_cache_patience(cache, c), patience);
    }
    assert_non_null(code_cache_heat(cache, c, 1));
    code_cache_destroy(cache);
}

static void decoded_forms_count_in_the_bound(void **state) {
    (void)state;
    enum { COUNT = 64, SIZE = 1000 };
    for (weft_interpreter interpreter = WEFT_INTERPRETER_PLAIN; interpreter <= WEFT_INTERPRETER_DECODED;
         interpreter++) {
        code_cache *cache = code_cache_create(1);
        code_cache_set_interpreter(cache, interpreter);
        weft_bytes32 hashes[COUNT];
        for (unsigned i = 0; i < COUNT; i++) {
            uint8_t bytes[SIZE] = {0x60, (uint8_t)i}; /* PUSH1 i, then STOPs */
            const code *c = code_cache_add(cache, bytes_of(bytes, sizeof bytes));
            assert_non_null(c);
            bool is_decoded = code_cache_decoded(cache, c) != NULL;
            assert_int_equal(is_decoded, interpreter == WEFT_INTERPRETER_DECODED);
            hashes[i] = c->hash;
        }
        /* Room for all of them as they are, with what belongs to each, but not for their jump tables too. */
        code_cache_trim(cache, (size_t)COUNT * (SIZE + 400));
        code_source source = {.status = WEFT_STATE_UNAVAILABLE};
        weft_state_view view = {.context = &source, .code = source_code};
        weft_address address = {{1}};
        unsigned dropped = 0;
        for (unsigned i = 0; i < COUNT; i++) {
            const code *c = code_cache_reference(cache, &hashes[i]);
            dropped += code_cache_load(cache, c, &view, &address) != WEFT_OK;
        }
        assert_int_equal(dropped != 0, interpreter == WEFT_INTERPRETER_DECODED);
        assert_true(dropped < COUNT);
        code_cache_destroy(cache);
    }
}

/* A size that kept what was dropped would leave less and less room. */
static void dropped_decoded_forms_make_room(void **state) {
    (void)state;
    enum { COUNT = 64, SIZE = 1000, ROUNDS = 5 };
    code_cache *cache = code_cache_create(1);
    code_cache_set_interpreter(cache, WEFT_INTERPRETER_DECODED);
    code_source source = {.status = WEFT_STATE_UNAVAILABLE};
    weft_state_view view = {.context = &source, .code = source_code};
    weft_address address = {{1}};
    for (unsigned round = 0; round < ROUNDS; round++) {
        weft_bytes32 hashes[COUNT];
        for (unsigned i = 0; i < COUNT; i++) {
            uint8_t bytes[SIZE] = {0x60, (uint8_t)i};
            const code *c = code_cache_add(cache, bytes_of(bytes, sizeof bytes));
            assert_non_null(c);
            assert_non_null(code_cache_decoded(cache, c));
            hashes[i] = c->hash;
        }
        code_cache_trim(cache, (size_t)COUNT * 4 * SIZE); /* all of them fit */
        for (unsigned i = 0; i < COUNT; i++) {
            const code *c = code_cache_reference(cache, &hashes[i]);
            assert_int_equal(code_cache_load(cache, c, &view, &address), WEFT_OK);
        }
        code_cache_trim(cache, 0);
    }
    code_cache_destroy(cache);
}

/* --- Many threads */

enum { THREADS = 4, RACE_CODES = 200 };

typedef struct racer {
    code_cache *cache;
    uint64_t seed;
    const code *seen[RACE_CODES];
    bool failed;
} racer;

/* Code number i is its own number, four times 8 bytes. */
static weft_bytes race_code(uint64_t bytes[4], unsigned i) {
    for (unsigned j = 0; j < 4; j++) {
        bytes[j] = i;
    }
    return bytes_of(bytes, 4 * sizeof bytes[0]);
}

static weft_status race_source(void *context, weft_bytes *out, const weft_address *address, const weft_bytes32 *hash) {
    (void)hash;
    unsigned number = (unsigned)address->bytes[0] << 8 | address->bytes[1];
    *out = bytes_of((const uint64_t(*)[4])context + number, 4 * sizeof(uint64_t));
    return WEFT_OK;
}

static uint64_t race_bytes[RACE_CODES][4];

static void *race(void *context) {
    racer *r = context;
    test_random random = {r->seed};
    weft_state_view view = {.context = race_bytes, .code = race_source};
    for (unsigned step = 0; step < 10 * RACE_CODES; step++) {
        unsigned i = (unsigned)random_below(&random, RACE_CODES);
        weft_address address = {{(uint8_t)(i >> 8), (uint8_t)i}};
        weft_bytes bytes = bytes_of(race_bytes[i], sizeof race_bytes[i]);
        weft_bytes32 hash = keccak256(bytes.data, bytes.size);
        bool adds = random_below(&random, 3) == 0;
        const code *c = adds ? code_cache_add(r->cache, bytes) : code_cache_reference(r->cache, &hash);
        bool is_right = c != NULL && code_cache_load(r->cache, c, &view, &address) == WEFT_OK &&
                        bytes_equal(bytes_of(c->bytes, c->size), bytes) && (r->seen[i] == NULL || r->seen[i] == c);
        const decoded_code *made = is_right ? code_cache_heat(r->cache, c, (uint32_t)bytes.size) : NULL;
        is_right = is_right && (made == NULL || code_cache_decoded(r->cache, c) == made);
        r->failed |= !is_right;
        r->seen[i] = c;
    }
    return NULL;
}

static void threads_share_the_cache(void **state) {
    (void)state;
    for (unsigned i = 0; i < RACE_CODES; i++) {
        (void)race_code(race_bytes[i], i);
    }
    code_cache *cache = code_cache_create(1);
    static racer racers[THREADS];
    pthread_t threads[THREADS];
    for (unsigned t = 0; t < THREADS; t++) {
        racers[t] = (racer){.cache = cache, .seed = t + 1};
        assert_int_equal(pthread_create(&threads[t], NULL, race, &racers[t]), 0);
    }
    for (unsigned t = 0; t < THREADS; t++) {
        assert_int_equal(pthread_join(threads[t], NULL), 0);
    }
    for (unsigned t = 0; t < THREADS; t++) {
        assert_false(racers[t].failed);
        for (unsigned i = 0; i < RACE_CODES; i++) {
            if (racers[t].seen[i] != NULL && racers[0].seen[i] != NULL) {
                assert_ptr_equal(racers[t].seen[i], racers[0].seen[i]);
            }
        }
    }
    code_cache_destroy(cache);
}

/* Every jump of one code, in an order of one's own, while others look through it, too. */
typedef struct jumper {
    const code *code;
    const bool *expected; /* by byte */
    uint64_t seed;
    bool failed;
} jumper;

enum { JUMPER_CODE_SIZE = 2000 };

static void *jump_about(void *context) {
    jumper *j = context;
    test_random random = {j->seed};
    for (size_t i = 0; i < 2 * JUMPER_CODE_SIZE; i++) {
        uint64_t offset = random_below(&random, JUMPER_CODE_SIZE);
        j->failed |= code_is_jump_destination(j->code, offset) != j->expected[offset];
    }
    return NULL;
}

static void threads_look_for_jump_destinations(void **state) {
    (void)state;
    static uint8_t bytes[JUMPER_CODE_SIZE];
    static bool expected[JUMPER_CODE_SIZE];
    for (uint64_t seed = 1; seed <= 20; seed++) {
        test_random random = {seed};
        jumpy_code(&random, bytes, sizeof bytes);
        for (size_t i = 0; i < sizeof bytes; i++) {
            expected[i] = bytes[i] == 0x5b && is_opcode(bytes, sizeof bytes, i);
        }
        code_cache *cache = code_cache_create(1);
        const code *c = code_cache_add(cache, bytes_of(bytes, sizeof bytes));
        assert_non_null(c);
        jumper jumpers[THREADS];
        pthread_t threads[THREADS];
        for (unsigned t = 0; t < THREADS; t++) {
            jumpers[t] = (jumper){.code = c, .expected = expected, .seed = seed * THREADS + t};
            assert_int_equal(pthread_create(&threads[t], NULL, jump_about, &jumpers[t]), 0);
        }
        for (unsigned t = 0; t < THREADS; t++) {
            assert_int_equal(pthread_join(threads[t], NULL), 0);
            if (jumpers[t].failed) {
                fail_msg("seed %llu, thread %u", (unsigned long long)seed, t);
            }
        }
        code_cache_destroy(cache);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jump_destinations_are_not_push_data),
        cmocka_unit_test(delegations_are_known_by_prefix_and_size),
        cmocka_unit_test(there_is_one_object_per_hash),
        cmocka_unit_test(bytes_are_asked_for_once),
        cmocka_unit_test(trimming_drops_what_was_not_used_first),
        cmocka_unit_test(codes_are_decoded_when_enough_of_them_was_executed),
        cmocka_unit_test(codes_that_come_in_many_blocks_are_decoded_sooner),
        cmocka_unit_test(decoded_forms_count_in_the_bound),
        cmocka_unit_test(dropped_decoded_forms_make_room),
        cmocka_unit_test(threads_share_the_cache),
        cmocka_unit_test(threads_look_for_jump_destinations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
