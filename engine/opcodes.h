/** The instruction set as data: the only place that knows an opcode's value, name, first fork, constant gas and effect
 *  on the stack height.
 *
 *  OPCODES(X, argument) expands to X(argument, value, name, fork, gas, pops, pushes) for every opcode of every fork.
 *  `gas` is what the opcode costs at least on every fork; costs that a fork changed, or that depend on operands, are
 *  added by the instruction itself from fork_rules.h and gas.h. Values without an entry, and entries before their fork,
 *  halt.
 */
#ifndef ENGINE_OPCODES_H
#define ENGINE_OPCODES_H

#include <stddef.h>
#include <stdint.h>

// clang-format off
#define OPCODES(X, argument)                                                                                          \
    /* Stop and arithmetic */                                                                                         \
    X(argument, 0x00, STOP,           FRONTIER,           0,  0,  0)                                                  \
    X(argument, 0x01, ADD,            FRONTIER,           3,  2,  1)                                                  \
    X(argument, 0x02, MUL,            FRONTIER,           5,  2,  1)                                                  \
    X(argument, 0x03, SUB,            FRONTIER,           3,  2,  1)                                                  \
    X(argument, 0x04, DIV,            FRONTIER,           5,  2,  1)                                                  \
    X(argument, 0x05, SDIV,           FRONTIER,           5,  2,  1)                                                  \
    X(argument, 0x06, MOD,            FRONTIER,           5,  2,  1)                                                  \
    X(argument, 0x07, SMOD,           FRONTIER,           5,  2,  1)                                                  \
    X(argument, 0x08, ADDMOD,         FRONTIER,           8,  3,  1)                                                  \
    X(argument, 0x09, MULMOD,         FRONTIER,           8,  3,  1)                                                  \
    X(argument, 0x0a, EXP,            FRONTIER,          10,  2,  1)                                                  \
    X(argument, 0x0b, SIGNEXTEND,     FRONTIER,           5,  2,  1)                                                  \
    /* Comparison and bits */                                                                                         \
    X(argument, 0x10, LT,             FRONTIER,           3,  2,  1)                                                  \
    X(argument, 0x11, GT,             FRONTIER,           3,  2,  1)                                                  \
    X(argument, 0x12, SLT,            FRONTIER,           3,  2,  1)                                                  \
    X(argument, 0x13, SGT,            FRONTIER,           3,  2,  1)                                                  \
    X(argument, 0x14, EQ,             FRONTIER,           3,  2,  1)                                                  \
    X(argument, 0x15, ISZERO,         FRONTIER,           3,  1,  1)                                                  \
    X(argument, 0x16, AND,            FRONTIER,           3,  2,  1)                                                  \
    X(argument, 0x17, OR,             FRONTIER,           3,  2,  1)                                                  \
    X(argument, 0x18, XOR,            FRONTIER,           3,  2,  1)                                                  \
    X(argument, 0x19, NOT,            FRONTIER,           3,  1,  1)                                                  \
    X(argument, 0x1a, BYTE,           FRONTIER,           3,  2,  1)                                                  \
    X(argument, 0x1b, SHL,            CONSTANTINOPLE,     3,  2,  1)                                                  \
    X(argument, 0x1c, SHR,            CONSTANTINOPLE,     3,  2,  1)                                                  \
    X(argument, 0x1d, SAR,            CONSTANTINOPLE,     3,  2,  1)                                                  \
    X(argument, 0x1e, CLZ,            OSAKA,              5,  1,  1)                                                  \
    X(argument, 0x20, KECCAK256,      FRONTIER,          30,  2,  1)                                                  \
    /* The frame and its surroundings */                                                                              \
    X(argument, 0x30, ADDRESS,        FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x31, BALANCE,        FRONTIER,           0,  1,  1)                                                  \
    X(argument, 0x32, ORIGIN,         FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x33, CALLER,         FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x34, CALLVALUE,      FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x35, CALLDATALOAD,   FRONTIER,           3,  1,  1)                                                  \
    X(argument, 0x36, CALLDATASIZE,   FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x37, CALLDATACOPY,   FRONTIER,           3,  3,  0)                                                  \
    X(argument, 0x38, CODESIZE,       FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x39, CODECOPY,       FRONTIER,           3,  3,  0)                                                  \
    X(argument, 0x3a, GASPRICE,       FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x3b, EXTCODESIZE,    FRONTIER,           0,  1,  1)                                                  \
    X(argument, 0x3c, EXTCODECOPY,    FRONTIER,           0,  4,  0)                                                  \
    X(argument, 0x3d, RETURNDATASIZE, BYZANTIUM,          2,  0,  1)                                                  \
    X(argument, 0x3e, RETURNDATACOPY, BYZANTIUM,          3,  3,  0)                                                  \
    X(argument, 0x3f, EXTCODEHASH,    CONSTANTINOPLE,     0,  1,  1)                                                  \
    /* The block */                                                                                                   \
    X(argument, 0x40, BLOCKHASH,      FRONTIER,          20,  1,  1)                                                  \
    X(argument, 0x41, COINBASE,       FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x42, TIMESTAMP,      FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x43, NUMBER,         FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x44, PREVRANDAO,     FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x45, GASLIMIT,       FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x46, CHAINID,        ISTANBUL,           2,  0,  1)                                                  \
    X(argument, 0x47, SELFBALANCE,    ISTANBUL,           5,  0,  1)                                                  \
    X(argument, 0x48, BASEFEE,        LONDON,             2,  0,  1)                                                  \
    X(argument, 0x49, BLOBHASH,       CANCUN,             3,  1,  1)                                                  \
    X(argument, 0x4a, BLOBBASEFEE,    CANCUN,             2,  0,  1)                                                  \
    X(argument, 0x4b, SLOTNUM,        AMSTERDAM,          2,  0,  1)                                                  \
    /* Stack, memory, storage, flow */                                                                                \
    X(argument, 0x50, POP,            FRONTIER,           2,  1,  0)                                                  \
    X(argument, 0x51, MLOAD,          FRONTIER,           3,  1,  1)                                                  \
    X(argument, 0x52, MSTORE,         FRONTIER,           3,  2,  0)                                                  \
    X(argument, 0x53, MSTORE8,        FRONTIER,           3,  2,  0)                                                  \
    X(argument, 0x54, SLOAD,          FRONTIER,           0,  1,  1)                                                  \
    X(argument, 0x55, SSTORE,         FRONTIER,           0,  2,  0)                                                  \
    X(argument, 0x56, JUMP,           FRONTIER,           8,  1,  0)                                                  \
    X(argument, 0x57, JUMPI,          FRONTIER,          10,  2,  0)                                                  \
    X(argument, 0x58, PC,             FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x59, MSIZE,          FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x5a, GAS,            FRONTIER,           2,  0,  1)                                                  \
    X(argument, 0x5b, JUMPDEST,       FRONTIER,           1,  0,  0)                                                  \
    X(argument, 0x5c, TLOAD,          CANCUN,           100,  1,  1)                                                  \
    X(argument, 0x5d, TSTORE,         CANCUN,           100,  2,  0)                                                  \
    X(argument, 0x5e, MCOPY,          CANCUN,             3,  3,  0)                                                  \
    X(argument, 0x5f, PUSH0,          SHANGHAI,           2,  0,  1)                                                  \
    X(argument, 0x60, PUSH1,          FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x61, PUSH2,          FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x62, PUSH3,          FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x63, PUSH4,          FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x64, PUSH5,          FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x65, PUSH6,          FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x66, PUSH7,          FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x67, PUSH8,          FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x68, PUSH9,          FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x69, PUSH10,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x6a, PUSH11,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x6b, PUSH12,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x6c, PUSH13,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x6d, PUSH14,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x6e, PUSH15,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x6f, PUSH16,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x70, PUSH17,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x71, PUSH18,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x72, PUSH19,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x73, PUSH20,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x74, PUSH21,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x75, PUSH22,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x76, PUSH23,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x77, PUSH24,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x78, PUSH25,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x79, PUSH26,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x7a, PUSH27,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x7b, PUSH28,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x7c, PUSH29,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x7d, PUSH30,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x7e, PUSH31,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x7f, PUSH32,         FRONTIER,           3,  0,  1)                                                  \
    X(argument, 0x80, DUP1,           FRONTIER,           3,  1,  2)                                                  \
    X(argument, 0x81, DUP2,           FRONTIER,           3,  2,  3)                                                  \
    X(argument, 0x82, DUP3,           FRONTIER,           3,  3,  4)                                                  \
    X(argument, 0x83, DUP4,           FRONTIER,           3,  4,  5)                                                  \
    X(argument, 0x84, DUP5,           FRONTIER,           3,  5,  6)                                                  \
    X(argument, 0x85, DUP6,           FRONTIER,           3,  6,  7)                                                  \
    X(argument, 0x86, DUP7,           FRONTIER,           3,  7,  8)                                                  \
    X(argument, 0x87, DUP8,           FRONTIER,           3,  8,  9)                                                  \
    X(argument, 0x88, DUP9,           FRONTIER,           3,  9, 10)                                                  \
    X(argument, 0x89, DUP10,          FRONTIER,           3, 10, 11)                                                  \
    X(argument, 0x8a, DUP11,          FRONTIER,           3, 11, 12)                                                  \
    X(argument, 0x8b, DUP12,          FRONTIER,           3, 12, 13)                                                  \
    X(argument, 0x8c, DUP13,          FRONTIER,           3, 13, 14)                                                  \
    X(argument, 0x8d, DUP14,          FRONTIER,           3, 14, 15)                                                  \
    X(argument, 0x8e, DUP15,          FRONTIER,           3, 15, 16)                                                  \
    X(argument, 0x8f, DUP16,          FRONTIER,           3, 16, 17)                                                  \
    X(argument, 0x90, SWAP1,          FRONTIER,           3,  2,  2)                                                  \
    X(argument, 0x91, SWAP2,          FRONTIER,           3,  3,  3)                                                  \
    X(argument, 0x92, SWAP3,          FRONTIER,           3,  4,  4)                                                  \
    X(argument, 0x93, SWAP4,          FRONTIER,           3,  5,  5)                                                  \
    X(argument, 0x94, SWAP5,          FRONTIER,           3,  6,  6)                                                  \
    X(argument, 0x95, SWAP6,          FRONTIER,           3,  7,  7)                                                  \
    X(argument, 0x96, SWAP7,          FRONTIER,           3,  8,  8)                                                  \
    X(argument, 0x97, SWAP8,          FRONTIER,           3,  9,  9)                                                  \
    X(argument, 0x98, SWAP9,          FRONTIER,           3, 10, 10)                                                  \
    X(argument, 0x99, SWAP10,         FRONTIER,           3, 11, 11)                                                  \
    X(argument, 0x9a, SWAP11,         FRONTIER,           3, 12, 12)                                                  \
    X(argument, 0x9b, SWAP12,         FRONTIER,           3, 13, 13)                                                  \
    X(argument, 0x9c, SWAP13,         FRONTIER,           3, 14, 14)                                                  \
    X(argument, 0x9d, SWAP14,         FRONTIER,           3, 15, 15)                                                  \
    X(argument, 0x9e, SWAP15,         FRONTIER,           3, 16, 16)                                                  \
    X(argument, 0x9f, SWAP16,         FRONTIER,           3, 17, 17)                                                  \
    /* Logs: 375 each and 375 per topic */                                                                            \
    X(argument, 0xa0, LOG0,           FRONTIER,         375,  2,  0)                                                  \
    X(argument, 0xa1, LOG1,           FRONTIER,         750,  3,  0)                                                  \
    X(argument, 0xa2, LOG2,           FRONTIER,        1125,  4,  0)                                                  \
    X(argument, 0xa3, LOG3,           FRONTIER,        1500,  5,  0)                                                  \
    X(argument, 0xa4, LOG4,           FRONTIER,        1875,  6,  0)                                                  \
    /* Operand in the code (EIP-8024): the stack height is checked when it is known */                               \
    X(argument, 0xe6, DUPN,           AMSTERDAM,          3,  0,  0)                                                  \
    X(argument, 0xe7, SWAPN,          AMSTERDAM,          3,  0,  0)                                                  \
    X(argument, 0xe8, EXCHANGE,       AMSTERDAM,          3,  0,  0)                                                  \
    /* Calls, creations and the end of a frame */                                                                     \
    X(argument, 0xf0, CREATE,         FRONTIER,           0,  3,  1)                                                  \
    X(argument, 0xf1, CALL,           FRONTIER,           0,  7,  1)                                                  \
    X(argument, 0xf2, CALLCODE,       FRONTIER,           0,  7,  1)                                                  \
    X(argument, 0xf3, RETURN,         FRONTIER,           0,  2,  0)                                                  \
    X(argument, 0xf4, DELEGATECALL,   HOMESTEAD,          0,  6,  1)                                                  \
    X(argument, 0xf5, CREATE2,        CONSTANTINOPLE,     0,  4,  1)                                                  \
    X(argument, 0xfa, STATICCALL,     BYZANTIUM,          0,  6,  1)                                                  \
    X(argument, 0xfd, REVERT,         BYZANTIUM,          0,  2,  0)                                                  \
    X(argument, 0xff, SELFDESTRUCT,   FRONTIER,           0,  1,  0)
// clang-format on

/* OPCODE_ADD and so on: the values. */
#define OPCODE_VALUE(argument, value, name, fork, gas, pops, pushes) OPCODE_##name = (value),
enum { OPCODES(OPCODE_VALUE, unused) };
#undef OPCODE_VALUE

/* OPCODE_GAS_ADD and so on: the other columns as constants. */
#define OPCODE_CONSTANTS(argument, value, name, fork, gas, pops, pushes) \
    OPCODE_GAS_##name = gas, OPCODE_POPS_##name = pops, OPCODE_PUSHES_##name = pushes,
enum { OPCODES(OPCODE_CONSTANTS, unused) };
#undef OPCODE_CONSTANTS

/** Of an opcode and its data, in bytes. */
static inline size_t instruction_size(uint8_t opcode) {
    return opcode >= OPCODE_PUSH1 && opcode <= OPCODE_PUSH32 ? (size_t)(opcode - OPCODE_PUSH1) + 2 : 1;
}

#endif
