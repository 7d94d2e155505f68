#include "tools/suite/exceptions.h"

#include <stddef.h>
#include <string.h>

/* X(name in fixtures, verdict it means). A name may be listed with several verdicts: the older tools told less apart. */
#define EXCEPTION_ALIASES(X)                                                            \
    /* official names of one and the same fault */                                      \
    X("BlockException.INVALID_GAS_USED_ABOVE_LIMIT", BLOCK_GAS_USED_ABOVE_LIMIT)        \
    X("BlockException.GAS_USED_OVERFLOW", BLOCK_GAS_USED)                               \
    X("BlockException.GAS_USED_OVERFLOW", TX_GAS_ALLOWANCE_EXCEEDED)                    \
    X("BlockException.UNKNOWN_PARENT_ZERO", BLOCK_UNKNOWN_PARENT)                       \
    X("BlockException.INVALID_BLOCK_HASH", BLOCK_WITHDRAWALS_ROOT)                      \
    X("BlockException.BLOB_GAS_USED_ABOVE_LIMIT", TX_BLOB_GAS_ALLOWANCE_EXCEEDED)       \
    X("BlockException.IMPORT_IMPOSSIBLE_SHANGHAI", BLOCK_FORMAT)                        \
    X("BlockException.IMPORT_IMPOSSIBLE_PARIS_OVER_SHANGHAI", BLOCK_FORMAT)             \
    X("BlockException.IMPORT_IMPOSSIBLE_LONDON_WRONG_PARENT", BLOCK_FORMAT)             \
    X("BlockException.IMPORT_IMPOSSIBLE_LEGACY_WRONG_PARENT", BLOCK_FORMAT)             \
    X("BlockException.IMPORT_IMPOSSIBLE_LEGACY", BLOCK_FORMAT)                          \
    X("BlockException.INVALID_DIFFICULTY", BLOCK_DIFFICULTY_AFTER_PARIS)                \
    X("BlockException.IMPORT_IMPOSSIBLE_PARIS_WRONG_POW", BLOCK_DIFFICULTY_AFTER_PARIS) \
    X("BlockException.UNCLE_PARENT_INCORRECT", BLOCK_OMMER_UNKNOWN_PARENT)              \
    X("TransactionException.TYPE_NOT_SUPPORTED", TX_TYPE_1_PRE_FORK)                    \
    X("TransactionException.TYPE_NOT_SUPPORTED", TX_TYPE_2_PRE_FORK)                    \
    X("TransactionException.TYPE_NOT_SUPPORTED", TX_TYPE_3_PRE_FORK)                    \
    X("TransactionException.TYPE_NOT_SUPPORTED", TX_TYPE_4_PRE_FORK)                    \
    /* retesteth */                                                                     \
    X("TR_IntrinsicGas", TX_INTRINSIC_GAS_TOO_LOW)                                      \
    X("IntrinsicGas", TX_INTRINSIC_GAS_TOO_LOW)                                         \
    X("TR_NoFunds", TX_INSUFFICIENT_FUNDS)                                              \
    X("TR_NoFundsX", TX_INSUFFICIENT_FUNDS)                                             \
    X("TR_NoFundsOrGas", TX_INSUFFICIENT_FUNDS)                                         \
    X("TR_NoFundsOrGas", TX_INTRINSIC_GAS_TOO_LOW)                                      \
    X("TR_FeeCapLessThanBlocks", TX_MAX_FEE_TOO_LOW)                                    \
    X("TR_FeeCapLessThanBlocksORNoFunds", TX_MAX_FEE_TOO_LOW)                           \
    X("TR_FeeCapLessThanBlocksORNoFunds", TX_INSUFFICIENT_FUNDS)                        \
    X("TR_FeeCapLessThanBlocksORGasLimitReached", TX_MAX_FEE_TOO_LOW)                   \
    X("TR_FeeCapLessThanBlocksORGasLimitReached", TX_GAS_ALLOWANCE_EXCEEDED)            \
    X("TR_TipGtFeeCap", TX_PRIORITY_ABOVE_MAX_FEE)                                      \
    X("TR_GasLimitReached", TX_GAS_ALLOWANCE_EXCEEDED)                                  \
    X("BlockGasLimitReached", TX_GAS_ALLOWANCE_EXCEEDED)                                \
    X("TR_NonceTooLow", TX_NONCE_TOO_LOW)                                               \
    X("TR_NonceTooHigh", TX_NONCE_TOO_HIGH)                                             \
    X("TR_NonceHasMaxValue", TX_NONCE_IS_MAX)                                           \
    X("TR_InitCodeLimitExceeded", TX_INITCODE_SIZE_EXCEEDED)                            \
    X("TR_BLOBCREATE", TX_BLOB_CREATION)                                                \
    X("TR_BLOBCREATE", BLOCK_ENCODING)                                                  \
    X("TR_BLOBVERSION_INVALID", TX_INVALID_BLOB_VERSIONED_HASH)                         \
    X("TR_EMPTYBLOB", TX_ZERO_BLOBS)                                                    \
    X("TR_BLOBLIST_OVERSIZE", TX_BLOB_COUNT_EXCEEDED)                                   \
    X("TR_BLOBLIST_OVERSIZE", TX_BLOB_GAS_ALLOWANCE_EXCEEDED)                           \
    X("TR_TypeNotSupported", TX_TYPE_NOT_SUPPORTED)                                     \
    X("TR_TypeNotSupported", TX_TYPE_1_PRE_FORK)                                        \
    X("TR_TypeNotSupported", TX_TYPE_2_PRE_FORK)                                        \
    X("TR_TypeNotSupported", TX_TYPE_3_PRE_FORK)                                        \
    X("SenderNotEOA", TX_SENDER_NOT_EOA)                                                \
    X("SenderNotEOAorNoCASH", TX_SENDER_NOT_EOA)                                        \
    X("SenderNotEOAorNoCASH", TX_INSUFFICIENT_FUNDS)                                    \
    X("INPUT_UNMARSHAL_ERROR", BLOCK_ENCODING)                                          \
    X("INPUT_UNMARSHAL_ADDRESS_ERROR", BLOCK_ENCODING)                                  \
    X("RLP_ExpectedAsList", BLOCK_ENCODING)                                             \
    X("InvalidStateRoot", BLOCK_STATE_ROOT)                                             \
    X("InvalidGasLimit", BLOCK_GAS_LIMIT)                                               \
    X("InvalidGasLimit", BLOCK_GAS_LIMIT_TOO_BIG)                                       \
    X("InvalidGasLimit2", BLOCK_GAS_LIMIT)                                              \
    X("InvalidNumber", BLOCK_NUMBER)                                                    \
    X("TooMuchGasUsed", BLOCK_GAS_USED_ABOVE_LIMIT)                                     \
    X("InvalidGasUsed", BLOCK_GAS_USED)                                                 \
    X("InvalidDifficulty", BLOCK_DIFFICULTY)                                            \
    X("InvalidTimestamp", BLOCK_TIMESTAMP)                                              \
    X("InvalidTimestampOlderParent", BLOCK_TIMESTAMP)                                   \
    X("InvalidReceiptsStateRoot", BLOCK_RECEIPTS_ROOT)                                  \
    X("InvalidTransactionsRoot", BLOCK_TRANSACTIONS_ROOT)                               \
    X("InvalidLogBloom", BLOCK_LOGS_BLOOM)                                              \
    X("InvalidWithdrawals", BLOCK_WITHDRAWALS_ROOT)                                     \
    X("ExtraDataTooBig", BLOCK_EXTRA_DATA_TOO_BIG)                                      \
    X("ExtraDataIncorrectDAO", BLOCK_EXTRA_DATA_DAO)                                    \
    X("UnknownParent", BLOCK_UNKNOWN_PARENT)                                            \
    X("UnknownParent2", BLOCK_UNKNOWN_PARENT)                                           \
    X("InvalidUnclesHash", BLOCK_OMMERS_HASH)                                           \
    X("TooManyUncles", BLOCK_TOO_MANY_OMMERS)                                           \
    X("UncleInChain", BLOCK_OMMER_IN_CHAIN)                                             \
    X("UncleIsAncestor", BLOCK_OMMER_IS_ANCESTOR)                                       \
    X("UncleIsBrother", BLOCK_OMMER_IS_BROTHER)                                         \
    X("UncleTooOld", BLOCK_OMMER_UNKNOWN_PARENT)                                        \
    X("InvalidUncleParentHash", BLOCK_OMMER_UNKNOWN_PARENT)                             \
    X("UncleParentIsNotAncestor", BLOCK_OMMER_UNKNOWN_PARENT)                           \
    X("UncleParentIsNotAncestor", BLOCK_OMMER_IS_BROTHER)                               \
    X("PostParisUncleHashIsNotEmpty", BLOCK_OMMERS_AFTER_PARIS)                         \
    X("PostParisDifficultyIsNot0", BLOCK_DIFFICULTY_AFTER_PARIS)                        \
    X("1559BlockImportImpossible_BaseFeeWrong", BLOCK_BASE_FEE)                         \
    X("1559BlockImportImpossible_HeaderIsLegacy", BLOCK_FORMAT)                         \
    X("LegacyBlockImportImpossible", BLOCK_FORMAT)                                      \
    X("LegacyBlockImportImpossible2", BLOCK_FORMAT)                                     \
    X("ParisBlockImportImpossible", BLOCK_FORMAT)                                       \
    X("ShanghaiBlockImportImpossible", BLOCK_FORMAT)                                    \
    X("3675PreParis1559BlockRejected", BLOCK_OMMERS_AFTER_PARIS)                        \
    X("3675PreParis1559BlockRejected", BLOCK_DIFFICULTY_AFTER_PARIS)                    \
    X("UncleInChain", BLOCK_OMMER_IS_ANCESTOR)                                          \
    X("UncleIsBrother", BLOCK_OMMER_IN_CHAIN)                                           \
    X("InvalidUncleParentHash", BLOCK_OMMER_IS_ANCESTOR)                                \
    X("RLP_ExpectedAsList", BLOCK_WITHDRAWALS_LIST)                                     \
    X("3675PoWBlockRejected", BLOCK_DIFFICULTY_AFTER_PARIS)                             \
    X("InvalidDifficulty", BLOCK_DIFFICULTY_AFTER_PARIS)                                \
    X("TooMuchGasUsed", BLOCK_GAS_LIMIT)                                                \
    X("3675PoSBlockRejected", BLOCK_STAKE_BEFORE_PARIS)

static const struct {
    const char *name;
    weft_verdict verdict;
} aliases[] = {
#define ALIAS_ROW(name, verdict) {name, WEFT_##verdict},
    EXCEPTION_ALIASES(ALIAS_ROW)
#undef ALIAS_ROW
};

static bool is_named(const char *name, const char *text, size_t size) {
    return strlen(name) == size && memcmp(name, text, size) == 0;
}

static bool name_matches(const char *text, size_t size, weft_verdict verdict) {
    if (is_named(weft_verdict_name(verdict), text, size)) {
        return true;
    }
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (aliases[i].verdict == verdict && is_named(aliases[i].name, text, size)) {
            return true;
        }
    }
    return false;
}

bool exception_matches(const char *expected, weft_verdict verdict) {
    for (;;) {
        size_t size = strcspn(expected, "|");
        if (name_matches(expected, size, verdict)) {
            return true;
        }
        if (expected[size] == '\0') {
            return false;
        }
        expected += size + 1;
    }
}

bool exception_is_proof_of_work(const char *expected) {
    return strcmp(expected, "InvalidBlockNonce") == 0 || strcmp(expected, "InvalidBlockMixHash") == 0;
}
