#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cbsim/experiment/experiment.hpp"

namespace cbsim {

/// Raised whenever a change to the program changes the numbers of a run; part of every run key.
constexpr int kResultVersion = 5;

/// One row of the run plan. Runs that share a key (one policy under two labels) are one
/// computation.
struct Run {
  const Cell* cell = nullptr;
  Seed seed = 0;
  std::string key;  ///< the name of the run's folder
};

/// 32 hexadecimal digits: XXH3-128 of (kResultVersion, identity, seed).
std::string run_key(std::string_view identity, Seed seed);

/// 32 hexadecimal digits that stand for a cell in the manifest.
std::string identity_hash(std::string_view identity);

/// Cells x seeds in the order (cell, seed). The cells are those of `experiment`, which must outlive
/// the plan.
std::vector<Run> plan_runs(const Experiment& experiment);

/// "NeuralUCB policies.NeuralUCB.gamma=0.1": a cell as messages name it.
std::string cell_title(const Experiment& experiment, const Cell& cell);

}  // namespace cbsim
