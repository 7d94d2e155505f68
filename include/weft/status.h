/** How weft reports trouble. Two kinds, never mixed:
 *
 *  - `weft_status`: the machine or the host failed (no memory, a state view that cannot answer, a full disk) or
 *    the caller's bytes are not what they claim to be. A block under execution stays *undecided*.
 *  - `weft_verdict`: a consensus fact about a block, reached on data that was all there. It is not an error of the
 *    call: the call returns WEFT_OK and the verdict is part of the result.
 *
 *  Verdicts carry the names that the Ethereum execution-spec-tests use for them.
 */
#ifndef WEFT_STATUS_H
#define WEFT_STATUS_H

#include <weft/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(enumerator, message) */
#define WEFT_STATUS_MAP(X)                                                         \
    X(OK, "success")                                                               \
    X(INVALID_ARGUMENT, "an argument is outside its stated range")                 \
    X(NO_MEMORY, "out of memory")                                                  \
    X(STATE_UNAVAILABLE, "the state view could not answer")                        \
    X(UNSUPPORTED, "this build of weft lacks a component the block needs")         \
    X(DECODE, "the bytes are not a canonical encoding")                            \
    X(NOT_FOUND, "no such entry")                                                  \
    X(IO, "an operation of the operating system failed")                           \
    X(STORE_CORRUPT, "the store holds bytes that weft did not write")              \
    X(STORE_VERSION, "the store was written in a format this build does not know") \
    X(STORE_FULL, "the store cannot grow any further")                             \
    X(STORE_SEQUENCE, "the block does not follow the store's head")                \
    X(STORE_STATE_ROOT, "the state after the block has another root")

typedef enum weft_status {
#define WEFT_STATUS_ENUM(name, message) WEFT_##name,
    WEFT_STATUS_MAP(WEFT_STATUS_ENUM)
#undef WEFT_STATUS_ENUM
} weft_status;

/** A one-line English description of `status`.
 *
 *  Returns:  a constant string, never NULL, also for a value that is not a weft_status.
 *  Threads:  any.
 */
WEFT_API const char *weft_status_message(weft_status status);

/* X(enumerator, execution-spec-tests name). The first entry is validity itself. */
#define WEFT_VERDICT_MAP(X)                                                                             \
    X(VALID, "VALID")                                                                                   \
    /* transaction */                                                                                   \
    X(TX_TYPE_NOT_SUPPORTED, "TransactionException.TYPE_NOT_SUPPORTED")                                 \
    X(TX_TYPE_1_PRE_FORK, "TransactionException.TYPE_1_TX_PRE_FORK")                                    \
    X(TX_TYPE_2_PRE_FORK, "TransactionException.TYPE_2_TX_PRE_FORK")                                    \
    X(TX_TYPE_3_PRE_FORK, "TransactionException.TYPE_3_TX_PRE_FORK")                                    \
    X(TX_TYPE_4_PRE_FORK, "TransactionException.TYPE_4_TX_PRE_FORK")                                    \
    X(TX_INVALID_SIGNATURE, "TransactionException.INVALID_SIGNATURE_VRS")                               \
    X(TX_INVALID_CHAIN_ID, "TransactionException.INVALID_CHAINID")                                      \
    X(TX_INTRINSIC_GAS_TOO_LOW, "TransactionException.INTRINSIC_GAS_TOO_LOW")                           \
    X(TX_BELOW_FLOOR_GAS, "TransactionException.INTRINSIC_GAS_BELOW_FLOOR_GAS_COST")                    \
    X(TX_NONCE_IS_MAX, "TransactionException.NONCE_IS_MAX")                                             \
    X(TX_INITCODE_SIZE_EXCEEDED, "TransactionException.INITCODE_SIZE_EXCEEDED")                         \
    X(TX_GAS_LIMIT_EXCEEDS_MAXIMUM, "TransactionException.GAS_LIMIT_EXCEEDS_MAXIMUM")                   \
    X(TX_GAS_ALLOWANCE_EXCEEDED, "TransactionException.GAS_ALLOWANCE_EXCEEDED")                         \
    X(TX_BLOB_GAS_ALLOWANCE_EXCEEDED, "TransactionException.TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED") \
    X(TX_BLOB_COUNT_EXCEEDED, "TransactionException.TYPE_3_TX_BLOB_COUNT_EXCEEDED")                     \
    X(TX_PRIORITY_ABOVE_MAX_FEE, "TransactionException.PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS")          \
    X(TX_MAX_FEE_TOO_LOW, "TransactionException.INSUFFICIENT_MAX_FEE_PER_GAS")                          \
    X(TX_MAX_BLOB_FEE_TOO_LOW, "TransactionException.INSUFFICIENT_MAX_FEE_PER_BLOB_GAS")                \
    X(TX_ZERO_BLOBS, "TransactionException.TYPE_3_TX_ZERO_BLOBS")                                       \
    X(TX_INVALID_BLOB_VERSIONED_HASH, "TransactionException.TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH")     \
    X(TX_BLOB_CREATION, "TransactionException.TYPE_3_TX_CONTRACT_CREATION")                             \
    X(TX_DELEGATING_CREATION, "TransactionException.TYPE_4_TX_CONTRACT_CREATION")                       \
    X(TX_EMPTY_AUTHORIZATION_LIST, "TransactionException.TYPE_4_EMPTY_AUTHORIZATION_LIST")              \
    X(TX_NONCE_TOO_LOW, "TransactionException.NONCE_MISMATCH_TOO_LOW")                                  \
    X(TX_NONCE_TOO_HIGH, "TransactionException.NONCE_MISMATCH_TOO_HIGH")                                \
    X(TX_INSUFFICIENT_FUNDS, "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS")                         \
    X(TX_SENDER_NOT_EOA, "TransactionException.SENDER_NOT_EOA")                                         \
    /* block, before execution */                                                                       \
    X(BLOCK_ENCODING, "BlockException.RLP_STRUCTURES_ENCODING")                                         \
    X(BLOCK_SIZE_EXCEEDED, "BlockException.RLP_BLOCK_LIMIT_EXCEEDED")                                   \
    X(BLOCK_HASH, "BlockException.INVALID_BLOCK_HASH")                                                  \
    X(BLOCK_VERSIONED_HASHES, "BlockException.INVALID_VERSIONED_HASHES")                                \
    X(BLOCK_FORMAT, "BlockException.INCORRECT_BLOCK_FORMAT")                                            \
    X(BLOCK_WITHDRAWALS_LIST, "BlockException.RLP_WITHDRAWALS_NOT_READ")                                \
    X(BLOCK_UNKNOWN_PARENT, "BlockException.UNKNOWN_PARENT")                                            \
    X(BLOCK_NUMBER, "BlockException.INVALID_BLOCK_NUMBER")                                              \
    X(BLOCK_TIMESTAMP, "BlockException.INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT")                      \
    X(BLOCK_GAS_LIMIT, "BlockException.INVALID_GASLIMIT")                                               \
    X(BLOCK_GAS_LIMIT_TOO_BIG, "BlockException.GASLIMIT_TOO_BIG")                                       \
    X(BLOCK_GAS_USED_ABOVE_LIMIT, "BlockException.GAS_USED_OVERFLOW")                                   \
    X(BLOCK_EXTRA_DATA_TOO_BIG, "BlockException.EXTRA_DATA_TOO_BIG")                                    \
    X(BLOCK_EXTRA_DATA_DAO, "BlockException.EXTRA_DATA_INVALID_DAO")                                    \
    X(BLOCK_BASE_FEE, "BlockException.INVALID_BASEFEE_PER_GAS")                                         \
    X(BLOCK_DIFFICULTY, "BlockException.INVALID_DIFFICULTY")                                            \
    X(BLOCK_DIFFICULTY_AFTER_PARIS, "BlockException.IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS")           \
    X(BLOCK_STAKE_BEFORE_PARIS, "BlockException.IMPORT_IMPOSSIBLE_PARIS_WRONG_POS")                     \
    X(BLOCK_EXCESS_BLOB_GAS, "BlockException.INCORRECT_EXCESS_BLOB_GAS")                                \
    X(BLOCK_BLOB_GAS_USED, "BlockException.INCORRECT_BLOB_GAS_USED")                                    \
    X(BLOCK_OMMERS_HASH, "BlockException.INVALID_UNCLES_HASH")                                          \
    X(BLOCK_TOO_MANY_OMMERS, "BlockException.TOO_MANY_UNCLES")                                          \
    X(BLOCK_OMMER_IN_CHAIN, "BlockException.UNCLE_IN_CHAIN")                                            \
    X(BLOCK_OMMER_IS_ANCESTOR, "BlockException.UNCLE_IS_ANCESTOR")                                      \
    X(BLOCK_OMMER_IS_BROTHER, "BlockException.UNCLE_IS_BROTHER")                                        \
    X(BLOCK_OMMER_UNKNOWN_PARENT, "BlockException.UNCLE_UNKNOWN_PARENT")                                \
    X(BLOCK_OMMER_TOO_OLD, "BlockException.UNCLE_PARENT_INCORRECT")                                     \
    X(BLOCK_OMMERS_AFTER_PARIS, "BlockException.IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS")                   \
    X(BLOCK_TRANSACTIONS_ROOT, "BlockException.INVALID_TRANSACTIONS_ROOT")                              \
    X(BLOCK_WITHDRAWALS_ROOT, "BlockException.INVALID_WITHDRAWALS_ROOT")                                \
    /* block, during and after execution */                                                             \
    X(BLOCK_SYSTEM_CONTRACT_EMPTY, "BlockException.SYSTEM_CONTRACT_EMPTY")                              \
    X(BLOCK_SYSTEM_CONTRACT_FAILED, "BlockException.SYSTEM_CONTRACT_CALL_FAILED")                       \
    X(BLOCK_DEPOSIT_EVENT_LAYOUT, "BlockException.INVALID_DEPOSIT_EVENT_LAYOUT")                        \
    X(BLOCK_GAS_USED, "BlockException.INVALID_GAS_USED")                                                \
    X(BLOCK_RECEIPTS_ROOT, "BlockException.INVALID_RECEIPTS_ROOT")                                      \
    X(BLOCK_LOGS_BLOOM, "BlockException.INVALID_LOG_BLOOM")                                             \
    X(BLOCK_REQUESTS_HASH, "BlockException.INVALID_REQUESTS")                                           \
    X(BLOCK_ACCESS_LIST_HASH, "BlockException.INVALID_BAL_HASH")                                        \
    X(BLOCK_ACCESS_LIST_SIZE, "BlockException.BLOCK_ACCESS_LIST_GAS_LIMIT_EXCEEDED")                    \
    X(BLOCK_ACCESS_LIST, "BlockException.INVALID_BLOCK_ACCESS_LIST")                                    \
    X(BLOCK_STATE_ROOT, "BlockException.INVALID_STATE_ROOT")

typedef enum weft_verdict {
#define WEFT_VERDICT_ENUM(name, text) WEFT_##name,
    WEFT_VERDICT_MAP(WEFT_VERDICT_ENUM)
#undef WEFT_VERDICT_ENUM
} weft_verdict;

/** Where and why decoding or loading failed. Filled by calls that take a `weft_error *`, only when they do not
 *  return WEFT_OK. The pointer may be NULL when the caller does not care.
 */
typedef struct weft_error {
    /** What the bytes are refused for, as a block or transaction: an official name. WEFT_VALID where none applies. */
    weft_verdict verdict;
    size_t position;   /**< Byte offset in the caller's input, 0 when that makes no sense. */
    char message[224]; /**< What was found and which rule it breaks; always terminated. */
} weft_error;

/** The execution-spec-tests name of `verdict`, "VALID" for WEFT_VALID.
 *
 *  Returns:  a constant string, never NULL, also for a value that is not a weft_verdict.
 *  Threads:  any.
 */
WEFT_API const char *weft_verdict_name(weft_verdict verdict);

#ifdef __cplusplus
}
#endif

#endif
