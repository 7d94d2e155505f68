#include "crypto/keccak.h"

#include "crypto/keccak_f1600.h"
#include <weft/crypto.h>
#include <string.h>

const weft_bytes32 keccak256_empty = {{0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d,
                                       0xb2, 0xdc, 0xc7, 0x03, 0xc0, 0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82,
                                       0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70}};

/* The last block is padded in memory and absorbed like any other, so that a message below 136 bytes costs one
 * permutation and one short copy. */
static inline __attribute__((always_inline)) weft_bytes32 keccak_sponge(const uint8_t *message, size_t size) {
    uint64_t state[KECCAK_STATE_WORDS] = {0}, block[KECCAK256_RATE_WORDS];
    bool last;
    do {
        last = size < KECCAK256_RATE_SIZE;
        if (last) {
            keccak256_last_block((uint8_t *)block, message, size);
        } else {
            memcpy(block, message, KECCAK256_RATE_SIZE);
            message += KECCAK256_RATE_SIZE;
            size -= KECCAK256_RATE_SIZE;
        }
        for (int i = 0; i < KECCAK256_RATE_WORDS; i++) {
            state[i] ^= block[i];
        }
        KECCAK_F1600(uint64_t, state);
    } while (!last);
    weft_bytes32 digest;
    memcpy(digest.bytes, state, sizeof digest.bytes);
    return digest;
}

#if defined(__x86_64__)

/* BMI has and-not in one instruction, which chi uses 25 times a round. */
__attribute__((target("bmi,bmi2"))) static weft_bytes32 keccak_sponge_bmi(const uint8_t *message, size_t size) {
    return keccak_sponge(message, size);
}

weft_bytes32 keccak256(const void *message, size_t size) {
    return __builtin_cpu_supports("bmi2") ? keccak_sponge_bmi(message, size) : keccak_sponge(message, size);
}

#else

weft_bytes32 keccak256(const void *message, size_t size) {
    return keccak_sponge(message, size);
}

#endif

weft_bytes32 weft_keccak256(weft_bytes message) {
    return keccak256(message.data, message.size);
}
