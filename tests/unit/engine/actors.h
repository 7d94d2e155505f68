/** Contracts made to conflict, and random blocks that use them. */
#ifndef TESTS_UNIT_ENGINE_ACTORS_H
#define TESTS_UNIT_ENGINE_ACTORS_H

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
    ACTOR_HASHER,          /* code hash and size of the reborn contract into slots */
    ACTOR_FORWARDER,       /* DELEGATECALLs the counter */
    ACTOR_COUNT_END
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
    "0 0 CALLDATASIZE 0 0 CALLDATACOPY POP POP 0 CALLDATALOAD EXTCODEHASH 0 SSTORE 0 CALLDATALOAD EXTCODESIZE 1 SSTORE",
    "0 0 0 0 " A("0300") " 60000 DELEGATECALL 9 SSTORE",
};

/* Reborn by the factory: with call data it destroys itself, without it counts. */
static const char actor_reborn_source[] =
    "CALLDATASIZE @die JUMPI 0 SLOAD 1 ADD 0 SSTORE STOP :die CALLER SELFDESTRUCT";

static inline uint64_t actor_random(uint64_t *seed) {
    *seed += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *seed;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

enum { ACTOR_SENDERS = 24 };

/* A sender moves ether: to a fresh account, another sender, the coinbase, or an actor without caring what it is. */
static inline void actors_transfer(scene *s, uint64_t *seed, unsigned from) {
    static const unsigned targets[] = {600, 601, 0, 1, 2, 999, ACTOR_PAYER, ACTOR_MORTAL};
    unsigned to = targets[actor_random(seed) % (sizeof targets / sizeof *targets)];
    bool small = actor_random(seed) % 4 == 0;
    scene_call(s, from, address_of(to), actor_random(seed) % 3 * 1000, small ? 21000 : 120000);
}

static inline void actors_call(scene *s, uint64_t *seed, unsigned from, const assembly *init, weft_address reborn) {
    static const uint8_t any = 1;
    static weft_bytes32 reborn_word;
    memcpy(reborn_word.bytes + 12, reborn.bytes, sizeof reborn.bytes);
    unsigned actor = ACTOR_COUNTER + (unsigned)(actor_random(seed) % (ACTOR_COUNT_END - ACTOR_COUNTER + 1));
    uint64_t gas = actor_random(seed) % 8 == 0 ? 30000 : 300000;
    bool to_reborn = actor == ACTOR_COUNT_END;
    weft_transaction *tx =
        scene_call(s, from, to_reborn ? reborn : address_of(actor), actor_random(seed) % 3, gas);
    if (actor == ACTOR_FACTORY) {
        tx->data = (weft_bytes){init->bytes, init->size};
    } else if (actor == ACTOR_HASHER) {
        tx->data = (weft_bytes){reborn_word.bytes, sizeof reborn_word.bytes};
    } else if (to_reborn && actor_random(seed) % 3 == 0) {
        tx->data = (weft_bytes){&any, 1};
    }
}

/** Populate the scene and append up to `count_max` transactions. `fork` decides nothing but the coinbase's nature. */
static inline void actors_fill_block(scene *s, weft_fork fork, uint64_t seed, unsigned count_max) {
    static assembly init;
    assembly runtime = assemble(actor_reborn_source);
    const uint8_t prefix[] = {0x60, (uint8_t)runtime.size, 0x80, 0x60, 0x0b, 0x60, 0x00, 0x39, 0x60, 0x00, 0xf3};
    memcpy(init.bytes, prefix, sizeof prefix);
    memcpy(init.bytes + sizeof prefix, runtime.bytes, runtime.size);
    init.size = sizeof prefix + runtime.size;
    weft_address factory = address_of(ACTOR_FACTORY), reborn;
    uint8_t preimage[85] = {0xff};
    memcpy(preimage + 1, factory.bytes, sizeof factory.bytes);
    weft_bytes32 hash = keccak256(init.bytes, init.size);
    memcpy(preimage + 53, hash.bytes, sizeof hash.bytes);
    hash = keccak256(preimage, sizeof preimage);
    memcpy(reborn.bytes, hash.bytes + 12, sizeof reborn.bytes);

    scene_senders(s, ACTOR_SENDERS, ETHER);
    for (unsigned i = 0; i < sizeof actor_sources / sizeof *actor_sources; i++) {
        scene_contract(s, address_of(ACTOR_COUNTER + i), i * 7, actor_sources[i]);
    }
    switch (actor_random(&seed) % 4) {
    case 0: s->block.header.coinbase = address_of(0); break;
    case 1: s->block.header.coinbase = address_of(ACTOR_MORTAL); break;
    case 2: s->block.header.coinbase = fork >= WEFT_CONSTANTINOPLE ? reborn : address_of(600); break;
    default: break;
    }
    unsigned count = 2 + (unsigned)(actor_random(&seed) % count_max);
    for (unsigned i = 0; i < count; i++) {
        unsigned from = (unsigned)(actor_random(&seed) % ACTOR_SENDERS);
        if (actor_random(&seed) % 3 == 0) {
            actors_transfer(s, &seed, from);
        } else {
            actors_call(s, &seed, from, &init, reborn);
        }
    }
}

#endif
