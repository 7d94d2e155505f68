/** `weft replay`: what its parts share. */
#ifndef TOOLS_REPLAY_H
#define TOOLS_REPLAY_H

#include "tools/access_list_files.h"
#include "tools/replay_report.h"
#include "tools/root_tracker.h"
#include "tools/runner.h"
#include "tools/witness_maker.h"

typedef struct replay_options {
    runner_config run;
    const char *genesis; /* NULL unless named */
    uint64_t chain_id;   /* instead of the genesis file's, if has_chain_id */
    bool has_chain_id;
    const char *store; /* NULL = state in memory only */
    uint64_t batch;    /* blocks per commit, at least 1 */
    uint64_t undo;     /* blocks that the store can take back, at least 1 */
    bool verify_root;  /* of the store at the end */
    access_list_files access_lists;
    const char
        *witnesses; /* folder of those to execute a chain's blocks from, or one block's file; NULL = from the state */
} replay_options;

typedef struct replay {
    replay_options options;
    replay_report report;
    /* For recorded blocks: kept from one to the next of the same chain. */
    runner recorded_runner;
    const weft_chain *recorded_chain;
    witness_maker witness_maker;
} replay;

/** Replay one recorded block. Everything that happens is in the report. */
void replay_recorded_block(replay *r, const char *folder);

/** Replay a chain: the blocks of `paths`, in order, on top of a genesis. Everything that happens is in the report. */
void replay_chain(replay *r, const char *genesis_path, char *const *paths, size_t path_count);

/** Execute a block, following the roots between its transactions. If they take what a witness does not prove, execute it
 *  without them. Returns: what weft_engine_execute() does. In: roots   NULL: nothing follows them. */
weft_status replay_execute(runner *run, runner_outcome *outcome, const weft_block *block, const weft_state_view *view,
                           weft_execute_options *options, root_tracker *roots);

/** Execute a block of a chain from its witness alone; what comes of it is in the row. */
void replay_stateless(const replay *r, runner *run, replay_row *row, runner_outcome *outcome, const weft_chain *chain,
                      const weft_block *block, weft_execute_options *options);

/** A row for a block that nothing is known about yet. */
replay_row replay_row_of(const char *name, const weft_block *block);

/** Fill in what an execution came to: rule, message, checks that the engine made against the header.
 *  In: status   of the execution; anything but WEFT_OK leaves the block undecided. */
void replay_row_judge(replay_row *row, const weft_block *block, const weft_chain *chain, weft_status status,
                      const runner_outcome *outcome);

/** Compare the state root after the block with the header's. In: status   of its computation. */
void replay_row_check_state_root(replay_row *row, const weft_header *header, weft_status status,
                                 const weft_bytes32 *root);

/** Compare the access list that the execution built with the one given to it, if there was one, and write it to where the
 *  options want it. In: given   what access_list_files_read() read. */
void replay_row_check_access_list(replay_row *row, const access_list_files *files, const block_file *given,
                                  const weft_block *block, const weft_block_result *result);

/** Turn the row into a failure with these words, unless it is one already. */
void replay_row_fail(replay_row *row, const char *rule, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
