#include "tools/trace/geth_words.h"

#include <stdio.h>
#include <string.h>

enum { OPCODE_DIFFICULTY = 0x44, STACK_WORDS_MAX = 1024 };

const char *geth_opcode_name(char text[GETH_WORDS_SIZE], uint8_t opcode) {
    const weft_opcode *known = weft_opcode_of(opcode);
    if (opcode == OPCODE_DIFFICULTY) {
        return "DIFFICULTY"; /* whatever the fork */
    }
    if (known == NULL) {
        (void)snprintf(text, GETH_WORDS_SIZE, "opcode 0x%x not defined", opcode);
        return text;
    }
    return known->name;
}

void geth_fault_words(char text[GETH_WORDS_SIZE], weft_fault fault, uint8_t opcode, size_t stack_count) {
    const weft_opcode *known = weft_opcode_of(opcode);
    const char *words = weft_fault_message(fault);
    char name[GETH_WORDS_SIZE];
    if (fault == WEFT_FAULT_STACK_UNDERFLOW) {
        (void)snprintf(text, GETH_WORDS_SIZE, "%s (%zu <=> %d)", words, stack_count, known->pops);
    } else if (fault == WEFT_FAULT_STACK_OVERFLOW) {
        int limit = STACK_WORDS_MAX + known->pops - known->pushes;
        (void)snprintf(text, GETH_WORDS_SIZE, "%s %zu (%d)", words, stack_count, limit);
    } else if (fault == WEFT_FAULT_INVALID_OPCODE) {
        (void)snprintf(text, GETH_WORDS_SIZE, "%s: %.40s", words, geth_opcode_name(name, opcode));
    } else {
        (void)snprintf(text, GETH_WORDS_SIZE, "%s", words);
    }
}

const char *geth_rejection(weft_verdict verdict) {
    switch (verdict) {
    case WEFT_TX_TYPE_NOT_SUPPORTED:
    case WEFT_TX_TYPE_1_PRE_FORK:
    case WEFT_TX_TYPE_2_PRE_FORK:
    case WEFT_TX_TYPE_3_PRE_FORK:
    case WEFT_TX_TYPE_4_PRE_FORK: return "transaction type not supported";
    case WEFT_TX_INVALID_SIGNATURE: return "invalid transaction v, r, s values";
    case WEFT_TX_INVALID_CHAIN_ID: return "invalid chain id for signer";
    case WEFT_TX_INTRINSIC_GAS_TOO_LOW: return "intrinsic gas too low";
    case WEFT_TX_BELOW_FLOOR_GAS: return "insufficient gas for floor data gas cost";
    case WEFT_TX_NONCE_IS_MAX: return "nonce has max value";
    case WEFT_TX_INITCODE_SIZE_EXCEEDED: return "max initcode size exceeded";
    case WEFT_TX_GAS_LIMIT_EXCEEDS_MAXIMUM: return "transaction gas limit too high";
    case WEFT_TX_GAS_ALLOWANCE_EXCEEDED: return "gas limit reached";
    case WEFT_TX_BLOB_GAS_ALLOWANCE_EXCEEDED: return "blob gas would exceed maximum allowance";
    case WEFT_TX_BLOB_COUNT_EXCEEDED: return "blob transaction has too many blobs";
    case WEFT_TX_PRIORITY_ABOVE_MAX_FEE: return "max priority fee per gas higher than max fee per gas";
    case WEFT_TX_MAX_FEE_TOO_LOW: return "max fee per gas less than block base fee";
    case WEFT_TX_MAX_BLOB_FEE_TOO_LOW: return "max fee per blob gas less than block blob gas fee";
    case WEFT_TX_ZERO_BLOBS: return "blob transaction missing blob hashes";
    case WEFT_TX_INVALID_BLOB_VERSIONED_HASH: return "blob has invalid hash version";
    /* geth cannot even decode these two. */
    case WEFT_TX_BLOB_CREATION:
        return "rlp: input string too short for common.Address, decoding into (types.Transaction)(types.BlobTx).To";
    case WEFT_TX_DELEGATING_CREATION:
        return "rlp: input string too short for common.Address, decoding into (types.Transaction)(types.SetCodeTx).To";
    case WEFT_TX_EMPTY_AUTHORIZATION_LIST: return "EIP-7702 transaction with empty auth list";
    case WEFT_TX_NONCE_TOO_LOW: return "nonce too low";
    case WEFT_TX_NONCE_TOO_HIGH: return "nonce too high";
    case WEFT_TX_INSUFFICIENT_FUNDS: return "insufficient funds for gas * price + value";
    case WEFT_TX_SENDER_NOT_EOA: return "sender not an eoa";
    default: return weft_verdict_name(verdict);
    }
}

bool geth_knows_no_such_type(weft_verdict verdict) {
    return strcmp(geth_rejection(verdict), geth_rejection(WEFT_TX_TYPE_NOT_SUPPORTED)) == 0;
}
