#include "engine/bal_builder.h"

#include "base/bytes.h"
#include <stdlib.h>

enum { RECORDS_MIN = 256 };

/* What an account or a slot held after a step that loaded it. */
typedef struct bal_record {
    weft_address address;
    bool is_slot;
    uint32_t index;
    size_t sequence; /* of two records of one step the later one counts */
    mv_cell *cell;   /* its base is what was there before the block */
    weft_u256 slot;  /* of a slot: key */
    weft_u256 value; /* of a slot: value; of an account: balance */
    uint64_t nonce;
    const code *code;
    bool exists; /* of an account */
} bal_record;

void bal_builder_begin(bal_builder *builder, arena *memory, const fork_rules *rules) {
    *builder = (bal_builder){.memory = memory, .tells_existence = !rules->has_state_clearing};
}

/* --- Recording */

static bal_record *append(bal_builder *builder) {
    if (builder->count == builder->capacity) {
        size_t capacity = builder->capacity == 0 ? RECORDS_MIN : 2 * builder->capacity;
        bal_record *larger = arena_alloc_array(builder->memory, capacity, sizeof *larger);
        if (larger == NULL) {
            builder->out_of_memory = true;
            return NULL;
        }
        if (builder->count > 0) {
            memcpy(larger, builder->records, builder->count * sizeof *larger);
        }
        builder->records = larger;
        builder->capacity = capacity;
    }
    bal_record *record = &builder->records[builder->count];
    *record = (bal_record){.sequence = builder->count++};
    return record;
}

static void record_account(bal_builder *builder, uint32_t index, const weft_address *address, mv_cell *cell) {
    bal_record *record = append(builder);
    if (record != NULL) {
        const weft_u256 *lanes = mv_cell_accepted(cell);
        record->address = *address;
        record->index = index;
        record->cell = cell;
        record->value = lanes[LANE_BALANCE];
        record->nonce = lanes[LANE_NONCE].limb[0];
        record->code = lane_code(&lanes[LANE_CODE]);
        record->exists = lanes[LANE_LIFE].limb[0] != 0;
    }
}

static void record_slot(bal_builder *builder, uint32_t index, const tx_slot *slot) {
    bal_record *record = append(builder);
    if (record != NULL) {
        bool is_alive = slot->epoch == slot->account->now.epoch;
        record->address = slot->account->address;
        record->is_slot = true;
        record->index = index;
        record->cell = slot->cell;
        record->slot = slot->key;
        record->value = is_alive ? *mv_cell_accepted(slot->cell) : u256_from_u64(0);
    }
}

void bal_builder_add(bal_builder *builder, uint32_t index, const tx_outcome *outcome, const weft_address *coinbase,
                     mv_cell *coinbase_cell) {
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        if (a->cell != NULL) {
            record_account(builder, index, &a->address, a->cell);
        }
    }
    for (const tx_slot *s = outcome->slots; s != NULL; s = s->next) {
        if (s->cell != NULL) {
            record_slot(builder, index, s);
        }
    }
    if (coinbase_cell != NULL) {
        record_account(builder, index, coinbase, coinbase_cell);
    }
}

/* --- The list: records by account, the account's own before its slots', each by step */

static int compare_numbers(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

static int record_compare(const void *left, const void *right) {
    const bal_record *a = left, *b = right;
    int order = address_compare(&a->address, &b->address);
    if (order == 0) {
        order = compare_numbers(a->is_slot, b->is_slot);
    }
    for (size_t i = 4; i > 0 && order == 0; i--) {
        order = compare_numbers(a->slot.limb[i - 1], b->slot.limb[i - 1]);
    }
    if (order == 0) {
        order = compare_numbers(a->index, b->index);
    }
    return order != 0 ? order : compare_numbers(a->sequence, b->sequence);
}

/* Room for as many changes as there are records, handed out from the front. */
typedef struct bal_room {
    weft_account_access *account;
    weft_slot_access *slot;
    weft_u256 *read;
    weft_value_change *value;
    weft_code_change *code;
} bal_room;

static bool make_room(bal_builder *builder, bal_room *room) {
    size_t count = builder->count + 1;
    room->account = arena_alloc_array(builder->memory, count, sizeof *room->account);
    room->slot = arena_alloc_array(builder->memory, count, sizeof *room->slot);
    room->read = arena_alloc_array(builder->memory, count, sizeof *room->read);
    room->value = arena_alloc_array(builder->memory, 2 * count, sizeof *room->value);
    room->code = arena_alloc_array(builder->memory, count, sizeof *room->code);
    return room->account != NULL && room->slot != NULL && room->read != NULL && room->value != NULL &&
           room->code != NULL;
}

/* Whether a later record of the same step and the same account or slot counts instead. */
static bool is_superseded(const bal_record *record, const bal_record *end) {
    return record + 1 < end && record[1].index == record->index;
}

static const weft_value_change *list_values(bal_room *room, const bal_record *first, const bal_record *end,
                                            size_t *count) {
    const weft_value_change *changes = room->value;
    weft_u256 last = mv_cell_base(first->cell)[0];
    for (const bal_record *r = first; r < end; r++) {
        if (!is_superseded(r, end) && !u256_equal(&r->value, &last)) {
            *room->value++ = (weft_value_change){r->index, r->value};
            last = r->value;
        }
    }
    *count = (size_t)(room->value - changes);
    return changes;
}

/* Where existence is told, an account that begins to exist has a balance, be it the one it had. */
static const weft_value_change *list_balances(bal_room *room, const bal_record *first, const bal_record *end,
                                              bool tells_existence, size_t *count) {
    const weft_value_change *changes = room->value;
    weft_u256 last = mv_cell_base(first->cell)[LANE_BALANCE];
    bool existed = mv_cell_base(first->cell)[LANE_LIFE].limb[0] != 0;
    for (const bal_record *r = first; r < end; r++) {
        if (is_superseded(r, end)) {
            continue;
        }
        if (!u256_equal(&r->value, &last) || (tells_existence && r->exists && !existed)) {
            *room->value++ = (weft_value_change){r->index, r->value};
            last = r->value;
        }
        existed = r->exists;
    }
    *count = (size_t)(room->value - changes);
    return changes;
}

static const weft_value_change *list_nonces(bal_room *room, const bal_record *first, const bal_record *end,
                                            size_t *count) {
    const weft_value_change *changes = room->value;
    uint64_t last = mv_cell_base(first->cell)[LANE_NONCE].limb[0];
    for (const bal_record *r = first; r < end; r++) {
        if (!is_superseded(r, end) && r->nonce != last) {
            *room->value++ = (weft_value_change){r->index, u256_from_u64(r->nonce)};
            last = r->nonce;
        }
    }
    *count = (size_t)(room->value - changes);
    return changes;
}

static const weft_code_change *list_codes(bal_room *room, const bal_record *first, const bal_record *end,
                                          size_t *count) {
    const weft_code_change *changes = room->code;
    const code *last = lane_code(&mv_cell_base(first->cell)[LANE_CODE]);
    for (const bal_record *r = first; r < end; r++) {
        if (!is_superseded(r, end) && r->code != last) {
            *room->code++ = (weft_code_change){r->index, {r->code->bytes, r->code->size}};
            last = r->code;
        }
    }
    *count = (size_t)(room->code - changes);
    return changes;
}

static const bal_record *end_of_slot(const bal_record *r, const bal_record *end) {
    const bal_record *next = r;
    while (next < end && next->is_slot && u256_equal(&next->slot, &r->slot)) {
        next++;
    }
    return next;
}

static void list_slots(bal_room *room, weft_account_access *account, const bal_record *first, const bal_record *end) {
    account->changed_slots = room->slot;
    account->read_slots = room->read;
    for (const bal_record *next; first < end; first = next) {
        next = end_of_slot(first, end);
        weft_slot_access slot = {.slot = first->slot};
        slot.changes = list_values(room, first, next, &slot.change_count);
        if (slot.change_count > 0) {
            *room->slot++ = slot;
        } else {
            *room->read++ = first->slot;
        }
    }
    account->changed_slot_count = (size_t)(room->slot - account->changed_slots);
    account->read_slot_count = (size_t)(room->read - account->read_slots);
}

/* Records of slots come with one of their account: a slot is reached through it. */
static const bal_record *list_account(bal_room *room, const bal_record *first, const bal_record *end,
                                      bool tells_existence) {
    const bal_record *slots = first, *next;
    while (slots < end && !slots->is_slot && address_equal(&slots->address, &first->address)) {
        slots++;
    }
    for (next = slots; next < end && address_equal(&next->address, &first->address);) {
        next++;
    }
    weft_account_access account = {.address = first->address};
    if (slots > first) {
        account.balances = list_balances(room, first, slots, tells_existence, &account.balance_count);
        account.nonces = list_nonces(room, first, slots, &account.nonce_count);
        account.codes = list_codes(room, first, slots, &account.code_count);
    }
    list_slots(room, &account, slots, next);
    *room->account++ = account;
    return next;
}

weft_status bal_builder_finish(bal_builder *builder, weft_block_access_list *list) {
    bal_room room;
    if (builder->out_of_memory || !make_room(builder, &room)) {
        return WEFT_NO_MEMORY;
    }
    const bal_record *end = builder->records;
    if (builder->count > 0) { /* otherwise there may be no array to point into */
        qsort(builder->records, builder->count, sizeof *builder->records, record_compare);
        end += builder->count;
    }
    list->accounts = room.account;
    for (const bal_record *r = builder->records; r < end;) {
        r = list_account(&room, r, end, builder->tells_existence);
    }
    list->account_count = (size_t)(room.account - list->accounts);
    return WEFT_OK;
}
