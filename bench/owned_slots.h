/** Which of the storage slots that a block accesses belong to somebody: entries of mappings under an address, as Solidity
 *  lays them out, such as a token's balance of a holder or the allowance a holder gave.
 *
 *  Found by trying: every slot number below a limit, every account of the block as the other key of a nested mapping.
 */
#ifndef BENCH_OWNED_SLOTS_H
#define BENCH_OWNED_SLOTS_H

#include <weft/block_access_list.h>

#include "tools/failure.h"

/** mapping[owner], mapping[owner][other] or mapping[other][owner], at `slot` of the contract. */
typedef struct owned_slot {
    weft_address contract;
    weft_bytes32 slot;
    size_t owner; /* index among those asked for */
    bool has_other, is_other_first;
    weft_address other;
    uint8_t mapping; /* the mapping's own slot */
    uint8_t member;  /* of a struct: slots beyond the entry's first */
} owned_slot;

typedef struct owned_slots {
    owned_slot *list;
    size_t count, capacity;
} owned_slots;

/** Returns: WEFT_OK, WEFT_NO_MEMORY. Out: to be freed with owned_slots_free(), also after a failure.
 *  In: accesses   of the block. */
weft_status owned_slots_find(owned_slots *slots, const weft_block_access_list *accesses, const weft_address *owners,
                             size_t owner_count);
void owned_slots_free(owned_slots *slots);

/** Where the same entry of another owner is. In: other   in the place of the entry's other key. */
weft_bytes32 owned_slot_of(const owned_slot *entry, const weft_address *owner, const weft_address *other);

#endif
