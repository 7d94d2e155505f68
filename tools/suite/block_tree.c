#include "tools/suite/block_tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/header_fork.h"
#include "tools/hex.h"
#include "tools/list.h"
#include "tools/number.h"
#include "tools/root_tracker.h"

enum { ANCESTORS = 7, BLOCK_HASHES = 256, NO_NODE = -1 };

typedef struct node {
    const weft_block *block;
    weft_memory_state *state; /* after the block; NULL once a child has used it up */
    weft_u256 total_difficulty;
    ptrdiff_t parent; /* index, NO_NODE for the genesis */
} node;

struct block_tree {
    const weft_chain *chain;
    variant_engines *engines;
    const weft_tracer *tracer; /* NULL = none */
    node *nodes;
    size_t count, capacity;
    size_t head; /* index */
};

static bool hash_equal(const weft_bytes32 *a, const weft_bytes32 *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

static bool is_less(const weft_u256 *a, const weft_u256 *b) {
    for (size_t i = 4; i > 0; i--) {
        if (a->limb[i - 1] != b->limb[i - 1]) {
            return a->limb[i - 1] < b->limb[i - 1];
        }
    }
    return false;
}

static ptrdiff_t find(const block_tree *tree, const weft_bytes32 *hash) {
    for (size_t i = tree->count; i > 0; i--) {
        if (hash_equal(&tree->nodes[i - 1].block->hash, hash)) {
            return (ptrdiff_t)i - 1;
        }
    }
    return NO_NODE;
}

/* Add a node and take its state. Proof of stake has no weight: there the newest block is the head. */
static weft_status append(block_tree *tree, const node *added) {
    node *larger = list_reserve(tree->nodes, tree->count, &tree->capacity, sizeof *larger);
    if (larger == NULL) {
        weft_memory_state_destroy(added->state);
        return WEFT_NO_MEMORY;
    }
    tree->nodes = larger;
    tree->nodes[tree->count] = *added;
    const node *head = &tree->nodes[tree->head];
    if (is_less(&head->total_difficulty, &added->total_difficulty) ||
        number_is_zero(&added->block->header.difficulty)) {
        tree->head = tree->count;
    }
    tree->count++;
    return weft_memory_state_set_block_hash(added->state, added->block->header.number, &added->block->hash);
}

weft_status block_tree_create(block_tree **tree, const weft_chain *chain, variant_engines *engines,
                              const weft_block *genesis, weft_memory_state *state) {
    block_tree *t = calloc(1, sizeof *t);
    if (t == NULL) {
        weft_memory_state_destroy(state);
        return WEFT_NO_MEMORY;
    }
    t->chain = chain;
    t->engines = engines;
    const node root = {genesis, state, genesis->header.difficulty, NO_NODE};
    weft_status status = append(t, &root);
    if (status != WEFT_OK) {
        block_tree_free(t);
        return status;
    }
    *tree = t;
    return WEFT_OK;
}

void block_tree_free(block_tree *tree) {
    for (size_t i = 0; tree != NULL && i < tree->count; i++) {
        weft_memory_state_destroy(tree->nodes[i].state);
    }
    if (tree != NULL) {
        free(tree->nodes);
        free(tree);
    }
}

void block_tree_trace(block_tree *tree, const weft_tracer *tracer) {
    tree->tracer = tracer;
}

bool block_tree_has(const block_tree *tree, const weft_bytes32 *hash) {
    return find(tree, hash) != NO_NODE;
}

const weft_block *block_tree_head(const block_tree *tree) {
    return tree->nodes[tree->head].block;
}

weft_memory_state *block_tree_head_state(const block_tree *tree) {
    return tree->nodes[tree->head].state;
}

/* --- One import */

typedef struct importing {
    block_tree *tree;
    const weft_block *block;
    weft_bytes access_list;
    ptrdiff_t parent;
    weft_memory_state *work; /* becomes the state after the block; the parent's own, if that is used up */
    block_import *outcome;
} importing;

__attribute__((format(printf, 3, 4))) static void reject(importing *i, weft_verdict verdict, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(i->outcome->explanation, sizeof i->outcome->explanation, format, arguments);
    va_end(arguments);
    i->outcome->verdict = verdict;
}

/* A copy of a complete state that also knows the hashes of the blocks up to node `index`. */
static weft_status copy_state(const block_tree *tree, ptrdiff_t index, weft_memory_state **copy) {
    weft_state_delta whole;
    weft_status status = weft_memory_state_delta(tree->nodes[index].state, &whole);
    *copy = NULL;
    if (status == WEFT_OK) {
        status = weft_memory_state_create(copy, NULL);
    }
    if (status == WEFT_OK) {
        status = weft_memory_state_apply(*copy, &whole);
    }
    for (unsigned i = 0; status == WEFT_OK && i < BLOCK_HASHES && index != NO_NODE; i++) {
        const node *n = &tree->nodes[index];
        status = weft_memory_state_set_block_hash(*copy, n->block->header.number, &n->block->hash);
        index = n->parent;
    }
    return status;
}

static size_t list_ancestors(const block_tree *tree, ptrdiff_t index, const weft_block **ancestors) {
    size_t count = 0;
    for (; index != NO_NODE && count < ANCESTORS; index = tree->nodes[index].parent) {
        ancestors[count++] = tree->nodes[index].block;
    }
    return count;
}

/* Execute on the parent's state. Before Byzantium `work` takes the changes of each transaction on the way. */
static weft_status execute(importing *i, variant_outcome *executed) {
    const node *parent = &i->tree->nodes[i->parent];
    const weft_header *header = &i->block->header;
    const weft_block *ancestors[ANCESTORS];
    weft_execute_options options = {.size = sizeof options,
                                    .parent = &parent->block->header,
                                    .ancestors = ancestors,
                                    .ancestor_count = list_ancestors(i->tree, i->parent, ancestors),
                                    .parent_total_difficulty = &parent->total_difficulty,
                                    .block_access_list = i->access_list,
                                    .tracer = i->tree->tracer};
    bool has_roots = header_fork(i->tree->chain, header) < WEFT_BYZANTIUM;
    root_tracker tracker = {.state = i->work};
    if (has_roots) {
        options.intermediate_root = root_tracker_after_transaction;
        options.intermediate_root_context = &tracker;
    }
    weft_state_view view = weft_memory_state_view(parent->state);
    weft_status status = variants_execute(i->tree->engines, executed, i->tree->chain, i->block, &view, &options,
                                          root_tracker_begin_execution, &tracker);
    tracker.state = NULL;
    root_tracker_free(&tracker);
    return status;
}

static weft_status check_root(importing *i, const weft_state_delta *delta) {
    weft_bytes32 root;
    weft_status status = weft_memory_state_apply(i->work, delta);
    if (status == WEFT_OK) {
        status = weft_memory_state_root(i->work, &root);
    }
    if (status == WEFT_OK && !hash_equal(&root, &i->block->header.state_root)) {
        char found[HEX_BYTES32_TEXT_SIZE], stated[HEX_BYTES32_TEXT_SIZE];
        reject(i, WEFT_BLOCK_STATE_ROOT, "state root is %s, the header says %s",
               hex_encode(found, root.bytes, sizeof root.bytes),
               hex_encode(stated, i->block->header.state_root.bytes, sizeof root.bytes));
    }
    return status;
}

static weft_status judge(importing *i) {
    variant_outcome executed;
    weft_status status = execute(i, &executed);
    if (status != WEFT_OK) {
        return status;
    }
    i->outcome->agreeing = executed.agreeing;
    memcpy(i->outcome->difference, executed.difference, sizeof i->outcome->difference);
    const weft_block_result *result = &executed.result;
    if (result->verdict == WEFT_VALID) {
        return check_root(i, &result->delta);
    }
    if (result->transaction_index == SIZE_MAX) {
        reject(i, result->verdict, "%s", result->explanation);
    } else {
        reject(i, result->verdict, "transaction %zu: %.200s", result->transaction_index, result->explanation);
    }
    return WEFT_OK;
}

/* The state after the parent is used up only by a block that cannot be refused after it was changed: one of Byzantium or
 * later whose parent no later block needs. Such a block that is refused for its state root ends the test anyway. */
static weft_status choose_state(importing *i, bool parent_is_done) {
    node *parent = &i->tree->nodes[i->parent];
    const weft_header *header = &i->block->header;
    weft_fork fork = header_fork(i->tree->chain, header);
    i->work = parent->state;
    return parent_is_done && fork >= WEFT_BYZANTIUM ? WEFT_OK : copy_state(i->tree, i->parent, &i->work);
}

weft_status block_tree_import(block_tree *tree, const weft_block *block, weft_bytes access_list, bool parent_is_done,
                              block_import *outcome) {
    *outcome = (block_import){.verdict = WEFT_VALID, .agreeing = variants_all(&tree->engines->list)};
    importing i = {.tree = tree, .block = block, .access_list = access_list, .outcome = outcome};
    i.parent = find(tree, &block->header.parent_hash);
    if (i.parent == NO_NODE || tree->nodes[i.parent].state == NULL) {
        reject(&i, WEFT_BLOCK_UNKNOWN_PARENT, "no block before it has its parent hash");
        return WEFT_OK;
    }
    weft_status status = choose_state(&i, parent_is_done);
    if (status == WEFT_OK) {
        status = judge(&i);
    }
    node *parent = &tree->nodes[i.parent];
    bool is_own = i.work != parent->state;
    if (status != WEFT_OK || outcome->verdict != WEFT_VALID) {
        if (is_own) {
            weft_memory_state_destroy(i.work);
        }
        return status;
    }
    if (!is_own) {
        parent->state = NULL;
    }
    node added = {block, i.work, parent->total_difficulty, i.parent};
    number_add(&added.total_difficulty, &block->header.difficulty);
    return append(tree, &added);
}
