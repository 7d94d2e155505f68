/** Contracts made to conflict, and random blocks that use them: the cast, the targets they are pointed at, and the
 *  transactions that set them off. Everything is a function of the fork and the seed. */
#ifndef TESTS_UNIT_ENGINE_ACTORS_H
#define TESTS_UNIT_ENGINE_ACTORS_H

#include "tests/support/authorize.h"
#include "tests/support/random.h"
#include "tests/unit/engine/scene.h"

/* Where the actors live: address_of(ACTOR_x). Some call each other by these numbers, written out in their assembly. */
enum {
    ACTOR_COUNTER = 0x300, /* one hot slot; logs its value */
    ACTOR_PRIVATE,         /* a slot per caller */
    ACTOR_READER,          /* balances: of the coinbase, of a neighbour, of itself, into slots */
    ACTOR_PAYER,           /* sends half of what it has to the caller */
    ACTOR_FACTORY,         /* CREATE2 of its call data, salt 0 */
    ACTOR_CHILDREN,        /* CREATE of an empty contract: addresses hang on its nonce */
    ACTOR_REVERTER,        /* writes, calls the counter, then reverts when its slot is odd */
    ACTOR_GLUTTON,         /* loops until out of gas */
    ACTOR_MORTAL,          /* counts; destroys itself when its balance is odd */
    ACTOR_INSPECTOR,       /* code hash, code size and balance of the account in its call data into slots */
    ACTOR_FORWARDER,       /* DELEGATECALLs the counter */
    ACTOR_TRANSIENT,       /* a transient counter, copied into a slot */
    ACTOR_NARCISSUS,       /* destroys itself, its own heir */
    ACTOR_DONOR,           /* destroys itself, the heir in its call data, or the coinbase */
    ACTOR_BREEDER,         /* nonce 0 at first: creates, or with odd value dies */
    ACTOR_PARENT,          /* its child dies while it is created, and is paid afterwards */
    ACTOR_COLLIDER,        /* the same CREATE2 twice: the second one collides */
    ACTOR_MISCARRIER,      /* creates what writes and reverts, and then the same address again */
    ACTOR_WHALE,           /* half of a balance near 2^256 to the account in its call data */
    ACTOR_TELLER,          /* three wei to the caller while they last */
    ACTOR_COUNT_END,

    /* Relays call the address in their call data and hand on the rest of the data. */
    RELAY_CALL = 0x340,
    RELAY_CALL_AND_UNDO,
    RELAY_DELEGATECALL,
    RELAY_CALLCODE,
    RELAY_STATICCALL,
    RELAY_COUNT_END,

    BYSTANDER_ABSENT = 600, /* and 601, 602 */
    BYSTANDER_EMPTY = 603,  /* in the state, but empty: what Spurious Dragon swept away */
    COINBASE_DEFAULT = 999
};

static const char *const actor_sources[] = {
    "0 SLOAD 1 ADD DUP1 0 SSTORE 0 MSTORE 32 0 LOG0",
    "CALLER SLOAD CALLVALUE ADD 1 ADD CALLER SSTORE",
    "COINBASE BALANCE 0 SSTORE " A("0303") " BALANCE 1 SSTORE ADDRESS BALANCE 2 SSTORE",
    "2 ADDRESS BALANCE DIV 0 0 0 0 4 DUP6 CALLER 20000 CALL 3 SSTORE",
    "CALLDATASIZE 0 0 CALLDATACOPY 0 CALLDATASIZE 0 0 CREATE2 1 SSTORE",
    "0 0 0 CREATE 0 SSTORE",
    "1 SLOAD 1 ADD DUP1 1 SSTORE 0 0 0 0 0 " A("0300") " 60000 CALL POP 2 SWAP1 MOD @odd JUMPI STOP :odd 0 0 REVERT",
    ":loop 7 SLOAD 1 ADD 7 SSTORE @loop JUMP",
    "0 SLOAD 1 ADD 0 SSTORE 2 ADDRESS BALANCE MOD @die JUMPI STOP :die CALLER SELFDESTRUCT",
    "0 CALLDATALOAD EXTCODESIZE 1 SSTORE 0 CALLDATALOAD BALANCE 2 SSTORE 0 CALLDATALOAD EXTCODEHASH 0 SSTORE",
    "0 0 0 0 " A("0300") " 60000 DELEGATECALL 9 SSTORE",
    "0 TLOAD 1 ADD DUP1 0 TSTORE CALLER SSTORE",
    "ADDRESS SELFDESTRUCT",
    "CALLDATASIZE @heir JUMPI COINBASE SELFDESTRUCT :heir 0 CALLDATALOAD SELFDESTRUCT",
    "2 CALLVALUE MOD @die JUMPI 0 0 0 CREATE POP STOP :die CALLER SELFDESTRUCT",
    "0x33ff000000000000000000000000000000000000000000000000000000000000 0 MSTORE 2 0 CALLVALUE CREATE "
    "DUP1 BALANCE 1 SSTORE 0 0 0 0 1 DUP6 30000 CALL 2 SSTORE",
    "0x6001600055000000000000000000000000000000000000000000000000000000 0 MSTORE 7 6 0 CALLVALUE CREATE2 0 SSTORE "
    "7 6 0 0 CREATE2 1 SSTORE",
    /* The init code: 1 0 SSTORE 2 CALLVALUE MOD @odd JUMPI STOP :odd 0 0 REVERT */
    "0x600160005560023406600d57005b60006000fd00000000000000000000000000 0 MSTORE "
    "8 19 0 1 CREATE2 0 SSTORE 8 19 0 0 CREATE2 1 SSTORE",
    "2 ADDRESS BALANCE DIV 0 0 0 0 4 DUP6 0 CALLDATALOAD 60000 CALL 3 SSTORE",
    "0 0 0 0 3 CALLER 30000 CALL CALLER SSTORE",
};

#define RELAY_DATA "32 CALLDATASIZE LT @end JUMPI 32 CALLDATASIZE SUB DUP1 32 0 CALLDATACOPY "
#define RELAY_WITH_VALUE "0 0 DUP3 0 CALLVALUE 0 CALLDATALOAD 2 GAS DIV "
#define RELAY_WITHOUT_VALUE "0 0 DUP3 0 0 CALLDATALOAD 2 GAS DIV "

static const char *const relay_sources[] = {
    RELAY_DATA RELAY_WITH_VALUE "CALL 5 SSTORE :end STOP",
    RELAY_DATA RELAY_WITH_VALUE "CALL 5 SSTORE 0 0 REVERT :end STOP",
    RELAY_DATA RELAY_WITHOUT_VALUE "DELEGATECALL 5 SSTORE :end STOP",
    RELAY_DATA RELAY_WITH_VALUE "CALLCODE 5 SSTORE :end STOP",
    RELAY_DATA RELAY_WITHOUT_VALUE "STATICCALL 5 SSTORE :end STOP",
};

/* Reborn by the factory: with call data it destroys itself, without it counts. */
static const char actor_reborn_source[] =
    "CALLDATASIZE @die JUMPI 0 SLOAD 1 ADD 0 SSTORE STOP :die CALLER SELFDESTRUCT";

enum { ACTOR_SENDERS = 24, ACTOR_AUTHORITIES = 4, ACTOR_TARGETS_MAX = 64, CHAIN_LENGTH_MAX = 4 };

typedef struct actors {
    scene *s;
    weft_fork fork;
    test_random random;
    assembly reborn_init;
    weft_address targets[ACTOR_TARGETS_MAX];
    unsigned target_count;
    weft_address authorities[ACTOR_AUTHORITIES];
    uint64_t authority_nonces[ACTOR_AUTHORITIES]; /* as they will be if everything goes well */

    /* What the transactions borrow. */
    weft_bytes32 data[SCENE_TRANSACTIONS_MAX][CHAIN_LENGTH_MAX];
    weft_access_entry access[SCENE_TRANSACTIONS_MAX][2];
    weft_bytes32 slots[SCENE_TRANSACTIONS_MAX][2];
    weft_bytes32 blob_hashes[2];
    weft_authorization authorizations[SCENE_TRANSACTIONS_MAX][2];
} actors;

static inline unsigned actors_pick(actors *a, unsigned count) {
    return (unsigned)random_below(&a->random, count);
}

static inline weft_address actors_pick_target(actors *a) {
    return a->targets[actors_pick(a, a->target_count)];
}

/* --- The cast */

static inline void actors_add_target(actors *a, weft_address address) {
    assert_true(a->target_count < ACTOR_TARGETS_MAX);
    a->targets[a->target_count++] = address;
}

static inline weft_address precompile_address(uint8_t number) {
    return (weft_address){{[19] = number}};
}

static inline void actors_place(actors *a, weft_address address, weft_u256 balance, uint64_t nonce,
                                const char *source) {
    assembly code = assemble(source);
    assert_int_equal(
        weft_memory_state_set_account(a->s->state, &address, &balance, nonce, (weft_bytes){code.bytes, code.size}),
        WEFT_OK);
    actors_add_target(a, address);
}

static inline void actors_place_all(actors *a) {
    for (unsigned i = 0; i < sizeof actor_sources / sizeof *actor_sources; i++) {
        unsigned actor = ACTOR_COUNTER + i;
        weft_u256 balance = u256_from_u64(actor == ACTOR_TELLER ? 7 : i * 7);
        balance.limb[3] = actor == ACTOR_WHALE ? UINT64_C(3) << 62 : 0;
        actors_place(a, address_of(actor), balance, actor == ACTOR_BREEDER ? 0 : 1, actor_sources[i]);
    }
    for (unsigned i = 0; i < sizeof relay_sources / sizeof *relay_sources; i++) {
        actors_place(a, address_of(RELAY_CALL + i), u256_from_u64(i * 3), 1, relay_sources[i]);
    }
    actors_place(a, address_of(BYSTANDER_EMPTY), u256_zero(), 0, "");
    for (unsigned i = 0; i < 3; i++) {
        actors_add_target(a, address_of(BYSTANDER_ABSENT + i));
        actors_add_target(a, address_of(i));
    }
    for (uint8_t i = 2; i <= 5; i++) {
        actors_add_target(a, precompile_address(i));
    }
    if (actors_pick(a, 2) == 0) {
        actors_place(a, precompile_address(3), u256_zero(), 0, "");
    }
    assembly runtime = assemble(actor_reborn_source);
    a->reborn_init = init_code_for(&runtime);
    actors_add_target(a, create2_of(address_of(ACTOR_FACTORY), 0, &a->reborn_init));
    actors_add_target(a, create2_of(address_of(ACTOR_FACTORY), 0, &a->reborn_init));
    actors_add_target(a, address_of(COINBASE_DEFAULT));
}

static inline void actors_choose_header(actors *a) {
    weft_header *h = &a->s->block.header;
    h->coinbase = actors_pick(a, 2) == 0 ? actors_pick_target(a) : address_of(COINBASE_DEFAULT);
    if (actors_pick(a, 3) == 0) {
        h->base_fee_per_gas = u256_zero();
    }
}

/* --- What a transaction may have beside its call */

static inline void actors_add_access_list(actors *a, weft_transaction *tx, size_t index) {
    weft_access_entry *list = a->access[index];
    for (unsigned i = 0; i < 2; i++) {
        a->slots[index][i] = (weft_bytes32){{[31] = (uint8_t)actors_pick(a, 4)}};
        list[i] = (weft_access_entry){actors_pick_target(a), &a->slots[index][i], 1};
    }
    tx->type = WEFT_TX_ACCESS_LIST;
    tx->access_list = list;
    tx->access_count = 2;
}

static inline void actors_add_blobs(actors *a, weft_transaction *tx) {
    tx->type = WEFT_TX_BLOB;
    tx->max_fee_per_blob_gas = u256_from_u64(1 + actors_pick(a, 3));
    tx->blob_hashes = a->blob_hashes;
    tx->blob_count = 1;
}

/* Authorities 0 and 1 send transactions themselves, so that they delegate to nobody who creates in their name. */
static inline weft_address actors_pick_delegate(actors *a, unsigned authority) {
    static const unsigned harmless[] = {ACTOR_COUNTER,  ACTOR_PRIVATE,   ACTOR_READER,    ACTOR_PAYER,
                                        ACTOR_REVERTER, ACTOR_TRANSIENT, ACTOR_NARCISSUS, RELAY_CALL};
    if (actors_pick(a, 4) == 0) {
        return (weft_address){{0}};
    }
    return authority < 2 ? address_of(harmless[actors_pick(a, sizeof harmless / sizeof *harmless)])
                         : actors_pick_target(a);
}

static inline void actors_add_authorizations(actors *a, weft_transaction *tx, size_t index) {
    weft_authorization *list = a->authorizations[index];
    for (unsigned i = 0; i < 2; i++) {
        unsigned authority = actors_pick(a, ACTOR_AUTHORITIES);
        bool is_stale = actors_pick(a, 6) == 0;
        uint64_t nonce = a->authority_nonces[authority] + is_stale;
        list[i] =
            authorize((uint8_t)(1 + authority), nonce, actors_pick_delegate(a, authority), &a->authorities[authority]);
        a->authority_nonces[authority] += !is_stale;
    }
    tx->type = WEFT_TX_SET_CODE;
    tx->authorizations = list;
    tx->authorization_count = 2;
}

static inline void actors_decorate(actors *a, weft_transaction *tx, size_t index) {
    unsigned choice = actors_pick(a, 16);
    if (choice < 4 && a->fork >= WEFT_BERLIN) {
        actors_add_access_list(a, tx, index);
    } else if (choice == 4 && a->fork >= WEFT_CANCUN && !tx->is_creation) {
        actors_add_blobs(a, tx);
    } else if (choice < 8 && a->fork >= WEFT_PRAGUE && !tx->is_creation) {
        actors_add_authorizations(a, tx, index);
    } else if (a->fork >= WEFT_LONDON && tx->type == WEFT_TX_LEGACY) {
        tx->type = WEFT_TX_DYNAMIC_FEE;
    }
    if (u256_is_zero(&a->s->block.header.base_fee_per_gas) && choice % 2 == 0) {
        tx->max_fee_per_gas = u256_zero();
    }
    if (tx->type >= WEFT_TX_DYNAMIC_FEE && choice % 3 == 0) {
        tx->max_priority_fee_per_gas = u256_zero();
    }
    if (u256_less(&tx->max_fee_per_gas, &tx->max_priority_fee_per_gas)) {
        tx->max_priority_fee_per_gas = tx->max_fee_per_gas;
    }
}

/* --- Transactions */

/* The data makes relays call each other in a chain, and others find an account of theirs in the first word. */
static inline void actors_add_data(actors *a, weft_transaction *tx, size_t index) {
    unsigned length = actors_pick(a, CHAIN_LENGTH_MAX + 1);
    for (unsigned i = 0; i < length; i++) {
        weft_address target = actors_pick_target(a);
        if (i + 1 < length && actors_pick(a, 2) == 0) {
            target = address_of(RELAY_CALL + actors_pick(a, RELAY_COUNT_END - RELAY_CALL));
        }
        memcpy(a->data[index][i].bytes + 12, target.bytes, sizeof target.bytes);
    }
    tx->data = (weft_bytes){a->data[index][0].bytes, length * sizeof(weft_bytes32)};
}

static inline void actors_create(actors *a, weft_transaction *tx) {
    static const uint8_t die[] = {0x33, 0xff}, invalid[] = {0xfe}, store[] = {0x60, 1, 0x60, 0, 0x55, 0x00};
    const weft_bytes init_codes[] = {{die, sizeof die},
                                     {invalid, sizeof invalid},
                                     {store, sizeof store},
                                     {a->reborn_init.bytes, a->reborn_init.size}};
    tx->is_creation = true;
    tx->to = (weft_address){{0}};
    tx->data = init_codes[actors_pick(a, 4)];
}

static inline void actors_send_from_authority(actors *a, weft_transaction *tx, unsigned from) {
    unsigned authority = actors_pick(a, 2);
    a->s->nonces[from]--;
    tx->sender = a->authorities[authority];
    tx->nonce = a->authority_nonces[authority]++;
}

static inline void actors_add_transaction(actors *a, size_t index) {
    static const uint64_t gas_limits[] = {21000, 60000, 300000, 300000, 300000, 300000, 300000, 300000};
    unsigned from = actors_pick(a, ACTOR_SENDERS), kind = actors_pick(a, 16);
    uint64_t gas = gas_limits[actors_pick(a, 8)];
    weft_address to = actors_pick_target(a);
    if (kind < 4) {
        to = address_of(RELAY_CALL + actors_pick(a, RELAY_COUNT_END - RELAY_CALL));
    }
    weft_transaction *tx = scene_call(a->s, from, to, actors_pick(a, 4), gas);
    if (kind < 10) {
        actors_add_data(a, tx, index);
        tx->gas_limit = 300000;
    } else if (kind == 10) {
        actors_create(a, tx);
        tx->gas_limit = 300000;
    }
    weft_address factory = address_of(ACTOR_FACTORY);
    if (address_equal(&to, &factory) && !tx->is_creation) {
        tx->data = (weft_bytes){a->reborn_init.bytes, a->reborn_init.size};
        tx->gas_limit = 300000;
    }
    if (a->fork >= WEFT_PRAGUE && actors_pick(a, 8) == 0) {
        actors_send_from_authority(a, tx, from);
    }
    actors_decorate(a, tx, index);
    if (tx->authorization_count != 0) {
        tx->gas_limit += 100000;
    }
}

static inline void actors_add_withdrawals(actors *a) {
    static weft_withdrawal withdrawals[4];
    for (unsigned i = 0; i < 4; i++) {
        withdrawals[i] = (weft_withdrawal){.address = actors_pick_target(a), .amount_gwei = actors_pick(a, 2)};
    }
    a->s->block.withdrawals = withdrawals;
    a->s->block.withdrawal_count = 4;
    a->s->block.has_withdrawals = true;
}

/** Populate the scene, which was opened under `fork`, and append up to `count_max` transactions. */
static inline void actors_fill_block(scene *s, weft_fork fork, uint64_t seed, unsigned count_max) {
    static actors a;
    memset(&a, 0, sizeof a);
    a.s = s;
    a.fork = fork;
    a.random.state = seed;
    a.blob_hashes[0].bytes[0] = 1;
    bool is_poor = actors_pick(&a, 8) == 0;
    scene_senders(s, ACTOR_SENDERS, is_poor ? ETHER / 400 : ETHER);
    actors_place_all(&a);
    for (unsigned i = 0; fork >= WEFT_PRAGUE && i < ACTOR_AUTHORITIES; i++) {
        (void)authorize((uint8_t)(1 + i), 0, address_of(0), &a.authorities[i]);
        actors_add_target(&a, a.authorities[i]);
        if (i < 2) {
            scene_balance(s, a.authorities[i], ETHER);
        }
    }
    actors_choose_header(&a);
    if (fork >= WEFT_SHANGHAI) {
        actors_add_withdrawals(&a);
    }
    unsigned count = 2 + actors_pick(&a, count_max);
    for (unsigned i = 0; i < count; i++) {
        actors_add_transaction(&a, i);
    }
}

#endif
