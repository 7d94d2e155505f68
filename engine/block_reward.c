#include "engine/block_reward.h"

#include "base/u256.h"

weft_u256 block_reward_coinbase(uint64_t block_reward, size_t ommer_count) {
    uint128 reward = block_reward + (uint128)block_reward * ommer_count / 32;
    return (weft_u256){{(uint64_t)reward, (uint64_t)(reward >> 64), 0, 0}};
}

weft_u256 block_reward_ommer(uint64_t block_reward, uint64_t block_number, uint64_t ommer_number) {
    enum { OLDEST = 6 };
    uint64_t age = block_number - ommer_number;
    if (age < 1 || age > OLDEST) {
        return u256_zero();
    }
    return u256_from_u64((uint64_t)((uint128)block_reward * (8 - age) / 8));
}
