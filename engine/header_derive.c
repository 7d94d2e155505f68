#include "base/u256.h"
#include "engine/block_fees.h"
#include "engine/chain.h"
#include "engine/difficulty.h"
#include "engine/fork_rules.h"

void weft_header_derive(weft_header *header, const weft_header *parent, const weft_chain *chain, weft_fork fork) {
    const fork_rules *rules = fork_rules_of(fork);
    const weft_blob_parameters *blobs = chain_blob_parameters(chain, header->timestamp);
    bool has_blobs = rules->has_blobs && blobs != NULL;
    header->base_fee_per_gas = rules->has_fee_market ? base_fee_after(parent) : u256_zero();
    header->excess_blob_gas = has_blobs ? excess_blob_gas_after(parent, blobs, rules->has_blob_reserve_price) : 0;
    header->difficulty =
        difficulty_after(parent, rules->difficulty, chain_bomb_delay(chain, header->number), header->timestamp);
}

weft_u256 weft_blob_base_fee(const weft_header *header, const weft_chain *chain) {
    const weft_blob_parameters *blobs = chain_blob_parameters(chain, header->timestamp);
    return blobs == NULL ? u256_zero() : blob_base_fee(header->excess_blob_gas, blobs);
}
