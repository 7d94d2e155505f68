/** Numbers below 2^256. */
#ifndef TOOLS_NUMBER_H
#define TOOLS_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weft/types.h>

__extension__ typedef unsigned __int128 uint128;

static inline bool number_is_zero(const weft_u256 *number) {
    return (number->limb[0] | number->limb[1] | number->limb[2] | number->limb[3]) == 0;
}

/** Whether it is at most `most`: then it is its lowest limb. */
static inline bool number_fits(const weft_u256 *number, uint64_t most) {
    return (number->limb[1] | number->limb[2] | number->limb[3]) == 0 && number->limb[0] <= most;
}

/** `number` becomes the sum, modulo 2^256. */
static inline void number_add(weft_u256 *number, const weft_u256 *more) {
    uint128 carry = 0;
    for (size_t i = 0; i < 4; i++) {
        carry += (uint128)number->limb[i] + more->limb[i];
        number->limb[i] = (uint64_t)carry;
        carry >>= 64;
    }
}

static inline weft_u256 number_of_wide(uint128 wide) {
    return (weft_u256){{(uint64_t)wide, (uint64_t)(wide >> 64)}};
}

#endif
