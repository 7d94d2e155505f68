/** What a tx_state is made of: for tx_state.c, which runs the journal, and outcome.c, which judges what it left. */
#ifndef ENGINE_TX_STATE_INTERNAL_H
#define ENGINE_TX_STATE_INTERNAL_H

#include "engine/block_state.h"
#include "engine/tx_state.h"

/** Where values come from. */
typedef enum tx_source {
    TX_SOURCE_ACCEPTED,   /* the accepted prefix of the block; only for the holder of the ordered phase */
    TX_SOURCE_SPECULATIVE /* the multi-version memory below this transaction */
} tx_source;

/** The fields that frames change and reverts restore. */
typedef struct tx_account_now {
    weft_u256 balance;
    uint64_t nonce;
    const code *code;
    uint32_t epoch;
    bool exists;
    bool touched;   /* EIP-161 */
    bool created;   /* by this transaction (EIP-6780) */
    bool destroyed; /* goes at the end of the transaction */
} tx_account_now;

/** What the source said, and how much of it the transaction depends on. */
typedef struct tx_account_seen {
    weft_u256 balance;
    weft_u256 balance_min; /* the transaction holds for any balance of at least this, unless LANE_BIT_BALANCE is read */
    uint64_t nonce;
    const code *code;
    uint32_t epoch;
    bool exists;
    uint8_t reads;       /* LANE_BIT_*: exact dependencies */
    bool nonce_expected; /* it is the transaction's sender */
} tx_account_seen;

/** An account is loaded on its first real use: one that is only warm (an access list entry, a call that could not pay
 *  for its callee) has no cell, and the host was never asked for it. */
struct tx_account {
    tx_account *next; /* all accounts of the transaction, newest first */
    mv_cell *cell;    /* NULL until loaded */
    weft_address address;
    uint32_t saved_frame; /* ts->frame when `now` was last put into the journal */
    bool warm;            /* EIP-2929 */
    bool delegation_paid; /* EIP-2780: for the bytes of a delegation, in this transaction */
    tx_account_now now;
    tx_account_seen seen;
};

/** A storage slot in one epoch of its account. `seen` is also the original value of EIP-2200: a slot of an epoch that
 *  began in this transaction is seen as zero. */
struct tx_slot {
    tx_slot *next;
    tx_account *account;
    mv_cell *cell; /* NULL until the value is loaded: a slot may be warm without */
    weft_u256 key;
    weft_u256 seen;
    weft_u256 current;
    uint32_t epoch;
    bool warm;
};

/** Transient storage (EIP-1153). */
typedef struct tx_transient {
    tx_account *account;
    weft_u256 key;
    weft_u256 value;
} tx_transient;

typedef enum tx_undo_kind {
    UNDO_ACCOUNT,
    UNDO_ACCOUNT_WARM,
    UNDO_SLOT_VALUE,
    UNDO_SLOT_WARM,
    UNDO_TRANSIENT
} tx_undo_kind;

/** One undo entry. */
typedef struct tx_journal_entry {
    tx_undo_kind kind;
    void *subject;
    union {
        tx_account_now account;
        weft_u256 value;
    } before;
} tx_journal_entry;

/** Pointers found by hash, forgotten all at once by raising `stamp`. */
typedef struct tx_index {
    struct tx_index_cell {
        uint32_t stamp; /* the cell is empty unless this equals the index's */
        uint32_t hash;
        void *subject;
    } * cells;
    uint32_t stamp;
    uint32_t mask; /* capacity - 1 */
    uint32_t count;
} tx_index;

/** The transaction's part of state_gas.h. */
typedef struct state_gas_pool {
    int64_t reservoir;
    int64_t used;
    int64_t forgiven;
    int64_t bytes; /* STATE_GAS_AT_FRAME_END: what the state has grown by, see growth_of() */
} state_gas_pool;

struct tx_state {
    block_state *block;
    const fork_rules *rules;
    arena *memory;     /* accounts and slots: lives as long as the outcome */
    arena *log_memory; /* lives as long as the receipt */
    tx_source source;
    uint32_t task; /* index of the transaction, for the speculative source */
    unsigned worker;
    uint64_t seed;
    weft_status status;

    tx_account *accounts;
    tx_slot *slots;
    tx_index account_index, slot_index, transient_index;

    tx_journal_entry *journal;
    uint32_t journal_count, journal_capacity;
    uint32_t frame; /* serial number of the newest checkpoint or revert */

    weft_log *logs;
    uint32_t log_count, log_capacity;
    int64_t refund;
    state_gas_pool state_gas;
};

/** Returns: false when out of memory. */
bool tx_state_init(tx_state *ts, block_state *block, unsigned worker, uint64_t seed);
void tx_state_free(tx_state *ts);

/** Begin a transaction (or system call) and forget the one before. Threads: TX_SOURCE_ACCEPTED only for the holder of
 *  the ordered phase. In: memory   what the outcome will live in, but for its logs. */
void tx_state_begin(tx_state *ts, const fork_rules *rules, tx_source source, uint32_t task, arena *memory,
                    arena *log_memory);

/** Take `expected` for the account's nonce without asking the source, and depend on it: a transaction knows its
 *  sender's nonce, whoever raises it before. From the accepted prefix the real nonce is taken. Call before any other
 *  use of the nonce. Returns: the nonce the transaction sees. */
uint64_t tx_account_expect_nonce(tx_state *ts, tx_account *a, uint64_t expected);

/** End of the transaction: destroyed accounts go, touched empty accounts go (EIP-161). An empty `coinbase` is left
 *  alone, because its fee comes first; the ordered phase decides about it. NULL when no fee will be paid. */
void tx_state_finish(tx_state *ts, const weft_address *coinbase);

#endif
