/** Blocks and transactions as data, and their canonical encoding.
 *
 *  A weft_block may be decoded from RLP (weft_block_decode) or filled by hand; weft_engine_execute() takes either.
 *  A block filled by hand sets `sender` and `has_sender` of each transaction, or the signature fields.
 */
#ifndef WEFT_BLOCK_H
#define WEFT_BLOCK_H

#include <weft/chain.h>
#include <weft/status.h>
#include <weft/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_bloom {
    uint8_t bytes[256];
} weft_bloom;

/** A block header (Yellow Paper section 4.3). The fields after `nonce` exist from some fork on; `field_count` says
 *  how many RLP fields the encoding has: 15 Frontier, 16 London, 17 Shanghai, 20 Cancun, 21 Prague, 23 Amsterdam. */
typedef struct weft_header {
    weft_bytes32 parent_hash;
    weft_bytes32 ommers_hash;
    weft_address coinbase;
    weft_bytes32 state_root;
    weft_bytes32 transactions_root;
    weft_bytes32 receipts_root;
    weft_bloom logs_bloom;
    weft_u256 difficulty;
    uint64_t number;
    uint64_t gas_limit;
    uint64_t gas_used;
    uint64_t timestamp; /**< Unix seconds */
    weft_bytes extra_data;
    weft_bytes32 mix_hash; /**< prevRandao from Paris on (EIP-4399) */
    uint8_t nonce[8];
    weft_u256 base_fee_per_gas;            /**< wei; London, EIP-1559 */
    weft_bytes32 withdrawals_root;         /**< Shanghai, EIP-4895 */
    uint64_t blob_gas_used;                /**< Cancun, EIP-4844 */
    uint64_t excess_blob_gas;              /**< Cancun, EIP-4844 */
    weft_bytes32 parent_beacon_block_root; /**< Cancun, EIP-4788 */
    weft_bytes32 requests_hash;            /**< Prague, EIP-7685 */
    weft_bytes32 block_access_list_hash;   /**< Amsterdam, EIP-7928 */
    uint64_t slot_number;                  /**< Amsterdam, EIP-7843: of the beacon chain */
    unsigned field_count;
} weft_header;

/** One entry of an access list (EIP-2930). */
typedef struct weft_access_entry {
    weft_address address;
    const weft_bytes32 *slots;
    size_t slot_count;
} weft_access_entry;

/** One EIP-7702 authorization tuple. */
typedef struct weft_authorization {
    weft_u256 chain_id;
    weft_address address;
    uint64_t nonce;
    weft_u256 y_parity;
    weft_u256 r, s;
} weft_authorization;

enum {
    WEFT_TX_LEGACY = 0,
    WEFT_TX_ACCESS_LIST = 1, /**< EIP-2930 */
    WEFT_TX_DYNAMIC_FEE = 2, /**< EIP-1559 */
    WEFT_TX_BLOB = 3,        /**< EIP-4844 */
    WEFT_TX_SET_CODE = 4     /**< EIP-7702 */
};

typedef struct weft_transaction {
    uint8_t type;      /**< WEFT_TX_* */
    bool is_creation;  /**< no recipient; `to` is zero then */
    bool has_sender;   /**< `sender` is set and the signature need not be looked at */
    bool has_chain_id; /**< false for a legacy transaction without EIP-155 protection */
    uint64_t chain_id;
    uint64_t nonce;
    uint64_t gas_limit;
    weft_u256 max_fee_per_gas;          /**< gasPrice for types 0 and 1; wei */
    weft_u256 max_priority_fee_per_gas; /**< gasPrice for types 0 and 1; wei */
    weft_u256 max_fee_per_blob_gas;     /**< wei */
    weft_address to;
    weft_u256 value; /**< wei */
    weft_bytes data;
    const weft_access_entry *access_list;
    size_t access_count;
    const weft_bytes32 *blob_hashes;
    size_t blob_count;
    const weft_authorization *authorizations;
    size_t authorization_count;
    weft_u256 v; /**< as encoded: legacy v, or y-parity */
    weft_u256 r, s;
    weft_address sender;
    weft_bytes raw; /**< consensus encoding (legacy list, or type byte and payload); empty if filled by hand */
} weft_transaction;

/** A validator withdrawal (EIP-4895). */
typedef struct weft_withdrawal {
    uint64_t index;
    uint64_t validator_index;
    weft_address address;
    uint64_t amount_gwei;
} weft_withdrawal;

typedef struct weft_block {
    weft_header header;
    weft_bytes32 hash; /**< of the header */
    const weft_transaction *transactions;
    size_t transaction_count;
    const weft_header *ommers;
    size_t ommer_count;
    const weft_withdrawal *withdrawals;
    size_t withdrawal_count;
    bool has_withdrawals; /**< the body has a withdrawals list, be it empty */
    size_t rlp_size;      /**< bytes of the whole block's encoding, 0 if filled by hand (EIP-7934) */
} weft_block;

/** Memory that decoded blocks live in. */
typedef struct weft_decoder weft_decoder;

/** Returns: WEFT_OK, WEFT_NO_MEMORY. Threads: any. Out: a decoder, to be freed with weft_decoder_destroy(). */
WEFT_API WEFT_MUST_USE weft_status weft_decoder_create(weft_decoder **decoder);
/** Frees the decoder and every block it decoded. NULL is allowed. */
WEFT_API void weft_decoder_destroy(weft_decoder *decoder);
/** Forgets all blocks decoded so far and keeps the memory for the next. */
WEFT_API void weft_decoder_reset(weft_decoder *decoder);

/** Decode one block, [header, transactions, ommers(, withdrawals)]. Strict: any non-canonical RLP is refused.
 *
 *  Returns:  WEFT_OK; WEFT_DECODE, with `error` telling position and rule; WEFT_NO_MEMORY.
 *  Threads:  exclusive on `decoder`.
 *  Out:      block     lives in `decoder` until its reset or destroy; its weft_bytes borrow from `rlp`.
 *            consumed  bytes of `rlp` the block took; NULL demands that it takes all of them.
 *            error     may be NULL.
 *  In:       rlp       must outlive the block.
 */
WEFT_API WEFT_MUST_USE weft_status weft_block_decode(weft_decoder *decoder, weft_block *block, size_t *consumed,
                                                     weft_bytes rlp, weft_error *error);

/** The encoding of a block, the reverse of weft_block_decode(): from the header's fields, the transactions' `raw` encodings,
 *  the ommers and, with has_withdrawals, the withdrawals.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY, WEFT_INVALID_ARGUMENT for a field_count that no header has.
 *  Threads:  exclusive on `decoder`.
 *  Out:      rlp   in the decoder's memory, until its reset or destroy.
 */
WEFT_API WEFT_MUST_USE weft_status weft_block_encode(weft_decoder *decoder, weft_bytes *rlp, const weft_block *block);

/** The encoding of a header. Same contract as weft_block_encode(). */
WEFT_API WEFT_MUST_USE weft_status weft_header_encode(weft_decoder *decoder, weft_bytes *rlp,
                                                      const weft_header *header);

/** Decode one header. Same contract as weft_block_decode(); `hash` receives keccak256 of the encoding. */
WEFT_API WEFT_MUST_USE weft_status weft_header_decode(weft_header *header, weft_bytes32 *hash, weft_bytes rlp,
                                                      weft_error *error);

/** Decode one transaction in its consensus encoding (legacy list, or type byte and payload).
 *  Same contract as weft_block_decode(). */
WEFT_API WEFT_MUST_USE weft_status weft_transaction_decode(weft_decoder *decoder, weft_transaction *tx, weft_bytes raw,
                                                           weft_error *error);

/** keccak256 of the header's encoding.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY, WEFT_INVALID_ARGUMENT for a field_count that no header has.
 *  Threads:  any.
 */
WEFT_API WEFT_MUST_USE weft_status weft_header_hash(weft_bytes32 *hash, const weft_header *header);

/** keccak256 of the list of a block's ommers. Returns and threads: as above. */
WEFT_API WEFT_MUST_USE weft_status weft_ommers_hash(weft_bytes32 *hash, const weft_block *block);

/** State in `header` what its parent determines by formula: base fee (EIP-1559), excess blob gas (EIP-4844, EIP-7918) and
 *  the proof-of-work difficulty, each 0 where `fork` has none.
 *
 *  Threads:  any.
 *  In:       header   number, timestamp (not before the parent's)
 *            parent   with its field_count, which tells where EIP-1559 begins
 *            fork     of the header
 */
WEFT_API void weft_header_derive(weft_header *header, const weft_header *parent, const weft_chain *chain,
                                 weft_fork fork);

/** The price of a unit of blob gas (EIP-4844) in a block with this header, wei; 0 if the chain has no blobs by then.
 *  Threads: any. */
WEFT_API weft_u256 weft_blob_base_fee(const weft_header *header, const weft_chain *chain);

/** keccak256 of the transaction's consensus encoding `raw`. Threads: any. */
WEFT_API weft_bytes32 weft_transaction_hash(const weft_transaction *tx);

/** The requests hash of a header (EIP-7685).
 *
 *  Threads:  any.
 *  In:       requests   each its type byte and data, in ascending order of type, at most 256; those without data do not
 *                       count.
 */
WEFT_API weft_bytes32 weft_requests_hash(const weft_bytes *requests, size_t count);

/** Root of the ordered trie over the transactions' raw encodings. Returns: WEFT_OK, WEFT_NO_MEMORY. Threads: any. */
WEFT_API WEFT_MUST_USE weft_status weft_transactions_root(weft_bytes32 *root, const weft_block *block);

/** Root of the ordered trie over the block's withdrawals (EIP-4895). Returns: WEFT_OK, WEFT_NO_MEMORY. Threads: any. */
WEFT_API WEFT_MUST_USE weft_status weft_withdrawals_root(weft_bytes32 *root, const weft_block *block);

/** Recover the sender from the signature by the rules of `fork` (EIP-2 low s from Homestead, EIP-155).
 *
 *  Returns:  WEFT_OK; WEFT_NO_MEMORY, only for a transaction of more than 1 KiB.
 *  Threads:  any.
 *  Out:      sender    set when the verdict is WEFT_VALID.
 *            verdict   WEFT_VALID, WEFT_TX_INVALID_SIGNATURE, WEFT_TX_INVALID_CHAIN_ID.
 */
WEFT_API WEFT_MUST_USE weft_status weft_transaction_sender(weft_address *sender, weft_verdict *verdict,
                                                           const weft_transaction *tx, const weft_chain *chain,
                                                           weft_fork fork);

#ifdef __cplusplus
}
#endif

#endif
