#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "cbsim/experiment/run_plan.hpp"
#include "cbsim/experiment/tables.hpp"

namespace cbsim {

/// What of a plan a folder holds already.
struct Standing {
  std::unordered_map<std::string, RunStatus> status;  ///< by key: done or missing
  std::vector<const Run*> pending;                    ///< the first row of each key to compute
  std::vector<const Run*> damaged;  ///< of `pending`: folders that are there, but not as written
  std::size_t done = 0;             ///< rows

  bool is_done(const Run& run) const { return status.at(run.key) == RunStatus::done; }
};

/// Reads the folder, where there is one.
Standing standing_of(const std::vector<Run>& plan, const RecordSettings& record,
                     const std::filesystem::path& folder);

}  // namespace cbsim
