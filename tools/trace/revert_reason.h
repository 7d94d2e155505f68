/** What Solidity says when it reverts: Error(string), Panic(uint256). */
#ifndef TOOLS_TRACE_REVERT_REASON_H
#define TOOLS_TRACE_REVERT_REASON_H

#include <weft/types.h>
#include <stdbool.h>

enum { REVERT_REASON_SIZE = 1024 };

/** Returns: whether the output is one of the two. Out: text   the words, cut to fit, terminated. */
bool revert_reason(char text[REVERT_REASON_SIZE], weft_bytes output);

#endif
