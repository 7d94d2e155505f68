#include "engine/state_gas.h"

#include "engine/tx_state_internal.h"

void state_gas_begin(tx_state *ts, uint64_t reservoir) {
    ts->state_gas = (state_gas_pool){.reservoir = (int64_t)reservoir};
}

int64_t state_gas_reservoir(const tx_state *ts) {
    return ts->state_gas.reservoir;
}

int64_t state_gas_used(const tx_state *ts) {
    return ts->state_gas.used;
}

int64_t state_gas_forgiven(const tx_state *ts) {
    return ts->state_gas.forgiven;
}

bool state_gas_charge(tx_state *ts, uint64_t gas, int64_t *left, int64_t *spilled) {
    state_gas_pool *pool = &ts->state_gas;
    int64_t amount = (int64_t)gas, spill = amount > pool->reservoir ? amount - pool->reservoir : 0;
    if (spill > *left) {
        return false;
    }
    pool->reservoir -= amount - spill;
    pool->used += amount;
    *left -= spill;
    *spilled += spill;
    return true;
}

void state_gas_refill(tx_state *ts, uint64_t gas, int64_t *left, int64_t *spilled) {
    int64_t amount = (int64_t)gas, back = amount < *spilled ? amount : *spilled;
    *left += back;
    *spilled -= back;
    ts->state_gas.reservoir += amount - back;
    ts->state_gas.used -= amount;
}

void state_gas_forgive(tx_state *ts, uint64_t gas) {
    ts->state_gas.reservoir += (int64_t)gas;
    ts->state_gas.forgiven += (int64_t)gas;
}

void state_gas_uncount(tx_state *ts, int64_t gas) {
    ts->state_gas.forgiven -= gas;
}

void state_gas_return(tx_state *ts, uint64_t gas) {
    ts->state_gas.reservoir += (int64_t)gas;
    ts->state_gas.used -= (int64_t)gas;
}

state_gas_mark state_gas_checkpoint(const tx_state *ts) {
    return (state_gas_mark){.bytes = ts->state_gas.bytes, .used = ts->state_gas.used};
}

bool state_gas_settle(tx_state *ts, state_gas_mark begin, int64_t *left) {
    int64_t grown = (ts->state_gas.bytes - begin.bytes) * (int64_t)ts->rules->gas_state_byte;
    int64_t owed = grown - (ts->state_gas.used - begin.used), spilled = 0;
    if (owed >= 0) {
        return state_gas_charge(ts, (uint64_t)owed, left, &spilled);
    }
    state_gas_forgive(ts, (uint64_t)-owed);
    return true;
}

void state_gas_return_destroyed(tx_state *ts) {
    const fork_rules *rules = ts->rules;
    uint64_t bytes = 0;
    for (const tx_account *a = ts->accounts; a != NULL; a = a->next) {
        if (a->now.destroyed && a->now.created) {
            bytes += rules->state_bytes_account + a->now.code->size;
        }
    }
    for (const tx_slot *s = ts->slots; s != NULL; s = s->next) {
        const tx_account_now *owner = &s->account->now;
        bool is_new = s->epoch == owner->epoch && u256_is_zero(&s->seen) && !u256_is_zero(&s->current);
        if (owner->destroyed && owner->created && is_new) {
            bytes += rules->state_bytes_slot;
        }
    }
    state_gas_return(ts, bytes * rules->gas_state_byte);
}
