/** Code in the form that decoded_run.c executes: blocks of entries.
 *
 *  A block is entered at its head only: at the start of the code, at a JUMPDEST, behind a JUMPI that is not taken, and
 *  behind an instruction that looks outside the frame (computations.h). The head says what all of the block costs and
 *  how much of the stack it needs, so that entering it decides whether its instructions can be executed: if not, the
 *  frame halts at once. Nobody can tell where in the block it would have halted, since nothing in a block but its last
 *  instruction is seen from outside a frame that failed. (Tracers can; what they watch runs in plain_run.c.)
 *
 *  Decoding folds constants and fuses what often follows one another: a constant, DUP or SWAP with the instruction
 *  that consumes it, a comparison with its JUMPI, a jump with its destination. What a block costs and needs is counted
 *  before that, from the opcodes as they were written.
 *
 *  Entries are small because most code is executed when it is in no near cache.
 */
#ifndef ENGINE_DECODED_CODE_H
#define ENGINE_DECODED_CODE_H

#include "engine/code.h"

#include <string.h>

/** What code is made of. An entry is one unit, its handler (decoded_handlers.h) below its signed operand, and more
 *  where the handler says so. A head is two. */
typedef uint32_t decoded_unit;

#define DECODED_HANDLER(unit) ((unit)&0xff)
#define DECODED_OPERAND(unit) ((int32_t)(unit) >> 8)
/** The first of a head: constant gas of the block's opcodes, and the first fork that has all of them. */
#define DECODED_GAS(unit) ((unit)&0xffffff)
#define DECODED_SINCE(unit) ((unit) >> 24)
/** The second: words that must be on the stack, and words that there must be room for. */
#define DECODED_STACK_NEEDS(unit) ((unit)&0xffff)
#define DECODED_STACK_GROWS(unit) ((unit) >> 16)

enum {
    DECODED_SIZE_MAX = 1 << 20, /* of code that is decoded */
    DECODED_HEAD_UNITS = 2,
    DECODED_LIMB_UNITS = 2, /* a limb in the code, the lower half first */
    DECODED_WIDE_UNITS = 8, /* a word of four limbs, the least significant first */
    DECODED_FIRST = 3,      /* where the first block's head is, behind a block that nobody can enter */
    DECODED_GRANULE = 60    /* bytes of code that a line of the jump table is for: a line of the cache has it then */
};

/** Where the blocks of JUMPDESTs begin. */
typedef struct decoded_jumps {
    uint32_t base;
    uint8_t heads[DECODED_GRANULE]; /* by byte of code: its head is the unit base + this; 0 = no JUMPDEST */
} decoded_jumps;

/** Immutable. */
struct decoded_code {
    const decoded_unit *units;
    const decoded_jumps *jumps;
    size_t size; /* of everything, in bytes */
};

/** Decode code of up to DECODED_SIZE_MAX bytes. Returns: NULL when out of memory, or the code is larger. Threads: any
 *  number. */
decoded_code *decoded_code_create(const code *c);
void decoded_code_destroy(decoded_code *d);

/** The head of the block that begins at the JUMPDEST at `pc`, which is below the code's size. NULL: there is none. */
static inline const decoded_unit *decoded_code_at(const decoded_code *d, uint32_t pc) {
    const decoded_jumps *jumps = &d->jumps[pc / DECODED_GRANULE];
    uint8_t head = jumps->heads[pc % DECODED_GRANULE];
    return head == 0 ? NULL : d->units + jumps->base + head;
}

static inline uint64_t decoded_limb(const decoded_unit *units) {
    uint64_t limb;
    memcpy(&limb, units, sizeof limb);
    return limb;
}

#endif
