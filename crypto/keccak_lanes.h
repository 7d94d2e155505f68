/** keccak256 of many messages at once, in the lanes of vector registers: the machine behind keccak256_batch().
 *
 *  A lane level names an instruction set and with it the number of states that one permutation advances. Levels are
 *  explicit here so that the tests can run each one that their machine has; everyone else calls keccak256_batch(),
 *  which takes the best.
 */
#ifndef CRYPTO_KECCAK_LANES_H
#define CRYPTO_KECCAK_LANES_H

#include <weft/types.h>

typedef enum keccak_level {
    KECCAK_SCALAR, /* any machine: one message after the other */
    KECCAK_AVX2,   /* 4 lanes */
    KECCAK_AVX512  /* 8 lanes */
} keccak_level;

/** The widest level this machine has. Levels below it are usable too. Threads: any. */
keccak_level keccak_level_best(void);

/** keccak256_batch() at a level no wider than keccak_level_best(). Threads: any. */
void keccak256_batch_at(keccak_level level, weft_bytes32 *digests, const weft_bytes *messages, size_t count);

#endif
