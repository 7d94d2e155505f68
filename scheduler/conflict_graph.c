#include "scheduler/conflict_graph.h"

#include "base/assert.h"

#include <stdlib.h>

enum { EDGE_CAPACITY_MIN = 256 };

void conflict_graph_init(conflict_graph *g) {
    *g = (conflict_graph){0};
    map_init(&g->writers, sizeof(uint64_t), sizeof(uint32_t), 0);
}

void conflict_graph_free(conflict_graph *g) {
    map_free(&g->writers);
    free(g->nodes);
    free(g->edges);
    *g = (conflict_graph){0};
}

bool conflict_graph_reset(conflict_graph *g, uint32_t task_count, uint64_t seed) {
    g->node_count = 0;
    g->edge_count = 0;
    map_clear(&g->writers);
    g->writers.seed = seed; /* the map is empty, so nothing in it was placed by the old seed */
    if (task_count > g->node_capacity) {
        conflict_node *nodes = realloc(g->nodes, task_count * sizeof *nodes);
        if (nodes == NULL) {
            return false;
        }
        g->nodes = nodes;
        g->node_capacity = task_count;
    }
    for (uint32_t i = 0; i < task_count; i++) {
        g->nodes[i] = (conflict_node){CONFLICT_GRAPH_NONE, CONFLICT_GRAPH_NONE};
    }
    g->node_count = task_count;
    return true;
}

static bool conflict_graph_link(conflict_graph *g, uint32_t writer, uint32_t reader) {
    conflict_node *node = &g->nodes[writer];
    if (node->last_successor == reader) {
        return true;
    }
    if (g->edge_count == g->edge_capacity) {
        size_t capacity = g->edge_capacity == 0 ? EDGE_CAPACITY_MIN : 2 * g->edge_capacity;
        if (capacity > CONFLICT_GRAPH_NONE) {
            return false;
        }
        conflict_edge *edges = realloc(g->edges, capacity * sizeof *edges);
        if (edges == NULL) {
            return false;
        }
        g->edges = edges;
        g->edge_capacity = capacity;
    }
    g->edges[g->edge_count] = (conflict_edge){reader, node->first_edge};
    *node = (conflict_node){(uint32_t)g->edge_count++, reader};
    return true;
}

bool conflict_graph_predict(conflict_graph *g, uint32_t task, uint64_t location, bool reads, bool writes) {
    WEFT_ASSERT(task < g->node_count);
    bool done = true;
    if (reads) {
        const uint32_t *writer = map_find(&g->writers, &location);
        if (writer != NULL && *writer != task) {
            WEFT_ASSERT(*writer < task);
            done = conflict_graph_link(g, *writer, task);
        }
    }
    if (writes) {
        uint32_t *writer = map_insert(&g->writers, &location, NULL);
        if (writer == NULL) {
            return false;
        }
        *writer = task;
    }
    return done;
}
