/** Why a fixture says that a block or transaction is invalid, against why weft says so.
 *
 *  Official names are weft's own (WEFT_VERDICT_MAP). Fixtures name alternatives with `|` between them; older ones use the
 *  names of the tools that filled them, which are listed here with the official names of what they mean.
 */
#ifndef TOOLS_SUITE_EXCEPTIONS_H
#define TOOLS_SUITE_EXCEPTIONS_H

#include <stdbool.h>

#include <weft/status.h>

/** Whether `verdict` is the reason that `expected` names. */
bool exception_matches(const char *expected, weft_verdict verdict);

/** Whether `expected` names a fault of the proof of work itself, which weft does not check. */
bool exception_is_proof_of_work(const char *expected);

#endif
