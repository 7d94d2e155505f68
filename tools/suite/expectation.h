/** What fixtures expect to go wrong, by name.
 *
 *  `expectException` holds one name of the execution-spec-tests, or several of which any will do, joined by '|'. Suites
 *  filled before those names existed write others ("TR_NoFunds"): the table in expectation.c says which verdicts they mean.
 */
#ifndef TOOLS_SUITE_EXPECTATION_H
#define TOOLS_SUITE_EXPECTATION_H

#include <stdbool.h>

#include <weft/status.h>

/** Whether a fixture that expects `expectation` is content with a refusal for `found`. */
bool expectation_is_met(const char *expectation, weft_verdict found);

/** Whether the fixture expects a fault of the proof of work itself, which weft does not check. */
bool expectation_is_proof_of_work(const char *expectation);

/** Whether a fixture expects that bytes are no encoding of a transaction, or that none can hold its fields. Its names
 *  tell a dozen faults apart that RLP and the sizes of fields can have; a decoder meets whichever comes first. */
bool expectation_is_transaction_encoding(const char *expectation);

#endif
