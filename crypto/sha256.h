/** SHA-256 (FIPS 180-4): precompile 0x02, the requests hash (EIP-7685), versioned hashes (EIP-4844). */
#ifndef CRYPTO_SHA256_H
#define CRYPTO_SHA256_H

#include <stddef.h>
#include <stdint.h>

/** By the SHA instructions of the machine when it has them, chosen at run time. `message` may be NULL only when `size`
 *  is 0. Threads: any. */
void sha256(uint8_t digest[32], const void *message, size_t size);

/** The same without special instructions: what sha256() falls back to. Threads: any. */
void sha256_portable(uint8_t digest[32], const void *message, size_t size);

#endif
