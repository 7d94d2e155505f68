/* P-256 verification: valid signatures, every reason to refuse one, and memory that fails at every allocation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "crypto/p256.h"
#include "tests/vectors/p256_vectors.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdlib.h>

#define VECTOR_COUNT (sizeof p256_vectors / sizeof p256_vectors[0])

static void input_from_vector(uint8_t input[160], size_t i) {
    for (size_t word = 0; word < 5; word++) {
        assert_true(hex_decode(input + 32 * word, 32, p256_vectors[i].words[word], 64));
    }
}

static void valid_signatures_pass_and_all_others_do_not(void **state) {
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        uint8_t input[160];
        input_from_vector(input, i);
        if (p256_verify(input) != (p256_vectors[i].valid ? CRYPTO_OK : CRYPTO_INVALID)) {
            fail_msg("%s: expected %svalid", p256_vectors[i].what, p256_vectors[i].valid ? "" : "in");
        }
    }
}

static void any_flipped_bit_makes_a_signature_invalid(void **state) {
    (void)state;
    uint8_t input[160];
    input_from_vector(input, 0);
    for (size_t byte = 0; byte < sizeof input; byte += 3) {
        input[byte] ^= (uint8_t)(1u << byte % 8);
        assert_int_equal(p256_verify(input), CRYPTO_INVALID);
        input[byte] ^= (uint8_t)(1u << byte % 8);
    }
    assert_int_equal(p256_verify(input), CRYPTO_OK);
}

static void error_queue_of_the_host_is_left_alone(void **state) {
    (void)state;
    ERR_clear_error();
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        uint8_t input[160];
        input_from_vector(input, i);
        (void)p256_verify(input);
        assert_int_equal(ERR_peek_error(), 0);
    }
    ERR_raise(ERR_LIB_USER, 1);
    const unsigned long mine = ERR_peek_last_error();
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        uint8_t input[160];
        input_from_vector(input, i);
        (void)p256_verify(input);
        assert_int_equal(ERR_peek_last_error(), mine);
    }
    ERR_clear_error();
}

/* OpenSSL's allocator in this program: when the countdown runs out, one allocation fails, or that one and all after. */
static struct {
    size_t countdown; /* 0: nothing fails */
    bool lasting;
    bool failed;
} fault;

static bool allocation_fails(void) {
    if (fault.failed && fault.lasting) {
        return true;
    }
    if (fault.countdown == 0 || --fault.countdown > 0) {
        return false;
    }
    return fault.failed = true;
}

static void *allocate(size_t size, const char *file, int line) {
    (void)file, (void)line;
    return allocation_fails() ? NULL : malloc(size);
}

static void *reallocate(void *block, size_t size, const char *file, int line) {
    (void)file, (void)line;
    return allocation_fails() ? NULL : realloc(block, size);
}

static void release(void *block, const char *file, int line) {
    (void)file, (void)line;
    free(block);
}

/* Fails every allocation of a verification in turn. */
static void check_failing_memory(size_t vector, bool lasting) {
    const crypto_result verdict = p256_vectors[vector].valid ? CRYPTO_OK : CRYPTO_INVALID;
    uint8_t input[160];
    input_from_vector(input, vector);
    for (size_t countdown = 1; true; countdown++) {
        fault.countdown = countdown, fault.lasting = lasting, fault.failed = false;
        const crypto_result result = p256_verify(input);
        const bool failed = fault.failed;
        fault.countdown = 0, fault.failed = false;
        if (result != verdict && !(failed && result == CRYPTO_NO_MEMORY)) {
            fail_msg("%s: result %d when allocation %zu fails", p256_vectors[vector].what, (int)result, countdown);
        }
        if (!failed) {
            assert_true(countdown > 1 || verdict == CRYPTO_INVALID);
            break;
        }
    }
}

static void failing_memory_is_never_taken_for_a_verdict(void **state) {
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        check_failing_memory(i, false);
        check_failing_memory(i, true);
    }
}

int main(void) {
    if (!CRYPTO_set_mem_functions(allocate, reallocate, release)) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_signatures_pass_and_all_others_do_not),
        cmocka_unit_test(any_flipped_bit_makes_a_signature_invalid),
        cmocka_unit_test(error_queue_of_the_host_is_left_alone),
        cmocka_unit_test(failing_memory_is_never_taken_for_a_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
