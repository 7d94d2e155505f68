/** Blocks as they come in over a network: a tree from the genesis, the state after each, and the head of the chain that
 *  counts.
 *
 *  Before Paris the heaviest chain counts (most total difficulty, of equals the first); from Paris on the valid block
 *  that came last, as a consensus client that follows the order of a fixture would choose.
 *
 *  Lifetime: blocks, chain and engines are borrowed and must outlive the tree.
 */
#ifndef TOOLS_SUITE_BLOCK_TREE_H
#define TOOLS_SUITE_BLOCK_TREE_H

#include <weft/memory_state.h>
#include <weft/tracer.h>

#include "tools/suite/variants.h"

typedef struct block_tree block_tree;

/** What became of a block. */
typedef struct block_import {
    weft_verdict verdict; /* WEFT_VALID: it is in the tree */
    char explanation[256];
    unsigned agreeing;    /* bit i: variant i of the engines gave the same as the first */
    char difference[160]; /* in what one did not; empty if all did */
} block_import;

/** Begin a tree. Takes `state`, the complete state after the genesis, also on failure.
 *  Returns: WEFT_OK, WEFT_NO_MEMORY. Out: to be freed with block_tree_free(). */
weft_status block_tree_create(block_tree **tree, const weft_chain *chain, variant_engines *engines,
                              const weft_block *genesis, weft_memory_state *state);
void block_tree_free(block_tree *tree);

/** Check and execute a block on the state after its parent; if it is valid, add it.
 *
 *  Returns:  WEFT_OK with `outcome` filled, or the host's failure.
 *  In:       access_list      that came with the block (EIP-7928), in RLP; empty if none did.
 *            parent_is_done   no later block has the same parent: its state may be used up.
 */
weft_status block_tree_import(block_tree *tree, const weft_block *block, weft_bytes access_list, bool parent_is_done,
                              block_import *outcome);

/** Have the transactions of blocks that are imported from now on traced; serially, then. */
void block_tree_trace(block_tree *tree, const weft_tracer *tracer);

/** Whether the tree holds the block with this hash. */
bool block_tree_has(const block_tree *tree, const weft_bytes32 *hash);

/** The last block of the chain that counts. */
const weft_block *block_tree_head(const block_tree *tree);

/** The state after it. */
weft_memory_state *block_tree_head_state(const block_tree *tree);

#endif
