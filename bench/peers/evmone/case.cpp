#include "case.hpp"

#include <nlohmann/json.hpp>
#include <test/state/rlp_decode.hpp>

#include <map>
#include <stdexcept>

namespace rlp = evmone::rlp;
using nlohmann::json;

namespace
{
template <typename T>
T given(std::optional<T> value, const char* what)
{
    if (!value)
        throw std::runtime_error(std::string("cannot be read: ") + what);
    return std::move(*value);
}

void need(bool is_well, const char* what)
{
    if (!is_well)
        throw std::runtime_error(std::string("cannot be decoded: ") + what);
}

evmc::bytes bytes_of(const std::string& hex)
{
    return given(evmc::from_hex(hex), "bytes");
}

evmc::address address_of(const std::string& hex)
{
    return given(evmc::from_hex<evmc::address>(hex), "an address");
}

evmc::bytes32 hash_of(const std::string& hex)
{
    return given(evmc::from_hex<evmc::bytes32>(hex), "a hash");
}

evmc::bytes32 word_of(const std::string& number)
{
    return intx::be::store<evmc::bytes32>(intx::from_string<intx::uint256>(number));
}

evmc_revision rules_of(const std::string& fork)
{
    static const std::map<std::string, evmc_revision> rules = {
        {"Frontier", EVMC_FRONTIER},
        {"Homestead", EVMC_HOMESTEAD},
        {"EIP150", EVMC_TANGERINE_WHISTLE},
        {"EIP158", EVMC_SPURIOUS_DRAGON},
        {"Byzantium", EVMC_BYZANTIUM},
        {"ConstantinopleFix", EVMC_PETERSBURG},
        {"Istanbul", EVMC_ISTANBUL},
        {"Berlin", EVMC_BERLIN},
        {"London", EVMC_LONDON},
        {"Paris", EVMC_PARIS},
        {"Shanghai", EVMC_SHANGHAI},
        {"Cancun", EVMC_CANCUN},
        {"Prague", EVMC_PRAGUE},
        {"Osaka", EVMC_OSAKA},
    };
    const auto found = rules.find(fork);
    if (found == rules.end())
        throw std::runtime_error("no rules for " + fork);
    return found->second;
}

PlainState read_state(const json& accounts)
{
    PlainState state;
    for (const auto& [key, account] : accounts.items())
    {
        auto& to = state.accounts[address_of(key)];
        to.nonce = account.at("nonce").get<uint64_t>();
        to.balance = intx::from_string<intx::uint256>(account.at("balance").get<std::string>());
        to.code_hash = hash_of(account.at("code_hash"));
        to.code = bytes_of(account.at("code"));
        for (const auto& [slot, value] : account.at("storage").items())
        {
            if (const auto word = word_of(value); word)
                to.storage[word_of(slot)] = word;
        }
    }
    return state;
}

template <typename T>
bool decode_number(evmc::bytes_view& from, T& to)
{
    uint64_t number = 0;
    const bool is_well = rlp::decode(from, number);
    to = static_cast<T>(number);
    return is_well;
}

// The fields that later forks have added are there, or the list ends before them.
void decode_header(evmc::bytes_view fields, Block& block)
{
    auto& info = block.info;
    evmc::bytes32 ommers_hash, state_root, transactions_root, receipts_root, withdrawals_root;
    evmc::bytes bloom, nonce;
    uint64_t blob_gas_used = 0, excess_blob_gas = 0;
    need(rlp::decode_multi(fields, info.parent_hash, ommers_hash, info.coinbase, state_root, transactions_root, receipts_root,
             bloom) &&
             decode_number(fields, info.difficulty) && decode_number(fields, info.number) &&
             decode_number(fields, info.gas_limit) && decode_number(fields, info.gas_used) &&
             decode_number(fields, info.timestamp) && rlp::decode_multi(fields, info.extra_data, info.prev_randao, nonce),
        "the header");
    if (block.rules < EVMC_PARIS)  // one instruction gives both, from the same place
        info.prev_randao = intx::be::store<evmc::bytes32>(intx::uint256{static_cast<uint64_t>(info.difficulty)});
    if (!fields.empty())
        need(rlp::decode(fields, info.base_fee), "the base fee");
    if (!fields.empty())
        need(rlp::decode(fields, withdrawals_root), "the withdrawals' root");
    if (fields.empty())
        return;
    need(rlp::decode_multi(fields, blob_gas_used, excess_blob_gas, info.parent_beacon_block_root), "the blobs' fields");
    info.blob_gas_used = blob_gas_used;
    info.excess_blob_gas = excess_blob_gas;
    info.blob_base_fee = evmone::state::compute_blob_gas_price(block.blobs, excess_blob_gas);
}

// The next transaction: itself a list, or a string that begins with its type.
evmc::bytes_view take_transaction(evmc::bytes_view& from)
{
    const auto begin = from;
    rlp::Header header;
    need(rlp::decode_header(from, header), "a transaction");
    const auto payload = from.substr(0, header.payload_length);
    from.remove_prefix(header.payload_length);
    return header.is_list ? begin.substr(0, begin.size() - from.size()) : payload;
}

void decode_transactions(evmc::bytes_view list, const json& senders, Block& block)
{
    for (const auto& sender : senders)
    {
        auto transaction = given(evmone::state::decode_transaction(take_transaction(list)), "a transaction");
        transaction.sender = address_of(sender);
        block.transactions.push_back(std::move(transaction));
    }
    need(list.empty(), "as many transactions as senders");
}
}  // namespace

Block read_case(const std::string& line)
{
    const auto given_case = json::parse(line);
    Block block;
    block.rules = rules_of(given_case.at("fork"));
    block.blobs = {.max = given_case.at("blobs_per_block"),
        .base_fee_update_fraction = given_case.at("blob_base_fee_update_fraction")};
    block.info.chain_id = given_case.at("chain_id");
    block.state = read_state(given_case.at("state"));
    for (const auto& [number, hash] : given_case.at("block_hashes").items())
        block.ancestors.hashes[std::stoll(number)] = hash_of(hash);

    const auto encoded = bytes_of(given_case.at("block"));
    evmc::bytes_view rest = encoded, parts, header, transactions;
    need(rlp::take_list_payload(rest, parts) && rlp::take_list_payload(parts, header) &&
             rlp::take_list_payload(parts, transactions),
        "the block");
    decode_header(header, block);
    decode_transactions(transactions, given_case.at("senders"), block);
    return block;
}
