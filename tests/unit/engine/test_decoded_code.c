/* Decoding by itself: what the heads of blocks say, which entries instructions become, where jumps lead, and that there is
 * room. That decoded code does what the code says is for test_interpreter.c and the fuzz target `interpreter`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/decoded_code.h"
#include "engine/decoded_handlers.h"
#include "engine/opcodes.h"
#include "tests/support/random.h"
#include "tests/unit/engine/assembler.h"

enum {
    ROUNDS = 2000,
    CODE_SIZE_MAX = 400,
    ENTRIES_MAX = 8,
    UNITS_PER_BYTE = 3, /* that decoded_code.c makes room for, */
    UNITS_BESIDES = 16
};

typedef struct opcode_row {
    bool is_defined, ends_block;
    uint8_t since, pops, pushes;
    uint16_t gas;
} opcode_row;

#define ROW(argument, value, name, fork, gas, pops, pushes) \
    [value] = {true, value == OPCODE_JUMP || value == OPCODE_JUMPI, WEFT_##fork, pops, pushes, gas},
static const opcode_row rows[256] = {OPCODES(ROW, unused)};

static bool is_outward(uint8_t opcode) {
    switch (opcode) {
#define CASE(name, routine) \
    case OPCODE_##name: return true;
        OUTWARD_ROUTINES(CASE)
    default: return false;
    }
}

/* A code with its decoded form. */
typedef struct sample {
    void *storage;
    code code;
    decoded_code *decoded;
} sample;

static sample sample_make(const uint8_t *bytes, size_t size) {
    sample s = {.storage = malloc(code_storage_size(size))};
    assert_non_null(s.storage);
    code_place(&s.code, s.storage, bytes_of(bytes, size));
    s.decoded = decoded_code_create(&s.code);
    assert_non_null(s.decoded);
    return s;
}

static void sample_free(sample *s) {
    decoded_code_destroy(s->decoded);
    free(s->storage);
}

static const decoded_unit *first_head(const sample *s) {
    return s->decoded->units + DECODED_FIRST;
}

static size_t unit_count(const sample *s) {
    size_t granules = s->code.size / DECODED_GRANULE + 1;
    return (s->decoded->size - sizeof *s->decoded - granules * sizeof *s->decoded->jumps) / sizeof(decoded_unit);
}

/* Bytes of which many mean something to a decoder. */
static size_t random_code(test_random *random, uint8_t *bytes) {
    static const uint8_t frequent[] = {0x5b, 0x5b, 0x5b, 0x60, 0x61, 0x7f, 0x5f, 0x80, 0x81, 0x90, 0x50,
                                       0x01, 0x03, 0x14, 0x15, 0x56, 0x57, 0x58, 0x38, 0x54, 0xe6, 0xe8};
    size_t size = random_below(random, CODE_SIZE_MAX + 1);
    size_t of_frequent = random_below(random, 5);
    for (size_t i = 0; i < size; i++) {
        bool is_frequent = random_below(random, 4) < of_frequent;
        bytes[i] = is_frequent ? frequent[random_below(random, sizeof frequent)] : (uint8_t)random_u64(random);
    }
    return size;
}

/* --- Heads */

typedef struct block {
    uint32_t gas;
    int32_t height, needs, grows;
    unsigned since;
} block;

static void block_count(block *b, uint8_t opcode, int32_t pops, int32_t pushes) {
    b->gas += rows[opcode].gas;
    b->since = rows[opcode].since > b->since ? rows[opcode].since : b->since;
    b->needs = pops - b->height > b->needs ? pops - b->height : b->needs;
    b->height += pushes - pops;
    b->grows = b->height > b->grows ? b->height : b->grows;
}

/* The block that is entered at `pc`, read from the opcodes one by one. */
static block block_at(const code *c, size_t pc) {
    block b = {.since = WEFT_FRONTIER};
    bool is_run = true; /* of JUMPDESTs */
    while (pc < c->size) {
        uint8_t opcode = c->bytes[pc], operand = c->bytes[pc + 1];
        unsigned first = 0, second = deep_operand(operand);
        if ((opcode == OPCODE_JUMPDEST && !is_run) || !rows[opcode].is_defined) {
            return b;
        }
        is_run &= opcode == OPCODE_JUMPDEST;
        if (opcode == OPCODE_DUPN || opcode == OPCODE_SWAPN || opcode == OPCODE_EXCHANGE) {
            bool is_exchange = opcode == OPCODE_EXCHANGE;
            if (is_exchange ? !exchange_operand_is_valid(operand) : !deep_operand_is_valid(operand)) {
                return b;
            }
            if (is_exchange) {
                exchange_operands(operand, &first, &second);
            }
            int32_t reach = (int32_t)second + (opcode == OPCODE_DUPN ? 0 : 1);
            block_count(&b, opcode, reach, reach + (opcode == OPCODE_DUPN));
            pc += 2;
            continue;
        }
        block_count(&b, opcode, rows[opcode].pops, rows[opcode].pushes);
        if (is_outward(opcode) || rows[opcode].ends_block) {
            return b;
        }
        bool is_push = opcode >= OPCODE_PUSH1 && opcode <= OPCODE_PUSH32;
        pc += is_push ? (size_t)(opcode - OPCODE_PUSH0) + 1 : 1;
    }
    return b;
}

static void check_head(uint64_t seed, size_t pc, const decoded_unit *head, const block *b) {
    bool is_right = DECODED_GAS(head[0]) == b->gas && DECODED_SINCE(head[0]) == b->since &&
                    DECODED_STACK_NEEDS(head[1]) == (unsigned)b->needs &&
                    DECODED_STACK_GROWS(head[1]) == (unsigned)b->grows;
    if (!is_right) {
        fail_msg(
            "seed %llu, byte %zu: gas %u needs %u grows %u since %u; by its opcodes gas %u needs %d grows %d since %u",
            (unsigned long long)seed, pc, DECODED_GAS(head[0]), DECODED_STACK_NEEDS(head[1]),
            DECODED_STACK_GROWS(head[1]), DECODED_SINCE(head[0]), b->gas, b->needs, b->grows, b->since);
    }
}

static void there_is_a_head_for_each_jumpdest_and_it_says_what_its_block_takes(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        test_random random = {seed};
        uint8_t bytes[CODE_SIZE_MAX];
        sample s = sample_make(bytes, random_code(&random, bytes));
        if (!code_is_jump_destination(&s.code, 0)) {
            block b = block_at(&s.code, 0);
            check_head(seed, 0, first_head(&s), &b);
        }
        for (size_t pc = 0; pc < s.code.size; pc++) {
            const decoded_unit *head = decoded_code_at(s.decoded, (uint32_t)pc);
            if ((head != NULL) != code_is_jump_destination(&s.code, pc)) {
                fail_msg("seed %llu: byte %zu of %zu", (unsigned long long)seed, pc, s.code.size);
            }
            if (head != NULL) {
                block b = block_at(&s.code, pc);
                check_head(seed, pc, head, &b);
            }
        }
        sample_free(&s);
    }
}

static void each_jumpdest_of_a_run_pays_for_the_rest(void **state) {
    (void)state;
    assembly a = assemble(":a :b :c CALLER POP STOP");
    sample s = sample_make(a.bytes, a.size);
    for (uint32_t i = 0; i < 3; i++) {
        const decoded_unit *head = decoded_code_at(s.decoded, i);
        assert_non_null(head);
        assert_int_equal(DECODED_GAS(head[0]), 3 - i + 4);
        assert_int_equal(DECODED_STACK_GROWS(head[1]), 1);
    }
    sample_free(&s);
}

/* More than a stack ever has must not become less in a head's sixteen bits. */
static void a_block_that_no_stack_is_enough_for_cannot_be_entered(void **state) {
    (void)state;
    static uint8_t bytes[1 << 17];
    memset(bytes, OPCODE_CALLER, sizeof bytes);
    sample grows = sample_make(bytes, sizeof bytes);
    assert_true(DECODED_STACK_GROWS(first_head(&grows)[1]) > 1024);
    sample_free(&grows);
    memset(bytes, OPCODE_POP, sizeof bytes);
    sample needs = sample_make(bytes, sizeof bytes);
    assert_true(DECODED_STACK_NEEDS(first_head(&needs)[1]) > 1024);
    sample_free(&needs);
}

/* A head has 24 bits for gas: dearer code is several blocks, and none is paid for twice. */
static void dear_blocks_are_split(void **state) {
    (void)state;
    static uint8_t bytes[10000];
    memset(bytes, OPCODE_LOG4, sizeof bytes);
    sample s = sample_make(bytes, sizeof bytes);
    uint64_t gas = 0, units = unit_count(&s);
    const decoded_unit *at = first_head(&s), *end = s.decoded->units + units;
    while (at < end) {
        gas += DECODED_GAS(at[0]);
        for (at += DECODED_HEAD_UNITS; at < end && DECODED_HANDLER(*at) == DECODED_LOG4; at++) {
        }
        at++; /* ENTER, or the STOP behind the code */
    }
    assert_int_equal(gas, sizeof bytes * OPCODE_GAS_LOG4);
    sample_free(&s);
}

/* --- Entries */

static size_t entry_units(decoded_unit unit) {
    switch (DECODED_HANDLER(unit)) {
    case DECODED_CONSTANT_LIMB: return 1 + DECODED_LIMB_UNITS;
#define CASE_WIDE(name, expression) case DECODED_WIDE_##name:
        COMPUTATIONS_OF_TWO(CASE_WIDE)
    case DECODED_CONSTANT_WIDE: return 1 + DECODED_WIDE_UNITS;
    case DECODED_GAS:
    case DECODED_JUMP_IF_SELECTOR:
    case DECODED_JUMP_BELOW_SELECTOR: return 2;
    default: return 1;
    }
}

/* The first block's entries have these handlers; 0 ends the list. Operands are compared where one is expected. */
typedef struct expected_entry {
    unsigned handler;
    int32_t operand;
} expected_entry;

static void check_entries(const char *source, const expected_entry expected[ENTRIES_MAX]) {
    assembly a = assemble(source);
    sample s = sample_make(a.bytes, a.size);
    const decoded_unit *at = first_head(&s) + DECODED_HEAD_UNITS;
    for (size_t i = 0; expected[i].handler != DECODED_NONE; i++) {
        if (DECODED_HANDLER(*at) != expected[i].handler ||
            (expected[i].operand != 0 && DECODED_OPERAND(*at) != expected[i].operand)) {
            fail_msg("%s: entry %zu has handler %u and operand %d, not %u and %d", source, i, DECODED_HANDLER(*at),
                     DECODED_OPERAND(*at), expected[i].handler, expected[i].operand);
        }
        at += entry_units(*at);
    }
    sample_free(&s);
}

#define CHECK_ENTRIES(source, ...) check_entries(source, (const expected_entry[ENTRIES_MAX]){__VA_ARGS__, {0, 0}})
#define STOP_ENTRY \
    { DECODED_STOP, 0 }

static bool is_commutative(uint8_t opcode) {
    return opcode == OPCODE_ADD || opcode == OPCODE_MUL || opcode == OPCODE_AND || opcode == OPCODE_OR ||
           opcode == OPCODE_XOR || opcode == OPCODE_EQ;
}

#define WIDE_WORD "0x1000000000000000000000000000000000000000000000000000000000000001"

static void computations_take_in_what_comes_before_them(void **state) {
    (void)state;
#define CHECK(name, expression)                                                                                    \
    {                                                                                                              \
        bool turns = is_commutative(OPCODE_##name);                                                                \
        CHECK_ENTRIES("5 " #name, {DECODED_CONSTANT_##name, 5}, STOP_ENTRY);                                       \
        CHECK_ENTRIES("0xffffff " #name, {DECODED_WIDE_##name, 0}, STOP_ENTRY);                                    \
        CHECK_ENTRIES(WIDE_WORD " " #name, {DECODED_WIDE_##name, 0}, STOP_ENTRY);                                  \
        CHECK_ENTRIES("1 2 " #name, {DECODED_CONSTANT, 0}, STOP_ENTRY);                                            \
        CHECK_ENTRIES("CALLER DUP3 " #name, {DECODED_CALLER, 0}, {DECODED_COPY_##name, 3}, STOP_ENTRY);            \
        CHECK_ENTRIES("5 SWAP1 " #name, {turns ? DECODED_CONSTANT_##name : DECODED_SECOND_##name, 5}, STOP_ENTRY); \
        CHECK_ENTRIES("SWAP1 " #name, {turns ? DECODED_##name : DECODED_SWAPPED_##name, 0}, STOP_ENTRY);           \
    }
    COMPUTATIONS_OF_TWO(CHECK)
}

static void constants_are_folded(void **state) {
    (void)state;
    CHECK_ENTRIES("2 7 SUB", {DECODED_CONSTANT, 5}, STOP_ENTRY);
    CHECK_ENTRIES("7 2 SWAP1 SUB", {DECODED_CONSTANT, 5}, STOP_ENTRY);
    CHECK_ENTRIES("1 64 SHL", {DECODED_CONSTANT_WIDE, 0}, STOP_ENTRY);
    CHECK_ENTRIES("1 63 SHL", {DECODED_CONSTANT_LIMB, 0}, STOP_ENTRY);
    CHECK_ENTRIES("3 DUP1 MUL", {DECODED_CONSTANT, 9}, STOP_ENTRY);
    CHECK_ENTRIES("CALLER PC CODESIZE MUL", {DECODED_CALLER, 0}, {DECODED_CONSTANT, 4}, STOP_ENTRY);
    CHECK_ENTRIES("4 POP", STOP_ENTRY);
    CHECK_ENTRIES("@a 1 ADD 1 SWAP1 SUB JUMP :a", {DECODED_JUMP_TO, 0});
}

static void memory_takes_its_offset_in(void **state) {
    (void)state;
    CHECK_ENTRIES("64 MLOAD", {DECODED_CONSTANT_MLOAD, 64}, STOP_ENTRY);
    CHECK_ENTRIES("64 MSTORE", {DECODED_CONSTANT_MSTORE, 64}, STOP_ENTRY);
    CHECK_ENTRIES("4 CALLDATALOAD", {DECODED_CONSTANT_CALLDATALOAD, 4}, STOP_ENTRY);
    CHECK_ENTRIES("DUP3 MLOAD", {DECODED_COPY_MLOAD, 3}, STOP_ENTRY);
    CHECK_ENTRIES("DUP3 MSTORE", {DECODED_COPY_MSTORE, 3}, STOP_ENTRY);
    CHECK_ENTRIES("SWAP1 MSTORE", {DECODED_SWAPPED_MSTORE, 0}, STOP_ENTRY);
}

static void pops_are_joined(void **state) {
    (void)state;
    CHECK_ENTRIES("POP POP POP", {DECODED_POPS, 3}, STOP_ENTRY);
    CHECK_ENTRIES("SWAP1 POP", {DECODED_SWAP1_POP, 0}, STOP_ENTRY);
    CHECK_ENTRIES("SWAP3 POP", {DECODED_SWAP_POP, 4}, STOP_ENTRY);
    CHECK_ENTRIES("DUP5 POP", STOP_ENTRY);
}

static void jumps_take_in_their_destination_and_condition(void **state) {
    (void)state;
    CHECK_ENTRIES("@a JUMP :a", {DECODED_JUMP_TO, 0});
    CHECK_ENTRIES("@a JUMPI :a", {DECODED_JUMP_TO_IF, 0});
    CHECK_ENTRIES("ISZERO @a JUMPI :a", {DECODED_JUMP_IF_ISZERO, 0});
    CHECK_ENTRIES("ISZERO ISZERO @a JUMPI :a", {DECODED_JUMP_TO_IF, 0});
#define CHECK_CONDITION(name, condition)                         \
    CHECK_ENTRIES(#name " @a JUMPI :a", {DECODED_IF_##name, 0}); \
    CHECK_ENTRIES(#name " ISZERO @a JUMPI :a", {DECODED_UNLESS_##name, 0});
    DECODED_CONDITIONS(CHECK_CONDITION)
    CHECK_ENTRIES("DUP1 0xa9059cbb EQ @a JUMPI :a", {DECODED_JUMP_IF_SELECTOR, 0});
    CHECK_ENTRIES("DUP1 0xa9059cbb GT @a JUMPI :a", {DECODED_JUMP_BELOW_SELECTOR, 0});
    CHECK_ENTRIES("DUP1 5 EQ @a JUMPI :a", {DECODED_JUMP_IF_SELECTOR, 0});
}

/* GAS has what the block costs up to there, and behind it what is left of that. */
static void gas_knows_what_its_block_was_charged(void **state) {
    (void)state;
    CHECK_ENTRIES("CALLER POP GAS 5 GAS LT", {DECODED_CALLER, 0}, {DECODED_POP, 0}, {DECODED_GAS, 6},
                  {DECODED_CONSTANT, 5}, {DECODED_GAS, 11}, {DECODED_LT, 0}, STOP_ENTRY);
    assembly a = assemble("CALLER POP GAS 5 GAS LT");
    sample s = sample_make(a.bytes, a.size);
    const decoded_unit *entries = first_head(&s) + DECODED_HEAD_UNITS;
    assert_int_equal(entries[3], 14 - 6);
    assert_int_equal(entries[6], 14 - 11);
    sample_free(&s);
}

/* A distance that leads to the head of the JUMPDEST, or, where there is none, to the block that nobody can enter. */
static void jumps_lead_to_heads(void **state) {
    (void)state;
    assembly a = assemble("@a JUMP STOP :a STOP");
    sample s = sample_make(a.bytes, a.size);
    const decoded_unit *entry = first_head(&s) + DECODED_HEAD_UNITS;
    assert_ptr_equal(entry + DECODED_OPERAND(*entry), decoded_code_at(s.decoded, (uint32_t)a.size - 2));
    sample_free(&s);
    a = assemble("3 JUMP 0x5b");
    s = sample_make(a.bytes, a.size);
    entry = first_head(&s) + DECODED_HEAD_UNITS;
    assert_ptr_equal(entry + DECODED_OPERAND(*entry), s.decoded->units);
    assert_true(DECODED_SINCE(s.decoded->units[0]) >= WEFT_FORK_COUNT);
    sample_free(&s);
}

/* --- Room */

static void check_room(const sample *s, const char *what, uint64_t seed) {
    if (unit_count(s) > UNITS_PER_BYTE * s->code.size + UNITS_BESIDES) {
        fail_msg("%s, seed %llu: %zu units for %zu bytes", what, (unsigned long long)seed, unit_count(s), s->code.size);
    }
}

/* What makes most of few bytes, again and again; by itself, and mixed. */
static void there_is_room_for_the_worst(void **state) {
    (void)state;
    static const char *const worst[] = {
        "SLOAD",
        ":a",
        "POP :a",
        "CALLER :a",
        "CODESIZE :a",
        "CODESIZE 0 SUB",
        "CODESIZE PC SUB",
        "CODESIZE DUP1 SHL",
        "CODESIZE DUP1 SHL ADD",
        "CODESIZE DUP1 SHL SLOAD",
        "CODESIZE DUP1 SHL :a",
        "CODESIZE DUP1 DUP1 SHL DUP2 DUP1 SHL DUP1 DUP1 DUP1",
        WIDE_WORD " DUP1 DUP1 DUP1",
        "DUP1 5 EQ 0 JUMPI",
        "JUMPI",
        "GAS",
        "CODESIZE GAS :a",
        "STOP :a",
    };
    enum { WORST_COUNT = sizeof worst / sizeof worst[0], SIZE = 2000 };
    static uint8_t bytes[SIZE + ASSEMBLY_SIZE_MAX];
    for (uint64_t seed = 0; seed < WORST_COUNT + ROUNDS / 10; seed++) {
        test_random random = {seed};
        size_t size = 0;
        while (size < SIZE) {
            assembly a = assemble(worst[seed < WORST_COUNT ? seed : random_below(&random, WORST_COUNT)]);
            memcpy(bytes + size, a.bytes, a.size);
            size += a.size;
        }
        sample s = sample_make(bytes, size);
        check_room(&s, seed < WORST_COUNT ? worst[seed] : "mixed", seed);
        sample_free(&s);
    }
}

static void there_is_room_for_any_code(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        test_random random = {seed};
        uint8_t bytes[CODE_SIZE_MAX];
        sample s = sample_make(bytes, random_code(&random, bytes));
        check_room(&s, "random", seed);
        sample_free(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_is_a_head_for_each_jumpdest_and_it_says_what_its_block_takes),
        cmocka_unit_test(each_jumpdest_of_a_run_pays_for_the_rest),
        cmocka_unit_test(a_block_that_no_stack_is_enough_for_cannot_be_entered),
        cmocka_unit_test(dear_blocks_are_split),
        cmocka_unit_test(computations_take_in_what_comes_before_them),
        cmocka_unit_test(constants_are_folded),
        cmocka_unit_test(memory_takes_its_offset_in),
        cmocka_unit_test(pops_are_joined),
        cmocka_unit_test(jumps_take_in_their_destination_and_condition),
        cmocka_unit_test(gas_knows_what_its_block_was_charged),
        cmocka_unit_test(jumps_lead_to_heads),
        cmocka_unit_test(there_is_room_for_the_worst),
        cmocka_unit_test(there_is_room_for_any_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
