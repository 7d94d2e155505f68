#include "crypto/bn254_internal.h"

static const fp montgomery_square = {{0xf32cfc5b538afa89, 0xb5e71911d44501fb, 0x47ab1eff0a417ff6, 0x06d89f71cab8351f}};

bool fp_decode(fp *r, const uint8_t bytes[32]) {
    fp plain = u256_from_be32(bytes);
    if (!u256_less(&plain, &fp_modulus)) {
        return false;
    }
    fp_mul(r, &plain, &montgomery_square);
    return true;
}

void fp_encode(uint8_t bytes[32], const fp *a) {
    static const fp plain_one = {{1, 0, 0, 0}};
    fp plain;
    fp_mul(&plain, a, &plain_one);
    u256_to_be32(bytes, &plain);
}

/* Fermat: a^(p - 2). */
void fp_inverse(fp *r, const fp *a) {
    static const fp two = {{2, 0, 0, 0}};
    fp exponent = u256_sub(&fp_modulus, &two), power = fp_one, base = *a;
    for (int i = 253; i >= 0; i--) {
        fp_sqr(&power, &power);
        if (exponent.limb[i / 64] >> (i % 64) & 1) {
            fp_mul(&power, &power, &base);
        }
    }
    *r = power;
}
