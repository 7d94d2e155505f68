/** Products modulo a number that comes again and again, as MULMOD's does in the arithmetic of a curve: two multiplications
 *  with its reciprocal in place of a division.
 *
 *  A modulus is remembered by who multiplies. It is prepared when it comes for the second time in a row, since the
 *  reciprocal costs one long division; and only if it has four limbs, since a division by fewer is as fast. All zero is
 *  the state of one that has seen nothing.
 */
#ifndef BASE_U256_MODULUS_H
#define BASE_U256_MODULUS_H

#include "base/u256.h"

typedef struct u256_modulus {
    weft_u256 value; /* the modulus that came last */
    bool is_prepared;
    unsigned shift;       /* zero bits above its highest one, below 64 */
    weft_u256 normalised; /* value << shift */
    weft_u256 reciprocal; /* floor((2^512 - 1) / normalised) - 2^256 */
} u256_modulus;

/** As u256_mulmod(a, b, m). Threads: one per `known`. */
weft_u256 u256_modulus_multiply(u256_modulus *known, const weft_u256 *a, const weft_u256 *b, const weft_u256 *m);

#endif
