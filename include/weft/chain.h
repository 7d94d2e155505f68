/** Which rules are in force at which block: forks, blob parameters, chain identity.
 *
 *  A configuration is plain data that the caller fills; weft_chain_mainnet() and friends give the public networks'.
 *  The tool reads geth's genesis.json into the same structure.
 */
#ifndef WEFT_CHAIN_H
#define WEFT_CHAIN_H

#include <weft/status.h>
#include <weft/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(enumerator, display name), oldest first. Forks that only move the difficulty bomb have no entry of their own:
 * the bomb delay is looked up by block number in the configuration. */
#define WEFT_FORK_MAP(X)                \
    X(FRONTIER, "Frontier")             \
    X(HOMESTEAD, "Homestead")           \
    X(TANGERINE_WHISTLE, "EIP150")      \
    X(SPURIOUS_DRAGON, "EIP158")        \
    X(BYZANTIUM, "Byzantium")           \
    X(CONSTANTINOPLE, "Constantinople") \
    X(PETERSBURG, "ConstantinopleFix")  \
    X(ISTANBUL, "Istanbul")             \
    X(BERLIN, "Berlin")                 \
    X(LONDON, "London")                 \
    X(PARIS, "Paris")                   \
    X(SHANGHAI, "Shanghai")             \
    X(CANCUN, "Cancun")                 \
    X(PRAGUE, "Prague")                 \
    X(OSAKA, "Osaka")                   \
    X(AMSTERDAM, "Amsterdam")

typedef enum weft_fork {
#define WEFT_FORK_ENUM(name, text) WEFT_##name,
    WEFT_FORK_MAP(WEFT_FORK_ENUM)
#undef WEFT_FORK_ENUM
    /* clang-format off */
    WEFT_FORK_COUNT
    /* clang-format on */
} weft_fork;

/** The name of `fork` as the test suites write it. Returns a constant string, never NULL. Threads: any. */
WEFT_API const char *weft_fork_name(weft_fork fork);

/** The numbers and EIPs that Amsterdam means. They moved while the fork was designed, and test suites were filled from
 *  a moment of it: a chain says which it follows. */
typedef enum weft_amsterdam_revision {
    WEFT_AMSTERDAM_FINAL, /**< what activates on public networks (EIP-7773) */
    /** Development network of April 2026: EIPs 7708, 7778, 7843, 7928, 7954, 7976, 7981, 8024 and 8037 as they were
     *  then, without EIPs 2780, 7997, 8038, 8246 and 8282. */
    WEFT_AMSTERDAM_SNOBAL_DEVNET_5
} weft_amsterdam_revision;

/** A fork that is never reached. */
#define WEFT_NEVER UINT64_MAX

/** One entry of a blob schedule (EIP-7840, EIP-7892). Counts are blobs per block. */
typedef struct weft_blob_parameters {
    uint64_t activation_time; /**< Unix seconds; the entry holds from the first block with timestamp >= this. */
    uint64_t target;
    uint64_t max;
    uint64_t base_fee_update_fraction;
} weft_blob_parameters;

enum { WEFT_BLOB_SCHEDULE_MAX = 16 };

typedef struct weft_chain {
    uint64_t chain_id;

    /** First block number (Frontier .. Gray Glacier, and Paris) of each fork, WEFT_NEVER if none; entries of
     *  Shanghai and later are ignored. activation_block[WEFT_FRONTIER] is 0. Paris is reached at
     *  activation_block[WEFT_PARIS], or as `paris_by_difficulty` says. */
    uint64_t activation_block[WEFT_FORK_COUNT];
    /** First timestamp, in Unix seconds, of Shanghai and later forks, WEFT_NEVER if none. */
    uint64_t activation_time[WEFT_FORK_COUNT];
    weft_amsterdam_revision amsterdam_revision; /**< zero, the final one, for every public network */

    /** Bomb-only forks: first block numbers. */
    uint64_t muir_glacier_block, arrow_glacier_block, gray_glacier_block;

    /** Block of the irregular state change (EIP-779), WEFT_NEVER if the chain has none. */
    uint64_t dao_fork_block;

    /** A block is under Paris rules when its header's difficulty is 0 and it is past London, unless
     *  activation_block[WEFT_PARIS] says an exact number. */
    bool paris_by_difficulty;
    /** With `paris_by_difficulty`: proof of stake begins after the block whose total difficulty reaches this (EIP-3675).
     *  Only looked at where the total difficulty is known: weft_execute_options.parent_total_difficulty. */
    weft_u256 terminal_total_difficulty;
    /** The chain is sealed by clique or another authority scheme: no block rewards, difficulty not checked. */
    bool no_block_reward;
    /** Every proof-of-work header has this difficulty (test networks); 0 = Ethereum's formula. */
    uint64_t fixed_difficulty;

    /** Source of deposit requests (EIP-6110); all zero if the chain has none. */
    weft_address deposit_contract;

    /** Ascending by activation_time; the last entry that is active counts. */
    weft_blob_parameters blob_schedule[WEFT_BLOB_SCHEDULE_MAX];
    size_t blob_schedule_count;
} weft_chain;

/** Ethereum mainnet, through BPO2; Amsterdam has no date there. Threads: any. */
WEFT_API const weft_chain *weft_chain_mainnet(void);
/** Sepolia, through Amsterdam. Threads: any. */
WEFT_API const weft_chain *weft_chain_sepolia(void);
/** Holesky. Threads: any. */
WEFT_API const weft_chain *weft_chain_holesky(void);
/** Hoodi. Threads: any. */
WEFT_API const weft_chain *weft_chain_hoodi(void);

/** The public chain with this id.
 *
 *  Returns:  a constant, or NULL when weft does not know the chain.
 *  Threads:  any.
 */
WEFT_API const weft_chain *weft_chain_by_id(uint64_t chain_id);

/** The fork whose rules hold for a block.
 *
 *  Threads:  any.
 *  In:       difficulty_is_zero   of the block's header: decides Paris where `paris_by_difficulty` says so.
 */
WEFT_API weft_fork weft_chain_fork(const weft_chain *chain, uint64_t number, uint64_t timestamp,
                                   bool difficulty_is_zero);

#ifdef __cplusplus
}
#endif

#endif
