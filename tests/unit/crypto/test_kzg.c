/* KZG point evaluation: proofs made from the ceremony's own powers, and every part of them spoiled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "crypto/kzg.h"
#include "tests/vectors/kzg_vectors.h"

#define VECTOR_COUNT (sizeof kzg_vectors / sizeof kzg_vectors[0])

typedef struct kzg_input {
    uint8_t commitment[48], z[32], y[32], proof[48];
} kzg_input;

static kzg_input input_from_vector(size_t i) {
    kzg_input input;
    assert_true(hex_decode(input.commitment, 48, kzg_vectors[i].commitment, 96));
    assert_true(hex_decode(input.z, 32, kzg_vectors[i].z, 64));
    assert_true(hex_decode(input.y, 32, kzg_vectors[i].y, 64));
    assert_true(hex_decode(input.proof, 48, kzg_vectors[i].proof, 96));
    return input;
}

static crypto_result verify(const kzg_input *input) {
    return kzg_verify_proof(input->commitment, input->z, input->y, input->proof);
}

static void skip_without_blst(void) {
    kzg_input input = input_from_vector(0);
    if (verify(&input) == CRYPTO_UNSUPPORTED) {
        skip();
    }
}

static void true_proofs_pass_and_all_others_do_not(void **state) {
    (void)state;
    skip_without_blst();
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        kzg_input input = input_from_vector(i);
        if (verify(&input) != (kzg_vectors[i].valid ? CRYPTO_OK : CRYPTO_INVALID)) {
            fail_msg("%s: expected %svalid", kzg_vectors[i].what, kzg_vectors[i].valid ? "" : "in");
        }
    }
}

static void any_flipped_bit_makes_a_proof_invalid(void **state) {
    (void)state;
    skip_without_blst();
    kzg_input input = input_from_vector(0);
    uint8_t *bytes = (uint8_t *)&input;
    for (size_t byte = 0; byte < sizeof input; byte += 3) {
        bytes[byte] ^= (uint8_t)(1u << byte % 8);
        assert_int_equal(verify(&input), CRYPTO_INVALID);
        bytes[byte] ^= (uint8_t)(1u << byte % 8);
    }
    assert_int_equal(verify(&input), CRYPTO_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(true_proofs_pass_and_all_others_do_not),
        cmocka_unit_test(any_flipped_bit_makes_a_proof_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
