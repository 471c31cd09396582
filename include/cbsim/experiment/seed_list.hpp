#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/core/types.hpp"

namespace cbsim {

/// The most seeds of a config that are listed one by one; a count may be larger.
constexpr std::size_t kMostListedSeeds = 100000;

/// A whole number up to 2^53, written in digits alone: a seed, or a number of seeds.
bool parse_seed(std::string_view text, Seed& seed);

/// The seeds that a command line names: "10" = 0..9, "5:8" = 5, 6, 7, or a list "1,4,9". Throws
/// InputError.
std::vector<Seed> parse_seeds(std::string_view text);

/// "0-4, 7", in the order given; "-" for none; of many pieces the first `most` "and 12 more", which
/// counts seeds.
std::string seeds_text(const std::vector<Seed>& seeds, std::size_t most = 10);

}  // namespace cbsim
