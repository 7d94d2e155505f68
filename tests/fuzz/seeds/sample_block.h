/** A block that is right in every respect, on top of a genesis: under any fork, with a transaction of each type that it has.
 *  From it come the seeds of several targets. */
#ifndef TESTS_FUZZ_SEEDS_SAMPLE_BLOCK_H
#define TESTS_FUZZ_SEEDS_SAMPLE_BLOCK_H

#include "tests/fuzz/seeds/rlp_buffer.h"

enum { SAMPLE_ACCOUNT_COUNT = 6, SAMPLE_TRANSACTIONS_MAX = 6 };

typedef struct sample_account {
    weft_address address;
    weft_u256 balance;
    weft_bytes code;
} sample_account;

typedef struct sample_block {
    weft_fork fork;
    weft_chain chain;
    sample_account accounts[SAMPLE_ACCOUNT_COUNT]; /* of the genesis; nonces and storage are zero */
    weft_memory_state *state;                      /* of the genesis */
    weft_header genesis;
    weft_bytes32 genesis_hash;
    weft_block block;
    weft_transaction transactions[SAMPLE_TRANSACTIONS_MAX];
    weft_withdrawal withdrawal;
    weft_decoder *decoder; /* owns the transactions' encodings */
    rlp_buffer rlp;        /* of the whole block */
    uint8_t access_list[1 << 12];
    size_t access_list_size; /* 0 before Amsterdam */
} sample_block;

/** Out: `s`, to be freed with sample_block_free(). */
void sample_block_make(sample_block *s, weft_fork fork);
void sample_block_free(sample_block *s);

/** Append a header's encoding. */
void sample_header_append(rlp_buffer *b, const weft_header *header);

#endif
