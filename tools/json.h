/** JSON texts as trees that are read and never changed.
 *
 *  Numbers keep their text: Ethereum's do not fit a double. Keys are compared without regard to case, as geth and
 *  Besu compare them; of two equal keys the last one counts. Every text that a value holds is terminated.
 *
 *  The readers leave their output as it is when the key is absent or null, so a default is what was there before.
 *  They return false when the value is there but wrong, or memory ran out: the document's `failure` then says file,
 *  line, byte, key and rule.
 */
#ifndef TOOLS_JSON_H
#define TOOLS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weft/types.h>

#include "tools/failure.h"
#include "tools/file.h"

typedef enum json_kind { JSON_NULL, JSON_BOOLEAN, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } json_kind;

typedef struct json_value {
    json_kind kind;
    bool truth;         /* of a boolean */
    const char *text;   /* of a string or number */
    size_t size;        /* of the text, bytes */
    const char *key;    /* a member of an object has one, else NULL */
    size_t key_size;    /* bytes */
    size_t position;    /* byte offset in the document, behind the value or its first character */
    size_t child_count; /* of an array or object */
    struct json_value *first;
    struct json_value *last;
    struct json_value *next; /* sibling */
} json_value;

typedef struct json_document {
    const char *name; /* of the file, for messages; borrowed */
    const char *text; /* what was parsed, to count lines in; borrowed, or `owned` */
    size_t size;
    const json_value *root;
    failure *failure;
    file_bytes owned;
    struct json_chunk *chunks;
} json_document;

/** Parse `text`. Returns: WEFT_OK, WEFT_DECODE, WEFT_NO_MEMORY; but for WEFT_OK there is nothing to free.
 *  Lifetime: name, text and failure are borrowed until json_free(). */
weft_status json_parse(json_document *document, const char *name, const char *text, size_t size, failure *f);
/** Parse the file `path`, which must outlive the document. Returns: the same, and what file_read() does. */
weft_status json_load(json_document *document, const char *path, failure *f);
void json_free(json_document *document);

/** The member of an object, NULL if it is absent, null, or `object` is not an object (NULL is allowed). */
const json_value *json_get(const json_value *object, const char *key);

/** for (...; v = v->next): the children of an array or object; NULL if there are none. */
const json_value *json_first(const json_value *value);

/** Memory that lives as long as the document; NULL when there is none left (the failure is set). */
void *json_allocate(json_document *document, size_t size);

/** Set the failure to "file:line (byte n): `key`: rule". Returns: false. */
bool json_refuse(const json_document *document, const json_value *value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Set the failure to "file: what `status` means". Returns: false. */
bool json_fail(const json_document *document, weft_status status);

/* --- Reading a value. */

/** Decimal number, or string with decimal or 0x-hex digits. */
bool json_value_u256(const json_document *document, const json_value *value, weft_u256 *out);
bool json_value_u64(const json_document *document, const json_value *value, uint64_t *out);
/** Exactly as many bytes, with or without 0x. */
bool json_value_exact(const json_document *document, const json_value *value, uint8_t *out, size_t byte_count);
/** At most 32 bytes, zeros added on the left. */
bool json_value_padded32(const json_document *document, const json_value *value, weft_bytes32 *out);
/** Any number of bytes; they live in the document. */
bool json_value_bytes(json_document *document, const json_value *value, weft_bytes *out);

/* --- The same of the member `key`. */

bool json_u256(const json_document *document, const json_value *object, const char *key, weft_u256 *out);
bool json_u64(const json_document *document, const json_value *object, const char *key, uint64_t *out);
bool json_address(const json_document *document, const json_value *object, const char *key, weft_address *out);
bool json_bytes32(const json_document *document, const json_value *object, const char *key, weft_bytes32 *out);
bool json_bytes(json_document *document, const json_value *object, const char *key, weft_bytes *out);
bool json_boolean(const json_document *document, const json_value *object, const char *key, bool *out);

/** Keys that are themselves bytes, such as the addresses of a state. */
bool json_key_address(const json_document *document, const json_value *member, weft_address *out);
bool json_key_padded32(const json_document *document, const json_value *member, weft_bytes32 *out);

/** Whether `value` is of this kind; if not, the failure names it by `what`. */
bool json_expect(const json_document *document, const json_value *value, json_kind kind, const char *what);

#endif
