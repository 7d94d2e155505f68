/** Trie nodes that an input may change without tearing the trie apart.
 *
 *  A node is referred to by its keccak256, so one changed byte in a node would make it unreachable. In the input, a node
 *  therefore refers to an earlier one (or to a code) by a marker with that one's number, as long as a hash; the markers are
 *  replaced by the hashes of what is really there. The last node is the root.
 *
 *      node count, then per node its size (two bytes, low first) and bytes;
 *      code count, then the codes in the same way
 */
#ifndef TESTS_FUZZ_LINKED_NODES_H
#define TESTS_FUZZ_LINKED_NODES_H

#include "tests/fuzz/input.h"

enum { LINKED_NODES_MAX = 64, LINKED_CODES_MAX = 8, LINKED_BYTES_MAX = 1 << 14, LINK_WORDS_SIZE = 28 };

/* The marker is these words, the number, and three bytes that do not matter. */
static const char link_to_node[LINK_WORDS_SIZE + 1] = "node that comes before, no. ";
static const char link_to_code[LINK_WORDS_SIZE + 1] = "code that comes behind, no. ";

typedef struct linked_nodes {
    uint8_t bytes[LINKED_BYTES_MAX]; /* of all of them */
    size_t used;
    weft_bytes nodes[LINKED_NODES_MAX], codes[LINKED_CODES_MAX];
    weft_bytes32 node_hashes[LINKED_NODES_MAX], code_hashes[LINKED_CODES_MAX];
    size_t node_count, code_count;
} linked_nodes;

/** Read nodes and codes off the input. */
void linked_nodes_read(linked_nodes *all, fuzz_input *input);

#endif
