/** The rules that a block is under, as far as its header tells. */
#ifndef TOOLS_HEADER_FORK_H
#define TOOLS_HEADER_FORK_H

#include <weft/block.h>
#include <weft/chain.h>

#include "tools/number.h"

/** A header without difficulty is of proof of stake (EIP-3675). */
static inline weft_fork header_fork(const weft_chain *chain, const weft_header *header) {
    return weft_chain_fork(chain, header->number, header->timestamp, number_is_zero(&header->difficulty));
}

#endif
