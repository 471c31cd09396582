#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "cbsim/core/types.hpp"
#include "cbsim/environment/csv_reader.hpp"

namespace cbsim {

/// What a bandit has logged: n rounds, each with one context for all of its K arms.
struct ReplayLog {
  Index arms = 0;
  Matrix contexts;         ///< dim x n
  std::vector<Index> arm;  ///< that was played, n
  Vector rewards;          ///< of that arm, n
  Vector propensities;     ///< probability with which it was played, n; empty where unknown
  double least_propensity = 1.0;

  Index rounds() const { return contexts.cols(); }
  Index dim() const { return contexts.rows(); }
};

/// Parses the columns x1..xd, arm, reward and, if known, propensity, which a header names in any
/// order, a row a round. Arms count from 0; there are `arms` of them, or as many as are played.
/// Throws InputError naming path, line, column, value and rule.
ReplayLog read_replay_log(std::string_view path, std::string_view content, Delimiter delimiter,
                          std::optional<Index> arms);

}  // namespace cbsim
