#include "engine/chain.h"

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

static bool is_paris(const weft_chain *chain, uint64_t number, bool difficulty_is_zero) {
    uint64_t exact = chain->activation_block[WEFT_PARIS];
    if (exact != WEFT_NEVER) {
        return number >= exact;
    }
    return chain->paris_by_difficulty && difficulty_is_zero && number >= chain->activation_block[WEFT_LONDON];
}

weft_fork weft_chain_fork(const weft_chain *chain, uint64_t number, uint64_t timestamp, bool difficulty_is_zero) {
    if (is_paris(chain, number, difficulty_is_zero)) {
        unsigned fork = WEFT_OSAKA;
        while (fork > WEFT_PARIS && timestamp < chain->activation_time[fork]) {
            fork--;
        }
        return (weft_fork)fork;
    }
    unsigned fork = WEFT_LONDON;
    while (fork > WEFT_FRONTIER && number < chain->activation_block[fork]) {
        fork--;
    }
    return (weft_fork)fork;
}

const weft_blob_parameters *chain_blob_parameters(const weft_chain *chain, uint64_t timestamp) {
    size_t count = chain->blob_schedule_count;
    while (count > 0 && timestamp < chain->blob_schedule[count - 1].activation_time) {
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
        if (number >= schedule[i].first_block) {
            return schedule[i].delay;
        }
    }
    return 0;
}

bool chain_is_dao_marked(const weft_chain *chain, uint64_t number) {
    enum { MARKED_BLOCKS = 10 };
    return number >= chain->dao_fork_block && number - chain->dao_fork_block < MARKED_BLOCKS;
}
