#include "bench/after_block.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/clock.h"
#include "tools/file.h"
#include "tools/root_tracker.h"

/* --- Roots */

static weft_status check_root(const weft_bytes32 *root, const weft_block *block, failure *f) {
    if (memcmp(root, &block->header.state_root, sizeof *root) == 0) {
        return WEFT_OK;
    }
    return failure_set(f, WEFT_DECODE, "block %llu: the state root is not the header's",
                       (unsigned long long)block->header.number);
}

/* The tries are complete and hashed before the clock starts, as those of a client are. */
static weft_status time_root(double *seconds, weft_bytes32 *root, const weft_state_delta *start,
                             const weft_state_delta *delta, unsigned threads) {
    root_tracker roots;
    weft_status status = root_tracker_create(&roots, start, threads);
    if (status == WEFT_OK) {
        status = weft_memory_state_root(roots.state, root);
    }
    double begin = clock_seconds();
    if (status == WEFT_OK) {
        status = root_tracker_after_block(&roots, root, delta);
    }
    *seconds = clock_seconds() - begin;
    root_tracker_free(&roots);
    return status;
}

weft_status after_chain_root(bench_after *after, weft_memory_state *state, const weft_block *block,
                             const weft_state_delta *delta, size_t repeat, failure *f) {
    double seconds[BENCH_REPEAT_MAX];
    weft_state_delta start;
    weft_bytes32 root;
    weft_status status = weft_memory_state_delta(state, &start);
    for (size_t i = 0; i < repeat && status == WEFT_OK; i++) {
        status = time_root(&seconds[i], &root, &start, delta, after->threads);
    }
    if (status != WEFT_OK) {
        return failure_set(f, status, "state root: %s", weft_status_message(status));
    }
    after->has_root = true;
    after->root = bench_series_of(seconds, repeat);
    return check_root(&root, block, f);
}

weft_status after_witness_root(bench_after *after, weft_witness *witness, const weft_block *block,
                               const weft_state_delta *delta, size_t repeat, failure *f) {
    double seconds[BENCH_REPEAT_MAX];
    root_tracker roots;
    weft_bytes32 root;
    weft_status status = WEFT_OK;
    root_tracker_of_witness(&roots, witness, after->threads);
    for (size_t i = 0; i < repeat && status == WEFT_OK; i++) {
        double begin = clock_seconds();
        status = root_tracker_after_block(&roots, &root, delta);
        seconds[i] = clock_seconds() - begin;
    }
    root_tracker_free(&roots);
    if (status == WEFT_STATE_UNAVAILABLE) {
        return WEFT_OK;
    }
    if (status != WEFT_OK) {
        return failure_set(f, status, "state root: %s", weft_status_message(status));
    }
    after->has_root = true;
    after->root = bench_series_of(seconds, repeat);
    return check_root(&root, block, f);
}

/* --- Commits */

static weft_status explain(weft_status status, const after_store *s, const weft_error *error, failure *f) {
    return status == WEFT_OK
               ? status
               : failure_set(f, status, "%s: %s: %s", s->folder, weft_status_message(status), error->message);
}

static weft_status commit(after_store *s, const weft_block *block, const weft_block_result *result,
                          const weft_state_delta *delta, failure *f) {
    weft_error error = {.message = ""};
    const weft_header *header = &block->header;
    const weft_store_block entry = {.number = header->number,
                                    .hash = block->hash,
                                    .parent_hash = header->parent_hash,
                                    .state_root = header->state_root,
                                    .timestamp = header->timestamp,
                                    .gas_used = header->gas_used,
                                    .encoded_receipts = result == NULL ? NULL : result->encoded_receipts,
                                    .receipt_count = result == NULL ? 0 : result->receipt_count};
    return explain(weft_store_commit(s->store, s->chain_id, &entry, 1, delta, &error), s, &error, f);
}

weft_status after_store_open(after_store *s, const char *folder, uint64_t chain_id, const weft_block *start,
                             const weft_state_delta *state, unsigned threads, failure *f) {
    weft_error error = {.message = ""};
    const weft_store_config config = {.size = sizeof config, .threads = threads};
    *s = (after_store){.chain_id = chain_id};
    (void)snprintf(s->folder, sizeof s->folder, "%s/weft-bench-XXXXXX", folder);
    if (mkdtemp(s->folder) == NULL) {
        return failure_set(f, WEFT_IO, "%s: no folder can be made there", folder);
    }
    weft_status status = explain(weft_store_open(&s->store, s->folder, &config, &error), s, &error, f);
    return status == WEFT_OK ? commit(s, start, NULL, state, f) : status;
}

void after_store_close(after_store *s) {
    file_list list;
    failure f;
    weft_store_close(s->store);
    s->store = NULL;
    if (s->folder[0] == '\0' || file_list_folder(&list, s->folder, &f) != WEFT_OK) {
        return;
    }
    for (size_t i = 0; i < list.count; i++) {
        char *path = file_join(s->folder, list.names[i]);
        if (path != NULL) {
            (void)unlink(path);
        }
        free(path);
    }
    file_list_free(&list);
    (void)rmdir(s->folder);
}

weft_status after_store_follow(after_store *s, const weft_block *block, const weft_block_result *result, failure *f) {
    return commit(s, block, result, &result->delta, f);
}

weft_status after_store_time(after_store *s, bench_after *after, const weft_block *block,
                             const weft_block_result *result, size_t repeat, failure *f) {
    double seconds[BENCH_REPEAT_MAX];
    weft_error error = {.message = ""};
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < repeat && status == WEFT_OK; i++) {
        double begin = clock_seconds();
        status = commit(s, block, result, &result->delta, f);
        seconds[i] = clock_seconds() - begin;
        if (status == WEFT_OK) {
            status = explain(weft_store_rewind(s->store, block->header.number - 1, &error), s, &error, f);
        }
    }
    if (status == WEFT_OK) {
        after->has_commit = true;
        after->commit = bench_series_of(seconds, repeat);
    }
    return status;
}
