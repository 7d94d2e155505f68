/** Keccak-256 as Ethereum uses it (the original padding 0x01, not SHA3's 0x06; Yellow Paper appendix H).
 *
 *  One message at a time runs on scalar registers; many messages at a time run in parallel lanes of vector registers
 *  (AVX2: 4, AVX-512: 8) chosen once at run time, with a scalar fallback on any other machine.
 */
#ifndef CRYPTO_KECCAK_H
#define CRYPTO_KECCAK_H

#include <weft/types.h>

/** keccak256 of a message. Threads: any. */
weft_bytes32 keccak256(const void *message, size_t size);

/** keccak256 of each of `count` messages of any sizes. digests[i] belongs to messages[i]. Threads: any.
 *  Messages of equal block count share lanes: callers with many short messages gain most. */
void keccak256_batch(weft_bytes32 *digests, const weft_bytes *messages, size_t count);

/** keccak256(""), the code hash of an account without code. */
extern const weft_bytes32 keccak256_empty;

#endif
