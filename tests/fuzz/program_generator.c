#include "tests/fuzz/program_generator.h"

#include "engine/opcodes.h"
#include "tests/fuzz/output.h"

#include <weft/chain.h>
#include <string.h>

enum { PLACES_MAX = 64, PIECES_MAX = 40, PROGRAM_SIZE_MAX = 4096, DATA_SIZE_MAX = 67 };

typedef struct opcode_row {
    uint8_t since, pops, pushes;
} opcode_row;

#define ROW(argument, value, name, fork, gas, pops, pushes) [value] = {WEFT_##fork, pops, pushes},
static const opcode_row rows[256] = {OPCODES(ROW, unused)};

/* A program under way. Jumps are written before it is known where they can lead. */
typedef struct program {
    output out;
    weft_fork fork;                               /* that the program is for, mostly */
    int height;                                   /* of the stack, if execution came straight to here */
    size_t labels[PLACES_MAX], jumps[PLACES_MAX]; /* JUMPDESTs; where the destination of a jump is to be put, */
    uint8_t jump_sizes[PLACES_MAX];               /* … so many bytes */
    unsigned label_count, jump_count;
} program;

static void opcode(program *p, unsigned value) {
    put(&p->out, value);
    p->height += rows[value].pushes - rows[value].pops;
    p->height = p->height > 0 ? p->height : 0;
}

/* One of these, seldom one that the fork has not got. */
static unsigned pick_opcode(program *p, const uint8_t *choices, size_t count) {
    unsigned choice = pick_of(&p->out, choices, count);
    for (unsigned tries = 0; tries < 8 && rows[choice].since > p->fork; tries++) {
        choice = pick_of(&p->out, choices, count);
    }
    return choice;
}

#define PICK_OPCODE(p, ...) pick_opcode(p, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
#define OPCODE(p, ...) opcode(p, PICK_OPCODE(p, __VA_ARGS__))

/* A depth below `bound`, seldom one that the stack has not got. */
static unsigned pick_depth(program *p, unsigned bound) {
    bool is_any = p->height < 2 || pick(&p->out, 64) == 0;
    return pick(&p->out, is_any || (unsigned)p->height > bound ? bound : (unsigned)p->height - 1);
}

/* --- Operands */

/* PUSH of the last `size` bytes of a number. */
static void push_sized(program *p, uint64_t value, unsigned size) {
    opcode(p, OPCODE_PUSH0 + size);
    for (unsigned i = size; i-- > 0;) {
        put(&p->out, i < 8 ? (unsigned)(value >> 8 * i) & 0xff : 0);
    }
}

static void push(program *p, uint64_t value) {
    unsigned size = 1;
    while (size < 8 && value >> 8 * size != 0) {
        size++;
    }
    push_sized(p, value, size);
}

/* A word of random bytes, or all the same. */
static void push_wide(program *p) {
    unsigned size = 9 + pick(&p->out, 24), same = PICK(&p->out, 0, 0x7f, 0x80, 0xff);
    bool is_random = pick(&p->out, 2) == 0;
    opcode(p, OPCODE_PUSH0 + size);
    for (unsigned i = 0; i < size; i++) {
        put(&p->out, is_random ? pick(&p->out, 256) : same);
    }
}

static void push_any(program *p) {
    /* Among them both sides of what fits an entry's operand, a limb, a shift, a sign. */
    static const uint64_t telling[] = {
        0,          1,          2,          31,         32,         255,       256,
        0x7fffff,   0x800000,   0xffffff,   0x7fffffff, 0xffffffff, INT64_MAX, (uint64_t)INT64_MAX + 1,
        UINT64_MAX, 0x12345678, 0xa9059cbb, 1024,       0x5b5b5b,   57,        100};
    switch (pick(&p->out, 8)) {
    case 0: push_wide(p); return;
    case 1: OPCODE(p, OPCODE_PUSH0, OPCODE_PC, OPCODE_CODESIZE, OPCODE_MSIZE); return;
    case 2: push_sized(p, random_u64(p->out.random), 1 + pick(&p->out, 32)); return;
    case 3:
    case 4: push(p, pick(&p->out, 40)); return;
    default: push(p, telling[pick(&p->out, sizeof telling / sizeof telling[0])]); return;
    }
}

/* An offset into memory, seldom one that costs all gas. */
static void push_offset(program *p) {
    if (pick(&p->out, 64) == 0) {
        push_any(p);
    } else {
        push(p, pick(&p->out, 2) == 0 ? 32 * pick(&p->out, 5) : pick(&p->out, 200));
    }
}

static void push_environment(program *p) {
    OPCODE(p, OPCODE_ADDRESS, OPCODE_ORIGIN, OPCODE_CALLER, OPCODE_CALLVALUE, OPCODE_CALLDATASIZE, OPCODE_CODESIZE,
           OPCODE_GASPRICE, OPCODE_RETURNDATASIZE, OPCODE_SELFBALANCE, OPCODE_COINBASE, OPCODE_TIMESTAMP, OPCODE_NUMBER,
           OPCODE_PREVRANDAO, OPCODE_GASLIMIT, OPCODE_CHAINID, OPCODE_BASEFEE, OPCODE_BLOBBASEFEE, OPCODE_SLOTNUM,
           OPCODE_MSIZE, OPCODE_PUSH0, OPCODE_PC, OPCODE_GAS, OPCODE_GAS);
}

static void push_call_data(program *p) {
    push(p, PICK(&p->out, 0, 1, 4, 32, 36));
    opcode(p, OPCODE_CALLDATALOAD);
}

static void push_value(program *p) {
    switch (pick(&p->out, 8)) {
    case 0: push_environment(p); return;
    case 1: push_call_data(p); return;
    case 2: opcode(p, OPCODE_DUP1 + pick_depth(p, 6)); return;
    default: push_any(p); return;
    }
}

/* Addresses of the world (fuzz_interpreter.c), and a precompile's. */
static void push_address(program *p) {
    if (pick(&p->out, 4) == 0) {
        OPCODE(p, OPCODE_ADDRESS, OPCODE_CALLER, OPCODE_ORIGIN);
    } else {
        push(p, PICK(&p->out, 0x20, 0x20, 0x21, 0x21, 0x22, 0x40, 4));
    }
}

/* --- Operations */

static void put_computation(program *p) {
    OPCODE(p, OPCODE_ADD, OPCODE_MUL, OPCODE_SUB, OPCODE_DIV, OPCODE_SDIV, OPCODE_MOD, OPCODE_SMOD, OPCODE_SIGNEXTEND,
           OPCODE_LT, OPCODE_GT, OPCODE_SLT, OPCODE_SGT, OPCODE_EQ, OPCODE_AND, OPCODE_OR, OPCODE_XOR, OPCODE_BYTE,
           OPCODE_SHL, OPCODE_SHR, OPCODE_SAR, OPCODE_ADD, OPCODE_SUB);
}

/* A computation with what it may be fused with before it. */
static void put_fused(program *p) {
    switch (pick(&p->out, 6)) {
    case 0: push_any(p), opcode(p, OPCODE_SWAP1); break;
    case 1: opcode(p, OPCODE_DUP1 + pick_depth(p, 8)); break;
    case 2: opcode(p, OPCODE_SWAP1 + pick_depth(p, 2)); break;
    case 3: push_any(p), push_any(p); break;
    case 4: push_any(p), opcode(p, OPCODE_DUP1 + pick_depth(p, 3)); break;
    default: push_any(p); break;
    }
    put_computation(p);
}

static void put_other_computation(program *p) {
    switch (pick(&p->out, 4)) {
    case 0: OPCODE(p, OPCODE_ISZERO, OPCODE_NOT, OPCODE_CLZ, OPCODE_CALLDATALOAD, OPCODE_BLOBHASH); return;
    case 1:
        push_value(p);
        OPCODE(p, OPCODE_ADDMOD, OPCODE_MULMOD);
        return;
    case 2:
        push(p, pick(&p->out, 300)), push_any(p);
        opcode(p, OPCODE_EXP);
        return;
    default: push_value(p), OPCODE(p, OPCODE_ISZERO, OPCODE_NOT); return;
    }
}

static void put_stack(program *p) {
    switch (pick(&p->out, 6)) {
    case 0: opcode(p, OPCODE_DUP1 + pick_depth(p, 16)); return;
    case 1: opcode(p, OPCODE_SWAP1 + pick_depth(p, 16)); return;
    case 2: opcode(p, OPCODE_SWAP1 + pick_depth(p, 4)), opcode(p, OPCODE_POP); return;
    case 3: opcode(p, OPCODE_DUP1 + pick_depth(p, 3)), opcode(p, OPCODE_POP); return;
    case 4: push_any(p), opcode(p, OPCODE_POP); return;
    default:
        for (unsigned count = 1 + pick(&p->out, 4); count > 0; count--) {
            opcode(p, OPCODE_POP);
        }
        return;
    }
}

/* EIP-8024: operands that are valid, and any. */
static void put_deep_stack(program *p) {
    OPCODE(p, OPCODE_DUPN, OPCODE_SWAPN, OPCODE_EXCHANGE);
    put(&p->out,
        pick(&p->out, 8) == 0 ? pick(&p->out, 256) : PICK(&p->out, 0x80, 0x81, 0x8e, 0x8f, 0x9d, 0x9f, 0, 81, 90));
}

/* As many words as come near a limit of the stack, 1,024 or the reach of EIP-8024. */
static void put_many(program *p) {
    unsigned word = PICK_OPCODE(p, OPCODE_PUSH0, OPCODE_DUP1, OPCODE_CALLER, OPCODE_MSIZE);
    unsigned count = pick(&p->out, 2) == 0 ? 1008 + pick(&p->out, 20) : 14 + pick(&p->out, 250);
    opcode(p, OPCODE_CALLER);
    for (; count > 0; count--) {
        opcode(p, word);
    }
}

static void put_memory(program *p) {
    switch (pick(&p->out, 7)) {
    case 0: push_offset(p), opcode(p, OPCODE_MLOAD); return;
    case 1: push_value(p), push_offset(p), OPCODE(p, OPCODE_MSTORE, OPCODE_MSTORE, OPCODE_MSTORE8); return;
    case 2: push_offset(p), push_value(p), opcode(p, OPCODE_SWAP1), opcode(p, OPCODE_MSTORE); return;
    case 3: push_offset(p), push_value(p), opcode(p, OPCODE_DUP2), OPCODE(p, OPCODE_MLOAD, OPCODE_MSTORE); return;
    case 4: push(p, pick(&p->out, 70)), push_offset(p), opcode(p, OPCODE_KECCAK256); return;
    case 5: push_offset(p), opcode(p, OPCODE_MLOAD), push_offset(p), opcode(p, OPCODE_MSTORE); return;
    default:
        if (pick(&p->out, 4) == 0) {
            opcode(p, OPCODE_RETURNDATASIZE), push(p, 0), push_offset(p), opcode(p, OPCODE_RETURNDATACOPY);
            return;
        }
        push(p, pick(&p->out, 70)), push_offset(p), push_offset(p);
        OPCODE(p, OPCODE_CALLDATACOPY, OPCODE_CODECOPY, OPCODE_MCOPY);
        return;
    }
}

static void put_call(program *p) {
    unsigned kind = PICK_OPCODE(p, OPCODE_CALL, OPCODE_CALL, OPCODE_CALLCODE, OPCODE_DELEGATECALL, OPCODE_STATICCALL);
    push(p, PICK(&p->out, 0, 32)), push_offset(p);
    push(p, PICK(&p->out, 0, 4, 36)), push_offset(p);
    if (kind == OPCODE_CALL || kind == OPCODE_CALLCODE) {
        push(p, PICK(&p->out, 0, 0, 0, 1));
    }
    push_address(p);
    if (pick(&p->out, 3) == 0) {
        push(p, pick(&p->out, 4000));
    } else {
        opcode(p, OPCODE_GAS);
    }
    opcode(p, kind);
}

/* Init code is some of this very code, or of what memory happens to hold. */
static void put_create(program *p) {
    if (pick(&p->out, 2) == 0) {
        opcode(p, OPCODE_CODESIZE), push(p, pick(&p->out, 64)), push(p, 0), opcode(p, OPCODE_CODECOPY);
    }
    unsigned kind = PICK_OPCODE(p, OPCODE_CREATE, OPCODE_CREATE2);
    if (kind == OPCODE_CREATE2) {
        push(p, pick(&p->out, 2));
    }
    push(p, pick(&p->out, 100)), push(p, pick(&p->out, 32)), push(p, 0);
    opcode(p, kind);
}

/* What is seen from outside the frame. */
static void put_outward(program *p) {
    switch (pick(&p->out, 9)) {
    case 0: push(p, pick(&p->out, 4)), OPCODE(p, OPCODE_SLOAD, OPCODE_TLOAD); return;
    case 1: push_value(p), push(p, pick(&p->out, 4)), OPCODE(p, OPCODE_SSTORE, OPCODE_SSTORE, OPCODE_TSTORE); return;
    case 2: push_address(p), OPCODE(p, OPCODE_BALANCE, OPCODE_EXTCODESIZE, OPCODE_EXTCODEHASH); return;
    case 3: push(p, 32), push(p, 0), push_offset(p), push_address(p), opcode(p, OPCODE_EXTCODECOPY); return;
    case 4: push(p, 900 + pick(&p->out, 110)), opcode(p, OPCODE_BLOCKHASH); return;
    case 5:
        push_value(p), push_value(p), push(p, pick(&p->out, 40)), push_offset(p);
        opcode(p, OPCODE_LOG0 + pick(&p->out, 5));
        return;
    case 6: put_create(p); return;
    default: put_call(p); return;
    }
}

/* --- Jumps */

static void put_label(program *p) {
    for (unsigned count = pick(&p->out, 4) == 0 ? 1 + pick(&p->out, 30) : 1; count > 0; count--) {
        if (p->label_count < PLACES_MAX) {
            p->labels[p->label_count++] = p->out.size;
        }
        opcode(p, OPCODE_JUMPDEST);
    }
}

/* PUSH of a destination, in so many bytes. */
static void push_destination(program *p, unsigned size) {
    opcode(p, OPCODE_PUSH0 + size);
    if (p->jump_count < PLACES_MAX && size >= 2) {
        p->jumps[p->jump_count] = p->out.size;
        p->jump_sizes[p->jump_count++] = (uint8_t)size;
    }
    for (unsigned i = 0; i < size; i++) {
        put(&p->out, 0);
    }
}

static void push_condition(program *p) {
    switch (pick(&p->out, 4)) {
    case 0: break;
    case 1: push_value(p); break;
    case 2: push_any(p); /* fall through */
    default:
        push_value(p);
        OPCODE(p, OPCODE_LT, OPCODE_GT, OPCODE_SLT, OPCODE_SGT, OPCODE_EQ, OPCODE_AND, OPCODE_SUB);
        break;
    }
    for (unsigned count = pick(&p->out, 3); count > 0; count--) {
        opcode(p, OPCODE_ISZERO);
    }
}

static void put_jumpi(program *p) {
    push_condition(p);
    push_destination(p, 2);
    opcode(p, OPCODE_JUMPI);
}

/* A destination that is known only when the code runs, or that folding finds out. */
static void put_computed_jump(program *p) {
    switch (pick(&p->out, 4)) {
    case 0:
        push_destination(p, 2), push(p, 0), OPCODE(p, OPCODE_ADD, OPCODE_OR, OPCODE_SHL), opcode(p, OPCODE_JUMP);
        return;
    case 1:
        push_destination(p, 2), push_value(p), opcode(p, OPCODE_SWAP1);
        opcode(p, OPCODE_JUMP);
        return;
    case 2: /* over what follows */
        push(p, 4), opcode(p, OPCODE_PC), opcode(p, OPCODE_ADD), opcode(p, OPCODE_JUMP);
        put_label(p);
        return;
    default: /* back to where a caller said, as functions do */
        push_destination(p, 2), push_destination(p, 2), opcode(p, OPCODE_JUMP);
        put_label(p), put_fused(p), opcode(p, OPCODE_SWAP1), opcode(p, OPCODE_JUMP);
        return;
    }
}

/* A table of functions. Of the comparisons one is none that compilers write; sizes go beyond theirs. */
static void put_selectors(program *p) {
    if (pick(&p->out, 2) == 0) {
        push(p, pick(&p->out, 4));
    } else {
        push_call_data(p), push(p, 224), opcode(p, OPCODE_SHR);
    }
    for (unsigned count = 1 + pick(&p->out, 4); count > 0; count--) {
        opcode(p, OPCODE_DUP1);
        push_sized(p, pick(&p->out, 4), 1 + pick(&p->out, 5));
        OPCODE(p, OPCODE_EQ, OPCODE_EQ, OPCODE_GT, OPCODE_GT, OPCODE_LT);
        push_destination(p, 1 + pick(&p->out, 5));
        opcode(p, OPCODE_JUMPI);
    }
}

/* Jump back until a word in memory has counted so far: often enough for code to be decoded on the way. */
static void put_loop(program *p) {
    size_t begin = p->out.size;
    unsigned counter = 32 * pick(&p->out, 5);
    put_label(p);
    for (unsigned count = pick(&p->out, 3); count > 0; count--) {
        put_fused(p), opcode(p, OPCODE_POP);
    }
    push(p, counter), opcode(p, OPCODE_MLOAD), push(p, 1), opcode(p, OPCODE_ADD);
    opcode(p, OPCODE_DUP1), push(p, counter), opcode(p, OPCODE_MSTORE);
    push(p, 2 + pick(&p->out, 60)), OPCODE(p, OPCODE_GT, OPCODE_GT, OPCODE_SUB, OPCODE_SGT);
    push_sized(p, begin, 2), opcode(p, OPCODE_JUMPI);
}

static void put_jump(program *p) {
    switch (pick(&p->out, 8)) {
    case 0: push_destination(p, 2 + pick(&p->out, 3)), opcode(p, OPCODE_JUMP); break;
    case 1: put_computed_jump(p); break;
    case 2:
    case 3: put_loop(p); break;
    case 4: put_selectors(p); break;
    default: put_jumpi(p); break;
    }
    if (pick(&p->out, 2) == 0) {
        put_label(p);
    }
}

/* Where the jump at `from` leads: mostly on to the next JUMPDEST, where the stack is as high; sometimes to any of them; now
 * and then to one that is data, to anything else, or out of the code. */
static size_t pick_target(program *p, size_t from) {
    size_t to = pick(&p->out, (unsigned)p->out.size + 2);
    if (p->label_count != 0 && pick(&p->out, 32) != 0) {
        to = p->labels[pick(&p->out, p->label_count)];
    }
    for (unsigned i = 0; i < p->label_count && pick(&p->out, 8) != 0; i++) {
        if (p->labels[i] > from) {
            return p->labels[i];
        }
    }
    return to;
}

static void link_jumps(program *p) {
    for (unsigned i = 0; i < p->jump_count; i++) {
        size_t to = pick_target(p, p->jumps[i]), last = p->jumps[i] + p->jump_sizes[i] - 1;
        for (unsigned byte = 0; byte < 2 && last - byte < p->out.size; byte++) {
            p->out.data[last - byte] = (uint8_t)(to >> 8 * byte);
        }
    }
}

/* --- Programs */

static void put_piece(program *p) {
    switch (pick(&p->out, 32)) {
    case 0:
    case 1: put_outward(p); return;
    case 2:
    case 3: put_other_computation(p); return;
    case 4:
    case 5:
    case 6: put_stack(p); return;
    case 7:
    case 8:
    case 9: put_memory(p); return;
    case 10:
    case 11:
    case 12:
    case 13: put_jump(p); return;
    case 14: put_label(p); return;
    case 15:
        if (pick(&p->out, p->fork == WEFT_AMSTERDAM ? 3 : 16) == 0) {
            put_deep_stack(p);
        } else if (pick(&p->out, 8) == 0) {
            opcode(p, pick(&p->out, 256));
        }
        return;
    case 16:
    case 17:
    case 18:
    case 19:
    case 20:
    case 21:
    case 22: push_value(p); return;
    default: put_fused(p); return;
    }
}

static void put_end(program *p) {
    switch (pick(&p->out, 8)) {
    case 0: push(p, pick(&p->out, 70)), push_offset(p), opcode(p, OPCODE_REVERT); return;
    case 1: OPCODE(p, OPCODE_STOP, 0xfe, OPCODE_SELFDESTRUCT); return;
    case 2: opcode(p, OPCODE_PUSH1 + pick(&p->out, 32)), opcode(p, OPCODE_JUMPDEST); return; /* less than it says */
    case 3: opcode(p, PICK(&p->out, OPCODE_DUPN, OPCODE_SWAPN, OPCODE_EXCHANGE, OPCODE_STOP)); return;
    default: /* tells the stack, and some memory */
        for (unsigned i = 0; p->height > 2 && i < 8; i++) {
            push(p, 32 * i), opcode(p, OPCODE_MSTORE);
        }
        push(p, 320), push(p, 0), opcode(p, OPCODE_RETURN);
        return;
    }
}

static size_t put_program(test_random *random, uint8_t *code, size_t size_max, weft_fork fork) {
    program p = {.out = {.data = code, .capacity = size_max, .random = random}, .fork = fork};
    unsigned many_at = pick(&p.out, 40) == 0 ? pick(&p.out, 8) : PIECES_MAX;
    int height_min = pick(&p.out, 8) == 0 ? 0 : 4;
    /* More than is counted on, for jumps to where the stack is higher. */
    for (unsigned slack = pick(&p.out, 8) == 0 ? 0 : 12; slack > 0; slack--) {
        push_value(&p);
    }
    p.height = 0;
    for (unsigned i = 0, count = 1 + pick(&p.out, PIECES_MAX); i < count; i++) {
        while (p.height < height_min) {
            push_value(&p);
        }
        if (i == many_at) {
            put_many(&p);
        }
        put_piece(&p);
        if (pick(&p.out, 24) == 0) {
            put_end(&p);
            put_label(&p);
        }
    }
    put_label(&p);
    put_end(&p);
    link_jumps(&p);
    return p.out.size;
}

static void append(output *o, const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        put(o, bytes[i]);
    }
}

/* Mostly one of the latest, which have the most opcodes. */
static weft_fork pick_fork(test_random *random) {
    bool is_any = random_below(random, 3) == 0;
    return (weft_fork)(is_any ? random_below(random, WEFT_FORK_COUNT) : WEFT_CANCUN + random_below(random, 4));
}

size_t program_generate(test_random *random, uint8_t *data, size_t size_max) {
    uint8_t codes[2][PROGRAM_SIZE_MAX], call_data[DATA_SIZE_MAX];
    weft_fork fork = pick_fork(random);
    size_t sizes[2] = {put_program(random, codes[0], sizeof codes[0], fork), 0};
    output o = {.data = data, .capacity = size_max, .random = random};
    if (pick(&o, 2) == 0) {
        sizes[1] = put_program(random, codes[1], sizeof codes[1], fork);
    }
    size_t data_size = PICK(&o, 0, 4, 36, DATA_SIZE_MAX);
    random_fill(random, call_data, data_size);
    if (data_size >= 4) {
        memcpy(call_data, (const uint8_t[]){0, 0, 0, (uint8_t)pick(&o, 4)}, 4); /* one of put_selectors() */
    }
    /* Some run out of gas within the first few instructions, or a little later. */
    put(&o, fork), put(&o, pick(&o, 256)), put(&o, pick(&o, PICK(&o, 1, 8, 255, 255, 255, 255))), put(&o, pick(&o, 4));
    put(&o, pick(&o, 256));
    put(&o, (unsigned)data_size), put(&o, (unsigned)sizes[1] & 0xff), put(&o, (unsigned)sizes[1] >> 8);
    append(&o, call_data, data_size);
    append(&o, codes[1], sizes[1]);
    append(&o, codes[0], sizes[0]);
    return o.size;
}

size_t program_overwrite(test_random *random, uint8_t *code, size_t size) {
    uint8_t bytes[128];
    program p = {
        .out = {.data = bytes, .capacity = sizeof bytes, .random = random}, .fork = WEFT_AMSTERDAM, .height = 4};
    put_piece(&p);
    if (size > p.out.size) {
        memcpy(code + random_below(random, size - p.out.size), bytes, p.out.size);
    }
    return size;
}
