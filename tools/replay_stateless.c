#include <stdlib.h>

#include "tools/block_file.h"
#include "tools/replay.h"
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

static void fail_for_witness(replay_row *row, const char *why) {
    row->is_host_failure = true;
    replay_row_fail(row, "", "its witness does not suffice: %s", why);
}

static void check_state_root(replay_row *row, root_tracker *roots, const weft_block *block,
                             const weft_state_delta *delta) {
    weft_bytes32 root;
    weft_status status = root_tracker_after_block(roots, &root, delta);
    if (status == WEFT_STATE_UNAVAILABLE) {
        fail_for_witness(row, roots->error.message);
    } else {
        replay_row_check_state_root(row, &block->header, status, &root);
    }
}

static void execute(const replay *r, runner *run, replay_row *row, runner_outcome *outcome, const weft_chain *chain,
                    const weft_block *block, weft_execute_options *options, const witness_json *witness) {
    root_tracker roots;
    weft_state_view view = weft_witness_view(witness->witness);
    root_tracker_of_witness(&roots, witness->witness, runner_threads(&r->options.run));
    weft_status status = replay_execute(run, outcome, block, &view, options, &roots);
    if (status == WEFT_STATE_UNAVAILABLE) {
        fail_for_witness(row, "execution takes a node or a code that is not in it");
    }
    replay_row_judge(row, block, chain, status, outcome);
    if (row->result == REPLAY_OK) {
        check_state_root(row, &roots, block, &outcome->result.delta);
    }
    root_tracker_free(&roots);
}

void replay_stateless(const replay *r, runner *run, replay_row *row, runner_outcome *outcome, const weft_chain *chain,
                      const weft_block *block, weft_execute_options *options) {
    failure f;
    file_bytes file = {0};
    json_document document = {0};
    witness_json witness = {.witness = NULL};
    char *name = block_file_path(r->options.witnesses, block, WITNESS_FILE_SUFFIX); /* for messages */
    weft_status status = name != NULL ? block_file_read(&file, r->options.witnesses, block, WITNESS_FILE_SUFFIX, &f)
                                      : failure_set(&f, WEFT_NO_MEMORY, "%s", weft_status_message(WEFT_NO_MEMORY));
    if (status == WEFT_OK) {
        status = json_parse(&document, name, file.data, file.size, &f);
        status = status == WEFT_OK ? witness_json_read(&witness, &document, document.root, &block->header) : status;
    }
    if (status == WEFT_OK) {
        execute(r, run, row, outcome, chain, block, options, &witness);
    } else {
        row->is_host_failure = true;
        replay_row_fail(row, "", "%s", f.message);
    }
    witness_json_free(&witness);
    json_free(&document);
    file_free(&file);
    free(name);
}
