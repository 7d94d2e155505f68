/** Executing blocks.
 *
 *  An engine owns its workers' memory and nothing else: no globals, no threads of its own between calls. Several
 *  engines may live in one process. Parallel work runs in one OpenMP region inside weft_engine_execute(): the calling
 *  thread is worker 0 and the OpenMP runtime lends the others (it keeps them pooled between calls, per calling
 *  thread). A host with its own threads therefore calls from one thread per engine, and does not fork() between
 *  calls with libgomp.
 */
#ifndef WEFT_ENGINE_H
#define WEFT_ENGINE_H

#include <weft/block.h>
#include <weft/chain.h>
#include <weft/delta.h>
#include <weft/profile.h>
#include <weft/state_view.h>
#include <weft/status.h>
#include <weft/tracer.h>
#include <weft/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_engine weft_engine;

/** How code is executed. All give the same; the choice is for tests and measurements. */
typedef enum weft_interpreter {
    WEFT_INTERPRETER_AUTO,    /**< as it is written, until it is worth decoding */
    WEFT_INTERPRETER_PLAIN,   /**< as it is written, always */
    WEFT_INTERPRETER_DECODED, /**< decoded, from the first call on */
} weft_interpreter;

/** A configuration that is given is taken as it is: zero-initialise it, set `size`, set what applies. (Without one, the
 *  code cache is on; a zero-initialised one has it off.) A `size` of a smaller, older structure leaves the rest zero. */
typedef struct weft_engine_config {
    size_t size;         /**< sizeof(weft_engine_config): tells the library which fields the caller knows */
    unsigned threads;    /**< workers, 1..256; 0 = as many as OpenMP would use, 1 = serial execution */
    bool force_parallel; /**< no fallback to serial, whatever the block looks like (tests) */
    /** Keep codes, and what was derived from them, between blocks: up to 256 MiB, those not met lately dropped first.
     *  Within a block all that it calls are kept. Without it, every block asks the view for its codes again. */
    bool keep_code_cache;
    uint64_t seed;                /**< seed of the hash tables; 0 = from the system's entropy */
    weft_interpreter interpreter; /**< 0 = WEFT_INTERPRETER_AUTO */
} weft_engine_config;

typedef struct weft_log {
    weft_address address;
    weft_bytes32 topics[4];
    unsigned topic_count;
    weft_bytes data;
} weft_log;

typedef struct weft_receipt {
    uint8_t type;               /**< of the transaction */
    bool success;               /**< status (EIP-658); before Byzantium: the execution did not fail */
    bool has_intermediate_root; /**< before Byzantium, and only if the host gave a root callback */
    weft_bytes32 intermediate_root;
    uint64_t gas_used;            /**< by this transaction, after refunds */
    uint64_t cumulative_gas_used; /**< with all before it in the block */
    weft_bloom logs_bloom;
    const weft_log *logs;
    size_t log_count;
    bool has_contract_address;
    weft_address contract_address;
} weft_receipt;

/** How the parallel execution of one block went. */
typedef struct weft_execution_stats {
    unsigned threads;            /**< workers that took part; 1 = serial */
    bool fell_back;              /**< the rest of the block was run serially because speculation did not pay */
    size_t fallback_index;       /**< first transaction run so */
    uint64_t executions;         /**< of transactions, speculative ones and second runs included */
    uint64_t reexecutions;       /**< second runs: the first had read what an earlier transaction then changed */
    uint64_t predicted_accesses; /**< reads and writes foretold to the conflict graph */
    bool used_access_list;       /**< transactions started from the states that the block access list told */
    uint64_t critical_path_gas;  /**< heaviest chain of real read-after-write dependencies, in gas */
    double recover_seconds;      /**< sender recovery, wall */
    double execute_seconds;      /**< transactions and the system calls before them, wall */
    double finish_seconds;       /**< withdrawals, rewards, requests, receipts, roots and delta, wall */
} weft_execution_stats;

typedef struct weft_block_result {
    weft_verdict verdict;
    /** The transaction the verdict is about, SIZE_MAX if it is about the block. */
    size_t transaction_index;
    /** Human words for a verdict other than WEFT_VALID: what was found and, where that helps, expected. */
    char explanation[256];

    /* What execution gave; complete when the verdict is WEFT_VALID or one of the checks against the header
     * (GAS_USED, RECEIPTS_ROOT, LOGS_BLOOM, REQUESTS_HASH), otherwise empty. */
    uint64_t gas_used;
    weft_bytes32 receipts_root;
    bool receipts_root_known; /**< false before Byzantium without intermediate roots */
    weft_bloom logs_bloom;
    weft_bytes32 requests_hash; /**< EIP-7685; meaningful from Prague on */
    /** The requests that the hash is of, each its type byte and data, in order. */
    const weft_bytes *requests;
    size_t request_count;
    const weft_receipt *receipts;
    size_t receipt_count;
    /** Consensus encoding of each receipt, receipt_count entries. */
    const weft_bytes *encoded_receipts;
    /** The block access list (EIP-7928) in RLP; empty unless the fork has one or
     *  weft_execute_options.build_block_access_list asked for it. */
    weft_bytes block_access_list;
    weft_state_delta delta;
    /** What each transaction needed of others, if the critical path was asked for; otherwise NULL. */
    const weft_dependencies *dependencies;
    weft_profile profile;
    weft_execution_stats stats;
} weft_block_result;

/** Extra inputs of one execution. Zero-initialise, set `size`, set what applies. */
typedef struct weft_execute_options {
    size_t size; /**< sizeof(weft_execute_options) */
    /** The parent's header, to check number, time, gas limit, base fee, excess blob gas; NULL skips these checks. */
    const weft_header *parent;
    /** The blocks before this one, the parent first: to check ommers against (Yellow Paper section 11.1), which takes
     *  seven, or all there are down to the genesis. NULL leaves out what depends on them. Each has its header, hash and
     *  ommers. */
    const weft_block *const *ancestors;
    size_t ancestor_count;
    /** The parent's total difficulty, on a chain that knows its terminal one: decides whether the block is under proof
     *  of stake (EIP-3675). NULL: its own difficulty says so. */
    const weft_u256 *parent_total_difficulty;
    /** The state is only what the block is known to touch: a request contract (EIP-7002, EIP-7251) without code is
     *  passed over instead of failing the block, and the requests hash is then not compared. */
    bool partial_state;
    /** The block's ommers are not known (its list is empty though the header commits to some): the ommers hash is not
     *  compared, and their rewards are missing from the delta. */
    bool ommers_missing;
    /** The block has no header to compare with: skip every check of results against header fields. */
    bool no_header_checks;
    /** The block access list that came with the block, in RLP (EIP-7928); empty if none did. From Amsterdam on it must be
     *  the one that the header commits to and that execution leads to. On any fork it lets all transactions run at the
     *  same time; there it is a hint that may be wrong, and one that cannot be decoded is passed over. */
    weft_bytes block_access_list;
    /** Make result.block_access_list on forks before Amsterdam too. */
    bool build_block_access_list;
    /** Find result.dependencies and stats.critical_path_gas; takes time after the execution, not during it. */
    bool measure_critical_path;
    /** Measure result.profile. Makes the execution one of a single thread; a tracer prevents it. */
    bool profile;
    /** Called in block order with the changes of each single transaction, before Byzantium only, to learn the
     *  intermediate state root that its receipt holds. In the block of the DAO fork it is called once before that, with
     *  the irregular change (EIP-779), whose root nothing holds. Called from one thread at a time. NULL: roots unknown. */
    weft_status (*intermediate_root)(void *context, weft_bytes32 *root, const weft_state_delta *changes);
    void *intermediate_root_context;
    /** Who is told what the transactions do; NULL = nobody. Makes the execution serial. */
    const weft_tracer *tracer;
    /** For whoever puts a block together: called in block order for every transaction that cannot be in the block, with
     *  its index and why. Those after it run as if it were not there; in the end the block is refused for the first of
     *  them. Makes the execution serial. NULL: execution ends with the first. */
    void (*refused)(void *context, size_t index, weft_verdict verdict, const char *explanation);
    void *refused_context;
} weft_execute_options;

/** Returns:  WEFT_OK, WEFT_NO_MEMORY, WEFT_INVALID_ARGUMENT.
 *  Threads:  any.
 *  Out:      engine   to be freed with weft_engine_destroy().
 *  In:       chain    copied; no base_fee_update_fraction of its blob schedule may be 0.
 *            config   NULL = defaults (all threads, fallback on, code cache on).
 */
WEFT_API WEFT_MUST_USE weft_status weft_engine_create(weft_engine **engine, const weft_chain *chain,
                                                      const weft_engine_config *config);
/** Frees the engine and everything borrowed from it. NULL is allowed. */
WEFT_API void weft_engine_destroy(weft_engine *engine);

/** Take other rules for the blocks that follow: what an engine for many chains does instead of being many engines.
 *
 *  Returns:  WEFT_OK; WEFT_INVALID_ARGUMENT as weft_engine_create() does, the rules being the old ones then.
 *  Threads:  exclusive on `engine`.
 *  In:       chain    copied.
 */
WEFT_API WEFT_MUST_USE weft_status weft_engine_set_chain(weft_engine *engine, const weft_chain *chain);

/** Execute one block on top of the state that `view` presents.
 *
 *  The result is the one sequential execution gives, for every worker count. The state itself is not changed: the
 *  caller applies result->delta where it keeps its state.
 *
 *  Returns:  WEFT_OK                  a verdict was reached; see result->verdict.
 *            WEFT_NO_MEMORY           no verdict; the engine is unchanged and usable.
 *            WEFT_STATE_UNAVAILABLE   no verdict; `view` reported a failure.
 *            WEFT_UNSUPPORTED         no verdict; the block calls a precompile this build lacks (BLS, KZG).
 *            WEFT_INVALID_ARGUMENT    no verdict; a NULL argument, the options' `size` is not set, or the parent or an
 *                                     ommer has a field_count that no header has.
 *  Threads:  exclusive on `engine`. `view` is called concurrently from at most config.threads threads, never after
 *            this function returns.
 *  Out:      result   filled only on WEFT_OK. Borrowed from `engine`: valid until the next execute call on it or
 *                     weft_engine_destroy().
 *  In:       block    borrowed for the call. Unset senders are recovered.
 *            view     borrowed for the call.
 *            options  may be NULL.
 */
WEFT_API WEFT_MUST_USE weft_status weft_engine_execute(weft_engine *engine, weft_block_result *result,
                                                       const weft_block *block, const weft_state_view *view,
                                                       const weft_execute_options *options);

#ifdef __cplusplus
}
#endif

#endif
