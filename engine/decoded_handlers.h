/** The handlers of entries (decoded_code.h): each opcode's own, and those of the forms that decoding makes of several.
 *  DECODED_ADD and so on name them; decoded_run.c has the code. */
#ifndef ENGINE_DECODED_HANDLERS_H
#define ENGINE_DECODED_HANDLERS_H

#include "engine/computations.h"

// clang-format off
/** Opcodes that no list of computations.h has. */
#define DECODED_OPCODES(X)                                                                                             \
    X(POP) X(MLOAD) X(MSTORE) X(JUMP) X(JUMPI) X(GAS) X(DUPN) X(SWAPN) X(EXCHANGE)                                     \
    X(DUP1) X(DUP2) X(DUP3) X(DUP4) X(DUP5) X(DUP6) X(DUP7) X(DUP8)                                                    \
    X(DUP9) X(DUP10) X(DUP11) X(DUP12) X(DUP13) X(DUP14) X(DUP15) X(DUP16)                                             \
    X(SWAP1) X(SWAP2) X(SWAP3) X(SWAP4) X(SWAP5) X(SWAP6) X(SWAP7) X(SWAP8)                                            \
    X(SWAP9) X(SWAP10) X(SWAP11) X(SWAP12) X(SWAP13) X(SWAP14) X(SWAP15) X(SWAP16)

/** Conditions of a JUMPI, of the operands that computations.h names. */
#define DECODED_CONDITIONS(X)      \
    X(LT, u256_less(a, b))         \
    X(GT, u256_less(b, a))         \
    X(SLT, u256_signed_less(a, b)) \
    X(SGT, u256_signed_less(b, a)) \
    X(EQ, u256_equal(a, b))

/** Forms of several opcodes. "The operand" is the entry's. */
#define DECODED_FORMS(X)                                                                                             \
    X(ENTER) /* go on behind the head that follows */                                                                \
    X(HALT)                                                                                                          \
    X(CONSTANT)       /* push the operand, */                                                                        \
    X(CONSTANT_LIMB)  /* the limb that follows, */                                                                   \
    X(CONSTANT_WIDE)  /* the word that follows */                                                                    \
    X(CONSTANT_MLOAD) /* MLOAD from the operand */                                                                   \
    X(CONSTANT_MSTORE)                                                                                               \
    X(CONSTANT_CALLDATALOAD)                                                                                         \
    X(COPY_MLOAD) /* MLOAD from a copy of the word at the operand's depth, 1 being the top */                        \
    X(COPY_MSTORE)                                                                                                   \
    X(SWAPPED_MSTORE) /* SWAP1, MSTORE */                                                                            \
    X(POPS)           /* as many POPs as the operand says */                                                         \
    X(SWAP1_POP)                                                                                                     \
    X(SWAP_POP)   /* SWAP, POP: put the top in the place of the word at the operand's depth */                       \
    X(GO)         /* to the unit at the distance that is the operand, */                                             \
    X(JUMP_TO)    /* to the head there, */                                                                           \
    X(JUMP_TO_IF) /* on the top of the stack, */                                                                     \
    X(JUMP_IF_ISZERO)                                                                                                \
    X(JUMP_IF_SELECTOR) /* DUP1, PUSH, EQ, JUMPI: if the top is the unit that follows, which is left on the stack */ \
    X(JUMP_BELOW_SELECTOR) /* DUP1, PUSH, GT, JUMPI */

#define DECODED_NAME(name, expression) DECODED_##name,
#define DECODED_NAME_ALONE(name) DECODED_##name,
#define DECODED_NAME_CONSTANT(name, expression) DECODED_CONSTANT_##name,
#define DECODED_NAME_WIDE(name, expression) DECODED_WIDE_##name,
#define DECODED_NAME_SECOND(name, expression) DECODED_SECOND_##name,
#define DECODED_NAME_COPY(name, expression) DECODED_COPY_##name,
#define DECODED_NAME_SWAPPED(name, expression) DECODED_SWAPPED_##name,
#define DECODED_NAME_IF(name, expression) DECODED_IF_##name,
#define DECODED_NAME_UNLESS(name, expression) DECODED_UNLESS_##name,

typedef enum decoded_handler {
    DECODED_NONE,
    COMPUTATIONS_OF_NONE(DECODED_NAME)
    COMPUTATIONS_OF_ONE(DECODED_NAME)
    COMPUTATIONS_OF_TWO(DECODED_NAME)
    COMPUTATIONS_OF_THREE(DECODED_NAME)
    ROUTINES(DECODED_NAME)
    OUTWARD_ROUTINES(DECODED_NAME)
    DECODED_OPCODES(DECODED_NAME_ALONE)
    COMPUTATIONS_OF_TWO(DECODED_NAME_CONSTANT) /* the first operand is the entry's, */
    COMPUTATIONS_OF_TWO(DECODED_NAME_WIDE)     /* … the word that follows, */
    COMPUTATIONS_OF_TWO(DECODED_NAME_COPY)     /* … a copy of the word at the operand's depth, 1 being the top; */
    COMPUTATIONS_OF_TWO(DECODED_NAME_SECOND)   /* the second operand is the entry's; */
    COMPUTATIONS_OF_TWO(DECODED_NAME_SWAPPED)  /* the operands have changed places */
    DECODED_CONDITIONS(DECODED_NAME_IF)        /* a JUMPI on the result, or on its opposite, to the distance */
    DECODED_CONDITIONS(DECODED_NAME_UNLESS)
    DECODED_FORMS(DECODED_NAME_ALONE)
    DECODED_HANDLER_COUNT
} decoded_handler;
// clang-format on

_Static_assert(DECODED_HANDLER_COUNT <= 256, "a unit has eight bits for its handler");

#endif
