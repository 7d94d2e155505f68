/** One account as a memory state holds it: fields, the storage slots it knows, and its place in the state trie.
 *
 *  A slot that was set to zero stays as a zero cell until the state trie has forgotten it too; above a base it stays
 *  for good, since it says that the base's value is gone.
 */
#ifndef STATE_ACCOUNT_RECORD_H
#define STATE_ACCOUNT_RECORD_H

#include "base/arena.h"
#include "base/map.h"
#include "state/mpt.h"

#include <weft/state_view.h>

typedef struct storage_cell {
    weft_u256 value;
    bool is_dirty; /* listed in dirty_slots */
} storage_cell;

typedef struct account_record {
    weft_address address;
    weft_account account;
    bool hides_base_storage; /* slots without a cell are zero, whatever the base has */
    map cells;               /* weft_bytes32 slot -> storage_cell */
    size_t nonzero_count;    /* of cells */

    /* What the state trie does not know yet; kept only in a state without base. */
    bool is_dirty; /* in the state's list of dirty records */
    struct account_record *next_dirty;
    weft_bytes32 *dirty_slots;
    size_t dirty_count, dirty_capacity;

    weft_bytes32 hashed_address;
    mpt storage_trie;
} account_record;

/** Returns: a record of `account` without slots, NULL when out of memory. */
account_record *account_record_create(const weft_address *address, const weft_account *account, uint64_t seed);
/** NULL is allowed. */
void account_record_free(account_record *record);

/** Make room so that `count` further account_record_set() calls cannot fail.
 *  Returns: false when out of memory (nothing changed). */
bool account_record_reserve(account_record *record, size_t count, bool tracks_dirty);
/** Set a slot; room for it was reserved. */
void account_record_set(account_record *record, const weft_bytes32 *slot, const weft_u256 *value, bool tracks_dirty);
/** Forget all slots, and hide those of the base. */
void account_record_clear_storage(account_record *record);

/** Bring the storage trie up to date and write the account's body for the state trie.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY (may be repeated).
 *  Out:     body   ACCOUNT_BODY_SIZE_MAX bytes; *size of them are used. */
WEFT_MUST_USE weft_status account_record_body(account_record *record, uint8_t *body, size_t *size, arena *scratch);

#endif
