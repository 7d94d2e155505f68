#include "crypto/p256.h"

#include "base/u256_modulus.h"
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

/* The prime of the field, the constant of the curve equation, and the order of the group (SEC 2 section 2.4.2). */
static const u256_modulus p256_prime = {
    .value = {{0xffffffffffffffff, 0x00000000ffffffff, 0x0000000000000000, 0xffffffff00000001}},
    .is_prepared = true,
    .error = 14,
    .reciprocal = {0x500000002, 0x3, 0xfffffffeffffffff, 0xfffffffefffffffe, 0xffffffff, 0x1}};
static const weft_u256 p256_b = {{0x3bce3c3e27d2604b, 0x651d06b0cc53b0f6, 0xb3ebbd55769886bc, 0x5ac635d8aa3a93e7}};
static const weft_u256 p256_order = {{0xf3b9cac2fc632551, 0xbce6faada7179e84, 0xffffffffffffffff, 0xffffffff00000000}};

/* Everything that one verification allocates. Any member may be NULL: OpenSSL frees NULL without complaint. */
typedef struct p256_workspace {
    BN_CTX *context;
    EC_GROUP *group;
    EC_POINT *key, *sum;
    BIGNUM *hash, *r, *s, *x, *y;
} p256_workspace;

static bool p256_workspace_init(p256_workspace *w, const uint8_t input[160]) {
    w->context = BN_CTX_new();
    w->group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    if (w->context == NULL || w->group == NULL) {
        return false;
    }
    w->key = EC_POINT_new(w->group);
    w->sum = EC_POINT_new(w->group);
    w->hash = BN_bin2bn(input, 32, NULL);
    w->r = BN_bin2bn(input + 32, 32, NULL);
    w->s = BN_bin2bn(input + 64, 32, NULL);
    w->x = BN_bin2bn(input + 96, 32, NULL);
    w->y = BN_bin2bn(input + 128, 32, NULL);
    return w->key != NULL && w->sum != NULL && w->hash != NULL && w->r != NULL && w->s != NULL && w->x != NULL &&
           w->y != NULL;
}

static void p256_workspace_free(p256_workspace *w) {
    BN_free(w->y);
    BN_free(w->x);
    BN_free(w->s);
    BN_free(w->r);
    BN_free(w->hash);
    EC_POINT_free(w->sum);
    EC_POINT_free(w->key);
    EC_GROUP_free(w->group);
    BN_CTX_free(w->context);
}

/* y^2 = x^3 - 3x + b. Done here because OpenSSL reports a failing allocation inside its own check as a point off the
 * curve. The point at infinity, (0, 0), does not satisfy the equation. */
static bool p256_on_curve(const weft_u256 *x, const weft_u256 *y) {
    u256_modulus field = p256_prime;
    const weft_u256 *prime = &field.value, three = u256_from_u64(3), minus_three = u256_sub(prime, &three);
    const weft_u256 left = u256_modulus_multiply(&field, y, y, prime);
    weft_u256 right = u256_modulus_multiply(&field, x, x, prime);
    right = u256_addmod(&right, &minus_three, prime);
    right = u256_modulus_multiply(&field, &right, x, prime);
    right = u256_addmod(&right, &p256_b, prime);
    return u256_equal(&left, &right);
}

static bool p256_is_scalar(const weft_u256 *a) {
    return !u256_is_zero(a) && u256_less(a, &p256_order);
}

/* The input checks of EIP-7951. */
static bool p256_input_is_valid(const uint8_t input[160]) {
    const weft_u256 r = u256_from_be32(input + 32), s = u256_from_be32(input + 64);
    const weft_u256 x = u256_from_be32(input + 96), y = u256_from_be32(input + 128);
    return p256_is_scalar(&r) && p256_is_scalar(&s) && u256_less(&x, &p256_prime.value) &&
           u256_less(&y, &p256_prime.value) && p256_on_curve(&x, &y);
}

/* Whether r is the x coordinate, modulo n, of (hash / s) * G + (r / s) * Q. The input is valid, so s has an inverse, Q
 * is a point, and only memory can fail. */
static crypto_result p256_check_signature(p256_workspace *w) {
    const BIGNUM *order = EC_GROUP_get0_order(w->group);
    BIGNUM *inverse = w->s, *u1 = w->hash, *u2 = w->y, *sum_x = w->x;
    if (!EC_POINT_set_affine_coordinates(w->group, w->key, w->x, w->y, w->context) ||
        BN_mod_inverse(inverse, w->s, order, w->context) == NULL ||
        !BN_mod_mul(u1, w->hash, inverse, order, w->context) || !BN_mod_mul(u2, w->r, inverse, order, w->context) ||
        !EC_POINT_mul(w->group, w->sum, u1, w->key, u2, w->context)) {
        return CRYPTO_NO_MEMORY;
    }
    if (EC_POINT_is_at_infinity(w->group, w->sum)) {
        return CRYPTO_INVALID;
    }
    if (!EC_POINT_get_affine_coordinates(w->group, w->sum, sum_x, NULL, w->context) ||
        !BN_nnmod(sum_x, sum_x, order, w->context)) {
        return CRYPTO_NO_MEMORY;
    }
    return BN_cmp(sum_x, w->r) == 0 ? CRYPTO_OK : CRYPTO_INVALID;
}

crypto_result p256_verify(const uint8_t input[160]) {
    if (!p256_input_is_valid(input)) {
        return CRYPTO_INVALID;
    }
    (void)ERR_set_mark();
    p256_workspace workspace = {0};
    const crypto_result result =
        p256_workspace_init(&workspace, input) ? p256_check_signature(&workspace) : CRYPTO_NO_MEMORY;
    p256_workspace_free(&workspace);
    (void)ERR_pop_to_mark();
    return result;
}
