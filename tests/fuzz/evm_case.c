#include "tests/fuzz/evm_case.h"

#include "tests/support/authorize.h"

enum {
    DELEGATE_COUNT = 16,
    NONCE_COUNT = 4,
    BLOCK_NUMBER = 1000,
    BASE_FEE = 7,
    P256_VERIFY_LAST_BYTES = 0x100,
    DELEGATION_SIZE_MAX = 48
};

/* --- Addresses */

static weft_address short_address(unsigned last_bytes) {
    return (weft_address){{[18] = (uint8_t)(last_bytes >> 8), [19] = (uint8_t)last_bytes}};
}

/* The address of what `creator` creates with nonce 1. */
static weft_address first_child(weft_address creator) {
    uint8_t rlp[23] = {0xc0 + 22, 0x80 + 20, [22] = 1};
    memcpy(rlp + 2, creator.bytes, sizeof creator.bytes);
    weft_bytes32 hash = weft_keccak256((weft_bytes){rlp, sizeof rlp});
    weft_address child;
    memcpy(child.bytes, hash.bytes + 12, sizeof child.bytes);
    return child;
}

static weft_address authority_address(unsigned index) {
    const weft_bytes32 key = {{[31] = (uint8_t)(1 + index)}};
    weft_address address;
    FUZZ_CHECK(weft_secret_key_address(&address, &key) == WEFT_OK, "out of memory");
    return address;
}

static weft_address make_address(unsigned number) {
    static const weft_address system[] = {
        {{0x00, 0x0f, 0x3d, 0xf6, 0xd7, 0x32, 0x80, 0x7e, 0xf1, 0x31,
          0x9f, 0xb7, 0xb8, 0xbb, 0x85, 0x22, 0xd0, 0xbe, 0xac, 0x02}},
        {{0x00, 0x00, 0xf9, 0x08, 0x27, 0xf1, 0xc5, 0x3a, 0x10, 0xcb,
          0x7a, 0x02, 0x33, 0x5b, 0x17, 0x53, 0x20, 0x00, 0x29, 0x35}},
        {{0x00, 0x00, 0x09, 0x61, 0xef, 0x48, 0x0e, 0xb5, 0x5e, 0x80,
          0xd1, 0x9a, 0xd8, 0x35, 0x79, 0xa6, 0x4c, 0x00, 0x70, 0x02}},
        {{0x00, 0x00, 0xbb, 0xdd, 0xc7, 0xce, 0x48, 0x86, 0x42, 0xfb,
          0x57, 0x9f, 0x8b, 0x00, 0xf3, 0xa5, 0x90, 0x00, 0x72, 0x51}},
        {{0x00, 0x00, 0xbf, 0xf4, 0x69, 0x84, 0xe3, 0x72, 0x56, 0x91,
          0xfa, 0x54, 0x0a, 0x8c, 0x75, 0x89, 0x30, 0x0d, 0x82, 0x82}},
        {{0x00, 0x00, 0x64, 0xd6, 0x78, 0x50, 0x5a, 0xd4, 0x8f, 0x8c,
          0xcb, 0x09, 0x3b, 0xc6, 0x56, 0x13, 0x80, 0x0e, 0x82, 0x82}},
    };
    if (number >= EVM_PRECOMPILES) {
        unsigned precompile = number - EVM_PRECOMPILES + 1;
        return short_address(precompile <= 0x11 ? precompile : P256_VERIFY_LAST_BYTES);
    }
    if (number >= EVM_SYSTEM) {
        return system[number - EVM_SYSTEM];
    }
    if (number >= EVM_CHILDREN) {
        return first_child(short_address(EVM_CONTRACT_ADDRESS + number - EVM_CHILDREN));
    }
    if (number >= EVM_SENDERS + EVM_AUTHORITY_COUNT && number < EVM_ABSENT) {
        return authority_address(number - EVM_SENDERS - EVM_AUTHORITY_COUNT);
    }
    return short_address(number < EVM_SENDERS ? EVM_CONTRACT_ADDRESS + number
                                              : EVM_ACCOUNT_ADDRESS + number - EVM_SENDERS);
}

weft_address evm_address(unsigned number) {
    static weft_address addresses[EVM_ADDRESS_COUNT];
    static bool made;
    for (unsigned i = 0; i < EVM_ADDRESS_COUNT && !made; i++) {
        addresses[i] = make_address(i);
    }
    made = true;
    return addresses[number];
}

static weft_address read_address(fuzz_input *input) {
    return evm_address(input_below(input, EVM_ADDRESS_COUNT));
}

/* --- Rules and header */

static void read_chain(evm_case *c, fuzz_input *input) {
    uint8_t choice = input_byte(input);
    weft_fork fork = (weft_fork)(choice % WEFT_FORK_COUNT);
    c->chain = (weft_chain){.chain_id = 1, .dao_fork_block = WEFT_NEVER, .blob_schedule_count = 1};
    c->chain.amsterdam_revision =
        choice / WEFT_FORK_COUNT % 2 == 0 ? WEFT_AMSTERDAM_FINAL : WEFT_AMSTERDAM_SNOBAL_DEVNET_5;
    c->chain.muir_glacier_block = c->chain.arrow_glacier_block = c->chain.gray_glacier_block = WEFT_NEVER;
    c->chain.blob_schedule[0] = (weft_blob_parameters){0, 6, 9, 5007716};
    c->chain.deposit_contract = evm_address(EVM_CONTRACTS);
    for (int f = 0; f < WEFT_FORK_COUNT; f++) {
        c->chain.activation_block[f] = f <= (int)fork ? 0 : WEFT_NEVER;
        c->chain.activation_time[f] = f <= (int)fork ? 0 : WEFT_NEVER;
    }
    c->block.header.difficulty.limb[0] = fork < WEFT_PARIS ? 131072 : 0;
    c->block.header.base_fee_per_gas.limb[0] = fork < WEFT_LONDON ? 0 : BASE_FEE;
}

static void read_header(evm_case *c, fuzz_input *input) {
    uint8_t choice = input_byte(input);
    weft_header *h = &c->block.header;
    c->threads = 2 + (choice & 1);
    c->is_traced = (choice >> 1 & 3) == 3;
    c->has_access_list = (choice >> 1 & 3) == 2;
    h->number = BLOCK_NUMBER;
    h->timestamp = 1000000;
    h->gas_limit = (choice >> 3 & 3) == 3 ? 1000000 : 30000000;
    h->coinbase = (choice & 0x20) != 0 ? read_address(input) : evm_address(EVM_COINBASE);
    if ((choice & 0x40) != 0) {
        h->base_fee_per_gas = (weft_u256){{0}};
    }
    if ((choice & 0x80) != 0) {
        c->block.withdrawal_count = 1 + input_below(input, EVM_ENTRIES_MAX);
    }
    for (size_t i = 0; i < c->block.withdrawal_count; i++) {
        c->withdrawals[i] = (weft_withdrawal){.address = read_address(input), .amount_gwei = input_below(input, 3)};
    }
    c->block.withdrawals = c->withdrawals;
    c->block.has_withdrawals = true;
}

/* --- State */

static void set_account(evm_case *c, weft_address address, weft_u256 balance, uint64_t nonce, weft_bytes code) {
    bool has_balance = (balance.limb[0] | balance.limb[1] | balance.limb[2] | balance.limb[3]) != 0;
    c->has_empty_account |= !has_balance && nonce == 0 && code.size == 0;
    FUZZ_CHECK(weft_memory_state_set_account(c->state, &address, &balance, nonce, code) == WEFT_OK, "out of memory");
}

static void set_slot(evm_case *c, weft_address address, unsigned slot, weft_u256 value) {
    const weft_bytes32 key = {{[31] = (uint8_t)slot}};
    FUZZ_CHECK(weft_memory_state_set_storage(c->state, &address, &key, &value) == WEFT_OK, "out of memory");
}

static weft_u256 word_of_address(weft_address address) {
    uint8_t bytes[32] = {0};
    memcpy(bytes + 12, address.bytes, sizeof address.bytes);
    return authorize_word(bytes);
}

/* One byte says how much: a little, or nearly all there can be. */
static weft_u256 read_amount(fuzz_input *input) {
    uint8_t amount = input_byte(input);
    return amount < 0xf8 ? (weft_u256){{amount}} : (weft_u256){{0, 0, 0, (uint64_t)amount << 56}};
}

/* Whether code can neither loop nor run code that does. Bytes of pushed words count too. */
static bool is_straight(weft_bytes code) {
    static const char turns[] = "\x56\x57\xf0\xf1\xf2\xf4\xf5\xfa"; /* JUMP, JUMPI, CREATE, the calls */
    for (size_t i = 0; i < code.size; i++) {
        if (code.data[i] != 0 && strchr(turns, code.data[i]) != NULL) {
            return false;
        }
    }
    return true;
}

/* System calls have 30,000,000 gas each, which a loop takes a tenth of a second to burn. So a system contract that may loop
 * is one that delegates to code elsewhere, with less gas, and ends as that does. */
static weft_bytes delegate(uint8_t *code, weft_address target) {
    const uint8_t bytes[] = {
        0x36, 0x60, 0x00, 0x80, 0x37,                                     /* copy what it was called with */
        0x60, 0x00, 0x60, 0x00, 0x36, 0x60, 0x00, 0x60, target.bytes[19], /* no output yet, the input, the target */
        0x62, 0x01, 0x86, 0xa0, 0xf4,                                     /* DELEGATECALL with 100,000 gas */
        0x3d, 0x60, 0x00, 0x80, 0x3e,                                     /* copy the output */
        0x60, 0x1f, 0x57, 0x3d, 0x60, 0x00, 0xfd,                         /* it failed: REVERT */
        0x5b, 0x3d, 0x60, 0x00, 0xf3,                                     /* 0x1f: RETURN */
    };
    _Static_assert(sizeof bytes <= DELEGATION_SIZE_MAX, "no room");
    memcpy(code, bytes, sizeof bytes);
    return (weft_bytes){code, sizeof bytes};
}

static void read_contract(evm_case *c, fuzz_input *input, unsigned index) {
    uint8_t choice = input_byte(input), delegating[DELEGATION_SIZE_MAX];
    bool is_system = (choice & 7) == 7;
    weft_address address = evm_address(is_system           ? EVM_SYSTEM + index % EVM_SYSTEM_COUNT
                                       : (choice & 7) == 6 ? EVM_COINBASE
                                                           : EVM_CONTRACTS + index);
    weft_u256 balance = read_amount(input);
    uint64_t nonce = (choice & 8) != 0 ? 0 : 1;
    weft_bytes code = input_bytes(input, input_byte(input));
    if (is_system && !is_straight(code)) {
        set_account(c, evm_address(EVM_CONTRACTS + index), (weft_u256){{0}}, nonce, code);
        code = delegate(delegating, evm_address(EVM_CONTRACTS + index));
    }
    set_account(c, address, balance, nonce, code);
    for (unsigned i = 0; i < EVM_SLOT_COUNT && (choice & 0x10) != 0; i++) {
        set_slot(c, address, i, (weft_u256){{choice >> 5}});
    }
    for (unsigned i = 0; i < EVM_AUTHORITY_COUNT; i++) {
        unsigned slot = EVM_SLOT_OF_ADDRESSES + 2 * i;
        set_slot(c, address, slot, word_of_address(evm_address(EVM_SENDERS + EVM_AUTHORITY_COUNT + i)));
        set_slot(c, address, slot + 1, word_of_address(evm_address(EVM_CHILDREN + i)));
    }
}

static void read_state(evm_case *c, fuzz_input *input) {
    uint8_t choice = input_byte(input);
    bool is_poor = choice >> 5 == 7;
    for (unsigned i = 0; i < EVM_SENDER_COUNT; i++) {
        weft_u256 balance = {{is_poor ? UINT64_C(300000000000) : UINT64_C(1000000000000000000)}};
        set_account(c, evm_address(EVM_SENDERS + i), balance, 0, (weft_bytes){NULL, 0});
    }
    for (unsigned i = 0; i < 1u + choice % EVM_CONTRACTS_MAX; i++) {
        read_contract(c, input, i);
    }
}

/* --- Transactions */

/* Signing is slow: every tuple is made once. */
static weft_authorization authorization_of(unsigned authority, unsigned nonce, unsigned delegate) {
    static weft_authorization made[EVM_AUTHORITY_COUNT][NONCE_COUNT][DELEGATE_COUNT];
    weft_authorization *a = &made[authority][nonce][delegate];
    if (a->chain_id.limb[0] == 0) {
        weft_address signer;
        /* The last one is nobody: it takes the delegation away. */
        weft_address to = delegate == DELEGATE_COUNT - 1 ? (weft_address){{0}} : evm_address(delegate);
        *a = authorize((uint8_t)(1 + authority), nonce, to, &signer);
    }
    return *a;
}

static void read_authorizations(evm_case *c, fuzz_input *input, weft_transaction *tx, size_t index, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint8_t choice = input_byte(input);
        unsigned authority = choice % EVM_AUTHORITY_COUNT;
        uint64_t *nonce = &c->nonces[EVM_AUTHORITY_COUNT + authority];
        bool is_stale = choice >= 0xe0;
        c->authorizations[index][i] = authorization_of(authority, (unsigned)(*nonce + is_stale) % NONCE_COUNT,
                                                       input_below(input, DELEGATE_COUNT));
        *nonce += !is_stale;
    }
    tx->authorizations = c->authorizations[index];
    tx->authorization_count = count;
}

static void read_access_list(evm_case *c, fuzz_input *input, weft_transaction *tx, size_t index, size_t count) {
    for (size_t i = 0; i < count; i++) {
        weft_address address = read_address(input);
        uint8_t slot = input_byte(input);
        c->slots[index][i] = (weft_bytes32){{[31] = slot}};
        c->access[index][i] = (weft_access_entry){address, &c->slots[index][i], slot & 1};
    }
    tx->access_list = c->access[index];
    tx->access_count = count;
}

static void read_fees(weft_transaction *tx, unsigned choice) {
    static const uint64_t fees[] = {1000000000, BASE_FEE, 1000, 0};
    tx->max_fee_per_gas.limb[0] = fees[choice];
    tx->max_priority_fee_per_gas.limb[0] = choice == 2 && tx->type >= WEFT_TX_DYNAMIC_FEE ? 1 : fees[choice];
    tx->max_fee_per_blob_gas.limb[0] = 1 + choice;
}

/* What goes with the type, which also decides how many of it. */
static void read_extras(evm_case *c, fuzz_input *input, weft_transaction *tx, size_t index) {
    uint8_t choice = input_byte(input);
    size_t count = choice & 3;
    read_fees(tx, choice >> 2 & 3);
    if (tx->type != WEFT_TX_LEGACY) {
        tx->has_chain_id = true;
        tx->chain_id = 1;
        read_access_list(c, input, tx, index, count);
    }
    if (tx->type == WEFT_TX_BLOB) {
        tx->blob_hashes = c->blob_hashes;
        tx->blob_count = choice >> 4 & 3;
    }
    if (tx->type == WEFT_TX_SET_CODE) {
        read_authorizations(c, input, tx, index, choice >> 4 & 3);
    }
}

/* The newest type that the fork has, or an older one; seldom any. */
static uint8_t read_type(const evm_case *c, fuzz_input *input) {
    uint8_t choice = input_byte(input);
    weft_fork fork = weft_chain_fork(&c->chain, c->block.header.number, c->block.header.timestamp,
                                     c->block.header.difficulty.limb[0] == 0);
    unsigned types = fork >= WEFT_PRAGUE   ? 5
                     : fork >= WEFT_CANCUN ? 4
                     : fork >= WEFT_LONDON ? 3
                                           : 1 + (fork >= WEFT_BERLIN);
    return (uint8_t)(choice >= 0xf8 ? choice % 8 : choice % types);
}

static weft_bytes read_data(fuzz_input *input) {
    size_t size = input_byte(input);
    if (size > EVM_DATA_WORDS_FROM) {
        size = EVM_DATA_WORDS_FROM + 32 * (size - EVM_DATA_WORDS_FROM);
    }
    return input_bytes(input, size);
}

static void read_transaction(evm_case *c, fuzz_input *input) {
    size_t index = c->block.transaction_count++;
    weft_transaction *tx = &c->transactions[index];
    uint8_t from = input_byte(input), to = input_byte(input), gas = input_byte(input);
    unsigned sender = from % EVM_SENDER_COUNT;
    bool has_wrong_nonce = from >= 0xfa;
    *tx = (weft_transaction){.has_sender = true,
                             .sender = evm_address(EVM_SENDERS + sender),
                             .gas_limit = 21000 + (uint64_t)gas * gas * 8,
                             .is_creation = to >= 0xd0,
                             .value = read_amount(input),
                             .type = read_type(c, input)};
    if (!tx->is_creation) {
        tx->to = evm_address(to % EVM_ADDRESS_COUNT);
    }
    tx->nonce = c->nonces[sender] + has_wrong_nonce;
    c->nonces[sender] += !has_wrong_nonce; /* before its authorizations, as EIP-7702 has it */
    read_extras(c, input, tx, index);
    tx->data = read_data(input);
}

void evm_case_read(evm_case *c, const uint8_t *data, size_t size) {
    weft_memory_state *state = c->state;
    fuzz_input input = {data, size};
    memset(c, 0, sizeof *c);
    c->state = state;
    FUZZ_CHECK(state != NULL || weft_memory_state_create(&c->state, NULL) == WEFT_OK, "out of memory");
    weft_memory_state_clear(c->state);
    for (unsigned i = 0; i < EVM_ENTRIES_MAX; i++) {
        c->blob_hashes[i].bytes[0] = 1;
    }
    c->block.transactions = c->transactions;
    read_chain(c, &input);
    read_header(c, &input);
    read_state(c, &input);
    while (input.size > 0 && c->block.transaction_count < EVM_TRANSACTIONS_MAX) {
        read_transaction(c, &input);
    }
}

/* --- View */

static weft_status block_hash(void *context, weft_bytes32 *hash, uint64_t number) {
    (void)context;
    *hash = (weft_bytes32){{0xb1, [30] = (uint8_t)(number >> 8), [31] = (uint8_t)number}};
    return WEFT_OK;
}

weft_state_view evm_case_view(const evm_case *c) {
    weft_state_view view = weft_memory_state_view(c->state);
    view.block_hash = block_hash;
    return view;
}
