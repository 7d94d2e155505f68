/** Signed EIP-7702 tuples for tests. */
#ifndef TESTS_UNIT_ENGINE_AUTHORIZE_H
#define TESTS_UNIT_ENGINE_AUTHORIZE_H

#include "tests/unit/engine/scene.h"

#include "base/rlp.h"
#include <secp256k1.h>
#include <secp256k1_recovery.h>

/** A tuple for chain 1, signed with the private key `key_byte`. Out: authority   whose key that is. */
static inline weft_authorization authorize(uint8_t key_byte, uint64_t nonce, weft_address delegate,
                                           weft_address *authority) {
    uint8_t key[32] = {[31] = key_byte}, rlp[64], compact[64], hash_input[65];
    secp256k1_context *context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    weft_authorization a = {.chain_id = u256_from_u64(1), .address = delegate, .nonce = nonce};
    weft_bytes delegate_bytes = bytes_of(delegate.bytes, sizeof delegate.bytes);
    uint8_t *end = rlp_write_list_header(rlp, 1 + 21 + rlp_size_u64(nonce));
    end = rlp_write_u64(end, 1);
    end = rlp_write_string(end, delegate_bytes);
    end = rlp_write_u64(end, nonce);
    hash_input[0] = 0x05;
    memcpy(hash_input + 1, rlp, (size_t)(end - rlp));
    weft_bytes32 hash = keccak256(hash_input, 1 + (size_t)(end - rlp));
    secp256k1_ecdsa_recoverable_signature signature;
    int parity;
    assert_true(secp256k1_ecdsa_sign_recoverable(context, &signature, hash.bytes, key, NULL, NULL));
    assert_true(secp256k1_ecdsa_recoverable_signature_serialize_compact(context, compact, &parity, &signature));
    a.y_parity = u256_from_u64((uint64_t)parity);
    a.r = u256_from_be32(compact);
    a.s = u256_from_be32(compact + 32);
    secp256k1_pubkey public_key;
    uint8_t point[65];
    size_t size = sizeof point;
    assert_true(secp256k1_ec_pubkey_create(context, &public_key, key));
    assert_true(secp256k1_ec_pubkey_serialize(context, point, &size, &public_key, SECP256K1_EC_UNCOMPRESSED));
    hash = keccak256(point + 1, 64);
    memcpy(authority->bytes, hash.bytes + 12, sizeof authority->bytes);
    secp256k1_context_destroy(context);
    return a;
}

#endif
