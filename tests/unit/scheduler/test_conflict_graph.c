#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scheduler/conflict_graph.h"
#include "tests/support/random.h"

#include <string.h>

enum { TASKS = 60, LOCATIONS = 12 };

static bool graph_has_edge(const conflict_graph *g, uint32_t from, uint32_t to) {
    for (uint32_t edge = g->nodes[from].first_edge; edge != CONFLICT_GRAPH_NONE;) {
        if (conflict_graph_successor(g, &edge) == to) {
            return true;
        }
    }
    return false;
}

static void a_read_follows_the_last_writer_only(void **state) {
    (void)state;
    conflict_graph g;
    conflict_graph_init(&g);
    assert_true(conflict_graph_reset(&g, 4, 7));
    assert_true(conflict_graph_predict(&g, 0, 99, false, true));
    assert_true(conflict_graph_predict(&g, 1, 99, false, true));
    assert_true(conflict_graph_predict(&g, 2, 99, true, false));
    assert_true(conflict_graph_predict(&g, 3, 99, true, false));
    assert_int_equal(g.edge_count, 2);
    assert_true(graph_has_edge(&g, 1, 2));
    assert_true(graph_has_edge(&g, 1, 3));
    conflict_graph_free(&g);
}

static void reading_and_writing_makes_a_chain(void **state) {
    (void)state;
    conflict_graph g;
    conflict_graph_init(&g);
    assert_true(conflict_graph_reset(&g, 3, 7));
    for (uint32_t task = 0; task < 3; task++) {
        assert_true(conflict_graph_predict(&g, task, 5, true, true));
    }
    assert_int_equal(g.edge_count, 2);
    assert_true(graph_has_edge(&g, 0, 1));
    assert_true(graph_has_edge(&g, 1, 2));
    conflict_graph_free(&g);
}

static void a_task_does_not_wait_for_itself(void **state) {
    (void)state;
    conflict_graph g;
    conflict_graph_init(&g);
    assert_true(conflict_graph_reset(&g, 1, 7));
    assert_true(conflict_graph_predict(&g, 0, 5, false, true));
    assert_true(conflict_graph_predict(&g, 0, 5, true, true));
    assert_int_equal(g.edge_count, 0);
    conflict_graph_free(&g);
}

static void two_tasks_are_linked_once(void **state) {
    (void)state;
    conflict_graph g;
    conflict_graph_init(&g);
    assert_true(conflict_graph_reset(&g, 2, 7));
    for (uint64_t location = 0; location < 10; location++) {
        assert_true(conflict_graph_predict(&g, 0, location, false, true));
    }
    for (uint64_t location = 0; location < 10; location++) {
        assert_true(conflict_graph_predict(&g, 1, location, true, false));
    }
    assert_int_equal(g.edge_count, 1);
    conflict_graph_free(&g);
}

/* Against a table of last writers, over blocks of changing size in one graph. */
static void random_graphs_agree_with_a_table(void **state) {
    (void)state;
    conflict_graph g;
    conflict_graph_init(&g);
    for (uint64_t seed = 1; seed <= 100; seed++) {
        test_random random = {seed};
        uint32_t task_count = 1 + (uint32_t)random_below(&random, TASKS), last[LOCATIONS];
        bool expected[TASKS][TASKS] = {{false}};
        memset(last, 0xff, sizeof last);
        assert_true(conflict_graph_reset(&g, task_count, seed));
        for (uint32_t task = 0; task < task_count; task++) {
            for (unsigned i = 0; i < 6; i++) {
                size_t location = random_below(&random, LOCATIONS);
                bool reads = random_below(&random, 2) == 0, writes = random_below(&random, 3) == 0;
                assert_true(conflict_graph_predict(&g, task, location, reads, writes));
                if (reads && last[location] != UINT32_MAX && last[location] != task) {
                    expected[last[location]][task] = true;
                }
                last[location] = writes ? task : last[location];
            }
        }
        size_t count = 0;
        for (uint32_t i = 0; i < task_count; i++) {
            for (uint32_t j = 0; j < task_count; j++) {
                count += expected[i][j];
                if (graph_has_edge(&g, i, j) != expected[i][j]) {
                    fail_msg("edge %u to %u, seed %llu", i, j, (unsigned long long)seed);
                }
            }
        }
        assert_int_equal(g.edge_count, count);
    }
    conflict_graph_free(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_read_follows_the_last_writer_only), cmocka_unit_test(reading_and_writing_makes_a_chain),
        cmocka_unit_test(a_task_does_not_wait_for_itself),     cmocka_unit_test(two_tasks_are_linked_once),
        cmocka_unit_test(random_graphs_agree_with_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
