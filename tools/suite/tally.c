#include "tools/suite/tally.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/list.h"
#include "tools/suite/networks.h"

/* --- Memory */

void tally_free(tally *t) {
    for (size_t i = 0; i < t->row_count; i++) {
        free(t->rows[i].fork);
    }
    for (size_t i = 0; i < t->failure_count; i++) {
        free(t->failures[i].text);
    }
    for (size_t i = 0; i < TALLY_SLOWEST_COUNT; i++) {
        free(t->slowest[i].text);
    }
    free(t->rows);
    free(t->failures);
    *t = (tally){.row_count = 0};
}

static char *describe(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *describe(const char *format, ...) {
    va_list values;
    char *text = NULL;
    va_start(values, format);
    int size = vsnprintf(NULL, 0, format, values);
    va_end(values);
    if (size >= 0) {
        text = malloc((size_t)size + 1);
    }
    if (text != NULL) {
        va_start(values, format);
        (void)vsnprintf(text, (size_t)size + 1, format, values);
        va_end(values);
    }
    return text;
}

/* --- Failures, slow cases */

static void add_failure(tally *t, char *text) {
    tally_mention *failures = list_reserve(t->failures, t->failure_count, &t->failure_capacity, sizeof *failures);
    t->failures = failures != NULL ? failures : t->failures;
    if (text == NULL || failures == NULL) {
        t->is_incomplete = true;
        free(text);
        return;
    }
    t->failures[t->failure_count++] = (tally_mention){.text = text};
}

static void consider_slow(tally *t, const char *path, const fixture_case *c) {
    tally_mention *last = &t->slowest[TALLY_SLOWEST_COUNT - 1];
    char *text = c->seconds > last->seconds ? describe("%s: %s [%s]", path, c->test, c->fork) : NULL;
    if (text == NULL) {
        return;
    }
    free(last->text);
    *last = (tally_mention){.text = text, .seconds = c->seconds};
    for (tally_mention *m = last; m > t->slowest && m[-1].seconds < m->seconds; m--) {
        tally_mention faster = m[-1];
        m[-1] = *m;
        *m = faster;
    }
}

/* --- Rows */

static tally_row *row_of(tally *t, const char *suite, const fixture_result *result) {
    for (size_t i = t->row_count; i-- > 0;) {
        tally_row *row = &t->rows[i];
        if (row->suite == suite && row->kind == result->kind && strcmp(row->fork, result->c.fork) == 0) {
            return row;
        }
    }
    tally_row *rows = list_reserve(t->rows, t->row_count, &t->row_capacity, sizeof *rows);
    t->rows = rows != NULL ? rows : t->rows;
    tally_row row = {.suite = suite, .kind = result->kind, .fork = strdup(result->c.fork)};
    if (rows == NULL || row.fork == NULL) {
        t->is_incomplete = true;
        free(row.fork);
        return NULL;
    }
    rows[t->row_count] = row;
    return &t->rows[t->row_count++];
}

static void add_case(tally *t, const char *suite, const char *path, const fixture_result *result) {
    const fixture_case *c = &result->c;
    tally_row *row = row_of(t, suite, result);
    if (row == NULL) {
        return;
    }
    row->cases++;
    for (unsigned i = 0; i < t->variants.count; i++) {
        row->passed[i] += c->passed >> i & 1;
    }
    bool has_failed = c->passed != variants_all(&t->variants);
    bool is_excused = excuses_take(t->excuses, c, has_failed);
    row->excused += is_excused;
    if (has_failed && !is_excused) {
        add_failure(t, describe("%s: %s [%s]: %s", path, c->test, c->fork, c->error));
    }
    consider_slow(t, path, c);
}

void tally_add(tally *t, const char *suite, const fixture_results *results) {
    t->file_count++;
    for (size_t i = 0; i < results->count; i++) {
        add_case(t, suite, results->path, &results->items[i]);
    }
    if (results->failure.status != WEFT_OK) {
        add_failure(t, describe("%s", results->failure.message));
    } else if (results->recognised_count == 0 && results->unrecognised_count > 0) {
        t->unrecognised_file_count++;
    }
    if (results->failure.status == WEFT_OK && results->count != results->expected_count) {
        add_failure(
            t, describe("%s: holds %zu cases, %zu were run", results->path, results->expected_count, results->count));
    }
}

/* --- Order */

typedef struct name_search {
    const char *name;
    size_t index, found, found_size;
} name_search;

static void compare_name(void *context, const char *plain) {
    name_search *search = context;
    size_t size = strlen(plain);
    search->index++;
    if (size > search->found_size && strncmp(search->name, plain, size) == 0) {
        search->found = search->index;
        search->found_size = size;
    }
}

/* Of the plain name that a network's name begins with: transitions come after the fork they leave. */
static size_t fork_rank(const char *name) {
    name_search search = {.name = name};
    network_names(compare_name, &search);
    return search.found;
}

static int compare_rows(const void *left, const void *right) {
    const tally_row *a = left, *b = right;
    size_t rank_a = fork_rank(a->fork), rank_b = fork_rank(b->fork);
    int order = strcmp(a->suite, b->suite);
    order = order != 0 ? order : strcmp(a->kind->name, b->kind->name);
    order = order != 0 ? order : (rank_a > rank_b) - (rank_a < rank_b);
    return order != 0 ? order : strcmp(a->fork, b->fork);
}

void tally_sort(tally *t) {
    if (t->row_count > 0) {
        qsort(t->rows, t->row_count, sizeof *t->rows, compare_rows);
    }
}

tally_row tally_total(const tally *t) {
    tally_row total = {.suite = "total"};
    for (size_t i = 0; i < t->row_count; i++) {
        total.cases += t->rows[i].cases;
        total.excused += t->rows[i].excused;
        for (unsigned k = 0; k < t->variants.count; k++) {
            total.passed[k] += t->rows[i].passed[k];
        }
    }
    return total;
}
