/** Signed EIP-7702 tuples for tests. */
#ifndef TESTS_SUPPORT_AUTHORIZE_H
#define TESTS_SUPPORT_AUTHORIZE_H

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <stdlib.h>
#include <string.h>

#include <weft/block.h>
#include <weft/crypto.h>

static inline void authorize_need(bool condition) {
    if (!condition) {
        abort();
    }
}

/** keccak256(0x05 ‖ rlp([1, delegate, nonce])), what the authority signs. */
static inline weft_bytes32 authorize_hash(uint64_t nonce, const weft_address *delegate) {
    enum { NONCE_AT = 4 + 20 };
    uint8_t message[NONCE_AT + 9] = {0x05, 0xc0 + 1 + 21, 0x01, 0x80 + 20};
    size_t nonce_size = 0;
    for (uint64_t n = nonce; n != 0; n >>= 8) {
        nonce_size++;
    }
    memcpy(message + 4, delegate->bytes, sizeof delegate->bytes);
    size_t size = NONCE_AT;
    if (nonce == 0 || nonce >= 0x80) {
        message[size++] = (uint8_t)(0x80 + nonce_size);
    }
    for (size_t i = 0; i < nonce_size; i++) {
        message[size++] = (uint8_t)(nonce >> (8 * (nonce_size - 1 - i)));
    }
    message[1] = (uint8_t)(0xc0 + size - 2);
    return weft_keccak256((weft_bytes){message, size});
}

static inline weft_u256 authorize_word(const uint8_t *bytes) {
    weft_u256 word = {{0}};
    for (size_t i = 0; i < 32; i++) {
        word.limb[3 - i / 8] = word.limb[3 - i / 8] << 8 | bytes[i];
    }
    return word;
}

/** A tuple for chain 1, signed with the private key `key_byte`. Out: authority   whose key that is. */
static inline weft_authorization authorize(uint8_t key_byte, uint64_t nonce, weft_address delegate,
                                           weft_address *authority) {
    const weft_bytes32 key = {{[31] = key_byte}};
    uint8_t compact[64];
    int parity = 0;
    secp256k1_context *context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    secp256k1_ecdsa_recoverable_signature signature;
    weft_bytes32 hash = authorize_hash(nonce, &delegate);
    authorize_need(secp256k1_ecdsa_sign_recoverable(context, &signature, hash.bytes, key.bytes, NULL, NULL) != 0);
    (void)secp256k1_ecdsa_recoverable_signature_serialize_compact(context, compact, &parity, &signature);
    secp256k1_context_destroy(context);
    authorize_need(weft_secret_key_address(authority, &key) == WEFT_OK);
    return (weft_authorization){.chain_id = {{1}},
                                .address = delegate,
                                .nonce = nonce,
                                .y_parity = {{(uint64_t)parity}},
                                .r = authorize_word(compact),
                                .s = authorize_word(compact + 32)};
}

#endif
