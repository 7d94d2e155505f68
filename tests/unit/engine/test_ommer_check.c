/* Which blocks a block may declare as ommers, on a short Frontier chain of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "engine/difficulty.h"
#include "engine/header_codec.h"
#include "engine/ommer_check.h"
#include <string.h>

enum { LENGTH = 12, FIRST_NUMBER = 90 };

static weft_block chain[LENGTH];            /* oldest first */
static const weft_block *ancestors[LENGTH]; /* of the block after the last, the parent first */

/* A valid child of `parent`; blocks with another `mark` are others. */
static weft_block child_of(const weft_block *parent, uint8_t mark) {
    weft_block block = {.header = parent->header};
    weft_header *h = &block.header;
    h->number++;
    h->timestamp += 5;
    h->difficulty = difficulty_after(&parent->header, DIFFICULTY_FRONTIER, 0, h->timestamp);
    h->parent_hash = parent->hash;
    h->coinbase.bytes[0] = mark;
    assert_int_equal(weft_header_hash(&block.hash, h), WEFT_OK);
    return block;
}

static int make_chain(void **state) {
    (void)state;
    memset(chain, 0, sizeof chain);
    weft_header *first = &chain[0].header;
    first->number = FIRST_NUMBER;
    first->timestamp = 1438270000;
    first->gas_limit = 5000;
    first->difficulty = (weft_u256){{2048000, 0, 0, 0}};
    first->ommers_hash = ommers_hash_empty;
    first->field_count = 15;
    assert_int_equal(weft_header_hash(&chain[0].hash, first), WEFT_OK);
    for (size_t i = 1; i < LENGTH; i++) {
        chain[i] = child_of(&chain[i - 1], 0);
    }
    for (size_t i = 0; i < LENGTH; i++) {
        ancestors[i] = &chain[LENGTH - 1 - i];
    }
    return 0;
}

static void assert_ommers(const weft_header *ommers, size_t count, weft_verdict expected) {
    char explanation[256] = "";
    weft_verdict verdict;
    weft_block block = child_of(&chain[LENGTH - 1], 0);
    block.ommers = ommers;
    block.ommer_count = count;
    const ommer_ancestors all = {ancestors, LENGTH};
    assert_int_equal(ommer_check(&verdict, &block, weft_chain_mainnet(), &all, explanation, sizeof explanation),
                     WEFT_OK);
    assert_string_equal(weft_verdict_name(verdict), weft_verdict_name(expected));
    assert_int_equal(explanation[0] == '\0', expected == WEFT_VALID);
}

static void children_of_the_last_seven_ancestors_may_be_declared(void **state) {
    (void)state;
    for (size_t generation = 1; generation < LENGTH; generation++) {
        const weft_header ommer = child_of(ancestors[generation], 1).header;
        assert_ommers(&ommer, 1, generation < 7 ? WEFT_VALID : WEFT_BLOCK_OMMER_UNKNOWN_PARENT);
    }
    const weft_header two[2] = {child_of(ancestors[1], 1).header, child_of(ancestors[1], 2).header};
    assert_ommers(two, 2, WEFT_VALID);
}

static void brothers_ancestors_and_strangers_may_not(void **state) {
    (void)state;
    weft_header ommer = child_of(ancestors[0], 1).header;
    assert_ommers(&ommer, 1, WEFT_BLOCK_OMMER_IS_BROTHER);
    assert_ommers(&ancestors[2]->header, 1, WEFT_BLOCK_OMMER_IS_ANCESTOR);
    ommer = child_of(ancestors[1], 1).header;
    ommer.parent_hash.bytes[0] ^= 1;
    assert_ommers(&ommer, 1, WEFT_BLOCK_OMMER_UNKNOWN_PARENT);
}

static void an_ommer_is_declared_once(void **state) {
    (void)state;
    const weft_header ommer = child_of(ancestors[3], 1).header;
    const weft_header twice[2] = {ommer, ommer};
    assert_ommers(twice, 2, WEFT_BLOCK_OMMER_IN_CHAIN);
    weft_block *declaring = &chain[LENGTH - 2];
    declaring->ommers = &ommer;
    declaring->ommer_count = 1;
    assert_ommers(&ommer, 1, WEFT_BLOCK_OMMER_IN_CHAIN);
    declaring->ommers = NULL;
    declaring->ommer_count = 0;
    assert_ommers(&ommer, 1, WEFT_VALID);
}

static void the_header_of_an_ommer_must_be_valid(void **state) {
    (void)state;
    weft_header ommer = child_of(ancestors[1], 1).header;
    ommer.difficulty.limb[0]++;
    assert_ommers(&ommer, 1, WEFT_BLOCK_DIFFICULTY);
    ommer = child_of(ancestors[1], 1).header;
    ommer.timestamp = ancestors[1]->header.timestamp;
    assert_ommers(&ommer, 1, WEFT_BLOCK_TIMESTAMP);
    ommer = child_of(ancestors[1], 1).header;
    ommer.gas_used = ommer.gas_limit + 1;
    assert_ommers(&ommer, 1, WEFT_BLOCK_GAS_USED_ABOVE_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(children_of_the_last_seven_ancestors_may_be_declared, make_chain),
        cmocka_unit_test_setup(brothers_ancestors_and_strangers_may_not, make_chain),
        cmocka_unit_test_setup(an_ommer_is_declared_once, make_chain),
        cmocka_unit_test_setup(the_header_of_an_ommer_must_be_valid, make_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
