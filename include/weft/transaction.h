/** Single transactions outside a block: making them, listing them, judging them. Executing blocks needs none of this;
 *  tools that build blocks or look into a transaction pool do.
 */
#ifndef WEFT_TRANSACTION_H
#define WEFT_TRANSACTION_H

#include <weft/block.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Sign a transaction that was filled by hand: sets v, r, s and the sender. Deterministic (RFC 6979), low s (EIP-2). A
 *  legacy transaction is protected (EIP-155) if has_chain_id is set. Made for tests: it takes no pains to hide the key
 *  from one who watches the machine.
 *
 *  Returns:  WEFT_OK; WEFT_NO_MEMORY; WEFT_INVALID_ARGUMENT for a key that is zero or not below the curve's order.
 *  Threads:  any.
 */
WEFT_API WEFT_MUST_USE weft_status weft_transaction_sign(weft_transaction *tx, const weft_bytes32 *secret_key);

/** Give a signed transaction its consensus encoding, in tx->raw.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Threads:  exclusive on `decoder`, in whose memory the encoding lives until its reset or destroy.
 */
WEFT_API WEFT_MUST_USE weft_status weft_transaction_encode(weft_decoder *decoder, weft_transaction *tx);

/** The RLP list of transactions as a block body has it, from their `raw` encodings. Contract as before.
 *  Out: rlp   in the decoder's memory. */
WEFT_API WEFT_MUST_USE weft_status weft_transaction_list_encode(weft_decoder *decoder, weft_bytes *rlp,
                                                                const weft_transaction *transactions, size_t count);

/** The reverse, without decoding the transactions: what each would be given to weft_transaction_decode() as.
 *
 *  Returns:  WEFT_OK; WEFT_NO_MEMORY; WEFT_DECODE, with `error` telling position and rule (may be NULL).
 *  Threads:  exclusive on `decoder`.
 *  Out:      items   `count` of them; the array lives in the decoder's memory, the bytes borrow from `rlp`.
 */
WEFT_API WEFT_MUST_USE weft_status weft_transaction_list_split(weft_decoder *decoder, const weft_bytes **items,
                                                               size_t *count, weft_bytes rlp, weft_error *error);

/** Who signed an EIP-7702 tuple, whatever its chain and nonce. Returns: false for a signature that nobody can have made.
 *  Threads: any. */
WEFT_API bool weft_authorization_signer(weft_address *signer, const weft_authorization *authorization);

/** What can be said of a transaction without a block and without the state. */
typedef struct weft_transaction_facts {
    /** WEFT_VALID, or the first rule broken: signature, then type, gas, nonce and form, and that its gas costs less than
     *  2^256 wei. Base fees are taken as 0, gas and blobs per block as unlimited. */
    weft_verdict verdict;
    bool has_sender; /**< the signature is right */
    weft_address sender;
    uint64_t intrinsic_gas; /**< charged before execution; meaningful when the fork knows the type */
    uint64_t floor_gas;     /**< the least that is charged in the end (EIP-7623); 0 = no floor */
} weft_transaction_facts;

/** Returns: WEFT_OK, WEFT_NO_MEMORY. Threads: any. */
WEFT_API WEFT_MUST_USE weft_status weft_transaction_check(weft_transaction_facts *facts, const weft_transaction *tx,
                                                          const weft_chain *chain, weft_fork fork);

#ifdef __cplusplus
}
#endif

#endif
