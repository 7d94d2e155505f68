/** What a replay tells: a row or JSON object per block, and the sum at the end. */
#ifndef TOOLS_REPLAY_REPORT_H
#define TOOLS_REPLAY_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weft/block.h>

#include "tools/progress.h"
#include "tools/runner.h"

/* X(enumerator, words): what was compared with the block's header or recording. */
#define REPLAY_CHECK_MAP(X)                   \
    X(GAS_USED, "gas used")                   \
    X(LOGS_BLOOM, "logs bloom")               \
    X(RECEIPTS_ROOT, "receipts root")         \
    X(REQUESTS_HASH, "requests hash")         \
    X(STATE_ROOT, "state root")               \
    X(TRANSACTIONS_ROOT, "transactions root") \
    X(BLOCK_HASH, "block hash")               \
    X(SENDERS, "senders")                     \
    X(ACCESS_LIST, "block access list")       \
    X(PARENT, "header against its parent")    \
    X(SERIAL, "serial = parallel")

/* X(enumerator, what, why): what could not be. */
#define REPLAY_GAP_MAP(X)                                                                                              \
    X(RECEIPTS_ROOT, "receipts root", "receipts before Byzantium hold state roots, and the state around is not known") \
    X(STATE_ROOT, "state root", "only the accounts and slots that the block touches were recorded, no trie nodes")     \
    X(STATE_ROOT_PROOFS, "state root", "only proofs of what was read were recorded, not the nodes that removals take") \
    X(STATE_ROOT_OMMERS, "state root", "it takes the ommers' rewards")                                                 \
    X(STATE_ROOT_WITNESS, "state root", "the witness lacks a node that the state after the block takes")               \
    X(STATE_ROOT_BATCH, "state root", "resumed from a store; only the root after each batch is compared")              \
    X(REQUESTS_HASH, "requests hash", "the request contracts are missing from the recorded state")                     \
    X(OMMERS, "ommers", "only their hashes were recorded, their rewards are missing from the delta")                   \
    X(PARENT, "header against its parent", "the parent's header was not recorded")                                     \
    X(BLOCK_HASH, "block hash", "none was recorded to compare the header's with")                                      \
    X(PROOF_OF_WORK, "proof of work", "weft executes blocks, it does not verify seals")                                \
    X(WITNESS, "proofs of the state",                                                                                  \
      "the witness lacks one that the execution takes; the plain state was used instead")                              \
    X(NO_STATE, "execution", "no state was recorded")                                                                  \
    X(NO_RESULT, "results", "none were recorded; only serial and parallel can be compared (--check)")                  \
    X(SIDE_BLOCK, "whole block", "its branch is not the one that was replayed: it does not extend the head")

typedef enum replay_check {
#define REPLAY_CHECK_ENUM(name, words) REPLAY_CHECK_##name,
    REPLAY_CHECK_MAP(REPLAY_CHECK_ENUM)
#undef REPLAY_CHECK_ENUM
        REPLAY_CHECK_COUNT
} replay_check;

typedef enum replay_gap {
#define REPLAY_GAP_ENUM(name, what, why) REPLAY_GAP_##name,
    REPLAY_GAP_MAP(REPLAY_GAP_ENUM)
#undef REPLAY_GAP_ENUM
        REPLAY_GAP_COUNT
} replay_gap;

typedef enum replay_result { REPLAY_OK, REPLAY_FAILED, REPLAY_UNCHECKED } replay_result;

/** One block. */
typedef struct replay_row {
    const char *name; /* of the file or folder it came from */
    uint64_t number;
    weft_bytes32 hash;
    size_t tx_count;
    replay_result result;
    bool is_unreadable;            /* it could not be decoded: its number, hash and transactions are not known */
    bool is_host_failure;          /* the block is undecided: the machine or the files failed, not a rule */
    const char *rule;              /* the verdict's name, or "" */
    size_t transaction_index;      /* SIZE_MAX if the rule is about the block */
    char message[640];             /* what is wrong, in words; empty if nothing */
    unsigned checks, gaps;         /* bits 1 << replay_check, 1 << replay_gap */
    const runner_outcome *outcome; /* NULL if it was not executed */
} replay_row;

typedef struct replay_sum {
    size_t blocks, ok, failed, unchecked, host_failures;
    uint64_t txs, gas, reexecutions, critical_path_gas;
    double serial_seconds, parallel_seconds;
} replay_sum;

typedef struct replay_report {
    bool json, quiet;
    unsigned threads;
    replay_sum sum;
    size_t failed_sources; /* files, folders and stores, beside the failed blocks of `sum` */
    size_t checked[REPLAY_CHECK_COUNT], gaps[REPLAY_GAP_COUNT];
    /* The chain at hand; the blocks of a long one share one row. */
    bool is_group, is_condensed;
    char group_folder[64];
    char group_file[64];
    replay_sum group;
    bool titles_printed;
    progress progress;
} replay_report;

/** A chain of `block_count` blocks begins. In: path   of its (first) file. */
void report_begin_group(replay_report *report, const char *path, size_t block_count);
void report_end_group(replay_report *report);

/** So many blocks come one by one, each with a row of its own. */
void report_expect_blocks(replay_report *report, size_t block_count);

/** Print a block, or keep it for its group's row, and count it. */
void report_block(replay_report *report, const replay_row *row);

/** Something else than a block failed: a file or a store. In: source   the path that was being replayed. */
void report_failure(replay_report *report, const char *source, const failure *f);

/** Print the sum. Returns: the exit status. */
int report_finish(replay_report *report);

#endif
