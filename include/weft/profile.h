/** What the transactions of a block needed of each other and what they cost: what models of parallel execution are made
 *  from.
 */
#ifndef WEFT_PROFILE_H
#define WEFT_PROFILE_H

#include <weft/status.h>
#include <weft/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A transaction needed what an earlier one had changed. */
typedef struct weft_dependency {
    uint32_t transaction; /**< the last before it that changed what it read */
    bool is_hidden;       /**< speculation does not see that change until parallel execution begins anew */
} weft_dependency;

/** What one transaction needed, without what it reads in a way that any order satisfies: nonces that the transaction
 *  itself tells, balances of which no more was asked than the account had before the block, the coinbase's fees. */
typedef struct weft_dependencies {
    const weft_dependency *list; /**< each transaction once */
    size_t count;
} weft_dependencies;

/** An access that was foretold from the transaction's bytes. */
typedef struct weft_predicted_access {
    uint64_t location; /**< a hash; equal for equal locations of one execution */
    bool reads, writes;
} weft_predicted_access;

/** What one transaction cost, on one thread, wall. */
typedef struct weft_transaction_profile {
    double head_seconds;   /**< to run it on the accepted prefix and accept it; 0: it was run ahead */
    double ahead_seconds;  /**< to run it over what earlier ones have published, and publish its own changes */
    double settle_seconds; /**< to check that outcome and accept it */
    bool stays_at_head;    /**< it is not worth running ahead */
    size_t location_count; /**< accounts and slots it used */
    const weft_predicted_access *predicted;
    size_t predicted_count;
} weft_transaction_profile;

/** How one block went. An engine of one thread runs every transaction at the head; another goes the way it would go with
 *  its threads, alone: it probes, and runs ahead what it would run ahead, each transaction when those before it are done. */
typedef struct weft_profile {
    const weft_transaction_profile *transactions; /**< NULL unless asked for */
    size_t shared_from;   /**< first transaction that more than one worker would have run; as many as there are: none */
    double share_seconds; /**< to prepare for that: graph, published prefix */
} weft_profile;

/** The heaviest chain of transactions each of which needed the one before: no number of workers is faster.
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY.
 *  Threads:  any.
 *  Out:      path           its weight.
 *  In:       dependencies   of each transaction, `count`.
 *            weights        the same number: gas, seconds.
 */
WEFT_API WEFT_MUST_USE weft_status weft_critical_path(double *path, const weft_dependencies *dependencies,
                                                      const double *weights, size_t count);

#ifdef __cplusplus
}
#endif

#endif
