// A state in memory, and the hashes of ancestors, that evmone reads.
#pragma once

#include <test/state/state_diff.hpp>
#include <test/state/state_view.hpp>

#include <unordered_map>

struct PlainAccount
{
    uint64_t nonce = 0;
    intx::uint256 balance;
    evmc::bytes32 code_hash;
    evmc::bytes code;
    std::unordered_map<evmc::bytes32, evmc::bytes32> storage;
};

class PlainState : public evmone::state::StateView
{
public:
    std::unordered_map<evmc::address, PlainAccount> accounts;

    std::optional<Account> get_account(const evmc::address& address) const noexcept override;
    evmc::bytes get_account_code(const evmc::address& address) const noexcept override;
    evmc::bytes32 get_storage(const evmc::address& address, const evmc::bytes32& slot) const noexcept override;

    void apply(const evmone::state::StateDiff& changes);
};

class Ancestors : public evmone::state::BlockHashes
{
public:
    std::unordered_map<int64_t, evmc::bytes32> hashes;

    evmc::bytes32 get_block_hash(int64_t number) const noexcept override;
};
