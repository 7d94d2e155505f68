/* Roots by full computation: against the Foundation's vectors, and against the definition of the Yellow Paper written
 * down plainly (appendix D). The vectors also go through the trie that changes; test_mpt.c has the rest of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "crypto/keccak.h"
#include "state/mpt.h"
#include "state/trie.h"
#include "tests/support/random.h"
#include "tests/unit/state/foundation_tries.h"

#include <stdlib.h>

#define ENTRY_COUNT_MAX 6000

/* --- A set of entries, sorted by key: the model --- */

typedef struct entry {
    uint8_t key[TRIE_KEY_SIZE_MAX];
    size_t key_size;
    uint8_t value[160];
    size_t value_size;
} entry;

typedef struct model {
    entry entries[ENTRY_COUNT_MAX];
    size_t count;
} model;

static int entry_compare(const entry *a, const uint8_t *key, size_t key_size) {
    int order = memcmp(a->key, key, a->key_size < key_size ? a->key_size : key_size);
    return order != 0 ? order : (a->key_size > key_size) - (a->key_size < key_size);
}

static void model_set(model *m, const uint8_t *key, size_t key_size, const uint8_t *value, size_t value_size) {
    size_t i = 0;
    while (i < m->count && entry_compare(&m->entries[i], key, key_size) < 0) {
        i++;
    }
    bool found = i < m->count && entry_compare(&m->entries[i], key, key_size) == 0;
    if (value_size == 0) {
        if (found) {
            memmove(&m->entries[i], &m->entries[i + 1], (m->count - i - 1) * sizeof(entry));
            m->count--;
        }
        return;
    }
    if (!found) {
        assert_true(m->count < ENTRY_COUNT_MAX);
        memmove(&m->entries[i + 1], &m->entries[i], (m->count - i) * sizeof(entry));
        m->count++;
    }
    memcpy(m->entries[i].key, key, key_size);
    m->entries[i].key_size = key_size;
    memcpy(m->entries[i].value, value, value_size);
    m->entries[i].value_size = value_size;
}

static weft_bytes32 model_full_root(const model *m, arena *scratch) {
    static trie_pair pairs[ENTRY_COUNT_MAX];
    for (size_t i = 0; i < m->count; i++) {
        pairs[i].key = bytes_of(m->entries[i].key, m->entries[i].key_size);
        pairs[i].value = bytes_of(m->entries[i].value, m->entries[i].value_size);
    }
    weft_bytes32 root;
    assert_int_equal(trie_root(&root, pairs, m->count, scratch), WEFT_OK);
    return root;
}

/* --- The definition: c(J, i) and n(J, i), with an RLP of their own --- */

static size_t plain_string(uint8_t *out, const uint8_t *bytes, size_t size) {
    size_t header = size == 1 && bytes[0] < 128 ? 0 : size < 56 ? 1 : 2;
    if (header == 1) {
        out[0] = (uint8_t)(128 + size);
    } else if (header == 2) {
        out[0] = 184;
        out[1] = (uint8_t)size;
    }
    memcpy(out + header, bytes, size);
    return header + size;
}

static size_t plain_list(uint8_t *out, const uint8_t *payload, size_t size) {
    size_t header = size < 56 ? 1 : size < 256 ? 2 : 3;
    if (header == 1) {
        out[0] = (uint8_t)(192 + size);
    } else if (header == 2) {
        out[0] = 248;
        out[1] = (uint8_t)size;
    } else {
        out[0] = 249;
        out[1] = (uint8_t)(size >> 8);
        out[2] = (uint8_t)size;
    }
    memcpy(out + header, payload, size);
    return header + size;
}

static unsigned nibble_of(const entry *e, size_t i) {
    return (unsigned)(i % 2 == 0 ? e->key[i / 2] / 16 : e->key[i / 2] % 16);
}

static size_t plain_path(uint8_t *out, const entry *e, size_t from, size_t to, unsigned leaf) {
    uint8_t bytes[70] = {0};
    size_t count = to - from, at = count % 2 == 0 ? 2 : 1;
    bytes[0] = (uint8_t)((2 * leaf + count % 2) << 4);
    for (size_t i = from; i < to; i++, at++) {
        bytes[at / 2] = (uint8_t)(bytes[at / 2] | (at % 2 == 0 ? nibble_of(e, i) << 4 : nibble_of(e, i)));
    }
    return plain_string(out, bytes, count / 2 + 1);
}

static size_t plain_node(uint8_t *out, const entry *entries, size_t count, size_t depth);

static size_t plain_child(uint8_t *out, const entry *entries, size_t count, size_t depth) {
    if (count == 0) {
        out[0] = 0x80;
        return 1;
    }
    uint8_t node[800];
    size_t size = plain_node(node, entries, count, depth);
    if (size < 32) {
        memcpy(out, node, size);
        return size;
    }
    weft_bytes32 hash = keccak256(node, size);
    return plain_string(out, hash.bytes, 32);
}

static size_t plain_node(uint8_t *out, const entry *entries, size_t count, size_t depth) {
    uint8_t payload[800];
    size_t size = 0, first = 2 * entries[0].key_size;
    if (count == 1) {
        size = plain_path(payload, entries, depth, first, 1);
        size += plain_string(payload + size, entries[0].value, entries[0].value_size);
        return plain_list(out, payload, size);
    }
    size_t shared = depth;
    for (bool all = true; all && shared < first; shared += all) {
        for (size_t i = 1; i < count; i++) {
            all =
                all && shared < 2 * entries[i].key_size && nibble_of(&entries[i], shared) == nibble_of(entries, shared);
        }
    }
    if (shared > depth) {
        size = plain_path(payload, entries, depth, shared, 0);
        size += plain_child(payload + size, entries, count, shared);
        return plain_list(out, payload, size);
    }
    size_t ends_here = first == depth ? 1 : 0, at = ends_here;
    for (unsigned nibble = 0; nibble < 16; nibble++) {
        size_t begin = at;
        while (at < count && nibble_of(&entries[at], depth) == nibble) {
            at++;
        }
        size += plain_child(payload + size, entries + begin, at - begin, depth + 1);
    }
    size += plain_string(payload + size, entries[0].value, ends_here * entries[0].value_size);
    return plain_list(out, payload, size);
}

static weft_bytes32 model_plain_root(const model *m) {
    uint8_t node[800] = {0x80};
    size_t size = m->count == 0 ? 1 : plain_node(node, m->entries, m->count, 0);
    return keccak256(node, size);
}

/* --- Tests --- */

static model shared_model;

static size_t hex_bytes(uint8_t *out, size_t capacity, const char *text) {
    size_t size = text == NULL ? 0 : strlen(text) / 2;
    assert_true(size <= capacity && hex_decode(out, size, text, 2 * size));
    return size;
}

static void foundation_tries_have_their_roots(void **state) {
    (void)state;
    arena scratch;
    arena_init(&scratch, 0);
    for (size_t i = 0; i < sizeof foundation_tries / sizeof foundation_tries[0]; i++) {
        const foundation_trie *test = &foundation_tries[i];
        model *m = &shared_model;
        m->count = 0;
        mpt incremental;
        mpt_init(&incremental);
        for (size_t j = 0; j < test->step_count; j++) {
            uint8_t key[TRIE_KEY_SIZE_MAX], value[160];
            size_t key_size = hex_bytes(key, sizeof key, test->steps[j].key);
            size_t value_size = hex_bytes(value, sizeof value, test->steps[j].value);
            weft_bytes32 hashed = keccak256(key, key_size);
            model_set(m, test->secure ? hashed.bytes : key, test->secure ? 32 : key_size, value, value_size);
            if (value_size != 0) {
                assert_int_equal(mpt_put(&incremental, &hashed, bytes_of(value, value_size)), WEFT_OK);
            } else {
                assert_int_equal(mpt_remove(&incremental, &hashed), WEFT_OK);
            }
        }
        weft_bytes32 expected, root = model_full_root(m, &scratch), plain = model_plain_root(m);
        assert_true(hex_decode(expected.bytes, 32, test->root, strlen(test->root)));
        if (!bytes32_equal(&root, &expected) || !bytes32_equal(&plain, &expected)) {
            fail_msg("%s: wrong root", test->name);
        }
        assert_int_equal(mpt_root(&incremental, &root, 1, &scratch), WEFT_OK);
        if (test->secure && !bytes32_equal(&root, &expected)) {
            fail_msg("%s: wrong root of the incremental trie", test->name);
        }
        mpt_free(&incremental);
    }
    arena_free(&scratch);
}

static void empty_trie_has_the_published_root(void **state) {
    (void)state;
    weft_bytes32 root, hashed = keccak256("\x80", 1);
    assert_true(bytes32_equal(&trie_empty_root, &hashed));
    assert_int_equal(ordered_trie_root(&root, NULL, 0), WEFT_OK);
    assert_true(bytes32_equal(&root, &trie_empty_root));
}

/* Keys of 1 to 4 bytes over few nibbles, so that keys end inside others and nodes shorter than 32 bytes stand in
 * their parents. */
static void full_computation_equals_the_definition(void **state) {
    (void)state;
    arena scratch;
    arena_init(&scratch, 0);
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        test_random random = {seed};
        model *m = &shared_model;
        m->count = 0;
        for (uint64_t steps = random_u64(&random) % 40; steps > 0; steps--) {
            uint8_t key[4], value[160];
            size_t key_size = 1 + random_u64(&random) % sizeof key;
            size_t value_size = 1 + random_u64(&random) % (seed % 3 == 0 ? sizeof value : 4);
            for (size_t i = 0; i < key_size; i++) {
                key[i] = (uint8_t)(random_u64(&random) & 0x13);
            }
            memset(value, (int)(random_u64(&random) & 0xff), value_size);
            model_set(m, key, key_size, value, value_size);
        }
        weft_bytes32 full = model_full_root(m, &scratch), plain = model_plain_root(m);
        if (!bytes32_equal(&full, &plain)) {
            fail_msg("seed %llu", (unsigned long long)seed);
        }
    }
    arena_free(&scratch);
}

static void ordered_root_uses_the_index_as_key(void **state) {
    (void)state;
    arena scratch;
    arena_init(&scratch, 0);
    static const size_t counts[] = {1, 2, 17, 127, 128, 129, 130, 255, 256, 257, 300, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        model *m = &shared_model;
        m->count = 0;
        weft_bytes values[1000];
        uint64_t numbers[1000];
        for (size_t index = 0; index < counts[i]; index++) {
            numbers[index] = 0x0101010101010101u * (index + 1);
            values[index] = bytes_of(&numbers[index], 8);
            uint8_t minimal[8] = {0}, key[9];
            size_t size = index == 0 ? 0 : index < 256 ? 1 : 2;
            minimal[0] = (uint8_t)(index < 256 ? index : index >> 8);
            minimal[1] = (uint8_t)index;
            model_set(m, key, plain_string(key, minimal, size), (const uint8_t *)&numbers[index], 8);
        }
        weft_bytes32 plain = model_plain_root(m), root;
        assert_int_equal(ordered_trie_root(&root, values, counts[i]), WEFT_OK);
        if (!bytes32_equal(&root, &plain)) {
            fail_msg("%zu values", counts[i]);
        }
    }
    arena_free(&scratch);
}

static void pairs_out_of_order_are_refused(void **state) {
    (void)state;
    arena scratch;
    arena_init(&scratch, 0);
    weft_bytes32 root;
    weft_bytes a = bytes_of("a", 1), ab = bytes_of("ab", 2), none = {NULL, 0};
    static const uint8_t too_long[TRIE_KEY_SIZE_MAX + 1];
    trie_pair descending[] = {{ab, a}, {a, a}}, twice[] = {{a, a}, {a, ab}}, empty_value[] = {{a, none}};
    trie_pair long_key[] = {{bytes_of(too_long, sizeof too_long), a}}, empty_key[] = {{none, a}, {a, a}};
    assert_int_equal(trie_root(&root, descending, 2, &scratch), WEFT_INVALID_ARGUMENT);
    assert_int_equal(trie_root(&root, twice, 2, &scratch), WEFT_INVALID_ARGUMENT);
    assert_int_equal(trie_root(&root, empty_value, 1, &scratch), WEFT_INVALID_ARGUMENT);
    assert_int_equal(trie_root(&root, long_key, 1, &scratch), WEFT_INVALID_ARGUMENT);
    assert_int_equal(trie_root(&root, empty_key, 2, &scratch), WEFT_OK);
    assert_int_equal(ordered_trie_root(&root, &none, 1), WEFT_INVALID_ARGUMENT);
    arena_free(&scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foundation_tries_have_their_roots),      cmocka_unit_test(empty_trie_has_the_published_root),
        cmocka_unit_test(full_computation_equals_the_definition), cmocka_unit_test(ordered_root_uses_the_index_as_key),
        cmocka_unit_test(pairs_out_of_order_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
