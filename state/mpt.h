/** A Merkle-Patricia trie that changes: put and remove entries, ask for the root when it is needed.
 *
 *  Keys are 32 bytes, as all keys of the state trie and of storage tries are (they are keccak256 of something).
 *
 *  The trie may be *partial*: it starts from a root alone, and a node is fetched from a *source* when an operation
 *  comes to it: a witness, which knows nodes by hash, or a store, which knows them by path. What no operation touches
 *  is never fetched. Removing an entry may need a node that is not on its path: when a branch has one child left it
 *  gives way to that child, whose kind must then be known. A node that the source does not have is a failure of the
 *  host, never a wrong root.
 *
 *  Every node remembers what stands for it in its parent; a root after few changes costs the hashes on the paths of what
 *  changed. mpt_save() then hands those nodes, and only those, to a *sink*.
 *
 *  Threads: exclusive.
 */
#ifndef STATE_MPT_H
#define STATE_MPT_H

#include "base/arena.h"
#include "state/trie.h"

/** Where nodes come from. A trie is called by its `owner`: the hashed address of the account whose storage it is, or
 *  NULL for the state trie. */
typedef struct mpt_source {
    void *context;
    /** The encoding of the node that `path` leads to, `path.from` being 0, whose keccak256 is `hash`. A source that
     *  finds nodes by path must know that what it gives has that hash.
     *  Returns: WEFT_OK; WEFT_STATE_UNAVAILABLE if it has no such node; any failure of its own.
     *  Lifetime: the encoding is borrowed until the next call. */
    weft_status (*load)(void *context, weft_bytes *encoding, const weft_bytes32 *owner, trie_path path,
                        const weft_bytes32 *hash);
    /** load() may be called from several threads at once, and what it gives then outlives other threads' calls. */
    bool is_concurrent;
} mpt_source;

/** Where changed nodes go. */
typedef struct mpt_sink {
    void *context;
    /** The node that `path` leads to is now this one, of 32 bytes or more unless it is the top; or, when the encoding
     *  is empty, no node of its own stands there any more.
     *  Returns: WEFT_OK; any failure, which ends the saving. */
    weft_status (*put)(void *context, const weft_bytes32 *owner, trie_path path, weft_bytes encoding);
} mpt_sink;

/** Where one trie holds another node: in a branch, in an extension, at the top.
 *    no node, no ref   nothing is there
 *    no node, ref      it is in the source
 *    node, ref         it is in memory
 *    node, no ref      the same, changed since the last root; then so is everything above it */
typedef struct mpt_link {
    struct mpt_node *node;
    trie_ref ref;
} mpt_link;

/** Why an operation returned WEFT_STATE_UNAVAILABLE. */
typedef struct mpt_failure {
    weft_bytes32 key;  /* its first `depth` nibbles lead to the node */
    size_t depth;      /* in nibbles */
    weft_bytes32 hash; /* zero: the node stands in its parent */
    const char *rule;  /* that the node breaks; NULL: the source does not have it */
} mpt_failure;

/** A place in the source whose node is gone. */
typedef struct mpt_vacancy {
    weft_bytes32 key;
    size_t depth;
} mpt_vacancy;

typedef struct mpt {
    mpt_link top;
    const mpt_source *source;  /* NULL: everything is in memory */
    const weft_bytes32 *owner; /* for the source and the sink */
    size_t change_count;       /* entries put and removed since the last root */
    mpt_failure failure;
    mpt_vacancy *vacancies; /* since the last save */
    size_t vacancy_count, vacancy_capacity;
} mpt;

/** An empty trie, all of it in memory. */
void mpt_init(mpt *trie);
/** The trie with this root, nothing of it in memory yet. In: source, owner   borrowed as long as the trie is used. */
void mpt_open(mpt *trie, const weft_bytes32 *root, const mpt_source *source, const weft_bytes32 *owner);
/** Frees every node; the trie is then empty and without a source. */
void mpt_free(mpt *trie);

/* The following return, beside what is said, WEFT_STATE_UNAVAILABLE (see `failure`) and what the source says, when a
 * node is needed that cannot be had. After any failure the trie holds the entries it held before. */

/** Out: value   empty if the key is not there; borrowed until the trie changes.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY. */
WEFT_MUST_USE weft_status mpt_get(mpt *trie, weft_bytes *value, const weft_bytes32 *key);
/** Set the value of a key; `value` is copied and not empty.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY. */
WEFT_MUST_USE weft_status mpt_put(mpt *trie, const weft_bytes32 *key, weft_bytes value);
/** Remove a key; one that is not there changes nothing.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY. */
WEFT_MUST_USE weft_status mpt_remove(mpt *trie, const weft_bytes32 *key);

/** The root. Fetches nothing.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY (may be repeated).
 *  In:      threads   at least 1; with more, the subtries below the topmost branch are hashed in one OpenMP region if
 *                     enough has changed.
 *           scratch   working memory, given back. */
WEFT_MUST_USE weft_status mpt_root(mpt *trie, weft_bytes32 *root, unsigned threads, arena *scratch);

/** Encode the node that `path`, from 0 on, leads to and whose keccak256 is `hash`, after an mpt_root(). Fetches nothing.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY; WEFT_STATE_UNAVAILABLE if there is no such node in memory.
 *  Out:     encoding   in `memory`. */
WEFT_MUST_USE weft_status mpt_encode(const mpt *trie, weft_bytes *encoding, trie_path path, const weft_bytes32 *hash,
                                     arena *memory);

/** Hand to the sink what has changed since the trie was opened or saved: first the places that are vacant, then the
 *  nodes. Follows an mpt_root() after the last change.
 *  Returns: WEFT_OK; WEFT_NO_MEMORY; what the sink says. After a failure the trie can only be freed.
 *  In:      scratch   working memory, given back. */
WEFT_MUST_USE weft_status mpt_save(mpt *trie, const mpt_sink *sink, arena *scratch);

#endif
