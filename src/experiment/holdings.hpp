#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "cbsim/experiment/status.hpp"
#include "cbsim/experiment/tables.hpp"

namespace cbsim {

/// What some results folders hold of a plan together, by the keys of its runs.
struct Holdings {
  std::unordered_map<std::string, RunStatus> status;
  std::unordered_map<std::string, std::string> causes;  ///< of the failed
  /// Of those that are done, but not in the first folder: a folder where they are.
  std::unordered_map<std::string, std::filesystem::path> elsewhere;
};

/// `folders` has one at least.
Holdings holdings_of(const std::vector<Run>& plan, const RecordSettings& record,
                     std::span<const std::filesystem::path> folders);

/// `folder`: where checkpoints are looked for.
ExperimentStatus status_from(const std::vector<Run>& plan, const Holdings& holdings,
                             const std::filesystem::path& folder);

}  // namespace cbsim
