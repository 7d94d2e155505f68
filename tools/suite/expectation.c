#include "tools/suite/expectation.h"

#include <string.h>

/* What retesteth and the older suites call by another name. A name that covers several rules has several rows. */
static const struct {
    const char *legacy, *name;
} legacy_names[] = {
    {"TR_TypeNotSupported", "TransactionException.TYPE_NOT_SUPPORTED"},
    {"TR_TypeNotSupported", "TransactionException.TYPE_1_TX_PRE_FORK"},
    {"TR_TypeNotSupported", "TransactionException.TYPE_2_TX_PRE_FORK"},
    {"TR_NoFunds", "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS"},
    {"TR_NoFundsX", "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS"},
    {"TR_NoFundsOrGas", "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS"},
    {"TR_NoFundsOrGas", "TransactionException.INTRINSIC_GAS_TOO_LOW"},
    {"TR_IntrinsicGas", "TransactionException.INTRINSIC_GAS_TOO_LOW"},
    {"IntrinsicGas", "TransactionException.INTRINSIC_GAS_TOO_LOW"},
    {"SenderNotEOA", "TransactionException.SENDER_NOT_EOA"},
    {"TR_RLP_WRONGVALUE", "TransactionException.RLP_INVALID_VALUE"},
    {"TR_FeeCapLessThanBlocks", "TransactionException.INSUFFICIENT_MAX_FEE_PER_GAS"},
    {"TR_TipGtFeeCap", "TransactionException.PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS"},
    {"TR_NonceHasMaxValue", "TransactionException.NONCE_IS_MAX"},
    {"TR_GasLimitReached", "TransactionException.GAS_ALLOWANCE_EXCEEDED"},
    {"TR_InitCodeLimitExceeded", "TransactionException.INITCODE_SIZE_EXCEEDED"},
    {"TR_BLOBCREATE", "TransactionException.TYPE_3_TX_CONTRACT_CREATION"},
    {"TR_BLOBVERSION_INVALID", "TransactionException.TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH"},
    {"TR_EMPTYBLOB", "TransactionException.TYPE_3_TX_ZERO_BLOBS"},
    {"TR_BLOBLIST_OVERSIZE", "TransactionException.TYPE_3_TX_BLOB_COUNT_EXCEEDED"},
};

static bool is_text(const char *part, size_t size, const char *text) {
    return strlen(text) == size && memcmp(part, text, size) == 0;
}

static bool part_is_met(const char *part, size_t size, const char *name) {
    bool is_met = is_text(part, size, name);
    for (size_t i = 0; !is_met && i < sizeof legacy_names / sizeof legacy_names[0]; i++) {
        is_met = is_text(part, size, legacy_names[i].legacy) && strcmp(legacy_names[i].name, name) == 0;
    }
    return is_met;
}

bool expectation_is_met(const char *expectation, const char *name) {
    bool is_met = false;
    const char *part = expectation;
    while (!is_met && *part != '\0') {
        size_t size = strcspn(part, "|");
        is_met = part_is_met(part, size, name);
        part += size + (part[size] == '|');
    }
    return is_met;
}
