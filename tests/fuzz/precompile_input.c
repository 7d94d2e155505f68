#include "tests/fuzz/precompile_input.h"

#include "tools/hex.h"

/* The generators, as the precompiles of EIP-196, 197, 2537 and 7951 write them. */
#define ZEROS_15 "000000000000000000000000000000"
#define ZEROS_16 "00000000000000000000000000000000"
#define ZEROS_31 ZEROS_16 ZEROS_15
#define ZEROS_32 ZEROS_16 ZEROS_16

static const char bn254_g1[] = ZEROS_31 "01" ZEROS_31 "02";
static const char bn254_g1_negative[] = ZEROS_31
    "01"
    "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd45";
static const char bn254_g2[] =
    "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
    "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
    "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
    "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";

static const char bls12381_g1[] =
    ZEROS_16 "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb" ZEROS_16
             "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1";
static const char bls12381_g2[] =
    ZEROS_16 "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8" ZEROS_16
             "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e" ZEROS_16
             "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801" ZEROS_16
             "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be";

static const char p256_x[] = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
static const char p256_y[] = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

/* EIP-4844: the zero polynomial, which is 0 everywhere; commitment and proof are the point at infinity. */
static const char blob_hash[] = "010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014";
static const char kzg_infinity[] = "c0" ZEROS_31 ZEROS_15 "00";

typedef struct output {
    test_random *random;
    uint8_t *data;
    size_t size;
} output;

static void put_hex(output *o, const char *digits) {
    FUZZ_CHECK(hex_decode(o->data + o->size, digits, strlen(digits)), "no hex digits");
    o->size += strlen(digits) / 2;
}

static void put_byte(output *o, unsigned byte) {
    o->data[o->size++] = (uint8_t)byte;
}

/* A number of 32 bytes. */
static void put_word(output *o, unsigned number) {
    put_hex(o, ZEROS_31);
    put_byte(o, number);
}

static void put_random(output *o, size_t size) {
    random_fill(o->random, o->data + o->size, size);
    o->size += size;
}

static unsigned pick(output *o, unsigned bound) {
    return (unsigned)random_below(o->random, bound);
}

/* EIP-198: three sizes, three numbers. What follows them, here to fill the last word, is not read. */
static void put_modexp(output *o) {
    unsigned size_max = pick(o, 2) == 0 ? 8 : 128, size = 0;
    for (unsigned i = 0; i < 3; i++) {
        unsigned number_size = pick(o, size_max + 1);
        put_word(o, number_size);
        size += number_size;
    }
    put_random(o, size);
    if (size > 0 && pick(o, 2) == 0) { /* an even modulus */
        o->data[o->size - 1] &= 0xfe;
    }
    put_random(o, (32 - size % 32) % 32);
}

/* Of two products one may be the other's inverse. */
static void put_bn254_pairs(output *o) {
    put_hex(o, bn254_g1), put_hex(o, bn254_g2);
    if (pick(o, 2) == 0) {
        put_hex(o, bn254_g1_negative), put_hex(o, bn254_g2);
    }
}

/* EIP-152: rounds, state, message, offset counters, whether it is the last block. */
static void put_blake2f(output *o) {
    put_hex(o, "000000"), put_byte(o, pick(o, 32));
    put_random(o, 64 + 128 + 16);
    put_byte(o, pick(o, 2));
}

/* EIP-4844: commitment to a polynomial, a point, the value there. */
static void put_kzg(output *o) {
    put_hex(o, blob_hash), put_word(o, pick(o, 256)), put_hex(o, ZEROS_32);
    put_hex(o, kzg_infinity), put_hex(o, kzg_infinity);
}

/* EIP-2537: points, each with a factor; or with a point of the other group. */
static void put_bls12381_products(output *o, const char *point, const char *other) {
    for (unsigned count = 1 + pick(o, 2); count > 0; count--) {
        put_hex(o, point);
        if (other != NULL) {
            put_hex(o, other);
        } else {
            put_random(o, 32);
        }
    }
}

/* An element of the field of BLS12-381, whose order begins with 0x1a. */
static void put_bls12381_element(output *o) {
    put_hex(o, ZEROS_16), put_byte(o, pick(o, 0x1a)), put_random(o, 47);
}

/* EIP-7951: hash, r, s, public key. With 1 for the secret key and for the nonce the key is the generator, r its x, and s the
 * sum of r and the hash. */
static void put_p256(output *o) {
    unsigned hash = pick(o, 0x60);
    put_word(o, hash);
    put_hex(o, p256_x), put_hex(o, p256_x);
    o->data[o->size - 1] = (uint8_t)(o->data[o->size - 1] + hash);
    put_hex(o, p256_x), put_hex(o, p256_y);
}

static void put_input(output *o, unsigned number) {
    switch (number) {
    case 0x01: put_random(o, 32), put_word(o, 27 + pick(o, 2)), put_random(o, 64); break;
    case 0x05: put_modexp(o); break;
    case 0x06: put_hex(o, bn254_g1), put_hex(o, pick(o, 2) == 0 ? bn254_g1 : bn254_g1_negative); break;
    case 0x07: put_hex(o, bn254_g1), put_random(o, 32); break;
    case 0x08: put_bn254_pairs(o); break;
    case 0x09: put_blake2f(o); break;
    case 0x0a: put_kzg(o); break;
    case 0x0b: put_hex(o, bls12381_g1), put_hex(o, bls12381_g1); break;
    case 0x0c: put_bls12381_products(o, bls12381_g1, NULL); break;
    case 0x0d: put_hex(o, bls12381_g2), put_hex(o, bls12381_g2); break;
    case 0x0e: put_bls12381_products(o, bls12381_g2, NULL); break;
    case 0x0f: put_bls12381_products(o, bls12381_g1, bls12381_g2); break;
    case 0x10: put_bls12381_element(o); break;
    case 0x11: put_bls12381_element(o), put_bls12381_element(o); break;
    case 0x12: put_p256(o); break;
    default: put_random(o, pick(o, 200)); break;
    }
}

size_t precompile_input(test_random *random, uint8_t data[PRECOMPILE_INPUT_SIZE_MAX], unsigned number) {
    output o = {random, data, 0};
    put_input(&o, number);
    if (o.size > 0 && pick(&o, 4) == 0) {
        data[pick(&o, (unsigned)o.size)] = (uint8_t)random_u64(random);
    }
    return o.size;
}
