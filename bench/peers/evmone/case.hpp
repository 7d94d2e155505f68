// One line of input, and the block it makes.
#pragma once

#include "block.hpp"

#include <string>

// Throws: std::exception with what is wrong with it.
Block read_case(const std::string& line);
