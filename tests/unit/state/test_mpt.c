/* The trie that changes, whole and partial, against full computation over long random histories; what it fetches and
 * saves; what it does with nodes that are missing or malformed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/map.h"
#include "crypto/keccak.h"
#include "state/mpt.h"
#include "tests/support/random.h"

#include <stdlib.h>

#define KEY_COUNT_MAX 5000
#define VALUE_SIZE_MAX 120
#define NODE_SIZE_MAX 600

/* --- The model: what the trie should hold, by the number of the key --- */

typedef struct entry {
    weft_bytes32 key;
    uint8_t value[VALUE_SIZE_MAX];
    size_t value_size; /* 0: not there */
} entry;

typedef struct model {
    entry entries[KEY_COUNT_MAX];
    size_t key_count;
} model;

static model shared_model;
static arena scratch;

/* Three families of keys. In the last two, long runs of nibbles are shared, so that extensions come and go, and nodes
 * shorter than 32 bytes stand in their parents. */
static weft_bytes32 family_key(uint64_t number, unsigned shape) {
    weft_bytes32 key = {{0}};
    if (shape == 0) {
        return keccak256(&number, sizeof number);
    }
    key.bytes[0] = (uint8_t)(number % 3);
    key.bytes[shape == 1 ? 5 : 30] = (uint8_t)(number / 3 % 5);
    key.bytes[31] = (uint8_t)(number / 15);
    return key;
}

static void model_init(model *m, size_t key_count, unsigned shape) {
    assert_true(key_count <= KEY_COUNT_MAX);
    m->key_count = key_count;
    for (size_t i = 0; i < key_count; i++) {
        m->entries[i] = (entry){.key = family_key(i, shape)};
    }
}

static int pair_order(const void *a, const void *b) {
    return memcmp(((const trie_pair *)a)->key.data, ((const trie_pair *)b)->key.data, 32);
}

static weft_bytes32 model_root(const model *m) {
    static trie_pair pairs[KEY_COUNT_MAX];
    size_t count = 0;
    for (size_t i = 0; i < m->key_count; i++) {
        const entry *e = &m->entries[i];
        if (e->value_size != 0) {
            pairs[count++] = (trie_pair){bytes_of(e->key.bytes, 32), bytes_of(e->value, e->value_size)};
        }
    }
    qsort(pairs, count, sizeof *pairs, pair_order);
    weft_bytes32 root;
    assert_int_equal(trie_root(&root, pairs, count, &scratch), WEFT_OK);
    return root;
}

/* --- A source and sink: nodes by path --- */

typedef struct place {
    uint8_t depth;
    uint8_t nibbles[TRIE_HASHED_KEY_NIBBLES];
} place;

typedef struct row {
    uint16_t size;
    uint8_t bytes[NODE_SIZE_MAX];
} row;

typedef struct node_table {
    map rows; /* place -> row */
    weft_bytes32 owner;
    size_t load_count;
} node_table;

static place place_of(trie_path path) {
    place p = {.depth = (uint8_t)path.to};
    assert_int_equal(path.from, 0);
    for (size_t i = 0; i < path.to; i++) {
        p.nibbles[i] = (uint8_t)trie_nibble(path.key, i);
    }
    return p;
}

static weft_status table_load(void *context, weft_bytes *encoding, const weft_bytes32 *owner, trie_path path,
                              const weft_bytes32 *hash) {
    node_table *table = context;
    place p = place_of(path);
    const row *found = map_find(&table->rows, &p);
    table->load_count++;
    assert_ptr_equal(owner, &table->owner);
    if (found == NULL || found->size == 0) {
        return WEFT_STATE_UNAVAILABLE;
    }
    weft_bytes32 actual = keccak256(found->bytes, found->size);
    if (!bytes32_equal(&actual, hash)) {
        fail_msg("the row at depth %zu is not the node asked for", path.to);
    }
    *encoding = bytes_of(found->bytes, found->size);
    return WEFT_OK;
}

static weft_status table_put(void *context, const weft_bytes32 *owner, trie_path path, weft_bytes encoding) {
    node_table *table = context;
    place p = place_of(path);
    assert_ptr_equal(owner, &table->owner);
    if (encoding.size == 0) {
        (void)map_remove(&table->rows, &p);
        return WEFT_OK;
    }
    assert_true(encoding.size <= NODE_SIZE_MAX && (encoding.size >= 32 || path.to == 0));
    row *r = map_insert(&table->rows, &p, NULL);
    assert_non_null(r);
    r->size = (uint16_t)encoding.size;
    memcpy(r->bytes, encoding.data, encoding.size);
    return WEFT_OK;
}

static void table_init(node_table *table) {
    *table = (node_table){.load_count = 0};
    map_init(&table->rows, sizeof(place), sizeof(row), 1);
}

static mpt_source table_source(node_table *table) {
    return (mpt_source){.context = table, .load = table_load};
}

static mpt_sink table_sink(node_table *table) {
    return (mpt_sink){.context = table, .put = table_put};
}

/* The table holds the nodes of a trie that was built at one stroke, and no others. */
static void check_table(const node_table *table, const model *m, uint64_t seed) {
    node_table fresh;
    table_init(&fresh);
    mpt trie;
    mpt_init(&trie);
    trie.owner = &fresh.owner;
    for (size_t i = 0; i < m->key_count; i++) {
        const entry *e = &m->entries[i];
        if (e->value_size != 0) {
            assert_int_equal(mpt_put(&trie, &e->key, bytes_of(e->value, e->value_size)), WEFT_OK);
        }
    }
    weft_bytes32 root;
    mpt_sink sink = table_sink(&fresh);
    assert_int_equal(mpt_root(&trie, &root, 1, &scratch), WEFT_OK);
    assert_int_equal(mpt_save(&trie, &sink, &scratch), WEFT_OK);
    const void *key;
    void *value;
    for (size_t cursor = 0; map_next(&fresh.rows, &cursor, &key, &value);) {
        const row *expected = value, *found = map_find(&table->rows, key);
        if (found == NULL ||
            !bytes_equal(bytes_of(found->bytes, found->size), bytes_of(expected->bytes, expected->size))) {
            fail_msg("a row of the table is missing or stale, seed %llu", (unsigned long long)seed);
        }
    }
    if (table->rows.count != fresh.rows.count) {
        fail_msg("%zu rows, should be %zu, seed %llu", table->rows.count, fresh.rows.count, (unsigned long long)seed);
    }
    mpt_free(&trie);
    map_free(&fresh.rows);
}

/* --- Random histories --- */

static void random_change(model *m, mpt *trie, test_random *random) {
    entry *e = &m->entries[random_below(random, m->key_count)];
    size_t kind = random_below(random, 3);
    e->value_size = kind == 0 ? 0 : 1 + random_below(random, kind == 1 ? 3 : VALUE_SIZE_MAX);
    memset(e->value, (int)random_below(random, 256), e->value_size);
    if (e->value_size == 0) {
        assert_int_equal(mpt_remove(trie, &e->key), WEFT_OK);
    } else {
        assert_int_equal(mpt_put(trie, &e->key, bytes_of(e->value, e->value_size)), WEFT_OK);
    }
}

static void check_root(const model *m, mpt *trie, unsigned threads, uint64_t seed) {
    weft_bytes32 full = model_root(m), root;
    assert_int_equal(mpt_root(trie, &root, threads, &scratch), WEFT_OK);
    if (!bytes32_equal(&full, &root)) {
        fail_msg("wrong root, seed %llu", (unsigned long long)seed);
    }
}

static void check_entries(const model *m, mpt *trie, uint64_t seed) {
    for (size_t i = 0; i < m->key_count; i++) {
        const entry *e = &m->entries[i];
        weft_bytes value;
        assert_int_equal(mpt_get(trie, &value, &e->key), WEFT_OK);
        if (!bytes_equal(value, bytes_of(e->value, e->value_size))) {
            fail_msg("wrong value of key %zu, seed %llu", i, (unsigned long long)seed);
        }
    }
}

static void whole_trie_equals_full_computation(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        test_random random = {seed};
        model *m = &shared_model;
        model_init(m, 4 + seed, (unsigned)(seed % 3));
        mpt trie;
        mpt_init(&trie);
        for (size_t step = 1; step <= 1500; step++) {
            random_change(m, &trie, &random);
            if (step % 5 == 0) {
                check_root(m, &trie, 1, seed);
            }
        }
        check_entries(m, &trie, seed);
        assert_int_equal(trie.vacancy_count, 0);
        mpt_free(&trie);
    }
}

/* Block after block: opened from its root alone, changed, hashed, saved, forgotten. */
static void partial_trie_equals_full_computation(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        test_random random = {seed};
        model *m = &shared_model;
        model_init(m, 3 + 7 * seed, (unsigned)(seed % 3));
        node_table table;
        table_init(&table);
        mpt_source source = table_source(&table);
        mpt_sink sink = table_sink(&table);
        weft_bytes32 root = trie_empty_root;
        for (size_t block = 0; block < 60; block++) {
            mpt trie;
            mpt_open(&trie, &root, &source, &table.owner);
            for (size_t round = 0; round < 3; round++) { /* saved several times without being forgotten */
                for (size_t step = random_below(&random, 20); step > 0; step--) {
                    random_change(m, &trie, &random);
                }
                check_root(m, &trie, 1, seed);
                assert_int_equal(mpt_save(&trie, &sink, &scratch), WEFT_OK);
            }
            assert_int_equal(mpt_root(&trie, &root, 1, &scratch), WEFT_OK);
            mpt_free(&trie);
            check_table(&table, m, seed);
        }
        mpt trie;
        mpt_open(&trie, &root, &source, &table.owner);
        check_entries(m, &trie, seed);
        mpt_free(&trie);
        map_free(&table.rows);
    }
}

static void large_trie_equals_full_computation_with_any_number_of_threads(void **state) {
    (void)state;
    static const unsigned threads[] = {1, 2, 3, 8};
    test_random random = {99};
    model *m = &shared_model;
    model_init(m, KEY_COUNT_MAX, 0);
    node_table table;
    table_init(&table);
    mpt_source source = table_source(&table);
    mpt_sink sink = table_sink(&table);
    weft_bytes32 root = trie_empty_root;
    mpt trie;
    mpt_open(&trie, &root, &source, &table.owner);
    for (size_t step = 1; step <= 20000; step++) {
        random_change(m, &trie, &random);
        if (step % 1000 == 0) {
            check_root(m, &trie, threads[step / 1000 % 4], 99);
        }
        if (step % 5000 == 0) {
            assert_int_equal(mpt_root(&trie, &root, 1, &scratch), WEFT_OK);
            assert_int_equal(mpt_save(&trie, &sink, &scratch), WEFT_OK);
            mpt_free(&trie);
            mpt_open(&trie, &root, &source, &table.owner);
        }
    }
    for (size_t i = 0; i < m->key_count; i++) {
        assert_int_equal(mpt_remove(&trie, &m->entries[i].key), WEFT_OK);
    }
    assert_int_equal(mpt_root(&trie, &root, 2, &scratch), WEFT_OK);
    assert_true(bytes32_equal(&root, &trie_empty_root));
    assert_int_equal(mpt_save(&trie, &sink, &scratch), WEFT_OK);
    assert_int_equal(table.rows.count, 0);
    mpt_free(&trie);
    map_free(&table.rows);
}

/* --- What is fetched and hashed --- */

/* A table with `count` entries of family `shape`, and its root. */
static weft_bytes32 table_fill(node_table *table, model *m, size_t count, unsigned shape) {
    mpt trie;
    weft_bytes32 root;
    table_init(table);
    mpt_sink sink = table_sink(table);
    model_init(m, count, shape);
    mpt_init(&trie);
    trie.owner = &table->owner;
    for (size_t i = 0; i < count; i++) {
        entry *e = &m->entries[i];
        e->value_size = 40;
        memset(e->value, (int)(i % 255 + 1), e->value_size);
        assert_int_equal(mpt_put(&trie, &e->key, bytes_of(e->value, e->value_size)), WEFT_OK);
    }
    assert_int_equal(mpt_root(&trie, &root, 1, &scratch), WEFT_OK);
    assert_int_equal(mpt_save(&trie, &sink, &scratch), WEFT_OK);
    mpt_free(&trie);
    return root;
}

typedef struct put_count {
    size_t nodes, vacancies;
} put_count;

static weft_status count_put(void *context, const weft_bytes32 *owner, trie_path path, weft_bytes encoding) {
    (void)owner;
    (void)path;
    put_count *count = context;
    count->nodes += encoding.size != 0;
    count->vacancies += encoding.size == 0;
    return WEFT_OK;
}

static void only_the_path_of_a_change_is_fetched_and_saved(void **state) {
    (void)state;
    node_table table;
    model *m = &shared_model;
    weft_bytes32 root = table_fill(&table, m, 1000, 0), after;
    mpt_source source = table_source(&table);
    put_count count = {0};
    mpt_sink sink = {.context = &count, .put = count_put};
    mpt trie;
    mpt_open(&trie, &root, &source, &table.owner);
    assert_int_equal(mpt_root(&trie, &after, 1, &scratch), WEFT_OK);
    assert_int_equal(table.load_count, 0);
    assert_true(bytes32_equal(&root, &after));

    const entry *e = &m->entries[7];
    assert_int_equal(mpt_put(&trie, &e->key, bytes_of(e->value, e->value_size)), WEFT_OK); /* what is there already */
    assert_int_equal(trie.change_count, 0);
    assert_in_range(table.load_count, 3, 5); /* 1000 entries: three or four levels */
    assert_int_equal(mpt_put(&trie, &e->key, bytes_of("another value of more than 32 bytes", 35)), WEFT_OK);
    assert_int_equal(mpt_root(&trie, &after, 1, &scratch), WEFT_OK);
    assert_false(bytes32_equal(&root, &after));
    assert_int_equal(mpt_save(&trie, &sink, &scratch), WEFT_OK);
    assert_int_equal(count.nodes, table.load_count);
    assert_int_equal(count.vacancies, 0);

    assert_int_equal(mpt_put(&trie, &e->key, bytes_of(e->value, e->value_size)), WEFT_OK);
    assert_int_equal(mpt_root(&trie, &after, 1, &scratch), WEFT_OK);
    assert_true(bytes32_equal(&root, &after));
    mpt_free(&trie);
    map_free(&table.rows);
}

/* --- What cannot be had --- */

static size_t keep_place(node_table *table, trie_path path, row *kept) {
    place p = place_of(path);
    const row *found = map_find(&table->rows, &p);
    assert_non_null(found);
    *kept = *found;
    return kept->size;
}

/* Two leaves below the top branch: removing one needs the other. */
static void removal_needs_the_sibling(void **state) {
    (void)state;
    static const uint8_t keys[2][32] = {{0x10, 1}, {0x20, 2}};
    static const uint8_t value[40] = {1};
    node_table table;
    table_init(&table);
    mpt_source source = table_source(&table);
    mpt_sink sink = table_sink(&table);
    weft_bytes32 root, key[2];
    mpt trie;
    mpt_init(&trie);
    trie.owner = &table.owner;
    for (int i = 0; i < 2; i++) {
        memcpy(key[i].bytes, keys[i], 32);
        assert_int_equal(mpt_put(&trie, &key[i], bytes_of(value, sizeof value)), WEFT_OK);
    }
    assert_int_equal(mpt_root(&trie, &root, 1, &scratch), WEFT_OK);
    assert_int_equal(mpt_save(&trie, &sink, &scratch), WEFT_OK);
    mpt_free(&trie);

    row kept;
    trie_path sibling = {key[1].bytes, 0, 1};
    size_t size = keep_place(&table, sibling, &kept);
    assert_int_equal(table_put(&table, &table.owner, sibling, (weft_bytes){NULL, 0}), WEFT_OK);
    mpt_open(&trie, &root, &source, &table.owner);
    assert_int_equal(mpt_remove(&trie, &key[0]), WEFT_STATE_UNAVAILABLE);
    assert_null(trie.failure.rule);
    assert_int_equal(trie.failure.depth, 1);
    assert_int_equal(trie_nibble(trie.failure.key.bytes, 0), 2);
    weft_bytes32 unchanged, hash = keccak256(kept.bytes, size);
    assert_true(bytes32_equal(&trie.failure.hash, &hash));
    assert_int_equal(mpt_root(&trie, &unchanged, 1, &scratch), WEFT_OK);
    assert_true(bytes32_equal(&unchanged, &root));

    assert_int_equal(table_put(&table, &table.owner, sibling, bytes_of(kept.bytes, size)), WEFT_OK);
    assert_int_equal(mpt_remove(&trie, &key[0]), WEFT_OK); /* the failed attempt changed nothing */
    weft_bytes32 after, expected;
    trie_pair rest = {bytes_of(key[1].bytes, 32), bytes_of(value, sizeof value)};
    assert_int_equal(mpt_root(&trie, &after, 1, &scratch), WEFT_OK);
    assert_int_equal(trie_root(&expected, &rest, 1, &scratch), WEFT_OK);
    assert_true(bytes32_equal(&after, &expected));
    mpt_free(&trie);
    map_free(&table.rows);
}

/* With every node missing in turn, an operation fails and changes nothing, or gives the right root. */
static void missing_node_never_gives_a_wrong_root(void **state) {
    (void)state;
    for (unsigned shape = 0; shape < 3; shape++) {
        node_table table;
        model *m = &shared_model;
        weft_bytes32 root = table_fill(&table, m, 60, shape), after;
        mpt_source source = table_source(&table);
        size_t failures = 0;
        for (size_t i = 0; i < m->key_count; i++) {
            entry *e = &m->entries[i];
            size_t value_size = e->value_size;
            e->value_size = 0;
            weft_bytes32 expected = model_root(m);
            e->value_size = value_size;
            const void *key;
            void *value;
            for (size_t cursor = 0; map_next(&table.rows, &cursor, &key, &value);) {
                row *missing = value, kept = *missing;
                missing->size = 0;
                mpt trie;
                mpt_open(&trie, &root, &source, &table.owner);
                weft_status status = mpt_remove(&trie, &e->key);
                *missing = kept;
                assert_true(status == WEFT_OK || status == WEFT_STATE_UNAVAILABLE);
                assert_int_equal(mpt_root(&trie, &after, 1, &scratch), WEFT_OK);
                assert_true(bytes32_equal(&after, status == WEFT_OK ? &expected : &root));
                failures += status != WEFT_OK;
                mpt_free(&trie);
            }
        }
        assert_true(failures >= 2 * m->key_count);
        map_free(&table.rows);
    }
}

typedef struct one_node {
    weft_bytes encoding;
} one_node;

static weft_status one_load(void *context, weft_bytes *encoding, const weft_bytes32 *owner, trie_path path,
                            const weft_bytes32 *hash) {
    (void)owner;
    (void)path;
    (void)hash;
    *encoding = ((one_node *)context)->encoding;
    return WEFT_OK;
}

static void nodes_that_fit_no_trie_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *hex, *rule;
    } cases[] = {
        {"", "an item is missing"},
        {"c3808080", "a node has neither 2 nor 17 items"},
        {"c22001", "a leaf's key has not 32 bytes"},
        {"e3a120000000000000000000000000000000000000000000000000000000000000000080", "a leaf has no value"},
        {"c4128201ff", "a child is neither a hash nor a node"},
        {"d18080808080808080808080808080808080", "a branch has less than two children"},
        {"f1a00000000000000000000000000000000000000000000000000000000000000000808080808080"
         "80808080808080808080",
         "a branch has less than two children"},
        {"f851a00000000000000000000000000000000000000000000000000000000000000000a000000000"
         "00000000000000000000000000000000000000000000000000000000808080808080808080808080"
         "808001",
         "a branch has a value"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[200];
        size_t size = strlen(cases[i].hex) / 2;
        assert_true(hex_decode(bytes, size, cases[i].hex, 2 * size));
        one_node node = {bytes_of(bytes, size)};
        mpt_source source = {.context = &node, .load = one_load};
        weft_bytes32 root = {{1}}, key = {{0}};
        weft_bytes value;
        mpt trie;
        mpt_open(&trie, &root, &source, NULL);
        assert_int_equal(mpt_get(&trie, &value, &key), WEFT_STATE_UNAVAILABLE);
        assert_int_equal(mpt_put(&trie, &key, bytes_of("v", 1)), WEFT_STATE_UNAVAILABLE);
        assert_int_equal(mpt_remove(&trie, &key), WEFT_STATE_UNAVAILABLE);
        assert_non_null(trie.failure.rule);
        assert_string_equal(trie.failure.rule, cases[i].rule);
        mpt_free(&trie);
    }
}

/* Every path ends after 64 nibbles, however the nodes point at each other. */
static void node_that_is_its_own_child_ends_the_walk(void **state) {
    (void)state;
    uint8_t bytes[532] = {0xf9, 0x02, 0x11};
    for (int i = 0; i < 16; i++) {
        bytes[3 + 33 * i] = 0xa0;
    }
    bytes[3 + 33 * 16] = 0x80;
    one_node node = {bytes_of(bytes, sizeof bytes)};
    mpt_source source = {.context = &node, .load = one_load};
    weft_bytes32 root = {{1}}, key = {{0}};
    weft_bytes value;
    mpt trie;
    mpt_open(&trie, &root, &source, NULL);
    assert_int_equal(mpt_get(&trie, &value, &key), WEFT_STATE_UNAVAILABLE);
    assert_int_equal(mpt_put(&trie, &key, bytes_of("v", 1)), WEFT_STATE_UNAVAILABLE);
    assert_int_equal(mpt_remove(&trie, &key), WEFT_STATE_UNAVAILABLE);
    assert_int_equal(trie.failure.depth, TRIE_HASHED_KEY_NIBBLES);
    mpt_free(&trie);
}

static int scratch_create(void **state) {
    (void)state;
    arena_init(&scratch, 0);
    return 0;
}

static int scratch_free(void **state) {
    (void)state;
    arena_free(&scratch);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_trie_equals_full_computation),
        cmocka_unit_test(partial_trie_equals_full_computation),
        cmocka_unit_test(large_trie_equals_full_computation_with_any_number_of_threads),
        cmocka_unit_test(only_the_path_of_a_change_is_fetched_and_saved),
        cmocka_unit_test(removal_needs_the_sibling),
        cmocka_unit_test(missing_node_never_gives_a_wrong_root),
        cmocka_unit_test(nodes_that_fit_no_trie_are_refused),
        cmocka_unit_test(node_that_is_its_own_child_ends_the_walk),
    };
    return cmocka_run_group_tests(tests, scratch_create, scratch_free);
}
