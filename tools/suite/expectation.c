#include "tools/suite/expectation.h"

#include <string.h>

/* Names that mean what weft calls by another. A name that covers several rules has several rows. */
static const struct {
    const char *other, *name;
} other_names[] = {
    /* official names of faults that weft does not tell apart, or finds elsewhere first */
    {"BlockException.INVALID_GAS_USED_ABOVE_LIMIT", "BlockException.GAS_USED_OVERFLOW"},
    {"BlockException.GAS_USED_OVERFLOW", "BlockException.INVALID_GAS_USED"},
    {"BlockException.GAS_USED_OVERFLOW", "TransactionException.GAS_ALLOWANCE_EXCEEDED"},
    {"TransactionException.INTRINSIC_GAS_TOO_LOW", "TransactionException.INTRINSIC_GAS_BELOW_FLOOR_GAS_COST"},
    {"BlockException.INCORRECT_BLOCK_FORMAT", "BlockException.INVALID_BLOCK_ACCESS_LIST"},
    {"BlockException.UNKNOWN_PARENT_ZERO", "BlockException.UNKNOWN_PARENT"},
    {"BlockException.INVALID_BLOCK_HASH", "BlockException.INVALID_WITHDRAWALS_ROOT"},
    {"BlockException.BLOB_GAS_USED_ABOVE_LIMIT", "TransactionException.TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED"},
    {"BlockException.IMPORT_IMPOSSIBLE_SHANGHAI", "BlockException.INCORRECT_BLOCK_FORMAT"},
    {"BlockException.IMPORT_IMPOSSIBLE_PARIS_OVER_SHANGHAI", "BlockException.INCORRECT_BLOCK_FORMAT"},
    {"BlockException.IMPORT_IMPOSSIBLE_LONDON_WRONG_PARENT", "BlockException.INCORRECT_BLOCK_FORMAT"},
    {"BlockException.IMPORT_IMPOSSIBLE_LEGACY_WRONG_PARENT", "BlockException.INCORRECT_BLOCK_FORMAT"},
    {"BlockException.IMPORT_IMPOSSIBLE_LEGACY", "BlockException.INCORRECT_BLOCK_FORMAT"},
    {"BlockException.INVALID_DIFFICULTY", "BlockException.IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS"},
    {"BlockException.IMPORT_IMPOSSIBLE_PARIS_WRONG_POW", "BlockException.IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS"},
    {"BlockException.UNCLE_PARENT_INCORRECT", "BlockException.UNCLE_UNKNOWN_PARENT"},
    {"TransactionException.TYPE_NOT_SUPPORTED", "TransactionException.TYPE_1_TX_PRE_FORK"},
    {"TransactionException.TYPE_NOT_SUPPORTED", "TransactionException.TYPE_2_TX_PRE_FORK"},
    {"TransactionException.TYPE_NOT_SUPPORTED", "TransactionException.TYPE_3_TX_PRE_FORK"},
    {"TransactionException.TYPE_NOT_SUPPORTED", "TransactionException.TYPE_4_TX_PRE_FORK"},
    {"BlockGasLimitReached", "TransactionException.GAS_ALLOWANCE_EXCEEDED"},
    /* the tools that filled the older suites */
    {"TR_IntrinsicGas", "TransactionException.INTRINSIC_GAS_TOO_LOW"},
    {"IntrinsicGas", "TransactionException.INTRINSIC_GAS_TOO_LOW"},
    {"TR_NoFunds", "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS"},
    {"TR_NoFundsX", "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS"},
    {"TR_NoFundsOrGas", "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS"},
    {"TR_NoFundsOrGas", "TransactionException.INTRINSIC_GAS_TOO_LOW"},
    {"TR_FeeCapLessThanBlocks", "TransactionException.INSUFFICIENT_MAX_FEE_PER_GAS"},
    {"TR_FeeCapLessThanBlocksORNoFunds", "TransactionException.INSUFFICIENT_MAX_FEE_PER_GAS"},
    {"TR_FeeCapLessThanBlocksORNoFunds", "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS"},
    {"TR_FeeCapLessThanBlocksORGasLimitReached", "TransactionException.INSUFFICIENT_MAX_FEE_PER_GAS"},
    {"TR_FeeCapLessThanBlocksORGasLimitReached", "TransactionException.GAS_ALLOWANCE_EXCEEDED"},
    {"TR_TipGtFeeCap", "TransactionException.PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS"},
    {"TR_GasLimitReached", "TransactionException.GAS_ALLOWANCE_EXCEEDED"},
    {"TR_NonceTooLow", "TransactionException.NONCE_MISMATCH_TOO_LOW"},
    {"TR_NonceTooHigh", "TransactionException.NONCE_MISMATCH_TOO_HIGH"},
    {"TR_NonceHasMaxValue", "TransactionException.NONCE_IS_MAX"},
    {"TR_InitCodeLimitExceeded", "TransactionException.INITCODE_SIZE_EXCEEDED"},
    {"TR_BLOBCREATE", "TransactionException.TYPE_3_TX_CONTRACT_CREATION"},
    {"TR_BLOBCREATE", "BlockException.RLP_STRUCTURES_ENCODING"},
    {"TR_BLOBVERSION_INVALID", "TransactionException.TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH"},
    {"TR_EMPTYBLOB", "TransactionException.TYPE_3_TX_ZERO_BLOBS"},
    {"TR_BLOBLIST_OVERSIZE", "TransactionException.TYPE_3_TX_BLOB_COUNT_EXCEEDED"},
    {"TR_BLOBLIST_OVERSIZE", "TransactionException.TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED"},
    {"TR_TypeNotSupported", "TransactionException.TYPE_NOT_SUPPORTED"},
    {"TR_TypeNotSupported", "TransactionException.TYPE_1_TX_PRE_FORK"},
    {"TR_TypeNotSupported", "TransactionException.TYPE_2_TX_PRE_FORK"},
    {"TR_TypeNotSupported", "TransactionException.TYPE_3_TX_PRE_FORK"},
    {"SenderNotEOA", "TransactionException.SENDER_NOT_EOA"},
    {"SenderNotEOAorNoCASH", "TransactionException.SENDER_NOT_EOA"},
    {"SenderNotEOAorNoCASH", "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS"},
    {"INPUT_UNMARSHAL_ERROR", "BlockException.RLP_STRUCTURES_ENCODING"},
    {"INPUT_UNMARSHAL_ADDRESS_ERROR", "BlockException.RLP_STRUCTURES_ENCODING"},
    {"RLP_ExpectedAsList", "BlockException.RLP_STRUCTURES_ENCODING"},
    {"InvalidStateRoot", "BlockException.INVALID_STATE_ROOT"},
    {"InvalidGasLimit", "BlockException.INVALID_GASLIMIT"},
    {"InvalidGasLimit", "BlockException.GASLIMIT_TOO_BIG"},
    {"InvalidGasLimit2", "BlockException.INVALID_GASLIMIT"},
    {"InvalidNumber", "BlockException.INVALID_BLOCK_NUMBER"},
    {"TooMuchGasUsed", "BlockException.GAS_USED_OVERFLOW"},
    {"InvalidGasUsed", "BlockException.INVALID_GAS_USED"},
    {"InvalidDifficulty", "BlockException.INVALID_DIFFICULTY"},
    {"InvalidTimestamp", "BlockException.INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT"},
    {"InvalidTimestampOlderParent", "BlockException.INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT"},
    {"InvalidReceiptsStateRoot", "BlockException.INVALID_RECEIPTS_ROOT"},
    {"InvalidTransactionsRoot", "BlockException.INVALID_TRANSACTIONS_ROOT"},
    {"InvalidLogBloom", "BlockException.INVALID_LOG_BLOOM"},
    {"InvalidWithdrawals", "BlockException.INVALID_WITHDRAWALS_ROOT"},
    {"ExtraDataTooBig", "BlockException.EXTRA_DATA_TOO_BIG"},
    {"ExtraDataIncorrectDAO", "BlockException.EXTRA_DATA_INVALID_DAO"},
    {"UnknownParent", "BlockException.UNKNOWN_PARENT"},
    {"UnknownParent2", "BlockException.UNKNOWN_PARENT"},
    {"InvalidUnclesHash", "BlockException.INVALID_UNCLES_HASH"},
    {"TooManyUncles", "BlockException.TOO_MANY_UNCLES"},
    {"UncleInChain", "BlockException.UNCLE_IN_CHAIN"},
    {"UncleIsAncestor", "BlockException.UNCLE_IS_ANCESTOR"},
    {"UncleIsBrother", "BlockException.UNCLE_IS_BROTHER"},
    {"UncleTooOld", "BlockException.UNCLE_UNKNOWN_PARENT"},
    {"InvalidUncleParentHash", "BlockException.UNCLE_UNKNOWN_PARENT"},
    {"UncleParentIsNotAncestor", "BlockException.UNCLE_UNKNOWN_PARENT"},
    {"UncleParentIsNotAncestor", "BlockException.UNCLE_IS_BROTHER"},
    {"PostParisUncleHashIsNotEmpty", "BlockException.IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS"},
    {"PostParisDifficultyIsNot0", "BlockException.IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS"},
    {"1559BlockImportImpossible_BaseFeeWrong", "BlockException.INVALID_BASEFEE_PER_GAS"},
    {"1559BlockImportImpossible_HeaderIsLegacy", "BlockException.INCORRECT_BLOCK_FORMAT"},
    {"LegacyBlockImportImpossible", "BlockException.INCORRECT_BLOCK_FORMAT"},
    {"LegacyBlockImportImpossible2", "BlockException.INCORRECT_BLOCK_FORMAT"},
    {"ParisBlockImportImpossible", "BlockException.INCORRECT_BLOCK_FORMAT"},
    {"ShanghaiBlockImportImpossible", "BlockException.INCORRECT_BLOCK_FORMAT"},
    {"3675PreParis1559BlockRejected", "BlockException.IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS"},
    {"3675PreParis1559BlockRejected", "BlockException.IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS"},
    {"UncleInChain", "BlockException.UNCLE_IS_ANCESTOR"},
    {"UncleIsBrother", "BlockException.UNCLE_IN_CHAIN"},
    {"InvalidUncleParentHash", "BlockException.UNCLE_IS_ANCESTOR"},
    {"RLP_ExpectedAsList", "BlockException.RLP_WITHDRAWALS_NOT_READ"},
    {"3675PoWBlockRejected", "BlockException.IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS"},
    {"InvalidDifficulty", "BlockException.IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS"},
    {"TooMuchGasUsed", "BlockException.INVALID_GASLIMIT"},
    {"3675PoSBlockRejected", "BlockException.IMPORT_IMPOSSIBLE_PARIS_WRONG_POS"},
    {"TransactionException.GASLIMIT_PRICE_PRODUCT_OVERFLOW", "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS"},
    {"TransactionException.EC_RECOVERY_FAIL", "TransactionException.INVALID_SIGNATURE_VRS"},
    {"TransactionException.NONCE_TOO_BIG", "TransactionException.NONCE_IS_MAX"},
    {"TransactionException.PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2",
     "TransactionException.PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS"},
    {"TR_RLP_WRONGVALUE", "TransactionException.RLP_INVALID_VALUE"},
};

static bool is_text(const char *part, size_t size, const char *text) {
    return strlen(text) == size && memcmp(part, text, size) == 0;
}

static bool part_is_met(const char *part, size_t size, const char *name) {
    bool is_met = is_text(part, size, name);
    for (size_t i = 0; !is_met && i < sizeof other_names / sizeof other_names[0]; i++) {
        is_met = is_text(part, size, other_names[i].other) && strcmp(other_names[i].name, name) == 0;
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

bool expectation_is_proof_of_work(const char *expectation) {
    return strcmp(expectation, "InvalidBlockNonce") == 0 || strcmp(expectation, "InvalidBlockMixHash") == 0;
}

bool expectation_is_transaction_encoding(const char *expectation) {
    static const char prefix[] = "TransactionException.";
    static const char *const beginnings[] = {"RLP_",
                                             "ADDRESS_TOO_",
                                             "NONCE_OVERFLOW",
                                             "GASLIMIT_OVERFLOW",
                                             "GASPRICE_OVERFLOW",
                                             "PRIORITY_OVERFLOW",
                                             "VALUE_OVERFLOW"};
    bool found = false;
    if (strncmp(expectation, prefix, sizeof prefix - 1) == 0) {
        for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
            found |= strncmp(expectation + sizeof prefix - 1, beginnings[i], strlen(beginnings[i])) == 0;
        }
    }
    return found;
}
