#include "tools/suite/result_list.h"

void result_list_begin(result_list *list, bool is_human, unsigned all_variants) {
    *list = (result_list){.is_human = is_human, .all_variants = all_variants};
    if (!is_human) {
        json_write_open(&list->writer, NULL, '[');
    }
}

static void print_json(result_list *list, const fixture_case *c, bool passed) {
    json_writer *w = &list->writer;
    json_write_line(w);
    json_write_open(w, NULL, '{');
    json_write_text(w, "name", c->test);
    json_write_boolean(w, "pass", passed);
    if (c->has_root) {
        json_write_hex(w, "stateRoot", c->root.bytes, sizeof c->root.bytes);
    }
    json_write_text(w, "fork", c->fork);
    if (!passed) {
        json_write_text(w, "error", c->error);
    }
    if (c->details != NULL) {
        json_write_members(w, c->details);
    }
    json_write_close(w, '}');
}

void result_list_add(result_list *list, const fixture_results *results) {
    for (size_t i = 0; i < results->count; i++) {
        const fixture_case *c = &results->items[i].c;
        bool passed = c->passed == list->all_variants;
        *(passed ? &list->passed : &list->failed) += 1;
        if (!list->is_human) {
            print_json(list, c, passed);
        } else if (passed) {
            printf("[PASS] %s, fork=%s\n", c->test, c->fork);
        } else {
            printf("[FAIL] %s, fork=%s, err=%s\n", c->test, c->fork, c->error);
        }
    }
}

void result_list_end(result_list *list) {
    if (list->is_human) {
        printf("--\n%zu tests passed, %zu tests failed.\n", list->passed, list->failed);
        (void)fflush(stdout);
        return;
    }
    json_write_close(&list->writer, ']');
    json_write_end(&list->writer);
}
