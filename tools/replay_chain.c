/* A chain, block by block, from its genesis on.
 *
 *      genesis ──► root tracker: a complete state, one step behind the block at hand
 *         │             ▲ delta, root = header's?
 *         ▼             │
 *      store (or a complete state in memory) ◄── executed state: what the blocks since the last commit changed
 *
 * The engine reads the executed state; nothing in it moves while a block executes. With --witness there is no state at
 * all: each block is executed from its own witness.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/chain_file.h"
#include "tools/genesis.h"
#include "tools/hex.h"
#include "tools/list.h"
#include "tools/replay.h"
#include "tools/store_batch.h"

typedef struct chain_replay {
    replay *owner;
    const replay_options *options;
    const char *source; /* file of the block at hand */
    genesis genesis;
    runner runner;
    failure failure;
    bool is_over; /* nothing can follow: a block failed, or the machine did */

    weft_header head;
    weft_bytes32 head_hash;
    weft_bytes32 *seen; /* hashes of all blocks, on the chain or beside it */
    size_t seen_count, seen_capacity;

    weft_memory_state *state; /* complete, or on top of the store; NULL with --witness */
    bool knows_roots;         /* `roots` follows the chain: not after resuming from a store */
    root_tracker roots;

    weft_store *store;
    weft_state_view store_view;
    bool has_store_view;
    size_t passed_over;         /* blocks that the store had already */
    weft_store_head store_head; /* where the store stood when it was opened */
    store_batch batch;
} chain_replay;

static bool hash_equal(const weft_bytes32 *a, const weft_bytes32 *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static weft_status fail(chain_replay *c, weft_status status, const char *what) {
    return status == WEFT_OK
               ? status
               : failure_set(&c->failure, status, "%s: %s: %s", c->source, what, weft_status_message(status));
}

static weft_status fail_store(chain_replay *c, weft_status status, const char *what) {
    return status == WEFT_OK
               ? status
               : failure_set(&c->failure, status, "%s: %s: %s", c->options->store, what, weft_status_message(status));
}

/* --- Seen blocks */

static bool was_seen(const chain_replay *c, const weft_bytes32 *hash) {
    for (size_t i = c->seen_count; i > 0; i--) {
        if (hash_equal(&c->seen[i - 1], hash)) {
            return true;
        }
    }
    return false;
}

static weft_status remember(chain_replay *c, const weft_bytes32 *hash) {
    weft_bytes32 *larger = list_reserve(c->seen, c->seen_count, &c->seen_capacity, sizeof *larger);
    if (larger == NULL) {
        return fail(c, WEFT_NO_MEMORY, "block hashes");
    }
    c->seen = larger;
    c->seen[c->seen_count++] = *hash;
    return WEFT_OK;
}

/* --- State */

/* Begin anew on top of what the store holds. */
static weft_status rebase_on_store(chain_replay *c) {
    weft_error error = {.message = ""};
    weft_memory_state_destroy(c->state);
    c->state = NULL;
    if (c->has_store_view) {
        weft_store_view_end(c->store, &c->store_view);
        c->has_store_view = false;
    }
    weft_status status = weft_store_view_begin(c->store, &c->store_view, &error);
    if (status != WEFT_OK) {
        return fail_store(c, status, error.message);
    }
    c->has_store_view = true;
    return fail(c, weft_memory_state_create(&c->state, &c->store_view), "state");
}

static weft_status commit_batch(chain_replay *c) {
    if (c->batch.block_count == 0) {
        return WEFT_OK;
    }
    weft_state_delta delta;
    weft_status status = fail(c, weft_memory_state_delta(c->state, &delta), "delta of the batch");
    if (status == WEFT_OK) {
        status = store_batch_commit(&c->batch, c->store, c->genesis.chain.chain_id, &delta, &c->failure);
    }
    return status == WEFT_OK ? rebase_on_store(c) : status;
}

static weft_status commit_genesis(chain_replay *c, const weft_state_delta *start) {
    weft_block block = {.header = c->genesis.header, .hash = c->genesis.hash};
    weft_status status = fail(c, store_batch_add(&c->batch, &block, NULL), "genesis");
    return status == WEFT_OK ? store_batch_commit(&c->batch, c->store, c->genesis.chain.chain_id, start, &c->failure)
                             : status;
}

/* The store must be of this chain. */
static weft_status check_store(chain_replay *c) {
    weft_store_block first;
    weft_status status = fail_store(c, weft_store_get_block(c->store, &first, c->genesis.header.number), "genesis");
    if (status == WEFT_OK &&
        (c->store_head.chain_id != c->genesis.chain.chain_id || !hash_equal(&first.hash, &c->genesis.hash))) {
        status = failure_set(&c->failure, WEFT_STORE_SEQUENCE, "%s: holds another chain (genesis differs)",
                             c->options->store);
    }
    return status;
}

static weft_status open_store(chain_replay *c, const weft_state_delta *start) {
    const weft_store_config config = {
        .size = sizeof config, .undo_block_count = c->options->undo, .threads = runner_threads(&c->options->run)};
    weft_error error = {.message = ""};
    weft_status status = weft_store_open(&c->store, c->options->store, &config, &error);
    if (status != WEFT_OK) {
        return failure_about(&c->failure, status, c->options->store, error.message);
    }
    status = fail_store(c, weft_store_get_head(c->store, &c->store_head), "head");
    if (status == WEFT_OK) {
        status = c->store_head.empty ? commit_genesis(c, start) : check_store(c);
    }
    c->knows_roots = c->store_head.empty;
    return status == WEFT_OK ? rebase_on_store(c) : status;
}

static weft_status open_state(chain_replay *c) {
    weft_state_delta start;
    if (c->options->witnesses != NULL) {
        return WEFT_OK; /* each block brings its own */
    }
    weft_status status = fail(c, weft_memory_state_delta(c->genesis.state, &start), "genesis");
    c->knows_roots = true;
    if (status == WEFT_OK && c->options->store != NULL) {
        status = open_store(c, &start);
    } else if (status == WEFT_OK) {
        status = fail(c, weft_memory_state_create(&c->state, NULL), "state");
        status = status == WEFT_OK ? fail(c, weft_memory_state_apply(c->state, &start), "state") : status;
        const weft_header *first = &c->genesis.header;
        status = status == WEFT_OK
                     ? fail(c, weft_memory_state_set_block_hash(c->state, first->number, &c->genesis.hash), "state")
                     : status;
    }
    if (status == WEFT_OK && c->knows_roots) {
        status = fail(c, root_tracker_create(&c->roots, &start, runner_threads(&c->options->run)), "state");
    }
    return status;
}

/* --- One block */

static void check_state_root(chain_replay *c, replay_row *row, const weft_header *header,
                             const weft_state_delta *delta) {
    weft_bytes32 root;
    if (!c->knows_roots) { /* the commit compares them */
        row->gaps |= c->options->batch > 1 ? 1u << REPLAY_GAP_STATE_ROOT_BATCH : 0;
        return;
    }
    weft_status status = root_tracker_after_block(&c->roots, &root, delta);
    replay_row_check_state_root(row, header, status, &root);
}

/* Of the block that is about to be executed: nothing has moved yet. */
static weft_status make_witness(chain_replay *c, const weft_block *block, const weft_execute_options *options,
                                const weft_state_view *view) {
    witness_maker *maker = &c->owner->witness_maker;
    weft_node_source nodes;
    if (maker->folder == NULL) {
        return WEFT_OK;
    }
    if (c->store != NULL) {
        nodes = weft_store_view_nodes(&c->store_view);
    } else {
        weft_status status = fail(c, weft_memory_state_nodes(c->roots.state, &nodes), "trie nodes");
        if (status != WEFT_OK) {
            return status;
        }
    }
    return witness_maker_make(maker, &c->genesis.chain, block, options, view, &nodes, &c->head.state_root, &c->failure);
}

static weft_status execute(chain_replay *c, replay_row *row, const weft_block *block, weft_execute_options *options,
                           runner_outcome *outcome) {
    root_tracker *roots = c->knows_roots ? &c->roots : NULL;
    weft_state_view view = weft_memory_state_view(c->state);
    weft_status status = make_witness(c, block, options, &view);
    if (status != WEFT_OK) {
        return status;
    }
    if (roots != NULL) {
        root_tracker_begin_block(roots);
    }
    status = replay_execute(&c->runner, outcome, block, &view, options, roots);
    replay_row_judge(row, block, &c->genesis.chain, status, outcome);
    if (row->result == REPLAY_OK) {
        check_state_root(c, row, &block->header, &outcome->result.delta);
    }
    return WEFT_OK;
}

static weft_status set_head(chain_replay *c, const weft_header *header, const weft_bytes32 *hash) {
    witness_maker *maker = &c->owner->witness_maker;
    c->head = *header;
    c->head_hash = *hash;
    return maker->folder != NULL ? fail(c, header_trail_add(&maker->ancestors, header), "header") : WEFT_OK;
}

/* Make a valid block the head. */
static weft_status accept(chain_replay *c, const weft_block *block, const weft_block_result *result) {
    weft_status status = WEFT_OK;
    if (c->state != NULL) {
        status = fail(c, weft_memory_state_apply(c->state, &result->delta), "state");
        status = status == WEFT_OK
                     ? fail(c, weft_memory_state_set_block_hash(c->state, block->header.number, &block->hash), "state")
                     : status;
    }
    if (status == WEFT_OK && c->store != NULL) {
        status = fail(c, store_batch_add(&c->batch, block, result), "batch");
        if (status == WEFT_OK && c->batch.block_count >= c->options->batch) {
            status = commit_batch(c);
        }
    }
    return status == WEFT_OK ? set_head(c, &block->header, &block->hash) : status;
}

/* A store compares the state root when it commits: what it says belongs to the block. */
static weft_status accept_row(chain_replay *c, replay_row *row, const weft_block *block,
                              const weft_block_result *result) {
    bool is_compared = c->store != NULL && c->options->batch == 1;
    weft_status status = accept(c, block, result);
    if (status == WEFT_OK && is_compared) {
        row->checks |= 1u << REPLAY_CHECK_STATE_ROOT;
    } else if (status == WEFT_STORE_STATE_ROOT && is_compared) {
        replay_row_fail(row, weft_verdict_name(WEFT_BLOCK_STATE_ROOT), "%s", c->failure.message);
        c->failure.status = WEFT_OK;
    }
    return status;
}

/* Blocks that the store already holds are passed over; the last of them must be its head. */
static weft_status pass_over(chain_replay *c, const weft_block *block) {
    if (block->header.number == c->store_head.number && !hash_equal(&block->hash, &c->store_head.hash)) {
        char text[HEX_BYTES32_TEXT_SIZE];
        return failure_set(&c->failure, WEFT_STORE_SEQUENCE, "%s: block %" PRIu64 " is not the head of the store, %s",
                           c->source, block->header.number,
                           hex_encode(text, c->store_head.hash.bytes, sizeof c->store_head.hash.bytes));
    }
    c->passed_over++;
    return set_head(c, &block->header, &block->hash);
}

static void extend(chain_replay *c, const weft_block *block) {
    runner_outcome outcome = {.has_serial = false};
    replay_row row = replay_row_of(c->source, block);
    if (block->header.timestamp >= c->genesis.first_unsupported_time) {
        failure_set(&c->failure, WEFT_UNSUPPORTED, "%s: block %" PRIu64 ": weft does not know the rules of %s",
                    c->source, block->header.number, c->genesis.unsupported_fork);
        c->is_over = true;
        return;
    }
    block_file access_list;
    const access_list_files *access_lists = &c->options->access_lists;
    weft_status status = access_list_files_read(access_lists, &access_list, block, &c->failure);
    if (status == WEFT_OK) {
        weft_execute_options options = {.size = sizeof options, .parent = &c->head, .measure_critical_path = true};
        access_list_files_set(access_lists, &options, &access_list);
        if (c->options->witnesses != NULL) {
            replay_stateless(c->owner, &c->runner, &row, &outcome, &c->genesis.chain, block, &options);
        } else {
            status = execute(c, &row, block, &options, &outcome);
        }
    }
    if (status == WEFT_OK) {
        replay_row_check_access_list(&row, access_lists, &access_list, block, &outcome.result);
        row.checks |= row.result == REPLAY_OK ? 1u << REPLAY_CHECK_PARENT : 0;
        status = row.result == REPLAY_FAILED ? WEFT_DECODE : accept_row(c, &row, block, &outcome.result);
        report_block(&c->owner->report, &row);
    }
    block_file_free(&access_list);
    c->is_over = status != WEFT_OK;
}

/* A block that is not the head's child: of another branch, or of another chain altogether. */
static void set_aside(chain_replay *c, const weft_block *block) {
    replay_row row = replay_row_of(c->source, block);
    if (was_seen(c, &block->header.parent_hash)) {
        row.result = REPLAY_UNCHECKED;
        row.gaps = 1u << REPLAY_GAP_SIDE_BLOCK;
    } else {
        bool is_genesis = block->header.number == c->genesis.header.number;
        replay_row_fail(&row, weft_verdict_name(WEFT_BLOCK_UNKNOWN_PARENT), "%s",
                        is_genesis ? "it is another genesis than that of the genesis file"
                                   : "neither the genesis nor a block before it has its parent hash");
        c->is_over = true;
    }
    report_block(&c->owner->report, &row);
}

static void take_block(chain_replay *c, const weft_block *block) {
    bool extends_head = hash_equal(&block->header.parent_hash, &c->head_hash);
    bool is_stored = c->store != NULL && !c->store_head.empty && block->header.number <= c->store_head.number;
    if (!extends_head && was_seen(c, &block->hash)) {
        return; /* the genesis, or files that overlap */
    }
    if (!extends_head) {
        set_aside(c, block);
    } else if (is_stored) {
        c->is_over = pass_over(c, block) != WEFT_OK;
    } else {
        extend(c, block);
    }
    if (!c->is_over) {
        c->is_over = remember(c, &block->hash) != WEFT_OK;
    }
}

/* --- The whole chain */

static void take_file(chain_replay *c, chain_file *file) {
    weft_block block;
    c->source = file->name;
    while (!c->is_over && !chain_file_at_end(file)) {
        if (chain_file_next(file, &block, &c->failure) != WEFT_OK) {
            c->is_over = true;
            return;
        }
        take_block(c, &block);
    }
}

static void check_store_root(chain_replay *c) {
    weft_bytes32 root;
    char found[HEX_BYTES32_TEXT_SIZE], expected[HEX_BYTES32_TEXT_SIZE];
    const weft_bytes32 *wanted = &c->head.state_root;
    if (fail_store(c, weft_store_state_root(c->store, &root), "state root") != WEFT_OK) {
        return;
    }
    if (!hash_equal(&root, wanted)) {
        failure_set(&c->failure, WEFT_DECODE, "%s: state root is %s, the header of block %" PRIu64 " says %s",
                    c->options->store, hex_encode(found, root.bytes, sizeof root.bytes), c->head.number,
                    hex_encode(expected, wanted->bytes, sizeof wanted->bytes));
    } else if (!c->owner->report.quiet && !c->owner->report.json) {
        printf("%s: state root of block %" PRIu64 " recomputed: %s\n", c->options->store, c->head.number,
               hex_encode(found, root.bytes, sizeof root.bytes));
    }
}

static void finish_store(chain_replay *c) {
    const replay_report *report = &c->owner->report;
    if (c->store == NULL || commit_batch(c) != WEFT_OK) {
        return;
    }
    if (c->passed_over > 0 && !report->quiet && !report->json) {
        printf("%s: resumed after block %" PRIu64 "; %zu block%s in it already\n", c->options->store,
               c->store_head.number, c->passed_over, c->passed_over == 1 ? " was" : "s were");
    }
    if (!c->store_head.empty && c->head.number < c->store_head.number) {
        failure_set(&c->failure, WEFT_STORE_SEQUENCE,
                    "%s: the store is at block %" PRIu64 ", the files end at block %" PRIu64, c->options->store,
                    c->store_head.number, c->head.number);
    } else if (c->options->verify_root && c->failure.status == WEFT_OK) {
        check_store_root(c);
    }
}

static void chain_replay_free(chain_replay *c) {
    weft_memory_state_destroy(c->state);
    if (c->has_store_view) {
        weft_store_view_end(c->store, &c->store_view);
    }
    weft_store_close(c->store);
    store_batch_free(&c->batch);
    root_tracker_free(&c->roots);
    runner_free(&c->runner);
    genesis_free(&c->genesis);
    free(c->seen);
}

static void take_files(chain_replay *c, chain_file *files, char *const *paths, size_t path_count) {
    size_t open_count = 0, block_count = 0;
    while (open_count < path_count) {
        c->source = paths[open_count];
        if (chain_file_open(&files[open_count], c->source, &c->failure) != WEFT_OK) {
            break;
        }
        block_count += chain_file_count(&files[open_count++]);
    }
    report_begin_group(&c->owner->report, paths[0], block_count);
    for (size_t i = 0; open_count == path_count && i < path_count; i++) {
        take_file(c, &files[i]);
    }
    report_end_group(&c->owner->report);
    finish_store(c);
    while (open_count > 0) {
        chain_file_close(&files[--open_count]);
    }
}

void replay_chain(replay *r, const char *genesis_path, char *const *paths, size_t path_count) {
    chain_replay c = {.owner = r,
                      .options = &r->options,
                      .source = genesis_path,
                      .failure = {.status = WEFT_OK},
                      .batch = {.name = r->options.store}};
    chain_file *files = calloc(path_count + 1, sizeof *files);
    if (files == NULL) {
        failure_set(&c.failure, WEFT_NO_MEMORY, "%s: %s", genesis_path, weft_status_message(WEFT_NO_MEMORY));
    } else if (genesis_load(&c.genesis, genesis_path, &c.failure) == WEFT_OK) {
        c.genesis.chain.chain_id = r->options.has_chain_id ? r->options.chain_id : c.genesis.chain.chain_id;
        if (runner_create(&c.runner, &c.genesis.chain, &r->options.run, &c.failure) == WEFT_OK &&
            set_head(&c, &c.genesis.header, &c.genesis.hash) == WEFT_OK && remember(&c, &c.genesis.hash) == WEFT_OK &&
            open_state(&c) == WEFT_OK) {
            take_files(&c, files, paths, path_count);
        }
    }
    if (c.failure.status != WEFT_OK) {
        report_failure(&r->report, c.source, &c.failure);
    }
    chain_replay_free(&c);
    free(files);
}
