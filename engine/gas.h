/** Gas numbers that no fork changed (Yellow Paper appendix G and the EIPs named), and the units they count in. What
 *  forks changed is in fork_rules.h, what each opcode costs at least is in opcodes.h. */
#ifndef ENGINE_GAS_H
#define ENGINE_GAS_H

#include <stdint.h>

enum {
    GAS_COPY_WORD = 3,        /* per word copied to memory */
    GAS_KECCAK_WORD = 6,      /* per word hashed, by KECCAK256 and by CREATE2 for its init code */
    GAS_LOG_BYTE = 8,         /* per byte of log data */
    GAS_CALL_STIPEND = 2300,  /* to the callee of a call that moves value */
    GAS_INITCODE_WORD = 2,    /* EIP-3860: per word of init code, where its size is limited */
    GAS_SSTORE_SENTRY = 2300, /* EIP-2200: SSTORE needs more gas left than this */
    REFUND_SELFDESTRUCT = 24000
};

/** Words of 32 bytes that `size` bytes occupy. */
static inline uint64_t gas_words(uint64_t size) {
    return size / 32 + (size % 32 != 0);
}

/** What a memory of this many words costs in all. words < 2^31. */
static inline uint64_t gas_memory(uint64_t words) {
    return 3 * words + words * words / 512;
}

/** EIP-150: the most a call or creation may take of the gas left. */
static inline int64_t gas_all_but_64th(int64_t gas_left) {
    return gas_left - gas_left / 64;
}

#endif
