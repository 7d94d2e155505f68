/* ecrecover: known signers, refused values, and signatures made on the spot by libsecp256k1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/ecrecover.h"
#include "crypto/keccak.h"
#include "tests/support/random.h"
#include "tests/vectors/ecrecover_vectors.h"

#include <weft/crypto.h>
#include <secp256k1.h>
#include <secp256k1_recovery.h>

#define VECTOR_COUNT (sizeof ecrecover_vectors / sizeof ecrecover_vectors[0])
#define LOW_S_VECTOR_COUNT (VECTOR_COUNT - 2)
#define ROUNDS 100
#define SEED 0x65637265u

static const weft_u256 order = {{0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff}};

typedef struct signature {
    weft_bytes32 hash;
    weft_u256 r, s;
    weft_address signer;
} signature;

static weft_u256 u256_from_hex(const char *hex) {
    uint8_t bytes[32];
    assert_true(hex_decode(bytes, sizeof bytes, hex, strlen(hex)));
    return u256_from_be32(bytes);
}

static signature signature_from_vector(size_t i) {
    signature known = {.r = u256_from_hex(ecrecover_vectors[i].r), .s = u256_from_hex(ecrecover_vectors[i].s)};
    assert_true(hex_decode(known.hash.bytes, sizeof known.hash.bytes, ecrecover_vectors[i].hash, 64));
    assert_true(hex_decode(known.signer.bytes, sizeof known.signer.bytes, ecrecover_vectors[i].signer, 40));
    return known;
}

static void known_signers_are_recovered(void **state) {
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        const signature known = signature_from_vector(i);
        const unsigned y_parity = ecrecover_vectors[i].y_parity;
        weft_address signer;
        assert_int_equal(ecrecover_address(&signer, &known.hash, &known.r, &known.s, y_parity), CRYPTO_OK);
        assert_true(address_equal(&signer, &known.signer));
        assert_int_equal(ecrecover_is_low_s(&known.s), i < LOW_S_VECTOR_COUNT);
        if (ecrecover_address(&signer, &known.hash, &known.r, &known.s, y_parity ^ 1) == CRYPTO_OK) {
            assert_false(address_equal(&signer, &known.signer));
        }
    }
}

static void values_out_of_range_are_refused(void **state) {
    (void)state;
    const signature known = signature_from_vector(0);
    const weft_u256 one = u256_from_u64(1);
    const weft_u256 all_ones = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    const weft_u256 refused[] = {u256_zero(), order, u256_add(&order, &one), all_ones};
    weft_address signer;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        for (unsigned y_parity = 0; y_parity <= 1; y_parity++) {
            assert_int_equal(ecrecover_address(&signer, &known.hash, &refused[i], &known.s, y_parity), CRYPTO_INVALID);
            assert_int_equal(ecrecover_address(&signer, &known.hash, &known.r, &refused[i], y_parity), CRYPTO_INVALID);
        }
    }
    assert_int_equal(ecrecover_address(&signer, &known.hash, &known.r, &known.s, 2), CRYPTO_INVALID);
    assert_int_equal(ecrecover_address(&signer, &known.hash, &known.r, &known.s, 27), CRYPTO_INVALID);
}

static void x_without_a_point_is_refused(void **state) {
    (void)state;
    const signature known = signature_from_vector(0);
    const weft_u256 five = u256_from_u64(5); /* 5 ^ 3 + 7 is not a square */
    weft_address signer;
    assert_int_equal(ecrecover_address(&signer, &known.hash, &five, &known.s, 0), CRYPTO_INVALID);
}

static void low_s_ends_at_half_the_order(void **state) {
    (void)state;
    const weft_u256 one = u256_from_u64(1), half = u256_shift_right(&order, 1), above = u256_add(&half, &one);
    const weft_u256 zero = u256_zero();
    assert_true(ecrecover_is_low_s(&zero));
    assert_true(ecrecover_is_low_s(&half));
    assert_false(ecrecover_is_low_s(&above));
    assert_false(ecrecover_is_low_s(&order));
}

static weft_address address_of_key(const uint8_t key[32]) {
    weft_bytes32 secret_key;
    weft_address address;
    memcpy(secret_key.bytes, key, sizeof secret_key.bytes);
    assert_int_equal(weft_secret_key_address(&address, &secret_key), WEFT_OK);
    return address;
}

static void secret_keys_lie_between_zero_and_the_order(void **state) {
    (void)state;
    const weft_u256 one = u256_from_u64(1), last = u256_sub(&order, &one), zero = u256_zero();
    const weft_u256 *numbers[] = {&zero, &one, &last, &order};
    const weft_status expected[] = {WEFT_INVALID_ARGUMENT, WEFT_OK, WEFT_OK, WEFT_INVALID_ARGUMENT};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        weft_address address;
        weft_bytes32 key = u256_to_bytes32(numbers[i]);
        assert_int_equal(weft_secret_key_address(&address, &key), expected[i]);
    }
    /* The generator itself, whose address is well known. */
    static const uint8_t known[20] = {0x7e, 0x5f, 0x45, 0x52, 0x09, 0x1a, 0x69, 0x12, 0x5d, 0x5d,
                                      0xfc, 0xb7, 0xb8, 0xc2, 0x65, 0x90, 0x29, 0x39, 0x5b, 0xdf};
    weft_bytes32 key = u256_to_bytes32(&one);
    weft_address address = address_of_key(key.bytes);
    assert_memory_equal(address.bytes, known, sizeof known);
}

static void signer_of_any_signature_is_recovered(void **state) {
    (void)state;
    secp256k1_context *context = secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        test_random random = {SEED + round};
        uint8_t key[32], compact[64];
        weft_bytes32 hash;
        int y_parity;
        secp256k1_ecdsa_recoverable_signature made;
        random_fill(&random, key, sizeof key);
        random_fill(&random, hash.bytes, sizeof hash.bytes);
        assert_true(secp256k1_ecdsa_sign_recoverable(context, &made, hash.bytes, key, NULL, NULL));
        secp256k1_ecdsa_recoverable_signature_serialize_compact(context, compact, &y_parity, &made);
        const weft_u256 r = u256_from_be32(compact), s = u256_from_be32(compact + 32), high_s = u256_sub(&order, &s);
        const weft_address expected = address_of_key(key);
        weft_address signer, mirrored;
        assert_int_equal(ecrecover_address(&signer, &hash, &r, &s, (unsigned)y_parity), CRYPTO_OK);
        assert_int_equal(ecrecover_address(&mirrored, &hash, &r, &high_s, (unsigned)y_parity ^ 1), CRYPTO_OK);
        if (!address_equal(&signer, &expected) || !address_equal(&mirrored, &expected)) {
            fail_msg("another signer, seed 0x%llx", (unsigned long long)(SEED + round));
        }
    }
    secp256k1_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_signers_are_recovered),
        cmocka_unit_test(values_out_of_range_are_refused),
        cmocka_unit_test(x_without_a_point_is_refused),
        cmocka_unit_test(low_s_ends_at_half_the_order),
        cmocka_unit_test(signer_of_any_signature_is_recovered),
        cmocka_unit_test(secret_keys_lie_between_zero_and_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
