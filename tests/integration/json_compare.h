/** Whether two JSON values say the same: members in any order, numbers and texts as they are written; null and an
 *  empty object say as much as no value. */
#ifndef TESTS_INTEGRATION_JSON_COMPARE_H
#define TESTS_INTEGRATION_JSON_COMPARE_H

#include <stdio.h>
#include <string.h>

#include "tools/json.h"

/** Where the first difference is, as a path of keys, and what is there. */
typedef struct json_difference {
    char text[512];
} json_difference;

/** What may differ: returns whether two values under `key` are as good as equal. A text is NULL where there is no value, or
 *  one that is not a number or string. NULL = nothing may. */
typedef bool json_lenience(const char *key, const char *expected, const char *found);

static inline bool json_differ(json_difference *d, const char *key, const json_value *expected,
                               const json_value *found) {
    const char *expected_text = expected == NULL ? "nothing" : expected->text == NULL ? "(other)" : expected->text;
    const char *found_text = found == NULL ? "nothing" : found->text == NULL ? "(other)" : found->text;
    (void)snprintf(d->text, sizeof d->text, "%s: expected %.200s, found %.200s", key == NULL ? "root" : key,
                   expected_text, found_text);
    return false;
}

static inline const json_value *json_member(const json_value *object, const char *key) {
    const json_value *v = json_first(object);
    while (v != NULL && strcmp(v->key, key) != 0) {
        v = v->next;
    }
    return v;
}

static inline bool json_same(const json_value *expected, const json_value *found, const char *key,
                             json_lenience *lenience, json_difference *d);

static inline bool json_same_members(const json_value *expected, const json_value *found, json_lenience *lenience,
                                     json_difference *d) {
    for (const json_value *v = json_first(expected); v != NULL; v = v->next) {
        if (!json_same(v, json_member(found, v->key), v->key, lenience, d)) {
            return false;
        }
    }
    for (const json_value *v = json_first(found); v != NULL; v = v->next) {
        bool is_extra = json_member(expected, v->key) == NULL;
        if (is_extra && (lenience == NULL || !lenience(v->key, NULL, v->text))) {
            return json_differ(d, v->key, NULL, v);
        }
    }
    return true;
}

static inline bool json_same_elements(const json_value *expected, const json_value *found, const char *key,
                                      json_lenience *lenience, json_difference *d) {
    const json_value *other = json_first(found);
    for (const json_value *v = json_first(expected); v != NULL; v = v->next) {
        if (!json_same(v, other, key, lenience, d)) {
            return false;
        }
        other = other->next;
    }
    return other == NULL || json_differ(d, key, NULL, other);
}

static inline bool json_same(const json_value *expected, const json_value *found, const char *key,
                             json_lenience *lenience, json_difference *d) {
    const char *expected_text = expected == NULL ? NULL : expected->text;
    const char *found_text = found == NULL ? NULL : found->text;
    if (lenience != NULL && key != NULL && lenience(key, expected_text, found_text)) {
        return true;
    }
    bool says_nothing = expected != NULL &&
                        (expected->kind == JSON_NULL || (expected->kind == JSON_OBJECT && expected->child_count == 0));
    if (found == NULL && says_nothing) {
        return true;
    }
    if (expected == NULL || found == NULL || expected->kind != found->kind) {
        return json_differ(d, key, expected, found);
    }
    switch (expected->kind) {
    case JSON_NULL: return true;
    case JSON_BOOLEAN: return expected->truth == found->truth || json_differ(d, key, expected, found);
    case JSON_ARRAY: return json_same_elements(expected, found, key, lenience, d);
    case JSON_OBJECT: return json_same_members(expected, found, lenience, d);
    case JSON_NUMBER:
    case JSON_STRING: break;
    }
    return strcmp(expected->text, found->text) == 0 || json_differ(d, key, expected, found);
}

#endif
