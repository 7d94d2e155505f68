#include "engine/bal_check.h"

#include "base/bytes.h"
#include "crypto/keccak.h"
#include "engine/bal_codec.h"
#include "engine/bal_difference.h"

/* Gas that each account and slot of the list takes of the block's limit. */
enum { GAS_PER_ITEM = 2000 };

static bool is_committed(const block_run *run) {
    return run->env.rules->has_block_access_list && !run->options.no_header_checks;
}

static bool has_header_hash(block_run *run, weft_bytes list, weft_verdict verdict, const char *what) {
    weft_bytes32 hash = keccak256(list.data, list.size);
    const weft_bytes32 *stated = &run->block->header.block_access_list_hash;
    if (bytes32_equal(&hash, stated)) {
        return true;
    }
    char found[65], expected[65];
    hex_encode(found, hash.bytes, sizeof hash.bytes);
    hex_encode(expected, stated->bytes, sizeof stated->bytes);
    block_run_reject(run, verdict, SIZE_MAX, "%s has the hash 0x%s, the header says 0x%s", what, found, expected);
    return false;
}

/* As the execution specification orders it: what is wrong with a transaction comes first. */
static void check_size(block_run *run, const weft_block_access_list *list) {
    uint64_t items = bal_item_count(list), most = run->block->header.gas_limit / GAS_PER_ITEM;
    if (items > most) {
        block_run_reject(run, WEFT_BLOCK_ACCESS_LIST_SIZE, SIZE_MAX, "%llu accounts and slots, %llu are allowed",
                         (unsigned long long)items, (unsigned long long)most);
    }
}

static void check_indexes(block_run *run, const weft_block_access_list *list) {
    uint32_t last = bal_last_index(list);
    if (last > run->block->transaction_count + 1) {
        block_run_reject(run, WEFT_BLOCK_ACCESS_LIST, SIZE_MAX, "block access index %lu, but %zu transactions",
                         (unsigned long)last, run->block->transaction_count);
    }
}

static void take_list(block_run *run) {
    weft_error error = {.message = ""};
    weft_status status = bal_decode(&run->engine->memory, &run->access_list, run->options.block_access_list, &error);
    run->has_access_list = status == WEFT_OK;
    if (status == WEFT_NO_MEMORY) {
        run->status = status;
    } else if (status != WEFT_OK && is_committed(run)) {
        block_run_reject(run, error.verdict, SIZE_MAX, "byte %zu of the block access list: %.150s", error.position,
                         error.message);
    } else if (status == WEFT_OK && is_committed(run)) {
        check_indexes(run, &run->access_list);
    }
}

void bal_check_before(block_run *run) {
    run->records_accesses = run->env.rules->has_block_access_list || run->options.build_block_access_list;
    if (run->records_accesses) {
        bal_builder_begin(&run->accesses, &run->engine->memory, run->env.rules);
    }
    weft_bytes given = run->options.block_access_list;
    if (given.size == 0) {
        return;
    }
    if (!is_committed(run) || has_header_hash(run, given, WEFT_BLOCK_ACCESS_LIST_HASH, "the list given")) {
        take_list(run);
    }
}

void bal_check_after(block_run *run, weft_block_result *result) {
    weft_block_access_list list = {0};
    if (!run->records_accesses) {
        return;
    }
    run->status = bal_builder_finish(&run->accesses, &list);
    if (run->status == WEFT_OK) {
        run->status = bal_encode(&run->engine->memory, &result->block_access_list, &list);
    }
    if (run->status != WEFT_OK || !is_committed(run)) {
        return;
    }
    check_size(run, &list);
    if (run->has_access_list) {
        char words[160];
        bal_difference(words, sizeof words, &run->access_list, &list);
        if (words[0] != '\0') {
            block_run_reject(run, WEFT_BLOCK_ACCESS_LIST, SIZE_MAX, "%s", words);
        }
    }
    (void)has_header_hash(run, result->block_access_list, WEFT_BLOCK_ACCESS_LIST, "the list of this execution");
}
