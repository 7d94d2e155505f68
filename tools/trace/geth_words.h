/** What geth calls things, for tools that compare texts. */
#ifndef TOOLS_TRACE_GETH_WORDS_H
#define TOOLS_TRACE_GETH_WORDS_H

#include <weft/status.h>
#include <weft/tracer.h>

/** Room for any of the texts below. */
enum { GETH_WORDS_SIZE = 96 };

/** The name of an opcode. `text` is used for one that has none. */
const char *geth_opcode_name(char text[GETH_WORDS_SIZE], uint8_t opcode);

/** The fault of an instruction that had `stack_count` words before it. */
void geth_fault_words(char text[GETH_WORDS_SIZE], weft_fault fault, uint8_t opcode, size_t stack_count);

/** Why a transaction was refused: the phrase that runners look for ("nonce too low"). Returns: a constant. */
const char *geth_rejection(weft_verdict verdict);
/** Whether the fork does not know the transaction's type: geth then neither signs it nor finds its sender. */
bool geth_knows_no_such_type(weft_verdict verdict);

#endif
