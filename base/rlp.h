/** Recursive Length Prefix encoding (Yellow Paper appendix B), strict both ways.
 *
 *  Reading: a cursor walks a borrowed buffer. The first violation of canonical form is remembered with its position and
 *  rule, and every later read on the cursor fails too, so a decoder may read a whole structure and check once.
 *  Refused: lengths with leading zeros, long forms of short lengths, a single byte < 0x80 with a prefix, items that
 *  run past their list, integers with leading zeros or wider than their field, trailing bytes.
 *
 *  Writing: sizes first, then bytes, into memory the caller sized with the rlp_size_* functions.
 */
#ifndef BASE_RLP_H
#define BASE_RLP_H

#include <weft/types.h>

typedef struct rlp_error {
    size_t position;  /* from the start of the outermost buffer */
    const char *rule; /* what is broken; a constant string; NULL = no error so far */
} rlp_error;

typedef struct rlp_cursor {
    const uint8_t *next; /* first unread byte */
    const uint8_t *end;
    const uint8_t *origin; /* positions are counted from here */
    rlp_error *error;      /* shared by a cursor and its children */
} rlp_cursor;

/** A cursor over `bytes`; `error` must outlive it and is cleared. */
rlp_cursor rlp_open(weft_bytes bytes, rlp_error *error);

/** Whether everything was read (also true after an error, so that loops end). */
bool rlp_at_end(const rlp_cursor *c);
/** Whether the next item is a list; false at the end. */
bool rlp_next_is_list(const rlp_cursor *c);
/** Number of items left in this cursor, without reading them; 0 and an error when they are malformed. */
size_t rlp_count(const rlp_cursor *c);

/** Read the next item. On an error they return zero / empty and remember the error. */
rlp_cursor rlp_read_list(rlp_cursor *c);
weft_bytes rlp_read_string(rlp_cursor *c);
uint64_t rlp_read_u64(rlp_cursor *c);
weft_u256 rlp_read_u256(rlp_cursor *c);
/** A string of exactly `size` bytes, copied to `out`. */
void rlp_read_fixed(rlp_cursor *c, uint8_t *out, size_t size);
/** The next item whole, header included, be it list or string. */
weft_bytes rlp_read_raw(rlp_cursor *c);

/** Demand that nothing is left. */
void rlp_expect_end(rlp_cursor *c);
/** Remember a violation found by the caller, at the position of the last byte read. Keeps an earlier one. */
void rlp_fail(rlp_cursor *c, const char *rule);
bool rlp_ok(const rlp_cursor *c);

/** Size of a string item / list item with this payload, header included. */
size_t rlp_size_string(weft_bytes bytes);
size_t rlp_size_list(size_t payload_size);
size_t rlp_size_u64(uint64_t value);
size_t rlp_size_u256(const weft_u256 *value);

/** Append one item at `out`. Returns: the byte after it. */
uint8_t *rlp_write_string(uint8_t *out, weft_bytes bytes);
uint8_t *rlp_write_list_header(uint8_t *out, size_t payload_size);
uint8_t *rlp_write_u64(uint8_t *out, uint64_t value);
uint8_t *rlp_write_u256(uint8_t *out, const weft_u256 *value);

#endif
