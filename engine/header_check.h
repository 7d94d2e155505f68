/** What can be said about a block before it is executed: does its header follow its parent, does its body agree with its
 *  header (Yellow Paper section 4.3.4 and the EIPs named below).
 *
 *  Seals are not checked: neither proof of work, nor an authority's signature, nor the consensus layer's. Nor are ommers
 *  checked against the chain, which only a caller with the ancestors could do.
 *
 *  `explanation` receives human words for a verdict other than WEFT_VALID, cut to `explanation_size` bytes and
 *  terminated. Threads: any.
 */
#ifndef ENGINE_HEADER_CHECK_H
#define ENGINE_HEADER_CHECK_H

#include "engine/ommer_check.h"
#include <weft/block.h>

/** Check the header by the rules of its fork: the set of its fields, gas, extra data (EIP-779), the fields that
 *  EIP-3675 made constant; and against the parent number, time, gas limit, base fee (EIP-1559), difficulty and excess
 *  blob gas (EIP-4844, EIP-7918).
 *
 *  Returns:  the verdict.
 *  In:       parent   NULL leaves out what depends on it.
 *            fork     of the header: weft_chain_fork().
 */
weft_verdict header_check(const weft_header *header, const weft_header *parent, const weft_chain *chain, weft_fork fork,
                          char *explanation, size_t explanation_size);

/** Check the body against the header: size (EIP-7934), withdrawals (EIP-4895), ommers, blob gas; and
 *  the parent hash against the parent. The block's header has passed header_check().
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Out:      verdict
 *  In:       parent   NULL leaves out what depends on it.
 */
weft_status body_check(weft_verdict *verdict, const weft_block *block, const weft_header *parent,
                       const ommer_ancestors *ancestors, const weft_chain *chain, weft_fork fork, char *explanation,
                       size_t explanation_size);

#endif
