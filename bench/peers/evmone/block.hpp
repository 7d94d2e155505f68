// A block that is ready to be executed any number of times.
#pragma once

#include "plain_state.hpp"

#include <evmc/evmc.hpp>
#include <test/state/block.hpp>
#include <test/state/transaction.hpp>

struct Outcome
{
    double seconds = 0;
    std::vector<int64_t> gas_used;  // of each transaction
};

struct Block
{
    evmc_revision rules = EVMC_FRONTIER;
    evmone::state::BlockInfo info;
    evmone::state::BlobParams blobs;
    std::vector<evmone::state::Transaction> transactions;
    PlainState state;  // before it
    Ancestors ancestors;

    // What is timed is neither decoding nor the recovery of senders, nor the root of the state after it.
    // Throws: std::runtime_error where a transaction is invalid.
    Outcome execute(evmc::VM& vm) const;
};
