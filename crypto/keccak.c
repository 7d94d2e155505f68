#include "crypto/keccak.h"

#include "crypto/keccak_f1600.h"
#include <weft/crypto.h>
#include <string.h>

const weft_bytes32 keccak256_empty = {{0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d,
                                       0xb2, 0xdc, 0xc7, 0x03, 0xc0, 0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82,
                                       0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70}};

static inline void keccak_absorb_words(uint64_t state[KECCAK_STATE_WORDS], const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint64_t word;
        memcpy(&word, bytes + 8 * i, sizeof word);
        state[i] ^= word;
    }
}

/* What is left of the message, and the padding, a word at a time: a block padded byte by byte in memory would be read back
 * in words before its bytes have arrived there. */
static inline void keccak_absorb_last(uint64_t state[KECCAK_STATE_WORDS], const uint8_t *tail, size_t size) {
    const size_t words = size / 8, bytes = size % 8;
    uint64_t rest = 0;
    keccak_absorb_words(state, tail, words);
    if (bytes != 0) {
        memcpy(&rest, tail + 8 * words, bytes);
    }
    state[words] ^= rest ^ UINT64_C(1) << 8 * bytes;
    state[KECCAK256_RATE_WORDS - 1] ^= UINT64_C(1) << 63;
}

static inline __attribute__((always_inline)) weft_bytes32 keccak_sponge(const uint8_t *message, size_t size) {
    uint64_t state[KECCAK_STATE_WORDS] = {0};
    for (; size >= KECCAK256_RATE_SIZE; message += KECCAK256_RATE_SIZE, size -= KECCAK256_RATE_SIZE) {
        keccak_absorb_words(state, message, KECCAK256_RATE_WORDS);
        KECCAK_F1600(uint64_t, state);
    }
    keccak_absorb_last(state, message, size);
    KECCAK_F1600(uint64_t, state);
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
