#include "plain_state.hpp"

#include <test/state/hash_utils.hpp>

std::optional<PlainState::Account> PlainState::get_account(const evmc::address& address) const noexcept
{
    const auto found = accounts.find(address);
    if (found == accounts.end())
        return {};
    const auto& [nonce, balance, code_hash, code, storage] = found->second;
    return Account{nonce, balance, code_hash, !storage.empty()};
}

evmc::bytes PlainState::get_account_code(const evmc::address& address) const noexcept
{
    const auto found = accounts.find(address);
    return found == accounts.end() ? evmc::bytes{} : found->second.code;
}

evmc::bytes32 PlainState::get_storage(const evmc::address& address, const evmc::bytes32& slot) const noexcept
{
    const auto account = accounts.find(address);
    if (account == accounts.end())
        return {};
    const auto found = account->second.storage.find(slot);
    return found == account->second.storage.end() ? evmc::bytes32{} : found->second;
}

void PlainState::apply(const evmone::state::StateDiff& changes)
{
    for (const auto& change : changes.modified_accounts)
    {
        auto [it, is_new] = accounts.try_emplace(change.addr);
        auto& account = it->second;
        account.nonce = change.nonce;
        account.balance = change.balance;
        if (is_new || change.code)
        {
            account.code = change.code.value_or(evmc::bytes{});
            account.code_hash = evmone::keccak256(account.code);
        }
        for (const auto& [slot, value] : change.modified_storage)
        {
            if (value)
                account.storage[slot] = value;
            else
                account.storage.erase(slot);
        }
    }
    for (const auto& address : changes.deleted_accounts)
        accounts.erase(address);
}

evmc::bytes32 Ancestors::get_block_hash(int64_t number) const noexcept
{
    const auto found = hashes.find(number);
    return found == hashes.end() ? evmc::bytes32{} : found->second;
}
