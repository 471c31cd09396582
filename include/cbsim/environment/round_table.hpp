#pragma once

#include <string_view>
#include <vector>

#include "cbsim/core/types.hpp"
#include "cbsim/environment/csv_reader.hpp"

namespace cbsim {

/// A user's own rounds: n rounds of K arms with a context of d coordinates each.
struct RoundTable {
  Index rounds = 0, arms = 0, dim = 0;
  Matrix contexts;  ///< dim x n K, round by round; dim x n where the arms of a round share one
  Matrix rewards;   ///< K x n
  Matrix expected;  ///< K x n, or empty where unknown
};

/// Parses the columns t, arm, x1..xd, reward and, if known, expected_reward, which a header names
/// in any order. Rounds are numbered 1, 2, ... and stand in that order; each has the arms 0..K-1,
/// each exactly once. With `shared_contexts` the arms of a round must have the same context, which
/// is then stored once. Throws InputError naming path, line, column, value and rule.
RoundTable read_round_table(std::string_view path, std::string_view content, Delimiter delimiter,
                            bool shared_contexts);

}  // namespace cbsim
