/** Products modulo a number that comes again and again, as MULMOD's does in the arithmetic of a curve: two
 *  multiplications with its reciprocal in place of a division. The factors may be larger than the modulus.
 *
 *  A modulus is remembered by who multiplies. It is prepared when it comes for the second time in a row, since the
 *  reciprocal costs two long divisions; and only if it has more than 224 bits: a division by fewer limbs is as fast,
 *  and nobody's modulus is in between. All zero is the state of one that has seen nothing; a modulus known to the
 *  compiler can be written down prepared.
 */
#ifndef BASE_U256_MODULUS_H
#define BASE_U256_MODULUS_H

#include "base/u256.h"

typedef struct u256_modulus {
    weft_u256 value; /* the modulus that came last */
    bool is_prepared;
    uint64_t error;         /* bound of an estimated quotient's, in units of 2^-64: 12 + 2^(257 - bits) */
    uint64_t reciprocal[6]; /* floor((2^576 - 1) / value) */
} u256_modulus;

/** As u256_mulmod(a, b, m). Threads: one per `known`. */
weft_u256 u256_modulus_multiply(u256_modulus *known, const weft_u256 *a, const weft_u256 *b, const weft_u256 *m);

#endif
