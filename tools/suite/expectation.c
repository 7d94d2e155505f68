#include "tools/suite/expectation.h"

#include <string.h>

enum { MEANINGS_MAX = 4 };

/* Names that weft_verdict_name() does not give, with the verdicts they mean; any will do. Unused places are WEFT_VALID. */
static const struct other_name {
    const char *name;
    weft_verdict meanings[MEANINGS_MAX];
} other_names[] = {
    /* official names of faults that weft tells apart less finely, or more */
    {"BlockException.INCORRECT_BLOCK_FORMAT", {WEFT_BLOCK_ACCESS_LIST}},
    {"BlockException.GAS_USED_OVERFLOW", {WEFT_TX_GAS_ALLOWANCE_EXCEEDED}},
    {"BlockException.UNKNOWN_PARENT_ZERO", {WEFT_BLOCK_UNKNOWN_PARENT}},
    {"BlockException.IMPORT_IMPOSSIBLE_SHANGHAI", {WEFT_BLOCK_FORMAT}},
    {"BlockException.IMPORT_IMPOSSIBLE_PARIS_OVER_SHANGHAI", {WEFT_BLOCK_FORMAT}},
    {"BlockException.IMPORT_IMPOSSIBLE_LONDON_WRONG_PARENT", {WEFT_BLOCK_FORMAT}},
    {"BlockException.IMPORT_IMPOSSIBLE_LEGACY_WRONG_PARENT", {WEFT_BLOCK_FORMAT}},
    {"BlockException.IMPORT_IMPOSSIBLE_LEGACY", {WEFT_BLOCK_FORMAT}},
    {"BlockException.INVALID_DIFFICULTY", {WEFT_BLOCK_DIFFICULTY_AFTER_PARIS}},
    {"BlockException.IMPORT_IMPOSSIBLE_PARIS_WRONG_POW", {WEFT_BLOCK_DIFFICULTY_AFTER_PARIS}},
    {"BlockException.UNCLE_PARENT_INCORRECT", {WEFT_BLOCK_OMMER_UNKNOWN_PARENT}},
    /* before EIP-7594 limited a transaction, suites called the block's limit so */
    {"TransactionException.TYPE_3_TX_BLOB_COUNT_EXCEEDED", {WEFT_TX_BLOB_GAS_ALLOWANCE_EXCEEDED}},
    {"TransactionException.TYPE_NOT_SUPPORTED",
     {WEFT_TX_TYPE_1_PRE_FORK, WEFT_TX_TYPE_2_PRE_FORK, WEFT_TX_TYPE_3_PRE_FORK, WEFT_TX_TYPE_4_PRE_FORK}},
    {"TransactionException.INTRINSIC_GAS_TOO_LOW", {WEFT_TX_BELOW_FLOOR_GAS}},
    {"TransactionException.GASLIMIT_PRICE_PRODUCT_OVERFLOW", {WEFT_TX_INSUFFICIENT_FUNDS}},
    {"TransactionException.EC_RECOVERY_FAIL", {WEFT_TX_INVALID_SIGNATURE}},
    {"TransactionException.NONCE_TOO_BIG", {WEFT_TX_NONCE_IS_MAX}},
    {"TransactionException.PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2", {WEFT_TX_PRIORITY_ABOVE_MAX_FEE}},
    /* the tools that filled the older suites */
    {"BlockGasLimitReached", {WEFT_TX_GAS_ALLOWANCE_EXCEEDED}},
    {"TR_IntrinsicGas", {WEFT_TX_INTRINSIC_GAS_TOO_LOW}},
    {"IntrinsicGas", {WEFT_TX_INTRINSIC_GAS_TOO_LOW}},
    {"TR_NoFunds", {WEFT_TX_INSUFFICIENT_FUNDS}},
    {"TR_NoFundsX", {WEFT_TX_INSUFFICIENT_FUNDS}},
    {"TR_NoFundsOrGas", {WEFT_TX_INSUFFICIENT_FUNDS, WEFT_TX_INTRINSIC_GAS_TOO_LOW}},
    {"TR_FeeCapLessThanBlocks", {WEFT_TX_MAX_FEE_TOO_LOW}},
    {"TR_FeeCapLessThanBlocksORNoFunds", {WEFT_TX_MAX_FEE_TOO_LOW, WEFT_TX_INSUFFICIENT_FUNDS}},
    {"TR_FeeCapLessThanBlocksORGasLimitReached", {WEFT_TX_MAX_FEE_TOO_LOW, WEFT_TX_GAS_ALLOWANCE_EXCEEDED}},
    {"TR_TipGtFeeCap", {WEFT_TX_PRIORITY_ABOVE_MAX_FEE}},
    {"TR_GasLimitReached", {WEFT_TX_GAS_ALLOWANCE_EXCEEDED}},
    {"TR_NonceTooLow", {WEFT_TX_NONCE_TOO_LOW}},
    {"TR_NonceTooHigh", {WEFT_TX_NONCE_TOO_HIGH}},
    {"TR_NonceHasMaxValue", {WEFT_TX_NONCE_IS_MAX}},
    {"TR_InitCodeLimitExceeded", {WEFT_TX_INITCODE_SIZE_EXCEEDED}},
    {"TR_BLOBCREATE", {WEFT_TX_BLOB_CREATION, WEFT_BLOCK_ENCODING}},
    {"TR_BLOBVERSION_INVALID", {WEFT_TX_INVALID_BLOB_VERSIONED_HASH}},
    {"TR_EMPTYBLOB", {WEFT_TX_ZERO_BLOBS}},
    {"TR_BLOBLIST_OVERSIZE", {WEFT_TX_BLOB_COUNT_EXCEEDED, WEFT_TX_BLOB_GAS_ALLOWANCE_EXCEEDED}},
    {"TR_TypeNotSupported",
     {WEFT_TX_TYPE_NOT_SUPPORTED, WEFT_TX_TYPE_1_PRE_FORK, WEFT_TX_TYPE_2_PRE_FORK, WEFT_TX_TYPE_3_PRE_FORK}},
    {"SenderNotEOA", {WEFT_TX_SENDER_NOT_EOA}},
    {"SenderNotEOAorNoCASH", {WEFT_TX_SENDER_NOT_EOA, WEFT_TX_INSUFFICIENT_FUNDS}},
    {"INPUT_UNMARSHAL_ERROR", {WEFT_BLOCK_ENCODING}},
    {"INPUT_UNMARSHAL_ADDRESS_ERROR", {WEFT_BLOCK_ENCODING}},
    {"RLP_ExpectedAsList", {WEFT_BLOCK_ENCODING, WEFT_BLOCK_WITHDRAWALS_LIST}},
    {"InvalidStateRoot", {WEFT_BLOCK_STATE_ROOT}},
    {"InvalidGasLimit", {WEFT_BLOCK_GAS_LIMIT, WEFT_BLOCK_GAS_LIMIT_TOO_BIG}},
    {"InvalidGasLimit2", {WEFT_BLOCK_GAS_LIMIT}},
    {"InvalidNumber", {WEFT_BLOCK_NUMBER}},
    {"TooMuchGasUsed", {WEFT_BLOCK_GAS_USED_ABOVE_LIMIT, WEFT_BLOCK_GAS_LIMIT}},
    {"InvalidGasUsed", {WEFT_BLOCK_GAS_USED}},
    {"InvalidDifficulty", {WEFT_BLOCK_DIFFICULTY, WEFT_BLOCK_DIFFICULTY_AFTER_PARIS}},
    {"InvalidTimestamp", {WEFT_BLOCK_TIMESTAMP}},
    {"InvalidTimestampOlderParent", {WEFT_BLOCK_TIMESTAMP}},
    {"InvalidReceiptsStateRoot", {WEFT_BLOCK_RECEIPTS_ROOT}},
    {"InvalidTransactionsRoot", {WEFT_BLOCK_TRANSACTIONS_ROOT}},
    {"InvalidLogBloom", {WEFT_BLOCK_LOGS_BLOOM}},
    {"InvalidWithdrawals", {WEFT_BLOCK_WITHDRAWALS_ROOT}},
    {"ExtraDataTooBig", {WEFT_BLOCK_EXTRA_DATA_TOO_BIG}},
    {"ExtraDataIncorrectDAO", {WEFT_BLOCK_EXTRA_DATA_DAO}},
    {"UnknownParent", {WEFT_BLOCK_UNKNOWN_PARENT}},
    {"UnknownParent2", {WEFT_BLOCK_UNKNOWN_PARENT}},
    {"InvalidUnclesHash", {WEFT_BLOCK_OMMERS_HASH}},
    {"TooManyUncles", {WEFT_BLOCK_TOO_MANY_OMMERS}},
    {"UncleInChain", {WEFT_BLOCK_OMMER_IN_CHAIN, WEFT_BLOCK_OMMER_IS_ANCESTOR}},
    {"UncleIsAncestor", {WEFT_BLOCK_OMMER_IS_ANCESTOR}},
    {"UncleIsBrother", {WEFT_BLOCK_OMMER_IS_BROTHER, WEFT_BLOCK_OMMER_IN_CHAIN}},
    {"UncleTooOld", {WEFT_BLOCK_OMMER_UNKNOWN_PARENT}},
    {"InvalidUncleParentHash", {WEFT_BLOCK_OMMER_UNKNOWN_PARENT, WEFT_BLOCK_OMMER_IS_ANCESTOR}},
    {"UncleParentIsNotAncestor", {WEFT_BLOCK_OMMER_UNKNOWN_PARENT, WEFT_BLOCK_OMMER_IS_BROTHER}},
    {"PostParisUncleHashIsNotEmpty", {WEFT_BLOCK_OMMERS_AFTER_PARIS}},
    {"PostParisDifficultyIsNot0", {WEFT_BLOCK_DIFFICULTY_AFTER_PARIS}},
    {"1559BlockImportImpossible_BaseFeeWrong", {WEFT_BLOCK_BASE_FEE}},
    {"1559BlockImportImpossible_HeaderIsLegacy", {WEFT_BLOCK_FORMAT}},
    {"LegacyBlockImportImpossible", {WEFT_BLOCK_FORMAT}},
    {"LegacyBlockImportImpossible2", {WEFT_BLOCK_FORMAT}},
    {"ParisBlockImportImpossible", {WEFT_BLOCK_FORMAT}},
    {"ShanghaiBlockImportImpossible", {WEFT_BLOCK_FORMAT}},
    {"3675PreParis1559BlockRejected", {WEFT_BLOCK_OMMERS_AFTER_PARIS, WEFT_BLOCK_DIFFICULTY_AFTER_PARIS}},
    {"3675PoWBlockRejected", {WEFT_BLOCK_DIFFICULTY_AFTER_PARIS}},
    {"3675PoSBlockRejected", {WEFT_BLOCK_STAKE_BEFORE_PARIS}},
};

static bool is_text(const char *part, size_t size, const char *text) {
    return strlen(text) == size && memcmp(part, text, size) == 0;
}

static bool means(const struct other_name *other, weft_verdict found) {
    for (size_t i = 0; i < MEANINGS_MAX && other->meanings[i] != WEFT_VALID; i++) {
        if (other->meanings[i] == found) {
            return true;
        }
    }
    return false;
}

static bool part_is_met(const char *part, size_t size, weft_verdict found) {
    bool is_met = is_text(part, size, weft_verdict_name(found));
    for (size_t i = 0; !is_met && i < sizeof other_names / sizeof other_names[0]; i++) {
        is_met = is_text(part, size, other_names[i].name) && means(&other_names[i], found);
    }
    return is_met;
}

bool expectation_is_met(const char *expectation, weft_verdict found) {
    bool is_met = false;
    const char *part = expectation;
    while (!is_met && *part != '\0') {
        size_t size = strcspn(part, "|");
        is_met = part_is_met(part, size, found);
        part += size + (part[size] == '|');
    }
    return is_met;
}

bool expectation_is_proof_of_work(const char *expectation) {
    return strcmp(expectation, "InvalidBlockNonce") == 0 || strcmp(expectation, "InvalidBlockMixHash") == 0;
}

bool expectation_is_transaction_encoding(const char *expectation) {
    static const char prefix[] = "TransactionException.";
    static const char older[] = "TR_RLP_";
    static const char *const beginnings[] = {"RLP_",
                                             "ADDRESS_TOO_",
                                             "NONCE_OVERFLOW",
                                             "GASLIMIT_OVERFLOW",
                                             "GASPRICE_OVERFLOW",
                                             "PRIORITY_OVERFLOW",
                                             "VALUE_OVERFLOW"};
    bool found = strncmp(expectation, older, sizeof older - 1) == 0;
    if (strncmp(expectation, prefix, sizeof prefix - 1) == 0) {
        for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
            found |= strncmp(expectation + sizeof prefix - 1, beginnings[i], strlen(beginnings[i])) == 0;
        }
    }
    return found;
}
