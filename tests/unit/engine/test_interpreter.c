/* The interpreter, one frame at a time: every opcode's stack, constant gas and first fork from the table; then what has
 * rules of its own. */
#include "tests/unit/engine/evm_world.h"

#include "engine/opcodes.h"

typedef struct opcode_row {
    const char *name;
    uint8_t value;
    weft_fork since;
    int64_t gas;
    unsigned pops, pushes;
} opcode_row;

#define ROW(argument, value, name, fork, gas, pops, pushes) {#name, value, WEFT_##fork, gas, pops, pushes},
static const opcode_row opcodes[] = {OPCODES(ROW, unused)};

enum { OPCODE_COUNT = sizeof opcodes / sizeof opcodes[0] };

static const opcode_row *opcode_find(uint8_t value) {
    for (size_t i = 0; i < OPCODE_COUNT; i++) {
        if (opcodes[i].value == value) {
            return &opcodes[i];
        }
    }
    return NULL;
}

/* `count` zeros pushed, then the opcode. */
static assembly zeros_then(unsigned count, uint8_t opcode) {
    assembly a = {.size = 0};
    for (unsigned i = 0; i < count; i++) {
        assembly_number(&a, "0");
    }
    a.bytes[a.size++] = opcode;
    return a;
}

/* --- From the table */

static void opcodes_begin_with_their_fork(void **state) {
    (void)state;
    for (int fork = 0; fork < WEFT_FORK_COUNT; fork++) {
        for (unsigned value = 0; value < 256; value++) {
            const opcode_row *row = opcode_find((uint8_t)value);
            if (row != NULL && strcmp(row->name, "JUMP") == 0) {
                continue; /* to 0, which is no JUMPDEST */
            }
            assembly a = zeros_then(146, (uint8_t)value); /* SWAPN with operand 0, past the end, reaches so deep */
            evm_result result = run_code((weft_fork)fork, bytes_of(a.bytes, a.size), WORLD_GAS, NULL);
            bool exists = row != NULL && (int)row->since <= fork;
            if ((result.status != EVM_HALT) != exists) {
                fail_msg("opcode 0x%02x in fork %s: status %d", value, weft_fork_name((weft_fork)fork),
                         (int)result.status);
            }
        }
    }
}

static void every_opcode_needs_its_operands(void **state) {
    (void)state;
    for (size_t i = 0; i < OPCODE_COUNT; i++) {
        if (opcodes[i].pops == 0) {
            continue;
        }
        assembly a = zeros_then(opcodes[i].pops - 1, opcodes[i].value);
        evm_result result = run_code(WEFT_OSAKA, bytes_of(a.bytes, a.size), WORLD_GAS, NULL);
        if (result.status != EVM_HALT || result.gas_left != 0) {
            fail_msg("%s with %u operands: status %d", opcodes[i].name, opcodes[i].pops - 1, (int)result.status);
        }
    }
}

/* Costs besides the constant one that operands of zero cause: a word of memory, or a temperature. */
static int64_t extra_gas(const char *name) {
    if (strcmp(name, "MLOAD") == 0 || strcmp(name, "MSTORE") == 0 || strcmp(name, "MSTORE8") == 0) {
        return 3;
    }
    static const char *const cold_account[] = {"BALANCE", "EXTCODESIZE", "EXTCODECOPY",  "EXTCODEHASH",
                                               "CALL",    "CALLCODE",    "DELEGATECALL", "STATICCALL"};
    for (size_t i = 0; i < sizeof cold_account / sizeof cold_account[0]; i++) {
        if (strcmp(name, cold_account[i]) == 0) {
            return 2600;
        }
    }
    return strcmp(name, "SLOAD") == 0          ? 2100
           : strncmp(name, "CREATE", 6) == 0   ? 32000
           : strcmp(name, "SSTORE") == 0       ? 2200
           : strcmp(name, "SELFDESTRUCT") == 0 ? 7600
                                               : 0;
}

static void every_opcode_costs_its_gas_and_halts_without(void **state) {
    (void)state;
    for (size_t i = 0; i < OPCODE_COUNT; i++) {
        const opcode_row *row = &opcodes[i];
        if (strcmp(row->name, "JUMP") == 0 || row->since > WEFT_OSAKA) {
            continue; /* what came after Osaka is in test_amsterdam.c */
        }
        assembly a = zeros_then(row->pops, row->value);
        int64_t gas = 3 * (int64_t)row->pops + row->gas + extra_gas(row->name);
        weft_bytes bytes = bytes_of(a.bytes, a.size);
        /* A slot is written only with more than the stipend left, and a creation keeps a 64th of what there is. */
        int64_t spare = strcmp(row->name, "SSTORE") == 0 ? 2301 : 0;
        evm_result enough = run_code(WEFT_OSAKA, bytes, gas + spare, NULL);
        if (enough.status == EVM_HALT || enough.gas_left != spare) {
            fail_msg("%s with %lld gas: status %d, %lld left", row->name, (long long)gas, (int)enough.status,
                     (long long)enough.gas_left);
        }
        if (gas > 0 && run_code(WEFT_OSAKA, bytes, gas - 1, NULL).status != EVM_HALT) {
            fail_msg("%s with %lld gas does not halt", row->name, (long long)gas - 1);
        }
    }
}

static void stack_holds_1024_words(void **state) {
    (void)state;
    for (size_t i = 0; i < OPCODE_COUNT; i++) {
        const opcode_row *row = &opcodes[i];
        if (row->pushes <= row->pops || row->since > WEFT_OSAKA) {
            continue;
        }
        static uint8_t bytes[2 * 1024 + 64];
        for (unsigned height = 1023; height <= 1024; height++) {
            memset(bytes, 0, sizeof bytes);
            for (unsigned j = 0; j < height; j++) {
                bytes[2 * j] = 0x60;
            }
            bytes[2 * height] = row->value;
            evm_result result = run_code(WEFT_OSAKA, bytes_of(bytes, sizeof bytes), WORLD_GAS, NULL);
            if (result.status != (height == 1023 ? EVM_SUCCESS : EVM_HALT)) {
                fail_msg("%s on %u words: status %d", row->name, height, (int)result.status);
            }
        }
    }
}

/* --- Values */

typedef struct value_case {
    const char *source;
    uint64_t result;
} value_case;

#define MINUS_ONE "0 NOT"
#define MINUS_SEVEN "6 NOT"
#define HALF "0x8000000000000000000000000000000000000000000000000000000000000000"

static void arithmetic_and_bits(void **state) {
    (void)state;
    static const value_case cases[] = {
        {"3 5 ADD", 8},
        {"3 5 SUB", 2},
        {"1 " MINUS_ONE " ADD", 0},
        {"6 7 MUL", 42},
        {"0 7 DIV", 0},
        {"2 7 DIV", 3},
        {"2 " MINUS_SEVEN " SDIV NOT 1 ADD", 3},
        {MINUS_ONE " " HALF " SDIV " HALF " EQ", 1},
        {"3 8 MOD", 2},
        {"0 8 MOD", 0},
        {"3 " MINUS_SEVEN " SMOD NOT 1 ADD", 1},
        {"5 " MINUS_ONE " " MINUS_ONE " ADDMOD", 0},
        {"8 " MINUS_ONE " " MINUS_ONE " MULMOD", 1},
        {"0 5 5 MULMOD", 0},
        {"10 2 EXP", 1024},
        {"0 0 EXP", 1},
        {"0x80 0 SIGNEXTEND NOT", 0x7f},
        {"0x80 1 SIGNEXTEND", 0x80},
        {"0x80 " MINUS_ONE " SIGNEXTEND", 0x80},
        {"2 1 LT", 1},
        {"1 2 LT", 0},
        {"1 2 GT", 1},
        {"1 " MINUS_ONE " SLT", 1},
        {"1 " MINUS_ONE " LT", 0},
        {MINUS_ONE " 1 SGT", 1},
        {"7 7 EQ", 1},
        {"0 ISZERO", 1},
        {HALF " ISZERO", 0},
        {"12 10 AND", 8},
        {"12 10 OR", 14},
        {"12 10 XOR", 6},
        {"0x1234 31 BYTE", 0x34},
        {"0x1234 30 BYTE", 0x12},
        {"0x1234 32 BYTE", 0},
        {"0x1234 " MINUS_ONE " BYTE", 0},
        {"1 4 SHL", 16},
        {"1 256 SHL", 0},
        {"16 4 SHR", 1},
        {MINUS_ONE " 255 SHR", 1},
        {MINUS_ONE " " MINUS_ONE " SHR", 0},
        {MINUS_ONE " " MINUS_ONE " SAR NOT", 0},
        {"16 4 SAR", 1},
        {"0 CLZ", 256},
        {"1 CLZ", 255},
        {HALF " CLZ", 0},
        {"0 0 KECCAK256 0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470 EQ", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t result = top_of(WEFT_OSAKA, cases[i].source);
        if (result != cases[i].result) {
            fail_msg("%s = %llu", cases[i].source, (unsigned long long)result);
        }
    }
}

static void environment(void **state) {
    (void)state;
    static const value_case cases[] = {
        {"ADDRESS 0xc000000000000000000000000000000000000002 EQ", 1},
        {"CALLER 0x5e00000000000000000000000000000000000001 EQ", 1},
        {"ORIGIN CALLER EQ", 1},
        {"CALLVALUE", 0},
        {"CALLDATASIZE", 0},
        {"0 CALLDATALOAD", 0},
        {"CODESIZE", 9},
        {"GASPRICE", 11},
        {"RETURNDATASIZE", 0},
        {"COINBASE", 0xcb},
        {"TIMESTAMP", 1700000000},
        {"NUMBER", WORLD_NUMBER},
        {"PREVRANDAO", 0xd1ff},
        {"GASLIMIT", 30000000},
        {"CHAINID", 1},
        {"SELFBALANCE", 0},
        {"BASEFEE", 7},
        {"BLOBBASEFEE", 3},
        {"0 BLOBHASH", 0},
        {"PC", 0},
        {"1 POP PC", 3},
        {"GAS", WORLD_GAS - 2},
        {"MSIZE", 0},
        {"31 MLOAD MSIZE ADD", 64},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t result = top_of(WEFT_OSAKA, cases[i].source);
        if (result != cases[i].result) {
            fail_msg("%s = %llu", cases[i].source, (unsigned long long)result);
        }
    }
}

/* Whatever a block has been charged beforehand, and however it was come to. */
static void gas_is_exact_anywhere_in_a_block(void **state) {
    (void)state;
    static const value_case cases[] = {
        {"GAS GAS SWAP1 SUB", 2},
        {"GAS 64 MLOAD POP GAS SWAP1 SUB", 3 + 3 + 3 * 3 + 2 + 2},
        {"GAS 0 SLOAD POP GAS SWAP1 SUB", 3 + 2100 + 2 + 2},
        {"GAS GAS GAS ADD ADD", 3 * WORLD_GAS - 2 - 4 - 6},
        {"1 POP :a :b GAS", WORLD_GAS - 3 - 2 - 1 - 1 - 2},
        {"@b JUMP :a :b GAS", WORLD_GAS - 3 - 8 - 1 - 2},
        {"@a JUMP :a :b GAS", WORLD_GAS - 3 - 8 - 1 - 1 - 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t result = top_of(WEFT_OSAKA, cases[i].source);
        if (result != cases[i].result) {
            fail_msg("%s = %llu", cases[i].source, (unsigned long long)result);
        }
    }
    assert_int_equal(run_source(WEFT_OSAKA, "GAS POP 1 POP", 9, NULL).status, EVM_SUCCESS);
    assert_int_equal(run_source(WEFT_OSAKA, "GAS POP 1 POP", 8, NULL).status, EVM_HALT);
}

/* What it pushes nobody can see: the code ends there. */
static void code_that_ends_in_push_data_stops(void **state) {
    (void)state;
    for (unsigned size = 1; size <= 32; size++) {
        const uint8_t bytes[] = {(uint8_t)(0x5f + size), 0xab};
        evm_result result = run_code(WEFT_OSAKA, bytes_of(bytes, sizeof bytes), WORLD_GAS, NULL);
        assert_int_equal(result.status, EVM_SUCCESS);
        assert_int_equal(WORLD_GAS - result.gas_left, 3);
    }
}

static void push_dup_swap_reach_as_far_as_they_say(void **state) {
    (void)state;
    for (unsigned n = 1; n <= 16; n++) {
        assembly dup = {.size = 0}, swap = {.size = 0};
        for (unsigned i = 0; i <= n; i++) {
            uint8_t word = (uint8_t)(100 + n - i); /* 100 on top, 100 + n at the bottom */
            assembly_push(&dup, &word, 1);
            assembly_push(&swap, &word, 1);
        }
        static const uint8_t tail[] = {0x60, 0, 0x52, 0x60, 32, 0x60, 0, 0xf3}; /* return the top of the stack */
        dup.bytes[dup.size++] = (uint8_t)(0x7f + n);
        swap.bytes[swap.size++] = (uint8_t)(0x8f + n);
        memcpy(dup.bytes + dup.size, tail, sizeof tail);
        memcpy(swap.bytes + swap.size, tail, sizeof tail);
        weft_u256 word;
        assert_int_equal(run_code(WEFT_OSAKA, bytes_of(dup.bytes, dup.size + sizeof tail), WORLD_GAS, &word).status,
                         EVM_SUCCESS);
        assert_int_equal(word.limb[0], 100 + n - 1);
        assert_int_equal(run_code(WEFT_OSAKA, bytes_of(swap.bytes, swap.size + sizeof tail), WORLD_GAS, &word).status,
                         EVM_SUCCESS);
        assert_int_equal(word.limb[0], 100 + n);
    }
    for (unsigned size = 1; size <= 32; size++) {
        uint8_t bytes[64], expected[32] = {0};
        bytes[0] = (uint8_t)(0x5f + size);
        for (unsigned i = 0; i < size; i++) {
            bytes[1 + i] = expected[32 - size + i] = (uint8_t)(0x11 + i);
        }
        static const uint8_t tail[] = {0x60, 0, 0x52, 0x60, 32, 0x60, 0, 0xf3};
        memcpy(bytes + 1 + size, tail, sizeof tail);
        weft_u256 word, wanted = u256_from_be32(expected);
        (void)run_code(WEFT_OSAKA, bytes_of(bytes, 1 + size + sizeof tail), WORLD_GAS, &word);
        assert_true(u256_equal(&word, &wanted));
    }
}

/* --- Flow */

static void jumps_go_to_jumpdests_only(void **state) {
    (void)state;
    assert_int_equal(gas_of(WEFT_OSAKA, "@end JUMP 1 1 1 :end"), 3 + 8 + 1);
    assert_int_equal(gas_of(WEFT_OSAKA, "1 @end JUMPI 1 1 1 :end"), 3 + 3 + 10 + 1);
    assert_int_equal(gas_of(WEFT_OSAKA, "0 @end JUMPI :end"), 3 + 3 + 10 + 1);
    assert_int_equal(gas_of(WEFT_OSAKA, "0 1 JUMPI"), 3 + 3 + 10); /* not taken: any destination will do */
    static const char *const bad[] = {
        "4 JUMP 0x5b",                                        /* push data */
        "3 JUMP STOP",                                        /* another opcode */
        "99 JUMP",                                            /* past the end */
        "0x0100000000000000000000000000000004 JUMP JUMPDEST", /* the low 64 bits are a JUMPDEST's */
        "1 0x0100000000000000000000000000000004 JUMPI JUMPDEST",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (run_source(WEFT_OSAKA, bad[i], WORLD_GAS, NULL).status != EVM_HALT) {
            fail_msg("%s does not halt", bad[i]);
        }
    }
}

/* Out: word   what the code gives. Returns: what its call came to, and whether it has a decoded form by then. */
static evm_result run_as(weft_interpreter interpreter, const char *source, weft_u256 *word, bool *is_decoded) {
    const weft_interpreter others = world_interpreter;
    assembly a = assemble(source);
    world w;
    world_interpreter = interpreter;
    world_open(&w, WEFT_OSAKA);
    world_account(&w, contract_address, 0, 1, bytes_of(a.bytes, a.size));
    evm_result result = world_call(&w, WORLD_GAS);
    *word = result.output.size == 32 ? u256_from_be32(result.output.data) : u256_zero();
    result.output = bytes_of(NULL, 0);
    const code *c = code_cache_add(w.cells.codes, bytes_of(a.bytes, a.size));
    *is_decoded = c != NULL && code_cache_decoded(w.cells.codes, c) != NULL;
    world_close(&w);
    world_interpreter = others;
    return result;
}

/* Gas, memory and stack are taken over from one interpreter to the other in the middle of a frame. */
static void loops_go_on_decoded_once_it_is_worth_it(void **state) {
    (void)state;
    static const struct {
        const char *source;
        bool is_decoded;
    } cases[] = {
        {"77 64 MSTORE 0 :a 1 ADD DUP1 1000 GT @a JUMPI GAS ADD 64 MLOAD ADD 0 MSTORE 32 0 RETURN", true},
        {"77 64 MSTORE 0 :a 1 ADD DUP1 2 GT @a JUMPI GAS ADD 64 MLOAD ADD 0 MSTORE 32 0 RETURN", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        weft_u256 word, expected;
        bool is_decoded;
        evm_result plain = run_as(WEFT_INTERPRETER_PLAIN, cases[i].source, &expected, &is_decoded);
        assert_int_equal(plain.status, EVM_SUCCESS);
        assert_false(is_decoded);
        evm_result chosen = run_as(WEFT_INTERPRETER_AUTO, cases[i].source, &word, &is_decoded);
        assert_int_equal(chosen.status, EVM_SUCCESS);
        assert_int_equal(chosen.gas_left, plain.gas_left);
        assert_true(u256_equal(&word, &expected));
        assert_int_equal(is_decoded, cases[i].is_decoded);
    }
}

static void return_and_revert_keep_gas_and_output(void **state) {
    (void)state;
    weft_u256 word;
    evm_result result = run_source(WEFT_OSAKA, "42 0 MSTORE 32 0 REVERT", 100, &word);
    assert_int_equal(result.status, EVM_REVERT);
    assert_int_equal(result.gas_left, 100 - 18);
    assert_int_equal(word.limb[0], 42);
    assert_int_equal(run_source(WEFT_HOMESTEAD, "0 0 REVERT", 100, NULL).status, EVM_HALT);
    assert_int_equal(run_source(WEFT_OSAKA, "32 0 RETURN", 100, &word).status, EVM_SUCCESS);
    assert_true(u256_is_zero(&word));
}

/* --- Memory */

static void memory_costs_the_square(void **state) {
    (void)state;
    assert_int_equal(gas_of(WEFT_OSAKA, "0 MLOAD"), 3 + 3 + 3);
    assert_int_equal(gas_of(WEFT_OSAKA, "1 MLOAD"), 3 + 3 + 6);
    assert_int_equal(gas_of(WEFT_OSAKA, "0 MLOAD 0 MLOAD"), 3 + 3 + 3 + 6);
    assert_int_equal(gas_of(WEFT_OSAKA, "0x8000 MLOAD"), 3 + 3 + 3 * 1025 + 1025 * 1025 / 512);
    assert_int_equal(gas_of(WEFT_OSAKA, "31 MLOAD 0x8000 MLOAD"), 3 + 3 + 3 + 3 + 3 * 1025 + 1025 * 1025 / 512);
    assert_int_equal(gas_of(WEFT_OSAKA, "1 32 MSTORE8"), 3 + 3 + 3 + 6);
}

static void memory_out_of_reach_is_out_of_gas(void **state) {
    (void)state;
    static const char *const bad[] = {
        MINUS_ONE " MLOAD",       "0xffffffffffffffff MLOAD",    "0x0100000001 MLOAD",
        "1 " MINUS_ONE " MSTORE", "1 " MINUS_ONE " MSTORE8",     "1 " MINUS_ONE " KECCAK256",
        MINUS_ONE " 1 KECCAK256", MINUS_ONE " 0 0 CALLDATACOPY", "1 0 " MINUS_ONE " CALLDATACOPY",
        MINUS_ONE " 0 RETURN",    "1 " MINUS_ONE " 0 MCOPY",     MINUS_ONE " " MINUS_ONE " LOG0",
        MINUS_ONE " 0 0 CREATE",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (run_source(WEFT_OSAKA, bad[i], INT64_MAX, NULL).status != EVM_HALT) {
            fail_msg("%s does not halt", bad[i]);
        }
    }
    /* A size of zero reaches nothing, wherever it is. */
    assert_int_equal(gas_of(WEFT_OSAKA, "0 0 " MINUS_ONE " CALLDATACOPY MSIZE POP"), 3 + 3 + 3 + 3 + 3 + 2 + 2);
    assert_int_equal(gas_of(WEFT_OSAKA, "0 0 NOT RETURN"), 3 + 3 + 3);
}

static void copies_pad_with_zeros(void **state) {
    (void)state;
    assert_int_equal(top_of(WEFT_OSAKA, MINUS_ONE " 0 MSTORE 32 0 0 CALLDATACOPY 0 MLOAD"), 0);
    assert_int_equal(top_of(WEFT_OSAKA, "1 30 30 CODECOPY 0 MLOAD"), 0);
    assert_int_equal(top_of(WEFT_OSAKA, "32 " MINUS_ONE " 0 CODECOPY 0 MLOAD"), 0);
    assert_int_equal(gas_of(WEFT_OSAKA, "33 0 0 CODECOPY"), 3 * 3 + 3 + 3 * 2 + 3 * 2);
    /* RETURNDATACOPY does not, and refuses an offset past the end for no bytes too. */
    assert_int_equal(gas_of(WEFT_OSAKA, "0 0 0 RETURNDATACOPY"), 3 * 3 + 3);
    assert_int_equal(run_source(WEFT_OSAKA, "0 1 0 RETURNDATACOPY", WORLD_GAS, NULL).status, EVM_HALT);
    assert_int_equal(run_source(WEFT_OSAKA, "1 0 0 RETURNDATACOPY", WORLD_GAS, NULL).status, EVM_HALT);
}

static void mcopy_moves_overlapping_bytes(void **state) {
    (void)state;
    assert_int_equal(top_of(WEFT_OSAKA, "0x1122334455667788 0 MSTORE 8 24 25 MCOPY 0 24 MSTORE8 1 MLOAD"),
                     0x1122334455667788);
    assert_int_equal(gas_of(WEFT_OSAKA, "32 0 32 MCOPY"), 3 * 3 + 3 + 3 + 6);
}

static void exp_costs_per_byte_of_the_exponent(void **state) {
    (void)state;
    assert_int_equal(gas_of(WEFT_FRONTIER, "0x010000 2 EXP"), 6 + 10 + 3 * 10);
    assert_int_equal(gas_of(WEFT_SPURIOUS_DRAGON, "0x010000 2 EXP"), 6 + 10 + 3 * 50);
    assert_int_equal(gas_of(WEFT_OSAKA, "0 2 EXP"), 6 + 10);
}

static void keccak_costs_per_word(void **state) {
    (void)state;
    assert_int_equal(gas_of(WEFT_OSAKA, "33 0 KECCAK256"), 6 + 30 + 2 * 6 + 6);
}

/* --- Surroundings */

static void block_hashes_of_the_last_256_blocks(void **state) {
    (void)state;
    world w;
    world_open(&w, WEFT_OSAKA);
    for (uint64_t number = 1; number <= WORLD_NUMBER + 1; number++) {
        weft_u256 word = u256_from_u64(number);
        weft_bytes32 hash = u256_to_bytes32(&word);
        assert_int_equal(weft_memory_state_set_block_hash(w.state, number, &hash), WEFT_OK);
    }
    static const struct {
        const char *number;
        uint64_t hash;
    } cases[] = {{"999", 999}, {"744", 744}, {"743", 0}, {"1000", 0}, {"1001", 0}, {MINUS_ONE, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char source[64];
        (void)snprintf(source, sizeof source, "%s BLOCKHASH 0 MSTORE 32 0 RETURN", cases[i].number);
        world_contract(&w, contract_address, 0, source);
        evm_result result = world_call(&w, WORLD_GAS);
        assert_int_equal(result.output.size, 32);
        assert_int_equal(u256_from_be32(result.output.data).limb[0], cases[i].hash);
    }
    world_close(&w);
}

static void logs_carry_topics_and_data(void **state) {
    (void)state;
    world w;
    world_open(&w, WEFT_OSAKA);
    world_contract(&w, contract_address, 0, "0xaabb 0 MSTORE 3 2 1 2 30 LOG3 0 0 LOG0");
    evm_result result = world_call(&w, WORLD_GAS);
    assert_int_equal(result.status, EVM_SUCCESS);
    assert_int_equal(WORLD_GAS - result.gas_left, 7 * 3 + 3 + 3 + 375 * 4 + 8 * 2 + 2 * 3 + 375);
    assert_int_equal(w.ts.log_count, 2);
    const weft_log *log = &w.ts.logs[0];
    assert_true(address_equal(&log->address, &contract_address));
    assert_int_equal(log->topic_count, 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(log->topics[i].bytes[31], i + 1);
    }
    assert_int_equal(log->data.size, 2);
    assert_int_equal(log->data.data[0], 0xaa);
    assert_int_equal(w.ts.logs[1].topic_count, 0);
    world_close(&w);
}

/* --- SSTORE: the tables of EIP-1283, EIP-2200 and EIP-3529, whose columns they agree on. */

typedef struct sstore_case {
    const char *source;
    uint64_t original;
    struct {
        int64_t gas, refund;
    } eip1283, eip2200, eip3529;
} sstore_case;

static const sstore_case sstore_cases[] = {
    {"0 0 SSTORE 0 0 SSTORE", 0, {412, 0}, {1612, 0}, {212, 0}},
    {"0 0 SSTORE 1 0 SSTORE", 0, {20212, 0}, {20812, 0}, {20112, 0}},
    {"1 0 SSTORE 0 0 SSTORE", 0, {20212, 19800}, {20812, 19200}, {20112, 19900}},
    {"1 0 SSTORE 2 0 SSTORE", 0, {20212, 0}, {20812, 0}, {20112, 0}},
    {"1 0 SSTORE 1 0 SSTORE", 0, {20212, 0}, {20812, 0}, {20112, 0}},
    {"0 0 SSTORE 0 0 SSTORE", 1, {5212, 15000}, {5812, 15000}, {3012, 4800}},
    {"0 0 SSTORE 1 0 SSTORE", 1, {5212, 4800}, {5812, 4200}, {3012, 2800}},
    {"0 0 SSTORE 2 0 SSTORE", 1, {5212, 0}, {5812, 0}, {3012, 0}},
    {"2 0 SSTORE 0 0 SSTORE", 1, {5212, 15000}, {5812, 15000}, {3012, 4800}},
    {"2 0 SSTORE 3 0 SSTORE", 1, {5212, 0}, {5812, 0}, {3012, 0}},
    {"2 0 SSTORE 1 0 SSTORE", 1, {5212, 4800}, {5812, 4200}, {3012, 2800}},
    {"2 0 SSTORE 2 0 SSTORE", 1, {5212, 0}, {5812, 0}, {3012, 0}},
    {"1 0 SSTORE 0 0 SSTORE", 1, {5212, 15000}, {5812, 15000}, {3012, 4800}},
    {"1 0 SSTORE 2 0 SSTORE", 1, {5212, 0}, {5812, 0}, {3012, 0}},
    {"1 0 SSTORE 1 0 SSTORE", 1, {412, 0}, {1612, 0}, {212, 0}},
    {"1 0 SSTORE 0 0 SSTORE 1 0 SSTORE", 0, {40218, 19800}, {40818, 19200}, {40118, 19900}},
    {"0 0 SSTORE 1 0 SSTORE 0 0 SSTORE", 1, {10218, 19800}, {10818, 19200}, {5918, 7600}},
};

static void sstore_check(weft_fork fork, const char *source, uint64_t original, int64_t gas, int64_t refund) {
    world w;
    world_open(&w, fork);
    world_contract(&w, contract_address, 0, source);
    world_slot(&w, contract_address, 0, original);
    world_begin(&w);
    weft_u256 slot = u256_zero();
    assert_true(tx_account_warm_slot(&w.ts, world_find(&w, contract_address), &slot));
    evm_result result = world_message(&w, EVM_CALL, contract_address, WORLD_GAS, 0, bytes_of(NULL, 0));
    if (result.status != EVM_SUCCESS || WORLD_GAS - result.gas_left != gas || w.ts.refund != refund) {
        fail_msg("%s from %llu under %s: %lld gas, %lld refunded", source, (unsigned long long)original,
                 weft_fork_name(fork), (long long)(WORLD_GAS - result.gas_left), (long long)w.ts.refund);
    }
    world_close(&w);
}

static void sstore_follows_the_tables(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sstore_cases / sizeof sstore_cases[0]; i++) {
        const sstore_case *c = &sstore_cases[i];
        sstore_check(WEFT_CONSTANTINOPLE, c->source, c->original, c->eip1283.gas, c->eip1283.refund);
        sstore_check(WEFT_ISTANBUL, c->source, c->original, c->eip2200.gas, c->eip2200.refund);
        sstore_check(WEFT_LONDON, c->source, c->original, c->eip3529.gas, c->eip3529.refund);
    }
    /* Before and between: the price looks at the current value alone. */
    static const weft_fork simple[] = {WEFT_FRONTIER, WEFT_BYZANTIUM, WEFT_PETERSBURG};
    for (size_t i = 0; i < sizeof simple / sizeof simple[0]; i++) {
        sstore_check(simple[i], "1 0 SSTORE 0 0 SSTORE", 0, 25012, 15000);
        sstore_check(simple[i], "0 0 SSTORE 0 0 SSTORE", 1, 10012, 15000);
        sstore_check(simple[i], "1 0 SSTORE 1 0 SSTORE", 1, 10012, 0);
    }
    sstore_check(WEFT_BERLIN, "0 0 SSTORE", 1, 6 + 2900, 15000);
}

static void sstore_needs_more_than_the_stipend(void **state) {
    (void)state;
    assert_int_equal(run_source(WEFT_ISTANBUL, "0 0 SSTORE", 6 + 2300, NULL).status, EVM_HALT);
    assert_int_equal(run_source(WEFT_ISTANBUL, "0 0 SSTORE", 6 + 2301, NULL).status, EVM_SUCCESS);
    assert_int_equal(run_source(WEFT_CONSTANTINOPLE, "0 0 SSTORE", 6 + 200, NULL).status, EVM_SUCCESS);
}

static void storage_is_cold_once(void **state) {
    (void)state;
    assert_int_equal(gas_of(WEFT_OSAKA, "0 SLOAD 0 SLOAD"), 6 + 2100 + 100);
    assert_int_equal(gas_of(WEFT_OSAKA, "0 SLOAD 0 0 SSTORE"), 9 + 2100 + 100);
    assert_int_equal(gas_of(WEFT_OSAKA, "1 0 SSTORE"), 6 + 2100 + 20000);
    assert_int_equal(gas_of(WEFT_ISTANBUL, "0 SLOAD 0 SLOAD"), 6 + 800 + 800);
    assert_int_equal(gas_of(WEFT_FRONTIER, "0 SLOAD"), 3 + 50);
}

static void transient_storage_lives_for_the_transaction(void **state) {
    (void)state;
    assert_int_equal(top_of(WEFT_OSAKA, "7 1 TSTORE 1 TLOAD"), 7);
    world w;
    world_open(&w, WEFT_OSAKA);
    world_contract(&w, contract_address, 0, "1 TLOAD 0 MSTORE 7 1 TSTORE 32 0 RETURN");
    assert_int_equal(world_call(&w, WORLD_GAS).output.data[31], 0);
    assert_int_equal(world_message(&w, EVM_CALL, contract_address, WORLD_GAS, 0, bytes_of(NULL, 0)).output.data[31], 7);
    assert_int_equal(world_call(&w, WORLD_GAS).output.data[31], 0);
    world_close(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opcodes_begin_with_their_fork),
        cmocka_unit_test(every_opcode_needs_its_operands),
        cmocka_unit_test(every_opcode_costs_its_gas_and_halts_without),
        cmocka_unit_test(stack_holds_1024_words),
        cmocka_unit_test(arithmetic_and_bits),
        cmocka_unit_test(environment),
        cmocka_unit_test(gas_is_exact_anywhere_in_a_block),
        cmocka_unit_test(code_that_ends_in_push_data_stops),
        cmocka_unit_test(push_dup_swap_reach_as_far_as_they_say),
        cmocka_unit_test(jumps_go_to_jumpdests_only),
        cmocka_unit_test(loops_go_on_decoded_once_it_is_worth_it),
        cmocka_unit_test(return_and_revert_keep_gas_and_output),
        cmocka_unit_test(memory_costs_the_square),
        cmocka_unit_test(memory_out_of_reach_is_out_of_gas),
        cmocka_unit_test(copies_pad_with_zeros),
        cmocka_unit_test(mcopy_moves_overlapping_bytes),
        cmocka_unit_test(exp_costs_per_byte_of_the_exponent),
        cmocka_unit_test(keccak_costs_per_word),
        cmocka_unit_test(block_hashes_of_the_last_256_blocks),
        cmocka_unit_test(logs_carry_topics_and_data),
        cmocka_unit_test(sstore_follows_the_tables),
        cmocka_unit_test(sstore_needs_more_than_the_stipend),
        cmocka_unit_test(storage_is_cold_once),
        cmocka_unit_test(transient_storage_lives_for_the_transaction),
    };
    int failed = 0;
    FOR_EACH_INTERPRETER {
        failed += cmocka_run_group_tests(tests, NULL, NULL);
    }
    return failed;
}
