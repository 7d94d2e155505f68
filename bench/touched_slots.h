/** The slots of an account that a block access list names: those that change, then those that are only read. */
#ifndef BENCH_TOUCHED_SLOTS_H
#define BENCH_TOUCHED_SLOTS_H

#include <stddef.h>

#include <weft/block_access_list.h>

static inline size_t touched_slot_count(const weft_account_access *access) {
    return access->changed_slot_count + access->read_slot_count;
}

static inline const weft_u256 *touched_slot(const weft_account_access *access, size_t index) {
    return index < access->changed_slot_count ? &access->changed_slots[index].slot
                                              : &access->read_slots[index - access->changed_slot_count];
}

#endif
