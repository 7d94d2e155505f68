/* A tree built from yajl's events.
 *
 * yajl checks the grammar; what is added here is a bound on depth (recursion-free readers still walk the tree) and on
 * nothing else: the text itself was bounded when it was read. All nodes and texts of a document are cut from chunks
 * that are freed together.
 */
#include "tools/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yajl/yajl_parse.h>

#include "tools/hex.h"
#include "tools/number.h"

enum { DEPTH_MAX = 64, CHUNK_SIZE = 1 << 16 };

typedef struct json_chunk {
    struct json_chunk *next;
    size_t used, capacity;
    _Alignas(max_align_t) uint8_t bytes[];
} json_chunk;

/* --- Memory */

void *json_allocate(json_document *document, size_t size) {
    json_chunk *chunk = document->chunks;
    size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (chunk == NULL || chunk->capacity - chunk->used < size) {
        size_t capacity = size > CHUNK_SIZE ? size : CHUNK_SIZE;
        chunk = malloc(sizeof *chunk + capacity);
        if (chunk == NULL) {
            failure_set(document->failure, WEFT_NO_MEMORY, "%s: %s", document->name,
                        weft_status_message(WEFT_NO_MEMORY));
            return NULL;
        }
        *chunk = (json_chunk){.next = document->chunks, .capacity = capacity};
        document->chunks = chunk;
    }
    void *memory = chunk->bytes + chunk->used;
    chunk->used += size;
    return memory;
}

void json_free(json_document *document) {
    while (document->chunks != NULL) {
        json_chunk *next = document->chunks->next;
        free(document->chunks);
        document->chunks = next;
    }
    file_free(&document->owned);
    document->root = NULL;
}

/* --- Building */

typedef struct builder {
    json_document *document;
    yajl_handle parser;
    json_value *root;
    json_value *open[DEPTH_MAX]; /* arrays and objects that are not closed yet */
    size_t depth;
    const char *key; /* of the member whose value comes next */
    size_t key_size;
} builder;

static const char *builder_copy(builder *b, const char *text, size_t size) {
    char *copy = json_allocate(b->document, size + 1);
    if (copy != NULL) {
        if (size > 0) {
            memcpy(copy, text, size);
        }
        copy[size] = '\0';
    }
    return copy;
}

static json_value *builder_add(builder *b, json_kind kind) {
    json_value *value = json_allocate(b->document, sizeof *value);
    if (value == NULL) {
        return NULL;
    }
    *value = (json_value){
        .kind = kind, .key = b->key, .key_size = b->key_size, .position = yajl_get_bytes_consumed(b->parser)};
    b->key = NULL;
    b->key_size = 0;
    if (b->depth == 0) {
        b->root = value;
        return value;
    }
    json_value *parent = b->open[b->depth - 1];
    if (parent->last != NULL) {
        parent->last->next = value;
    } else {
        parent->first = value;
    }
    parent->last = value;
    parent->child_count++;
    return value;
}

static int on_null(void *context) {
    return builder_add(context, JSON_NULL) != NULL;
}

static int on_boolean(void *context, int truth) {
    json_value *value = builder_add(context, JSON_BOOLEAN);
    if (value != NULL) {
        value->truth = truth != 0;
    }
    return value != NULL;
}

static int builder_add_text(builder *b, json_kind kind, const char *text, size_t size) {
    json_value *value = builder_add(b, kind);
    if (value != NULL) {
        value->text = builder_copy(b, text, size);
        value->size = size;
    }
    return value != NULL && value->text != NULL;
}

static int on_number(void *context, const char *text, size_t size) {
    return builder_add_text(context, JSON_NUMBER, text, size);
}

static int on_string(void *context, const unsigned char *text, size_t size) {
    return builder_add_text(context, JSON_STRING, (const char *)text, size);
}

static int on_key(void *context, const unsigned char *text, size_t size) {
    builder *b = context;
    b->key = builder_copy(b, (const char *)text, size);
    b->key_size = size;
    return b->key != NULL;
}

static int builder_open(builder *b, json_kind kind) {
    json_value *value = builder_add(b, kind);
    if (value == NULL) {
        return 0;
    }
    if (b->depth == DEPTH_MAX) {
        return json_refuse(b->document, value, "nested deeper than %d levels", DEPTH_MAX);
    }
    b->open[b->depth++] = value;
    return 1;
}

static int on_object(void *context) {
    return builder_open(context, JSON_OBJECT);
}

static int on_array(void *context) {
    return builder_open(context, JSON_ARRAY);
}

static int on_close(void *context) {
    ((builder *)context)->depth--;
    return 1;
}

static size_t line_at(const json_document *document, size_t position) {
    size_t line = 1;
    for (size_t i = 0; i < position && i < document->size; i++) {
        line += document->text[i] == '\n';
    }
    return line;
}

static void explain_grammar(json_document *document, yajl_handle parser, size_t position) {
    unsigned char *words = yajl_get_error(parser, 0, NULL, 0);
    char rule[128] = "not JSON";
    if (words != NULL) {
        (void)snprintf(rule, sizeof rule, "%s", (const char *)words);
        rule[strcspn(rule, "\n")] = '\0';
        yajl_free_error(parser, words);
    }
    failure_set(document->failure, WEFT_DECODE, "%s:%zu (byte %zu): %s", document->name, line_at(document, position),
                position, rule);
}

weft_status json_parse(json_document *document, const char *name, const char *text, size_t size, failure *f) {
    static const yajl_callbacks callbacks = {.yajl_null = on_null,
                                             .yajl_boolean = on_boolean,
                                             .yajl_number = on_number,
                                             .yajl_string = on_string,
                                             .yajl_start_map = on_object,
                                             .yajl_map_key = on_key,
                                             .yajl_end_map = on_close,
                                             .yajl_start_array = on_array,
                                             .yajl_end_array = on_close};
    *document = (json_document){.name = name, .text = text, .size = size, .failure = f};
    builder b = {.document = document};
    b.parser = yajl_alloc(&callbacks, NULL, &b);
    if (b.parser == NULL) {
        return failure_set(f, WEFT_NO_MEMORY, "%s: %s", name, weft_status_message(WEFT_NO_MEMORY));
    }
    yajl_config(b.parser, yajl_dont_validate_strings, 1); /* only ASCII means anything to the readers */
    yajl_status status = yajl_parse(b.parser, (const unsigned char *)text, size);
    size_t position = yajl_get_bytes_consumed(b.parser);
    if (status == yajl_status_ok) {
        status = yajl_complete_parse(b.parser);
    }
    if (status == yajl_status_error || (status == yajl_status_ok && b.root == NULL)) {
        explain_grammar(document, b.parser, position);
        status = yajl_status_error;
    }
    yajl_free(b.parser);
    document->root = b.root;
    if (status != yajl_status_ok) {
        json_free(document);
        return f->status;
    }
    return WEFT_OK;
}

weft_status json_load(json_document *document, const char *path, failure *f) {
    file_bytes bytes;
    weft_status status = file_read(&bytes, path, f);
    if (status != WEFT_OK) {
        *document = (json_document){0};
        return status;
    }
    status = json_parse(document, path, bytes.data, bytes.size, f);
    if (status == WEFT_OK) {
        document->owned = bytes;
    } else {
        file_free(&bytes);
    }
    return status;
}

/* --- Walking */

const json_value *json_get(const json_value *object, const char *key) {
    const json_value *found = NULL;
    if (object != NULL && object->kind == JSON_OBJECT) {
        for (const json_value *v = object->first; v != NULL; v = v->next) {
            if (strcasecmp(v->key, key) == 0) {
                found = v;
            }
        }
    }
    return found != NULL && found->kind != JSON_NULL ? found : NULL;
}

const json_value *json_first(const json_value *value) {
    return value != NULL ? value->first : NULL;
}

bool json_refuse(const json_document *document, const json_value *value, const char *format, ...) {
    char rule[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(rule, sizeof rule, format, arguments);
    va_end(arguments);
    size_t position = value != NULL ? value->position : 0;
    const char *key = value != NULL && value->key != NULL ? value->key : "";
    failure_set(document->failure, WEFT_DECODE, "%s:%zu (byte %zu): %.80s%s%s", document->name,
                line_at(document, position), position, key, *key != '\0' ? ": " : "", rule);
    return false;
}

bool json_fail(const json_document *document, weft_status status) {
    failure_set(document->failure, status, "%s: %s", document->name, weft_status_message(status));
    return false;
}

bool json_expect(const json_document *document, const json_value *value, json_kind kind, const char *what) {
    static const char *const names[] = {"null", "a boolean", "a number", "a string", "an array", "an object"};
    if (value == NULL) {
        return json_refuse(document, document->root, "%s is missing", what);
    }
    return value->kind == kind || json_refuse(document, value, "%s must be %s", what, names[kind]);
}

/* --- Reading values */

bool json_value_u256(const json_document *document, const json_value *value, weft_u256 *out) {
    bool is_text = value->kind == JSON_NUMBER || value->kind == JSON_STRING;
    weft_u256 number;
    if (!is_text || !hex_parse_number(&number, value->text, value->size)) {
        return json_refuse(document, value, "must be a number below 2^256, decimal or 0x-hex");
    }
    *out = number;
    return true;
}

bool json_value_u64(const json_document *document, const json_value *value, uint64_t *out) {
    weft_u256 wide = {{0}};
    if (!json_value_u256(document, value, &wide)) {
        return false;
    }
    if (!number_fits(&wide, UINT64_MAX)) {
        return json_refuse(document, value, "must be below 2^64");
    }
    *out = wide.limb[0];
    return true;
}

bool json_value_exact(const json_document *document, const json_value *value, uint8_t *out, size_t byte_count) {
    return (value->kind == JSON_STRING && hex_decode_exact(out, byte_count, value->text, value->size)) ||
           json_refuse(document, value, "must be %zu bytes in hex", byte_count);
}

bool json_value_padded32(const json_document *document, const json_value *value, weft_bytes32 *out) {
    return (value->kind == JSON_STRING && hex_decode_padded(out->bytes, 32, value->text, value->size)) ||
           json_refuse(document, value, "must be at most 32 bytes in hex");
}

bool json_value_bytes(json_document *document, const json_value *value, weft_bytes *out) {
    if (value->kind != JSON_STRING) {
        return json_refuse(document, value, "must be bytes in hex");
    }
    size_t digit_count = value->size;
    const char *digits = hex_skip_prefix(value->text, &digit_count);
    uint8_t *bytes = json_allocate(document, digit_count / 2 + 1);
    if (bytes == NULL) {
        return false;
    }
    if (!hex_decode(bytes, digits, digit_count)) {
        return json_refuse(document, value, "must be bytes in hex, two digits each");
    }
    *out = (weft_bytes){bytes, digit_count / 2};
    return true;
}

bool json_u256(const json_document *document, const json_value *object, const char *key, weft_u256 *out) {
    const json_value *value = json_get(object, key);
    return value == NULL || json_value_u256(document, value, out);
}

bool json_u64(const json_document *document, const json_value *object, const char *key, uint64_t *out) {
    const json_value *value = json_get(object, key);
    return value == NULL || json_value_u64(document, value, out);
}

bool json_address(const json_document *document, const json_value *object, const char *key, weft_address *out) {
    const json_value *value = json_get(object, key);
    return value == NULL || json_value_exact(document, value, out->bytes, sizeof out->bytes);
}

bool json_bytes32(const json_document *document, const json_value *object, const char *key, weft_bytes32 *out) {
    const json_value *value = json_get(object, key);
    return value == NULL || json_value_exact(document, value, out->bytes, sizeof out->bytes);
}

bool json_bytes(json_document *document, const json_value *object, const char *key, weft_bytes *out) {
    const json_value *value = json_get(object, key);
    return value == NULL || json_value_bytes(document, value, out);
}

bool json_boolean(const json_document *document, const json_value *object, const char *key, bool *out) {
    const json_value *value = json_get(object, key);
    if (value != NULL && value->kind != JSON_BOOLEAN) {
        return json_refuse(document, value, "must be true or false");
    }
    *out = value != NULL ? value->truth : *out;
    return true;
}

bool json_key_address(const json_document *document, const json_value *member, weft_address *out) {
    return (member->key != NULL && hex_decode_exact(out->bytes, sizeof out->bytes, member->key, member->key_size)) ||
           json_refuse(document, member, "the key must be an address, 20 bytes in hex");
}

bool json_key_padded32(const json_document *document, const json_value *member, weft_bytes32 *out) {
    return (member->key != NULL && hex_decode_padded(out->bytes, sizeof out->bytes, member->key, member->key_size)) ||
           json_refuse(document, member, "the key must be at most 32 bytes in hex");
}
