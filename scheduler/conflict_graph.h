/** Which task probably needs what another one writes: the predicted read-after-write edges of a block.
 *
 *  Not a general graph but one chain per location: a map from the location to its last writer so far. Tasks come in
 *  ascending order, so every access costs one look-up, every edge points forward, and there can be no cycle. Nodes and
 *  edges are indices into arrays that are kept from block to block.
 *
 *  Threads: predicting is exclusive; a finished graph may be read by all.
 */
#ifndef SCHEDULER_CONFLICT_GRAPH_H
#define SCHEDULER_CONFLICT_GRAPH_H

#include "base/map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFLICT_GRAPH_NONE UINT32_MAX

typedef struct conflict_node {
    uint32_t first_edge;     /* CONFLICT_GRAPH_NONE: no successors */
    uint32_t last_successor; /* the task linked last; further reads of it add no edge */
} conflict_node;

typedef struct conflict_edge {
    uint32_t successor;
    uint32_t next; /* edge of the same node: towards lower successors */
} conflict_edge;

typedef struct conflict_graph {
    map writers; /* location → last writer, uint32_t */
    conflict_node *nodes;
    conflict_edge *edges;
    size_t node_count, node_capacity;
    size_t edge_count, edge_capacity;
} conflict_graph;

void conflict_graph_init(conflict_graph *g);
void conflict_graph_free(conflict_graph *g);
/** No edges between `task_count` tasks. Returns: false when out of memory (the graph is then of no tasks). */
bool conflict_graph_reset(conflict_graph *g, uint32_t task_count, uint64_t seed);
/** See scheduler_predict(); adds at most one edge, from the last writer of `location` to `task`. */
bool conflict_graph_predict(conflict_graph *g, uint32_t task, uint64_t location, bool reads, bool writes);

/** Iterate over the successors of a task, highest first: start with its first_edge, end at CONFLICT_GRAPH_NONE. */
static inline uint32_t conflict_graph_successor(const conflict_graph *g, uint32_t *edge) {
    uint32_t successor = g->edges[*edge].successor;
    *edge = g->edges[*edge].next;
    return successor;
}

#endif
