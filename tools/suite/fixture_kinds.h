/** The fixture formats that weft runs. */
#ifndef TOOLS_SUITE_FIXTURE_KINDS_H
#define TOOLS_SUITE_FIXTURE_KINDS_H

#include "tools/suite/fixture.h"

/** State tests: one transaction on a state (GeneralStateTests). */
extern const fixture_kind state_test_kind;

/** Blockchain tests: blocks imported from a genesis on (BlockchainTests). */
extern const fixture_kind block_test_kind;

/** Engine tests: the same, the blocks being parameters of engine_newPayload. */
extern const fixture_kind engine_test_kind;
/** Transaction tests: encodings, judged without a state (TransactionTests). */
extern const fixture_kind transaction_test_kind;

/** Difficulty tests: what a proof-of-work header must state (DifficultyTests). */
extern const fixture_kind difficulty_test_kind;

/** All of them. */
extern const fixture_kind *const fixture_kinds[];
extern const size_t fixture_kind_count;

#endif
