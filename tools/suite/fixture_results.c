#include "tools/suite/fixture_results.h"

#include <stdlib.h>
#include <string.h>

static bool grow(fixture_results *results) {
    size_t capacity = results->capacity == 0 ? 16 : 2 * results->capacity;
    fixture_result *larger = realloc(results->items, capacity * sizeof *larger);
    if (larger == NULL) {
        return false;
    }
    results->items = larger;
    results->capacity = capacity;
    return true;
}

static void free_texts(fixture_case *c) {
    free((char *)(uintptr_t)c->test);
    free((char *)(uintptr_t)c->fork);
    free((char *)(uintptr_t)c->error);
    free((char *)(uintptr_t)c->details);
}

bool fixture_results_add(fixture_results *results, const fixture_case *c) {
    if (results->count == results->capacity && !grow(results)) {
        return false;
    }
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
