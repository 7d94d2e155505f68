#include "tests/fuzz/evm_generator.h"

#include "tests/fuzz/evm_case.h"
#include "tests/fuzz/output.h"

enum {
    STOP = 0x00,
    ADD = 0x01,
    MUL = 0x02,
    SUB = 0x03,
    DIV = 0x04,
    AND = 0x16,
    ADDRESS = 0x30,
    BALANCE = 0x31,
    ORIGIN = 0x32,
    CALLER = 0x33,
    CALLVALUE = 0x34,
    CALLDATALOAD = 0x35,
    CALLDATASIZE = 0x36,
    CALLDATACOPY = 0x37,
    EXTCODESIZE = 0x3b,
    EXTCODECOPY = 0x3c,
    RETURNDATASIZE = 0x3d,
    EXTCODEHASH = 0x3f,
    BLOCKHASH = 0x40,
    COINBASE = 0x41,
    SELFBALANCE = 0x47,
    POP = 0x50,
    MLOAD = 0x51,
    MSTORE = 0x52,
    SLOAD = 0x54,
    SSTORE = 0x55,
    JUMPI = 0x57,
    GAS = 0x5a,
    JUMPDEST = 0x5b,
    TLOAD = 0x5c,
    TSTORE = 0x5d,
    PUSH1 = 0x60,
    PUSH2 = 0x61,
    DUP1 = 0x80,
    LOG0 = 0xa0,
    CREATE = 0xf0,
    CALL = 0xf1,
    CALLCODE = 0xf2,
    RETURN = 0xf3,
    DELEGATECALL = 0xf4,
    CREATE2 = 0xf5,
    STATICCALL = 0xfa,
    REVERT = 0xfd,
    SELFDESTRUCT = 0xff
};

static void push(output *o, unsigned value) {
    put(o, PUSH1);
    put(o, value);
}

/* --- Pieces of code: each leaves the stack as it was */

static void push_slot(output *o) {
    push(o, pick(o, EVM_SLOT_COUNT));
}

static void push_address(output *o) {
    switch (pick(o, 8)) {
    case 0: put(o, PICK(o, ADDRESS, CALLER, ORIGIN, COINBASE)); return;
    case 1: /* an authority, or somebody's first child */
    case 2:
        push(o, EVM_SLOT_OF_ADDRESSES + pick(o, 2 * EVM_AUTHORITY_COUNT));
        put(o, SLOAD);
        return;
    case 3: push(o, EVM_ACCOUNT_ADDRESS + pick(o, 9)); return;
    case 4: push(o, 1 + pick(o, 0x11)); return;
    case 5: /* what the caller says, or what was created last */
        push(o, pick(o, 2) * 32);
        put(o, CALLDATALOAD);
        return;
    default: push(o, EVM_CONTRACT_ADDRESS + pick(o, EVM_CONTRACTS_MAX)); return;
    }
}

/* A value on the stack that hangs on the state. */
static void push_answer(output *o) {
    switch (pick(o, 10)) {
    case 0: put(o, CALLVALUE); return;
    case 1: put(o, SELFBALANCE); return;
    case 2: put(o, GAS); return;
    case 3: put(o, RETURNDATASIZE); return;
    case 4:
        push(o, 0xe0 + pick(o, 16));
        put(o, BLOCKHASH);
        return;
    case 5:
        push_slot(o);
        put(o, PICK(o, SLOAD, TLOAD));
        return;
    case 6: push(o, pick(o, 3)); return;
    default:
        push_address(o);
        put(o, PICK(o, BALANCE, EXTCODESIZE, EXTCODEHASH));
        return;
    }
}

static void put_store(output *o) {
    push_slot(o);
    put(o, PICK(o, SSTORE, SSTORE, SSTORE, TSTORE));
}

static void put_count(output *o) {
    unsigned slot = pick(o, EVM_SLOT_COUNT);
    push(o, slot);
    put(o, SLOAD);
    push(o, 1);
    put(o, PICK(o, ADD, ADD, SUB));
    push(o, slot);
    put(o, SSTORE);
}

static void put_call(output *o) {
    unsigned opcode = PICK(o, CALL, CALL, CALL, CALLCODE, DELEGATECALL, STATICCALL);
    push(o, PICK(o, 0, 32)); /* bytes of output, where; of input, where */
    push(o, PICK(o, 0, 32));
    push(o, PICK(o, 0, 32, 64));
    push(o, 0);
    if (opcode == CALL || opcode == CALLCODE) {
        if (pick(o, 4) == 0) {
            put(o, PICK(o, CALLVALUE, SELFBALANCE));
        } else {
            push(o, pick(o, 3));
        }
    }
    push_address(o);
    put(o, GAS);
    put(o, opcode);
}

/* Hand on to the precompile what came along, perhaps data for it, and take its success and the first word of its answer
 * together. */
static void put_precompile_call(output *o) {
    weft_address address = evm_address(EVM_PRECOMPILES + o->precompile - 1);
    put(o, CALLDATASIZE), push(o, 0), push(o, 0), put(o, CALLDATACOPY);
    push(o, PICK(o, 32, 64, 128)), push(o, 0), put(o, CALLDATASIZE), push(o, 0);
    put(o, PUSH2), put(o, address.bytes[18]), put(o, address.bytes[19]);
    put(o, GAS), put(o, STATICCALL);
    push(o, 0), put(o, MLOAD), put(o, ADD);
}

/* Init code of up to 32 bytes in memory: what it does when it runs, and what it leaves behind. */
static void put_create(output *o) {
    uint8_t code[32];
    output init = {.data = code, .capacity = sizeof code, .random = o->random};
    switch (pick(o, 5)) {
    case 0: put_count(&init); break;
    case 1: put(&init, CALLER), put(&init, SELFDESTRUCT); break;
    case 2: /* leaves "SELFDESTRUCT to the caller" */
        push(&init, CALLER), push(&init, 0), put(&init, 0x53), push(&init, SELFDESTRUCT), push(&init, 1);
        put(&init, 0x53), push(&init, 2), push(&init, 0), put(&init, RETURN);
        break;
    case 3: push(&init, 0), push(&init, 0), put(&init, REVERT); break;
    default: break;
    }
    if (init.size > 0) {
        put(o, (unsigned)(PUSH1 + init.size - 1));
        for (size_t i = 0; i < init.size; i++) {
            put(o, code[i]);
        }
    } else {
        push(o, 0);
    }
    push(o, 0);
    put(o, MSTORE);
    bool has_salt = pick(o, 2) == 0;
    if (has_salt) {
        push(o, pick(o, 2));
    }
    push(o, (unsigned)init.size);
    push(o, (unsigned)(32 - init.size));
    push(o, pick(o, 2));
    put(o, has_salt ? CREATE2 : CREATE);
}

/* Ends the contract's execution. */
static void put_end(output *o) {
    switch (pick(o, 6)) {
    case 0: push_address(o), put(o, SELFDESTRUCT); return;
    case 1: push(o, 0), push(o, 0), put(o, REVERT); return;
    case 2: push(o, 32), push(o, 0), put(o, RETURN); return;
    case 3: put(o, 0xfe); return;
    default: put(o, STOP); return;
    }
}

static void put_piece(output *o) {
    switch (pick(o, 10)) {
    case 0: push_answer(o), put_store(o); return;
    case 1: put_count(o); return;
    case 2: put_call(o), put_store(o); return;
    case 3: put_call(o), put(o, POP); return;
    case 4: put_create(o), put_store(o); return;
    case 5: /* the words that a call then hands on */ push_address(o), push(o, PICK(o, 0, 32)), put(o, MSTORE); return;
    case 6: push_answer(o), push(o, 0), put(o, MSTORE), push(o, 32), push(o, 0), put(o, LOG0); return;
    case 7: push(o, 32), push(o, 0), push(o, 0), push_address(o), put(o, EXTCODECOPY); return;
    case 8: put_precompile_call(o), put_store(o); return;
    default: put_call(o), put_store(o); return;
    }
}

/* An end that is reached when a slot, or what was sent, is odd. */
static void put_conditional_end(output *o) {
    push(o, 1);
    if (pick(o, 2) == 0) {
        push_slot(o), put(o, SLOAD);
    } else {
        put(o, CALLVALUE);
    }
    put(o, AND);
    size_t target_at = o->size + 1;
    push(o, 0);
    put(o, JUMPI);
    put_end(o);
    if (target_at < o->capacity) {
        o->data[target_at] = (uint8_t)o->size;
    }
    put(o, JUMPDEST);
}

/* --- Whole cases, in the order that evm_case_read() reads them */

/* Code, of a contract or to create one: of a size that both read as written. */
static void put_code(output *o) {
    uint8_t code[EVM_DATA_WORDS_FROM];
    output c = *o;
    c.data = code, c.size = 0, c.capacity = sizeof code;
    unsigned count = pick(o, 6);
    for (unsigned i = 0; i < count; i++) {
        put_piece(&c);
        if (pick(o, 4) == 0) {
            put_conditional_end(&c);
        }
    }
    put_end(&c);
    put(o, (unsigned)c.size);
    for (size_t i = 0; i < c.size; i++) {
        put(o, code[i]);
    }
}

static void put_header(output *o) {
    unsigned choice = pick(o, 256);
    put(o, pick(o, 2) == 0 ? WEFT_SHANGHAI + pick(o, WEFT_FORK_COUNT - WEFT_SHANGHAI) : pick(o, 2 * WEFT_FORK_COUNT));
    put(o, choice);
    if ((choice & 0x20) != 0) {
        put(o, pick(o, EVM_ADDRESS_COUNT));
    }
    unsigned withdrawals = (choice & 0x80) != 0 ? 1 + pick(o, EVM_ENTRIES_MAX) : 0;
    for (unsigned i = 0; i < withdrawals; i++) {
        if (i == 0) {
            put(o, withdrawals - 1);
        }
        put(o, pick(o, EVM_ADDRESS_COUNT));
        put(o, pick(o, 3));
    }
}

static void put_contracts(output *o) {
    unsigned count = 1 + pick(o, EVM_CONTRACTS_MAX);
    put(o, count - 1);
    for (unsigned i = 0; i < count; i++) {
        put(o, pick(o, 256));
        put(o, pick(o, 8));
        put_code(o);
    }
}

static void put_precompile_data(output *o, unsigned precompile) {
    uint8_t data[PRECOMPILE_INPUT_SIZE_MAX];
    size_t size = precompile_input(o->random, data, precompile);
    put(o, (unsigned)(size <= EVM_DATA_WORDS_FROM ? size : EVM_DATA_WORDS_FROM + (size - EVM_DATA_WORDS_FROM) / 32));
    for (size_t i = 0; i < size; i++) {
        put(o, data[i]);
    }
}

static void put_two_addresses(output *o) {
    put(o, 64);
    for (unsigned i = 0; i < 2; i++) {
        weft_address target = evm_address(pick(o, EVM_ADDRESS_COUNT));
        for (unsigned k = 0; k < 32; k++) {
            put(o, k < 12 ? 0 : target.bytes[k - 12]);
        }
    }
}

static void put_transaction(output *o) {
    bool is_creation = pick(o, 8) == 0;
    unsigned to = pick(o, 3) == 0 ? pick(o, EVM_ADDRESS_COUNT) : pick(o, EVM_CONTRACTS_MAX);
    unsigned type = pick(o, 5), entries = pick(o, EVM_ENTRIES_MAX), extras = 1 + pick(o, EVM_ENTRIES_MAX - 1);
    put(o, pick(o, EVM_SENDER_COUNT));
    put(o, is_creation ? 0xff : to);
    put(o, 64 + pick(o, 192));
    put(o, pick(o, 3));
    put(o, type);
    put(o, entries | extras << 4);
    for (unsigned i = 0; i < 2 * entries && type != WEFT_TX_LEGACY; i++) {
        put(o, pick(o, EVM_ADDRESS_COUNT));
    }
    for (unsigned i = 0; i < 2 * extras && type == WEFT_TX_SET_CODE; i++) {
        put(o, pick(o, EVM_ABSENT));
    }
    if (is_creation) {
        put_code(o);
    } else if (to >= EVM_PRECOMPILES) {
        put_precompile_data(o, 1 + to - EVM_PRECOMPILES);
    } else if (pick(o, 4) == 0) {
        put_precompile_data(o, o->precompile);
    } else {
        put_two_addresses(o);
    }
}

size_t evm_generate(test_random *random, uint8_t *data, size_t size_max) {
    output o = {data, 0, size_max, random, 1 + (unsigned)random_below(random, PRECOMPILE_COUNT)};
    put_header(&o);
    put_contracts(&o);
    for (unsigned count = 1 + pick(&o, EVM_TRANSACTIONS_MAX); count > 0; count--) {
        put_transaction(&o);
    }
    return o.size;
}

size_t evm_overwrite(test_random *random, uint8_t *data, size_t size) {
    uint8_t code[EVM_CODE_SIZE_MAX];
    output piece = {code, 0, sizeof code, random, 1 + (unsigned)random_below(random, PRECOMPILE_COUNT)};
    put_piece(&piece);
    if (size > piece.size) {
        memcpy(data + random_below(random, size - piece.size), code, piece.size);
    }
    return size;
}
