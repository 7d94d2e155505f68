#include "engine/difficulty.h"

#include "base/bytes.h"
#include "base/u256.h"
#include "engine/header_codec.h"

enum { BOUND_DIVISOR_BITS = 11, MINIMUM = 131072, BOMB_PERIOD = 100000 };

/* By how many 2048ths of itself the difficulty changes. */
static int64_t adjustment(const weft_header *parent, difficulty_rule rule, uint64_t seconds) {
    enum { LOWEST = -99 };
    if (rule == DIFFICULTY_FRONTIER) {
        return seconds < 13 ? 1 : -1;
    }
    bool counts_ommers = rule == DIFFICULTY_BYZANTIUM;
    int64_t fastest = counts_ommers && !bytes32_equal(&parent->ommers_hash, &ommers_hash_empty) ? 2 : 1;
    uint64_t steps = seconds / (counts_ommers ? 9 : 10);
    return steps < (uint64_t)(fastest - LOWEST) ? fastest - (int64_t)steps : LOWEST;
}

static weft_u256 at_least_minimum(weft_u256 difficulty) {
    weft_u256 minimum = u256_from_u64(MINIMUM);
    return u256_less(&difficulty, &minimum) ? minimum : difficulty;
}

weft_u256 difficulty_after(const weft_header *parent, difficulty_rule rule, uint64_t bomb_delay, uint64_t timestamp) {
    if (rule == DIFFICULTY_ZERO) {
        return u256_zero();
    }
    int64_t steps = adjustment(parent, rule, timestamp - parent->timestamp);
    weft_u256 step = u256_shift_right(&parent->difficulty, BOUND_DIVISOR_BITS);
    weft_u256 step_count = u256_from_u64((uint64_t)(steps < 0 ? -steps : steps));
    weft_u256 change = u256_mul(&step, &step_count);
    weft_u256 difficulty = steps < 0 ? u256_sub(&parent->difficulty, &change) : u256_add(&parent->difficulty, &change);
    difficulty = at_least_minimum(difficulty);

    uint64_t number = parent->number + 1;
    uint64_t period = number > bomb_delay ? (number - bomb_delay) / BOMB_PERIOD : 0;
    if (period > 1) {
        weft_u256 one = u256_from_u64(1);
        weft_u256 bomb = u256_shift_left(&one, period - 2 < 256 ? (unsigned)(period - 2) : 256);
        difficulty = u256_add(&difficulty, &bomb);
    }
    return difficulty;
}
