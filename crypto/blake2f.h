/** The compression function F of BLAKE2b (RFC 7693 section 3.2) with any number of rounds: precompile 0x09 (EIP-152). */
#ifndef CRYPTO_BLAKE2F_H
#define CRYPTO_BLAKE2F_H

#include <stdbool.h>
#include <stdint.h>

/** Mix message block m into state h. t is the offset counter, low word first; `final` marks the last block. The time is
 *  proportional to `rounds`, which the caller has charged for. Threads: any. */
void blake2f(uint64_t h[8], const uint64_t m[16], const uint64_t t[2], bool final, uint32_t rounds);

#endif
