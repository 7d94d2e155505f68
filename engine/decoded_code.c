#include "engine/decoded_code.h"

#include "base/assert.h"
#include "engine/decoded_handlers.h"
#include "engine/opcodes.h"

#include <stdlib.h>

enum {
    UNITS_PER_BYTE = 3, /* at most: an outward routine and the next head */
    UNITS_BESIDES = 16,
    BLOCK_GAS_MAX = 1 << 23,
    JUMPDEST_UNITS = DECODED_HEAD_UNITS + 1, /* of one that another follows: its head and a GO */
    CONSTANTS_MAX = 8,
    OPERAND_MAX = (1 << 23) - 1,
    SINCE_NEVER = 255
};

/* --- The opcodes */

typedef struct opcode_row {
    bool is_defined;
    uint8_t since, pops, pushes;
    uint16_t gas;
} opcode_row;

#define ROW(argument, value, name, fork, gas, pops, pushes) [value] = {true, WEFT_##fork, pops, pushes, gas},
static const opcode_row rows[256] = {OPCODES(ROW, unused)};

#define OUTWARD(name, routine) [OPCODE_##name] = true,
static const bool is_outward[256] = {OUTWARD_ROUTINES(OUTWARD)};

/* The handler of each opcode by itself, and in the forms that it has; 0 where it has none. */
#define PLAIN(name, expression) [OPCODE_##name] = DECODED_##name,
#define PLAIN_ALONE(name) [OPCODE_##name] = DECODED_##name,
static const uint8_t plain[256] = {COMPUTATIONS_OF_NONE(PLAIN) COMPUTATIONS_OF_ONE(PLAIN) COMPUTATIONS_OF_TWO(
    PLAIN) COMPUTATIONS_OF_THREE(PLAIN) ROUTINES(PLAIN) OUTWARD_ROUTINES(PLAIN) DECODED_OPCODES(PLAIN_ALONE)};

#define CONSTANT(name, expression) [OPCODE_##name] = DECODED_CONSTANT_##name,
static const uint8_t with_constant[256] = {
    COMPUTATIONS_OF_TWO(CONSTANT)[OPCODE_MLOAD] = DECODED_CONSTANT_MLOAD, [OPCODE_MSTORE] = DECODED_CONSTANT_MSTORE,
    [OPCODE_CALLDATALOAD] = DECODED_CONSTANT_CALLDATALOAD};

#define WIDE(name, expression) [OPCODE_##name] = DECODED_WIDE_##name,
static const uint8_t with_wide[256] = {COMPUTATIONS_OF_TWO(WIDE)};

#define SECOND(name, expression) [OPCODE_##name] = DECODED_SECOND_##name,
static const uint8_t with_second[256] = {COMPUTATIONS_OF_TWO(SECOND)};

#define COPY(name, expression) [OPCODE_##name] = DECODED_COPY_##name,
static const uint8_t with_copy[256] = {
    COMPUTATIONS_OF_TWO(COPY)[OPCODE_MLOAD] = DECODED_COPY_MLOAD, [OPCODE_MSTORE] = DECODED_COPY_MSTORE};

#define SWAPPED(name, expression) [OPCODE_##name] = DECODED_SWAPPED_##name,
static const uint8_t swapped[256] = {COMPUTATIONS_OF_TWO(SWAPPED)[OPCODE_MSTORE] = DECODED_SWAPPED_MSTORE};

#define IF(name, expression) [OPCODE_##name] = DECODED_IF_##name,
static const uint8_t jump_if[256] = {DECODED_CONDITIONS(IF)[OPCODE_ISZERO] = DECODED_JUMP_IF_ISZERO};

#define UNLESS(name, expression) [OPCODE_##name] = DECODED_UNLESS_##name,
static const uint8_t jump_unless[256] = {DECODED_CONDITIONS(UNLESS)[OPCODE_ISZERO] = DECODED_JUMP_TO_IF};

static bool is_commutative(uint8_t opcode) {
    return opcode == OPCODE_ADD || opcode == OPCODE_MUL || opcode == OPCODE_AND || opcode == OPCODE_OR ||
           opcode == OPCODE_XOR || opcode == OPCODE_EQ;
}

static bool is_push(uint8_t opcode) {
    return opcode >= OPCODE_PUSH0 && opcode <= OPCODE_PUSH32;
}

static bool is_dup(uint8_t opcode) {
    return opcode >= OPCODE_DUP1 && opcode <= OPCODE_DUP16;
}

static bool is_swap(uint8_t opcode) {
    return opcode >= OPCODE_SWAP1 && opcode <= OPCODE_SWAP16;
}

/* Those with their operand in the code (EIP-8024). */
static bool is_deep(uint8_t opcode) {
    return opcode >= OPCODE_DUPN && opcode <= OPCODE_EXCHANGE;
}

static bool ends_code(uint8_t opcode) {
    return opcode == OPCODE_STOP || opcode == OPCODE_RETURN || opcode == OPCODE_REVERT ||
           opcode == OPCODE_SELFDESTRUCT || opcode == OPCODE_JUMP;
}

/* --- Decoders */

/* What an entry was made of, for those that follow to be fused with it. */
typedef struct origin {
    uint8_t opcode;
    bool is_plain; /* the opcode by itself */
} origin;

typedef struct decoder {
    const code *code;
    decoded_unit *units;
    size_t count;
    decoded_jumps *jumps;

    /* The block that is being decoded. */
    size_t head;         /* where its head is; that of the first of … */
    size_t head_count;   /* … so many JUMPDESTs which follow one another, JUMPDEST_UNITS apart */
    uint32_t gas;        /* what the block costs … */
    int32_t height;      /* its stack, relative to the beginning, … */
    int32_t needs, most; /* … how far below that it reaches and how high it grows */
    unsigned since;
    size_t gas_entry; /* its latest GAS; 0 = none */
    origin last[2];   /* of its latest entry, and of the one before */

    /* Constants on top of the stack that no entry has pushed yet. */
    weft_u256 constants[CONSTANTS_MAX];
    size_t constant_count;

    /* Entries that jump, and to which pc; that behind the code is no JUMPDEST. */
    size_t *jump_entries;
    uint32_t *jump_targets;
    size_t jump_count;
} decoder;

/* --- Entries */

static decoded_unit unit_of(decoded_handler handler, int64_t operand) {
    return (decoded_unit)handler | (decoded_unit)operand << 8;
}

static void emit(decoder *d, decoded_handler handler, int64_t operand) {
    d->units[d->count++] = unit_of(handler, operand);
    d->last[1] = d->last[0];
    d->last[0] = (origin){0};
}

static void emit_limb(decoder *d, uint64_t limb) {
    memcpy(&d->units[d->count], &limb, sizeof limb);
    d->count += DECODED_LIMB_UNITS;
}

static void emit_wide(decoder *d, decoded_handler handler, const weft_u256 *value) {
    emit(d, handler, 0);
    for (int i = 0; i < 4; i++) {
        emit_limb(d, value->limb[i]);
    }
}

static bool fits_operand(const weft_u256 *value) {
    return u256_fits_u64(value) && value->limb[0] <= OPERAND_MAX;
}

static void emit_constant(decoder *d, const weft_u256 *value) {
    if (fits_operand(value)) {
        emit(d, DECODED_CONSTANT, (int64_t)value->limb[0]);
    } else if (u256_fits_u64(value)) {
        emit(d, DECODED_CONSTANT_LIMB, 0);
        emit_limb(d, value->limb[0]);
    } else {
        emit_wide(d, DECODED_CONSTANT_WIDE, value);
    }
}

/* Push the constants that wait. */
static void push_constants(decoder *d) {
    for (size_t i = 0; i < d->constant_count; i++) {
        emit_constant(d, &d->constants[i]);
    }
    d->constant_count = 0;
}

static void push_constant(decoder *d, weft_u256 value) {
    if (d->constant_count == CONSTANTS_MAX) {
        push_constants(d);
    }
    d->constants[d->constant_count++] = value;
}

static weft_u256 pop_constant(decoder *d) {
    return d->constants[--d->constant_count];
}

/* An entry for the opcode by itself. */
static void emit_plain(decoder *d, uint8_t opcode) {
    push_constants(d);
    emit(d, plain[opcode], 0);
    d->last[0] = (origin){.opcode = opcode, .is_plain = true};
}

/* Take back the latest entry, which is one unit. */
static void retract(decoder *d) {
    d->count--;
    d->last[0] = d->last[1];
    d->last[1] = (origin){0};
}

/* What comes next is not fused with what came before. */
static void forget(decoder *d) {
    d->last[0] = d->last[1] = (origin){0};
}

static bool follows(const decoder *d, uint8_t opcode) {
    return d->last[0].is_plain && d->last[0].opcode == opcode;
}

/* --- Blocks */

static void block_begin(decoder *d) {
    d->head = d->count;
    d->head_count = 1;
    d->count += DECODED_HEAD_UNITS;
    d->gas = 0;
    d->height = d->needs = d->most = 0;
    d->since = WEFT_FRONTIER;
    d->gas_entry = 0;
    forget(d);
}

/* What is asked of the stack can be more than it ever has. */
static uint32_t stack_words(int32_t words) {
    return words <= STACK_WORDS_MAX ? (uint32_t)words : STACK_WORDS_MAX + 1;
}

/* GAS tells what is left before the block's rest has been paid for. Until the block ends its operand is what the block
 * costs up to there, and the unit behind it leads to the GAS before. */
static void decode_gas(decoder *d) {
    size_t before = d->gas_entry;
    push_constants(d);
    d->gas_entry = d->count;
    emit(d, plain[OPCODE_GAS], d->gas);
    d->units[d->count++] = (decoded_unit)before;
}

static void gas_link(decoder *d) {
    for (size_t at = d->gas_entry; at != 0;) {
        decoded_unit *unit = &d->units[at], paid = unit[0] >> 8;
        at = unit[1];
        unit[1] = d->gas - paid;
    }
}

static void block_end(decoder *d) {
    push_constants(d);
    gas_link(d);
    for (size_t i = 0; i < d->head_count; i++) {
        size_t at = d->head + JUMPDEST_UNITS * i, following = d->head_count - 1 - i;
        d->units[at] = (d->gas + (uint32_t)following * OPCODE_GAS_JUMPDEST) | d->since << 24;
        d->units[at + 1] = stack_words(d->needs) | stack_words(d->most) << 16;
        if (following > 0) {
            d->units[at + 2] = unit_of(DECODED_GO, (int64_t)(JUMPDEST_UNITS * following));
        }
    }
}

/* End the block and go on into the next. */
static void block_split(decoder *d) {
    push_constants(d);
    emit(d, DECODED_ENTER, 0);
    block_end(d);
    block_begin(d);
}

/* Count an opcode's gas, its effect on the stack and its fork. */
static void count_effect(decoder *d, uint8_t opcode, int32_t pops, int32_t pushes) {
    const opcode_row *row = &rows[opcode];
    d->gas += row->gas;
    d->since = row->since > d->since ? row->since : d->since;
    d->needs = pops - d->height > d->needs ? pops - d->height : d->needs;
    d->height += pushes - pops;
    d->most = d->height > d->most ? d->height : d->most;
}

static void count(decoder *d, uint8_t opcode) {
    count_effect(d, opcode, rows[opcode].pops, rows[opcode].pushes);
}

/* JUMPDESTs that follow one another enter the same block, each paying for the rest of them. */
static void decode_jumpdest(decoder *d, size_t pc) {
    bool is_first = d->gas != OPCODE_GAS_JUMPDEST; /* no other opcode costs so little */
    if (!is_first) {
        emit(d, DECODED_GO, 0);
        d->count += DECODED_HEAD_UNITS;
        d->head_count++;
    } else {
        if (d->gas != 0) {
            block_split(d);
        }
        count(d, OPCODE_JUMPDEST);
    }
    forget(d);
    decoded_jumps *jumps = &d->jumps[pc / DECODED_GRANULE];
    size_t head = d->head + JUMPDEST_UNITS * (d->head_count - 1);
    if (jumps->base == 0) {
        jumps->base = (uint32_t)head - 1;
    }
    jumps->heads[pc % DECODED_GRANULE] = (uint8_t)(head - jumps->base);
}

/* --- Operations */

static bool fold(weft_u256 *result, uint8_t opcode, const weft_u256 *a, const weft_u256 *b) {
    switch (opcode) {
#define FOLD(name, expression) \
    case OPCODE_##name: *result = (expression); return true;
        COMPUTATIONS_OF_TWO(FOLD)
    default: return false;
    }
}

/* Operations whose first operand is a constant. */
static void decode_with_constant(decoder *d, uint8_t opcode) {
    weft_u256 *top = &d->constants[d->constant_count - 1], folded;
    if (d->constant_count >= 2 && fold(&folded, opcode, &top[0], &top[-1])) {
        top[-1] = folded;
        d->constant_count--;
    } else if (with_constant[opcode] != DECODED_NONE && fits_operand(top)) {
        weft_u256 value = pop_constant(d);
        push_constants(d);
        emit(d, with_constant[opcode], (int64_t)value.limb[0]);
    } else if (with_wide[opcode] != DECODED_NONE) {
        weft_u256 value = pop_constant(d);
        push_constants(d);
        emit_wide(d, with_wide[opcode], &value);
    } else {
        emit_plain(d, opcode);
    }
}

/* Any opcode that takes its operands from the stack and goes on to the next. */
static void decode_operation(decoder *d, uint8_t opcode) {
    uint8_t last = d->last[0].opcode;
    if (d->constant_count != 0) {
        decode_with_constant(d, opcode);
    } else if (d->last[0].is_plain && is_dup(last) && last != OPCODE_DUP1 && with_copy[opcode] != DECODED_NONE) {
        retract(d);
        emit(d, with_copy[opcode], last - OPCODE_DUP1 + 1);
    } else if (follows(d, OPCODE_SWAP1) && is_commutative(opcode)) {
        retract(d);
        decode_operation(d, opcode);
    } else if (follows(d, OPCODE_SWAP1) && swapped[opcode] != DECODED_NONE) {
        retract(d);
        emit(d, swapped[opcode], 0);
    } else {
        emit_plain(d, opcode);
    }
}

static void decode_dup(decoder *d, uint8_t opcode) {
    size_t depth = (size_t)(opcode - OPCODE_DUP1) + 1;
    /* Not those that take more than a unit, for which there may not be room (UNITS_PER_BYTE). */
    if (depth <= d->constant_count && fits_operand(&d->constants[d->constant_count - depth])) {
        push_constant(d, d->constants[d->constant_count - depth]);
    } else {
        emit_plain(d, opcode);
    }
}

static void decode_pop(decoder *d) {
    uint8_t last = d->last[0].opcode;
    bool is_plain = d->last[0].is_plain;
    if (d->constant_count != 0) {
        d->constant_count--;
    } else if (is_plain && is_dup(last)) {
        retract(d);
    } else if (is_plain && is_swap(last)) {
        retract(d);
        emit(d, last == OPCODE_SWAP1 ? DECODED_SWAP1_POP : DECODED_SWAP_POP, last - OPCODE_SWAP1 + 2);
    } else if (follows(d, OPCODE_POP)) {
        retract(d);
        emit(d, DECODED_POPS, 2);
        d->last[0].opcode = OPCODE_POP;
    } else if (last == OPCODE_POP) {
        d->units[d->count - 1] += unit_of(DECODED_NONE, 1);
    } else {
        emit_plain(d, OPCODE_POP);
    }
}

/* SWAP1 behind a constant, together with the opcode that follows if that makes one entry of them. Returns: where
 * decoding goes on. */
static size_t decode_swap_of_constant(decoder *d, size_t pc) {
    uint8_t next = d->code->bytes[pc + 1];
    weft_u256 *top = &d->constants[d->constant_count - 1];
    if (d->constant_count >= 2) {
        swap_words(&top[0], &top[-1]);
        return pc + 1;
    }
    if (is_commutative(next)) {
        return pc + 1;
    }
    if (with_second[next] == DECODED_NONE || !fits_operand(top)) {
        emit_plain(d, OPCODE_SWAP1);
        return pc + 1;
    }
    count(d, next);
    emit(d, with_second[next], (int64_t)pop_constant(d).limb[0]);
    return pc + 2;
}

/* Returns: where decoding goes on, 0 when the operand makes the frame halt. */
static size_t decode_deep(decoder *d, uint8_t opcode, size_t pc) {
    uint8_t byte = d->code->bytes[pc + 1];
    if (opcode == OPCODE_EXCHANGE ? !exchange_operand_is_valid(byte) : !deep_operand_is_valid(byte)) {
        return 0;
    }
    unsigned first = 0, second = deep_operand(byte);
    if (opcode == OPCODE_EXCHANGE) {
        exchange_operands(byte, &first, &second);
    }
    int32_t pushed = opcode == OPCODE_DUPN, reach = (int32_t)second + 1 - pushed;
    count_effect(d, opcode, reach, reach + pushed);
    push_constants(d);
    emit(d, plain[opcode], (int64_t)(first << 12 | second));
    return pc + 2;
}

/* --- Jumps */

/* Note that the latest entry jumps to `destination`. */
static void jump_record(decoder *d, const weft_u256 *destination) {
    bool is_inside = u256_fits_u64(destination) && destination->limb[0] < d->code->size;
    d->jump_entries[d->jump_count] = d->count - 1;
    d->jump_targets[d->jump_count] = (uint32_t)(is_inside ? destination->limb[0] : d->code->size);
    d->jump_count++;
}

static void decode_jump(decoder *d) {
    if (d->constant_count == 0) {
        emit_plain(d, OPCODE_JUMP);
        return;
    }
    weft_u256 destination = pop_constant(d);
    push_constants(d);
    emit(d, DECODED_JUMP_TO, 0);
    jump_record(d, &destination);
}

/* A comparison becomes one with the JUMPI that it is for, and so does the ISZERO of one. */
static decoded_handler jumpi_handler(decoder *d) {
    const origin *last = d->last;
    uint8_t handler = DECODED_NONE;
    if (follows(d, OPCODE_ISZERO) && last[1].is_plain && jump_unless[last[1].opcode] != DECODED_NONE) {
        handler = jump_unless[last[1].opcode];
        retract(d);
        retract(d);
    } else if (last[0].is_plain && jump_if[last[0].opcode] != DECODED_NONE) {
        handler = jump_if[last[0].opcode];
        retract(d);
    }
    return handler == DECODED_NONE ? DECODED_JUMP_TO_IF : handler;
}

static void decode_jumpi(decoder *d) {
    if (d->constant_count == 0) {
        emit_plain(d, OPCODE_JUMPI);
        return;
    }
    weft_u256 destination = pop_constant(d);
    push_constants(d);
    emit(d, jumpi_handler(d), 0);
    jump_record(d, &destination);
}

/* How compilers choose between a contract's functions: DUP1, PUSH, EQ or GT, PUSH, JUMPI with constants of a few bytes.
 * Returns: where decoding goes on, 0 when this is something else. */
static size_t decode_selector(decoder *d, size_t pc) {
    const uint8_t *bytes = d->code->bytes + pc;
    size_t selector_size = (size_t)bytes[1] - OPCODE_PUSH0;
    if (selector_size - 1 > 3) {
        return 0;
    }
    const uint8_t *comparison = bytes + 2 + selector_size;
    size_t target_size = (size_t)comparison[1] - OPCODE_PUSH0;
    if ((comparison[0] != OPCODE_EQ && comparison[0] != OPCODE_GT) || target_size - 1 > 3 ||
        comparison[2 + target_size] != OPCODE_JUMPI) {
        return 0;
    }
    weft_u256 selector = push_value(bytes + 2, (unsigned)selector_size);
    weft_u256 destination = push_value(comparison + 2, (unsigned)target_size);
    const uint8_t opcodes[] = {OPCODE_DUP1, bytes[1], comparison[0], comparison[1], OPCODE_JUMPI};
    for (size_t i = 0; i < sizeof opcodes; i++) {
        count(d, opcodes[i]);
    }
    push_constants(d);
    emit(d, comparison[0] == OPCODE_EQ ? DECODED_JUMP_IF_SELECTOR : DECODED_JUMP_BELOW_SELECTOR, 0);
    jump_record(d, &destination);
    d->units[d->count++] = (decoded_unit)selector.limb[0];
    block_end(d);
    block_begin(d);
    return pc + 2 + selector_size + 2 + target_size + 1;
}

/* Put distances where destinations were noted. Those that are none lead to the block that nobody can enter. */
static void jumps_link(decoder *d) {
    for (size_t i = 0; i < d->jump_count; i++) {
        uint32_t target = d->jump_targets[i];
        const decoded_jumps *jumps = &d->jumps[target / DECODED_GRANULE];
        size_t entry = d->jump_entries[i], offset = jumps->heads[target % DECODED_GRANULE];
        size_t head = offset == 0 ? 0 : jumps->base + offset;
        d->units[entry] = unit_of(DECODED_HANDLER(d->units[entry]), (int64_t)head - (int64_t)entry);
    }
}

/* --- Codes */

/* The next JUMPDEST from the instruction at `pc` on, the code's size if there is none: what lies before it cannot be
 * reached. */
static size_t next_destination(const code *c, size_t pc) {
    while (pc < c->size && c->bytes[pc] != OPCODE_JUMPDEST) {
        pc += instruction_size(c->bytes[pc]);
    }
    return pc;
}

/* A block ends with what can leave it or is seen from outside. Returns: where decoding goes on. */
static size_t decode_end(decoder *d, uint8_t opcode, size_t pc) {
    if (opcode == OPCODE_JUMP) {
        decode_jump(d);
    } else if (opcode == OPCODE_JUMPI) {
        decode_jumpi(d);
    } else {
        emit_plain(d, opcode);
    }
    block_end(d);
    block_begin(d);
    return ends_code(opcode) ? next_destination(d->code, pc + 1) : pc + 1;
}

/* A defined opcode, but for those that are_deep(). Returns: where decoding goes on. */
static size_t decode_counted(decoder *d, uint8_t opcode, size_t pc) {
    count(d, opcode);
    if (is_push(opcode)) {
        unsigned size = (unsigned)(opcode - OPCODE_PUSH0);
        push_constant(d, push_value(d->code->bytes + pc + 1, size));
        return pc + 1 + size;
    }
    if (is_outward[opcode] || opcode == OPCODE_JUMP || opcode == OPCODE_JUMPI) {
        return decode_end(d, opcode, pc);
    }
    if (opcode == OPCODE_SWAP1 && d->constant_count != 0) {
        return decode_swap_of_constant(d, pc);
    }
    if (is_dup(opcode)) {
        decode_dup(d, opcode);
    } else if (opcode == OPCODE_POP) {
        decode_pop(d);
    } else if (opcode == OPCODE_GAS) {
        decode_gas(d);
    } else if (opcode == OPCODE_PC || opcode == OPCODE_CODESIZE) {
        push_constant(d, u256_from_u64(opcode == OPCODE_PC ? pc : d->code->size));
    } else {
        decode_operation(d, opcode);
    }
    return pc + 1;
}

/* The opcode at `pc`. Returns: where decoding goes on. */
static size_t decode_opcode(decoder *d, size_t pc) {
    uint8_t opcode = d->code->bytes[pc];
    size_t next = 0;
    if (opcode == OPCODE_JUMPDEST) {
        decode_jumpdest(d, pc);
        return pc + 1;
    }
    if (opcode == OPCODE_DUP1) {
        next = decode_selector(d, pc);
    } else if (is_deep(opcode)) {
        next = decode_deep(d, opcode, pc);
    }
    if (next != 0) {
        return next;
    }
    if (rows[opcode].is_defined && !is_deep(opcode)) {
        return decode_counted(d, opcode, pc);
    }
    emit(d, DECODED_HALT, 0);
    block_end(d);
    block_begin(d);
    return next_destination(d->code, pc + 1);
}

static void decode(decoder *d) {
    block_begin(d);
    d->since = SINCE_NEVER;
    emit(d, DECODED_HALT, 0);
    block_end(d);
    WEFT_ASSERT(d->count == DECODED_FIRST);
    block_begin(d);
    for (size_t pc = 0; pc < d->code->size;) {
        if (d->gas > BLOCK_GAS_MAX) {
            block_split(d);
        }
        pc = decode_opcode(d, pc);
    }
    emit_plain(d, OPCODE_STOP); /* what follows the end of the code */
    block_end(d);
    jumps_link(d);
}

decoded_code *decoded_code_create(const code *c) {
    if (c->size > DECODED_SIZE_MAX) {
        return NULL;
    }
    size_t granules = c->size / DECODED_GRANULE + 1, jump_max = c->size / 2 + 1;
    decoded_code *made = malloc(sizeof *made);
    decoded_jumps *jumps = aligned_alloc(64, granules * sizeof *jumps);
    decoded_unit *units = malloc((UNITS_PER_BYTE * c->size + UNITS_BESIDES) * sizeof *units);
    size_t *jump_entries = malloc(jump_max * (sizeof *jump_entries + sizeof(uint32_t)));
    if (made == NULL || jumps == NULL || units == NULL || jump_entries == NULL) {
        free(made);
        free(jumps);
        free(units);
        free(jump_entries);
        return NULL;
    }
    memset(jumps, 0, granules * sizeof *jumps);
    decoder d = {.code = c,
                 .units = units,
                 .jumps = jumps,
                 .jump_entries = jump_entries,
                 .jump_targets = (uint32_t *)(jump_entries + jump_max)};
    decode(&d);
    free(jump_entries);
    decoded_unit *shrunk = realloc(units, d.count * sizeof *units);
    *made = (decoded_code){.units = shrunk == NULL ? units : shrunk,
                           .jumps = jumps,
                           .size = sizeof *made + granules * sizeof *jumps + d.count * sizeof *units};
    return made;
}

void decoded_code_destroy(decoded_code *d) {
    if (d != NULL) {
        free((void *)(uintptr_t)d->units);
        free((void *)(uintptr_t)d->jumps);
        free(d);
    }
}
