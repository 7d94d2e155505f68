#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/header_fork.h"
#include "tools/hex.h"
#include "tools/number.h"
#include "tools/replay.h"

replay_row replay_row_of(const char *name, const weft_block *block) {
    return (replay_row){.name = name,
                        .number = block->header.number,
                        .hash = block->hash,
                        .tx_count = block->transaction_count,
                        .rule = "",
                        .transaction_index = SIZE_MAX};
}

void replay_row_fail(replay_row *row, const char *rule, const char *format, ...) {
    if (row->result == REPLAY_FAILED) {
        return;
    }
    row->result = REPLAY_FAILED;
    row->rule = rule;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(row->message, sizeof row->message, format, arguments);
    va_end(arguments);
}

/* What a valid verdict says about the header, and what it leaves open. */
static void judge_header(replay_row *row, const weft_header *header, const weft_chain *chain,
                         const weft_block_result *result) {
    weft_fork fork = header_fork(chain, header);
    row->checks |= 1u << REPLAY_CHECK_GAS_USED | 1u << REPLAY_CHECK_LOGS_BLOOM | 1u << REPLAY_CHECK_TRANSACTIONS_ROOT;
    if (result->receipts_root_known) {
        row->checks |= 1u << REPLAY_CHECK_RECEIPTS_ROOT;
    } else {
        row->gaps |= 1u << REPLAY_GAP_RECEIPTS_ROOT;
    }
    if (fork >= WEFT_PRAGUE) {
        /* A valid block with another hash is one whose request contracts are missing: the engine skipped the rule. */
        bool is_compared = memcmp(&result->requests_hash, &header->requests_hash, sizeof header->requests_hash) == 0;
        row->checks |= is_compared ? 1u << REPLAY_CHECK_REQUESTS_HASH : 0;
        row->gaps |= is_compared ? 0 : 1u << REPLAY_GAP_REQUESTS_HASH;
    }
    row->gaps |= !number_is_zero(&header->difficulty) ? 1u << REPLAY_GAP_PROOF_OF_WORK : 0;
}

void replay_row_check_access_list(replay_row *row, const access_list_files *files, const block_file *given,
                                  const weft_block *block, const weft_block_result *result) {
    weft_bytes built = result->block_access_list;
    failure f;
    if (row->result == REPLAY_FAILED) {
        return;
    }
    if (files->source != NULL &&
        (built.size != given->bytes.size || memcmp(built.data, given->bytes.data, built.size) != 0)) {
        replay_row_fail(row, weft_verdict_name(WEFT_BLOCK_ACCESS_LIST),
                        "%s: the block access list given is not the one that the execution built", given->path);
    } else if (access_list_files_keep(files, block, result, &f) != WEFT_OK) {
        row->is_host_failure = true;
        replay_row_fail(row, "", "%s", f.message);
    } else if (files->source != NULL) {
        row->checks |= 1u << REPLAY_CHECK_ACCESS_LIST;
    }
}

void replay_row_judge(replay_row *row, const weft_block *block, const weft_chain *chain, weft_status status,
                      const runner_outcome *outcome) {
    if (status != WEFT_OK) {
        replay_row_fail(row, "", "undecided: %s", weft_status_message(status));
        row->is_host_failure = true;
        return;
    }
    const weft_block_result *result = &outcome->result;
    row->outcome = outcome;
    row->rule = weft_verdict_name(result->verdict);
    if (outcome->difference[0] != '\0') {
        replay_row_fail(row, "", "%s", outcome->difference);
    } else if (result->verdict != WEFT_VALID) {
        row->transaction_index = result->transaction_index;
        replay_row_fail(row, row->rule, "%s", result->explanation);
    } else {
        judge_header(row, &block->header, chain, result);
    }
    if (outcome->has_serial && outcome->has_parallel && outcome->difference[0] == '\0') {
        row->checks |= 1u << REPLAY_CHECK_SERIAL;
    }
}

void replay_row_check_state_root(replay_row *row, const weft_header *header, weft_status status,
                                 const weft_bytes32 *root) {
    if (status != WEFT_OK) {
        replay_row_fail(row, "", "state root: %s", weft_status_message(status));
        row->is_host_failure = true;
    } else if (memcmp(root, &header->state_root, sizeof *root) != 0) {
        char found[HEX_BYTES32_TEXT_SIZE], expected[HEX_BYTES32_TEXT_SIZE];
        replay_row_fail(row, weft_verdict_name(WEFT_BLOCK_STATE_ROOT), "state root is %s, the header says %s",
                        hex_encode(found, root->bytes, sizeof root->bytes),
                        hex_encode(expected, header->state_root.bytes, sizeof header->state_root.bytes));
    } else {
        row->checks |= 1u << REPLAY_CHECK_STATE_ROOT;
    }
}
