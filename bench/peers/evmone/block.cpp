#include "block.hpp"

#include <test/state/state.hpp>
#include <test/state/system_contracts.hpp>

#include <chrono>
#include <stdexcept>

using namespace evmone::state;

Outcome Block::execute(evmc::VM& vm) const
{
    Outcome outcome;
    PlainState current = state;
    auto gas_left = info.gas_limit;
    auto blob_gas_left = static_cast<int64_t>(max_blob_gas_per_block(blobs));
    const auto begin = std::chrono::steady_clock::now();
    current.apply(system_call_block_start(current, info, ancestors, rules, vm));
    for (const auto& transaction : transactions)
    {
        const auto validity = validate_transaction(current, info, transaction, rules, gas_left, blob_gas_left);
        if (const auto* error = std::get_if<std::error_code>(&validity))
            throw std::runtime_error("transaction " + std::to_string(outcome.gas_used.size()) + ": " + error->message());
        const auto& properties = std::get<TransactionProperties>(validity);
        const auto receipt = transition(current, info, ancestors, transaction, rules, vm, properties);
        current.apply(receipt.state_diff);
        gas_left -= receipt.gas_used;
        blob_gas_left -= static_cast<int64_t>(transaction.blob_gas_used());
        outcome.gas_used.push_back(receipt.gas_used);
    }
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return outcome;
}
