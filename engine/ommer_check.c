#include "engine/ommer_check.h"

#include "base/bytes.h"
#include "base/u256.h"
#include "engine/chain.h"
#include "engine/header_check.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { OMMERS_MAX = 2, GENERATIONS = 7 };

typedef struct check {
    const weft_block *block;
    const weft_chain *chain;
    const ommer_ancestors *ancestors;
    size_t ancestor_count; /* that count */
    weft_bytes32 hashes[OMMERS_MAX];
    char *explanation;
    size_t explanation_size;
} check;

__attribute__((format(printf, 3, 4))) static weft_verdict explain(const check *c, weft_verdict verdict,
                                                                  const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(c->explanation, c->explanation_size, format, arguments);
    va_end(arguments);
    return verdict;
}

/* The ancestor with this hash. Returns: NULL if none of those that count has it. */
static const weft_block *find_ancestor(const check *c, const weft_bytes32 *hash) {
    for (size_t i = 0; i < c->ancestor_count; i++) {
        if (bytes32_equal(&c->ancestors->blocks[i]->hash, hash)) {
            return c->ancestors->blocks[i];
        }
    }
    return NULL;
}

static weft_verdict check_age(const check *c, size_t index) {
    uint64_t age = c->block->header.number - c->block->ommers[index].number;
    if (age < 1 || age >= GENERATIONS) {
        return explain(c, WEFT_BLOCK_OMMER_TOO_OLD, "ommer %zu has number %" PRIu64 ", not one to %d below", index,
                       c->block->ommers[index].number, GENERATIONS - 1);
    }
    return WEFT_VALID;
}

/* Sets *declared to whether an earlier ommer of the block or an ancestor declares the ommer too. */
static weft_status find_declaration(const check *c, size_t index, bool *declared) {
    const weft_bytes32 *hash = &c->hashes[index];
    *declared = index > 0 && bytes32_equal(&c->hashes[0], hash);
    for (size_t i = 0; i < c->ancestor_count; i++) {
        const weft_block *ancestor = c->ancestors->blocks[i];
        for (size_t k = 0; k < ancestor->ommer_count && !*declared; k++) {
            weft_bytes32 other;
            weft_status status = weft_header_hash(&other, &ancestor->ommers[k]);
            if (status != WEFT_OK) {
                return status;
            }
            *declared = bytes32_equal(&other, hash);
        }
    }
    return WEFT_OK;
}

static weft_verdict check_header(const check *c, size_t index, const weft_header *parent) {
    const weft_header *ommer = &c->block->ommers[index];
    char words[192] = "";
    weft_fork fork = chain_block_fork(c->chain, ommer, NULL);
    weft_verdict verdict = header_check(ommer, parent, c->chain, fork, words, sizeof words);
    return verdict == WEFT_VALID ? WEFT_VALID : explain(c, verdict, "ommer %zu: %s", index, words);
}

/* The ommer's place beside the chain. */
static weft_verdict check_place(const check *c, size_t index) {
    const weft_header *ommer = &c->block->ommers[index];
    if (find_ancestor(c, &c->hashes[index]) != NULL) {
        return explain(c, WEFT_BLOCK_OMMER_IS_ANCESTOR, "ommer %zu is an ancestor of the block", index);
    }
    if (bytes32_equal(&ommer->parent_hash, &c->block->header.parent_hash)) {
        return explain(c, WEFT_BLOCK_OMMER_IS_BROTHER, "ommer %zu has the same parent as the block", index);
    }
    const weft_block *parent = find_ancestor(c, &ommer->parent_hash);
    if (parent == NULL) {
        return explain(c, WEFT_BLOCK_OMMER_UNKNOWN_PARENT, "the parent of ommer %zu is none of the last %d ancestors",
                       index, GENERATIONS);
    }
    return check_header(c, index, &parent->header);
}

static weft_status check_one(weft_verdict *verdict, check *c, size_t index) {
    weft_status status = weft_header_hash(&c->hashes[index], &c->block->ommers[index]);
    bool declared = false;
    if (status == WEFT_OK) {
        status = find_declaration(c, index, &declared);
    }
    if (status != WEFT_OK) {
        return status;
    }
    if (declared) {
        *verdict = explain(c, WEFT_BLOCK_OMMER_IN_CHAIN, "ommer %zu is declared already", index);
    } else if (c->ancestors->blocks == NULL) {
        *verdict = check_age(c, index);
    } else {
        *verdict = check_place(c, index);
    }
    return WEFT_OK;
}

weft_status ommer_check(weft_verdict *verdict, const weft_block *block, const weft_chain *chain,
                        const ommer_ancestors *ancestors, char *explanation, size_t explanation_size) {
    check c = {.block = block,
               .chain = chain,
               .ancestors = ancestors,
               .explanation = explanation,
               .explanation_size = explanation_size};
    if (ancestors->blocks != NULL) {
        c.ancestor_count = ancestors->count < GENERATIONS ? ancestors->count : GENERATIONS;
    }
    *verdict = WEFT_VALID;
    if (block->ommer_count > OMMERS_MAX) {
        *verdict =
            explain(&c, WEFT_BLOCK_TOO_MANY_OMMERS, "%zu ommers, %d are allowed", block->ommer_count, OMMERS_MAX);
    }
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < block->ommer_count && status == WEFT_OK && *verdict == WEFT_VALID; i++) {
        status = check_one(verdict, &c, i);
    }
    return status;
}
