#include "crypto/ecrecover.h"

#include "base/u256.h"
#include "crypto/keccak.h"
#include <weft/crypto.h>
#include <secp256k1.h>
#include <secp256k1_preallocated.h>
#include <secp256k1_recovery.h>
#include <stdlib.h>

enum { COMPACT_SIGNATURE_SIZE = 64, UNCOMPRESSED_KEY_SIZE = 65 };

/* floor(n / 2), n the order of secp256k1 (SEC 2 section 2.4.1) */
static const weft_u256 secp256k1_half_order = {
    {0xdfe92f46681b20a0, 0x5d576e7357a4501d, 0xffffffffffffffff, 0x7fffffffffffffff}};

static void address_of(weft_address *address, const secp256k1_pubkey *key) {
    uint8_t uncompressed[UNCOMPRESSED_KEY_SIZE];
    size_t size = sizeof uncompressed;
    (void)secp256k1_ec_pubkey_serialize(secp256k1_context_static, uncompressed, &size, key, SECP256K1_EC_UNCOMPRESSED);
    /* The first byte only names the encoding; the address is the low 20 bytes of the hash of x and y. */
    weft_bytes32 key_hash = keccak256(uncompressed + 1, sizeof uncompressed - 1);
    memcpy(address->bytes, key_hash.bytes + 12, sizeof address->bytes);
}

/* secp256k1_context_static cannot sign but recovers, never changes, and so serves all threads. */
crypto_result ecrecover_address(weft_address *signer, const weft_bytes32 *hash, const weft_u256 *r, const weft_u256 *s,
                                unsigned y_parity) {
    /* The library knows two more recovery ids, for points with x >= n; Ethereum has no v for them. */
    if (y_parity > 1) {
        return CRYPTO_INVALID;
    }
    uint8_t compact[COMPACT_SIGNATURE_SIZE];
    u256_to_be32(compact, r);
    u256_to_be32(compact + 32, s);
    secp256k1_ecdsa_recoverable_signature signature;
    secp256k1_pubkey key;
    if (!secp256k1_ecdsa_recoverable_signature_parse_compact(secp256k1_context_static, &signature, compact,
                                                             (int)y_parity) ||
        !secp256k1_ecdsa_recover(secp256k1_context_static, &key, &signature, hash->bytes)) {
        return CRYPTO_INVALID;
    }
    address_of(signer, &key);
    return CRYPTO_OK;
}

bool ecrecover_is_low_s(const weft_u256 *s) {
    return !u256_less(&secp256k1_half_order, s);
}

weft_status weft_secret_key_address(weft_address *address, const weft_bytes32 *secret_key) {
    /* Not secp256k1_context_create(), which ends the process when there is no memory. */
    void *memory = malloc(secp256k1_context_preallocated_size(SECP256K1_CONTEXT_NONE));
    if (memory == NULL) {
        return WEFT_NO_MEMORY;
    }
    secp256k1_context *context = secp256k1_context_preallocated_create(memory, SECP256K1_CONTEXT_NONE);
    secp256k1_pubkey key;
    bool is_key = secp256k1_ec_pubkey_create(context, &key, secret_key->bytes) == 1;
    if (is_key) {
        address_of(address, &key);
    }
    secp256k1_context_preallocated_destroy(context);
    free(memory);
    return is_key ? WEFT_OK : WEFT_INVALID_ARGUMENT;
}
