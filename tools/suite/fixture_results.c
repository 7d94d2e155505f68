#include "tools/suite/fixture_results.h"

#include <stdlib.h>
#include <string.h>

#include "tools/list.h"

static void free_texts(fixture_case *c) {
    free((char *)(uintptr_t)c->test);
    free((char *)(uintptr_t)c->fork);
    free((char *)(uintptr_t)c->error);
    free((char *)(uintptr_t)c->details);
}

bool fixture_results_add(fixture_results *results, const fixture_case *c) {
    fixture_result *larger = list_reserve(results->items, results->count, &results->capacity, sizeof *larger);
    if (larger == NULL) {
        return false;
    }
    results->items = larger;
    fixture_case copy = *c;
    copy.test = strdup(c->test);
    copy.fork = strdup(c->fork);
    copy.error = strdup(c->error);
    copy.details = c->details != NULL ? strdup(c->details) : NULL;
    if (copy.test == NULL || copy.fork == NULL || copy.error == NULL || (c->details != NULL && copy.details == NULL)) {
        free_texts(&copy);
        return false;
    }
    results->items[results->count++] = (fixture_result){results->kind, copy};
    return true;
}

void fixture_results_free(fixture_results *results) {
    for (size_t i = 0; i < results->count; i++) {
        free_texts(&results->items[i].c);
    }
    free(results->items);
    *results = (fixture_results){0};
}
