#include <stdio.h>
#include <string.h>

#include "tools/header_fork.h"
#include "tools/recorded_block.h"
#include "tools/replay.h"
#include "tools/unanswered.h"

static weft_status prepare_runner(replay *r, const weft_chain *chain, failure *f) {
    if (r->recorded_chain == chain) {
        return WEFT_OK;
    }
    runner_free(&r->recorded_runner);
    r->recorded_chain = NULL;
    weft_status status = runner_create(&r->recorded_runner, chain, &r->options.run, f);
    if (status == WEFT_OK) {
        r->recorded_chain = chain;
    }
    return status;
}

static void check_hash(replay_row *row, const recorded_block *recorded) {
    if (recorded->form == RECORDED_INPUTS_ONLY) {
        return;
    }
    if (!recorded->has_hash) {
        row->gaps |= 1u << REPLAY_GAP_BLOCK_HASH;
        return;
    }
    if (memcmp(&recorded->hash, &recorded->block.hash, sizeof recorded->hash) == 0) {
        row->checks |= 1u << REPLAY_CHECK_BLOCK_HASH;
    } else {
        replay_row_fail(row, "", "the header's hash is not the recorded one");
    }
}

static void check_root(replay_row *row, replay_check check, const weft_block *block, const weft_bytes32 *expected) {
    weft_bytes32 root;
    weft_status status = weft_transactions_root(&root, block);
    if (status != WEFT_OK) {
        replay_row_fail(row, "", "%s", weft_status_message(status));
        row->is_host_failure = true;
    } else if (memcmp(&root, expected, sizeof root) != 0) {
        replay_row_fail(row, "", "the %s root is not the header's",
                        check == REPLAY_CHECK_RECEIPTS_ROOT ? "receipts" : "transactions");
    } else {
        row->checks |= 1u << check;
    }
}

static void check_senders(replay_row *row, const recorded_block *recorded) {
    const weft_block *block = &recorded->block;
    weft_fork fork = header_fork(recorded->chain, &block->header);
    for (size_t i = 0; i < block->transaction_count; i++) {
        weft_address sender;
        weft_verdict verdict = WEFT_VALID;
        weft_status status = weft_transaction_sender(&sender, &verdict, &block->transactions[i], recorded->chain, fork);
        if (status != WEFT_OK || verdict != WEFT_VALID) {
            row->transaction_index = i;
            row->is_host_failure = status != WEFT_OK;
            replay_row_fail(row, weft_verdict_name(verdict), "the signature gives no sender%s%s",
                            status != WEFT_OK ? ": " : "", status != WEFT_OK ? weft_status_message(status) : "");
            return;
        }
    }
    row->checks |= 1u << REPLAY_CHECK_SENDERS;
}

static void replay_without_state(replay_row *row, const recorded_block *recorded) {
    const weft_header *header = &recorded->block.header;
    row->gaps |= 1u << REPLAY_GAP_NO_STATE;
    check_root(row, REPLAY_CHECK_TRANSACTIONS_ROOT, &recorded->block, &header->transactions_root);
    check_senders(row, recorded);
    if (recorded->receipts.transactions != NULL) {
        check_root(row, REPLAY_CHECK_RECEIPTS_ROOT, &recorded->receipts, &header->receipts_root);
    }
}

/* --- With state */

typedef struct recorded_run {
    replay *owner;
    replay_row *row;
    recorded_block *recorded;
    const recorded_files *files;
    runner_outcome outcome;
    root_tracker roots;     /* if the state is a witness */
    block_file access_list; /* given with the block */
    unanswered questions;   /* of the last execution */
} recorded_run;

static bool has_witness(const recorded_run *run) {
    return run->recorded->state.trie.witness != NULL;
}

static weft_status execute(recorded_run *run) {
    failure f;
    recorded_block *recorded = run->recorded;
    weft_execute_options options = recorded->options;
    weft_status status = prepare_runner(run->owner, recorded->chain, &f);
    if (status != WEFT_OK) {
        return status;
    }
    access_list_files_set(&run->owner->options.access_lists, &options, &run->access_list);
    unanswered_watch(&run->questions, &recorded->state.view);
    root_tracker_of_witness(&run->roots, recorded->state.trie.witness, runner_threads(&run->owner->options.run));
    return replay_execute(&run->owner->recorded_runner, &run->outcome, &recorded->block, &run->questions.view, &options,
                          has_witness(run) ? &run->roots : NULL);
}

/* A witness may lack a proof that the block needs, be it of an account's absence. Then the plain state has to do. */
static weft_status execute_on_plain_state(recorded_run *run) {
    failure f;
    root_tracker_free(&run->roots);
    recorded_block_free(run->recorded);
    weft_status status = recorded_block_parse(run->recorded, run->files, RECORDED_PLAIN_STATE, &f);
    run->row->gaps |= 1u << REPLAY_GAP_WITNESS;
    return status == WEFT_OK ? execute(run) : status;
}

static void check_state_root(recorded_run *run) {
    replay_row *row = run->row;
    bool has_proofs = run->files->files[RECORDED_WITNESS].data != NULL;
    if (run->recorded->options.ommers_missing) {
        row->gaps |= 1u << REPLAY_GAP_STATE_ROOT_OMMERS;
    } else if (!has_witness(run)) {
        row->gaps |= 1u << (has_proofs ? REPLAY_GAP_STATE_ROOT_PROOFS : REPLAY_GAP_STATE_ROOT);
    } else if (row->result == REPLAY_OK) {
        weft_bytes32 root;
        weft_status status = root_tracker_after_block(&run->roots, &root, &run->outcome.result.delta);
        if (status == WEFT_STATE_UNAVAILABLE) {
            row->gaps |= 1u << REPLAY_GAP_STATE_ROOT_WITNESS;
        } else {
            replay_row_check_state_root(row, &run->recorded->block.header, status, &root);
        }
    }
}

/* From the witness that was recorded: what it holds beside the needed falls away. */
static void make_witness(recorded_run *run) {
    const recorded_block *recorded = run->recorded;
    witness_maker *maker = &run->owner->witness_maker;
    if (maker->folder == NULL || run->row->result != REPLAY_OK || !has_witness(run) ||
        recorded->options.ommers_missing) {
        return;
    }
    failure f;
    const witness_json *given = &recorded->state.trie;
    weft_status status = WEFT_OK;
    header_trail_free(&maker->ancestors);
    for (size_t i = given->ancestor_count; i > 0 && status == WEFT_OK; i--) {
        status = header_trail_add(&maker->ancestors, &given->ancestors[i - 1].header);
    }
    weft_node_source nodes = weft_witness_nodes(given->witness);
    status = status == WEFT_OK
                 ? witness_maker_make(maker, recorded->chain, &recorded->block, &recorded->options,
                                      &recorded->state.view, &nodes, &given->ancestors[0].header.state_root, &f)
                 : failure_set(&f, status, "%s", weft_status_message(status));
    if (status != WEFT_OK) {
        run->row->is_host_failure = true;
        replay_row_fail(run->row, "", "%s", f.message);
    }
}

static void replay_with_state(recorded_run *run) {
    replay_row *row = run->row;
    const access_list_files *access_lists = &run->owner->options.access_lists;
    failure f;
    if (access_list_files_read(access_lists, &run->access_list, &run->recorded->block, &f) != WEFT_OK) {
        row->is_host_failure = f.status != WEFT_DECODE;
        replay_row_fail(row, "", "%s", f.message);
        return;
    }
    weft_status status = execute(run);
    const recorded_block *recorded = run->recorded;
    if (status == WEFT_STATE_UNAVAILABLE && recorded->state.memory == NULL &&
        run->files->files[RECORDED_PRE_STATE].data != NULL) {
        status = execute_on_plain_state(run);
    }
    if (status == WEFT_STATE_UNAVAILABLE) {
        row->is_host_failure = true;
        replay_row_fail(row, "", "undecided: %s is not in the recorded state", run->questions.question);
    }
    replay_row_judge(row, &recorded->block, recorded->chain, status, &run->outcome);
    replay_row_check_access_list(row, access_lists, &run->access_list, &recorded->block, &run->outcome.result);
    if (recorded->form == RECORDED_INPUTS_ONLY) {
        row->checks &= 1u << REPLAY_CHECK_SERIAL | 1u << REPLAY_CHECK_ACCESS_LIST;
        row->gaps = 1u << REPLAY_GAP_NO_RESULT;
        row->result = row->result == REPLAY_OK ? REPLAY_UNCHECKED : row->result;
        return;
    }
    check_state_root(run);
    make_witness(run);
    row->gaps |= recorded->options.ommers_missing ? 1u << REPLAY_GAP_OMMERS : 0;
    row->gaps |= recorded->options.parent == NULL ? 1u << REPLAY_GAP_PARENT : 0;
    if (row->result == REPLAY_OK && recorded->options.parent != NULL) {
        row->checks |= 1u << REPLAY_CHECK_PARENT;
    }
}

/* A block that could not be loaded still is a block of the replay. */
static void report_unreadable(replay *r, const char *folder, const failure *f) {
    static const weft_block unknown = {.header = {.number = 0}};
    replay_row row = replay_row_of(folder, &unknown);
    row.is_unreadable = true;
    row.is_host_failure = f->status != WEFT_DECODE;
    replay_row_fail(&row, "", "%s", f->message);
    report_block(&r->report, &row);
}

void replay_recorded_block(replay *r, const char *folder) {
    failure f = {.status = WEFT_OK};
    recorded_files files;
    recorded_block recorded;
    if (recorded_files_read(&files, folder, &f) != WEFT_OK) {
        report_unreadable(r, folder, &f);
        return;
    }
    if (recorded_block_parse(&recorded, &files, RECORDED_PROVED_STATE, &f) != WEFT_OK) {
        report_unreadable(r, folder, &f);
        recorded_files_free(&files);
        return;
    }
    replay_row row = replay_row_of(folder, &recorded.block);
    recorded_run run = {.owner = r, .row = &row, .recorded = &recorded, .files = &files};
    if (recorded.form == RECORDED_WITHOUT_STATE) {
        replay_without_state(&row, &recorded);
    } else {
        replay_with_state(&run);
    }
    check_hash(&row, &recorded);
    report_block(&r->report, &row);
    root_tracker_free(&run.roots);
    block_file_free(&run.access_list);
    recorded_block_free(&recorded);
    recorded_files_free(&files);
}
