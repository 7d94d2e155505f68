#include "tools/suite/excuses.h"

#include <stdlib.h>
#include <string.h>

static size_t count_lines(const char *text) {
    size_t count = 1;
    for (; *text != '\0'; text++) {
        count += *text == '\n';
    }
    return count;
}

static weft_status parse(excuses *list, const char *path, failure *f) {
    static const char separator[] = ": ";
    char *line = list->text.data;
    for (size_t number = 1; *line != '\0'; number++) {
        char *end = line + strcspn(line, "\n");
        char *next = *end == '\0' ? end : end + 1;
        *end = '\0';
        char *reason = strstr(line, separator);
        if (*line != '\0' && *line != '#') {
            if (reason == NULL) {
                return failure_set(f, WEFT_DECODE, "%s:%zu: a line is the name of a test, \": \" and a reason", path,
                                   number);
            }
            *reason = '\0';
            list->items[list->count++] = (excuse){.test = line, .reason = reason + sizeof separator - 1};
        }
        line = next;
    }
    return WEFT_OK;
}

weft_status excuses_load(excuses *list, const char *path, failure *f) {
    *list = (excuses){.count = 0};
    weft_status status = file_read(&list->text, path, f);
    if (status != WEFT_OK) {
        return status;
    }
    list->items = calloc(count_lines(list->text.data), sizeof *list->items);
    status = list->items != NULL ? parse(list, path, f)
                                 : failure_set(f, WEFT_NO_MEMORY, "%s: %s", path, weft_status_message(WEFT_NO_MEMORY));
    if (status != WEFT_OK) {
        excuses_free(list);
    }
    return status;
}

void excuses_free(excuses *list) {
    free(list->items);
    file_free(&list->text);
    *list = (excuses){.count = 0};
}

bool excuses_take(excuses *list, const fixture_case *c, bool has_failed) {
    bool is_excused = false;
    for (size_t i = 0; i < list->count; i++) {
        excuse *e = &list->items[i];
        if (strcmp(e->test, c->test) == 0) {
            e->is_met = true;
            is_excused |= has_failed && c->is_excusable;
            e->is_used |= is_excused;
        }
    }
    return is_excused;
}

bool excuse_is_stale(const excuse *e) {
    return e->is_met && !e->is_used;
}

size_t excuses_stale_count(const excuses *list) {
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        count += excuse_is_stale(&list->items[i]);
    }
    return count;
}
