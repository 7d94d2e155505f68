// evmone as a peer of `weft bench`: see ../README.md for what is asked and answered.

#include "case.hpp"

#include <evmone/evmone.h>
#include <nlohmann/json.hpp>

#include <iostream>

using nlohmann::json;

namespace
{
json answer(const std::string& line, std::optional<Block>& loaded, evmc::VM& vm)
{
    if (line == "run")
    {
        if (!loaded)
            return {{"error", "no block to run"}};
        return {{"seconds", loaded->execute(vm).seconds}};
    }
    if (line == "run cold")
        return {{"error", "analyses a code in each call, never once per block"}};
    loaded.reset();
    auto block = read_case(line);
    const auto outcome = block.execute(vm);
    loaded = std::move(block);
    return {{"gas_used", outcome.gas_used}};
}
}  // namespace

int main()
{
    evmc::VM vm{evmc_create_evmone()};
    std::optional<Block> loaded;
    std::cout << json{{"peer", std::string(vm.name()) + " " + vm.version()}} << std::endl;
    for (std::string line; std::getline(std::cin, line);)
    {
        json reply;
        try
        {
            reply = answer(line, loaded, vm);
        }
        catch (const std::exception& error)
        {
            reply = {{"error", error.what()}};
        }
        std::cout << reply << std::endl;
    }
}
