#include "engine/precompiles.h"

#include "base/bytes.h"
#include "base/u256.h"
#include "crypto/blake2f.h"
#include "crypto/bls12381.h"
#include "crypto/bn254.h"
#include "crypto/ecrecover.h"
#include "crypto/kzg.h"
#include "crypto/modexp.h"
#include "crypto/p256.h"
#include "crypto/ripemd160.h"
#include "crypto/sha256.h"
#include "engine/evm.h"
#include "engine/gas.h"

struct precompile {
    weft_fork since;
    uint32_t gas;      /* constant part */
    uint32_t gas_word; /* more per 32 bytes of input, begun ones included */
    /* The rest of the price, where the first two are not all of it. */
    uint64_t (*extra_gas)(const fork_rules *rules, weft_bytes input);
    crypto_result (*run)(weft_bytes input, buffer *output);
};

/* `size` bytes of the input from `offset` on; those past its end are zeros. */
static void input_read(uint8_t *out, weft_bytes input, size_t offset, size_t size) {
    size_t available = offset < input.size ? input.size - offset : 0;
    size_t copied = available < size ? available : size;
    if (copied != 0) {
        memcpy(out, input.data + offset, copied);
    }
    memset(out + copied, 0, size - copied);
}

static crypto_result output_set(buffer *output, const uint8_t *bytes, size_t size) {
    return buffer_assign(output, bytes_of(bytes, size)) ? CRYPTO_OK : CRYPTO_NO_MEMORY;
}

/* A truth value, or a result of less than 32 bytes, as one word. */
static crypto_result output_set_word(buffer *output, const uint8_t *bytes, size_t size) {
    uint8_t word[32] = {0};
    memcpy(word + 32 - size, bytes, size);
    return output_set(output, word, sizeof word);
}

static crypto_result output_set_true(buffer *output, bool value) {
    return output_set_word(output, (const uint8_t[1]){value ? 1 : 0}, 1);
}

/* `result` if it is a failure, else the bytes as output. */
static crypto_result output_set_if(crypto_result result, buffer *output, const uint8_t *bytes, size_t size) {
    return result == CRYPTO_OK ? output_set(output, bytes, size) : result;
}

/* 0x01: hash, v, r, s. A signature that recovers to nobody is no failure: it gives empty output. */
static crypto_result run_ecrecover(weft_bytes input, buffer *output) {
    uint8_t words[4][32];
    input_read(words[0], input, 0, sizeof words);
    output->size = 0;
    weft_bytes32 hash;
    memcpy(hash.bytes, words[0], sizeof hash.bytes);
    weft_u256 v = u256_from_be32(words[1]), r = u256_from_be32(words[2]), s = u256_from_be32(words[3]);
    if (!u256_fits_u64(&v) || (v.limb[0] != 27 && v.limb[0] != 28)) {
        return CRYPTO_OK;
    }
    weft_address signer;
    crypto_result result = ecrecover_address(&signer, &hash, &r, &s, (unsigned)v.limb[0] - 27);
    if (result == CRYPTO_INVALID) {
        return CRYPTO_OK;
    }
    return result == CRYPTO_OK ? output_set_word(output, signer.bytes, sizeof signer.bytes) : result;
}

static crypto_result run_sha256(weft_bytes input, buffer *output) {
    uint8_t digest[32];
    sha256(digest, input.data, input.size);
    return output_set(output, digest, sizeof digest);
}

static crypto_result run_ripemd160(weft_bytes input, buffer *output) {
    uint8_t digest[20];
    ripemd160(digest, input.data, input.size);
    return output_set_word(output, digest, sizeof digest);
}

static crypto_result run_identity(weft_bytes input, buffer *output) {
    return output_set(output, input.data, input.size);
}

/* 0x05 MODEXP (EIP-198): three words with the sizes of base, exponent and modulus, then these. */
typedef struct modexp_sizes {
    weft_u256 base, exponent, modulus;
} modexp_sizes;

enum { MODEXP_HEADER_SIZE = 96, MODEXP_SIZE_MAX = 1024 /* EIP-7823 */ };

static modexp_sizes modexp_read_sizes(weft_bytes input) {
    uint8_t words[3][32];
    input_read(words[0], input, 0, sizeof words);
    return (modexp_sizes){u256_from_be32(words[0]), u256_from_be32(words[1]), u256_from_be32(words[2])};
}

static uint64_t saturating_mul(uint64_t a, uint64_t b) {
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* Bits of the exponent's first 32 bytes after the leading one. base_size is below 2^32. */
static uint64_t modexp_head_bits(weft_bytes input, uint64_t base_size, uint64_t exponent_size) {
    size_t head_size = exponent_size < 32 ? exponent_size : 32;
    uint8_t head[32];
    input_read(head, input, MODEXP_HEADER_SIZE + base_size, head_size);
    weft_u256 value = u256_from_be(head, head_size);
    unsigned bits = u256_bit_length(&value);
    return bits == 0 ? 0 : bits - 1;
}

/* Squarings the exponent stands for, at least 1; `per_byte` for each byte after the first 32. Saturates. */
static uint64_t modexp_iterations(weft_bytes input, uint64_t base_size, uint64_t exponent_size, uint64_t per_byte) {
    uint64_t iterations = modexp_head_bits(input, base_size, exponent_size);
    if (exponent_size > 32) {
        uint64_t rest = saturating_mul(per_byte, exponent_size - 32);
        iterations = rest > UINT64_MAX - iterations ? UINT64_MAX : rest + iterations;
    }
    return iterations > 1 ? iterations : 1;
}

/* Cost of one multiplication of numbers of x bytes, x < 2^32. */
static uint64_t modexp_complexity(modexp_pricing pricing, uint64_t x) {
    uint64_t words = x / 8 + (x % 8 != 0);
    switch (pricing) {
    case MODEXP_EIP198: return x <= 64 ? x * x : x <= 1024 ? x * x / 4 + 96 * x - 3072 : x * x / 16 + 480 * x - 199680;
    case MODEXP_EIP2565: return words * words;
    case MODEXP_EIP7883: break;
    }
    return x <= 32 ? 16 : 2 * words * words;
}

static bool size_is_at_most(const weft_u256 *size, uint64_t most) {
    return u256_fits_u64(size) && size->limb[0] <= most;
}

/* Sizes that EIP-7823 refuses, or whose price no block can pay, cost more than there is. */
static uint64_t modexp_gas(const fork_rules *rules, weft_bytes input) {
    modexp_sizes sizes = modexp_read_sizes(input);
    modexp_pricing pricing = rules->modexp;
    uint64_t least = pricing == MODEXP_EIP198 ? 0 : pricing == MODEXP_EIP2565 ? 200 : 500;
    /* Without base and modulus a multiplication is free under the first two pricings, whatever the exponent's size. */
    if (pricing != MODEXP_EIP7883 && u256_is_zero(&sizes.base) && u256_is_zero(&sizes.modulus)) {
        return least;
    }
    uint64_t operand_size_max = pricing == MODEXP_EIP7883 ? MODEXP_SIZE_MAX : UINT32_MAX;
    uint64_t exponent_size_max = pricing == MODEXP_EIP7883 ? MODEXP_SIZE_MAX : UINT64_MAX;
    if (!size_is_at_most(&sizes.base, operand_size_max) || !size_is_at_most(&sizes.modulus, operand_size_max) ||
        !size_is_at_most(&sizes.exponent, exponent_size_max)) {
        return UINT64_MAX;
    }
    uint64_t base_size = sizes.base.limb[0], modulus_size = sizes.modulus.limb[0];
    uint64_t complexity = modexp_complexity(pricing, base_size > modulus_size ? base_size : modulus_size);
    uint64_t per_byte = pricing == MODEXP_EIP7883 ? 16 : 8;
    uint64_t iterations = modexp_iterations(input, base_size, sizes.exponent.limb[0], per_byte);
    uint64_t quotient = pricing == MODEXP_EIP198 ? 20 : pricing == MODEXP_EIP2565 ? 3 : 1;
    uint64_t gas = saturating_mul(complexity, iterations);
    gas = gas == UINT64_MAX ? gas : gas / quotient;
    return gas > least ? gas : least;
}

/* The operands are copied behind the place of the result, since they may continue past the input's end as zeros. */
static crypto_result run_modexp(weft_bytes input, buffer *output) {
    modexp_sizes sizes = modexp_read_sizes(input);
    output->size = 0;
    if (u256_is_zero(&sizes.modulus)) {
        return CRYPTO_OK;
    }
    size_t base_size = sizes.base.limb[0], exponent_size = sizes.exponent.limb[0], size = sizes.modulus.limb[0];
    size_t operands_size = base_size + exponent_size + size;
    if (!buffer_reserve(output, size + operands_size)) {
        return CRYPTO_NO_MEMORY;
    }
    uint8_t *operands = output->bytes + size;
    input_read(operands, input, MODEXP_HEADER_SIZE, operands_size);
    crypto_result result =
        modexp(output->bytes, bytes_of(operands, base_size), bytes_of(operands + base_size, exponent_size),
               bytes_of(operands + base_size + exponent_size, size));
    output->size = result == CRYPTO_OK ? size : 0;
    return result;
}

static uint64_t bn254_add_gas(const fork_rules *rules, weft_bytes input) {
    (void)input;
    return rules->gas_bn254_add;
}

static uint64_t bn254_mul_gas(const fork_rules *rules, weft_bytes input) {
    (void)input;
    return rules->gas_bn254_mul;
}

static uint64_t bn254_pairing_gas(const fork_rules *rules, weft_bytes input) {
    return rules->gas_bn254_pairing + (uint64_t)rules->gas_bn254_pairing_pair * (input.size / 192);
}

static crypto_result run_bn254_add(weft_bytes input, buffer *output) {
    uint8_t in[128], out[64];
    input_read(in, input, 0, sizeof in);
    return output_set_if(bn254_add(out, in), output, out, sizeof out);
}

static crypto_result run_bn254_mul(weft_bytes input, buffer *output) {
    uint8_t in[96], out[64];
    input_read(in, input, 0, sizeof in);
    return output_set_if(bn254_mul(out, in), output, out, sizeof out);
}

static crypto_result run_bn254_pairing(weft_bytes input, buffer *output) {
    bool is_one = false;
    crypto_result result = bn254_pairing_check(&is_one, input);
    return result == CRYPTO_OK ? output_set_true(output, is_one) : result;
}

/* 0x09 (EIP-152): rounds in 4 bytes big-endian; h, m and t as little-endian words; the final flag. */
enum { BLAKE2F_INPUT_SIZE = 4 + 64 + 128 + 16 + 1 };

static uint32_t blake2f_rounds(weft_bytes input) {
    const uint8_t *bytes = input.data;
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint64_t blake2f_gas(const fork_rules *rules, weft_bytes input) {
    (void)rules;
    return input.size == BLAKE2F_INPUT_SIZE ? blake2f_rounds(input) : UINT64_MAX;
}

/* `count` little-endian words; the byte order of the machine is little-endian too (base/u256.h). */
static void words_read(uint64_t *words, const uint8_t *bytes, size_t count) {
    memcpy(words, bytes, 8 * count);
}

static crypto_result run_blake2f(weft_bytes input, buffer *output) {
    if (input.size != BLAKE2F_INPUT_SIZE || input.data[BLAKE2F_INPUT_SIZE - 1] > 1) {
        return CRYPTO_INVALID;
    }
    uint64_t h[8], m[16], t[2];
    words_read(h, input.data + 4, 8);
    words_read(m, input.data + 68, 16);
    words_read(t, input.data + 196, 2);
    blake2f(h, m, t, input.data[BLAKE2F_INPUT_SIZE - 1] == 1, blake2f_rounds(input));
    return output_set(output, (const uint8_t *)h, sizeof h);
}

/* 0x0a (EIP-4844): versioned hash, z, y, commitment, proof. */
static crypto_result run_kzg_point_evaluation(weft_bytes input, buffer *output) {
    /* Field elements per blob, and the order of the field they are from. */
    static const uint8_t constants[64] = {[30] = 0x10, [32] = 0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d, 0x48,
                                          0x33,        0x39,        0xd8, 0x08, 0x09, 0xa1, 0xd8, 0x05, 0x53,
                                          0xbd,        0xa4,        0x02, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0xff,
                                          0xff,        0xff,        0x00, 0x00, 0x00, 0x01};
    if (input.size != 192) {
        return CRYPTO_INVALID;
    }
    const uint8_t *commitment = input.data + 96;
    uint8_t versioned_hash[32];
    sha256(versioned_hash, commitment, 48);
    versioned_hash[0] = 0x01;
    if (memcmp(versioned_hash, input.data, sizeof versioned_hash) != 0) {
        return CRYPTO_INVALID;
    }
    crypto_result result = kzg_verify_proof(commitment, input.data + 32, input.data + 64, input.data + 144);
    return output_set_if(result, output, constants, sizeof constants);
}

/* BLS12-381 (EIP-2537). */
enum { BLS_FP = 64, BLS_G1 = 2 * BLS_FP, BLS_G2 = 4 * BLS_FP, BLS_SCALAR = 32, BLS_DISCOUNTS = 128 };

/* Thousandths of the price of separate multiplications, by the number of points less one. */
static const uint16_t bls_g1_discounts[BLS_DISCOUNTS] = {
    1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677, 673, 669, 665, 661, 658, 654,
    651,  648, 645, 642, 640, 637, 635, 632, 630, 627, 625, 623, 621, 619, 617, 615, 613, 611, 609, 608, 606, 604,
    603,  601, 599, 598, 596, 595, 593, 592, 591, 589, 588, 586, 585, 584, 582, 581, 580, 579, 577, 576, 575, 574,
    573,  572, 570, 569, 568, 567, 566, 565, 564, 563, 562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 551,
    550,  549, 548, 547, 547, 546, 545, 544, 543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533, 532,
    532,  531, 530, 529, 528, 528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519};

static const uint16_t bls_g2_discounts[BLS_DISCOUNTS] = {
    1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717, 711, 704, 699, 693, 688, 683,
    679,  674,  670, 666, 663, 659, 655, 652, 649, 646, 643, 640, 637, 634, 632, 629, 627, 624, 622, 620, 618, 615,
    613,  611,  609, 607, 606, 604, 602, 600, 598, 597, 595, 593, 592, 590, 589, 587, 586, 584, 583, 582, 580, 579,
    578,  576,  575, 574, 573, 571, 570, 569, 568, 567, 566, 565, 563, 562, 561, 560, 559, 558, 557, 556, 555, 554,
    553,  552,  552, 551, 550, 549, 548, 547, 546, 545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537, 536,
    535,  535,  534, 533, 532, 532, 531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524};

static uint64_t bls_msm_gas(uint64_t count, uint64_t gas_mul, const uint16_t discounts[BLS_DISCOUNTS]) {
    if (count == 0) {
        return 0;
    }
    uint64_t discount = discounts[(count < BLS_DISCOUNTS ? count : BLS_DISCOUNTS) - 1];
    return count * gas_mul * discount / 1000;
}

static uint64_t bls_g1_msm_gas(const fork_rules *rules, weft_bytes input) {
    (void)rules;
    return bls_msm_gas(input.size / (BLS_G1 + BLS_SCALAR), 12000, bls_g1_discounts);
}

static uint64_t bls_g2_msm_gas(const fork_rules *rules, weft_bytes input) {
    (void)rules;
    return bls_msm_gas(input.size / (BLS_G2 + BLS_SCALAR), 22500, bls_g2_discounts);
}

static uint64_t bls_pairing_gas(const fork_rules *rules, weft_bytes input) {
    (void)rules;
    return 32600 * (uint64_t)(input.size / (BLS_G1 + BLS_G2));
}

static crypto_result run_bls_g1_add(weft_bytes input, buffer *output) {
    uint8_t out[BLS_G1];
    crypto_result result = input.size == 2 * BLS_G1 ? bls12381_g1_add(out, input.data) : CRYPTO_INVALID;
    return output_set_if(result, output, out, sizeof out);
}

static crypto_result run_bls_g2_add(weft_bytes input, buffer *output) {
    uint8_t out[BLS_G2];
    crypto_result result = input.size == 2 * BLS_G2 ? bls12381_g2_add(out, input.data) : CRYPTO_INVALID;
    return output_set_if(result, output, out, sizeof out);
}

static crypto_result run_bls_g1_msm(weft_bytes input, buffer *output) {
    uint8_t out[BLS_G1];
    return output_set_if(bls12381_g1_msm(out, input), output, out, sizeof out);
}

static crypto_result run_bls_g2_msm(weft_bytes input, buffer *output) {
    uint8_t out[BLS_G2];
    return output_set_if(bls12381_g2_msm(out, input), output, out, sizeof out);
}

static crypto_result run_bls_pairing(weft_bytes input, buffer *output) {
    bool is_one = false;
    crypto_result result = bls12381_pairing_check(&is_one, input);
    return result == CRYPTO_OK ? output_set_true(output, is_one) : result;
}

static crypto_result run_bls_map_fp_to_g1(weft_bytes input, buffer *output) {
    uint8_t out[BLS_G1];
    crypto_result result = input.size == BLS_FP ? bls12381_map_fp_to_g1(out, input.data) : CRYPTO_INVALID;
    return output_set_if(result, output, out, sizeof out);
}

static crypto_result run_bls_map_fp2_to_g2(weft_bytes input, buffer *output) {
    uint8_t out[BLS_G2];
    crypto_result result = input.size == 2 * BLS_FP ? bls12381_map_fp2_to_g2(out, input.data) : CRYPTO_INVALID;
    return output_set_if(result, output, out, sizeof out);
}

/* 0x100 (EIP-7951): a signature that does not verify gives empty output. */
static crypto_result run_p256_verify(weft_bytes input, buffer *output) {
    output->size = 0;
    crypto_result result = input.size == 160 ? p256_verify(input.data) : CRYPTO_INVALID;
    if (result == CRYPTO_INVALID) {
        return CRYPTO_OK;
    }
    return result == CRYPTO_OK ? output_set_true(output, true) : result;
}

/* Index = address. */
static const precompile low_precompiles[] = {
    [0x01] = {WEFT_FRONTIER, 3000, 0, NULL, run_ecrecover},
    [0x02] = {WEFT_FRONTIER, 60, 12, NULL, run_sha256},
    [0x03] = {WEFT_FRONTIER, 600, 120, NULL, run_ripemd160},
    [0x04] = {WEFT_FRONTIER, 15, 3, NULL, run_identity},
    [0x05] = {WEFT_BYZANTIUM, 0, 0, modexp_gas, run_modexp},
    [0x06] = {WEFT_BYZANTIUM, 0, 0, bn254_add_gas, run_bn254_add},
    [0x07] = {WEFT_BYZANTIUM, 0, 0, bn254_mul_gas, run_bn254_mul},
    [0x08] = {WEFT_BYZANTIUM, 0, 0, bn254_pairing_gas, run_bn254_pairing},
    [0x09] = {WEFT_ISTANBUL, 0, 0, blake2f_gas, run_blake2f},
    [0x0a] = {WEFT_CANCUN, 50000, 0, NULL, run_kzg_point_evaluation},
    [0x0b] = {WEFT_PRAGUE, 375, 0, NULL, run_bls_g1_add},
    [0x0c] = {WEFT_PRAGUE, 0, 0, bls_g1_msm_gas, run_bls_g1_msm},
    [0x0d] = {WEFT_PRAGUE, 600, 0, NULL, run_bls_g2_add},
    [0x0e] = {WEFT_PRAGUE, 0, 0, bls_g2_msm_gas, run_bls_g2_msm},
    [0x0f] = {WEFT_PRAGUE, 37700, 0, bls_pairing_gas, run_bls_pairing},
    [0x10] = {WEFT_PRAGUE, 5500, 0, NULL, run_bls_map_fp_to_g1},
    [0x11] = {WEFT_PRAGUE, 23800, 0, NULL, run_bls_map_fp2_to_g2},
};
static const precompile p256_precompile = {WEFT_OSAKA, 6900, 0, NULL, run_p256_verify};

enum { LOW_PRECOMPILE_COUNT = sizeof low_precompiles / sizeof low_precompiles[0], P256_ADDRESS = 0x100 };

const precompile *precompile_find(weft_fork fork, const weft_address *address) {
    static const uint8_t zeros[18];
    if (memcmp(address->bytes, zeros, sizeof zeros) != 0) {
        return NULL;
    }
    unsigned number = (unsigned)(address->bytes[18] << 8 | address->bytes[19]);
    const precompile *p = number > 0 && number < LOW_PRECOMPILE_COUNT ? &low_precompiles[number]
                          : number == P256_ADDRESS                    ? &p256_precompile
                                                                      : NULL;
    return p != NULL && p->since <= fork ? p : NULL;
}

uint64_t precompile_gas(const precompile *p, const fork_rules *rules, weft_bytes input) {
    uint64_t extra = p->extra_gas == NULL ? 0 : p->extra_gas(rules, input);
    uint64_t gas = p->gas + p->gas_word * gas_words(input.size);
    return extra > UINT64_MAX - gas ? UINT64_MAX : gas + extra;
}

crypto_result precompile_run(const precompile *p, weft_bytes input, buffer *output) {
    return p->run(input, output);
}
