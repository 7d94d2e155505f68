/** Reading consensus objects from RLP so that an error names what it is about: "transaction 3: access list entry 0:
 *  address: a string has the wrong size for its field".
 *
 *  The readers below are those of base/rlp.h with the field's name added. As there, the first violation stays and all
 *  later reads give zeros, so that an object is read straight through and asked once at its end.
 */
#ifndef ENGINE_DECODING_H
#define ENGINE_DECODING_H

#include "base/arena.h"
#include "base/rlp.h"
#include <weft/status.h>

/** Where in a block reading is: the index-th `object`, and in it the part_index-th `part`. */
typedef struct decoding_place {
    const char *object; /* NULL = none */
    size_t index;       /* SIZE_MAX = not one of many */
    const char *part;   /* NULL = the object's own fields */
    size_t part_index;
} decoding_place;

typedef struct decoding {
    arena *memory; /* for arrays; may be NULL when the object has none */
    rlp_error violation;
    decoding_place place; /* kept up to date by the decoder */
    weft_verdict verdict; /* what a violation is called officially; WEFT_VALID = it has no name of its own */
    bool out_of_memory;
    char blamed[128]; /* place and field of the violation, empty so far */
} decoding;

/** Start reading `rlp`. `d` is cleared and must outlive the cursor. */
rlp_cursor decoding_begin(decoding *d, arena *memory, weft_bytes rlp);
/** The outcome. Returns: WEFT_OK, WEFT_DECODE, WEFT_NO_MEMORY. Out: error  may be NULL; set on WEFT_DECODE. */
weft_status decoding_end(const decoding *d, weft_error *error);

uint64_t decode_u64(decoding *d, rlp_cursor *c, const char *field);
weft_u256 decode_u256(decoding *d, rlp_cursor *c, const char *field);
weft_bytes decode_string(decoding *d, rlp_cursor *c, const char *field);
void decode_fixed(decoding *d, rlp_cursor *c, const char *field, uint8_t *out, size_t size);
rlp_cursor decode_list(decoding *d, rlp_cursor *c, const char *field);
/** Number of items left in `c`. */
size_t decode_count(decoding *d, const rlp_cursor *c, const char *field);
/** Demand that the object has been read completely. */
void decode_end(decoding *d, rlp_cursor *c, const char *object);
/** Add a violation of the decoder's own, unless there is one. */
void decode_fail(decoding *d, rlp_cursor *c, const char *field, const char *rule);

/** The same of a violation that has an official name of its own. */
void decode_fail_as(decoding *d, rlp_cursor *c, const char *field, const char *rule, weft_verdict verdict);

/** Memory for one element per item of the list `c`, all zeros.
 *
 *  Returns:  NULL when there is a violation or no memory; decoding_end() tells which.
 *  Out:      count
 *  In:       item_size_min   bytes of the smallest item that can be right: a list that is too short for its count is
 *                            refused before it costs memory.
 */
void *decode_array(decoding *d, rlp_cursor *c, const char *field, size_t element_size, size_t item_size_min,
                   size_t *count);

/** A cursor over `part` of the bytes that `c` walks, with the same origin of positions. */
rlp_cursor decode_within(const rlp_cursor *c, weft_bytes part);

#endif
