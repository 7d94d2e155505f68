/** Digests of short messages that were hashed before.
 *
 *  Contracts find the slot of mapping[key] by hashing 64 bytes, most of them more than once in a block. A memo answers
 *  in a tenth of the time when it has seen the message, and forgets one when another falls on its place. Messages are
 *  compared in full: what it answers is always the digest.
 */
#ifndef CRYPTO_KECCAK_MEMO_H
#define CRYPTO_KECCAK_MEMO_H

#include <weft/types.h>

enum {
    KECCAK_MEMO_ENTRIES =
        1024, /* found hardly fewer on mainnet's blocks than any more; cost little when nothing is found */
    KECCAK_MEMO_MESSAGE_MIN = 16,
    KECCAK_MEMO_MESSAGE_MAX = 96
};

typedef struct keccak_memo_entry {
    _Alignas(64) weft_bytes32 digest;
    uint8_t message[KECCAK_MEMO_MESSAGE_MAX];
} keccak_memo_entry;

/** 130 KiB. */
typedef struct keccak_memo {
    keccak_memo_entry entries[KECCAK_MEMO_ENTRIES];
    uint16_t tags[KECCAK_MEMO_ENTRIES]; /* the message's size and some bits of its hash; 0: there is none */
    uint64_t era;
} keccak_memo;

/** Make `memo` an empty one. */
void keccak_memo_init(keccak_memo *memo);

/** Find nothing from before again. Takes no time. */
void keccak_memo_forget(keccak_memo *memo);

/** keccak256 of a message of any size, from the memo if it is there; one of KECCAK_MEMO_MESSAGE_MIN to _MAX bytes is
 *  then remembered. Threads: exclusive. */
weft_bytes32 keccak_memo_hash(keccak_memo *memo, const void *message, size_t size);

#endif
