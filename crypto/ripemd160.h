/** RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996): precompile 0x03, which nothing else needs. */
#ifndef CRYPTO_RIPEMD160_H
#define CRYPTO_RIPEMD160_H

#include <stddef.h>
#include <stdint.h>

/** `message` may be NULL only when `size` is 0. Threads: any. */
void ripemd160(uint8_t digest[20], const void *message, size_t size);

#endif
