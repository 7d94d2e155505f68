/** What differs between forks, as data: one row per fork, Frontier to Amsterdam, and one per
 *  revision of Amsterdam.
 *
 *  Code that processes transactions, blocks and opcodes asks this table and never compares forks itself; the few things
 *  that are looked up by block number or time instead (the difficulty bomb, blob parameters) are in engine/chain.h.
 *  The opcode table says which opcode exists from which fork on, the precompile table which contract is a precompile.
 *  Rules that hold on every fork are not here: among them EIP-3607 (a sender with code is refused), EIP-2681 (nonces
 *  end at 2^64 - 2) and EIP-7610 (no creation over storage), which clients enforce from the first block on.
 *
 *  Gas numbers are 32 bits wide so that they take part in signed and unsigned 64-bit sums alike.
 */
#ifndef ENGINE_FORK_RULES_H
#define ENGINE_FORK_RULES_H

#include <weft/chain.h>

/** How SSTORE is charged and refunded. o: value at the start of the transaction, c: current, n: new. */
typedef enum sstore_schedule {
    SSTORE_SIMPLE,  /**< c = 0 and n != 0: 20000, else reset; clearing c refunds (Yellow Paper, appendix G) */
    SSTORE_EIP1283, /**< net metering on o, c, n */
    SSTORE_EIP2200, /**< net metering, and out of gas with 2300 gas or less left */
    SSTORE_EIP2929  /**< as EIP-2200, and gas_cold_slot more for a slot the transaction has not touched */
} sstore_schedule;

/** The difficulty that a header must have. */
typedef enum difficulty_rule {
    DIFFICULTY_FRONTIER,
    DIFFICULTY_HOMESTEAD, /**< EIP-2 */
    DIFFICULTY_BYZANTIUM, /**< EIP-100 */
    DIFFICULTY_ZERO       /**< EIP-3675: no proof of work */
} difficulty_rule;

/** Price of the MODEXP precompile. */
typedef enum modexp_pricing { MODEXP_EIP198, MODEXP_EIP2565, MODEXP_EIP7883 } modexp_pricing;

/** When growth of the state is paid for (EIP-8037). */
typedef enum state_gas_metering {
    STATE_GAS_NONE,         /**< it is not: its price is part of the opcodes' */
    STATE_GAS_AT_FRAME_END, /**< by what the frame has added when it ends with success */
    STATE_GAS_AT_OPERATION  /**< by the operation that adds */
} state_gas_metering;

typedef struct fork_rules {
    /* Transactions */
    uint8_t tx_type_max;              /**< highest EIP-2718 type that is valid; 0 = legacy only */
    bool low_s_required;              /**< EIP-2: s <= n/2 */
    bool has_replay_protection;       /**< EIP-155: a legacy v may hold the chain id */
    bool has_fee_market;              /**< EIP-1559: base fee, burnt; fee caps */
    bool warm_coinbase;               /**< EIP-3651 */
    bool has_blobs;                   /**< EIP-4844 */
    bool has_delegation;              /**< EIP-7702: authorizations, code designators */
    bool has_receipt_status;          /**< EIP-658: receipts hold a status instead of a state root */
    uint32_t gas_tx_base;             /**< before anything that the transaction holds */
    uint32_t gas_tx_creation;         /**< more when there is no recipient */
    uint32_t gas_tx_nonzero_byte;     /**< per nonzero byte of data; a zero byte is 4 */
    uint32_t gas_access_list_address; /**< EIP-2930 */
    uint32_t gas_access_list_slot;
    uint32_t gas_authorization;      /**< EIP-7702, per tuple */
    uint32_t authorization_refund;   /**< when its signer's account exists */
    uint32_t floor_gas_zero_byte;    /**< EIP-7623: what data costs at least */
    uint32_t floor_gas_nonzero_byte; /**< 0 = no floor */
    uint32_t refund_quotient;        /**< at most 1/n of the gas used is refunded */
    uint64_t tx_gas_limit_max;       /**< EIP-7825; 0 = no limit */
    uint32_t blobs_per_tx_max;       /**< EIP-7594; 0 = as many as the block may have */

    uint32_t execution_gas_max;    /**< EIP-8037: most of a transaction's gas that is no state gas; 0 = all */
    bool has_resource_pricing;     /**< EIP-2780: intrinsic gas by what is touched, the rest at run time */
    uint32_t gas_tx_recipient;     /**< EIP-2780: a recipient other than the sender */
    uint32_t gas_tx_value;         /**< EIP-2780: value to it */
    uint32_t gas_access_list_byte; /**< EIP-7981: per byte of the access list, in the floor too */
    uint32_t gas_account_write;    /**< EIP-8038: first write to a signer's account (EIP-7702) */
    bool collisions_uncounted;     /**< gas that a colliding creation loses does not fill the block */
    bool has_refund_free_blocks;   /**< EIP-7778: refunds do not make room in the block */

    /* Blocks */
    unsigned header_field_count; /**< RLP items of a header */
    difficulty_rule difficulty;
    bool is_proof_of_stake;      /**< EIP-3675: constant header fields, no ommers; EIP-4399: PREVRANDAO */
    bool has_withdrawals;        /**< EIP-4895 */
    bool has_beacon_root;        /**< EIP-4788 system call */
    bool has_history_contract;   /**< EIP-2935 system call */
    bool has_requests;           /**< EIP-7685: deposits, EIP-7002 and EIP-7251 system calls, requests hash */
    bool has_block_access_list;  /**< EIP-7928: the header commits to it */
    bool has_builder_requests;   /**< EIP-8282 system calls */
    bool has_blob_reserve_price; /**< EIP-7918 */
    uint32_t block_size_max;     /**< bytes of the block's RLP, EIP-7934; 0 = no limit */
    uint64_t block_reward;       /**< wei; 0 = none, and no account is touched */

    /* Accounts and contracts */
    bool has_state_clearing;      /**< EIP-161: touched empty accounts are deleted; "new" means dead, not absent */
    bool homestead_creation;      /**< EIP-2: a deposit that cannot be paid fails the creation */
    bool rejects_ef_code;         /**< EIP-3541 */
    bool selfdestruct_only_new;   /**< EIP-6780 */
    uint32_t new_contract_nonce;  /**< 1 from EIP-161 on */
    bool has_transfer_logs;       /**< EIP-7708 */
    bool has_burn_logs;           /**< EIP-7708 while SELFDESTRUCT could burn */
    bool destroyed_keeps_balance; /**< EIP-8246: SELFDESTRUCT burns nothing */
    uint32_t max_code_size;       /**< EIP-170; 0 = unlimited */
    uint32_t max_initcode_size;   /**< EIP-3860; 0 = unlimited, and no gas per word of initcode */

    /* Opcodes. The flat costs below are 0 where has_access_lists replaces them. */
    bool has_63_64;                        /**< EIP-150: a call gets at most all but 1/64 of the gas left */
    bool has_access_lists;                 /**< EIP-2929, EIP-2930: cold and warm accounts and slots */
    bool has_refund_for_selfdestruct;      /**< 24000 each, until EIP-3529 */
    uint32_t gas_cold_account;             /**< first touch of an account in a transaction */
    uint32_t gas_cold_slot;                /**< first touch of a slot in a transaction */
    uint32_t gas_warm;                     /**< each later touch of either */
    uint32_t gas_balance;                  /**< BALANCE */
    uint32_t gas_ext_code;                 /**< EXTCODESIZE, EXTCODECOPY before its words */
    uint32_t gas_ext_code_hash;            /**< EXTCODEHASH */
    uint32_t gas_sload;                    /**< SLOAD */
    uint32_t gas_call;                     /**< CALL, CALLCODE, DELEGATECALL, STATICCALL before their extras */
    uint32_t gas_call_value;               /**< more for a call that moves value, the callee's stipend included */
    uint32_t gas_call_new_account;         /**< more for a CALL that brings its target into being */
    uint32_t gas_create;                   /**< CREATE, CREATE2 before their words */
    uint32_t gas_code_byte;                /**< per byte of code deposited */
    uint32_t gas_code_word;                /**< per word of code deposited (EIP-8037) */
    uint32_t gas_selfdestruct;             /**< SELFDESTRUCT; stays in force beside gas_cold_account */
    uint32_t gas_selfdestruct_new_account; /**< more, when the beneficiary is new (see has_state_clearing) */
    uint32_t gas_exp_byte;                 /**< EXP, per byte of the exponent */
    sstore_schedule sstore;
    uint32_t gas_sstore_warm;    /**< in place of gas_cold_slot, for a slot that is not cold (EIP-8038) */
    uint32_t gas_sstore_set;     /**< o = c = 0 */
    uint32_t gas_sstore_reset;   /**< o = c, and o != 0 */
    uint32_t gas_sstore_dirty;   /**< net metering: c = n or o != c; restoring o refunds the difference to it */
    int64_t sstore_clear_refund; /**< c != 0 becomes 0 */

    /* Growth of the state (EIP-8037) */
    state_gas_metering state_gas;
    uint32_t gas_state_byte;            /**< per byte added, a byte of code included */
    uint32_t state_bytes_account;       /**< that a new account counts as */
    uint32_t state_bytes_slot;          /**< that a slot counts as */
    uint32_t system_call_slots;         /**< new slots that a system call is given state gas for */
    uint32_t state_bytes_authorization; /**< that a delegation designator counts as */

    /* Precompiles */
    modexp_pricing modexp;
    uint32_t gas_bn254_add;
    uint32_t gas_bn254_mul;
    uint32_t gas_bn254_pairing;      /**< without any pair */
    uint32_t gas_bn254_pairing_pair; /**< more per pair */
} fork_rules;

/** The rules of `fork`, of Amsterdam the final revision. Returns: a constant. Threads: any. */
const fork_rules *fork_rules_of(weft_fork fork);
/** The rules of `fork` on a chain whose Amsterdam is of this revision. Returns: a constant. Threads: any. */
const fork_rules *fork_rules_of_revision(weft_fork fork, weft_amsterdam_revision revision);

#endif
