#include "engine/chain.h"

#include "base/u256.h"

const char *weft_fork_name(weft_fork fork) {
    switch (fork) {
#define FORK_CASE(name, text) \
    case WEFT_##name: return text;
        WEFT_FORK_MAP(FORK_CASE)
#undef FORK_CASE
    case WEFT_FORK_COUNT: break;
    }
    return "unknown fork";
}

/* A block may have the number or time WEFT_NEVER itself: what never begins has not begun then either. */
static bool has_begun(uint64_t activation, uint64_t now) {
    return activation != WEFT_NEVER && now >= activation;
}

static bool is_paris(const weft_chain *chain, uint64_t number, bool difficulty_is_zero) {
    uint64_t exact = chain->activation_block[WEFT_PARIS];
    if (exact != WEFT_NEVER) {
        return number >= exact;
    }
    return chain->paris_by_difficulty && difficulty_is_zero && has_begun(chain->activation_block[WEFT_LONDON], number);
}

weft_fork weft_chain_fork(const weft_chain *chain, uint64_t number, uint64_t timestamp, bool difficulty_is_zero) {
    if (is_paris(chain, number, difficulty_is_zero)) {
        unsigned fork = WEFT_AMSTERDAM;
        while (fork > WEFT_PARIS && !has_begun(chain->activation_time[fork], timestamp)) {
            fork--;
        }
        return (weft_fork)fork;
    }
    unsigned fork = WEFT_LONDON;
    while (fork > WEFT_FRONTIER && !has_begun(chain->activation_block[fork], number)) {
        fork--;
    }
    return (weft_fork)fork;
}

weft_fork chain_block_fork(const weft_chain *chain, const weft_header *header,
                           const weft_u256 *parent_total_difficulty) {
    bool is_stake = parent_total_difficulty != NULL && !u256_is_zero(&chain->terminal_total_difficulty)
                        ? !u256_less(parent_total_difficulty, &chain->terminal_total_difficulty)
                        : u256_is_zero(&header->difficulty);
    return weft_chain_fork(chain, header->number, header->timestamp, is_stake);
}

const weft_blob_parameters *chain_blob_parameters(const weft_chain *chain, uint64_t timestamp) {
    size_t count = chain->blob_schedule_count;
    while (count > 0 && !has_begun(chain->blob_schedule[count - 1].activation_time, timestamp)) {
        count--;
    }
    return count > 0 ? &chain->blob_schedule[count - 1] : NULL;
}

uint64_t chain_bomb_delay(const weft_chain *chain, uint64_t number) {
    const struct {
        uint64_t first_block, delay;
    } schedule[] = {
        {chain->gray_glacier_block, 11400000},
        {chain->arrow_glacier_block, 10700000},
        {chain->activation_block[WEFT_LONDON], 9700000},
        {chain->muir_glacier_block, 9000000},
        {chain->activation_block[WEFT_CONSTANTINOPLE], 5000000},
        {chain->activation_block[WEFT_BYZANTIUM], 3000000},
    };
    for (size_t i = 0; i < sizeof schedule / sizeof schedule[0]; i++) {
        if (has_begun(schedule[i].first_block, number)) {
            return schedule[i].delay;
        }
    }
    return 0;
}

bool chain_is_dao_fork(const weft_chain *chain, uint64_t number) {
    return chain->dao_fork_block != WEFT_NEVER && number == chain->dao_fork_block;
}

bool chain_is_dao_marked(const weft_chain *chain, uint64_t number) {
    enum { MARKED_BLOCKS = 10 };
    return has_begun(chain->dao_fork_block, number) && number - chain->dao_fork_block < MARKED_BLOCKS;
}
