#include "engine/decoding.h"

#include <stdio.h>
#include <string.h>

rlp_cursor decoding_begin(decoding *d, arena *memory, weft_bytes rlp) {
    *d = (decoding){.memory = memory};
    return rlp_open(rlp, &d->violation);
}

/* "transaction 3: access list entry 0: ", or as much of it as applies. */
static size_t place_write(char *out, size_t size, const decoding_place *place) {
    size_t used = 0;
    if (place->object != NULL && place->index != SIZE_MAX) {
        used = (size_t)snprintf(out, size, "%s %zu: ", place->object, place->index);
    } else if (place->object != NULL) {
        used = (size_t)snprintf(out, size, "%s: ", place->object);
    }
    if (place->part != NULL && used < size) {
        used += (size_t)snprintf(out + used, size - used, "%s %zu: ", place->part, place->part_index);
    }
    return used < size ? used : size - 1;
}

/* Called after each read: the read that finds the violation gives it its name. */
static void blame(decoding *d, const char *field) {
    if (d->violation.rule != NULL && d->blamed[0] == '\0') {
        size_t used = place_write(d->blamed, sizeof d->blamed, &d->place);
        (void)snprintf(d->blamed + used, sizeof d->blamed - used, "%s", field);
    }
}

weft_status decoding_end(const decoding *d, weft_error *error) {
    if (d->out_of_memory) {
        return WEFT_NO_MEMORY;
    }
    if (d->violation.rule == NULL) {
        return WEFT_OK;
    }
    if (error != NULL) {
        error->verdict = d->verdict != WEFT_VALID ? d->verdict : WEFT_BLOCK_ENCODING;
        error->position = d->violation.position;
        (void)snprintf(error->message, sizeof error->message, "%s: %s", d->blamed, d->violation.rule);
    }
    return WEFT_DECODE;
}

uint64_t decode_u64(decoding *d, rlp_cursor *c, const char *field) {
    uint64_t value = rlp_read_u64(c);
    blame(d, field);
    return value;
}

weft_u256 decode_u256(decoding *d, rlp_cursor *c, const char *field) {
    weft_u256 value = rlp_read_u256(c);
    blame(d, field);
    return value;
}

weft_bytes decode_string(decoding *d, rlp_cursor *c, const char *field) {
    weft_bytes bytes = rlp_read_string(c);
    blame(d, field);
    return bytes;
}

void decode_fixed(decoding *d, rlp_cursor *c, const char *field, uint8_t *out, size_t size) {
    rlp_read_fixed(c, out, size);
    if (!rlp_ok(c)) {
        char sized[48];
        (void)snprintf(sized, sizeof sized, "%s (%zu bytes)", field, size);
        blame(d, sized);
    }
}

rlp_cursor decode_list(decoding *d, rlp_cursor *c, const char *field) {
    rlp_cursor list = rlp_read_list(c);
    blame(d, field);
    return list;
}

size_t decode_count(decoding *d, const rlp_cursor *c, const char *field) {
    size_t count = rlp_count(c);
    blame(d, field);
    return count;
}

void decode_end(decoding *d, rlp_cursor *c, const char *object) {
    rlp_expect_end(c);
    blame(d, object);
}

void decode_fail(decoding *d, rlp_cursor *c, const char *field, const char *rule) {
    rlp_fail(c, rule);
    blame(d, field);
}

void decode_fail_as(decoding *d, rlp_cursor *c, const char *field, const char *rule, weft_verdict verdict) {
    if (d->violation.rule == NULL) {
        d->verdict = verdict;
    }
    decode_fail(d, c, field, rule);
}

void *decode_array(decoding *d, rlp_cursor *c, const char *field, size_t element_size, size_t item_size_min,
                   size_t *count) {
    *count = 0;
    size_t items = decode_count(d, c, field);
    if (items > (size_t)(c->end - c->next) / item_size_min) {
        decode_fail(d, c, field, "items are shorter than any valid one");
    }
    if (!rlp_ok(c)) {
        return NULL;
    }
    void *array = arena_alloc_array(d->memory, items, element_size);
    if (array == NULL) {
        d->out_of_memory = true;
        return NULL;
    }
    memset(array, 0, items * element_size);
    *count = items;
    return array;
}

rlp_cursor decode_within(const rlp_cursor *c, weft_bytes part) {
    const uint8_t *start = part.size != 0 ? part.data : c->next;
    return (rlp_cursor){start, start + part.size, c->origin, c->error};
}
