#include "crypto/ecsign.h"

#include "base/u256.h"
#include <weft/crypto.h>
#include <secp256k1.h>
#include <secp256k1_preallocated.h>
#include <secp256k1_recovery.h>
#include <stdlib.h>

crypto_result ecsign(weft_u256 *r, weft_u256 *s, unsigned *y_parity, const weft_bytes32 *hash,
                     const weft_bytes32 *secret_key) {
    /* Not secp256k1_context_create(), which ends the process when there is no memory. */
    void *memory = malloc(secp256k1_context_preallocated_size(SECP256K1_CONTEXT_NONE));
    if (memory == NULL) {
        return CRYPTO_NO_MEMORY;
    }
    secp256k1_context *context = secp256k1_context_preallocated_create(memory, SECP256K1_CONTEXT_NONE);
    secp256k1_ecdsa_recoverable_signature signature;
    uint8_t compact[64];
    int recovery_id = 0;
    bool is_signed =
        secp256k1_ecdsa_sign_recoverable(context, &signature, hash->bytes, secret_key->bytes, NULL, NULL) == 1;
    if (is_signed) {
        (void)secp256k1_ecdsa_recoverable_signature_serialize_compact(context, compact, &recovery_id, &signature);
        *r = u256_from_be32(compact);
        *s = u256_from_be32(compact + 32);
        *y_parity = (unsigned)recovery_id & 1;
    }
    secp256k1_context_preallocated_destroy(context);
    free(memory);
    return is_signed ? CRYPTO_OK : CRYPTO_INVALID;
}

weft_status weft_sign(uint8_t signature[65], const weft_bytes32 *digest, const weft_bytes32 *secret_key) {
    weft_u256 r, s;
    unsigned y_parity;
    crypto_result result = ecsign(&r, &s, &y_parity, digest, secret_key);
    if (result != CRYPTO_OK) {
        return result == CRYPTO_NO_MEMORY ? WEFT_NO_MEMORY : WEFT_INVALID_ARGUMENT;
    }
    u256_to_be32(signature, &r);
    u256_to_be32(signature + 32, &s);
    signature[64] = (uint8_t)y_parity;
    return WEFT_OK;
}
