#include <stdio.h>

#include "tools/block_file.h"
#include "tools/replay.h"
#include "tools/unanswered.h"
#include "tools/witness_json.h"

weft_status replay_execute(runner *run, runner_outcome *outcome, const weft_block *block, const weft_state_view *view,
                           weft_execute_options *options, root_tracker *roots) {
    runner_prepare *prepare = NULL;
    if (roots != NULL) {
        prepare = root_tracker_begin_execution;
        options->intermediate_root = root_tracker_after_transaction;
        options->intermediate_root_context = roots;
    }
    weft_status status = runner_execute(run, outcome, block, view, options, prepare, roots);
    if (status == WEFT_STATE_UNAVAILABLE && roots != NULL && roots->is_stuck) {
        options->intermediate_root = NULL;
        status = runner_execute(run, outcome, block, view, options, NULL, NULL);
    }
    return status;
}

/* In: path   of the witness's file. */
static void fail_for_witness(replay_row *row, const char *path, const char *why) {
    row->is_host_failure = true;
    replay_row_fail(row, "", "%s: the witness does not suffice: %s", path, why);
}

static void check_state_root(replay_row *row, const char *path, root_tracker *roots, const weft_block *block,
                             const weft_state_delta *delta) {
    weft_bytes32 root;
    weft_status status = root_tracker_after_block(roots, &root, delta);
    if (status == WEFT_STATE_UNAVAILABLE) {
        fail_for_witness(row, path, roots->error.message);
    } else {
        replay_row_check_state_root(row, &block->header, status, &root);
    }
}

/* One block and what it is executed with. */
typedef struct stateless_run {
    const replay *owner;
    runner *runner;
    replay_row *row;
    runner_outcome *outcome;
    const weft_chain *chain;
    const weft_block *block;
    weft_execute_options *options;
    block_file file;
} stateless_run;

static void execute(stateless_run *s, const witness_json *witness) {
    root_tracker roots;
    unanswered questions;
    weft_state_view view = weft_witness_view(witness->witness);
    unanswered_watch(&questions, &view);
    root_tracker_of_witness(&roots, witness->witness, runner_threads(&s->owner->options.run));
    weft_status status = replay_execute(s->runner, s->outcome, s->block, &questions.view, s->options, &roots);
    if (status == WEFT_STATE_UNAVAILABLE) {
        char why[224];
        (void)snprintf(why, sizeof why, "%s is not in it", questions.question);
        fail_for_witness(s->row, s->file.path, why);
    }
    replay_row_judge(s->row, s->block, s->chain, status, s->outcome);
    if (s->row->result == REPLAY_OK) {
        check_state_root(s->row, s->file.path, &roots, s->block, &s->outcome->result.delta);
    }
    root_tracker_free(&roots);
}

void replay_stateless(const replay *r, runner *run, replay_row *row, runner_outcome *outcome, const weft_chain *chain,
                      const weft_block *block, weft_execute_options *options) {
    stateless_run s = {
        .owner = r, .runner = run, .row = row, .outcome = outcome, .chain = chain, .block = block, .options = options};
    failure f;
    json_document document = {0};
    witness_json witness = {.witness = NULL};
    weft_status status = block_file_read(&s.file, r->options.witnesses, block, WITNESS_FILE_SUFFIX, &f);
    if (status == WEFT_OK) {
        status = json_parse(&document, s.file.path, s.file.bytes.data, s.file.bytes.size, &f);
        status = status == WEFT_OK ? witness_json_read(&witness, &document, document.root, &block->header) : status;
    }
    if (status == WEFT_OK) {
        execute(&s, &witness);
    } else {
        row->is_host_failure = true;
        replay_row_fail(row, "", "%s", f.message);
    }
    witness_json_free(&witness);
    json_free(&document);
    block_file_free(&s.file);
}
