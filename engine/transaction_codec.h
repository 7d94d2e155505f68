/** Transactions from RLP (EIP-2718, 2930, 1559, 4844, 7702), and the part of them that their sender signed. */
#ifndef ENGINE_TRANSACTION_CODEC_H
#define ENGINE_TRANSACTION_CODEC_H

#include "engine/decoding.h"
#include "engine/rlp_writer.h"
#include <weft/block.h>

/** Read the next item of a block's transaction list: a list (legacy) or a string of type byte and payload. */
void transaction_read(decoding *d, rlp_cursor *c, weft_transaction *tx);

/** Read all of `c` as one transaction in its consensus encoding, where typed ones are not wrapped in a string. */
void transaction_read_alone(decoding *d, rlp_cursor *c, weft_transaction *tx);

/** What the sender's signature covers (Yellow Paper appendix F, EIP-155): type byte if typed, then the list of fields.
 *
 *  In:  replay_protected   a legacy transaction's list ends in chain_id, 0, 0; no meaning for typed ones.
 *       chain_id           the one to end in.
 */
void transaction_put_signed_part(rlp_writer *w, const weft_transaction *tx, bool replay_protected, uint64_t chain_id);

/** The whole transaction in its consensus encoding, with its signature. */
void transaction_put(rlp_writer *w, const weft_transaction *tx);

#endif
